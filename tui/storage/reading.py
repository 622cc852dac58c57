"""Where bytes come from: a file or standard input, read whole, with what is needed to save safely."""

import errno
import os
import time
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Protocol, Self

from tui.storage import contents
from tui.storage.contents import TOO_LARGE, Contents, look, refusal
from tui.storage.errors import MissingError, StorageError
from tui.storage.obstacles import obstacle
from tui.storage.reasons import EMPTY, READING, reason_for

_FROM_STREAM = "it came from standard input, which cannot be written back to"

# The coarsest file times in use are FAT's, of two seconds: within them a change may not show.
_COARSEST_NS = 2_000_000_000
_CHUNK = 1024 * 1024


class ByteStream(Protocol):
    """What is asked of standard input: up to `size` bytes, b"" at the end, None when none are ready."""

    def read(self, size: int, /) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Stamp:
    """How to tell one state of a file from another.

    `device`, `inode`, `size` (bytes) and `mtime_ns` (nanoseconds since 1970) are as stat(2) gives them,
    `digest` is the SHA-256 of the bytes. `settled` is False when the bytes were changed so shortly before
    they were read that a second change could bear the same time.
    """

    device: int
    inode: int
    size: int
    mtime_ns: int
    digest: bytes
    settled: bool

    @classmethod
    def of(cls, status: os.stat_result, data: bytes) -> Self:
        """The stamp of `data`, just read from or written to a file of this `status`."""
        return cls(
            device=status.st_dev,
            inode=status.st_ino,
            size=status.st_size,
            mtime_ns=status.st_mtime_ns,
            digest=sha256(data).digest(),
            settled=status.st_mtime_ns + _COARSEST_NS < time.time_ns(),
        )

    def fits(self, status: os.stat_result) -> bool:
        """Whether a file of this `status` surely holds the stamped bytes, without a look at its bytes."""
        seen = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        return self.settled and seen == (self.device, self.inode, self.size, self.mtime_ns)


@dataclass(frozen=True, slots=True)
class Reading:
    """Bytes as they were read, and where from.

    `path` is the name as given, None for standard input; `target` the real file it led to. `why_not` says why
    the file cannot be saved over, None when it can. `doubt` is set by a save whose new bytes are in place but
    not confirmed by the disk.
    """

    path: Path | None
    data: bytes = field(repr=False)
    stamp: Stamp | None
    writable: bool
    why_not: str | None
    target: Path | None = None
    doubt: str | None = None


def read(path: Path) -> Reading:
    """Read the regular file at `path`, through symbolic links.

    Raises MissingError when there is no file, UnreadableError when it is empty, larger than MAX_BYTES, not a
    regular file, changing while it is read, or when the system refuses it.
    """
    found = look(path)
    if not found.data:
        raise refusal(path, EMPTY)
    return reading_of(path, found)


def reading_of(path: Path, found: Contents) -> Reading:
    """The reading of a file whose contents have been looked at."""
    hindrance = obstacle(found.original)
    return Reading(
        path=path,
        data=found.data,
        stamp=Stamp.of(found.original.status, found.data),
        writable=hindrance is None,
        why_not=None if hindrance is None else hindrance.what,
        target=found.original.path,
    )


def read_stream(stream: ByteStream, name: str) -> Reading:
    """Read `stream` to its end; `name` is what errors call it.

    Raises UnreadableError when it is empty, larger than MAX_BYTES, or fails.
    """
    shown = Path(name)
    try:
        data = _drain(stream, shown)
    except OSError as error:
        raise refusal(shown, reason_for(error, READING)) from error
    if not data:
        raise refusal(shown, EMPTY)
    return Reading(path=None, data=data, stamp=None, writable=False, why_not=_FROM_STREAM)


def _drain(stream: ByteStream, shown: Path) -> bytes:
    data = bytearray()
    while len(data) <= contents.MAX_BYTES:
        chunk = stream.read(_CHUNK)
        if chunk is None:
            raise BlockingIOError(errno.EAGAIN, "no bytes are ready")
        if not chunk:
            return bytes(data)
        data += chunk
    raise refusal(shown, TOO_LARGE)


def current(reading: Reading) -> Reading | None:
    """What is at the reading's path now; None when it is gone. Standard input stays what it was.

    Raises UnreadableError when something is there that cannot be read.
    """
    if reading.path is None:
        return reading
    try:
        return read(reading.path)
    except MissingError:
        return None


def is_unchanged(reading: Reading) -> bool:
    """Whether the path still leads to the same file and bytes that were read; never raises.

    The file's times and numbers are asked first, its bytes only when those differ or cannot be trusted.
    """
    if reading.path is None or reading.stamp is None:
        return True
    try:
        if reading.stamp.fits(reading.path.stat()):
            return True
        now = look(reading.path)
    except (OSError, ValueError, StorageError):
        return False
    return now.original.path == reading.target and sha256(now.data).digest() == reading.stamp.digest
