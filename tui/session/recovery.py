"""The edits of an open file that its journal keeps, and those an earlier editor left: what is asked and told.

:mod:`tui.session.keeping` writes the journal, :mod:`tui.session.left_edits` reads those of others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.session.keeping import Flushed, Keeping, Recalled
from tui.session.left_edits import LeftEdits, edits_left, open_elsewhere
from tui.session.steps import Notice, NoticeKind, Question, Step

if TYPE_CHECKING:
    from tui.editing import Editing


class Recovery:
    """What a session knows of journals: ``keeping`` is its own, ``left`` what is to be decided on."""

    def __init__(self, data: bytes) -> None:
        self.keeping = Keeping(data)
        self.left: LeftEdits | None = None

    @property
    def waiting(self) -> Question | None:
        """What is still to be asked about edits that an earlier editor left."""
        return None if self.left is None else self.left.question

    def begin(self, recalled: Recalled, editing: Editing, *, typing: bool) -> Step | None:
        """Continue the journal, and offer to recover what was left.

        With ``typing`` only a notice is given.
        """
        trouble = self.keeping.begin(recalled, editing.machine.document.data)
        self.left = edits_left(recalled, editing)
        if self.left is not None:
            return Notice(NoticeKind.EDITS_WAIT) if typing else self.left.question
        if (elsewhere := open_elsewhere(recalled.others)) is not None:
            return Notice(NoticeKind.OPEN_ELSEWHERE, elsewhere)
        return Notice(NoticeKind.EDITS_NOT_KEPT, trouble) if trouble else None

    def flushed(self, found: Flushed, now: bytes) -> Step | None:
        """Tell once why the journal cannot be written, and who else has opened the file."""
        news = self.keeping.flushed(found, now)
        if news.trouble is not None:
            return Notice(NoticeKind.EDITS_NOT_KEPT, news.trouble)
        elsewhere = open_elsewhere(news.editors)
        return None if elsewhere is None else Notice(NoticeKind.OPEN_ELSEWHERE, elsewhere)

    def recover(self, left: LeftEdits, editing: Editing) -> Notice:
        """Make the edits of an earlier editor once more; its journal goes only once they are in ours."""
        notice = left.recover_in(editing)
        if notice.kind is NoticeKind.RECOVERED:
            self.keeping.note(editing.machine.document.data)
            self._forget(left)
        return notice

    def drop(self, left: LeftEdits) -> Notice:
        """Forget the edits of an earlier editor."""
        self._forget(left)
        return Notice(NoticeKind.EDITS_DROPPED)

    def _forget(self, left: LeftEdits) -> None:
        left.journal.drop()
        self.left = None
