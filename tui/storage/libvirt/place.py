"""The domains of one libvirt connection as a place: its one folder holds them all, each by its name.

What stands in `tui.storage.libvirt.domains` is read; an edit is defined as ``virsh edit`` does it: the domain
is read again and compared, and libvirt validates what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from tui.disks import HostFacts
from tui.storage.errors import SaveError, UnreadableError
from tui.storage.host_limits import limits, questions_allowed
from tui.storage.libvirt.domains import (
    LISTING,
    Domain,
    DomainList,
    LaterDomain,
    ListedDomain,
    is_of,
    listed,
    live_of,
    look_at,
    looked,
    missing,
)
from tui.storage.libvirt.neighbours import DomainNeighbours
from tui.storage.libvirt.saving import reading_of, save
from tui.storage.libvirt.survey import SURVEY, domains_on
from tui.storage.libvirt.virsh import Completed, Virsh
from tui.storage.place import Candidate, Follow, Location, Passed, Reading, Source

_A_DAY = 24 * 60 * 60.0


@dataclass(frozen=True, slots=True)
class LibvirtPlace(DomainNeighbours):
    """The domains of one connection; see `tui.storage.place.Place`. A path is a name or a UUID, "" all."""

    @property
    def virsh(self) -> Virsh:
        """The virsh of this connection, which answers for it."""
        return Virsh(self.uri, seconds=limits().silence, alone=not questions_allowed())

    def is_folder(self, path: str) -> bool:
        """See `Place`."""
        return not path

    def is_same(self, one: str, other: str) -> bool:
        """See `Place`."""
        return one == other

    # Reading

    def host_facts(self, path: str) -> HostFacts | None:
        """See `Source`."""
        try:
            return self.beside(path).facts
        except UnreadableError:
            return None

    def read_bytes(self, path: str, wanted: Callable[[bytes], bool] | None = None) -> bytes | None:
        """See `Source`."""
        return self.beside(path).read_bytes(path, wanted)

    def beside(self, path: str) -> Domain:
        """See `Place`: one domain as it is now.

        In one process of virsh, but where that could take its name for something else.
        """
        virsh = self.virsh
        asked = () if not path or path.isdigit() else (*look_at(path), *live_of(path))
        printed = virsh.run(*LISTING, *asked)
        found = listed(printed[: len(LISTING)], self.uri)
        known = found.named(path)
        if known is None:
            raise missing(self.uri, path)
        looks = printed[len(LISTING) :]
        if not looks or looks[0].error or not is_of(looks[0].out, known):
            looks = virsh.run(*look_at(known.uuid), *live_of(known.uuid))
        return looked(self.uri, known, found.version, looks)

    def at(self, path: str) -> Source:
        """See `Place`."""
        return LaterDomain(self.uri, path, self.beside)

    def read(self, path: str) -> Reading:
        """See `Place`."""
        domain = self.beside(path)
        return reading_of(domain, Location(self, domain.known.path))

    def names(self, seconds: float | None = None) -> list[str]:
        """What its domains are called; virsh may be silent for ``seconds``. Raises UnreadableError."""
        virsh = self.virsh if seconds is None else replace(self.virsh, seconds=seconds, alone=True)
        return [one.path for one in listed(virsh.run(*LISTING), self.uri).domains]

    def walk(
        self,
        paths: Iterable[str],
        exclude: Sequence[str] = (),
        follow: Follow = Follow.NEAR,  # noqa: ARG002 - there are no links
        passed: Passed | None = None,  # noqa: ARG002
    ) -> Iterator[Candidate | UnreadableError]:
        """See `Place`."""
        virsh = replace(self.virsh, walks=True)
        try:
            printed = virsh.run(*LISTING, *SURVEY)
            found = listed(printed[: len(LISTING)], self.uri)
            wanted: dict[str, ListedDomain] = {}
            for path in paths:
                named = self._meant(found, path)
                if named is None:
                    yield missing(self.uri, path)
                else:
                    wanted |= {one.uuid: one for one in named if path or not _is_left_out(one, exclude)}
            for one in domains_on(virsh, found, printed[len(LISTING) :], list(wanted.values())):
                yield one if isinstance(one, UnreadableError) else Candidate(one.known.path, True, one)
        except UnreadableError as error:
            yield error

    @staticmethod
    def _meant(found: DomainList, path: str) -> Sequence[ListedDomain] | None:
        if not path:
            return found.domains
        known = found.named(path)
        return None if known is None else (known,)

    # Writing

    def save(self, reading: Reading, data: bytes, *, backup: bool = False) -> Reading:  # noqa: ARG002 - undo has it
        """See `Place`; and `tui.storage.libvirt.saving`."""
        return save(self.virsh, reading, data)

    def taking(self, words: Sequence[str], data: bytes) -> Completed:
        """Run a whole command, which may take as long as a machine's memory is large. Raises VirshError."""
        return replace(self.virsh, seconds=_A_DAY).as_typed(words, data)

    def write_new(self, path: str, data: bytes, *, overwrite: bool = False) -> str:  # noqa: ARG002
        """See `Place`."""
        raise SaveError(
            self.address(path), "libvirt keeps domains, not files, so nothing was saved", "name a file"
        )


def _is_left_out(known: ListedDomain, exclude: Sequence[str]) -> bool:
    return any(fnmatchcase(known.name, glob) for glob in exclude)
