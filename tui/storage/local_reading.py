"""Reading one local file: whole with all that a save needs, whole and quickly, or only its first bytes.

Paths are str: asked thousands of times, a Path takes longer than the system does.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from typing import NamedTuple

from tui import posix
from tui.storage.errors import ErrorKind
from tui.storage.reasons import EMPTY, Reason
from tui.storage.regular import (
    absent,
    open_regular,
    read_settled,
    read_to_end,
    read_up_to,
    refusal,
    refuse_other_kinds,
    unread,
)

HEAD_BYTES = 64 * 1024
"""What is read of a file before it is asked whether the rest is wanted."""

_ELSEWHERE = Reason(
    "it is a link that leads out of the machine's folder", "look at it yourself", ErrorKind.NOT_A_FILE
)


class Original(NamedTuple):
    """A file as it stands: its real `path`, free of symbolic links, and its `status` by fstat(2)."""

    path: str
    status: os.stat_result


class Contents(NamedTuple):
    """The `data` of one file, read whole, and the `original` they were read from."""

    original: Original
    data: bytes


def read_file(path: str) -> Contents:
    """Read the regular file at `path`, through symbolic links; it may be empty.

    Raises MissingError when there is nothing, UnreadableError for anything else that cannot be read whole:
    another kind of file, more than MAX_BYTES, one that changes while it is read, any OSError.
    """
    try:
        refuse_other_kinds(path, os.stat(path).st_mode)
        target = posix.slashes(os.path.realpath(path, strict=True))
        data, status = read_settled(
            target, path, lambda descriptor, status: read_to_end(descriptor, status, path), posix.NO_LINK
        )
    except (OSError, ValueError) as error:
        raise unread(path, error) from error
    return Contents(Original(target, status), data)


def read_bytes(
    path: str, wanted: Callable[[bytes], bool] | None = None, *, seen: bool = False
) -> bytes | None:
    """The bytes of the regular file at `path`, as safely as `read_file`, with nothing found out for a save.

    With `wanted`, None where that says no to the first HEAD_BYTES; the rest is not read then. `seen`: the
    listing of its folder showed a regular file a moment ago. Raises MissingError where there is nothing,
    UnreadableError for what is empty, larger than MAX_BYTES, no regular file, changing while it is read, or
    refused by the system.
    """

    def part(descriptor: int, status: os.stat_result) -> bytes | None:
        head = os.read(descriptor, HEAD_BYTES)
        if wanted is not None and not wanted(head):
            return None
        if len(head) < HEAD_BYTES and len(head) == status.st_size:
            return head
        return read_to_end(descriptor, status, path, head)

    try:
        if not seen:
            refuse_other_kinds(path, os.stat(path).st_mode)
        data, _ = read_settled(path, path, part)
    except (OSError, ValueError) as error:
        raise unread(path, error) from error
    if data == b"":
        raise refusal(path, EMPTY)
    return data


def read_head(path: str, size: int, within: str | None = None, *, seen: bool = False) -> bytes:
    """At most `size` bytes from the start of the regular file at `path`; it may be empty.

    What is behind them may change meanwhile: a disk does. `seen`: the listing of its folder showed a regular
    file a moment ago; it is looked at again only where a link stands there now. Raises MissingError where
    there is nothing, UnreadableError where it is something else, cannot be read, or is itself a link that
    leads out of the folder `within`.
    """
    try:
        descriptor, status = _opened_as_seen(path, within) if seen else _opened(path, within)
        try:
            return read_up_to(descriptor, size, status.st_size)
        finally:
            os.close(descriptor)
    except FileNotFoundError as error:
        raise absent(path) from error
    except (OSError, ValueError) as error:
        raise unread(path, error) from error


def _opened_as_seen(path: str, within: str | None) -> tuple[int, os.stat_result]:
    try:
        return open_regular(path, path, posix.NO_LINK)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
    return _opened(path, within)


def _opened(path: str, within: str | None) -> tuple[int, os.stat_result]:
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        mode = os.stat(path).st_mode
        if within is not None and not _lies_in(path, within):
            raise refusal(path, _ELSEWHERE)
    refuse_other_kinds(path, mode)
    return open_regular(path, path)


def _lies_in(path: str, folder: str) -> bool:
    inside = os.path.realpath(folder).rstrip(os.sep) + os.sep
    return os.path.realpath(path).startswith(inside)


def from_here(path: str) -> str:
    """A path below the current folder as a person there calls it; any other as it is."""
    try:
        return path.removeprefix(f"{os.getcwd()}{os.sep}")
    except OSError:  # the folder is gone
        return path


def real_file(path: str) -> str:
    """The file itself, whose neighbours count; a link among its folders leads to the same ones."""
    return posix.slashes(os.path.realpath(path)) if os.path.islink(path) else path


def is_there(path: str) -> bool:
    """Whether anything has this name, be it a link to nothing; never raises."""
    try:
        return os.path.lexists(path)
    except ValueError:
        return False


def is_folder(path: str) -> bool:
    """Whether the path leads to a folder; never raises."""
    return os.path.isdir(path)


def is_same(one: str, other: str) -> bool:
    """Whether both paths lead to one file; False where there is none at either."""
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return False


def names_in(folder: str) -> list[str]:
    """What lies in a folder; nothing where it cannot be listed."""
    try:
        return os.listdir(folder or ".")
    except (OSError, ValueError):
        return []


def real_folder(folder: str) -> str:
    """The folder itself, free of links; as it is given where nobody can tell."""
    try:
        return posix.slashes(os.path.realpath(folder))
    except (OSError, ValueError):
        return folder
