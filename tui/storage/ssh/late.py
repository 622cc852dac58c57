"""What a walk fetches when its stream is at its end: files by themselves, and the heads of what they name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from tui.storage.errors import MissingError, UnreadableError
from tui.storage.place import Candidate
from tui.storage.ssh.answers import Head
from tui.storage.ssh.fetched import Fetched
from tui.storage.ssh.host import Host, HostError
from tui.storage.ssh.links import Links
from tui.storage.ssh.named import parents_in, wanted_elsewhere
from tui.storage.ssh.neighbours import Neighbours, address_at, heads_of
from tui.storage.ssh.reasons import unread_at
from tui.storage.ssh.scripts import SMALL

if TYPE_CHECKING:
    from tui.disks import HostFacts

Found = Candidate | UnreadableError
_AT_ONCE = 64  # heads in one call: 4 MiB
_LOST_LINK = "it is a symbolic link, and there is no such file as it leads to"
_GENERATIONS = 8  # calls for what one image after the other builds on elsewhere


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
        self.called: Mapping[str, str] = {}
        """What the walk has learnt of folders with several names."""

    def looked_at(self, path: str, *, asked: bool, link: str | None = None) -> Iterator[Found]:
        """One file with its folder, in a call of its own; nothing where it was named and is met anyway."""
        source = Neighbours(self._host, path)
        try:
            looked = source.looked
        except UnreadableError as error:
            if link is not None and isinstance(error, MissingError):
                error = MissingError(error.path, _LOST_LINK, "repair the link, or name the real file")
            error.link = link
            yield error
            return
        if asked and not self._links.is_named_first(looked.real):
            return
        file = looked.real if asked or link else path  # what a walk met goes by the walk's name of its folder
        links = {path: looked.real} if link else {}
        folder = f"{posixpath.dirname(file)}/"
        fetched = Fetched(self._host, folder, looked.beside, looked.names, facts=looked.facts, links=links)
        yield from self.with_all_at_hand(path if link else file, fetched, asked=asked, link=link)

    def fetched(self, lost: Sequence[str]) -> Iterator[Found]:
        """Those that did not come, and those that name what lies elsewhere, a few at a time."""
        left = iter(lost)
        while batch := list(islice(left, _AT_ONCE)):
            for path, head in heads_of(self._host, batch).items():
                folder, _, name = path.rpartition("/")
                if head.status:
                    yield unread_at(address_at(self._host, path), head.status)
                elif head.size > SMALL or not path.lower().endswith(".xml"):
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
            source = source._replace(called=self.called)
            self._later.append(_Later(Candidate(path, asked, source, link), source, wanted))
        else:
            yield Candidate(path, asked, source, link)

    def _with_heads(self, group: Sequence[_Later]) -> Iterator[Candidate]:
        heads: dict[str, Head] = {}
        owns: list[dict[str, Head]] = [{} for _ in group]
        wanted = [one.wanted for one in group]
        for _ in range(_GENERATIONS):
            missing = iter(dict.fromkeys(path for each in wanted for path in each if path not in heads))
            while batch := list(islice(missing, _AT_ONCE)):
                heads |= self._heads_of(batch)
            wanted = [[path for path in each if path in heads] for each in wanted]
            for own, paths in zip(owns, wanted, strict=True):
                own.update((path, heads[path]) for path in paths)
            wanted = [_parents(one, own, paths) for one, own, paths in zip(group, owns, wanted, strict=True)]
            if not any(wanted):
                break
        for one, own in zip(group, owns, strict=True):
            yield one.candidate._replace(source=one.source._replace(heads=own))

    def _heads_of(self, paths: Sequence[str]) -> Mapping[str, Head]:
        """The heads of these; none where the host answers something else: then they were not fetched."""
        try:
            return heads_of(self._host, paths)
        except HostError:
            raise
        except UnreadableError:
            return {}


def _parents(one: _Later, own: Mapping[str, Head], fetched: Sequence[str]) -> list[str]:
    """What the images that were fetched last build on, as far as that was not fetched for this file yet."""
    named = (
        parent
        for path in fetched
        for parent in parents_in(own[path].data, one.source, posixpath.dirname(path))
    )
    return [path for path in dict.fromkeys(named) if path not in own][: max(_AT_ONCE - len(own), 0)]


def host_facts_in(host: str, vm: str | None, runs: bool) -> HostFacts | None:
    """What a walk knows of a machine: the host's id of it, and that it runs; None for neither."""
    if vm is None and not runs:
        return None
    from tui.disks import HostFacts, Power  # noqa: PLC0415 - a walk begins without

    return HostFacts(host, vm, Power.RUNNING if runs else None)
