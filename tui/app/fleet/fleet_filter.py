"""The query that the fleet's rows are filtered by, typed in a line with completions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen
from textual.widget import Widget

from tui.app import openers
from tui.app.bindings import bound_keys
from tui.app.fleet.filling import TableFilling
from tui.app.query_field import QueryField
from tui.fleet.query import QueryError, parse
from tui.sentences import sentence
from tui.settings import is_filter_name, keep_filter

if TYPE_CHECKING:
    from tui.fleet.query_completion import Completing

_HINT = "is:skipped vm:web* -rule:legacy-mode"


class FleetFilter:
    """Filters a table by what is typed; while that cannot be read, what was shown stays.

    ``text`` is the query that the rows shown fit, which is not what stands in the line while that is unread.
    ``saved`` are the person's own filters by their names. ``rows`` is the widget the keys go back to. Each
    query is answered: with what is wrong with it, or None.
    """

    def __init__(
        self,
        screen: Screen[Any],
        filling: TableFilling,
        saved: Mapping[str, str],
        rows: Widget,
        answer: Callable[[str | None], None],
    ) -> None:
        self.text = ""
        self._screen = screen
        self._filling = filling
        self._saved = saved
        self._answer = answer
        self._field = QueryField(screen, _HINT, self._typed, lambda: rows, self._completing)

    async def begin(self) -> None:
        """Type a query."""
        await self._field.begin()

    def put(self, text: str) -> None:
        """Filter by a text that was not typed; "" shows every row."""
        self._field.put(text)

    def _typed(self, words: str) -> None:
        query = words.strip()
        try:
            wanted = parse(query, self._saved)
        except QueryError as error:
            trouble = sentence(str(error))
            self._answer(trouble)
            self._field.tell(trouble)
            return
        self.text = query
        self._answer(None)
        self._filling.filter(wanted)

    @property
    def can_be_kept(self) -> bool:
        """Whether there is a query."""
        return bool(self.text)

    def ask_for_name(self, say: Callable[[str, str], None]) -> None:
        """Ask for a name to keep the query by; ``say`` tells what came of that, in a style."""
        app = self._screen.app
        if self.can_be_kept:
            named = partial(self._named, say)
            app.push_screen(openers.prompt("Keep the filter as", "", "keep it"), named)
        else:
            say(f"No filter to keep: {bound_keys(app)['fleet.filter']} types one.", "line--dim")

    def _named(self, say: Callable[[str, str], None], name: str | None) -> None:
        if name is not None:
            self._screen.run_worker(self._kept(say, name.strip().removeprefix("@")), group="settings")

    async def _kept(self, say: Callable[[str, str], None], name: str) -> None:
        say(*await self.keep(name))

    async def keep(self, name: str) -> tuple[str, str]:
        """Write the query into the settings under a name; what is to be said of that, and its style."""
        if not is_filter_name(name):
            return 'A filter\'s name is made of letters, digits, ".", "-" and "_".', "line--warning"
        known = self._saved.get(name, self.text)
        if known != self.text:
            return f"Not kept: @{name} is another filter already: {known}", "line--warning"
        trouble = await asyncio.to_thread(keep_filter, name, self.text)
        if trouble is not None:
            return sentence(trouble), "line--error"
        self._saved = {**self._saved, name: self.text}
        return f"Kept in the settings: @{name} asks for these rows again.", "line--changed"

    def _completing(self) -> Completing:
        """What completes it, over every row found so far."""
        from tui.fleet.query_completion import Completing  # noqa: PLC0415 - loaded with the line

        return Completing(self._filling.table.queried(), self._saved)
