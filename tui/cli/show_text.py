"""What ``diskmode show`` prints for a person: which machine, a table of its disks, and the findings."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

import click

from tui.cli.files import shown_name
from tui.columns import Column, rows_in_columns
from tui.counting import counted
from tui.disks import DRIVE_LABELS, FORMAT_NAMES, MODES, Disk, Participation, yes_no
from tui.machine import Machine
from tui.rules import Finding, Severity
from tui.rules.hypervisors import VMWARE
from tui.visible import visible

# The disk's gravest finding, then what the words in disk-policy tables are called here.
COLUMNS = (
    Column("", "", 1),
    Column("ADDRESS", "DISK", 12),
    Column("TARGET", "NAME", 9),
    Column("FILE", "FILE", None),
    Column("MODE", "MODE", 25),
    Column("IN VSPHERE", "IN VSPHERE", 17),
    Column("SNAPSHOT", "SNAP", 8),
    Column("PERSISTENT", "PERS", 3),
)
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_NOTHING = "-"


def lines_of(machine: Machine, file: str, read_only: str | None, width: int) -> Iterator[str]:
    """The whole report, line by line, in at most ``width`` cells where no word is longer."""
    yield from _head(machine, file, read_only, width)
    if machine.disks:
        yield ""
        yield from _table(machine, width)
    for finding in machine.findings:
        yield ""
        yield from _finding(finding, width)
    locked = [(disk, reason) for disk in machine.disks if (reason := machine.locked(disk.index))]
    if locked:
        yield ""
        yield "Not editable:"
        for disk, reason in locked:
            yield from _wrapped(f"{disk.name}: {reason}", width, "  ")


def _head(machine: Machine, file: str, read_only: str | None, width: int) -> Iterator[str]:
    name = machine.configuration.name or "a machine without a name"
    kind = FORMAT_NAMES[machine.configuration.format]
    yield from _wrapped(f"{name}: {kind} in {shown_name(file)}", width)
    yield from _wrapped(f"Judged for {machine.hypervisor.label}: {machine.judged_by}.", width)
    host = machine.sidecars.host
    if host is not None and host.words:
        yield from _wrapped(f"Its host says: {', '.join(host.words)}.", width)
    if machine.until_next_start:
        yield from _wrapped(f"Until its next start {machine.until_next_start}.", width)
    if read_only:
        yield from _wrapped(f"Read-only: {read_only}.", width)
    yield ", ".join(_numbers(machine))
    if machine.disks:
        judged_for = "" if machine.hypervisor in VMWARE else f" (libvirt {machine.libvirt})"
        yield from _wrapped(f"{machine.ways_line}{judged_for}", width)


def _numbers(machine: Machine) -> Iterator[str]:
    disks = sum(disk.is_disk for disk in machine.disks)
    yield counted(disks, "disk")
    if disks < len(machine.disks):
        yield counted(len(machine.disks) - disks, "drive")
    for severity in Severity:
        number = sum(finding.severity is severity for finding in machine.findings)
        if number:
            yield counted(number, severity.value)


def _table(machine: Machine, width: int) -> Iterator[str]:
    gravest: dict[int | None, Severity] = {}
    for finding in machine.findings:  # the gravest of a disk comes first
        gravest.setdefault(finding.disk, finding.severity)
    rows = [
        _row(disk, machine.configuration.participation_of(disk), gravest.get(disk.index))
        for disk in machine.disks
    ]
    marks = [None, *(gravest.get(disk.index) for disk in machine.disks)]
    for (mark, *rest), severity in zip(rows_in_columns(COLUMNS, rows, width), marks, strict=True):
        yield (click.style(mark, fg=_COLOURS[severity]) if severity else mark) + "".join(rest)


def _row(disk: Disk, part: Participation, gravest: Severity | None) -> Sequence[str]:
    return (
        gravest.sign if gravest else " ",
        disk.address or _NOTHING,
        visible(disk.target) or _NOTHING,
        visible(disk.source) or _NOTHING,
        visible(disk.shown_mode or _NOTHING),
        _vsphere_word(disk),
        _snapshot_word(disk, part) if disk.is_disk else _NOTHING,
        yes_no(disk.policy.persistent) if disk.is_disk else _NOTHING,
    )


def _vsphere_word(disk: Disk) -> str:
    if disk.device in DRIVE_LABELS:
        return DRIVE_LABELS[disk.device]
    return _NOTHING if disk.mode is None else MODES[disk.mode].short


def _snapshot_word(disk: Disk, part: Participation) -> str:
    """A preset says more than yes: how the disk takes part."""
    return disk.preset.value if part is Participation.YES and disk.preset else part.value


def _finding(finding: Finding, width: int) -> Iterator[str]:
    places = [finding.disk_name] if finding.disk_name else []
    places += [f"line {finding.line}"] if finding.line else []
    start = f"{finding.severity.sign} {finding.severity.value}"
    where = f"{', '.join(places)}: " if places else ""
    first, *rest = _wrapped(f"{start}: {where}{finding.message}", width, hanging="    ")
    yield click.style(start, fg=_COLOURS[finding.severity]) + first.removeprefix(start)
    yield from rest
    yield from _wrapped(finding.advice, width, "    ")
    yield from _wrapped(f"[{finding.rule}] {finding.source}", width, "    ")


def _wrapped(text: str, width: int, indent: str = "", hanging: str | None = None) -> Sequence[str]:
    return textwrap.wrap(
        visible(text),
        width,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
