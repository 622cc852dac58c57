"""What all domains of a connection have in common to be asked, asked once: who runs, who has snapshots.

virsh filters its list by both (virsh(1), "list"). So a domain of which the list tells is asked for its text
alone, where each by itself wants five commands; one that has snapshots or checkpoints, for their names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tui.storage.errors import UnreadableError
from tui.storage.libvirt.domains import Domain, DomainList, ListedDomain, look_at, looked
from tui.storage.libvirt.virsh import Printed, Virsh

_STATES = {"running": "running", "paused": "paused", "shutoff": "shut off"}
SURVEY = (
    *(("list", "--all", f"--state-{state}", "--uuid") for state in _STATES),
    ("list", "--all", "--with-snapshot", "--uuid"),
    ("list", "--all", "--with-checkpoint", "--uuid"),
)
"""What is asked; :func:`surveyed` reads the answers."""

_NONE = Printed(b"")
# Commands: so many have about 100 kB with their marks, and Linux takes 128 KiB in one argument.
_FIRST, _AT_ONCE = 32, 600


class Survey(NamedTuple):
    """What the lists say: the state of a domain in domstate's words, by UUID; None is what no list told."""

    states: dict[str, str]
    with_snapshot: frozenset[str] | None
    with_checkpoint: frozenset[str] | None

    def answers(self, known: ListedDomain) -> list[Printed | None]:
        """What is known of a domain already; None where it has to be asked."""
        state = self.states.get(known.uuid)
        snapshots = _NONE if _lacks(self.with_snapshot, known) else None
        checkpoints = _NONE if _lacks(self.with_checkpoint, known) else None
        return [None, None if state is None else Printed(state.encode()), snapshots, snapshots, checkpoints]

    def asks(self, known: ListedDomain) -> list[tuple[str, ...]]:
        """The commands that tell the rest of a domain."""
        return [
            command
            for command, printed in zip(look_at(known.uuid), self.answers(known), strict=True)
            if printed is None
        ]

    def whole(self, known: ListedDomain, printed: Iterator[Printed]) -> list[Printed]:
        """The answers to `look_at`: those that are known, and of these the next for each that was asked."""
        return [next(printed) if one is None else one for one in self.answers(known)]


def _lacks(those: frozenset[str] | None, known: ListedDomain) -> bool:
    return those is not None and known.uuid not in those


def surveyed(printed: Sequence[Printed]) -> Survey:
    """What was told to SURVEY; a list that virsh or the driver does not know leaves all to be asked."""
    *states, snapshots, checkpoints = map(_uuids, printed)
    found: dict[str, str] = {}
    for word, uuids in zip(_STATES.values(), states, strict=True):
        for uuid in uuids or ():
            # A domain in two of them changed its state meanwhile.
            found[uuid] = "" if uuid in found else word
    return Survey({uuid: word for uuid, word in found.items() if word}, snapshots, checkpoints)


def _uuids(printed: Printed) -> frozenset[str] | None:
    return None if printed.error else frozenset(printed.out.decode("ascii", "replace").lower().split())


def domains_on(
    virsh: Virsh, found: DomainList, printed: Sequence[Printed], wanted: Sequence[ListedDomain]
) -> Iterator[Domain | UnreadableError]:
    """Each of these domains; what cannot be read is an error among them. ``printed`` answers SURVEY.

    A few in the first process of virsh, so that work on them begins, and many in each further one.
    """
    survey = surveyed(printed)
    for some in _in_turns(survey, wanted):
        answers = iter(virsh.run(*(command for one in some for command in survey.asks(one))))
        for known in some:
            try:
                yield looked(virsh.uri, known, found.version, survey.whole(known, answers))
            except UnreadableError as error:
                yield error


def _in_turns(survey: Survey, wanted: Sequence[ListedDomain]) -> Iterator[list[ListedDomain]]:
    some: list[ListedDomain] = []
    commands, most = 0, _FIRST
    for known in wanted:
        asks = len(survey.asks(known))
        if some and commands + asks > most:
            yield some
            some, commands, most = [], 0, _AT_ONCE
        some.append(known)
        commands += asks
    if some:
        yield some
