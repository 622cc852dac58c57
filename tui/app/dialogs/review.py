"""Looking at a diff before something happens: a save, a reload, leaving, a conflict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.app.dialogs.questions import Answer, Review
from tui.app.widgets.document_view import DocumentView
from tui.app.widgets.lines import Lines
from tui.app.widgets.spans import STYLES, Span, indented, key_lines, plain
from tui.editing import PreviewLine

# Lines of the panel beside its three parts: the frame, and an empty line above and below the diff.
_AROUND = 4


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
        rows = [PreviewLine(line.number, line.sign, line.text, None) for line in self._review.lines]
        view = self.query_one("#diff", DocumentView)
        view.show(rows, None)
        view.display = bool(rows)
        view.focus()
        self.call_after_refresh(self._tell)

    def on_resize(self) -> None:
        """Break the sentences anew."""
        self.call_after_refresh(self._tell)

    def _tell(self) -> None:
        about, keys = self.query_one("#about", Lines), self.query_one("#keys", Lines)
        width = about.size.width
        sentences = [line for one in self._review.sentences for line in indented([Span(one)], width)]
        words = key_lines(self._keys(), max(width - 2, 20))
        about.styles.height, keys.styles.height = max(len(sentences), 1), len(words)
        about.show(sentences)
        keys.show(words)
        # What is asked and the keys stand where the window has a dozen lines; the diff scrolls in the rest.
        free = self.app.size.height - len(sentences) - len(words) - _AROUND
        self.query_one("#diff").styles.height = max(min(len(self._review.lines), free), 1)

    def _keys(self) -> Iterator[tuple[str, str]]:
        for key, _, words in self._review.answers:
            yield key, words
        if self._review.backup is not None:
            yield "b", f"backup copy [{'x' if self._backup else ' '}]"
        yield "esc", "back"

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
