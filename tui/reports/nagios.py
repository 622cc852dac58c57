"""The line of a monitoring plugin: state, what is found, and performance data behind a bar.

Source: Monitoring Plugins Development Guidelines: exit 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN; a threshold N
is passed by more than N; perfdata is ``'label'=value;warn;crit;min``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from tui.counting import counted, whole_number
from tui.fleet.judged import Result
from tui.fleet.tally import Totals
from tui.reports.values import by_gravity
from tui.rules import Severity
from tui.rules.all_rules import BY_ID


class ServiceState(IntEnum):
    """What a plugin says, and exits with."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


class LimitError(ValueError):
    """A threshold that is none; the argument says why."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Passed where more than ``count`` findings stand: of ``rule``, or of all (None)."""

    rule: str | None
    count: int = 0

    def passed(self, totals: Totals) -> bool:
        """Whether the totals are beyond it."""
        rules = totals.tally.rules
        return sum(n for (_, rule), n in rules.items() if self.rule in (None, rule)) > self.count


def limit_of(text: str) -> Limit:
    """``N``, ``RULE`` or ``RULE=N``. Raises LimitError."""
    rule, equals, number = text.rpartition("=") if "=" in text else (text, "", "0")
    if not equals and (count := whole_number(text)) is not None:
        return Limit(None, count)
    if rule not in BY_ID:
        raise LimitError(f"{rule or text} is no rule and no number; diskmode rules lists the rules")
    count = whole_number(number)
    if count is None:
        raise LimitError(f"{number or 'nothing'} is no number of findings: {rule}=0 is passed by the first")
    return Limit(rule, count)


@dataclass(frozen=True, slots=True)
class Nagios:
    """One line. Without a limit any error is critical, any warning a warning.

    ``lenient`` lets what could not be read be.
    """

    warning: Sequence[Limit] = ()
    critical: Sequence[Limit] = ()
    lenient: bool = False

    @property
    def separator(self) -> str:
        """Nothing: there is one line."""
        return ""

    def head(self) -> str:
        """Nothing: the one line is made of the totals, at the end."""
        return ""

    def part(self, result: Result) -> str:  # noqa: ARG002 - the protocol's
        """Nothing: results are counted."""
        return ""

    def state(self, totals: Totals) -> ServiceState:
        """What the totals mean: what is known to be critical stays so, whatever else could not be read."""
        if _beyond(self.critical, totals, Severity.ERROR):
            return ServiceState.CRITICAL
        unread = 0 if self.lenient else totals.tally.files_unread
        if unread or not totals.complete or not totals.tally.machines:
            return ServiceState.UNKNOWN
        return ServiceState.WARNING if _beyond(self.warning, totals, Severity.WARNING) else ServiceState.OK

    def tail(self, totals: Totals) -> str:
        """The line: the state, the counts in words, and behind a bar as performance data."""
        return f"DISKMODE {self.state(totals).name} - {_summary(totals)} | {self._performance(totals)}\n"

    def _performance(self, totals: Totals) -> str:
        tally = totals.tally
        of_all = (_range(self.warning), _range(self.critical))
        values = [
            ("machines", tally.machines, ("", "")),
            ("disks", tally.disks, ("", "")),
            ("not_in_snapshots", tally.left_out, ("", "")),
            ("findings", tally.rules.total(), of_all),
            *((one.value, tally.of(one), ("", "")) for one in Severity),
            ("unread", tally.files_unread, ("", "")),
        ]
        if totals.since is not None:
            values.append(("gone", len(totals.since.gone), ("", "")))
        return " ".join(f"'{name}'={n};{warn};{crit};0" for name, n, (warn, crit) in values)


def _beyond(limits: Sequence[Limit], totals: Totals, otherwise: Severity) -> bool:
    if limits:
        return any(one.passed(totals) for one in limits)
    return totals.tally.of(otherwise) > 0


def _range(limits: Sequence[Limit]) -> str:
    counts = [one.count for one in limits if one.rule is None]
    return str(min(counts)) if counts else ""


def _summary(totals: Totals) -> str:
    tally = totals.tally
    parts = [f"{number} {rule} ({severity})" for (severity, rule), number in by_gravity(tally.rules)]
    if tally.unread:
        parts.append(f"{counted(tally.files_unread, 'place')} not read")
    if not totals.complete:
        parts.append("interrupted")
    if not tally.machines:
        parts.append("no machine was found")
    start = f"{counted(tally.machines, 'machine')}, {counted(tally.disks, 'disk')}: "
    if totals.since is None:
        return start + (", ".join(parts) or "nothing found")
    new = f"new: {', '.join(parts)}" if parts else "nothing new"
    return f"{start}{new}; {len(totals.since.gone)} gone"
