"""A snapshot plan as text for a person and as JSON, schema ``diskmode.plan/1``, for a program."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import click

from tui.columns import Column, rows_in_columns
from tui.planning import Planning
from tui.rules import Hypervisor
from tui.rules.planner import SECONDS, Coverage, PlannedDisk, PlanRefusal
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
    words = f'"{refused.message}"' if refused.is_quote else refused.message
    return f"{refused.by} refuses: {words}"


def lines_of(planning: Planning, shown: str, file: str, width: int) -> Iterator[str]:
    """The whole report in at most ``width`` cells; ``file`` is what the command calls the XML."""
    machine, plan = planning.machine, planning.plan
    name = machine.configuration.name or "a machine without a name"
    yield from _wrapped(
        f"{name}: a snapshot by {machine.hypervisor.label}, {_circumstances(planning)}", width
    )
    yield f"{_sum_of(plan.disks)}; memory: {plan.memory}"
    if plan.disks:
        yield ""
        for line in rows_in_columns(COLUMNS, [_row(one) for one in plan.disks], width):
            yield "".join(line).rstrip()
    yield ""
    if plan.refused is not None:
        first, *rest = _wrapped(f"Refused. No such snapshot is taken of {shown}.", width)
        yield click.style("Refused.", fg="red") + first.removeprefix("Refused.")
        yield from rest
        return
    yield from _notes(planning, width)
    if planning.written is not None:
        yield visible_lines(planning.written.body.decode()).rstrip("\n")
        yield ""
    yield visible(planning.command(file))


def _circumstances(planning: Planning) -> str:
    words = ["running" if planning.running else "powered off"]
    words += ["disks only"] if planning.disk_only else []
    words.append(f"named {planning.snapshot_name}" if planning.snapshot_name else "without a name")
    return ", ".join(words)


def _sum_of(disks: Sequence[PlannedDisk]) -> str:
    covered = sum(one.coverage not in (None, Coverage.NO) for one in disks)
    return f"{covered} of {len(disks)} disks and drives covered"


def _row(one: PlannedDisk) -> Sequence[str]:
    return (
        visible(one.disk.name),
        one.preset or _NOTHING,
        visible(one.override or _NOTHING),
        one.coverage or "refused",
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


def report_of(planning: Planning, file: str, xml_file: str) -> dict[str, Any]:
    """The JSON; ASCII, so a terminal cannot be commanded by it. Keys are only ever added."""
    plan, configuration = planning.plan, planning.machine.configuration
    written = planning.written if plan.refused is None else None
    return {
        "schema": SCHEMA,
        "file": file,
        "format": configuration.format.value,
        "name": configuration.name,
        "hypervisor": planning.hypervisor.value,
        "snapshot": {
            "name": planning.snapshot_name,
            "disk_only": planning.disk_only,
            "running": planning.running,
            "memory": plan.memory.value,
        },
        "disks": [_disk(one) for one in plan.disks],
        "refused": plan.refused and _refusal(planning, plan.refused),
        "xml": None if written is None else written.body.decode(),
        "command": planning.command(xml_file) if plan.refused is None else None,
    }


def _disk(one: PlannedDisk) -> dict[str, Any]:
    return {
        "address": one.disk.address,
        "target": one.disk.target or None,
        "source": one.disk.source or None,
        "preset": one.preset,
        "override": one.override,
        "effective": one.coverage and one.coverage.value,
        "file": one.file or None,
        "why": one.why.value,
        "reason": one.reason,
    }


def _refusal(planning: Planning, refused: PlanRefusal) -> dict[str, Any]:
    disk = None if refused.disk is None else planning.machine.disks[refused.disk]
    return {
        "by": refused.by,
        "message": refused.message,
        "meaning": refused.meaning,
        "disk": disk and (disk.address or disk.target or None),
    }


def _wrapped(text: str, width: int) -> Sequence[str]:
    return textwrap.wrap(visible(text), width, break_long_words=False, break_on_hyphens=False)
