"""Looking at a diff before something happens: a save, a reload, leaving, a conflict."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.app.screens.asked import Answer, Review
from tui.app.widgets.document_view import DocumentView
from tui.app.widgets.lines import Lines
from tui.app.widgets.spans import STYLES, Line, Span, plain, wrapped
from tui.editing import Row


class ReviewScreen(ModalScreen[Answer | None]):
    """Gives the answer, or None where the person goes back."""

    COMPONENT_CLASSES = STYLES
    CSS_PATH = "review.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="review.leave", tooltip="Go back, nothing is done"),
        Binding(
            "b", "backup", "Backup copy", id="review.backup", tooltip="Keep the old bytes beside the file"
        ),
    ]

    def __init__(self, review: Review) -> None:
        super().__init__()
        self._review = review
        self._backup = bool(review.backup)
        for key, name, words in review.answers:
            self._bindings.bind(key, f"answer('{name}')", words)

    def compose(self) -> ComposeResult:
        """The sentences, the diff, the keys."""
        with Vertical(id="panel") as panel:
            panel.border_title = plain(self._review.title)
            yield Lines(id="about")
            yield DocumentView(self._review.kind, id="diff")
            yield Lines(id="keys")

    def on_mount(self) -> None:
        """Show the diff."""
        rows = [Row(line.number, line.sign, line.text, None) for line in self._review.lines]
        view = self.query_one("#diff", DocumentView)
        view.show(rows, None)
        view.display = bool(rows)
        view.focus()
        self.call_after_refresh(self._tell)

    def on_resize(self) -> None:
        """Break the sentences anew."""
        self.call_after_refresh(self._tell)

    def _tell(self) -> None:
        about = self.query_one("#about", Lines)
        lines: list[Line] = []
        for sentence in self._review.sentences:
            lines += [(Span(" "), *line) for line in wrapped([Span(sentence)], max(about.size.width - 2, 20))]
        about.styles.height = max(len(lines), 1)
        about.show(lines)
        keys: list[Span] = [Span(" ")]
        for key, _, words in self._review.answers:
            keys += [Span(key, "line--key"), Span(f" {words}  ")]
        if self._review.backup is not None:
            keys += [Span("b", "line--key"), Span(f" backup copy [{'x' if self._backup else ' '}]  ")]
        self.query_one("#keys", Lines).show([(*keys, Span("esc", "line--key"), Span(" back"))])

    def action_answer(self, name: str) -> None:
        """Leave with an answer."""
        self.dismiss(Answer(name, self._backup))

    def action_backup(self) -> None:
        """Turn the backup copy over."""
        if self._review.backup is not None:
            self._backup = not self._backup
            self._tell()

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)
