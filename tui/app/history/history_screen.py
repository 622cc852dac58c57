"""What was changed, in a file or in the folders of a fleet, and taking it back after a look at the diff."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui.app.bindings import bindings, bound_keys
from tui.app.dialogs.help import help_on
from tui.app.dialogs.questions import ReviewAnswer
from tui.app.dialogs.review import ReviewScreen
from tui.app.history.history_presentation import (
    lines_of,
    outcome_words,
    review_of,
    row_of,
    sentence_of,
)
from tui.app.keyed_screen import KeyedScreen
from tui.app.widgets.change_list import ChangeList
from tui.app.widgets.document_view import DocumentView
from tui.app.widgets.key_line import KeyLine
from tui.app.widgets.lines import Lines
from tui.app.widgets.spans import STYLES, Span, cells, fitted, indented, within
from tui.counting import counted
from tui.disks import Format
from tui.history.change import Change
from tui.history.change_store import remembered_of
from tui.history.changes import Changes
from tui.history.taking_back import TakingBack, why_not
from tui.keys.history import HISTORY_KEYS
from tui.storage import from_here
from tui.visible import visible

_NOTHING = Changes(())


class HistoryScreen(KeyedScreen[tuple[str, ...]]):
    """The changes of some files, or of all in some folders; gives the files that were put back."""

    COMPONENT_CLASSES = STYLES
    CSS_PATH = "history_screen.tcss"
    AUTO_FOCUS = "#changes"
    BINDINGS: ClassVar[list[BindingType]] = bindings(HISTORY_KEYS)

    def __init__(self, name: str, places: Sequence[str]) -> None:
        """``places`` are files, folders and connections, as the person calls them or by their real names."""
        super().__init__()
        self._place_name = name
        self._places = places
        self._changes = _NOTHING
        self._shown: list[Change] = []
        self._message: tuple[str, str] | None = ("Reading…", "line--dim")
        self._put_back: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """The changes, what is to be said of the selected one, the lines it changed, the keys."""
        yield Lines(id="title")
        yield ChangeList(id="changes")
        yield Lines(id="about")
        yield DocumentView(Format.DOMAIN_XML, id="diff")
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        """Read what is remembered: nothing waits for the disk."""
        self._list = self.query_one("#changes", ChangeList)
        self.watch(self._list, "cursor", self._change_selected, init=False)
        self.run_worker(self._read(), group="file", exclusive=True)

    def on_resize(self) -> None:
        """Lay the lines out anew."""
        self.call_after_refresh(self.update_all)

    async def _read(self, message: tuple[str, str] | None = None) -> None:
        self._changes, self._shown = await asyncio.to_thread(remembered_of, self._places)
        self._message = message
        self.update_all()

    @property
    def selected(self) -> Change | None:
        """The change under the cursor."""
        return self._shown[self._list.cursor] if self._shown else None

    # Showing

    def update_all(self) -> None:
        """Show the history as it stands."""
        with self.app.batch_update():
            title = self.query_one("#title", Lines)
            right = f" {counted(len(self._shown), 'change')} "
            left = fitted(
                f" Changes · {visible(from_here(self._place_name))}", max(title.size.width - cells(right), 8)
            )
            title.show([(Span(left, "line--title"), Span(right))])
            names = {file.rpartition("/")[2] for one in self._shown for file in one.files}
            alone = names == {self._place_name.rpartition("/")[2]}
            rows = [row_of(self._changes, one, alone=alone) for one in self._shown]
            if tuple(rows) != self._list.rows:
                self._list.show(rows)
            self._show_change()

    def _show_change(self) -> None:
        about, change = self.query_one("#about", Lines), self.selected
        lines = indented([Span(*self._message)], about.size.width) if self._message else []
        if change is not None:
            lines += indented(
                [Span(sentence_of(self._changes, change, bound_keys(self.app)["history.undo"]))],
                about.size.width,
            )
        elif self._message is None:
            lines += indented([Span("Nothing was changed here, as far as is remembered.")], about.size.width)
        about.show(within(lines, max(about.size.height, 1)))
        view = self.query_one("#diff", DocumentView)
        view.show([] if change is None else list(lines_of(change)), None, title="what it changed")
        self.show_keys()

    def _change_selected(self) -> None:
        self._message = None
        self._show_change()

    def idle_keys(self) -> frozenset[str]:
        """Where nothing can be undone, no undo."""
        change = self.selected
        can = change is not None and why_not(self._changes, change) is None
        return frozenset(() if can else ("history.undo",))

    def say(self, text: str, style: str = "line--strong") -> None:
        """Tell something above the sentence on the selected change."""
        self._message = (text, style)
        self._show_change()

    # Taking back

    def action_undo(self) -> None:
        """Look at what undoing the selected change would do, and ask."""
        change = self.selected
        if change is None:
            self.say("There is no change to undo.", "line--dim")
            return
        reason = why_not(self._changes, change)
        if reason is not None:
            self.say(f"Not undone: {reason}.", "line--warning")
            return
        self.run_worker(self._ask(change), group="file", exclusive=True)

    async def _ask(self, change: Change) -> None:
        taking = await asyncio.to_thread(TakingBack.of, self._changes, change)

        def answered(answer: ReviewAnswer | None) -> None:
            if answer is not None:
                self.run_worker(self._take_back(taking), group="file", exclusive=True)

        self.app.push_screen(ReviewScreen(review_of(taking, self._changes.done_by(change))), answered)

    async def _take_back(self, taking: TakingBack) -> None:
        taken = await asyncio.to_thread(taking.run)
        self._put_back += taken.files
        await self._read(outcome_words(taken))

    def action_reload(self) -> None:
        """Read again what is remembered."""
        self.run_worker(self._read(), group="file", exclusive=True)

    def action_help(self) -> None:
        """Every key and sign."""
        self.app.push_screen(help_on(self))

    def action_leave(self) -> None:
        """Back, with the files that were put back."""
        self.dismiss(self._put_back)
