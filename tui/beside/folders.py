"""Where a file that a machine names may lie: its path as this system writes it, and the folders looked in."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tui.formats.disk_image import HEAD_BYTES
from tui.image_paths import as_here, is_of_windows, joined, searched
from tui.storage import MissingError, Source

if TYPE_CHECKING:
    from tui.formats.vmx import VmxDocument


class Folders(NamedTuple):
    """Where files are looked for: the document's own folder (None: it has none), and those for bare names."""

    own: str | None
    search: Sequence[str]

    def places_of(self, name: str) -> Sequence[str]:
        """Every place the file may be, the first that there is one at counts."""
        name = as_here(name)
        if name.startswith("/"):
            return (name,)
        if self.own is None:
            return ()
        if self.search and "/" not in name:
            return [joined(folder, name) for folder in self.search]
        return (joined(self.own, name),)

    def own_place_of(self, name: str) -> Sequence[str]:
        """The file in the document's own folder."""
        return () if self.own is None else (joined(self.own, as_here(name)),)

    def is_own(self, folder: str, source: Source) -> bool:
        """Whether a folder is one of the machine's own, by whatever link: a datastore's name is one."""
        own = (self.own or "", *self.search)
        if any(is_same_folder(folder, one) for one in own):
            return True
        real = source.real_folder(folder)
        return any(real == source.real_folder(one) for one in own)


def folders_of(document: VmxDocument, folder: str | None) -> Folders:
    """Where a VMX's bare file names are looked for: ``fileSearchPath``, in its order, and ``workingDir``."""
    named = document.search_folders
    return Folders(folder, searched(named, folder) if folder is not None and named else ())


def first_there(places: Sequence[str], source: Source) -> tuple[str, bytes]:
    """The first of at least one place that a file is at, and the file's first HEAD_BYTES.

    Raises MissingError where it is at none, UnreadableError where it cannot be read.
    """
    *others, last = places
    for place in others:
        try:
            return place, source.read_head(place, HEAD_BYTES)
        except MissingError:
            continue
    return last, source.read_head(last, HEAD_BYTES)


def is_reached(name: str, source: Source) -> bool:
    """Whether this computer could have the file at all.

    A VMX may lie on another than the one it was written on: there no drive of that is, and no such folder.
    """
    if is_of_windows(name) or name.startswith("["):
        return False
    if not name.startswith("/") or source.address(name) != name:
        return True
    folder = posixpath.dirname(name)
    return source.is_there(folder) or source.is_there(posixpath.dirname(folder))


def last_part(name: str) -> str:
    """The file's own name, of a path of this system or of Windows."""
    return re.split(r"[/\\]", name)[-1]


def is_same_folder(one: str, other: str) -> bool:
    """Whether two paths are one folder's, as they are written; "" is the current one."""
    return posixpath.normpath(one or ".") == posixpath.normpath(other or ".")
