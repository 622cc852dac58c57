"""What all domains of a connection have in common to be asked, asked once: who runs, who has snapshots.

virsh filters its list by both (virsh(1), "list"). So a domain of which the list tells is asked for its text
alone, where each by itself wants five commands; one that has snapshots or checkpoints, for their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tui.storage.errors import UnreadableError
from tui.storage.host_limits import is_asked_what_runs
from tui.storage.libvirt.domains import Domain, DomainList, ListedDomain, live_of, look_at, looked
from tui.storage.libvirt.virsh import Printed, Virsh

_STATES = {"running": "running", "paused": "paused", "shutoff": "shut off"}
SURVEY = (
    *(("list", "--all", f"--state-{state}", "--uuid") for state in _STATES),
    ("list", "--all", "--with-snapshot", "--uuid"),
    ("list", "--all", "--with-checkpoint", "--uuid"),
)
"""What is asked; :func:`surveyed` reads the answers."""

_NONE = Printed(b"")
# Of a disk, as libvirt writes it: its policy, its target, and that it is being copied.
_DISKS = re.compile(rb"<disk [^>]*>|<transient\b|<target dev='[^']*' bus=|<mirror\b")
# Commands: so many have about 100 kB with their marks, and Linux takes 128 KiB in one argument.
_FIRST, _AT_ONCE = 32, 600


class Survey(NamedTuple):
    """What the lists say: the state of a domain in domstate's words, by UUID; None is what no list told.

    With ``live`` a domain that may run is asked what it runs with, too; a transient one always.
    """

    states: dict[str, str]
    with_snapshot: frozenset[str] | None
    with_checkpoint: frozenset[str] | None
    live: bool = False

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
        ] + list(self._live_of(known))

    def whole(self, known: ListedDomain, printed: Iterator[Printed]) -> list[Printed]:
        """The answers to `look_at`: those that are known, and of these the next for each that was asked.

        Behind them stands what a domain runs with, where that may be another text than its configuration.
        """
        found = [next(printed) if one is None else one for one in self.answers(known)]
        live = [next(printed) for _ in self._live_of(known)]
        # Of thousands that run, few run with other disks: the others' text is not read twice.
        return found + [
            one for one in live if known.transient or _DISKS.findall(one.out) != _DISKS.findall(found[0].out)
        ]

    def _live_of(self, known: ListedDomain) -> Sequence[tuple[str, ...]]:
        off = self.states.get(known.uuid) == _STATES["shutoff"]
        return live_of(known.uuid) if known.transient or (self.live and not off) else ()


def _lacks(those: frozenset[str] | None, known: ListedDomain) -> bool:
    return those is not None and known.uuid not in those


def surveyed(printed: Sequence[Printed], *, live: bool = False) -> Survey:
    """What was told to SURVEY; a list that virsh or the driver does not know leaves all to be asked."""
    *states, snapshots, checkpoints = map(_uuids, printed)
    found: dict[str, str] = {}
    for word, uuids in zip(_STATES.values(), states, strict=True):
        for uuid in uuids or ():
            # A domain in two of them changed its state meanwhile.
            found[uuid] = "" if uuid in found else word
    return Survey({uuid: word for uuid, word in found.items() if word}, snapshots, checkpoints, live)


def _uuids(printed: Printed) -> frozenset[str] | None:
    return None if printed.error else frozenset(printed.out.decode("ascii", "replace").lower().split())


def domains_on(
    virsh: Virsh, found: DomainList, printed: Sequence[Printed], wanted: Sequence[ListedDomain]
) -> Iterator[Domain | UnreadableError]:
    """Each of these domains; what cannot be read is an error among them. ``printed`` answers SURVEY.

    A few in the first process of virsh, so that work on them begins, and many in each further one.
    """
    survey = surveyed(printed, live=is_asked_what_runs())
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
