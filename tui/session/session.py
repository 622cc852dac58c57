"""One file open for editing: read, edit, save, export, reload, conflict, leave.

A session never blocks and starts no thread: anything slow it returns as Work, which the caller runs, and the
caller passes the outcome back with :meth:`Session.finished`, whatever the person did meanwhile. Only one
Work is under way at a time. Every method answers with a Step, or None where there is nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from functools import partial

from tui.disks import Sidecars
from tui.editing import Editing, Refusal
from tui.machine import Machine, read_sidecars
from tui.session.file_questions import (
    Origin,
    doubt_after,
    is_piped,
    is_read_only,
    notice_of_saved,
    origin_of,
    question_before_leaving,
    question_before_reload,
    question_before_save,
    question_of_conflict,
    question_of_copy,
    question_of_export,
    question_of_not_written,
    question_of_refused,
    question_of_stored,
)
from tui.session.keeping import Flushed, Recall, Recalled
from tui.session.recovery import Recovery
from tui.session.sidecar_reads import SidecarReads
from tui.session.steps import Leave, Notice, NoticeKind, PathQuestion, Question, QuestionKind, Reply, Step
from tui.session.work import (
    Copy,
    Doing,
    NotRead,
    NotSaved,
    NotWritten,
    Outcome,
    ReadAgain,
    RefusedAtWrite,
    Save,
    Saved,
    SidecarRead,
    Work,
    Written,
    read_again,
    save_judged,
    typed_address,
    write_copy,
)
from tui.storage import ConflictError, Reading, StorageError, source_of


class Arrival(Enum):
    """Whether what was read beside the file was new, where it forbade nothing."""

    LEARNT = "learnt"
    NOTHING_NEW = "nothing new"


class Session:
    """One file open for editing.

    ``reading`` is the file as it was last read or saved, ``editing`` the machine in it. ``accepted`` are the
    bytes last saved or accepted, else those that were read: for standard input they are what is written out.
    """

    def __init__(self, reading: Reading, machine: Machine) -> None:
        self.reading = reading
        self.editing = Editing(machine)
        self.accepted = reading.data
        self._recovery = Recovery(reading.data)
        self._keeping = self._recovery.keeping
        self._told_unremembered = False
        self._is_left = False
        self._work: Work | None = None
        self._sidecar_reads = SidecarReads()

    @property
    def remembered_as(self) -> str | None:
        """The file's name in the history; None for standard input."""
        from tui.history.file_names import real_file  # noqa: PLC0415 - behind the first paint

        return real_file(self.reading)

    @property
    def is_piped(self) -> bool:
        """Whether it came from standard input."""
        return is_piped(self.reading)

    @property
    def origin(self) -> Origin:
        """What was opened: a file, a domain, or standard input."""
        return origin_of(self.reading)

    @property
    def is_read_only(self) -> bool:
        """Whether there is a file, and it cannot be saved over."""
        return is_read_only(self.reading)

    @property
    def doing(self) -> Doing | None:
        """What is being done with the file."""
        return None if self._work is None else self._work.doing

    # What a person asks for

    def save(self) -> Step:
        """Ask whether the changes are to be saved, or accepted."""
        if self._work is not None:
            return self._still_at_work(self._work)
        if not self.editing.is_changed:
            return Notice(NoticeKind.NOTHING_TO_SAVE)
        return question_before_save(self.reading, self.editing)

    def leave(self) -> Step:
        """Leave, or ask first where changes would be lost."""
        if self._work is not None:
            return self._still_at_work(self._work)
        if not self.editing.is_changed:
            return self._over()
        return question_before_leaving(self.reading, self.editing)

    def reload(self) -> Step:
        """Read the file again, or ask first where changes would be lost.

        Edits that an earlier editor left, and that wait to be decided on, are asked about first.
        """
        if self._recovery.waiting is not None and self._work is None:
            return self._recovery.waiting
        if self.is_piped:
            return Notice(NoticeKind.NOTHING_TO_RELOAD)
        if self._work is not None:
            return self._still_at_work(self._work)
        if self.editing.is_changed:
            return question_before_reload(self.editing)
        return self._read_again()

    def export(self) -> Step:
        """Ask where the machine in the other format goes."""
        if self._work is not None:
            return self._still_at_work(self._work)
        return question_of_export(self.reading, self.editing.machine)

    def answered(self, question: Question, reply: Reply | None, *, backup: bool = False) -> Step | None:
        """Do what a person replied; None is going back."""
        if reply is None:
            return (
                Notice(NoticeKind.NOT_WRITTEN, question.about)
                if question.kind is QuestionKind.REPLACE
                else None
            )
        if self._work is not None:
            return self._still_at_work(self._work)
        return self._done(question, reply, backup=backup)

    def _done(self, question: Question, reply: Reply, *, backup: bool) -> Step | None:
        step: Step | None = None
        match reply:
            case Reply.SAVE | Reply.SAVE_AND_LEAVE | Reply.SAVE_AND_RELOAD:
                leave, reload = reply is Reply.SAVE_AND_LEAVE, reply is Reply.SAVE_AND_RELOAD
                step = self._save(Save(backup, leave, reload))
            case Reply.ACCEPT | Reply.ACCEPT_AND_LEAVE:
                self._accept()
                step = self._over() if reply is Reply.ACCEPT_AND_LEAVE else Notice(NoticeKind.ACCEPTED)
            case Reply.DISCARD:
                step = self._over()
            case Reply.RELOAD:
                step = self._read_again()
            case Reply.COPY:
                step = question_of_copy(self.reading, self.editing.machine)
            case Reply.OVERRIDE if question.save is not None and question.refusal is not None:
                self.editing.overrides |= {question.refusal.override or ""}
                step = self._save(question.save)
            case Reply.REPLACE if question.copy is not None:
                step = self._write(replace(question.copy, overwrite=True))
            case Reply.RECOVER if self._recovery.left is not None:
                step = self._recovery.recover(self._recovery.left, self.editing)
            case Reply.DROP if self._recovery.left is not None:
                step = self._recovery.drop(self._recovery.left)
        return step

    def path_given(self, question: PathQuestion, text: str | None) -> Step | None:
        """Write to the path that a person typed; None is going back."""
        if text is None:
            again = question.kind is QuestionKind.WRITE_ELSEWHERE
            return (
                Notice(NoticeKind.NOT_WRITTEN, f"{question.suggested}: {question.about}") if again else None
            )
        if self._work is not None:
            return self._still_at_work(self._work)
        try:
            return self._write(Copy(typed_address(text), question.data))
        except StorageError as error:
            return Notice(NoticeKind.NOT_WRITTEN, str(error))

    # Work and its outcome

    def finished(
        self, work: Work, outcome: Outcome, *, typing: bool = False, covered: bool = False
    ) -> Step | None:
        """Take the outcome of a Work; one that is no longer awaited is ignored.

        With ``typing`` the person is typing, and no question is asked: it would take the next key as its
        answer. With ``covered`` another screen lies above this one, so the session does not end.
        """
        if work is not self._work:
            return None
        self._work = None
        match outcome:
            case Saved():
                step = self._saved(outcome, covered=covered)
            case RefusedAtWrite():
                step = self._refused(outcome, typing=typing)
            case NotSaved():
                step = self._not_saved(outcome, typing=typing)
            case Written():
                step = Notice(NoticeKind.WRITTEN, str(outcome.path))
            case NotWritten():
                step = self._not_written(outcome, typing=typing)
            case ReadAgain():
                step = self._reloaded(outcome)
            case NotRead():
                step = Notice(NoticeKind.NOT_RELOADED, str(outcome.error))
        return step

    def failed(self, work: Work) -> None:
        """The Work raised instead of giving an outcome: another may begin."""
        if work is self._work:
            self._work = None

    def _still_at_work(self, work: Work) -> Notice:
        return Notice(NoticeKind.STILL_AT_WORK, work.doing)

    def _begin(self, work: Work) -> Work:
        self._work = work
        return work

    def _save(self, asked: Save) -> Step:
        if not self.editing.is_changed:  # they were taken back while it was asked
            return Notice(NoticeKind.NOTHING_TO_SAVE)
        self._keeping.saving(self.editing.machine.document.data)
        number = self._sidecar_reads.begin()
        return self._begin(Work(Doing.SAVING, save_judged(asked, self.reading, self.editing, number)))

    def _accept(self) -> None:
        """Accept the edits.

        The journal keeps them until :meth:`given_back`, since nothing is written out yet.
        """
        self.editing.saved(self.editing.machine)
        self.accepted = self.editing.found.document.data

    def _saved(self, outcome: Saved, *, covered: bool) -> Step:
        before = self.editing.found.own_text.lines
        self.reading = outcome.reading
        self.accepted = outcome.reading.data
        self._take_in(outcome.number, outcome.sidecars)
        self.editing.saved(outcome.written, outcome.stored)
        self._keeping.saved(self.accepted, self.editing.machine.document.data)
        if outcome.save.leave and not self.editing.is_changed and not covered:
            return self._over()
        doubt = doubt_after(outcome, self._unremembered_once(outcome.unremembered))
        if outcome.stored is not None and not covered:
            return question_of_stored(before, self.editing.found.own_text.lines, doubt)
        return notice_of_saved(self.reading, doubt)

    def _unremembered_once(self, why: str | None) -> str | None:
        """Why the history could not record a save; None once it was told of an earlier one."""
        if why is None or self._told_unremembered:
            return None
        self._told_unremembered = True
        return why

    def _refused(self, outcome: RefusedAtWrite, *, typing: bool) -> Step:
        self._take_in(outcome.number, outcome.sidecars)
        if typing:
            return Notice(NoticeKind.NOT_SAVED_REFUSED, outcome.refusal.reason)
        return question_of_refused(self.editing, outcome)

    def _not_saved(self, outcome: NotSaved, *, typing: bool) -> Step:
        self._take_in(outcome.number, outcome.sidecars)
        error = outcome.error
        if not isinstance(error, ConflictError):
            return Notice(NoticeKind.NOT_SAVED, str(error))
        if typing:
            return Notice(NoticeKind.NOT_SAVED_CHANGED, error.what)
        return question_of_conflict(self.editing.found, error)

    def _write(self, copy: Copy) -> Work:
        return self._begin(Work(Doing.WRITING, partial(write_copy, copy, self.reading)))

    def _not_written(self, outcome: NotWritten, *, typing: bool) -> Step:
        if outcome.own:
            return Notice(NoticeKind.NOT_WRITTEN_OWN, str(outcome.copy.path))
        if typing:
            return Notice(NoticeKind.NOT_WRITTEN, str(outcome.error))
        return question_of_not_written(outcome)

    def _read_again(self) -> Work:
        return self._begin(Work(Doing.READING, partial(read_again, self.reading, self.editing.machine)))

    def _reloaded(self, outcome: ReadAgain) -> Step:
        now = self.editing.machine
        if now.document is not outcome.before.document:
            return Notice(NoticeKind.NOT_RELOADED_EDITED)
        if outcome.reading is None or outcome.machine is None:
            return Notice(NoticeKind.FILE_GONE, str(self.reading.path))
        self.reading = outcome.reading
        self.accepted = outcome.reading.data
        self.editing = Editing(
            replace(outcome.machine, chosen=now.chosen, spelling=now.spelling, options=now.options)
        )
        self._keeping.saved(self.accepted, self.accepted)
        self._sidecar_reads.forget()
        return Notice(NoticeKind.RELOADED, str(self.reading.path))

    # Edits that are kept outside of the file

    @property
    def has_unsaved(self) -> bool:
        """Whether there are edits that are neither saved nor accepted."""
        return self.editing.is_changed

    def recall(self) -> Recall:
        """Begin the journal, and find the edits that an earlier editor left."""
        return self._keeping.recall(self.reading)

    def recalled(self, recalled: Recalled, *, typing: bool = False) -> Step | None:
        """Continue the journal, and offer to recover what was left.

        With ``typing`` only a notice is given.
        """
        return self._recovery.begin(recalled, self.editing, typing=typing)

    def note_edits(self) -> None:
        """Add what was edited since the last call to the journal."""
        self._keeping.note(self.editing.machine.document.data)

    def flush_edits(self) -> Callable[[], Flushed] | None:
        """A callable that waits until the journal is on disk; None where it is, or that is under way."""
        return self._keeping.flush()

    def flushed(self, found: Flushed) -> Step | None:
        """Tell once why the journal cannot be written, and who else has opened the file."""
        return self._recovery.flushed(found, self.editing.machine.document.data)

    def given_back(self) -> None:
        """What was accepted is written to standard output: those edits are never offered for recovery."""
        self._keeping.saved(self.accepted, self.editing.machine.document.data)
        if not self.editing.is_changed or self._is_left:
            self._keeping.end()

    def _over(self) -> Leave:
        """Leave. The journal ends here, except where standard output has yet to be written."""
        self._is_left = True
        if not self.is_piped or self.accepted == self.reading.data:
            self._keeping.end()
        return Leave()

    # What lies beside the file

    def read_beside(self) -> SidecarRead:
        """Read what lies beside the file; that may hang on a dead mount, so it is no Work and blocks none."""
        number = self._sidecar_reads.begin()
        return SidecarRead(number, partial(read_sidecars, self.editing.machine, source_of(self.reading)))

    def beside_read(self, read: SidecarRead, sidecars: Sidecars) -> Arrival | Refusal:
        """Learn what lies beside the file, unless something newer is known.

        Edits that it forbids are undone. A save that is running reads them itself: until it has ended nothing
        is taken back.
        """
        if not self._sidecar_reads.is_news(read.number) or self.doing is Doing.SAVING:
            return Arrival.NOTHING_NEW
        if sidecars == self.editing.machine.sidecars:
            return Arrival.NOTHING_NEW
        self._sidecar_reads.learn(read.number)
        return self.editing.learn(sidecars) or Arrival.LEARNT

    def _take_in(self, number: int, sidecars: Sidecars) -> None:
        if self._sidecar_reads.is_news(number):
            self._sidecar_reads.learn(number)
            self.editing.take_in(sidecars)
