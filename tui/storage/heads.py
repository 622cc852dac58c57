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


def real_path(path: Path) -> Path:
    """The file a path leads to through symbolic links; its neighbours are what lies beside it."""
    return Path(os.path.realpath(path))


def real_file(path: Path) -> Path:
    """The file itself, whose neighbours count: a link among its folders leads to the same ones."""
    return real_path(path) if os.path.islink(path) else path  # noqa: PTH114 - Path's may raise


def is_there(path: Path) -> bool:
    """Whether anything has this name, be it a link to nothing; never raises."""
    try:
        return os.path.lexists(path)
    except ValueError:
        return False


def head_of(path: Path | str, size: int, within: Path | None = None) -> bytes:
    """At most `size` bytes from the start of the regular file at `path`; it may be empty.

    Never waits on a FIFO or device. Raises MissingError where there is nothing, UnreadableError where it is
    something else, cannot be read, or is a link that leads out of the folder `within`.
    """
    try:
        _refuse_other_kinds(path, os.stat(path).st_mode)  # noqa: PTH116 - asked thousands of times
        if within is not None and _leads_out(Path(path), within):
            raise refusal(Path(path), _ELSEWHERE)
        descriptor = os.open(path, _OPEN_FLAGS)
        try:
            _refuse_other_kinds(path, os.fstat(descriptor).st_mode)
            return _read_up_to(descriptor, size)
        finally:
            os.close(descriptor)
    except FileNotFoundError as error:
        reason = reason_for(error, READING)
        raise MissingError(str(path), reason.what, reason.remedy) from error
    except OSError as error:
        raise refusal(Path(path), reason_for(error, READING)) from error
    except ValueError as error:
        raise refusal(Path(path), IMPOSSIBLE_NAME) from error


def _leads_out(path: Path, folder: Path) -> bool:
    if path.parent == folder and not path.is_symlink():
        return False
    return not real_path(path).is_relative_to(real_path(folder))


def _refuse_other_kinds(path: Path | str, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise refusal(Path(path), KINDS.get(stat.S_IFMT(mode), OTHER_KIND))


def _read_up_to(descriptor: int, size: int) -> bytes:
    data = os.read(descriptor, size)
    while len(data) < size and (chunk := os.read(descriptor, size - len(data))):
        data += chunk
    return data


def read_head(path: Path, size: int) -> bytes | None:
    """Like head_of, but None where there is nothing to read: never raises."""
    try:
        return head_of(path, size)
    except UnreadableError:
        return None
