"""A screen whose key line depends on the state."""

from __future__ import annotations

from abc import abstractmethod

from textual.screen import Screen, ScreenResultType

from tui.app.widgets.key_line import KeyLine

NOTHING_TO_REDO = "Nothing to redo."


def nothing_to_undo(history_key: str) -> str:
    """What the undo key says where it does nothing; ``history_key`` shows what was saved."""
    return f"Nothing to undo here; {history_key} shows earlier saves."


class KeyedScreen(Screen[ScreenResultType]):
    """Its key line shows the keys that act now, the most useful first, and none that would do nothing.

    Such a key still answers, with a sentence on why it does nothing.
    """

    @abstractmethod
    def say(self, text: str, style: str = "line--strong") -> None:
        """Tell something where the screen tells what it did."""

    def idle_keys(self) -> frozenset[str]:
        """The ids of the keys that would do nothing now."""
        return frozenset()

    def first_keys(self) -> tuple[str, ...]:
        """The ids of the keys shown first where the focus is, before the order of the table."""
        return ()

    def show_keys(self) -> None:
        """Have the key line follow."""
        self.query_one(KeyLine).follow(self.idle_keys(), self.first_keys())
