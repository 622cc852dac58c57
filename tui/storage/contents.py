"""The whole bytes of one regular file, and nothing but a regular file.

A device, a pipe or a socket is never opened in a way that could wait, wake somebody up or set hardware
going: what the path leads to is looked at before it is opened, and again through the open descriptor, so that
nothing put there in between is read either (open(2), "O_NONBLOCK").
"""

import errno
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tui.storage.errors import MissingError, UnreadableError
from tui.storage.reasons import IMPOSSIBLE_NAME, KINDS, OTHER_KIND, READING, Reason, reason_for

MAX_BYTES = 64 * 1024 * 1024
"""The largest file that is read, in bytes. Machine descriptions are a few thousand bytes long."""

TOO_LARGE = Reason(
    "it is larger than 64 MiB, and no machine description is", "check that it is the right file"
)
RESTLESS = Reason("something else is writing to it right now", "wait until that is done, then try again")

_OPEN_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY | os.O_NOFOLLOW
_CHUNK = 1024 * 1024
_ATTEMPTS = 3


class Original(NamedTuple):
    """A file as it stands: its real `path`, free of symbolic links, and its `status` by fstat(2)."""

    path: Path
    status: os.stat_result


@dataclass(frozen=True, slots=True)
class Contents:
    """The `data` of one file, read whole, and the `original` they were read from."""

    original: Original
    data: bytes = field(repr=False)


def refusal(path: Path, reason: Reason) -> UnreadableError:
    """The error that says why `path` is not read."""
    return UnreadableError(str(path), reason.what, reason.remedy)


def look(path: Path) -> Contents:
    """Read the regular file at `path`, through symbolic links; it may be empty.

    Raises MissingError when there is nothing, UnreadableError for anything else that cannot be read whole:
    another kind of file, more than MAX_BYTES, one that changes while it is read, any OSError.
    """
    try:
        _refuse_other_kinds(path, path.stat())
        target = Path(os.path.realpath(path, strict=True))
        return _read_settled(path, target)
    except FileNotFoundError as error:
        raise _missing(path) from error
    except OSError as error:
        reason = reason_for(error, READING)
        raise refusal(path, reason) from error
    except ValueError as error:
        raise refusal(path, IMPOSSIBLE_NAME) from error


def _missing(path: Path) -> MissingError:
    try:
        leads_to = str(path.readlink())
    except OSError:
        reason = READING[errno.ENOENT]
        return MissingError(str(path), reason.what, reason.remedy)
    what = f"it is a symbolic link to {leads_to}, and there is no such file"
    return MissingError(str(path), what, "repair the link, or name the real file")


def _refuse_other_kinds(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise refusal(path, KINDS.get(stat.S_IFMT(status.st_mode), OTHER_KIND))


def _read_settled(path: Path, target: Path) -> Contents:
    for _ in range(_ATTEMPTS):
        descriptor = os.open(target, _OPEN_FLAGS)
        try:
            before = os.fstat(descriptor)
            _refuse_other_kinds(path, before)
            data = _read_limited(path, descriptor, before.st_size)
            after = os.fstat(descriptor)
        finally:
            os.close(descriptor)
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            return Contents(Original(target, after), data)
    raise refusal(path, RESTLESS)


def _read_limited(path: Path, descriptor: int, announced: int) -> bytes:
    """Read to the end; the limit holds for what is read too, because a size may lie (/proc) or grow."""
    data = bytearray()
    while announced <= MAX_BYTES and len(data) <= MAX_BYTES:
        chunk = os.read(descriptor, _CHUNK)
        if not chunk:
            return bytes(data)
        data += chunk
    raise refusal(path, TOO_LARGE)
