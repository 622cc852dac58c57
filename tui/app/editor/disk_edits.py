"""The editor's keys that change disks: which disks they are for, and what is said of the outcome."""

from __future__ import annotations

from collections.abc import Callable, Collection

from tui.app.editor.details import findings_at, why_no_disk
from tui.app.editor.mending import not_mended
from tui.app.editor.menus import choose_mode
from tui.app.editor.status import EditorStatus, StatusMessage
from tui.app.keyed_screen import NOTHING_TO_REDO, nothing_to_undo
from tui.editing import Aspect, Done, Editing, Mended, Refusal, Turn
from tui.machine import Machine
from tui.session import Session


class DiskEdits:
    """Edits the marked disks, else the selected one; ``status`` takes the answers, ``show`` repaints.

    ``selected`` is everywhere the index of the disk under the cursor, None where no disk is shown.
    """

    def __init__(self, session: Session, status: EditorStatus, show: Callable[[], None]) -> None:
        self._session = session
        self._status = status
        self.show = show

    @property
    def _editing(self) -> Editing:
        return self._session.editing

    def say(self, text: str, style: str = "line--strong") -> None:
        """Answer with a message."""
        self._status.response = StatusMessage(text, style)
        self.show()

    def say_no_disk(self) -> None:
        """Say why there is no disk for the key that was pressed."""
        self.say(why_no_disk(self._editing.machine))

    def answer(self, outcome: Done | Refusal) -> None:
        """Show what came of an edit."""
        self._status.answer(outcome)
        self.show()

    def turn(self, aspect: Aspect, selected: int | None) -> None:
        """Turn an aspect over; where the marked disks differ, ask which way."""
        if selected is None:
            self.say_no_disk()
            return
        turn = self._editing.turn(aspect, selected)
        if turn.value is None:
            self._status.response = turn
            self.show()
        else:
            self.answer(self._editing.toggle(turn.aspect, selected))

    def choose_mode(self, value: str, selected: int | None) -> None:
        """Set the mode or preset that a choice of the mode menu stands for."""
        if selected is not None:
            self.answer(choose_mode(self._editing, value, selected))

    def mark(self, selected: int | None) -> bool:
        """Mark a disk, or take its mark away; whether that was done."""
        if selected is None:
            self.say_no_disk()
            return False
        reason = self._editing.machine.locked(selected)
        if reason is not None:
            self.answer(Refusal(f"{self._editing.disks[selected].name} is locked: {reason}"))
            return False
        self._editing.marked ^= {selected}
        self._status.clear()
        return True

    def mark_all(self, shown: Collection[int]) -> None:
        """Mark every disk shown that can be edited; take all marks away where they are."""
        editing = self._editing
        free = {index for index in shown if editing.machine.locked(index) is None}
        editing.marked = set() if free <= editing.marked else editing.marked | free
        self.show()

    def undo(self) -> None:
        """Take the last edit back, or say that there is none."""
        self._stepped(self._editing.undo(), nothing_to_undo(self._status.keys["file.history"]))

    def redo(self) -> None:
        """Make the edit again that was taken back last, or say that there is none."""
        self._stepped(self._editing.redo(), NOTHING_TO_REDO)

    def _stepped(self, outcome: Done | None, nothing: str) -> None:
        if outcome is None:
            self.say(nothing, "line--dim")
        else:
            self.answer(outcome)

    def accept(self, selected: int | None) -> None:
        """Take what is offered: the safe way, a refusal's remedy, else that of the finding in view."""
        match self._status.response:
            case Turn() as turn:
                self._turned(turn, selected, value=True)
            case Refusal() as refusal:
                if refusal.remedy is not None:
                    self.answer(self._editing.accept(refusal))
            case _:
                self._accept_remedy(selected)

    def _accept_remedy(self, selected: int | None) -> None:
        editing = self._editing
        found = () if selected is None else findings_at(editing.machine, selected)
        offer = editing.remedy_of(found[self._status.finding % len(found)]) if found else None
        if offer is not None:
            self.answer(editing.make(offer.change, offer.disks))

    def override(self, selected: int | None) -> None:
        """The other way; or insist on the refused edit, where the rule lets a person."""
        match self._status.response:
            case Turn() as turn:
                self._turned(turn, selected, value=False)
            case Refusal(override=override) as refusal if override is not None:
                self.answer(self._editing.override(refusal))

    def _turned(self, turn: Turn, selected: int | None, *, value: bool) -> None:
        if selected is not None:
            self.answer(self._editing.toggle(turn.aspect, selected, value))

    def mend(self, machine: Machine, remedies: Mended) -> None:
        """Take remedies, unless more is known by now than ``machine``, which they were found for, knew."""
        if machine is self._editing.machine:
            self.answer(self._editing.take(remedies))
        else:
            self.say(not_mended(self._status.keys), "line--warning")
