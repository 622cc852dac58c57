"""The bytes of one file among thousands: read as safely as `read` does, with nothing asked about saving.

As there, what the path leads to is looked at before it is opened, and again through the open descriptor, so
that no pipe, device or socket is ever waited on; and bytes that change while they are read are read again.
What is left out costs most of a `read`: the real path and the obstacles to a save.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from tui.storage import contents
from tui.storage.contents import RESTLESS, TOO_LARGE, refusal
from tui.storage.errors import MissingError, UnreadableError
from tui.storage.reasons import EMPTY, IMPOSSIBLE_NAME, KINDS, OTHER_KIND, READING, Reason, reason_for

HEAD_BYTES = 64 * 1024
_OPEN_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_ATTEMPTS = 3


class Trouble(StrEnum):
    """What kept a file from being read, as a word for programs."""

    MISSING = "missing"
    NOT_A_FILE = "not-a-file"
    NO_PERMISSION = "no-permission"
    EMPTY = "empty"
    TOO_LARGE = "too-large"
    CHANGING = "changing"
    LINK_LOOP = "link-loop"
    IO_ERROR = "io-error"


_BY_ERRNO = {
    errno.ENOENT: Trouble.MISSING,
    errno.ENOTDIR: Trouble.MISSING,
    errno.EACCES: Trouble.NO_PERMISSION,
    errno.EPERM: Trouble.NO_PERMISSION,
    errno.ELOOP: Trouble.LINK_LOOP,
    errno.EISDIR: Trouble.NOT_A_FILE,
}
_BY_WORDS = {
    TOO_LARGE.what: Trouble.TOO_LARGE,
    RESTLESS.what: Trouble.CHANGING,
    EMPTY.what: Trouble.EMPTY,
    **{reason.what: Trouble.NOT_A_FILE for reason in (*KINDS.values(), OTHER_KIND)},
}


def trouble_of(error: UnreadableError) -> Trouble:
    """The kind of an error this module raised."""
    if isinstance(error, MissingError):
        return Trouble.MISSING
    if isinstance(error.__cause__, OSError):
        return _BY_ERRNO.get(error.__cause__.errno or 0, Trouble.IO_ERROR)
    return _BY_WORDS.get(error.what, Trouble.IO_ERROR)


def reason_of(path: str, error: OSError) -> UnreadableError:
    """What a failed look at a file or folder means to a person."""
    reason = reason_for(error, READING)
    if isinstance(error, FileNotFoundError):
        reason = _missing(path)
        return MissingError(path, reason.what, reason.remedy)
    return refusal(Path(path), reason)


def _missing(path: str) -> Reason:
    if Path(path).is_symlink():
        return Reason("it is a symbolic link, and there is no such file", "repair the link, or remove it")
    return READING[errno.ENOENT]


def glance(path: str, wanted: Callable[[bytes], bool] | None = None) -> bytes | None:
    """The bytes of the regular file at `path`, through symbolic links.

    With `wanted`, None where that says no to the first HEAD_BYTES; the rest is not read then. Raises
    MissingError where there is nothing, UnreadableError for what is empty, larger than MAX_BYTES, no regular
    file, changing while it is read, or refused by the system; `__cause__` is the system's error, if any.
    """
    try:
        return _settled(path, wanted)
    except OSError as error:
        raise reason_of(path, error) from error
    except ValueError as error:
        raise refusal(Path(path), IMPOSSIBLE_NAME) from error


def _settled(path: str, wanted: Callable[[bytes], bool] | None) -> bytes | None:
    _refuse_other_kinds(path, os.stat(path))  # noqa: PTH116 - a Path costs more than the call
    for _ in range(_ATTEMPTS):
        descriptor = os.open(path, _OPEN_FLAGS)
        try:
            before = os.fstat(descriptor)
            _refuse_other_kinds(path, before)
            data = os.read(descriptor, HEAD_BYTES)
            if wanted is not None and not wanted(data):
                return None
            if len(data) == HEAD_BYTES or len(data) != before.st_size:
                data += _rest(path, descriptor, before.st_size)
            after = os.fstat(descriptor)
        finally:
            os.close(descriptor)
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            if not data:
                raise refusal(Path(path), EMPTY)
            return data
    raise refusal(Path(path), RESTLESS)


def _refuse_other_kinds(path: str, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise refusal(Path(path), KINDS.get(stat.S_IFMT(status.st_mode), OTHER_KIND))


def _rest(path: str, descriptor: int, announced: int) -> bytes:
    """What follows the head. The limit holds for what is read too: a size may lie (/proc) or grow."""
    if announced > contents.MAX_BYTES:
        raise refusal(Path(path), TOO_LARGE)
    data = bytearray()
    while len(data) <= contents.MAX_BYTES:
        chunk = os.read(descriptor, 1024 * 1024)
        if not chunk:
            return bytes(data)
        data += chunk
    raise refusal(Path(path), TOO_LARGE)
