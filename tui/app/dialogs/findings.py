"""What the rules say, in full: each finding with its reason, what to do, and where the fact is from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import BindingType

from tui.app.bindings import bindings
from tui.app.dialogs.page import PageScreen, block
from tui.app.widgets.spans import Line, Span
from tui.keys.dialogs import FINDINGS_KEYS
from tui.rules import Finding
from tui.rules.all_rules import BY_ID

_INDENT = "    "


class FindingsScreen(PageScreen):
    """The findings on one disk and on its machine, the one in view first."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(FINDINGS_KEYS)

    def __init__(self, disk: str, findings: Sequence[Finding]) -> None:
        super().__init__(f"What the rules say of {disk}")
        self._findings = findings

    def page_lines(self, width: int) -> Iterator[Line]:
        """Each finding, with an empty line between."""
        for place, finding in enumerate(self._findings):
            if place:
                yield ()
            yield from _finding_lines(finding, width)


def _finding_lines(finding: Finding, width: int) -> Iterator[Line]:
    where = [finding.disk_name or "the whole machine"]
    where += [f"line {finding.line}"] if finding.line else []
    grave = f"{finding.severity.sign} {finding.severity.value}"
    head = " · ".join(("", finding.rule, *where))
    yield from block([Span(grave, f"line--{finding.severity.value}"), Span(head)], width)
    yield from block([Span(f"{finding.message}.", "line--strong")], width, _INDENT)
    for word, text in (
        ("Do: ", finding.advice),
        ("When: ", BY_ID[finding.rule].condition),
        ("Source: ", finding.source),
    ):
        yield from block([Span(word, "line--dim"), Span(f"{text}.")], width, _INDENT)
