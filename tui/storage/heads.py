"""What lies beside a file: the first bytes of what may be very large, missing, or no file at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tui.storage.contents import refusal
from tui.storage.errors import MissingError, UnreadableError
from tui.storage.reasons import IMPOSSIBLE_NAME, KINDS, OTHER_KIND, READING, Reason, reason_for

_OPEN_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_ELSEWHERE = Reason("it is a link that leads out of the machine's folder", "look at it yourself")


def real_file(path: str) -> str:
    """The file itself, whose neighbours count; a link among its folders leads to the same ones."""
    return os.path.realpath(path) if os.path.islink(path) else path  # noqa: PTH114 - Path's may raise


def is_there(path: str) -> bool:
    """Whether anything has this name, be it a link to nothing; never raises."""
    try:
        return os.path.lexists(path)
    except ValueError:
        return False


def head_of(path: Path | str, size: int, within: str | None = None) -> bytes:
    """At most `size` bytes from the start of the regular file at `path`; it may be empty.

    Never waits on a FIFO or device. Raises MissingError where there is nothing, UnreadableError where it is
    something else, cannot be read, or is itself a link that leads out of the folder `within`.
    """
    try:
        mode = os.lstat(path).st_mode  # asked thousands of times: a Path would take longer than the system
        if stat.S_ISLNK(mode):
            mode = os.stat(path).st_mode  # noqa: PTH116
            if within is not None and not _lies_in(path, within):
                raise refusal(Path(path), _ELSEWHERE)
        if not stat.S_ISREG(mode):
            raise _other_kind(path, mode)
        descriptor = os.open(path, _OPEN_FLAGS)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise _other_kind(path, status.st_mode)
            return _read_up_to(descriptor, size, status.st_size)
        finally:
            os.close(descriptor)
    except FileNotFoundError as error:
        reason = reason_for(error, READING)
        raise MissingError(str(path), reason.what, reason.remedy) from error
    except OSError as error:
        raise refusal(Path(path), reason_for(error, READING)) from error
    except ValueError as error:
        raise refusal(Path(path), IMPOSSIBLE_NAME) from error


def _lies_in(path: Path | str, folder: str) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _other_kind(path: Path | str, mode: int) -> UnreadableError:
    return refusal(Path(path), KINDS.get(stat.S_IFMT(mode), OTHER_KIND))


def _read_up_to(descriptor: int, size: int, announced: int) -> bytes:
    """Where the first read gives what was announced that is all; else a size lies (/proc) or grows."""
    data = os.read(descriptor, min(size, announced + 1))
    if len(data) == announced:
        return data
    while len(data) < size and (chunk := os.read(descriptor, size - len(data))):
        data += chunk
    return data
