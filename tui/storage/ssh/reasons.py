"""What the ends of the scripts mean to the person at the keyboard."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from urllib.parse import unquote

from tui.storage.errors import ErrorKind, MissingError, UnreadableError
from tui.storage.reasons import OTHER_KIND, READING, SAVING, Reason
from tui.storage.regular import TOO_LARGE
from tui.storage.ssh.scripts import Ended

NO_TOOL = 127
"""A shell's status for a program that is not there."""

_TOOLS = Reason(
    "a program that it takes is not there, such as sha256sum or mktemp",
    "it takes what busybox has; mount the folder with sshfs instead",
)
_GARBLED = Reason(
    "the host answers what nobody asked for", "look what its shell prints at a login", ErrorKind.GARBLED
)

READ: Mapping[int, Reason] = {
    Ended.NOT_REGULAR: OTHER_KIND,
    Ended.FOLDER: READING[errno.EISDIR],
    Ended.TOO_LARGE: TOO_LARGE,
    Ended.NO_PERMISSION: READING[errno.EACCES],
    Ended.IO_ERROR: READING[errno.EIO],
    Ended.BUSY: READING[errno.EBUSY],
    NO_TOOL: _TOOLS,
}

_AGAIN = "look at it, then save again"

SAVED: Mapping[int, Reason] = {
    Ended.NOT_REGULAR: Reason("it is no regular file any more", _AGAIN, ErrorKind.NOT_A_FILE),
    Ended.FOLDER: Reason("it is a folder", "name a file", ErrorKind.NOT_A_FILE),
    Ended.MISSING: Reason(
        "there is no such folder", "make the folder, or write to another place", ErrorKind.MISSING
    ),
    Ended.LINKED: Reason(
        "it has more than one name (hard links), and a save would part this name from the others",
        "write the result to another file, and copy that over this one with cp",
        ErrorKind.OBSTACLE,
    ),
    Ended.NOT_WRITTEN: Reason("the host could not write there", "look at its disk, then save again"),
    Ended.NO_SPACE: SAVING[errno.ENOSPC],
    Ended.READ_ONLY: SAVING[errno.EROFS],
    Ended.NO_WRITING: SAVING[errno.EACCES],
    Ended.IO_ERROR: Reason("the host could not read what is there now", _AGAIN),
    Ended.NOT_KEPT: Reason(
        "its owner and mode could not be kept",
        "log in as its owner or as root, or write to another file",
        ErrorKind.NOT_KEPT,
    ),
    Ended.CUT_SHORT: Reason("the new bytes did not arrive whole", "save again", ErrorKind.UNREACHABLE),
    Ended.NO_PERMISSION: Reason(
        "you have no permission to read it", "log in as who may", ErrorKind.NO_PERMISSION
    ),
    NO_TOOL: _TOOLS,
}


def unread_at(address: str, status: int) -> UnreadableError:
    """The error of a script that read a file and ended so."""
    if status == Ended.MISSING:
        return _missing(address)
    reason = READ.get(status, _GARBLED)
    return UnreadableError(address, reason.what, reason.remedy, reason.kind)


def _missing(address: str) -> MissingError:
    """Elsewhere an address is escaped; here a path is as the host has it."""
    plain = unquote(address)
    if plain == address or not plain.isprintable():
        return MissingError(address, "there is no such file", "check the name and the folder")
    what = "there is no such file, and nothing is escaped with % here"
    return MissingError(address, what, f"perhaps {plain} is meant")


def garbled(address: str, what: str) -> UnreadableError:
    """A host that printed what no script of ours prints."""
    return UnreadableError(address, f"{_GARBLED.what} ({what})", _GARBLED.remedy, _GARBLED.kind)
