"""What the host that runs a machine says of it: facts, where files only let one guess."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from tui.disks.libvirt import LibvirtVersion

_UUID_LONG = 36


class Power(StrEnum):
    """Whether a machine runs; ``suspended`` has its state on disk, ``paused`` keeps it in memory.

    ``pmsuspended`` is a guest that put itself to sleep, in memory too: virsh's own word.
    """

    RUNNING = "running"
    PAUSED = "paused"
    ASLEEP = "pmsuspended"
    OFF = "off"
    SUSPENDED = "suspended"


_WITH_A_PROCESS = (Power.RUNNING, Power.PAUSED, Power.ASLEEP)


class HostFacts(NamedTuple):
    """What one host said of one machine, a moment ago; None is what it did not say.

    ``host`` is what people call it: a name, or a libvirt URI. ``vm`` is its own id of the machine.
    ``snapshots`` and ``checkpoints`` are their names; ``external`` are the snapshots among them whose disks
    went on in overlays. ``libvirt`` is the version that it runs, ``uri`` what virsh calls it. ``live`` is the
    text that a machine runs with, where the host keeps another for its next start.
    """

    host: str
    vm: str | None = None
    power: Power | None = None
    snapshots: tuple[str, ...] | None = None
    external: frozenset[str] | None = None
    checkpoints: tuple[str, ...] | None = None
    libvirt: LibvirtVersion | None = None
    uri: str | None = None
    live: bytes | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """What it says, in words: ``running``, ``2 snapshots``, ``1 checkpoint``."""
        power = () if self.power is None else (self.power.value,)
        return (*power, *_counted(self.snapshots, "snapshot"), *_counted(self.checkpoints, "checkpoint"))

    @property
    def runs(self) -> bool | None:
        """Whether the machine has a process now; None where the host does not say."""
        return None if self.power is None else self.power in _WITH_A_PROCESS


def is_ambiguous(name: str) -> bool:
    """Whether virsh would look first for a running domain with this number, or for a UUID.

    Of a UUID it looks at the digits alone, wherever hyphens stand; a number may have blanks and a plus before
    it (virshLookupDomainInternal, virsh-util.c; virUUIDParse; strtol).
    """
    if re.fullmatch(r"\s*\+?[0-9]+", name):
        return True
    return len(name) == _UUID_LONG and re.fullmatch(r"(?i)\s*(?:-?[0-9a-f]){32}[-\s]*", name) is not None


def _counted(names: tuple[str, ...] | None, noun: str) -> tuple[str, ...]:
    if not names:
        return ()
    return (f"{len(names)} {noun}" if len(names) == 1 else f"{len(names)} {noun}s",)
