"""Looking at a diff before something happens: a save, a reload, leaving, a conflict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.app.bindings import bindings, bound_keys
from tui.app.dialogs.panel import panel_width
from tui.app.dialogs.questions import Review, ReviewAnswer
from tui.app.textual_insides import bind
from tui.app.widgets.document_view import DocumentView
from tui.app.widgets.lines import WrappedLines
from tui.app.widgets.spans import STYLES, Line, Span, indented, key_lines, plain
from tui.editing import PreviewLine
from tui.keys.dialogs import REVIEW_KEYS

# Lines of the panel beside its three parts: the frame, and an empty line above and below the diff.
_AROUND = 4


class ReviewScreen(ModalScreen[ReviewAnswer | None]):
    """Gives the answer, or None where the person goes back."""

    COMPONENT_CLASSES = STYLES
    CSS_PATH = "review.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(REVIEW_KEYS)

    def __init__(self, review: Review) -> None:
        super().__init__()
        self._review = review
        self._backup = bool(review.backup)
        for key, name, words in review.answers:
            bind(self, key, f"answer('{name}')", words)

    def compose(self) -> ComposeResult:
        """The sentences, the diff, the keys."""
        with Vertical(id="panel") as panel:
            panel.border_title = plain(self._review.title)
            yield WrappedLines(self._about, id="about")
            yield DocumentView(self._review.kind, id="diff")
            yield WrappedLines(self._key_lines, id="keys")

    def on_mount(self) -> None:
        """Show the diff where there is one; it scrolls by the keys."""
        rows = [
            PreviewLine(line.number, line.sign, line.text, None, line.part) for line in self._review.lines
        ]
        view = self.query_one("#diff", DocumentView)
        view.show(rows, None)
        view.display = bool(rows)
        view.focus()
        self._fit()
        self.call_after_refresh(view.show_change)

    def on_resize(self) -> None:
        """Keep what is asked, and the keys, in view."""
        self._fit()

    def _fit(self) -> None:
        """What is asked, and the keys, stand where the window has a dozen lines; the diff scrolls."""
        width = panel_width(self.app.size.width)
        others = max(len(self._about(width)), 1) + len(self._key_lines(width)) + _AROUND
        free = self.app.size.height - others
        self.query_one("#diff").styles.height = max(min(len(self._review.lines), free), 1)

    def _about(self, width: int) -> Sequence[Line]:
        return [line for one in self._review.sentences for line in indented([Span(one)], width)]

    def _key_lines(self, width: int) -> Sequence[Line]:
        return key_lines(self._keys(), max(width - 2, 20))

    def _keys(self) -> Iterator[tuple[str, str]]:
        for key, _, words in self._review.answers:
            yield key, words
        bound = bound_keys(self.app)
        if self._review.backup is not None:
            yield bound["review.backup"], f"backup copy [{'x' if self._backup else ' '}]"
        yield bound["review.leave"], "back"

    def action_answer(self, name: str) -> None:
        """Leave with an answer."""
        self.dismiss(ReviewAnswer(name, self._backup))

    def action_backup(self) -> None:
        """Turn the backup copy over."""
        if self._review.backup is not None:
            self._backup = not self._backup
            self.query_one("#keys", WrappedLines).fill_anew()

    def action_leave(self) -> None:
        """Close with None: nothing is done."""
        self.dismiss(None)
