"""What a bulk change would do, before it is done; and what did not go as meant, afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.app.bindings import bindings
from tui.app.widgets.lines import Lines
from tui.app.widgets.long_page import LongPage
from tui.app.widgets.spans import STYLES, Line, Span, indented, key_lines, plain
from tui.keys.dialogs import BULK_KEYS


class BulkReview(ModalScreen[bool]):
    """A sentence and a long text; gives whether to go on. ``go_on`` names what enter does, if anything."""

    COMPONENT_CLASSES = STYLES
    CSS_PATH = "bulk_review.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(BULK_KEYS)

    def __init__(self, title: str, sentence: str, lines: Sequence[Line], go_on: str | None) -> None:
        super().__init__()
        self._title = title
        self._sentence = sentence
        self._lines = lines
        self._go_on = go_on

    def compose(self) -> ComposeResult:
        """The sentence, the text, the keys."""
        with Vertical(id="panel") as panel:
            panel.border_title = plain(self._title)
            yield Lines(id="about")
            yield LongPage(self._lines, id="text")
            yield Lines(id="keys")

    def on_mount(self) -> None:
        """Say what can be done."""
        text = self.query_one("#text", LongPage)
        text.styles.height = max(min(len(self._lines), self.app.size.height - 8), 1)
        text.focus()
        keys = [("enter", self._go_on)] if self._go_on is not None else []
        keys += [("↑↓", "scroll"), ("esc", "back")]
        self.query_one("#keys", Lines).show(key_lines(keys, self.app.size.width))
        self.call_after_refresh(self._tell)

    def on_resize(self) -> None:
        """Break the sentence anew."""
        self.call_after_refresh(self._tell)

    def _tell(self) -> None:
        about = self.query_one("#about", Lines)
        lines = indented([Span(self._sentence, "line--strong")], about.size.width)
        about.styles.height = max(len(lines), 1)
        about.show(lines)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Enter acts where there is something to do."""
        return not (action == "go_on" and self._go_on is None)

    def action_go_on(self) -> None:
        """Close it and do what it tells of."""
        self.dismiss(True)

    def action_leave(self) -> None:
        """Close it; nothing is done."""
        self.dismiss(False)
