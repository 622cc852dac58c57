"""What a screen owns to have a line to type a query into, which stands over the keys while it is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widget import Widget

    from tui.app.widgets.query_line import Completes, QueryLine


class QueryField:
    """The line of a screen that shows what fits a query; it is made when it is first asked for.

    ``typed`` is called with each query. ``filtered`` gives the widget the keys go back to, ``completing``
    what completes a query over the rows there are then, or None.
    """

    def __init__(
        self,
        screen: Screen[Any],
        hint: str,
        typed: Callable[[str], None],
        filtered: Callable[[], Widget],
        completing: Callable[[], Completes | None] = lambda: None,
    ) -> None:
        self._screen = screen
        self._hint = hint
        self._on_query = typed
        self._filtered = filtered
        self._completing = completing
        self._line: QueryLine | None = None
        self._first = ""
        self._trouble = ""

    async def begin(self, hint: str | None = None) -> None:
        """Type a query, or go on with the one there is; ``hint`` tells what may be typed this time."""
        hint = self._hint if hint is None else hint
        line = self._line
        if line is None:
            from tui.app.widgets.query_line import QueryLine  # noqa: PLC0415 - the first screen does without

            line = self._line = QueryLine(self._first, hint, self)
            await self._screen.mount(line)
        line.begin(line.value, hint, self._completing())

    def put(self, text: str) -> None:
        """Filter by a text that was not typed; the line has it when it is shown next."""
        self._first = text
        if self._line is not None:
            self._line.put(text)
        self.typed(text)

    def typed(self, query: str) -> None:
        """Filter by what stands in the line."""
        self._trouble = ""
        self._on_query(query)

    def tell(self, trouble: str) -> None:
        """Say why the query cannot be read, where it is typed."""
        self._trouble = trouble
        if self._line is not None:
            self._line.tell(trouble)

    def end(self) -> None:
        """Keep the query and go back to what is filtered; one that cannot be read is to be mended first."""
        if self._trouble:
            self.tell(self._trouble)
            return
        if self._line is not None:
            self._line.end()
        self._filtered().focus()

    def leave(self) -> None:
        """Take the query away and go back."""
        self.put("")
        self.end()
