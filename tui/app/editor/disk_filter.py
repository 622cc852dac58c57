"""The words that the editor's disks are filtered by, or a preview is searched for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual.screen import Screen
from textual.widget import Widget

from tui.app.editor.presentation import matching
from tui.app.query_field import QueryField
from tui.app.widgets.disk_list import DiskList
from tui.app.widgets.document_view import DocumentView
from tui.editing import Editing

_HINT = "words: address, target, file, mode, rule"
_TEXT_HINT = "text of the preview"


class DiskFilter:
    """One line for both: what has the focus when it is begun is filtered or searched.

    ``filtered`` is called where other disks are to be shown.
    """

    def __init__(self, screen: Screen[Any], disks: DiskList, filtered: Callable[[], None]) -> None:
        self.words = ""
        self.shown: Sequence[int] = ()
        self._disks = disks
        self._filtered = filtered
        self._preview: DocumentView | None = None
        self._field = QueryField(screen, _HINT, self._typed, lambda: self._preview or disks)

    def match(self, editing: Editing) -> Sequence[int]:
        """The disks (by index) that have all the words; they are what is ``shown`` until the next match."""
        self.shown = list(matching(editing, self.words)) if self.words else range(len(editing.disks))
        return self.shown

    async def begin(self, focused: Widget | None) -> None:
        """Type words. Words deleted again while typing do not move the cursor."""
        self._preview = focused if isinstance(focused, DocumentView) else None
        self._disks.hold()
        self._field.put(self.words if self._preview is None else self._preview.searched)
        await self._field.begin(_HINT if self._preview is None else _TEXT_HINT)

    def take_away(self, focused: Widget | None) -> bool:
        """End the search in the preview that has the focus, else the filter; whether there was one."""
        if isinstance(focused, DocumentView) and focused.searched:
            focused.search("")
            return True
        had_words = bool(self.words)
        if had_words:
            self._preview = None
            self._field.put("")
        return had_words

    def _typed(self, words: str) -> None:
        if self._preview is not None:
            self._preview.search(words)
        else:
            self.words = words
            self._filtered()
