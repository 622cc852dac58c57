"""What a bulk change would do, before it is done: a line for each disk, some of which may be left out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.app.bindings import bindings, bound_keys
from tui.app.dialogs.panel import panel_width
from tui.app.fleet.bulk_page import BulkPage
from tui.app.fleet.bulk_presentation import diff_lines, proposal_words
from tui.app.widgets.entry_list import EntryList, EntryRow
from tui.app.widgets.lines import Lines, WrappedLines
from tui.app.widgets.spans import STYLES, Line, Span, cells, fitted, indented, key_lines, plain, within
from tui.fleet.bulk_run import Step
from tui.fleet.proposals import Proposal, ProposalEntry
from tui.keys.bound import BoundKeys
from tui.keys.dialogs import BULK_KEYS
from tui.visible import visible

# Lines of the panel beside the list, the sentences and the keys: the frame, and what is told of a line.
_BESIDE = 6
_VERBS = {Step.SAVE: "save", Step.UNDO: "put back", Step.REDO: "save again"}


class GoOn(NamedTuple):
    """The answer: do it; are the old bytes kept beside each file, do hosts read the files again.

    With ``accepting`` the remedy for what is refused is to be planned first, and looked at.
    """

    backup: bool = False
    reload: bool = False
    accepting: bool = False


class BulkReview(ModalScreen[GoOn | None]):
    """Shows a proposal; gives how to go on, or None."""

    COMPONENT_CLASSES = STYLES
    CSS_PATH = "bulk_review.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(BULK_KEYS)

    def __init__(self, proposal: Proposal) -> None:
        super().__init__()
        self._proposal = proposal
        self._backup = self._reload = False

    def compose(self) -> ComposeResult:
        """The counts, the lines, what is to be told of the one under the cursor, the keys."""
        with Vertical(id="panel") as panel:
            panel.border_title = plain(self._proposal.title)
            yield WrappedLines(self._about, id="about")
            yield EntryList(id="entries")
            yield Lines(id="more")
            yield WrappedLines(self._keys, id="keys")

    def on_mount(self) -> None:
        """Show every line; the cursor follows the keys."""
        self._list = self.query_one("#entries", EntryList)
        self.watch(self._list, "cursor", self._tell_more, init=False)
        self._fit()
        self._list.show(self._rows())
        self._list.focus()
        self.call_after_refresh(self._tell_more)

    def on_resize(self) -> None:
        """Keep the keys in view."""
        self._fit()
        self.call_after_refresh(self._tell_more)

    def _fit(self) -> None:
        width = panel_width(self.app.size.width)
        room = self.app.size.height - _BESIDE - len(self._about(width)) - len(self._keys(width))
        self._list.styles.height = max(min(len(self._proposal.entries) + 1, room), 2)

    def _rows(self) -> list[EntryRow]:
        return [self._row(one) for one in self._proposal.entries]

    def _row(self, one: ProposalEntry) -> EntryRow:
        change = f"{one.was} -> {one.now}" if one.was or one.now else ""
        return EntryRow(one.vm, one.disk, change, self._reason(one), self._proposal.is_left_out(one))

    def _reason(self, one: ProposalEntry) -> str | None:
        """Why nothing is done to it, and with which key of the fleet something can be."""
        reason = self._proposal.why_not(one)
        if reason is None or not one.other_way:
            return reason
        return f"{reason}; with {self._bound['fleet.mode']} you can {one.other_way}"

    def _about(self, width: int) -> Sequence[Line]:
        words = proposal_words(self._proposal)
        return [line for one in words for line in indented([Span(one, "line--strong")], width)]

    def _keys(self, width: int) -> Sequence[Line]:
        step = self._proposal.step
        does = [("go-on", f"{_VERBS[step]} {self._proposal.counted_files}")] if self._proposal.files else []
        if any(one.refused is None for one in self._proposal.entries):
            does += [("leave-out", "leave out"), ("diff", "diff")]
        remedy = self._proposal.remedy
        does += [("accept", f"{remedy.offer}, where refused")] if remedy is not None else []
        does += [("backup", f"backup copies [{'x' if self._backup else ' '}]")] if self._has_backup else []
        if self._has_reload:
            does.append(("reload", f"the host reads it again [{'x' if self._reload else ' '}]"))
        keys = [(self._bound[f"bulk.{name}"], words) for name, words in (*does, ("leave", "back"))]
        return key_lines(keys, max(width - 2, 20))

    @property
    def _bound(self) -> BoundKeys:
        return bound_keys(self.app)

    @property
    def _has_backup(self) -> bool:
        return self._proposal.files > 0 and self._proposal.has_backup

    @property
    def _has_reload(self) -> bool:
        return self._proposal.files > 0 and self._proposal.has_reload

    @property
    def _here(self) -> ProposalEntry:
        return self._proposal.entries[self._list.cursor]

    def _tell_more(self) -> None:
        """The file of the line under the cursor, and the whole reason."""
        more, one = self.query_one("#more", Lines), self._here
        reason = self._reason(one)
        path, width = visible(one.path), more.size.width
        lines: list[Line] = [(Span(f" {fitted(path, min(cells(path), max(width - 2, 8)))}", "line--dim"),)]
        if reason is not None:
            lines += indented([Span(f"{reason}.", "line--error")], width)
        more.show(within(lines, max(more.size.height, 1)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Enter acts where there is something to do, b and r where they make sense."""
        if action == "go_on":
            return self._proposal.files > 0
        if action == "accept":
            return self._proposal.remedy is not None
        if action == "reload":
            return self._has_reload
        return self._has_backup if action == "backup" else True

    async def action_leave_out(self) -> None:
        """Leave the line out, or take it in again: its file is planned anew, which reads it."""
        await asyncio.to_thread(self._proposal.toggle, self._here)
        self._list.show(self._rows())
        self.query_one("#about", WrappedLines).fill_anew()
        self.query_one("#keys", WrappedLines).fill_anew()
        self._tell_more()
        self.refresh_bindings()
        self._list.action_move(1)

    def action_diff(self) -> None:
        """The diff of the file under the cursor."""
        path = self._here.path
        lines = list(diff_lines(self._proposal.diff(path)))
        if lines:
            self.app.push_screen(BulkPage("What would differ", path, lines))
        else:
            self.app.bell()

    def action_accept(self) -> None:
        """Close it, and have what is refused planned with its remedy."""
        self.dismiss(GoOn(self._backup, self._reload, accepting=True))

    def action_backup(self) -> None:
        """Keep the old bytes beside each file, or not."""
        self._backup = not self._backup
        self.query_one("#keys", WrappedLines).fill_anew()

    def action_reload(self) -> None:
        """Have hosts read the files again once they are saved, or not."""
        self._reload = not self._reload
        self.query_one("#keys", WrappedLines).fill_anew()

    def action_go_on(self) -> None:
        """Close it and do what it tells of."""
        self.dismiss(GoOn(self._backup, self._reload))

    def action_leave(self) -> None:
        """Close it; nothing is done."""
        self.dismiss(None)
