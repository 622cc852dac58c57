"""A line to type a query into, and above it what may be typed next, over what is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from tui.app.bindings import bindings, bound_keys
from tui.app.widgets.lines import Lines
from tui.app.widgets.spans import Line, Span, cells, clipped, fitted, indented
from tui.fleet.query_completion import Completion, Typed
from tui.keys.dialogs import QUERY_KEYS
from tui.visible import visible

# Offers shown at once.
MOST_SHOWN = 6


class Completes(Protocol):
    """What knows the words of the query language."""

    def completions(self, typed: Typed) -> Sequence[Completion]:
        """What may stand where the cursor is, the likeliest first."""


class QueryOwner(Protocol):
    """What a query line belongs to, and tells what a person does in it."""

    def typed(self, query: str) -> None:
        """Another query stands in the line."""

    def end(self) -> None:
        """The query is kept, and the person goes back to what it filters."""

    def leave(self) -> None:
        """The query is taken away, and the person goes back."""


class QueryInput(Input):
    """The line itself. Tab takes the offer pointed at; enter too, once the arrows have pointed at one."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(QUERY_KEYS)

    class Moved(Message):
        """The arrows pointed at another offer: so many further down."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Taken(Message):
        """The offer pointed at is wanted."""

    def __init__(self, value: str, placeholder: str) -> None:
        super().__init__(value, placeholder, id="filter", select_on_focus=False)
        self.cursor_blink = False  # an idle screen writes nothing
        self.points = False

    def action_point(self, step: int) -> None:
        """Point at another offer."""
        self.points = True
        self.post_message(self.Moved(step))

    def action_take(self) -> None:
        """Take the offer pointed at."""
        self.post_message(self.Taken())

    async def action_submit(self) -> None:
        """Take the offer the arrows point at; with none, the query as it stands."""
        if self.points:
            self.action_take()
        else:
            await super().action_submit()


class QueryLine(Vertical):
    """Shown over the lowest lines of a screen, which move nowhere for it."""

    def __init__(self, value: str, placeholder: str, owner: QueryOwner) -> None:
        super().__init__(id="query")
        self._owner = owner
        self._input = QueryInput(value, placeholder)
        self._lines = Lines(id="offers")
        self._completes: Completes | None = None
        self._offers: Sequence[Completion] = ()
        self._first = self._place = 0
        self._trouble = ""

    def compose(self) -> ComposeResult:
        """The offers, and below them the line."""
        yield self._lines
        yield self._input

    @property
    def value(self) -> str:
        """What is typed."""
        return self._input.value

    def put(self, text: str) -> None:
        """Have another text in the line, and tell nobody."""
        with self._input.prevent(Input.Changed):
            self._input.value = text

    @property
    def offers(self) -> Sequence[Completion]:
        """What may be typed next."""
        return self._offers

    def begin(self, value: str, hint: str, completes: Completes | None) -> None:
        """Show the line with a query in it, to be gone on with; ``completes`` offers what may follow."""
        self._completes = completes
        self._input.placeholder = hint
        self._input.value = value
        self._input.cursor_position = len(value)
        self.add_class("-shown")
        self._offer()
        self._input.focus()

    def tell(self, trouble: str) -> None:
        """Say why the query cannot be read, where nothing is offered that would mend it."""
        self._trouble = trouble
        self._show()

    def end(self) -> None:
        """Put the line away; what is typed stays."""
        self.remove_class("-shown")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another letter: other offers, and another query."""
        event.stop()
        self._offer()
        self._owner.typed(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the query."""
        event.stop()
        self._owner.end()

    def key_escape(self) -> None:
        """Leave the line, and with it the query."""
        self._owner.leave()

    def on_query_input_moved(self, message: QueryInput.Moved) -> None:
        """Point at another offer, from the last to the first again."""
        if self._offers:
            self._place = (self._place + message.step) % len(self._offers)
            self._first = min(max(self._first, self._place - MOST_SHOWN + 1), self._place)
            self._show()

    def on_query_input_taken(self) -> None:
        """Put the offer where the cursor is; with none, go on to the next widget."""
        if not self._offers:
            self.screen.focus_next()
        else:
            typed = self._typed.taking(self._offers[self._place])
            self._input.value = typed.text
            self._input.cursor_position = typed.cursor
            self._offer()

    @property
    def _typed(self) -> Typed:
        return Typed(self._input.value, self._input.cursor_position)

    def _offer(self) -> None:
        self._offers = () if self._completes is None else self._completes.completions(self._typed)
        self._first = self._place = 0
        self._input.points = False
        self._trouble = ""
        self._show()

    def _show(self) -> None:
        width = self.screen.size.width
        shown = self._offers[self._first : self._first + MOST_SHOWN]
        lines = offer_lines(
            shown, self._place - self._first, len(self._offers), width, bound_keys(self.app)["query.take"]
        )
        if self._trouble and not shown:
            lines = indented([Span(self._trouble, "line--warning")], width)
        self._lines.styles.height = len(lines)
        self._lines.show(lines)


def offer_lines(shown: Sequence[Completion], place: int, number: int, width: int, takes: str) -> list[Line]:
    """Offers, one a line: the term, how many rows fit it, what it is; one has the key that ``takes`` it."""
    terms = min(max((cells(visible(one.term)) for one in shown), default=0) + 1, max(width // 2, 12))
    counts = [_count_of(one) for one in shown]
    digits = max(map(len, counts), default=0)
    lines: list[Line] = []
    for at, (one, count) in enumerate(zip(shown, counts, strict=True)):
        here = at == place
        keys = f"{takes} takes it ({number})" if here else ""
        room = max(width - terms - digits - cells(keys) - 7, 0)
        lines.append(
            (
                Span("▌ " if here else "  ", "line--strong"),
                Span(fitted(visible(one.term), terms), "line--strong" if here else ""),
                Span(f"{count:>{digits}}  ", "line--key"),
                Span(fitted(clipped(visible(one.about), room), room), "line--dim"),
                Span(f" {keys}", "line--dim"),
            )
        )
    return lines


def _count_of(one: Completion) -> str:
    return "" if one.rows is None else f"{one.rows:,}{'+' if one.more else ''}"
