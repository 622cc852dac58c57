"""The keys that act now and here, in one line; what does not fit is in the help and the command palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.binding import Binding

from tui.app.widgets.lines import Lines
from tui.app.widgets.spans import Span, cells

if TYPE_CHECKING:
    from textual.screen import Screen

_GAP = 2
# What always has its place, at the end: how to read on, and how to get away.
_ALWAYS = ("help", "leave")


class KeyLine(Lines):
    """Made from the screen's own bindings, so it cannot disagree with them."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._places: list[tuple[int, int, str]] = []
        self._idle: frozenset[str] = frozenset()
        self._first: tuple[str, ...] = ()

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._update)
        self.call_after_refresh(self._update, self.screen)

    def on_resize(self) -> None:
        """Fit in as many keys as the new width takes."""
        self._update(self.screen)

    def follow(self, idle: frozenset[str], first: tuple[str, ...]) -> None:
        """Leave out the keys with the ids in ``idle``, and begin with those in ``first``."""
        if (idle, first) != (self._idle, self._first):
            self._idle, self._first = idle, first
            self._update(self.screen)

    def _update(self, screen: Screen[object]) -> None:
        if not self.is_attached or not self.size.width:
            return
        shown: dict[str, Binding] = {}
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.description and active.enabled and binding.id not in self._idle:
                shown.setdefault(binding.action, binding)
        order = [key.action for key in screen.BINDINGS if isinstance(key, Binding)]
        self._lay_out(sorted(shown.values(), key=lambda one: self._place(one, order)))

    def _place(self, binding: Binding, order: list[str]) -> tuple[int, int]:
        first = self._first.index(binding.id) if binding.id in self._first else len(self._first)
        return first, order.index(binding.action) if binding.action in order else len(order)

    def _lay_out(self, shown: list[Binding]) -> None:
        always = [one for name in _ALWAYS for one in shown if one.action == name]
        others = [one for one in shown if one not in always]
        # At the right edge, where it never moves: only what comes and goes is written to the terminal.
        room = self.size.width - 1 - sum(self._width(binding) for binding in always) + _GAP
        spans: list[Span] = [Span(" ")]
        self._places, used = [], 1
        for binding in (*others, *always):
            width = self._width(binding)
            if binding in others and used + width > room:
                continue
            if always and binding is always[0] and used < room:
                spans.append(Span(" " * (room - used)))
                used = room
            key = self.app.get_key_display(binding)
            spans += [Span(key, "line--key"), Span(f" {binding.description}{' ' * _GAP}")]
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
