"""What a session answers: something to tell, something to ask, or that the person may leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

from tui.formats.text_diff import DiffLine
from tui.session.work import Copy, Save, Work

if TYPE_CHECKING:
    from tui.editing import Refusal
    from tui.rules import Finding


class NoticeKind(StrEnum):
    """What there is to tell of the file."""

    STILL_AT_WORK = "still-at-work"
    NOTHING_TO_SAVE = "nothing-to-save"
    ACCEPTED = "accepted"
    SAVED = "saved"
    NOT_SAVED = "not-saved"
    NOT_SAVED_CHANGED = "not-saved-changed"
    NOT_SAVED_REFUSED = "not-saved-refused"
    WRITTEN = "written"
    NOT_WRITTEN = "not-written"
    NOT_WRITTEN_OWN = "not-written-own"
    RELOADED = "reloaded"
    NOT_RELOADED = "not-reloaded"
    NOT_RELOADED_EDITED = "not-reloaded-edited"
    NOTHING_TO_RELOAD = "nothing-to-reload"
    FILE_GONE = "file-gone"
    EDITS_NOT_KEPT = "edits-not-kept"
    OPEN_ELSEWHERE = "open-elsewhere"
    EDITS_WAIT = "edits-wait"
    RECOVERED = "recovered"
    NOT_RECOVERED = "not-recovered"
    EDITS_DROPPED = "edits-dropped"


class Notice(NamedTuple):
    """Something to tell: ``about`` says of what file, or why; of a save also ``backup`` and ``doubt``."""

    kind: NoticeKind
    about: str = ""
    backup: str = ""
    doubt: str = ""


class QuestionKind(StrEnum):
    """Which question a :class:`Question` or :class:`PathQuestion` is."""

    SAVE = "save"
    DEFINE = "define"
    STORED = "stored"
    ACCEPT = "accept"
    LEAVE = "leave"
    RELOAD = "reload"
    CONFLICT = "conflict"
    REFUSED = "refused"
    REPLACE = "replace"
    COPY = "copy"
    COPY_OF_READ_ONLY = "copy-of-read-only"
    EXPORT = "export"
    WRITE_ELSEWHERE = "write-elsewhere"
    RECOVER = "recover"
    RECOVER_ELSEWHERE = "recover-elsewhere"


class Reply(StrEnum):
    """What the person may reply; going back is None."""

    SAVE = "save"
    SAVE_AND_RELOAD = "save-and-reload"
    SAVE_AND_LEAVE = "save-and-leave"
    ACCEPT = "accept"
    ACCEPT_AND_LEAVE = "accept-and-leave"
    DISCARD = "discard"
    RELOAD = "reload"
    COPY = "copy"
    REPLACE = "replace"
    OVERRIDE = "override"
    RECOVER = "recover"
    DROP = "drop"


@dataclass(frozen=True)
class Question:
    """Something to decide over a diff: ``lines`` are its lines, ``replies`` what may be replied.

    ``about`` is the file, or why it is asked. ``save`` is what OVERRIDE does, with the ``refusal`` it goes
    against; ``copy`` what REPLACE writes. ``not_kept`` says what of the file is lost by that, "" for nothing.
    ``brought`` is what the rules newly find for the edits that would be saved.
    """

    kind: QuestionKind
    replies: tuple[Reply, ...]
    lines: Sequence[DiffLine] = ()
    about: str = ""
    refusal: Refusal | None = None
    save: Save | None = None
    copy: Copy | None = None
    not_kept: str = ""
    brought: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class PathQuestion:
    """Where ``data`` is to be written: ``suggested`` is a path, ``about`` why it is asked.

    ``unsaid`` tells in short what an export cannot say.
    """

    kind: Literal[
        QuestionKind.COPY, QuestionKind.COPY_OF_READ_ONLY, QuestionKind.EXPORT, QuestionKind.WRITE_ELSEWHERE
    ]
    suggested: str
    data: bytes
    about: str = ""
    unsaid: str = ""


class Leave(NamedTuple):
    """The session is over, and its screen may close."""


Step = Notice | Question | PathQuestion | Work | Leave
