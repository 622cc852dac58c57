"""The edits that an earlier editor of a file left: what they change, and what is asked about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.editing import Editing, Refusal
from tui.formats.errors import FormatError
from tui.formats.opening import open_document
from tui.formats.text_diff import diff
from tui.sentences import local_minute
from tui.session.keeping import Recalled
from tui.session.steps import Notice, NoticeKind, Question, QuestionKind, Reply

if TYPE_CHECKING:
    from tui.history.journal import Left


@dataclass(frozen=True)
class LeftEdits:
    """Edits to be decided on: their ``journal``, and the question."""

    journal: Left
    question: Question

    def recover_in(self, editing: Editing) -> Notice:
        """Make the edits once more, where the file still has the bytes they were made on."""
        data = self.journal.unsaved.made_on(editing.found.document.data)
        if data is None:  # saved or read again since it was asked
            return Notice(NoticeKind.NOT_RECOVERED, "the file has changed since they were made")
        outcome = editing.recover(data)
        if isinstance(outcome, Refusal):
            return Notice(NoticeKind.NOT_RECOVERED, outcome.reason)
        return Notice(NoticeKind.RECOVERED)


def edits_left(recalled: Recalled, editing: Editing) -> LeftEdits | None:
    """The newest edits left by an editor that no longer runs; those that change nothing are dropped."""
    for left in recalled.others:
        if left.runs or not left.unsaved.edits:
            continue
        data = left.unsaved.made_on(recalled.base)
        if data == recalled.base:
            left.drop()
            continue
        question = _elsewhere(left) if data is None else _offered(left, editing, data)
        if question is not None:
            return LeftEdits(left, question)
    return None


def _offered(left: Left, editing: Editing, data: bytes) -> Question | None:
    try:
        lines = list(diff(editing.found.document.text_lines, open_document(data).text_lines))
    except FormatError:
        return None
    return Question(QuestionKind.RECOVER, (Reply.RECOVER, Reply.DROP), lines, _when(left))


def _elsewhere(left: Left) -> Question:
    """The question for edits made on other bytes than the file has now.

    They are shown, and cannot be made.
    """
    from tui.history.splices import diff_lines  # noqa: PLC0415 - seldom needed

    lines = [line for edit in left.unsaved.edits for line in diff_lines(edit)]
    return Question(QuestionKind.RECOVER_ELSEWHERE, (Reply.DROP,), lines, _when(left))


def _when(left: Left) -> str:
    editor = left.unsaved.editor
    return f"{local_minute(left.unsaved.began)}, process {editor.pid} on {editor.host}"


def open_elsewhere(editors: Iterable[Left]) -> str | None:
    """Who else edits the file now, as far as is known."""
    other = next((one for one in editors if one.runs is not False), None)
    return None if other is None else _when(other)
