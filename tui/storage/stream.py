"""Standard input, read whole within bounds."""

from __future__ import annotations

import errno
from typing import Protocol

from tui.storage import regular
from tui.storage.place import Reading
from tui.storage.reasons import EMPTY, READING, reason_for
from tui.storage.regular import TOO_LARGE, refusal

_FROM_STREAM = "it came from standard input, which cannot be written back to"

_CHUNK = 1024 * 1024


class ByteStream(Protocol):
    """What is asked of standard input: up to `size` bytes, b"" at the end, None when none are ready."""

    def read(self, size: int, /) -> bytes | None:
        """Read up to `size` bytes."""


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
