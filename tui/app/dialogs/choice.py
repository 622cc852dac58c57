"""Choosing one of several: modes, presets, hypervisors, spellings, domains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.geometry import Size
from textual.message import Message
from textual.screen import ModalScreen
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.app.bindings import bindings, bound_keys
from tui.app.dialogs.questions import Choice
from tui.app.widgets.line_widget import LineWidget
from tui.app.widgets.lines import Lines, WrappedLines
from tui.app.widgets.spans import STYLES, Line, Span, cells, clipped, fitted, indented, key_lines, plain
from tui.keys.dialogs import CHOICE_KEYS, CHOICE_LIST_KEYS

# More spans than any line has.
_WHOLE = 100
# Cells in which details are worth reading, though some may be cut.
_ROOMY = 60
# Lines of the panel beside the choices: the frame, an empty line, what is told of one, the keys.
_BESIDE = 7


class ChoiceList(ScrollView, LineWidget, can_focus=True):
    """The choices, one a line; those that cannot be taken are shown with their reason."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(CHOICE_LIST_KEYS)

    class Moved(Message):
        """The cursor is on another choice."""

    class Taken(Message):
        """A choice was taken, or tried."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._choices = tuple(choices)
        self._cursor = next((place for place, one in enumerate(choices) if one.current), 0)
        while self._choices[self._cursor].heading:
            self._cursor += 1
        self._label_width = max(cells(choice.label) for choice in choices) + 2

    @property
    def choice(self) -> Choice:
        """The choice under the cursor."""
        return self._choices[self._cursor]

    def on_mount(self) -> None:
        """Tell how many there are."""
        self.virtual_size = Size(self.size.width, len(self._choices))

    def fit(self, height: int) -> None:
        """Take as many lines as the choices need, ``height`` at most, the cursor among them."""
        self.styles.height = shown = max(min(len(self._choices), height), 1)
        if self._cursor >= int(self.scroll_offset.y) + shown:
            self.scroll_to(y=self._cursor - shown + 1, animate=False, force=True, immediate=True)

    def action_move(self, step: int) -> None:
        """Move the cursor, over headings."""
        self._go(self._cursor + step, 1 if step > 0 else -1)

    def _go(self, place: int, step: int) -> None:
        place = max(0, min(place, len(self._choices) - 1))
        while 0 <= place < len(self._choices) and self._choices[place].heading:
            place += step
        if not 0 <= place < len(self._choices) or place == self._cursor:
            return
        self.refresh_line(self._cursor)
        self._cursor = place
        self.refresh_line(place)
        top, height = int(self.scroll_offset.y), self.size.height
        if not top <= place < top + height:
            self.scroll_to(
                y=place if place < top else place - height + 1, animate=False, force=True, immediate=True
            )
        self.post_message(self.Moved())

    def action_take(self) -> None:
        """Take the choice under the cursor."""
        self.post_message(self.Taken(self.choice))

    def on_click(self, event: events.Click) -> None:
        """Take the choice clicked on."""
        place = int(self.scroll_offset.y) + event.y
        if place < len(self._choices) and not self._choices[place].heading:
            self._go(place, 1)
            self.action_take()

    def _all_fit(self, room: int) -> bool:
        """Whether there is room for what is told of the choices, or for nearly all of it."""
        return room >= _ROOMY or all(cells(_detail_of(one)) <= room for one in self._choices)

    def render_line(self, y: int) -> Strip:
        place = int(self.scroll_offset.y) + y
        width = self.size.width
        if place >= len(self._choices):
            return self.strip((), width)
        here = place == self._cursor
        return self.strip(
            self._line(self._choices[place], width, here=here), width, cursor=_WHOLE if here else 0
        )

    def _line(self, choice: Choice, width: int, *, here: bool) -> Line:
        if choice.heading:
            return (Span(f" {choice.label}", "line--dim"),)
        style = "line--off" if choice.why_not else ""
        room = width - 4 - self._label_width
        # Where half of it could not be read, what stands below the choices tells all of it.
        brief = "not possible" if choice.why_not else ""
        detail = _detail_of(choice) if self._all_fit(room) else brief
        return (
            Span("▌" if here else " ", "line--strong"),
            Span("● " if choice.current else "  ", "line--key"),
            Span(fitted(choice.label, self._label_width), style),
            Span(clipped(detail, room), style or "line--dim"),
        )


def _detail_of(choice: Choice) -> str:
    return f"no: {choice.why_not}" if choice.why_not else choice.detail


class ChoiceScreen(ModalScreen[str | None]):
    """Gives the value of the choice taken, or None."""

    COMPONENT_CLASSES = STYLES
    CSS_PATH = "choice.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(CHOICE_KEYS)

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title = title
        self._choices = choices

    def compose(self) -> ComposeResult:
        """A title, the choices, and the reason under the cursor in full."""
        with Vertical(id="panel") as panel:
            panel.border_title = plain(self._title)
            yield ChoiceList(self._choices)
            yield WrappedLines(self._about, id="about")
            yield Lines(id="keys")

    def on_mount(self) -> None:
        """Say what can be done."""
        bound = bound_keys(self.app)
        move = bound.pair("choice.up", "choice.down")
        keys = ((move, "move"), (bound["choice.take"], "choose"), (bound["choice.leave"], "leave"))
        self.query_one("#keys", Lines).show(key_lines(keys, self.app.size.width))
        self._fit()

    def on_resize(self) -> None:
        """Keep what is told of the choice, and the keys, in view."""
        self._fit()

    def _fit(self) -> None:
        self.query_one(ChoiceList).fit(self.app.size.height - _BESIDE)

    def on_choice_list_moved(self) -> None:
        """Tell about the choice now under the cursor."""
        self._tell()

    def _tell(self) -> None:
        self.query_one("#about", WrappedLines).fill_anew()

    def _about(self, width: int) -> Sequence[Line]:
        choice = self.query_one(ChoiceList).choice
        text = f"Not possible: {choice.why_not}." if choice.why_not else choice.detail
        return indented([Span(text)], width)[:3]

    def on_choice_list_taken(self, message: ChoiceList.Taken) -> None:
        """Leave with a choice that can be taken; say why one cannot."""
        if message.choice.why_not:
            self.app.bell()
            self._tell()
        else:
            self.dismiss(message.choice.value)

    def action_leave(self) -> None:
        """Close with None: nothing was chosen."""
        self.dismiss(None)
