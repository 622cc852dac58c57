"""A screen with a line to type a query into, which stands over the keys while it is typed."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from tui.app.keyed import KeyedScreen

if TYPE_CHECKING:
    from textual.widget import Widget
    from textual.widgets import Input

    from tui.app.widgets.query_line import Completes, QueryLine


class FilteringScreen(KeyedScreen[None]):
    """What is shown of what, the screens made of this one know; put it behind the other bases.

    The line is made when it is first asked for, for a screen is up sooner without it.
    """

    FILTER_HINT: ClassVar[str] = ""

    @abstractmethod
    def filter_typed(self, words: str) -> None:
        """Another letter was typed, or all were taken away."""

    @abstractmethod
    def filtered(self) -> Widget:
        """The widget that is filtered, to which the keys go back."""

    def completing(self) -> Completes | None:
        """What completes the query as it is typed, over the rows there are now; None: nothing does."""
        return None

    async def action_filter(self) -> None:
        """Type a filter, or go on with the one there is."""
        line = self._query_line
        if line is None:
            from tui.app.widgets.query_line import QueryLine  # noqa: PLC0415 - the first screen does without

            line = QueryLine(self.filter_text(), self.FILTER_HINT)
            await self.mount(line)
        line.begin(line.value, self.completing())

    def filter_text(self) -> str:
        """The filter there is before the line was ever shown."""
        return ""

    def clear_filter(self) -> None:
        """Take every letter away."""
        self.put_filter("")

    def put_filter(self, text: str) -> None:
        """Filter by a text that was not typed; the line has it when it is shown next."""
        line = self._query_line
        if line is not None:
            line.put(text)
        self.filter_typed(text)

    def tell_of_filter(self, trouble: str) -> None:
        """Say why the query cannot be read, where it is typed."""
        if self._query_line is not None:
            self._query_line.tell(trouble)

    @property
    def _query_line(self) -> QueryLine | None:
        found = self.query("#query")
        return found.first() if found else None  # type: ignore[return-value] # its class is not loaded yet

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter with each letter."""
        self.filter_typed(event.value)

    def on_input_submitted(self) -> None:
        """Keep the filter and go back to what is filtered."""
        self._close_filter()

    def key_escape(self) -> None:
        """Leave the filter's line, and with it the filter."""
        if self.focused is not None and self.focused.id == "filter":
            self.clear_filter()
            self._close_filter()

    def _close_filter(self) -> None:
        if self._query_line is not None:
            self._query_line.end()
        self.filtered().focus()
