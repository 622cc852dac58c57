"""What the history calls a file, and which of its files an address means.

A local file goes by its real path, a file of another host by what its links lead to, a domain by its UUID.
"""

from __future__ import annotations

import os
from contextlib import suppress

from tui.history.change import Change
from tui.storage import LOCAL, Reading, StorageError, as_remembered, holds_domains, place_of


def real_file(reading: Reading) -> str | None:
    """What a file is remembered by: the address of what its links lead to; None for standard input."""
    path = reading.path
    return None if path is None else path.place.address(reading.target or path.path)


def asked_as(reading: Reading) -> str | None:
    """The address that a file of another host was asked for by, where links of that host led on from it.

    What only that host can resolve is found again by either name, without asking it.
    """
    return None if reading.path is None or holds_domains(reading.path.place) else called(reading)


def called(reading: Reading) -> str | None:
    """What people call a file of another host, or a domain, where it is remembered by another name."""
    path = reading.path
    if path is None or path.place is LOCAL or str(path) == real_file(reading):
        return None
    return str(path)


def is_within(change: Change, file: str, folder: str) -> bool:
    """Whether a file of a change, by any name it has there, is what an address names, or lies in it."""
    return any(lies_in(name, folder) for name in change.names(file))


def lies_in(file: str, folder: str) -> bool:
    """Whether a file, by what it is remembered by, is what an address names, or lies in it; never raises."""
    try:
        place, path = place_of(folder)
    except StorageError:
        return False
    if holds_domains(place):
        return file == folder or (not path and file.startswith(f"{folder} "))
    real = os.path.realpath(path) if place is LOCAL else as_remembered(folder)
    return file == real or file.startswith(real.rstrip("/") + "/")


def known_as(place: str) -> str:
    """A place as it is remembered; what is no address is of no place."""
    with suppress(StorageError):
        return as_remembered(place)
    return place
