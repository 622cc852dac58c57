"""Every fault at every step of every kind of save, and what must hold after each.

A fault strikes one call of a save's Steps, counted over the whole save: the backup's own calls too.
"""

from __future__ import annotations

import errno
import os
import re
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.storage.helpers import NEW, OLD, killed
from tui.storage import StorageError, read
from tui.storage.save_steps import SYSTEM, Steps
from tui.storage.writing import save, write_new

OLDER = b"older"
NUMBERED = "web.vmx.~1~"
OWNER = 1234
MODE = 0o640
NOTE = b"keep \x00 me"
_TEMPORARY = re.compile(r"\.(web\.vmx~?)\.diskmode-[a-z0-9]{6}")
Strike = Callable[[str, Callable[..., Any], tuple[Any, ...]], Any]


class Fault(StrEnum):
    """What happens at a step."""

    KILLED_BEFORE = "killed before it"
    KILLED_AFTER = "killed after it"
    NO_SPACE = "ENOSPC"
    INPUT_OUTPUT = "EIO"
    READ_ONLY = "EROFS"
    QUOTA = "EDQUOT"
    FOLDER_GONE = "folder gone"
    SHORT = "short write"
    TORN = "short write, then ENOSPC"
    INTERRUPTED_BEFORE = "interrupt before it"
    INTERRUPTED_AFTER = "interrupt after it"


ERRORS = {
    Fault.NO_SPACE: errno.ENOSPC,
    Fault.INPUT_OUTPUT: errno.EIO,
    Fault.READ_ONLY: errno.EROFS,
    Fault.QUOTA: errno.EDQUOT,
}


# What gives the program no moment, or no folder, to take its backup back in.
_LEAVES_A_BACKUP = (Fault.KILLED_BEFORE, Fault.KILLED_AFTER, Fault.FOLDER_GONE)


class Scene(StrEnum):
    """A way to save."""

    PLAIN = "plain"
    BACKUP = "with backup"
    OVER_BACKUP = "over an older backup"
    LINK = "through a symbolic link"
    ATTRIBUTES = "with attributes"
    EXPORT = "export over a file"
    NEW = "a new file"


class Place(NamedTuple):
    """The folder struck, the file in it, and the name it is saved by."""

    folder: Path
    file: Path
    named: Path


class Point(NamedTuple):
    """One fault at one call, ``place`` counting all calls of the save from 0."""

    scene: Scene
    fault: Fault
    place: int
    step: str


@dataclass
class Left:
    """How a save ended: the error, if any, and whether the new bytes are expected to be in place."""

    error: str
    in_place: bool


def has_attributes(folder: Path) -> bool:
    """Whether files here take users' attributes."""
    probe = folder / "probe"
    probe.write_bytes(b"")
    try:
        os.setxattr(probe, "user.note", NOTE)
    except OSError:
        return False
    finally:
        probe.unlink()
    return True


def prepared(scene: Scene, base: Path) -> Place:
    """A file to save over, in a folder of its own; another user's where that can be made."""
    folder = base / "folder"
    folder.mkdir()
    file = folder / "web.vmx"
    if scene is Scene.NEW:
        return Place(folder, file, file)
    file.write_bytes(OLD)
    file.chmod(MODE)
    if os.geteuid() == 0:
        os.chown(file, OWNER, OWNER)
    if scene is Scene.OVER_BACKUP:
        (folder / "web.vmx~").write_bytes(OLDER)
    if scene is Scene.ATTRIBUTES:
        os.setxattr(file, "user.note", NOTE)
    if scene is Scene.LINK:
        link = base / "link.vmx"
        link.symlink_to("folder/web.vmx")
        return Place(folder, file, link)
    return Place(folder, file, file)


def action(scene: Scene, place: Place, steps: Steps) -> object:
    """Save."""
    if scene in (Scene.NEW, Scene.EXPORT):
        return write_new(place.named, NEW, overwrite=scene is Scene.EXPORT, steps=steps)
    return save(read(place.named), NEW, backup=scene in (Scene.BACKUP, Scene.OVER_BACKUP), steps=steps)


def _wired(strike: Strike) -> Steps:
    """The system's calls, each through ``strike``."""

    def through(name: str) -> Callable[..., Any]:
        honest: Callable[..., Any] = getattr(SYSTEM, name)
        return lambda *arguments: strike(name, honest, arguments)

    calls: dict[str, Any] = {field.name: through(field.name) for field in fields(Steps)}
    return replace(SYSTEM, **calls)


