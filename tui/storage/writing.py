"""Where bytes go: over the file they were read from, or into a new one; whole or not at all.

The order of steps is that of Augeas' src/transform.c: a draft beside the real file, made like it in owner,
attributes and mode, flushed, and renamed into its place. At every moment, power cuts included, the name leads
to the old bytes or the new bytes. Killed in the middle, a save may leave a draft `.NAME.diskmode-XXXXXX`.
"""

import errno
import os
import stat
from contextlib import nullcontext, suppress
from pathlib import Path

from tui import posix
from tui.storage.backup_copies import backup_of
from tui.storage.drafts import PRIVATE, claim, draft_beside, fill
from tui.storage.errors import ConflictError, ErrorKind, ExistsError, MissingError, SaveError, UnreadableError
from tui.storage.local_reading import Contents, Original, read_file
from tui.storage.obstacles import obstacle, reading_of
from tui.storage.place import Reading
from tui.storage.reasons import KINDS, OTHER_KIND, Reason, not_saved, saving
from tui.storage.save_steps import SYSTEM, Steps

_ORDINARY = 0o666  # what open(2) and the shell ask for; the umask takes its share
_CANNOT_FLUSH_FOLDERS = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOSYS})

_DOUBT = (
    "the new version is in place, but the disk did not confirm it; a power cut may bring back the old one"
)
_COMPARE = "compare the two versions, or write yours to another file"
_NO_PATH = SaveError("standard input", "it cannot be written back to", "write the result to another file")
_TAKEN = Reason("there is already a file of this name", "choose another name, or move that file away")


def save(reading: Reading, data: bytes, *, backup: bool = False, steps: Steps = SYSTEM) -> Reading:
    """Put `data` in the place of what was read; the reading of the new version.

    A symbolic link stays one: the file it leads to is replaced. Owner, group, mode and extended attributes
    are kept, or the save is refused. When the file holds `data` already nothing is written. With `backup` the
    old bytes are kept beside the real file, under a name that is free: its own plus "~", or `.~N~` (see
    `tui.storage.backup_copies`).

    Raises ConflictError when the path no longer leads to the bytes that were read, judged by the bytes: a new
    time or inode alone is no conflict. Raises SaveError when there is an obstacle (see `Reading.why_not`;
    hard links are one) or a step fails. After either, the file is as it was. When only the folder's
    confirmation fails the new version is in place, and the reading returned carries a `doubt`.
    """
    if reading.path is None:
        raise SaveError(*_NO_PATH.args)
    path = Path(reading.path.path)
    found = _found(path)
    if found.data == data:
        return reading_of(reading.path, found)
    _refuse_conflict(path, reading, found)
    _refuse_obstacle(path, found.original)
    target = Path(found.original.path)
    with saving(path), draft_beside(target, path, PRIVATE, steps) as draft:
        fill(draft, data, found.original, steps)
        with backup_of(found, draft.path, steps) if backup else nullcontext() as kept:
            _refuse_conflict(path, reading, _found(path))
            steps.rename(draft.path, target)
    return Reading(
        path=reading.path,
        data=data,
        writable=True,
        why_not=None,
        target=posix.slashes(str(target)),
        doubt=_flush_folder(target.parent, steps),
        backup=None if kept is None else str(kept),
        not_kept=posix.not_kept(),
    )


def _found(path: Path) -> Contents:
    try:
        return read_file(str(path))
    except MissingError as error:
        what = "it has been removed or renamed since it was read"
        raise ConflictError(str(path), what, "write your version to another file", None) from error
    except UnreadableError as error:
        reason = Reason(f"it can no longer be read ({error.what})", error.remedy, error.kind)
        raise not_saved(path, reason) from error


def _refuse_conflict(path: Path, reading: Reading, found: Contents) -> None:
    """The bytes decide: a second change within one tick of the clock leaves the file's time as it was."""
    if posix.slashes(found.original.path) != reading.target:
        what = f"it now leads to another file, {found.original.path}, than when it was read"
        raise ConflictError(str(path), what, _COMPARE, found.data)
    if found.data != reading.data:
        raise ConflictError(str(path), "it has been changed since it was read", _COMPARE, found.data)


def _refuse_obstacle(path: Path, original: Original) -> None:
    hindrance = obstacle(original)
    if hindrance is not None:
        raise not_saved(path, hindrance)


def _flush_folder(folder: Path, steps: Steps) -> str | None:
    """The doubt left when the folder cannot be confirmed; none where the file system has no way to."""
    try:
        steps.flush_folder(folder)
    except OSError as error:
        return None if error.errno in _CANNOT_FLUSH_FOLDERS else _DOUBT
    return None


def write_new(path: Path, data: bytes, *, overwrite: bool = False, steps: Steps = SYSTEM) -> Path:
    """Write `data` to a new file at `path`, whole or not at all; the real path of the file written.

    Raises ExistsError when the name is taken, be it by a link to nothing. With `overwrite` a regular file
    there is replaced as `save` does it, through links and keeping its owner, attributes and mode. Raises
    SaveError when a step fails. A folder the disk does not confirm is no failure: the file is in place.
    """
    with saving(path):
        target = _write_over(path, data, steps) if overwrite else _write_beside(path, data, steps)
    _flush_folder(target.parent, steps)
    _look_again(target)
    return target


def _look_again(target: Path) -> None:
    """Some FUSE systems tell of the draft's name for a second more, until the inode is changed."""
    with suppress(OSError):
        status = target.stat()
        if status.st_nlink > 1:
            target.chmod(stat.S_IMODE(status.st_mode))


def _write_over(path: Path, data: bytes, steps: Steps) -> Path:
    original = _original(path)
    target = Path(os.path.realpath(path))
    if original is not None:
        _refuse_obstacle(path, original)
    with draft_beside(target, path, _ORDINARY if original is None else PRIVATE, steps) as draft:
        fill(draft, data, original, steps)
        steps.rename(draft.path, target)
    return target


def _original(path: Path) -> Original | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        kind = KINDS.get(stat.S_IFMT(status.st_mode), OTHER_KIND)
        raise not_saved(path, Reason(kind.what, "choose another name"))
    return Original(os.path.realpath(path), status)


def _write_beside(path: Path, data: bytes, steps: Steps) -> Path:
    target = Path(os.path.realpath(path.parent)) / path.name
    if os.path.lexists(target):
        raise _taken(path)
    with draft_beside(target, path, _ORDINARY, steps) as draft:
        fill(draft, data, None, steps)
        try:
            claim(draft.path, target, steps.link, steps)
        except FileExistsError as error:
            raise _taken(path) from error
    return target


def _taken(path: Path) -> ExistsError:
    kind = ErrorKind.TAKEN if path.is_file() else ErrorKind.NOT_A_FILE
    return ExistsError(str(path), f"{_TAKEN.what}, so nothing was saved", _TAKEN.remedy, kind)
