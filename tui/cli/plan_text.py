"""A snapshot plan as text for a person and as JSON, schema ``diskmode.plan/1``, for a program."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import click

from tui.cli.libvirt_option import version_text
from tui.cli.ways_text import matrix_of
from tui.cli.ways_text import report_of as ways_report
from tui.columns import Column, rows_in_columns
from tui.counting import counted
from tui.machine import Machine
from tui.planning import Command, Planning
from tui.rules import Hypervisor
from tui.rules.hypervisors import VMWARE
from tui.rules.plan_advice import only_by_name
from tui.rules.plan_align import SECONDS
from tui.rules.plan_values import possible
from tui.rules.planner import Plan, PlannedDisk, PlanRefusal
from tui.rules.ways import calls_that_work
from tui.visible import visible, visible_lines

SCHEMA = "diskmode.plan/1"
COLUMNS = (
    Column("DISK", "DISK", 18),
    Column("PRESET", "PRESET", 8),
    Column("OVERRIDE", "OVERRIDE", 8),
    Column("EFFECTIVE", "EFFECTIVE", 9),
    Column("WHY", "WHY", 10),
    Column("FILE", "FILE", None),
)
_NOTHING = "-"


def refusal_of(refused: PlanRefusal) -> str:
    """Who refuses, in its own words."""
    if refused.is_unknown:
        return f"not known: {refused.message}"
    words = f'"{refused.message}"' if refused.is_quote else refused.message
    return f"{refused.by} refuses: {words}"


def lines_of(
    planning: Planning, shown: str, file: str | None, width: int, *, matrix: bool = False
) -> Iterator[str]:
    """The whole report in at most ``width`` cells.

    ``file`` is where the XML lies, ``matrix`` puts every way first.
    """
    machine, plan = planning.machine, planning.plan
    name = machine.configuration.name or "a machine without a name"
    if matrix:
        yield from _wrapped(f"{name}: every way to ask for a snapshot or a backup, {_by(machine)}", width)
        yield from matrix_of(planning.ways, width)
        yield ""
    yield from _wrapped(f"{name}: a snapshot by {_by(machine)}, {_circumstances(planning)}", width)
    yield f"{_sum_of(plan)}; memory: {plan.memory}"
    yield from table_of(plan.disks, width)
    yield ""
    if plan.refused is not None:
        yield from _refused(planning, shown, width)
        return
    for warning in plan.warnings:
        yield from _wrapped(f"! {warning.message}", width)
        yield ""
    yield from _notes(planning, width)
    if planning.written is not None:
        yield visible_lines(planning.written.body.decode()).rstrip("\n")
        yield ""
    yield from commands_of(planning.commands(file))


def _by(machine: Machine) -> str:
    if machine.hypervisor in VMWARE:
        return machine.hypervisor.label
    return f"{machine.hypervisor.label}, {version_text(machine.libvirt)}"


def table_of(disks: Sequence[PlannedDisk], width: int) -> Iterator[str]:
    """A line for each disk, below the columns' names; nothing without disks."""
    if disks:
        yield ""
        for line in rows_in_columns(COLUMNS, [_row(one) for one in disks], width):
            yield "".join(line).rstrip()


def commands_of(commands: Sequence[Command]) -> Iterator[str]:
    """The commands; where there are several, each with the tool that takes it."""
    if len(commands) == 1:
        yield visible(commands[0].text)
        return
    for command in commands:
        note = f" ({command.note})" if command.note else ""
        yield f"# {command.tool}{note}"
        yield visible(command.text)


