"""What the lines below the table say: the answer to the last key, else what is known of the selected disk."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from tui.app.editor.details import DiskDetails, no_disk_lines
from tui.app.editor.responses import (
    caution_words,
    cut_to,
    marked_lines,
    message_lines,
    question_lines,
    refusal_lines,
    with_message,
)
from tui.app.widgets.spans import Line
from tui.editing import Done, DoneKind, Editing, Refusal, Turn
from tui.keys.bound import DEFAULT_KEYS, BoundKeys


class StatusMessage(NamedTuple):
    """A sentence, and the style it is shown in."""

    text: str
    style: str = "line--strong"


class EditorStatus:
    """One answer at a time: a message, an edit that was refused, or the question which way a set turns.

    ``finding`` counts (from 0) which finding of the selected disk is told in full; ``keys`` are those that
    the answers name.
    """

    def __init__(self, keys: BoundKeys = DEFAULT_KEYS) -> None:
        self.keys = keys
        self.response: StatusMessage | Refusal | Turn | None = None
        self.finding = 0

    def clear(self) -> None:
        """Put the answer away."""
        self.response = None

    def select(self) -> None:
        """Another disk is selected: no answer is about it, and its first finding comes first."""
        self.response = None
        self.finding = 0

    def answer(self, outcome: Done | Refusal) -> None:
        """What came of an edit; nothing is said of one that went as the table shows."""
        if isinstance(outcome, Refusal):
            self.response = outcome
        elif outcome.cautions:
            self.response = StatusMessage(caution_words(outcome.cautions), "line--warning")
        elif outcome.kind is not DoneKind.CHANGED:
            self.response = StatusMessage(outcome.summary, "line--dim")
        else:
            self.response = None

    def lines(
        self, editing: Editing, selected: int | None, width: int, height: int, *, searched: bool
    ) -> Sequence[Line]:
        """At most ``height`` lines; ``selected`` is None where no disk is shown, ``searched`` tells whether a
        filter hides them.
        """
        return cut_to(self._lines(editing, selected, width, height, searched=searched), height)

    def _lines(
        self, editing: Editing, selected: int | None, width: int, height: int, *, searched: bool
    ) -> Sequence[Line]:
        match self.response:
            case Turn():
                return question_lines(self.response, width, self.keys)
            case Refusal():
                return refusal_lines(self.response, width, self.keys)
            case StatusMessage(text, style):
                message = message_lines(text, width, style)
            case None:
                message = []
        machine = editing.machine
        if selected is None:
            return message or no_disk_lines(machine, width, searched=searched)
        marked = marked_lines(editing, selected, width, self.keys) if editing.marked else []
        disk = editing.disks[selected]
        details = DiskDetails(machine, disk, self.finding, editing.remedy_of, marked, self.keys)
        return with_message(
            partial(details.lines, width), message, width, height, self.keys["refusal.accept"]
        )
