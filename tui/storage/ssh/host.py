"""A host's address, as a person writes it and as ssh is told of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from tui.storage.errors import ErrorKind, UnreadableError

SCHEME = "ssh://"
# What a ProxyCommand may hand to a shell holds nothing that a shell reads (CVE-2023-51385).
_NAME = re.compile(r"(?!-)[\w.:%-]+")
_USER = re.compile(r"(?!-)[\w.@+\\-]+")


class HostError(UnreadableError):
    """A host that cannot be reached, does not let us in, or answers what nobody understands."""


@dataclass(frozen=True, slots=True)
class Host:
    """Where ssh goes: the ``name`` as ssh's configuration may know it, ``user`` and ``port`` where given."""

    name: str
    user: str | None = None
    port: int | None = None

    @property
    def address(self) -> str:
        """``ssh://user@name:port``, as a person writes it."""
        user = f"{self.user}@" if self.user else ""
        name = f"[{self.name}]" if ":" in self.name else self.name
        return f"{SCHEME}{user}{name}{f':{self.port}' if self.port else ''}"

    @property
    def options(self) -> list[str]:
        """What ssh is told of it; behind ``--`` a name is never taken for an option."""
        user = ["-l", self.user] if self.user else []
        port = ["-p", str(self.port)] if self.port else []
        return [*user, *port, "--", self.name]


def host_and_path(address: str) -> tuple[Host, str]:
    """The two halves of ``ssh://[user@]host[:port]/path``; a path below ``/~/`` is the home folder's.

    Raises HostError for an address that names no host or no path.
    """
    try:
        parts = urlsplit(address)
        name, port = parts.hostname, parts.port
    except ValueError as error:
        raise HostError(address, f"no such address ({error})", _HOW, ErrorKind.NO_ADDRESS) from error
    if parts.scheme != "ssh" or not name or not _NAME.fullmatch(name):
        raise HostError(address, "it names no host", _HOW, ErrorKind.NO_ADDRESS)
    if parts.password is not None:
        raise HostError(
            f"{SCHEME}{name}",
            "a password in an address would be seen by others",
            "leave it out: ssh asks for it",
            ErrorKind.NO_ADDRESS,
        )
    # urlsplit lowers a host's letters, which an alias in ssh's configuration may need.
    given = parts.netloc.rpartition("@")[2]
    name = given[: len(name)] if given[: len(name)].lower() == name else name
    user = unquote(parts.username) if parts.username else None
    if user is not None and not _USER.fullmatch(user):
        raise HostError(address, "no user has this name", _HOW, ErrorKind.NO_ADDRESS)
    # What follows ? or # belongs to a file's name: nobody escapes those here.
    _, slash, path = address.split("://", 1)[1].partition("/")
    if not slash:
        raise HostError(address, "it names no file or folder", _HOW, ErrorKind.NO_ADDRESS)
    return Host(name, user, port), f"./{path[2:]}" if path.startswith("~/") else f"/{path}"


_HOW = "write it as ssh://root@esxi01/vmfs/volumes/datastore1/web01/web01.vmx"
