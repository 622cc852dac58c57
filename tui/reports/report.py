"""What a report is: a head, a part for each result, and a tail; so none ever holds more than one result."""

from __future__ import annotations

from typing import Protocol

from tui.fleet.judged import Result
from tui.fleet.tally import Totals


class Report(Protocol):
    """A way to put an audit down as text. Parts are made in several processes, so it keeps no state."""

    @property
    def separator(self) -> str:
        """What stands between two parts that are not empty."""

    def head(self) -> str:
        """What stands before the first part: the start of a document, titles of columns."""

    def part(self, result: Result) -> str:
        """One result; empty where there is nothing to tell of it."""

    def tail(self, totals: Totals) -> str:
        """What stands behind the last part: totals, and the end of a document."""


class Summary:
    """Only the totals of another report."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.separator = report.separator

    def head(self) -> str:
        """The other report's head."""
        return self._report.head()

    def part(self, result: Result) -> str:  # noqa: ARG002 - the protocol's
        """Nothing: results are counted, not shown."""
        return ""

    def tail(self, totals: Totals) -> str:
        """The other report's tail."""
        return self._report.tail(totals)
