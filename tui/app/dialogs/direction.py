"""Which way several disks that differ are turned: asked in one key, with what either way does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.app.bindings import bindings, bound_keys
from tui.app.widgets.lines import WrappedLines
from tui.app.widgets.spans import STYLES, Line, Span, wrapped
from tui.editing import Aspect, Turn
from tui.keys.dialogs import DIRECTION_KEYS

_KEY_WORDS = 9


class DirectionScreen(ModalScreen[bool | None]):
    """Gives the value that all get, or None. The key that asked, or enter, is the safe way."""

    COMPONENT_CLASSES = STYLES
    CSS_PATH = "direction.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(DIRECTION_KEYS)

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        self._turn = turn

    def compose(self) -> ComposeResult:
        """Both ways, each with its key."""
        with Vertical(id="panel") as panel:
            panel.border_title = "Which way?"
            yield WrappedLines(self._ways, id="ways")

    def _ways(self, width: int) -> Sequence[Line]:
        bound = bound_keys(self.app)
        ways = (
            (self._keys_of("direction.on"), self._turn.effect_words(True)),
            (self._keys_of("direction.off"), self._turn.effect_words(False)),
            (bound["direction.leave"], "go back, nothing is done"),
        )
        lines: list[Line] = []
        for key, does in ways:
            for place, part in enumerate(wrapped([Span(does)], max(width - _KEY_WORDS - 2, 20))):
                lines.append((Span(f" {'' if place else key:<{_KEY_WORDS}}", "line--key"), *part))
        return lines

    def _keys_of(self, way: str) -> str:
        """The keys of a way, without the letters that are about the other aspect; enter last."""
        keys = bound_keys(self.app).all_of(way)
        others = "pd" if self._turn.aspect is Aspect.SNAPSHOT else "so"
        return " ".join(sorted([key for key in keys if key not in others] or keys, key="enter".__eq__))

    def action_set(self, value: bool) -> None:
        """Leave with a way."""
        self.dismiss(value)

    def action_leave(self) -> None:
        """Close with None: nothing is done."""
        self.dismiss(None)
