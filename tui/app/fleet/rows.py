"""The rows of a fleet: one for each disk, made of what the engine found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tui.app.widgets.machine_list import MachineRow
from tui.disks import DRIVE_LABELS, MODES, Configuration, Disk, Format, Participation, Power
from tui.fleet.judged import JudgedMachine, Result, Unread
from tui.fleet.proposals import preset_words
from tui.fleet.skipped import is_on_purpose, is_skipped, lock_of
from tui.rules import Finding, Hypervisor, Severity

# What neither takes part in snapshots nor is left out of them, in the few cells there are.
SNAPSHOT_SIGNS = {Participation.MANUAL: "~ manual", Participation.UNKNOWN: "? word"}
# The place that says whether the machine runs: what its host says, or a sign beside its file.
_POWER_SIGNS = {
    Power.RUNNING: "R",
    Power.PAUSED: "P",
    Power.ASLEEP: "P",
    Power.SUSPENDED: "Z",
    Power.OFF: "-",
}
_MACHINE = -1
Rule = tuple[Severity, str]


class FleetRow(NamedTuple):
    """A row, what it was made of, and the rules that have something against it, the gravest first.

    ``heading_findings`` are those that a heading stands for. ``rank`` is how bad it is, 0 the worst.
    """

    row: MachineRow
    judged: JudgedMachine
    disk: Disk | None
    rules: tuple[Rule, ...] = ()
    unread: Unread | None = None
    heading_findings: tuple[Finding, ...] = ()
    rank: int = 0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything the rules say of the disk, and then of its machine."""
        if self.row.heading:
            return self.heading_findings
        here = None if self.disk is None else self.disk.index
        own = tuple(one for one, _ in self.judged.on(here))
        return own if here is None else (*own, *(one for one, _ in self.judged.on(None)))

    @property
    def place(self) -> str:
        """Which of several machines in one file it is; empty where there is only one."""
        of_libvirt = self.judged.configuration.format is Format.DOMAIN_XML
        noun = "domain" if of_libvirt else "row"
        return f"{noun} {self.judged.domain}" if self.judged.domain else ""

    @property
    def can_change(self) -> bool:
        """Whether it is a disk; what forbids a change, the plan of the change tells."""
        return self.disk is not None and self.disk.is_disk


def rows_of(result: Result, root: str = "") -> Iterator[FleetRow]:
    """A row for each disk, one for what is found on no disk but the machine, one for an unread file."""
    if isinstance(result, Unread):
        yield _unread_row(result, root)
        return
    number = 0
    for disk in result.rows:
        number += 1
        yield _row(result, disk, root)
    if not number or result.on(None):
        yield _row(result, None, root)


def _unread_row(unread: Unread, root: str) -> FleetRow:
    name = unread.path.rpartition("/")[2] or unread.path
    finding = Finding(unread.kind, Severity.ERROR, None, None, unread.reason, unread.remedy, "")
    nothing = Configuration(Format.VMX, name, ())
    judged = JudgedMachine(unread.path, nothing, Hypervisor.OTHER, (finding,))
    row = MachineRow((unread.path, 0, _MACHINE), name, path=_below(unread.path, root), trouble=unread.reason)
    return FleetRow(row, judged, None, ((Severity.ERROR, unread.kind),), unread, rank=_rank(judged, None, 0))


def _row(judged: JudgedMachine, disk: Disk | None, root: str) -> FleetRow:
    here = judged.on(None if disk is None else disk.index)
    found = sorted(
        {(one.severity, one.rule) for one, reason in here if reason is None},
        key=lambda rule: (rule[0].rank, rule[1]),
    )
    accepted = [one.rule for one, reason in here if reason is not None]
    key = (judged.path, judged.domain or 0, _MACHINE if disk is None else disk.index)
    policy = disk.policy if disk is not None and disk.is_disk else None
    part = None if disk is None else judged.configuration.participation_of(disk)
    row = MachineRow(
        key,
        judged.vm,
        disk="" if disk is None else disk.name,
        address="" if disk is None else disk.address or disk.name,
        mode="" if policy is None or disk is None else _mode(judged, disk),
        snapshot=None if policy is None else policy.snapshot and part is not Participation.NO,
        persistent=None if policy is None else policy.persistent,
        signs=signs_of(found) or ("accepted" if accepted else ""),
        severity=found[0][0].value if found else "",
        rules=" ".join([rule for _, rule in found] or accepted),
        path=_below(judged.path, root),
        snapshot_word="" if part is None else SNAPSHOT_SIGNS.get(part, ""),
        kind="" if policy is not None else _kind(judged, disk),
        long_mode="" if disk is None or disk.mode is None or _has_preset(judged, disk) else _label(disk),
        state=state_of(judged, disk),
    )
    gravest = found[0][0].rank if found else len(Severity)
    return FleetRow(row, judged, disk, tuple(found), rank=_rank(judged, disk, gravest))


def _rank(judged: JudgedMachine, disk: Disk | None, gravest: int) -> int:
    """By the gravest thing found; a disk that backups skip is a warning, and the first among those."""
    skipped = disk is not None and is_skipped(judged, disk) and not is_on_purpose(judged, disk)
    if skipped:
        gravest = min(gravest, Severity.WARNING.rank)
    kind = 3 if disk is None else 2 if not disk.is_disk else 0 if skipped else 1
    return gravest * 4 + kind


def ranked_anew(one: FleetRow) -> FleetRow:
    """The row as if it had just been found."""
    gravest = one.rules[0][0].rank if one.rules else len(Severity)
    rank = _rank(one.judged, one.disk, gravest)
    return one._replace(row=one.row._replace(is_changed=False), rank=rank)


def state_of(judged: JudgedMachine, disk: Disk | None) -> str:
    """Three signs, each with a place of its own: a lock, how many snapshots, whether the machine runs."""
    known = judged.configuration.sidecars
    lock = "L" if disk is not None and lock_of(judged, disk) else " "
    number = 0 if known.snapshots is None else known.snapshots.count
    count = "+" if number > 9 else str(number or " ")
    power = None if known.host is None else known.host.power
    runs = ("R" if judged.in_use else " ") if power is None else _POWER_SIGNS[power]
    runs = "N" if disk is not None and disk.index in judged.pending else runs
    return f"{lock} {count} {runs}".rstrip()


def _kind(judged: JudgedMachine, disk: Disk | None) -> str:
    """What a row that is no disk is about."""
    if disk is not None:
        return DRIVE_LABELS.get(disk.device, "")
    return "whole machine" if judged.configuration.disks else "no disks"


def _has_preset(judged: JudgedMachine, disk: Disk) -> bool:
    """Whether libvirt's word is the file's own, and VMware's only what it comes to."""
    return judged.configuration.format is Format.DOMAIN_XML and not disk.vmx_modes


def _label(disk: Disk) -> str:
    return "" if disk.mode is None else MODES[disk.mode].label


def _mode(judged: JudgedMachine, disk: Disk) -> str:
    if _has_preset(judged, disk):
        return preset_words(disk)
    if disk.mode is not None:
        return MODES[disk.mode].short
    return f'unknown "{disk.mode_word}"' if disk.mode_word else "no VMware mode"


def signs_of(rules: Iterable[Rule]) -> str:
    """One sign for each severity there is."""
    return "".join(dict.fromkeys(severity.sign for severity, _ in rules))


def _below(path: str, root: str) -> str:
    return path.removeprefix(root) if root else path
