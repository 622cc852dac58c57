"""Asking for a path, or a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from tui.app.bindings import bindings, bound_keys
from tui.app.widgets.lines import Lines, WrappedLines
from tui.app.widgets.spans import STYLES, Line, Span, indented, key_lines, plain
from tui.keys.dialogs import PROMPT_KEYS
from tui.visible import visible


class PromptScreen(ModalScreen[str | None]):
    """Gives what is typed, or None; ``does`` is what enter does with it.

    ``about`` is told below the title, where there is anything to be told.
    """

    COMPONENT_CLASSES = STYLES
    CSS_PATH = "prompt.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(PROMPT_KEYS)

    def __init__(self, title: str, value: str, does: str = "write it", about: str = "") -> None:
        super().__init__()
        self._title = title
        self._does = does
        self._about = about
        # A field shows its text as it is: what would act on the terminal is not put in.
        self._value = value if visible(value) == value else ""

    def compose(self) -> ComposeResult:
        """A title, the path and the keys."""
        with Vertical(id="panel") as panel:
            panel.border_title = plain(self._title)
            if self._about:
                yield WrappedLines(self._about_lines, id="about")
            path = Input(self._value, select_on_focus=False)
            path.cursor_blink = False  # an idle screen writes nothing
            yield path
            yield Lines(id="keys")

    def _about_lines(self, width: int) -> Sequence[Line]:
        return indented([Span(self._about, "line--strong")], width)

    def on_mount(self) -> None:
        """Say what can be done."""
        keys = (("enter", self._does), (bound_keys(self.app)["prompt.leave"], "leave"))
        self.query_one("#keys", Lines).show(key_lines(keys, self.app.size.width))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Leave with the path."""
        self.dismiss(event.value or None)

    def action_leave(self) -> None:
        """Close with None: no path is given."""
        self.dismiss(None)
