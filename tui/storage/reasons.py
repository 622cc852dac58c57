"""What an operating system error means to the person at the keyboard, and what they can do about it.

The meanings follow errno(3), open(2), rename(2) and write(2) of the Linux man-pages.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from tui.storage.errors import ErrorKind, SaveError

if TYPE_CHECKING:
    from pathlib import Path


class Reason(NamedTuple):
    """`what` is the matter, and its `remedy`; both are clauses without a capital or a full stop."""

    what: str
    remedy: str
    kind: ErrorKind = ErrorKind.IO_ERROR


_TOO_MANY = Reason("too many files are open", "close some programs, then try again")
_STALE = Reason(
    "the network share it lives on has changed underneath", "mount the share again, then try again"
)

READING: Mapping[int, Reason] = {
    errno.ENOENT: Reason("there is no such file", "check the name and the folder", ErrorKind.MISSING),
    errno.ENOTDIR: Reason("a part of this path is not a folder", "check the path", ErrorKind.MISSING),
    errno.EACCES: Reason(
        "you have no permission to read it",
        "ask its owner, or run as a user who may read it",
        ErrorKind.NO_PERMISSION,
    ),
    errno.EPERM: Reason(
        "the system forbids reading it", "run as a user who may read it", ErrorKind.NO_PERMISSION
    ),
    errno.ELOOP: Reason(
        "its symbolic links lead in a circle", "repair the links, or name the real file", ErrorKind.LINK_LOOP
    ),
    errno.ENAMETOOLONG: Reason("the name is too long for this file system", "check the name"),
    errno.EIO: Reason("the disk failed while it was read", "check the disk, then try again"),
    errno.ESTALE: _STALE,
    errno.EMFILE: _TOO_MANY,
    errno.ENFILE: _TOO_MANY,
    errno.EISDIR: Reason("it is a folder", "name a file in it", ErrorKind.NOT_A_FILE),
    errno.EBUSY: Reason(
        "it is in use by the system or another host",
        "wait until that is done, then try again",
        ErrorKind.BUSY,
    ),
    errno.EAGAIN: Reason("no bytes are ready", "give a stream that waits for its bytes"),
}

SAVING: Mapping[int, Reason] = {
    errno.ENOSPC: Reason("the disk is full", "free some space, then save again", ErrorKind.NO_SPACE),
    errno.EDQUOT: Reason(
        "your disk quota is used up", "free some space, then save again", ErrorKind.NO_SPACE
    ),
    errno.EFBIG: Reason(
        "the file would be larger than allowed",
        "raise the limit (ulimit -f), then save again",
        ErrorKind.NO_SPACE,
    ),
    errno.EROFS: Reason(
        "the file system is read-only", "write to another place, or mount it writable", ErrorKind.READ_ONLY
    ),
    errno.EACCES: Reason(
        "you have no permission to write there",
        "write to another place, or run as a user who may write there",
        ErrorKind.NO_PERMISSION,
    ),
    errno.EPERM: Reason(
        "the system forbids replacing it",
        "look for an immutable or append-only mark with lsattr, or run as the owner",
        ErrorKind.NO_PERMISSION,
    ),
    errno.EIO: Reason("the disk failed while it was written", "check the disk, then write to another place"),
    errno.ENOENT: Reason(
        "there is no such folder", "make the folder, or write to another place", ErrorKind.MISSING
    ),
    errno.ENOTDIR: Reason("a part of this path is not a folder", "check the path", ErrorKind.MISSING),
    errno.EISDIR: Reason("there is a folder of this name", "choose another name", ErrorKind.NOT_A_FILE),
    errno.ELOOP: Reason(
        "its symbolic links lead in a circle", "repair the links, or name the real file", ErrorKind.LINK_LOOP
    ),
    errno.ENAMETOOLONG: Reason("the name is too long for this file system", "choose a shorter name"),
    errno.EBUSY: Reason(
        "it is in use as a mount point or by the system",
        "write to another place, and copy it from there",
        ErrorKind.BUSY,
    ),
    errno.EXDEV: Reason(
        "it is mounted by itself and cannot be replaced",
        "write to another place, and copy it from there",
        ErrorKind.BUSY,
    ),
    errno.ETXTBSY: Reason(
        "it is being executed", "stop the program that runs it, then save again", ErrorKind.BUSY
    ),
    errno.ESTALE: _STALE,
    errno.EMFILE: _TOO_MANY,
    errno.ENFILE: _TOO_MANY,
}

_OWNER_LOST = Reason(
    "its owner and group could not be kept",
    "run as its owner or as root, or write to another file",
    ErrorKind.NOT_KEPT,
)
OWNING: Mapping[int, Reason] = {
    errno.EPERM: _OWNER_LOST,
    errno.EACCES: _OWNER_LOST,
    errno.EINVAL: _OWNER_LOST,
}

_ATTRIBUTES_LOST = Reason(
    "its access lists and attributes could not be kept",
    "run as its owner or as root, or write to another file",
    ErrorKind.NOT_KEPT,
)
COPYING: Mapping[int, Reason] = {errno.EPERM: _ATTRIBUTES_LOST, errno.EACCES: _ATTRIBUTES_LOST}

_NAME_A_FILE = "name a regular file, or send the bytes to standard input"

KINDS: Mapping[int, Reason] = {
    stat.S_IFDIR: READING[errno.EISDIR],
    stat.S_IFIFO: Reason("it is a named pipe", _NAME_A_FILE, ErrorKind.NOT_A_FILE),
    stat.S_IFSOCK: Reason("it is a socket", _NAME_A_FILE, ErrorKind.NOT_A_FILE),
    stat.S_IFBLK: Reason("it is a block device", _NAME_A_FILE, ErrorKind.NOT_A_FILE),
    stat.S_IFCHR: Reason("it is a character device", _NAME_A_FILE, ErrorKind.NOT_A_FILE),
}
OTHER_KIND = Reason("it is not a regular file", _NAME_A_FILE, ErrorKind.NOT_A_FILE)

EMPTY = Reason("it is empty", "name a file with a machine description in it", ErrorKind.EMPTY)
IMPOSSIBLE_NAME = Reason("no file can have this name", "check the name")


def reason_for(error: OSError, *tables: Mapping[int, Reason]) -> Reason:
    """The reason of the first table that knows the error, else the system's own words."""
    for table in tables:
        if error.errno is not None and error.errno in table:
            return table[error.errno]
    words = os.strerror(error.errno) if error.errno else str(error)
    return Reason(f"the system refused ({words})", "look into the cause, then try again")


def not_saved(path: Path | str, reason: Reason) -> SaveError:
    """The error that says why nothing was saved at `path`."""
    return SaveError(str(path), f"{reason.what}, so nothing was saved", reason.remedy, reason.kind)


@contextmanager
def saving(path: Path, *tables: Mapping[int, Reason]) -> Iterator[None]:
    """Turn an OSError of the block into a SaveError about `path`, by `tables` first and SAVING last."""
    try:
        yield
    except OSError as error:
        raise not_saved(path, reason_for(error, *tables, SAVING)) from error
    except ValueError as error:
        # os.open and its kin raise ValueError for a name with a NUL or outside the file system's encoding.
        raise not_saved(path, IMPOSSIBLE_NAME) from error
