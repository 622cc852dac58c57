"""What was read: bytes, where they came from, and what is needed to save them safely."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from tui.storage import regular
from tui.storage.reasons import EMPTY, READING, reason_for
from tui.storage.regular import TOO_LARGE, refusal

if TYPE_CHECKING:
    from tui.storage.place import Location, Source

_FROM_STREAM = "it came from standard input, which cannot be written back to"

_CHUNK = 1024 * 1024


class ByteStream(Protocol):
    """What is asked of standard input: up to `size` bytes, b"" at the end, None when none are ready."""

    def read(self, size: int, /) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """Bytes as they were read, and where from.

    `path` is the file as it was named, None for standard input; printed, it is the whole address. `target` is
    the real file it led to. `why_not` says why the file cannot be saved over, None when it can. A save sets
    `doubt` where the new bytes are in place but not confirmed by the disk, and `backup` where it kept the old
    ones: the address they are at. `not_kept` says what of the file a save there cannot keep, None for
    nothing. `source` reads the neighbours as they were then, where they came with the file; None where each
    is looked at when it is asked for. `notices` are sentences for who opens it.
    """

    path: Location | None
    data: bytes = field(repr=False)
    writable: bool
    why_not: str | None
    target: str | None = None
    doubt: str | None = None
    backup: str | None = None
    not_kept: str | None = None
    source: Source | None = field(default=None, compare=False, repr=False)
    notices: tuple[str, ...] = ()


def read_stream(stream: ByteStream, name: str) -> Reading:
    """Read `stream` to its end; `name` is what errors call it.

    Raises UnreadableError when it is empty, larger than MAX_BYTES, or fails.
    """
    try:
        data = _drain(stream, name)
    except OSError as error:
        raise refusal(name, reason_for(error, READING)) from error
    if not data:
        raise refusal(name, EMPTY)
    return Reading(path=None, data=data, writable=False, why_not=_FROM_STREAM)


def _drain(stream: ByteStream, name: str) -> bytes:
    data = bytearray()
    while len(data) <= regular.MAX_BYTES:
        chunk = stream.read(_CHUNK)
        if chunk is None:
            raise BlockingIOError(errno.EAGAIN, "no bytes are ready")
        if not chunk:
            return bytes(data)
        data += chunk
    raise refusal(name, TOO_LARGE)
