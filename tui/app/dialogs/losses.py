"""What the other format cannot say, in full: each reason, and the keys it holds for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import BindingType

from tui.app.bindings import bindings
from tui.app.dialogs.page import PageScreen, block
from tui.app.widgets.spans import Line, Span
from tui.convert import Conversion
from tui.keys.dialogs import LOSSES_KEYS
from tui.rules import Severity

_INDENT = "    "


class LossesScreen(PageScreen):
    """The losses of a conversion by reason: what stops a define first, then the gravest."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(LOSSES_KEYS)

    def __init__(self, target: str, conversion: Conversion) -> None:
        super().__init__(f"What the {target} does not say")
        self._summary = conversion.summary
        self._groups = conversion.groups

    def page_lines(self, width: int) -> Iterator[Line]:
        """Each reason with its severity, and below it a line or two for each loss."""
        if not self._groups:
            yield (Span(" Nothing is lost."),)
        else:
            yield from block([Span(f"{self._summary}.", "line--title")], width)
        for group in self._groups:
            severity = Severity(group[0].severity)
            stops = " stops virsh define:" if group[0].stops else ""
            count = f" ({len(group)})" if len(group) > 1 else ""
            head = Span(f"{severity.sign} {severity.value}", f"line--{severity.value}")
            yield from block([head, Span(f"{stops} {group[0].why}{count}.", "line--strong")], width)
            for loss in group:
                line = f" line {loss.line}" if loss.line else ""
                yield from block(
                    [Span(f"{loss.key}{line}"), Span(f" {loss.value}", "line--dim")], width, _INDENT
                )
