"""The person's state folder: private, made when first written to, and never in the way of the work."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from tui import posix
from tui.settings import own_folder
from tui.storage import MAX_BYTES

# The folders of unsaved edits and of changes, and how the files in them end.
EDITS, HISTORY, LINES = "edits", "history", ".jsonl"
# Bytes. A bulk change of 100,000 files takes a twentieth of it.
_LARGEST = 16 * MAX_BYTES
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600
# Some file systems have no way to confirm what they took.
_CANNOT_FLUSH = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOSYS})


def state_folder() -> Path:
    """Where the program keeps what it remembers; ``DISKMODE_STATE`` names another folder."""
    named = os.environ.get("DISKMODE_STATE")
    if named:
        return Path(named)
    return Path(own_folder("XDG_STATE_HOME", ".local/state", "user_state_dir"))


class StateFacts(NamedTuple):
    """The state folder as it stands: ``there``, ``writable`` (or could be made), and how many ``records``."""

    folder: Path
    there: bool
    writable: bool
    records: int


def state_facts() -> StateFacts:
    """What the state folder is and holds. Makes and reads nothing; never raises."""
    folder = state_folder()
    there = os.path.lexists(folder)
    nearest = next((one for one in (folder, *folder.parents) if os.path.lexists(one)), folder)
    writable = os.path.isdir(nearest) and os.access(nearest, os.W_OK | os.X_OK)  # noqa: PTH112 - never raises
    return StateFacts(folder, there, writable, len(names_in(folder / HISTORY, LINES)))


def make_folder(folder: Path) -> None:
    """Make a folder of ours, readable by its owner alone. Raises OSError."""
    folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)


class LineFile:
    """A file that grows by whole lines of JSON. Each is one write at the end, so that writers may share it.

    What the system refuses is in ``trouble``, the first time; afterwards nothing more is written, for a
    record with holes would mislead.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble: str | None = None
        self._descriptor: int | None = None

    def create(self, first: object) -> None:
        """Make the file, which must be new, with its first line."""
        self._open(os.O_CREAT | os.O_EXCL)
        if self._descriptor is not None:
            posix.lock(self._descriptor)
        self.append(first)

    def reopen(self) -> bool:
        """Write on in a file that is there; False where another process does.

        Its last line may have been cut by a kill.
        """
        self._open(0)
        if self._descriptor is not None and not posix.lock(self._descriptor):
            self.close()
            return False
        self._write(b"\n")
        return True

    def _open(self, flags: int) -> None:
        try:
            make_folder(self.path.parent)
            flags |= posix.APPEND_FLAGS
            self._descriptor = os.open(self.path, flags, _PRIVATE_FILE)
        except (OSError, ValueError) as error:
            self._failed(error)

    def append(self, value: object, *, flush: bool = False) -> None:
        """Add a line; with ``flush`` the disk has it when this returns."""
        self._write(json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n")
        if flush and self._descriptor is not None:
            with suppress(OSError):
                posix.flush(self._descriptor)

    def flush(self) -> None:
        """Wait until the disk has every line, and the folder the file; what it says against that is told."""
        if self._descriptor is None:
            return
        try:
            posix.flush(self._descriptor)
            posix.flush_folder(self.path.parent)
        except OSError as error:
            if self._descriptor is not None and error.errno not in _CANNOT_FLUSH and not self.is_gone:
                self._failed(error)

    @property
    def is_gone(self) -> bool:
        """Whether the file was removed while it is written to: what is added would be lost."""
        if self._descriptor is None:
            return False
        try:
            return os.fstat(self._descriptor).st_nlink == 0 or not self.path.exists()
        except OSError:
            return False

    def _write(self, line: bytes) -> None:
        if self._descriptor is None:
            return
        try:
            while line:
                line = line[os.write(self._descriptor, line) :]
        except OSError as error:
            self.close()
            self._failed(error)

    def _failed(self, error: OSError | ValueError) -> None:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        self.trouble = f"{self.path.parent}: {reason}"

    def close(self) -> None:
        """Close it: what is added from now on is lost without a word."""
        if self._descriptor is not None:
            with suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None

    def remove(self) -> None:
        """Close it and take it away."""
        self.close()
        remove(self.path)


def remove(path: Path) -> None:
    """Take a file of ours away, where it is still there and may be."""
    with suppress(OSError):
        path.unlink()


def names_in(folder: Path, suffix: str) -> Sequence[Path]:
    """The files of ours in a folder, by name; none where there is no folder, or no way into it."""
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(one.path) for one in entries if one.name.endswith(suffix))
    except OSError:
        return ()


def lines_of(path: Path) -> Iterator[object]:
    """The values of a file's lines, of which no more than fits into ``_LARGEST`` bytes is read.

    A line that a kill or a full disk cut short is left out. What is no regular file has none.
    """
    with suppress(OSError, ValueError):
        descriptor = os.open(path, posix.READ_FLAGS | posix.NO_LINK)
        with os.fdopen(descriptor, "rb") as stream:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                yield from _values(stream)


def _values(stream: BinaryIO) -> Iterator[object]:
    room = _LARGEST
    while room > 0 and (line := stream.readline(MAX_BYTES)):
        room -= len(line)
        with suppress(ValueError, RecursionError):
            yield json.loads(line)
