"""A draft: the new version of a file, beside the old one under a name of its own until it is whole."""

import errno
import os
import secrets
import stat
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tui import posix
from tui.storage.errors import ErrorKind
from tui.storage.local_reading import Original
from tui.storage.reasons import COPYING, OWNING, Reason, not_saved, saving
from tui.storage.save_steps import Steps

PRIVATE = 0o600
"""The mode of a draft that will get its own mode from the file it replaces."""

_NAME_BYTES = 255  # NAME_MAX of linux/limits.h
_LETTERS = string.ascii_lowercase + string.digits
_ATTEMPTS = 100
_CANNOT_LINK = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EINVAL})
_PRETENDED = Reason(
    "this file system only pretends to set its owner, group and mode",
    "write to another file, or mount the file system so that it keeps them",
    ErrorKind.NOT_KEPT,
)


@dataclass(slots=True)
class Draft:
    """A new file under a temporary name: its `path`, and its `descriptor` while it is open.

    `shown` is the file it will be, as its user named it: errors are about that one.
    """

    path: Path
    shown: Path
    descriptor: int | None = None


def draft_name(name: str) -> str:
    """A fresh name `.NAME.diskmode-XXXXXX`, NAME cut short where the whole would exceed 255 bytes."""
    tail = ".diskmode-" + "".join(secrets.choice(_LETTERS) for _ in range(6))
    room = _NAME_BYTES - len(tail) - 1
    encoded = os.fsencode(name)
    kept = name if len(encoded) <= room else encoded[:room].decode("utf-8", "ignore")
    return f".{kept}{tail}"


@contextmanager
def draft_beside(target: Path, shown: Path, mode: int, steps: Steps) -> Iterator[Draft]:
    """Open a draft in the folder of `target`; nothing under its temporary name is left. Raises OSError."""
    for _ in range(_ATTEMPTS):
        draft = Draft(target.with_name(draft_name(target.name)), shown)
        try:
            draft.descriptor = steps.create(draft.path, mode)
        except FileExistsError:
            continue
        except BaseException:
            # An interrupt may come after the file was made and before its descriptor was kept.
            _discard(draft, steps)
            raise
        try:
            yield draft
        finally:
            _discard(draft, steps)
        return
    raise FileExistsError(errno.EEXIST, "every temporary name is taken")


def _discard(draft: Draft, steps: Steps) -> None:
    if draft.descriptor is not None:
        with suppress(OSError):
            os.close(draft.descriptor)
    with suppress(OSError):
        steps.remove(draft.path)


def fill(draft: Draft, data: bytes, like: Original | None, steps: Steps) -> os.stat_result:
    """Write the draft whole, make it like `like`, have the disk confirm it, close it; its final status.

    The bytes go first and the mode last: a write takes away set-user-id bits and capabilities, a change of
    owner takes them away too, and an access list may change the mode (chown(2), acl(5)). Raises OSError, and
    SaveError where the file system only pretends to keep what it was given.
    """
    descriptor = draft.descriptor
    assert descriptor is not None
    _write_all(descriptor, data, steps)
    if like is not None:
        _make_alike(draft, descriptor, like, steps)
    steps.flush(descriptor)
    status = os.fstat(descriptor)
    if like is not None and posix.permissions(status) != posix.permissions(like.status):
        raise not_saved(draft.shown, _PRETENDED)
    # After a failed close the descriptor is gone all the same (close(2)).
    draft.descriptor = None
    steps.close(descriptor)
    return status


def _write_all(descriptor: int, data: bytes, steps: Steps) -> None:
    rest = memoryview(data)
    while rest:
        written = steps.write(descriptor, rest)
        if written <= 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        rest = rest[written:]


def _make_alike(draft: Draft, descriptor: int, like: Original, steps: Steps) -> None:
    wanted = like.status
    now = os.fstat(descriptor)
    if (now.st_uid, now.st_gid) != (wanted.st_uid, wanted.st_gid):
        with saving(draft.shown, OWNING):
            steps.own(descriptor, wanted.st_uid, wanted.st_gid)
    with saving(draft.shown, COPYING):
        steps.attributes(Path(like.path), descriptor)
    steps.permit(descriptor, stat.S_IMODE(wanted.st_mode))


def claim(draft: Path, target: Path, link: Callable[[Path, Path], None], steps: Steps) -> None:
    """Give the draft its name only if that is free: link(2) refuses a taken name, rename(2) replaces it."""
    try:
        link(draft, target)
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
        _claim_without_links(draft, target, steps)


def _claim_without_links(draft: Path, target: Path, steps: Steps) -> None:
    """For FAT and its like: hold the name with an empty file, then rename over that."""
    os.close(steps.create(target, PRIVATE))
    try:
        steps.rename(draft, target)
    except BaseException:
        steps.remove(target)
        raise