def _refused(planning: Planning, shown: str, width: int) -> Iterator[str]:
    if planning.plan.refused is not None and planning.plan.refused.is_unknown:
        yield from _wrapped(f"Not known: {planning.plan.refused.message}.", width)
        return
    first, *rest = _wrapped(f"Refused. No such snapshot is taken of {shown}.", width)
    yield click.style("Refused.", fg="red") + first.removeprefix("Refused.")
    yield from rest
    if planning.is_name_refused:
        yield from _wrapped("Another name works.", width)
        return
    configuration, hypervisor = planning.machine.configuration, planning.hypervisor
    works = calls_that_work(configuration, hypervisor, running=planning.running, has=planning.has)
    state = "while it runs" if planning.running else "while it is off"
    by_name = only_by_name(configuration, hypervisor, running=planning.running, has=planning.has)
    instead = f"only by naming disks: {by_name}" if by_name else "no snapshot as the machine is"
    yield from _wrapped(f"What works {state}: {', '.join(works) or instead}.", width)


def _circumstances(planning: Planning) -> str:
    words = [planning.power]
    words += ["disks only"] if planning.disk_only else []
    words.append(f"named {planning.snapshot_name}" if planning.snapshot_name else "without a name")
    return ", ".join(words)


def _sum_of(plan: Plan) -> str:
    if plan.refused is not None:
        return "not known" if plan.refused.is_unknown else "refused: no disk is covered"
    return f"{len(plan.covered)} of {counted(possible(plan.disks), 'disk')} covered"


def _row(one: PlannedDisk) -> Sequence[str]:
    return (
        visible(one.disk.name),
        one.preset or _NOTHING,
        visible(one.override or _NOTHING),
        one.effect,
        one.why,
        visible(one.file) or _NOTHING,
    )


def _notes(planning: Planning, width: int) -> Iterator[str]:
    """What the table cannot say."""
    if any(one.file.endswith(f".{SECONDS}") for one in planning.plan.disks):
        yield from _wrapped(
            f"Without a name the snapshot is called by the second it is taken in: {SECONDS}.", width
        )
        yield ""
    if planning.hypervisor is Hypervisor.ESXI and planning.origin != planning.document:
        yield from _wrapped("ESX takes no list of disks: their modes say what is asked for.", width)
        yield ""


def report_of(planning: Planning, file: str, xml_file: str | None) -> dict[str, Any]:
    """The JSON; ASCII, so a terminal cannot be commanded by it. Keys are only ever added."""
    plan, configuration = planning.plan, planning.machine.configuration
    written = planning.written if plan.refused is None else None
    return {
        "schema": SCHEMA,
        "file": file,
        "format": configuration.format.value,
        "name": configuration.name,
        "hypervisor": planning.hypervisor.value,
        "libvirt": str(planning.machine.libvirt),
        "ways": ways_report(planning.ways),
        "snapshot": {
            "name": planning.snapshot_name,
            "disk_only": planning.disk_only,
            "running": planning.running,
            "memory": plan.memory.value,
        },
        "disks": [disk_report(one) for one in plan.disks],
        "refused": plan.refused and refusal_report(planning.machine, plan.refused),
        "warnings": [warning.message for warning in plan.warnings],
        "xml": None if written is None else written.body.decode(),
        "command": planning.command(xml_file) if plan.refused is None else None,
        "commands": [
            {"tool": one.tool, "command": one.text, "note": one.note}
            for one in (planning.commands(xml_file) if plan.refused is None else ())
        ],
    }


def disk_report(one: PlannedDisk) -> dict[str, Any]:
    """What a plan says of one disk, as its JSON has it."""
    return {
        "address": one.disk.address,
        "target": one.disk.target or None,
        "source": one.disk.source or None,
        "preset": one.preset,
        "override": one.override,
        "effective": one.coverage and one.coverage.value,
        "covered": one.covered,
        "file": one.file or None,
        "why": one.why.value,
        "reason": one.reason,
    }


def refusal_report(machine: Machine, refused: PlanRefusal) -> dict[str, Any]:
    """Why there is no plan, as its JSON has it."""
    disk = None if refused.disk is None else machine.disks[refused.disk]
    return {
        "by": refused.by,
        "message": refused.message,
        "meaning": refused.meaning,
        "disk": disk and (disk.address or disk.target or None),
    }


def _wrapped(text: str, width: int) -> Sequence[str]:
    return textwrap.wrap(visible(text), width, break_long_words=False, break_on_hyphens=False)
