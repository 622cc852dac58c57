"""Rules on what stands against a snapshot of a running VMware machine, and what is taken instead."""

from __future__ import annotations

from collections.abc import Iterable

from tui.disks import Configuration, Remark
from tui.rules.hypervisors import ESXI, WORKSTATION, Hypervisor
from tui.rules.rule import Rule, infos
from tui.rules.vmware_rules import is_independent, is_seen
from tui.rules.ways import WITHOUT_MEMORY, answer_to


def _independent_ones(configuration: Configuration) -> Iterable[Remark]:
    disks = [disk for disk in configuration.disks if is_independent(disk)]
    if disks:
        named = disks[0].name if len(disks) == 1 else f"{disks[0].name} and {len(disks) - 1} more"
        taken = answer_to(WITHOUT_MEMORY, configuration, Hypervisor.ESXI, running=True).works
        yield Remark(f"{named}; without memory {'one works' if taken else 'none works either'}")


def _different_modes(configuration: Configuration) -> Iterable[Remark]:
    modes = {disk.mode: None for disk in configuration.disks if is_seen(disk) and disk.mode}
    if len(modes) > 1:
        taken = answer_to(WITHOUT_MEMORY, configuration, Hypervisor.WORKSTATION, running=False).works
        yield Remark(f"{', '.join(modes)}; powered off {'one works' if taken else 'none works either'}")


RULES: tuple[Rule, ...] = (
    Rule(
        "no-memory-snapshot",
        infos(ESXI),
        "any disk is independent",
        _independent_ones,
        "a snapshot of a running VM cannot hold its memory while a disk is independent: {detail}",
        "do without, or take each disk in",
        "vSphere API, fault MemorySnapshotOnIndependentDisk",
    ),
    Rule(
        "mixed-modes",
        infos(WORKSTATION),
        "the disks of one VM differ in mode",
        _different_modes,
        "no snapshot of the running VM, whose disks are in different modes: {detail}",
        "bring them into one mode, or do without snapshots while it runs",
        "Workstation manual, taking snapshots: power off before a snapshot of disks in different modes",
    ),
)
