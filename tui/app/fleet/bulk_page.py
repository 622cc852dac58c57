"""A long text about files: what did not go as meant, or the diff of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.app.bindings import bindings, bound_keys
from tui.app.widgets.lines import Lines
from tui.app.widgets.long_page import LongPage
from tui.app.widgets.spans import STYLES, Line, Span, indented, key_lines, plain
from tui.keys.dialogs import BULK_PAGE_KEYS


class BulkPage(ModalScreen[None]):
    """A sentence and a long text."""

    COMPONENT_CLASSES = STYLES
    CSS_PATH = "bulk_page.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(BULK_PAGE_KEYS)

    def __init__(self, title: str, sentence: str, lines: Sequence[Line]) -> None:
        super().__init__()
        self._title = title
        self._sentence = sentence
        self._lines = lines

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
        bound = bound_keys(self.app)
        keys = [(bound.pair("entries.up", "entries.down"), "scroll"), (bound["page.back"], "back")]
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

    def action_leave(self) -> None:
        """Back to the fleet."""
        self.dismiss(None)
