"""What an address leads to: a place and a path there, and through them what is read and kept."""

from __future__ import annotations

import os
import posixpath
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from tui import posix
from tui.storage.errors import ConflictError, MissingError, SaveError, UnreadableError
from tui.storage.local import LOCAL
from tui.storage.place import Candidate, Location, Place, Reading, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.storage.libvirt.place import LibvirtPlace
    from tui.storage.libvirt.virsh import Completed

SSH = "ssh://"

Address = str | os.PathLike[str]
"""The path of a local file, `ssh://[user@]host[:port]/path`, or `URI NAME` of a domain (see `connect`)."""


def place_of(address: Address) -> tuple[Place, str]:
    """The place an address leads to, and the path there; nothing is looked at.

    Raises UnreadableError for an address that begins like another host's and is none.
    """
    text = os.fspath(address)
    if is_far(text):
        from tui.storage.ssh.place import place_at  # noqa: PLC0415 - most files are this computer's

        return place_at(text)
    if _CONNECTIONS and (there := _CONNECTIONS.get(text.partition(" ")[0])) is not None:
        return there, text.partition(" ")[2]
    return LOCAL, posix.slashes(text)


_CONNECTIONS: dict[str, LibvirtPlace] = {}


def connect(uri: str) -> LibvirtPlace:
    """The domains of a libvirt connection that a person gave, as `virsh -c` takes it.

    From now on their addresses are `URI NAME`. Until then no text leads to libvirt: a URI can name a program
    to be run, so a list of files, or a file, must not give one. Raises UnreadableError for what can be no
    URI; nothing is asked yet.
    """
    from tui.storage.libvirt.place import LibvirtPlace  # noqa: PLC0415 - for -c alone

    if (secret := _password_in(uri)) is not None:
        what = "it holds a password, and libvirt takes none from a URI"
        raise UnreadableError(uri.replace(f":{secret}@", "@"), what, "leave it out: virsh asks for it")
    if not uri or uri.startswith("-") or not uri.isprintable() or " " in uri or not _is_uri(uri):
        raise UnreadableError(uri, "it is no connection such as qemu:///system", "see virsh(1), -c")
    return _CONNECTIONS.setdefault(uri, LibvirtPlace(uri))


def _is_uri(uri: str) -> bool:
    """Whether a URI has its parts; brackets that hold no IPv6 address are none."""
    from urllib.parse import urlsplit  # noqa: PLC0415 - for -c alone

    try:
        return bool(urlsplit(uri))
    except ValueError:
        return False


def _password_in(uri: str) -> str | None:
    """The password between user and host; None without one."""
    authority = uri.partition("://")[2].partition("/")[0]
    user = authority.rpartition("@")[0]
    return user.partition(":")[2] if ":" in user else None


def holds_domains(place: Place | None) -> bool:
    """Whether a place is a libvirt connection: its texts may hold secrets, and are kept nowhere else."""
    return place is not None and place in _CONNECTIONS.values()


def noun_of(addresses: Iterable[Address]) -> str:
    """What sentences that count what addresses lead to call one: a domain where all are, else a file."""
    connections = {os.fspath(one).partition(" ")[0] for one in addresses}
    return "domain" if connections and connections <= _CONNECTIONS.keys() else "file"


def address_beside(path: Location, *, mark: str = "", suffix: str | None = None) -> str:
    """Where a copy of what was read is suggested: beside it, and of a domain in the folder one is in.

    ``mark`` comes behind its name, ``suffix`` stands for its own.
    """
    if holds_domains(path.place):
        return f"{path.path.replace('/', '-')}{mark}{suffix or '.xml'}"
    return str(path.with_name(f"{path.stem}{mark}{path.suffix if suffix is None else suffix}"))


def address_typed(text: str) -> str:
    """The address that a person typed at a prompt: ~ is their home folder. Never raises."""
    return os.path.expanduser(text)


def is_same(reading: Reading, address: Address) -> bool:
    """Whether an address leads to the very file that was read, by whatever name; never raises."""
    try:
        place, path = place_of(address)
    except UnreadableError:
        return False
    return reading.path is not None and reading.path.place == place and place.is_same(reading.path.path, path)


def source_of(reading: Reading) -> Source:
    """What reads the neighbours of what was read, as they were then or later."""
    return reading.source or (LOCAL if reading.path is None else reading.path.place)


def source_now(reading: Reading) -> Source:
    """What reads the neighbours of what was read as they are now: asked before a save.

    Raises UnreadableError where the place cannot be reached, ConflictError where a domain is gone.
    """
    if reading.path is None:
        return LOCAL
    try:
        return reading.path.place.beside(_path_now(reading, reading.path))
    except MissingError as error:
        what, remedy = "it is no longer there", "write your version to a file"
        raise ConflictError(str(reading.path), what, remedy, None) from error


def _path_now(reading: Reading, path: Location) -> str:
    """Where what was read is: a domain keeps its UUID when it is renamed."""
    return reading.target or path.path if holds_domains(path.place) else path.path


