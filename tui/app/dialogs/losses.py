"""What the other format cannot say, in full: each key with its value and the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.app.dialogs.page import PageScreen, block
from tui.app.widgets.spans import Line, Span
from tui.convert import Loss
from tui.rules import Severity

_INDENT = "    "


class LossesScreen(PageScreen):
    """The losses of a conversion, the gravest first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,l,enter", "leave", "Leave", id="losses.leave", tooltip="Leave the list"),
    ]

    def __init__(self, target: str, losses: Sequence[Loss]) -> None:
        super().__init__(f"What the {target} does not say ({len(losses)})")
        self._losses = sorted(losses, key=lambda loss: Severity(loss.severity).rank)

    def page_lines(self, width: int) -> Iterator[Line]:
        """A line or two for each loss."""
        if not self._losses:
            yield (Span(" Nothing is lost."),)
        for loss in self._losses:
            severity = Severity(loss.severity)
            line = f" line {loss.line}" if loss.line else ""
            head = Span(f"{severity.sign} {severity.value}", f"line--{severity.value}")
            yield from block(
                [head, Span(f" {loss.key}{line}", "line--strong"), Span(f" {loss.value}")], width
            )
            yield from block([Span(f"{loss.why}.", "line--dim")], width, _INDENT)
