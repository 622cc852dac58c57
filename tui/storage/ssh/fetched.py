"""What a walk fetched for one file: a `Source` that asks no host, and goes from process to process."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tui.storage.errors import UnreadableError
from tui.storage.local_reading import HEAD_BYTES
from tui.storage.reasons import EMPTY
from tui.storage.regular import absent, refusal
from tui.storage.ssh.answers import Head
from tui.storage.ssh.host import Host
from tui.storage.ssh.listing import under
from tui.storage.ssh.neighbours import NOT_TAKEN, address_at
from tui.storage.ssh.reasons import unread_at
from tui.storage.ssh.scripts import Ended

if TYPE_CHECKING:
    from tui.disks import HostFacts


LISTED_BESIDE = (".vmdk", ".vmsd", ".lck")
"""How names end that a walk's listing has of a folder, beside machines, links and overlays."""

_NO_LINKS: Mapping[str, str] = {}
_NO_HEADS: Mapping[str, Head] = {}


def is_listed(name: str) -> bool:
    """Whether a walk's listing has a file of this name wherever there is one; case counts on the host."""
    return name.endswith(LISTED_BESIDE)


class Fetched(NamedTuple):
    """``folder`` is the file's, with a slash; ``files`` are bytes by name there, ``names`` what lies there.

    ``heads`` are of what was too large, or lies elsewhere, by path; ``facts`` what the host said of the file;
    ``links`` where it really is, where its path is a link; ``called`` are folders by all their names, and as
    the walk calls them, for a file that names others.
    """

    host: Host
    folder: str
    files: Mapping[str, bytes]
    names: frozenset[str]
    heads: Mapping[str, Head] = _NO_HEADS
    facts: HostFacts | None = None
    links: Mapping[str, str] = _NO_LINKS
    called: Mapping[str, str] = _NO_LINKS

    def address(self, path: str) -> str:
        """See `Source`."""
        return address_at(self.host, path)

    def read_bytes(self, path: str, wanted: Callable[[bytes], bool] | None = None) -> bytes | None:
        """See `Source`."""
        data = self.files[self.real_file(path).removeprefix(self.folder)]
        if not data:
            raise refusal(self.address(path), EMPTY)
        return data if wanted is None or wanted(data[:HEAD_BYTES]) else None

    def read_head(self, path: str, size: int, within: str | None = None) -> bytes:
        """See `Source`."""
        name = self._name(path)
        if name in self.files:
            return self.files[name][:size]
        head = self.heads.get(path)
        if head is None:
            if "/" not in name and name not in self.names and is_listed(name):
                raise absent(self.address(path))
            what = "it was not fetched" if within is None else NOT_TAKEN
            raise UnreadableError(self.address(path), what, "open the machine by itself")
        if head.status:
            raise unread_at(self.address(path), head.status)
        return head.data[:size]

    def is_there(self, path: str) -> bool:
        """See `Source`."""
        head = self.heads.get(path)
        return self._name(path) in self.names if head is None else head.status != Ended.MISSING

    def names_in(self, folder: str) -> Sequence[str]:
        """See `Source`."""
        return sorted(self.names) if f"{folder}/" == self.folder else ()

    def real_file(self, path: str) -> str:
        """See `Source`."""
        return self.links.get(path, path)

    def real_folder(self, folder: str) -> str:
        """See `Source`."""
        return under(self.called, folder)

    def expect(self, paths: Iterable[str]) -> None:
        """See `Source`."""

    def host_facts(self, path: str) -> HostFacts | None:  # noqa: ARG002 - of this one
        """See `Source`: its id, and that it runs. More is asked VM by VM, which would take minutes."""
        return self.facts

    def _name(self, path: str) -> str:
        """The name in the folder; a path that leads elsewhere is none."""
        name = path.removeprefix(self.folder)
        if name in self.names:
            return name
        return posixpath.normpath(path).removeprefix(self.folder)
