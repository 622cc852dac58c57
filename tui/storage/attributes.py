"""Extended attributes carried from one file to another: access lists, security labels, users' own notes."""

import errno
import os
from pathlib import Path

_ACCESS_LIST = "system.posix_acl_access"

# The kernel computes these from the file's own bytes and status; carried over, they would vouch for others.
_COMPUTED = frozenset({"security.evm", "security.ima"})

_NOT_SUPPORTED = frozenset({errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})


def copy_attributes(source: Path, descriptor: int) -> None:
    """Give the open file the extended attributes of `source`, and no access list that `source` has not.

    A file system without extended attributes is no error; any other failure raises OSError.
    """
    if not hasattr(os, "listxattr"):
        return
    wanted = _attributes_of(source)
    present = _attributes_of(descriptor)
    # The folder's default access list, given to every new file, may let in whom the old file kept out.
    if _ACCESS_LIST in present and _ACCESS_LIST not in wanted:
        os.removexattr(descriptor, _ACCESS_LIST)
    for name, value in wanted.items():
        # Labels are often right already, and setting one may need more rights than creating a file did.
        if name not in _COMPUTED and present.get(name) != value:
            os.setxattr(descriptor, name, value)


def _attributes_of(file: Path | int) -> dict[str, bytes]:
    try:
        return {name: os.getxattr(file, name) for name in os.listxattr(file)}
    except OSError as error:
        if error.errno in _NOT_SUPPORTED:
            return {}
        raise
