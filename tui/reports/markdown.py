"""Markdown: one table of the disks a rule has something against, and the totals below it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tui.disks import Disk
from tui.fleet.records import JudgedMachine, Result, Unread
from tui.reports.values import Totals, counted, name_of, total_lines
from tui.rules import Finding
from tui.visible import visible

_TITLES = ("VM", "Disk", "Mode", "Snapshot", "Persistent", "Findings", "File")
_ACTING = re.compile(r"([\\`*_{}\[\]<>()#+!|~&])")


def escaped(text: str) -> str:
    """Text of which nothing is markup; it stays on its line and in its cell."""
    return _ACTING.sub(r"\\\1", visible(text))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


class Markdown:
    """Machines without findings are counted, not listed."""

    separator = ""

    def head(self) -> str:
        """The titles."""
        return "# Disks and snapshots\n\n" + _row(_TITLES) + _row(["---"] * len(_TITLES))

    def part(self, result: Result) -> str:
        """A row for each disk with findings, and for a file that could not be judged."""
        if isinstance(result, Unread):
            why = f"✗ {result.kind}: {escaped(result.reason)}"
            return _row(("", "", "", "", "", why, escaped(result.path)))
        rows = [_cells(result, None)] if result.on(None) else []
        rows += [_cells(result, disk) for disk in result.rows if result.on(disk.index)]
        return "".join(map(_row, rows))

    def tail(self, totals: Totals) -> str:
        """The accept file's faults and the totals, as a list."""
        faults = [f"{one.severity.sign} {one.rule}: {one.message}" for one in totals.leftovers]
        lines = (*faults, *total_lines(totals))
        return "\n## Totals\n\n" + "".join(f"- {escaped(line)}\n" for line in lines)


def _cells(judged: JudgedMachine, disk: Disk | None) -> Sequence[str]:
    told = "<br>".join(_told(one, reason) for one, reason in judged.on(None if disk is None else disk.index))
    vm, path = escaped(judged.vm), escaped(judged.path)
    if disk is None:
        return (vm, f"({counted(len(judged.configuration.disks), 'device')})", "", "", "", told, path)
    return (
        vm,
        escaped(name_of(disk)),
        escaped(disk.shown_mode or ""),
        judged.configuration.participation_of(disk).value,
        "yes" if disk.policy.persistent else "no",
        told,
        path,
    )


def _told(finding: Finding, reason: str | None) -> str:
    if reason is None:
        return f"{finding.severity.sign} {escaped(finding.rule)}: {escaped(finding.message)}"
    return f"accepted {escaped(finding.rule)}: {escaped(reason)}"
