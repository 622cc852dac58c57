"""The keys that act now, in one line; what does not fit is in the help and the command palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.binding import Binding

from tui.app.widgets.lines import Lines
from tui.app.widgets.spans import Span, cells

if TYPE_CHECKING:
    from textual.screen import Screen

_GAP = 2


class KeyLine(Lines):
    """Made from the screen's own bindings, so it cannot disagree with them."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._places: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._update)
        self.call_after_refresh(self._update, self.screen)

    def on_resize(self) -> None:
        """Fit in as many keys as the new width takes."""
        self._update(self.screen)

    def _update(self, screen: Screen[object]) -> None:
        if not self.is_attached or not self.size.width:
            return
        shown: dict[str, tuple[Binding, bool]] = {}
        for active in screen.active_bindings.values():
            if active.binding.show and active.binding.description:
                shown.setdefault(active.binding.action, (active.binding, active.enabled))
        order = [key.action for key in screen.BINDINGS if isinstance(key, Binding)]
        self._lay_out(
            sorted(
                shown.values(), key=lambda one: order.index(one[0].action) if one[0].action in order else 99
            )
        )

    def _lay_out(self, shown: list[tuple[Binding, bool]]) -> None:
        helping = [one for one in shown if one[0].action.endswith("help")]
        others = [one for one in shown if one not in helping]
        reserved = sum(self._width(binding) for binding, _ in helping)
        spans: list[Span] = [Span(" ")]
        self._places, used = [], 1
        for binding, enabled in (*others, *helping):
            width = self._width(binding)
            left = 0 if binding in [one[0] for one in helping] else reserved
            if used + width - _GAP + left > self.size.width:
                continue
            key = self.app.get_key_display(binding)
            spans += [
                Span(key, "line--key" if enabled else "line--off"),
                Span(f" {binding.description}{' ' * _GAP}", "" if enabled else "line--off"),
            ]
            self._places.append((used, used + width - _GAP, binding.action))
            used += width
        self.show([spans])

    def _width(self, binding: Binding) -> int:
        return cells(self.app.get_key_display(binding)) + 1 + cells(binding.description) + _GAP

    async def on_click(self, event: events.Click) -> None:
        """Do what the key clicked on does."""
        for start, end, action in self._places:
            if start <= event.x < end:
                await self.screen.run_action(action)
