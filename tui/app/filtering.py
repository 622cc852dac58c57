"""A screen with a line to type a filter into, which stands in place of the keys while it is typed."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from tui.app.keyed import KeyedScreen

if TYPE_CHECKING:
    from textual.widget import Widget
    from textual.widgets import Input


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

    async def action_filter(self) -> None:
        """Type a filter."""
        from textual.widgets import Input  # noqa: PLC0415 - the first screen does without

        fields = self.query("#filter").results(Input)
        field = next(iter(fields), None)
        if field is None:
            field = Input(id="filter", placeholder=self.FILTER_HINT, select_on_focus=False)
            field.cursor_blink = False  # an idle screen writes nothing
            await self.mount(field, before="#keys")
        field.add_class("-shown")
        self.query_one("#keys").display = False
        self.set_focus(field)

    def clear_filter(self) -> None:
        """Take every letter away."""
        from textual.widgets import Input  # noqa: PLC0415

        self.query_one("#filter", Input).value = ""

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
        self.query_one("#filter").remove_class("-shown")
        self.query_one("#keys").display = True
        self.filtered().focus()
