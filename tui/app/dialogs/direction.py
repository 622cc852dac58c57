"""Which way several disks that differ are turned: asked in one key, with what either way does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.app.bindings import bindings
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
        snapshot = self._turn.aspect is Aspect.SNAPSHOT
        ways = (
            ("s enter" if snapshot else "p enter", self._turn.effect_words(True)),
            ("o" if snapshot else "d", self._turn.effect_words(False)),
            ("esc", "go back, nothing is done"),
        )
        lines: list[Line] = []
        for key, does in ways:
            for place, part in enumerate(wrapped([Span(does)], max(width - _KEY_WORDS - 2, 20))):
                lines.append((Span(f" {'' if place else key:<{_KEY_WORDS}}", "line--key"), *part))
        return lines

    def action_set(self, value: bool) -> None:
        """Leave with a way."""
        self.dismiss(value)

    def action_leave(self) -> None:
        """Close with None: nothing is done."""
        self.dismiss(None)
