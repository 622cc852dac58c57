"""What a walk fetches when its stream is at its end: files by themselves, and the heads of what they name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from tui.storage.errors import UnreadableError
from tui.storage.place import Candidate
from tui.storage.ssh.answers import Head
from tui.storage.ssh.fetched import Fetched
from tui.storage.ssh.host import Host
from tui.storage.ssh.links import Links
from tui.storage.ssh.named import wanted_elsewhere
from tui.storage.ssh.neighbours import Neighbours, address_at, heads_of
from tui.storage.ssh.reasons import unread_at
from tui.storage.ssh.scripts import SMALL

if TYPE_CHECKING:
    from tui.disks import HostFacts

Found = Candidate | UnreadableError
_AT_ONCE = 64  # heads in one call: 4 MiB


class _Later(NamedTuple):
    """A file that names what is not at hand: the paths ``wanted``."""

    candidate: Candidate
    source: Fetched
    wanted: Sequence[str]


class Late:
    """Fetches what a walk's stream did not bring: single files, and heads that other files name."""

    def __init__(self, host: Host, links: Links) -> None:
        self._host = host
        self._links = links
        self._later: list[_Later] = []

    def looked_at(self, path: str, *, asked: bool, link: str | None = None) -> Iterator[Found]:
        """One file with its folder, in a call of its own; nothing where it was named and is met anyway."""
        source = Neighbours(self._host, path)
        try:
            looked = source.looked
        except UnreadableError as error:
            error.link = link
            yield error
            return
        if asked and not self._links.is_named_first(looked.real):
            return
        folder = f"{posixpath.dirname(looked.real)}/"
        links = {path: looked.real} if link else {}
        fetched = Fetched(self._host, folder, looked.beside, looked.names, facts=looked.facts, links=links)
        yield from self.with_all_at_hand(path if link else looked.real, fetched, asked=asked, link=link)

    def fetched(self, lost: Sequence[str]) -> Iterator[Found]:
        """Those that did not come, and those that name what lies elsewhere, a few at a time."""
        left = iter(lost)
        while batch := list(islice(left, _AT_ONCE)):
            for path, head in heads_of(self._host, batch).items():
                folder, _, name = path.rpartition("/")
                if head.status:
                    yield unread_at(address_at(self._host, path), head.status)
                elif head.size > SMALL:
                    yield from self.looked_at(path, asked=False)
                else:
                    found = Fetched(self._host, f"{folder}/", {name: head.data}, frozenset((name,)))
                    yield Candidate(path, source=found)
        later = iter(self._later)
        while group := list(islice(later, _AT_ONCE)):
            yield from self._with_heads(group)

    def with_all_at_hand(
        self, path: str, source: Fetched, *, asked: bool = False, link: str | None = None
    ) -> Iterator[Candidate]:
        """The candidate, at once; where it names what is not at hand, it comes from :meth:`fetched`."""
        wanted = wanted_elsewhere(source, _AT_ONCE)
        if wanted:
            self._later.append(_Later(Candidate(path, asked, source, link), source, wanted))
        else:
            yield Candidate(path, asked, source, link)

    def _with_heads(self, group: Sequence[_Later]) -> Iterator[Candidate]:
        paths = iter(dict.fromkeys(path for each in group for path in each.wanted))
        heads: dict[str, Head] = {}
        while batch := list(islice(paths, _AT_ONCE)):
            heads |= heads_of(self._host, batch)
        for one in group:
            own = {path: heads[path] for path in one.wanted}
            yield one.candidate._replace(source=one.source._replace(heads=own))


def host_facts_in(host: str, vm: str | None, runs: bool) -> HostFacts | None:
    """What a walk knows of a machine: the host's id of it, and that it runs; None for neither."""
    if vm is None and not runs:
        return None
    from tui.disks import HostFacts, Power  # noqa: PLC0415 - a walk begins without

    return HostFacts(host, vm, Power.RUNNING if runs else None)