def candidate_at(address: Address) -> Candidate:
    """A file to look into, asked for by its address."""
    place, path = place_of(address)
    return Candidate(path, asked=True, source=place.at(path))


def read(address: Address) -> Reading:
    """The regular file at an address, through symbolic links.

    Raises MissingError when there is no file, UnreadableError when it is empty, larger than MAX_BYTES, not a
    regular file, changing while it is read, or when the system refuses it.
    """
    place, path = place_of(address)
    return place.read(path)


def current(reading: Reading) -> Reading | None:
    """What is at the reading's path now; None when it is gone. Standard input stays what it was.

    A domain is that which was read, whatever it is called by now. Raises UnreadableError when something is
    there that cannot be read.
    """
    if reading.path is None:
        return reading
    try:
        return reading.path.place.read(_path_now(reading, reading.path))
    except MissingError:
        return None


def save(reading: Reading, data: bytes, *, backup: bool = False) -> Reading:
    """Put `data` in the place of what was read, whole or not at all; see `Place.save`."""
    if reading.path is None:
        raise SaveError("standard input", "it cannot be written back to", "write the result to another file")
    return reading.path.place.save(reading, data, backup=backup)


def run_virsh(reading: Reading, words: Sequence[str], data: bytes) -> Completed:
    """Run a whole command line of virsh, ``words`` behind its name, for a domain that was read.

    ``data`` is its standard input. It may take as long as a machine's memory is large. Raises SaveError
    where what was read is no domain of a connection, UnreadableError where virsh cannot be run.
    """
    place = None if reading.path is None else _CONNECTIONS.get(str(reading.path).partition(" ")[0])
    if place is None:
        raise SaveError(str(reading.path), "it is no domain of a connection", "give one with -c URI")
    return place.taking(words, data)


def not_kept_at(address: Address) -> str | None:
    """What of a file there is lost when it is written over, as a clause; None where all is kept."""
    place, _ = place_of(address)
    return posix.not_kept() if place is LOCAL else None


def write_new(address: Address, data: bytes, *, overwrite: bool = False) -> str:
    """Write a new file at an address, whole or not at all; see `Place.write_new`."""
    place, path = place_of(address)
    return place.write_new(path, data, overwrite=overwrite)


def is_far(address: Address) -> bool:
    """Whether an address is another host's; the letters of a scheme may be large (RFC 3986)."""
    return os.fspath(address)[: len(SSH)].lower() == SSH


def as_remembered(address: str) -> str:
    """An address of another host as places write it, without ``..`` and doubled slashes; others unchanged.

    Raises UnreadableError for one that begins like another host's and is none.
    """
    if not is_far(address):
        return address
    place, path = place_of(address)
    home = "./" if path.startswith("./") else ""
    plain = posixpath.normpath(path)
    return place.address(f"{home}{plain}" if home else f"/{plain.lstrip('/')}")


def is_elsewhere(address: str) -> bool:
    """Whether an address is another host's, or of a libvirt connection, wherever one is here."""
    return is_far(address) or holds_domains(place_of(address)[0])


def connect_hosts(addresses: Iterable[str], waiting: Callable[[Sequence[str]], object]) -> None:
    """Connect to the hosts of these addresses, if any, many at once; never raises.

    Where that is allowed, ssh asks in the terminal (`tui.storage.host_limits`). What goes wrong is told where
    the host is needed; ``waiting`` hears the addresses of hosts that let many others wait.
    """
    far = [address for address in addresses if is_far(address)]
    if not far:
        return
    from tui.storage.ssh.connections import CONNECTIONS  # noqa: PLC0415 - as above
    from tui.storage.ssh.place import place_at  # noqa: PLC0415

    hosts = []
    for address in far:
        with suppress(UnreadableError):
            hosts.append(place_at(address)[0].host)
    CONNECTIONS.connect(hosts, waiting)


def begin_walk(addresses: Iterable[str]) -> None:
    """Let the host of these addresses, where it is one, begin what a walk of them will ask; never raises."""
    from tui.storage.ssh.begun_walks import begin  # noqa: PLC0415 - as above
    from tui.storage.ssh.host import host_and_path  # noqa: PLC0415

    with suppress(UnreadableError):
        meant = [host_and_path(address) for address in addresses]
        if len({host for host, _ in meant}) == 1:
            begin(meant[0][0], [path for _, path in meant])
            import tui.storage.ssh.walk  # noqa: F401, PLC0415 - while the host begins, once for all processes


def disconnect_hosts() -> None:
    """End every connection to another host, if there is any; never raises."""
    if (walks := sys.modules.get("tui.storage.ssh.begun_walks")) is not None:
        walks.forget_begun()
    if (module := sys.modules.get("tui.storage.ssh.connections")) is not None:
        module.CONNECTIONS.close()
    if (module := sys.modules.get("tui.storage.libvirt.shell")) is not None:
        module.SHELLS.end()
