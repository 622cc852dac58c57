"""Opening regular files, and nothing but regular files, for everything that reads one.

A device, a pipe or a socket is never opened in a way that could wait, wake somebody up or set hardware
going: what the path leads to is looked at before it is opened, and again through the open descriptor, so that
nothing put there in between is read either (open(2), "O_NONBLOCK").
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from typing import TypeVar

from tui import posix
from tui.storage.errors import ErrorKind, MissingError, UnreadableError
from tui.storage.reasons import IMPOSSIBLE_NAME, KINDS, OTHER_KIND, READING, Reason, reason_for

MAX_BYTES = 64 * 1024 * 1024
"""The largest file that is read, in bytes. Machine descriptions are a few thousand bytes long."""

TOO_LARGE = Reason(
    "it is larger than 64 MiB, and no machine description is",
    "check that it is the right file",
    ErrorKind.TOO_LARGE,
)
CHANGING = Reason(
    "something else is writing to it right now", "wait until that is done, then try again", ErrorKind.CHANGING
)

_CHUNK = 1024 * 1024
_ATTEMPTS = 3

Part = TypeVar("Part")


def refusal(path: str, reason: Reason) -> UnreadableError:
    """The error that says why `path` is not read."""
    return UnreadableError(path, reason.what, reason.remedy, reason.kind)


def unread(path: str, error: OSError | ValueError) -> UnreadableError:
    """What a failed look at a file or folder means to a person; MissingError where there is nothing."""
    if isinstance(error, ValueError):
        return refusal(path, IMPOSSIBLE_NAME)
    if isinstance(error, FileNotFoundError):
        return _missing(path)
    return refusal(path, reason_for(error, READING))


def _missing(path: str) -> MissingError:
    try:
        leads_to = os.readlink(path)
    except OSError:
        return absent(path)
    what = f"it is a symbolic link to {leads_to}, and there is no such file"
    return MissingError(path, what, "repair the link, or name the real file")


def absent(path: str) -> MissingError:
    """There is nothing at `path`, and no link is to blame."""
    return MissingError(path, "there is no such file", _check(path))


# Addresses that are none of a file here, and how what they are meant for is given.
_ELSEWHERE = {
    ("ssh:", "sftp:", "scp:"): "a file of another host is written ssh://root@esxi01/vmfs/volumes/…",
    ("file:",): "write its path without file:",
    ("qemu:", "qemu+", "esx:", "test:", "xen:", "lxc:"): "the domains of a connection are given by -c URI",
}

_CHECK, _DOMAIN = "check the name and the folder", "; a domain of libvirt is named behind -c URI"


def _check(path: str) -> str:
    meant = (how for schemes, how in _ELSEWHERE.items() if path.lower().startswith(schemes))
    may_be_domain = path.replace("-", "").replace("_", "").isalnum()
    return next(meant, _CHECK + (_DOMAIN if may_be_domain else ""))


def refuse_other_kinds(path: str, mode: int) -> None:
    """Raise UnreadableError unless the mode is a regular file's."""
    if not stat.S_ISREG(mode):
        raise refusal(path, KINDS.get(stat.S_IFMT(mode), OTHER_KIND))


def open_regular(path: str, asked: str, flags: int = 0) -> tuple[int, os.stat_result]:
    """A descriptor of the regular file at `path` and its status, once it was seen to be one.

    `asked` is what errors call it, `flags` more of open(2)'s. Raises OSError and UnreadableError.
    """
    descriptor = os.open(path, posix.READ_FLAGS | flags)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            refuse_other_kinds(asked, status.st_mode)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, status


def read_settled(
    path: str, asked: str, part: Callable[[int, os.stat_result], Part], flags: int = 0
) -> tuple[Part, os.stat_result]:
    """What `part` reads of an open file, and the status the file kept from before that to after it.

    Bytes that change while they are read are read again, three times in all; then it is an UnreadableError.
    None is an answer at once: nothing of the file is wanted.
    """
    for _ in range(_ATTEMPTS):
        descriptor, before = open_regular(path, asked, flags)
        try:
            found = part(descriptor, before)
            after = os.fstat(descriptor)
        finally:
            os.close(descriptor)
        if found is None or (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            return found, after
    raise refusal(asked, CHANGING)


def read_to_end(descriptor: int, status: os.stat_result, asked: str, head: bytes = b"") -> bytes:
    """All bytes, of which `head` was read before. Raises UnreadableError for more than MAX_BYTES.

    The limit holds for what is read too, because a size may lie (/proc) or grow.
    """
    data = bytearray(head)
    while status.st_size <= MAX_BYTES and len(data) <= MAX_BYTES:
        chunk = os.read(descriptor, _CHUNK)
        if not chunk:
            return bytes(data)
        data += chunk
    raise refusal(asked, TOO_LARGE)


def read_up_to(descriptor: int, size: int, announced: int) -> bytes:
    """At most `size` bytes. Where the first read gives what was announced that is all."""
    data = os.read(descriptor, min(size, announced + 1))
    if len(data) == announced:
        return data
    while len(data) < size and (chunk := os.read(descriptor, size - len(data))):
        data += chunk
    return data
