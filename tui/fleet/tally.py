"""Counting what an audit found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tui.disks import Participation
from tui.fleet.judged import Result, Unread
from tui.fleet.since import Since
from tui.rules import Finding, Severity


@dataclass(slots=True)
class Tally:
    """Counts of an audit or of a part of one; parts are added up.

    ``left_out`` disks take no part in snapshots, ``discarding`` ones lose their writes at power-off.
    Of those left out, ``manual`` ones are left to the administrator; ``unknown`` are neither in nor out.
    ``rules`` counts the findings that stand, by severity and rule; ``accepted`` the others. ``used`` are the
    numbers of the accept file's entries that matched something.
    """

    machines: int = 0
    disks: int = 0
    left_out: int = 0
    discarding: int = 0
    manual: int = 0
    unknown: int = 0
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    accepted: Counter[tuple[str, str]] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    used: set[int] = field(default_factory=set)

    def count(self, result: Result) -> None:
        """Count one result: its file or machine, and what was found."""
        self.count_place(result)
        self.count_found(result)

    def count_place(self, result: Result) -> None:
        """Take in a machine and its disks, not what is found on them."""
        if isinstance(result, Unread):
            return
        self.machines += 1
        for disk in result.configuration.disks:
            if disk.is_disk:
                self.disks += 1
                part = result.configuration.participation_of(disk)
                self.left_out += part.covered is False
                self.manual += part is Participation.MANUAL
                self.unknown += part is Participation.UNKNOWN
                self.discarding += not disk.policy.persistent

    def count_found(self, result: Result) -> None:
        """Take in what is found on a machine, or that a file could not be judged; not the machine."""
        if isinstance(result, Unread):
            self.unread[result.kind] += 1
            return
        self.count_findings(result.findings)
        for one, _ in result.accepted:
            self.accepted[str(one.severity), one.rule] += 1

    def count_findings(self, findings: Iterable[Finding]) -> None:
        """Take findings in that stand."""
        for one in findings:
            self.rules[str(one.severity), one.rule] += 1

    def add(self, other: Tally) -> None:
        """Add what another tally counted, as of files judged in another process."""
        self.machines += other.machines
        self.disks += other.disks
        self.left_out += other.left_out
        self.discarding += other.discarding
        self.manual += other.manual
        self.unknown += other.unknown
        self.rules.update(other.rules)
        if other.accepted:  # most parts have none, and an update costs
            self.accepted.update(other.accepted)
        if other.unread:
            self.unread.update(other.unread)
        self.used |= other.used

    @property
    def files_unread(self) -> int:
        """How many files and folders could not be judged."""
        return self.unread.total()

    def of(self, severity: Severity) -> int:
        """How many findings of a severity stand."""
        return sum(number for (level, _), number in self.rules.items() if level == severity.value)

    def reaches(self, level: str) -> bool:
        """Whether a finding stands that is at least as grave as ``level``; none is for ``never``."""
        if level == "never":
            return False
        limit = Severity(level).rank
        return any(Severity(severity).rank <= limit for severity, _ in self.rules)


class Totals(NamedTuple):
    """What an audit ends with: the counts, what is wrong with the accept file, whether all was looked at.

    With ``since`` an earlier audit, findings and files not read are counted only where they are new.
    """

    tally: Tally
    leftovers: Sequence[Finding] = ()
    complete: bool = True
    since: Since | None = None
