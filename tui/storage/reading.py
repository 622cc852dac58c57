"""Where bytes come from: a file or standard input, read whole, with what is needed to save safely."""

import errno
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tui.storage import contents
from tui.storage.contents import TOO_LARGE, Contents, look, refusal
from tui.storage.errors import MissingError
from tui.storage.obstacles import obstacle
from tui.storage.reasons import EMPTY, READING, reason_for

_FROM_STREAM = "it came from standard input, which cannot be written back to"

_CHUNK = 1024 * 1024


class ByteStream(Protocol):
    """What is asked of standard input: up to `size` bytes, b"" at the end, None when none are ready."""

    def read(self, size: int, /) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """Bytes as they were read, and where from.

    `path` is the name as given, None for standard input; `target` the real file it led to. `why_not` says why
    the file cannot be saved over, None when it can. `doubt` is set by a save whose new bytes are in place but
    not confirmed by the disk.
    """

    path: Path | None
    data: bytes = field(repr=False)
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
    return Reading(path=None, data=data, writable=False, why_not=_FROM_STREAM)


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
