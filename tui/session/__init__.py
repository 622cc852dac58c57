"""One file open for editing: what happens to it over time, as values, without screen or threads."""

from tui.session.choices import Choices
from tui.session.file_questions import Origin, difference, is_one_of_several
from tui.session.keeping import Flushed, Recall, Recalled
from tui.session.open_reading import SeveralDomains, open_reading
from tui.session.session import Arrival, Session
from tui.session.steps import Leave, Notice, NoticeKind, PathQuestion, Question, QuestionKind, Reply, Step
from tui.session.work import Doing, SidecarRead, Work, typed_address

__all__ = [
    "Arrival",
    "Choices",
    "Doing",
    "Flushed",
    "Leave",
    "Notice",
    "NoticeKind",
    "Origin",
    "PathQuestion",
    "Question",
    "QuestionKind",
    "Recall",
    "Recalled",
    "Reply",
    "Session",
    "SeveralDomains",
    "SidecarRead",
    "Step",
    "Work",
    "difference",
    "is_one_of_several",
    "open_reading",
    "typed_address",
]
