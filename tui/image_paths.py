"""How a machine's files name others: paths as Windows writes them, and the folders searched for bare names.

Asked of what a machine names, wherever it lies: of a file here, and of one that a walk of a host brought.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable


def is_of_windows(name: str) -> bool:
    """Whether a path is one that only Windows knows: on a drive, or of a share."""
    return name.startswith("\\") or (name[1:2] == ":" and name[0].isascii() and name[0].isalpha())


def as_here(name: str) -> str:
    """A relative path as Windows writes it, ``..\\base\\a.vmdk``, as this system does; any other as it is."""
    return name if "\\" not in name or is_of_windows(name) else name.replace("\\", "/")


def is_image(name: str) -> bool:
    """Whether a descriptor's word for its parent is followed: a file somebody made up is to open no other."""
    return name.lower().endswith(".vmdk") and ":" not in name and "\\" not in name


def joined(folder: str, name: str) -> str:
    """The path of a name in a folder, "" for the current one."""
    return f"{folder}/{name}" if folder else name


def searched(named: Iterable[str], folder: str) -> tuple[str, ...]:
    """Where a VMX's bare file names are looked for: in the folders it names, in order, then in its own."""
    words = map(as_here, named)
    places = [word if word.startswith("/") else posixpath.normpath(joined(folder, word)) for word in words]
    return tuple(dict.fromkeys((*places, folder)))
