"""The two toggles of a disk, and what one key may do to several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from tui.disks.disk import Disk
from tui.disks.policy import Participation, Policy
from tui.disks.policy_change import PolicyChange


class Aspect(StrEnum):
    """The two things a toggle changes."""

    SNAPSHOT = "snapshot"
    PERSISTENT = "persistent"

    def of(self, policy: Policy) -> bool:
        """Whether a policy has it: takes part in snapshots, or keeps writes."""
        return policy.snapshot if self is Aspect.SNAPSHOT else policy.persistent

    def set_to(self, value: bool) -> PolicyChange:
        """The change that sets it and leaves the other as each disk has it."""
        return PolicyChange(snapshot=value) if self is Aspect.SNAPSHOT else PolicyChange(persistent=value)


class Turn(NamedTuple):
    """What one key may do to several disks: set an aspect of those that have it not, or clear it.

    ``off`` and ``on`` are the disks by what they have; ``other`` those that are neither in snapshots nor left
    out (left to the administrator, or of a word nobody knows), ``locked`` how many cannot be changed at all.
    """

    aspect: Aspect
    off: tuple[Disk, ...]
    on: tuple[Disk, ...]
    other: tuple[Disk, ...] = ()
    locked: int = 0

    @property
    def value(self) -> bool | None:
        """What all get: the opposite of what all have. None: they differ, and a person must say which."""
        return None if self.off and self.on else bool(self.off)

    def changing(self, value: bool) -> tuple[Disk, ...]:
        """The disks that setting ``value`` changes; one that is neither in nor out is not taken in by it."""
        return self.off if value else (*self.on, *self.other)

    def effect_words(self, value: bool) -> str:
        """What setting ``value`` does, with counts: ``take 2 in; 44 are in already``."""
        does, already = _TURNS[self.aspect, value]
        staying = self.on if value else self.off
        parts = [does.format(_disks(len(self.changing(value))))]
        parts += [f"{len(staying)} {already.format('is' if len(staying) == 1 else 'are')}"] if staying else []
        parts += [f"{len(self.other)} left to you or unknown: m changes it"] if value and self.other else []
        parts += [f"{self.locked} locked"] if self.locked else []
        return "; ".join(parts)

    def effect_template(self, value: bool) -> str:
        """What setting ``value`` does, with ``{}`` for the disks that are changed in the end."""
        return _TURNS[self.aspect, value][0]


def _disks(number: int) -> str:
    return f"{number:,} disk" if number == 1 else f"{number:,} disks"


_TURNS: Mapping[tuple[Aspect, bool], tuple[str, str]] = {
    (Aspect.SNAPSHOT, True): ("take {} in", "{} in already"),
    (Aspect.SNAPSHOT, False): ("leave {} out", "{} out already"),
    (Aspect.PERSISTENT, True): ("keep the writes of {}", "{} kept already"),
    (Aspect.PERSISTENT, False): ("discard the writes of {} at power-off", "{} discarded already"),
}


def turn_of(aspect: Aspect, disks: Iterable[Disk], locked: int = 0) -> Turn:
    """What ``s`` or ``p`` may do to ``disks``, none of which is locked; ``locked`` counts those beside them.

    The first of them decides nothing: where they differ, :attr:`Turn.value` is None.
    """
    parts: dict[bool | None, list[Disk]] = {False: [], True: [], None: []}
    for disk in disks:
        neither = aspect is Aspect.SNAPSHOT and disk.participation not in _IN_OR_OUT
        parts[None if neither else aspect.of(disk.policy)].append(disk)
    return Turn(aspect, tuple(parts[False]), tuple(parts[True]), tuple(parts[None]), locked)


_IN_OR_OUT = (Participation.YES, Participation.NO)