@cache
def _trace(scene: Scene, base: Path) -> tuple[str, ...]:
    """The calls of a save that nothing strikes."""
    trace: list[str] = []

    def note(name: str, honest: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        trace.append(name)
        return honest(*arguments)

    place = prepared(scene, base)
    action(scene, place, _wired(note))
    assert place.file.read_bytes() == NEW
    return tuple(trace)


def points(base: Path, scenes: tuple[Scene, ...] = tuple(Scene)) -> Iterator[Point]:
    """Every fault point; ``base`` is an empty folder."""
    for scene in scenes:
        room = base / scene.name
        room.mkdir(exist_ok=True)
        if scene is Scene.ATTRIBUTES and not has_attributes(room):
            continue
        for place, step in enumerate(_trace(scene, room)):
            for fault in Fault:
                if step == "write" or fault not in (Fault.SHORT, Fault.TORN):
                    yield Point(scene, fault, place, step)


def strike(point: Point, base: Path, trace: tuple[str, ...]) -> Left:
    """Save, with the fault at its point; asserts what must hold, and tells how it ended."""
    place = prepared(point.scene, base)
    before = place.file.lstat() if place.file.exists() else None
    moved = base / "moved"

    def gone() -> None:
        place.folder.rename(moved)

    steps = _wired(_Striking(point, gone))
    error = _ending(point, place, steps)
    folder = moved if moved.exists() else place.folder
    left = Left(error, _in_place(point, trace))
    _assert_whole(point, folder, before, left)
    _assert_no_litter(point, folder)
    if place.named != place.file:
        assert place.named.is_symlink()
        assert os.readlink(place.named) == "folder/web.vmx"  # noqa: PTH115 - the bytes of the link
    return left


class _Striking:
    """Counts the calls, and strikes at one."""

    def __init__(self, point: Point, gone: Callable[[], None]) -> None:
        self._point, self._gone, self._calls, self._torn = point, gone, 0, False

    def __call__(self, name: str, honest: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        mine = self._calls == self._point.place
        self._calls += 1
        if self._torn and name == "write":
            self._torn = False
            raise OSError(errno.ENOSPC, "struck")
        return self._struck(honest, arguments) if mine else honest(*arguments)

    def _struck(self, honest: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        fault = self._point.fault
        if fault in ERRORS:
            raise OSError(ERRORS[fault], "struck")
        if fault in (Fault.SHORT, Fault.TORN):
            self._torn = fault is Fault.TORN
            return honest(arguments[0], arguments[1][: len(arguments[1]) // 2])
        if fault is Fault.FOLDER_GONE:
            self._gone()
            return honest(*arguments)
        if fault in (Fault.KILLED_BEFORE, Fault.INTERRUPTED_BEFORE):
            _end(fault)
        if fault in (Fault.KILLED_AFTER, Fault.INTERRUPTED_AFTER):
            # After a rename there is no draft left to remove; an older backup's name is taken.
            with suppress(FileNotFoundError, FileExistsError):
                made = honest(*arguments)
                if self._point.step == "create":
                    os.close(made)
            _end(fault)
        return honest(*arguments)


def _end(fault: Fault) -> None:
    if fault in (Fault.KILLED_BEFORE, Fault.KILLED_AFTER):
        os.kill(os.getpid(), signal.SIGKILL)
    raise KeyboardInterrupt


def _ending(point: Point, place: Place, steps: Steps) -> str:
    if point.fault in (Fault.KILLED_BEFORE, Fault.KILLED_AFTER):
        assert killed(lambda: action(point.scene, place, steps))
        return "killed"
    try:
        action(point.scene, place, steps)
    except StorageError as error:
        assert error.what
        assert error.remedy
        return "refused"
    except KeyboardInterrupt:
        return "interrupted"
    return ""


def _in_place(point: Point, trace: tuple[str, ...]) -> bool:
    """Whether the step that puts the new bytes into place was done."""
    decisive = trace.index("link" if point.scene is Scene.NEW else "rename")
    if point.fault is Fault.SHORT or (point.step == "remove" and point.fault in ERRORS):
        return True  # what is left of a short write is written, and a draft that stays harms nothing
    if point.fault in (Fault.KILLED_AFTER, Fault.INTERRUPTED_AFTER):
        return point.place >= decisive
    return point.place > decisive


def _assert_whole(point: Point, folder: Path, before: os.stat_result | None, left: Left) -> None:
    file, kept = folder / "web.vmx", folder / "web.vmx~"
    if point.scene is Scene.NEW:
        assert file.exists() == left.in_place
    if file.exists():
        assert file.read_bytes() == (NEW if left.in_place else OLD)
    if before is not None:
        now = file.lstat()
        assert stat.S_ISREG(now.st_mode)
        assert (now.st_mode, now.st_uid, now.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
        assert now.st_nlink == 1
        assert (now.st_ino == before.st_ino) == (not left.in_place)
    if point.scene is Scene.ATTRIBUTES:
        assert os.getxattr(file, "user.note") == NOTE
    if point.scene is Scene.OVER_BACKUP:
        assert kept.read_bytes() == OLDER
        kept = folder / NUMBERED
    if point.scene not in (Scene.BACKUP, Scene.OVER_BACKUP):
        assert not kept.exists()
    elif kept.exists():
        assert kept.read_bytes() == OLD
        assert stat.S_IMODE(kept.stat().st_mode) == MODE
        assert left.in_place or point.fault in _LEAVES_A_BACKUP, "nothing was saved, and a backup is left"
    else:
        assert not left.in_place, "the old bytes are lost"


def _assert_no_litter(point: Point, folder: Path) -> None:
    """Nothing beside the file and its backup; a kill or a folder moved away leaves one draft of each.

    So does an interrupt or an error where the draft of a new file or of a backup, linked into its place, is
    to be removed.
    """
    others = {entry.name for entry in folder.iterdir()} - {"web.vmx", "web.vmx~", NUMBERED}
    of_whom = [match[1] for name in others if (match := _TEMPORARY.fullmatch(name))]
    assert len(of_whom) == len(others), others
    assert len(set(of_whom)) == len(of_whom), others
    linked = point.scene in (Scene.NEW, Scene.BACKUP, Scene.OVER_BACKUP)
    unremoved = linked and point.step == "remove"
    if not unremoved and point.fault not in (Fault.KILLED_BEFORE, Fault.KILLED_AFTER, Fault.FOLDER_GONE):
        assert not others
