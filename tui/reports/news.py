"""What an audit that is repeated tells: a line for each finding that is new, and for each that is gone."""

from __future__ import annotations

from tui.fleet.judged import Result, Unread
from tui.fleet.tally import Totals
from tui.reports.values import gone_name, name_of
from tui.rules import Severity
from tui.visible import visible


class News:
    """Lines for a person, each on its own."""

    separator = ""

    def head(self) -> str:
        """Nothing: each line stands for itself."""
        return ""

    def part(self, result: Result) -> str:
        """A line for each new finding of a machine, or for a file that cannot be read."""
        if isinstance(result, Unread):
            return _line(f"new: {Severity.ERROR.sign} {result.path}: {result.kind}: {result.reason}")
        disks = result.configuration.disks
        lines = []
        for one in result.findings:
            name = result.vm if one.disk is None else f"{result.vm}, {name_of(disks[one.disk])}"
            lines.append(_line(f"new: {one.severity.sign} {name}: {one.rule}: {one.message}"))
        return "".join(lines)

    def tail(self, totals: Totals) -> str:
        """A line for each finding of the run before that is gone."""
        gone = () if totals.since is None else totals.since.gone
        return "".join(_line(f"gone: {gone_name(one)}: {one.rule}: {one.message}") for one in gone)


def _line(text: str) -> str:
    return f"{visible(text)}\n"
