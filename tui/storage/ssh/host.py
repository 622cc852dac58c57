"""A host's address, as a person writes it and as ssh is told of it."""

from __future__ import annotations

import re
from typing import NamedTuple

from tui.counting import whole_number
from tui.storage.errors import ErrorKind, UnreadableError

SCHEME = "ssh://"
# What a ProxyCommand may hand to a shell holds nothing that a shell reads (CVE-2023-51385).
_NAME = re.compile(r"(?!-)[\w.:%-]+")
_TARGET = re.compile(r"(?:\[(?P<six>[^\[\]]+)\]|(?P<name>[^\[\]:]*))(?::(?P<port>[^:]*))?")
_USER = re.compile(r"(?!-)[\w.@+\\-]+")


class HostError(UnreadableError):
    """A host that cannot be reached, does not let us in, or answers what nobody understands."""


class Host(NamedTuple):
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

    An IPv6 address stands in brackets, as in RFC 3986. Of the path nothing is decoded: ``%``, ``?`` and ``#``
    belong to the names of files. Raises HostError for an address that names no host or no path.
    """
    _, separator, rest = address.partition("://")
    authority, slash, path = rest.partition("/")
    login, at, target = authority.rpartition("@")
    name, port = _name_and_port(address, target) if separator else ("", None)
    if not _NAME.fullmatch(name):
        raise _no_address(address, "it names no host")
    if ":" in login:
        what = "a password in an address would be seen by others"
        raise _no_address(f"{SCHEME}{target}", what, "leave it out: ssh asks for it")
    user = _unquoted(login)
    if at and user and not _USER.fullmatch(user):
        raise _no_address(address, "no user has this name")
    if not slash:
        raise _no_address(address, "it names no file or folder", f"write one: {_places(authority)}")
    return Host(name, user or None, port), _path(address, path)


def _unquoted(login: str) -> str:
    if "%" not in login:
        return login
    from urllib.parse import unquote  # noqa: PLC0415 - few names hold what an address must not

    return unquote(login)


def _name_and_port(address: str, target: str) -> tuple[str, int | None]:
    """``host``, ``host:port``, ``[IPv6]`` or ``[IPv6]:port``; the %25 before an interface is a %."""
    found = _TARGET.fullmatch(target)
    if found is None:
        if target.count(":") > 1 and "[" not in target:
            raise _no_address(address, "an IPv6 address stands in brackets", f"write {SCHEME}[{target}]/…")
        raise _no_address(address, "it names no host")
    name = (found["six"] or found["name"]).replace("%25", "%")
    port = found["port"]
    if not port:  # a : with nothing behind it is no port, as in RFC 3986
        return name, None
    number = whole_number(port)
    if number is None or not 0 < number < 65536:
        raise _no_address(address, f"its port, {port[:20]}, is no number from 1 to 65535")
    return name, number


def _path(address: str, path: str) -> str:
    """The path as the host takes it: absolute, or below the home folder with a ./ in front."""
    if path == "~":
        return "./"
    if path.startswith("~/"):
        return f"./{path[2:]}"
    if path.startswith("~"):
        what = f"the folder of a user is not known by {path.partition('/')[0]}"
        raise _no_address(address, what, "write the whole path; ~/ is the folder of who logs in")
    return f"/{path}"


def _places(authority: str) -> str:
    host = f"{SCHEME}{authority}"
    return f"{host}/vmfs/volumes on ESXi, {host}/~/ for the home folder, {host}/ for all of the host"


def _no_address(address: str, what: str, remedy: str | None = None) -> HostError:
    return HostError(address, what, remedy or _HOW, ErrorKind.NO_ADDRESS)


_HOW = "write it as ssh://root@esxi01/vmfs/volumes/datastore1/web01/web01.vmx"
