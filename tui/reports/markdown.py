"""Markdown: one table of the disks that a rule or the totals tell of, and the totals below it.

Whatever comes from a file stands in code spans: there nothing is markup, no address becomes a link, and no
@name or #number calls anybody (GitHub Flavored Markdown, 6.1 and 6.9).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tui.counting import counted
from tui.disks import Disk, yes_no
from tui.fleet.judged import JudgedMachine, Result, Unread
from tui.fleet.tally import Totals
from tui.reports.values import gone_name, name_of, total_lines
from tui.rules import Finding
from tui.visible import visible

_TITLES = ("VM", "Disk", "Mode", "Snapshot", "Persistent", "Findings", "File")
_BACKTICKS = re.compile("`+")


def code(text: str) -> str:
    """Text of which nothing is live, as a code span; it stays on its line and in its cell."""
    shown = visible(text).strip()
    if not shown:
        return ""
    fence = "`" * (max((len(run) for run in _BACKTICKS.findall(shown)), default=0) + 1)
    room = " " if shown.startswith("`") or shown.endswith("`") else ""
    span = f"{fence}{room}{shown}{room}{fence}"
    return span.replace("|", "\\|")  # a table's cells are told apart first, also in code


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


class Markdown:
    """Machines without findings whose disks all are in snapshots and keep their writes are only counted."""

    separator = ""

    def head(self) -> str:
        """The heading, and the titles of the table."""
        return "# Disks and snapshots\n\n" + _row(_TITLES) + _row(["---"] * len(_TITLES))

    def part(self, result: Result) -> str:
        """A row for each disk with findings or out of snapshots, and for a file that could not be judged."""
        if isinstance(result, Unread):
            why = f"✗ {result.kind}: {code(result.reason)}"
            return _row(("", "", "", "", "", why, code(result.path)))
        rows = [_cells(result, None)] if result.on(None) else []
        rows += [_cells(result, disk) for disk in result.rows if _is_listed(result, disk)]
        return "".join(map(_row, rows))

    def tail(self, totals: Totals) -> str:
        """What is gone since the baseline, the accept file's faults and the totals, as lists."""
        faults = [f"{one.severity.sign} {one.rule}: {code(one.message)}" for one in totals.leftovers]
        lines = (*faults, *total_lines(totals))
        return _gone(totals) + "\n## Totals\n\n" + "".join(f"- {line}\n" for line in lines)


def _cells(judged: JudgedMachine, disk: Disk | None) -> Sequence[str]:
    on = judged.on(None if disk is None else disk.index)
    findings = "<br>".join(_finding_text(one, reason) for one, reason in on)
    vm, path = code(judged.vm), _path(judged)
    if disk is None:
        return (vm, f"({counted(len(judged.configuration.disks), 'device')})", "", "", "", findings, path)
    return (
        vm,
        code(name_of(disk)),
        code(disk.shown_mode or ""),
        judged.configuration.participation_of(disk).value,
        yes_no(disk.policy.persistent),
        findings,
        path,
    )


def _is_listed(judged: JudgedMachine, disk: Disk) -> bool:
    return bool(judged.on(disk.index)) or judged.is_counted(disk)


def _path(judged: JudgedMachine) -> str:
    return f"{code(judged.path)} (by a link)" if judged.link else code(judged.path)


def _finding_text(finding: Finding, reason: str | None) -> str:
    if reason is None:
        return f"{finding.severity.sign} {finding.rule}: {code(finding.message)}"
    return f"accepted {finding.rule}: {code(reason)}"


def _gone(totals: Totals) -> str:
    if totals.since is None or not totals.since.gone:
        return ""
    lines = [
        f"- {code(gone_name(one))}: {code(one.rule)}: {code(one.message)}\n" for one in totals.since.gone
    ]
    return f"\n## Gone since {code(totals.since.name)}\n\n{''.join(lines)}"
