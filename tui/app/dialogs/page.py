"""A page of lines that scrolls, over the screen it is about."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from tui.app.bindings import bound_keys
from tui.app.widgets.lines import WrappedLines
from tui.app.widgets.spans import STYLES, Line, Span, plain, wrapped

_NARROWEST = 30


class PageScreen(ModalScreen[None]):
    """One page, as high as its lines; what stands on it the screens made of this one know."""

    COMPONENT_CLASSES = STYLES
    CSS_PATH = "page.tcss"

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    @abstractmethod
    def page_lines(self, width: int) -> Iterator[Line]:
        """The lines, none wider than ``width`` columns."""

    def compose(self) -> ComposeResult:
        """The page in its frame."""
        with VerticalScroll(id="panel") as panel:
            panel.border_title = plain(self._title)
            panel.border_subtitle = f"{bound_keys(self.app).arrows} scroll  {self.leaving_key} leave"
            yield WrappedLines(self._lines, id="page")

    @property
    def leaving_key(self) -> str:
        """The first key that leaves; each page has its own id for it."""
        leaving = next(one for one in self.BINDINGS if isinstance(one, Binding) and one.action == "leave")
        return bound_keys(self.app)[str(leaving.id)]

    def on_mount(self) -> None:
        """Give the page the keys."""
        self.query_one("#panel").focus()

    def _lines(self, width: int) -> Sequence[Line]:
        return list(self.page_lines(max(width - 1, _NARROWEST)))

    def action_leave(self) -> None:
        """Close the page; the screen below is as it was."""
        self.dismiss(None)


def block(line: Line, width: int, indent: str = " ") -> Iterator[Line]:
    """A paragraph, broken between words and set in from the edge."""
    for part in wrapped(line, width + 1 - len(indent)):
        yield (Span(indent), *part)
