"""What an address leads to: a place and a path there, and through them what is read and kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress

from tui import posix
from tui.storage.errors import MissingError, SaveError, UnreadableError
from tui.storage.local import LOCAL
from tui.storage.place import Candidate, Place, Source
from tui.storage.reading import Reading

SSH = "ssh://"

Address = str | os.PathLike[str]
"""The path of a local file, or `ssh://[user@]host[:port]/path`."""


def place_of(address: Address) -> tuple[Place, str]:
    """The place an address leads to, and the path there; nothing is looked at.

    Raises UnreadableError for an address that begins like another host's and is none.
    """
    text = os.fspath(address)
    if text.startswith(SSH):
        from tui.storage.ssh.place import place_at  # noqa: PLC0415 - most files are this computer's

        return place_at(text)
    return LOCAL, posix.slashes(text)


def address_typed(text: str) -> str:
    """The address that a person typed at a prompt: ~ is their home folder. Never raises."""
    return os.path.expanduser(text)  # noqa: PTH111 - Path's raises for a user there is not


def is_same(reading: Reading, address: Address) -> bool:
    """Whether an address leads to the very file that was read, by whatever name; never raises."""
    place, path = place_of(address)
    return reading.path is not None and reading.path.place == place and place.is_same(reading.path.path, path)


def source_of(reading: Reading) -> Source:
    """What reads the neighbours of what was read, as they were then or later."""
    return reading.source or (LOCAL if reading.path is None else reading.path.place)


def source_now(reading: Reading) -> Source:
    """What reads the neighbours of what was read as they are now: asked before a save.

    Raises UnreadableError where the place cannot be reached.
    """
    return LOCAL if reading.path is None else reading.path.place.beside(reading.path.path)


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

    Raises UnreadableError when something is there that cannot be read.
    """
    if reading.path is None:
        return reading
    try:
        return reading.path.place.read(reading.path.path)
    except MissingError:
        return None


def save(reading: Reading, data: bytes, *, backup: bool = False) -> Reading:
    """Put `data` in the place of what was read, whole or not at all; see `Place.save`."""
    if reading.path is None:
        raise SaveError("standard input", "it cannot be written back to", "write the result to another file")
    return reading.path.place.save(reading, data, backup=backup)


def not_kept_at(address: Address) -> str | None:
    """What of a file there is lost when it is written over, as a clause; None where all is kept."""
    place, _ = place_of(address)
    return posix.not_kept() if place is LOCAL else None


def write_new(address: Address, data: bytes, *, overwrite: bool = False) -> str:
    """Write a new file at an address, whole or not at all; see `Place.write_new`."""
    place, path = place_of(address)
    return place.write_new(path, data, overwrite=overwrite)


def is_far(address: Address) -> bool:
    """Whether an address is another host's."""
    return os.fspath(address).startswith(SSH)


def connect(addresses: Iterable[str]) -> None:
    """Connect to the hosts of these addresses, if any, many at once; never raises.

    Where that is allowed, ssh asks in the terminal (`tui.storage.limits`). What goes wrong is told where the
    host is needed.
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
    CONNECTIONS.connect(hosts)


def disconnect() -> None:
    """End every connection to another host, if there is any; never raises."""
    if (module := sys.modules.get("tui.storage.ssh.connections")) is not None:
        module.CONNECTIONS.close()
