"""The rows of a fleet: one for each disk, made of what the engine found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tui.app.widgets.machine_list import MachineRow
from tui.disks import MODES, Configuration, Device, Disk, Format, Participation
from tui.fleet.records import JudgedMachine, Result, Unread
from tui.rules import Finding, Hypervisor, Severity

_DRIVES = {Device.CDROM: "CD-ROM", Device.FLOPPY: "Floppy"}
# What neither takes part in snapshots nor is left out of them, in the few cells there are.
SNAPSHOT_SIGNS = {Participation.MANUAL: "~man", Participation.UNKNOWN: "?unk"}
_MACHINE = -1
Rule = tuple[Severity, str]


class FleetRow(NamedTuple):
    """A row, what it was made of, and the rules that have something against it, the gravest first.

    ``told`` is what a heading has to say.
    """

    row: MachineRow
    judged: JudgedMachine
    disk: Disk | None
    rules: tuple[Rule, ...] = ()
    unread: Unread | None = None
    told: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything the rules say of the disk, and then of its machine."""
        if self.row.heading:
            return self.told
        here = None if self.disk is None else self.disk.index
        own = tuple(one for one, _ in self.judged.on(here))
        return own if here is None else (*own, *(one for one, _ in self.judged.on(None)))

    @property
    def can_change(self) -> bool:
        """Whether it is a disk; what forbids a change, the plan of the change tells."""
        return self.disk is not None and self.disk.is_disk


def rows_of(result: Result, root: str = "") -> Iterator[FleetRow]:
    """A row for each disk, one for what is found on the machine itself, one for an unread file."""
    if isinstance(result, Unread):
        yield _unread_row(result, root)
        return
    number = 0
    if any(one.disk is None for one in result.findings):
        number += 1
        yield _row(result, None, root)
    for disk in result.rows:
        number += 1
        yield _row(result, disk, root)
    if not number:
        yield _row(result, None, root)


def _unread_row(unread: Unread, root: str) -> FleetRow:
    name = unread.path.rpartition("/")[2] or unread.path
    finding = Finding(unread.kind, Severity.ERROR, None, None, unread.reason, unread.remedy, "")
    nothing = Configuration(Format.VMX, name, ())
    judged = JudgedMachine(unread.path, nothing, Hypervisor.OTHER, (finding,))
    row = MachineRow((unread.path, 0, _MACHINE), name, path=_below(unread.path, root), trouble=unread.reason)
    return FleetRow(row, judged, None, ((Severity.ERROR, unread.kind),), unread)


def _row(judged: JudgedMachine, disk: Disk | None, root: str) -> FleetRow:
    found = sorted(
        {(one.severity, one.rule) for one, _ in judged.on(None if disk is None else disk.index)},
        key=lambda rule: (rule[0].rank, rule[1]),
    )
    key = (judged.path, judged.domain or 0, _MACHINE if disk is None else disk.index)
    policy = disk.policy if disk is not None and disk.is_disk else None
    row = MachineRow(
        key,
        judged.vm,
        "" if disk is None else disk.name,
        "" if disk is None else disk.address or disk.name,
        _mode(judged, disk),
        None if policy is None else policy.snapshot,
        None if policy is None else policy.persistent,
        signs_of(found),
        found[0][0].value if found else "",
        " ".join(rule for _, rule in found),
        _below(judged.path, root),
        snapshot_word="" if disk is None else SNAPSHOT_SIGNS.get(disk.participation, ""),
    )
    return FleetRow(row, judged, disk, tuple(found))


def _mode(judged: JudgedMachine, disk: Disk | None) -> str:
    if disk is None:
        return "(the whole VM)" if judged.configuration.disks else "(no disks)"
    if disk.device in _DRIVES:
        return _DRIVES[disk.device]
    if disk.mode is not None:
        return MODES[disk.mode].short
    return f'unknown "{disk.mode_word}"' if disk.mode_word else "none fits"


def signs_of(rules: Iterable[Rule]) -> str:
    """One sign for each severity there is."""
    return "".join(dict.fromkeys(severity.sign for severity, _ in rules))


def _below(path: str, root: str) -> str:
    return path.removeprefix(root) if root else path
