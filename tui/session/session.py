"""One file open for editing: read, edit, save, export, reload, conflict, leave.

A session waits for nothing and runs nothing: what may take long it gives away as Work, and is told the
outcome later, whatever the person did meanwhile. One work goes on at a time. Every method answers with a
Step, or None where there is nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum
from functools import partial
from typing import NamedTuple

from tui.disks import Format, Sidecars
from tui.editing import Editing, Refusal
from tui.formats.errors import FormatError
from tui.formats.opening import open_document
from tui.formats.text_diff import DiffLine, diff
from tui.machine import Machine, SeveralDomainsError, machine_in, read_sidecars
from tui.session.choices import Choices
from tui.session.keeping import Flushed, Keeping, Recall, Recalled
from tui.session.left_edits import LeftEdits, edits_left, open_elsewhere
from tui.session.steps import Leave, Notice, NoticeKind, PathQuestion, Question, QuestionKind, Reply, Step
from tui.session.work import (
    Copy,
    Doing,
    Look,
    NotRead,
    NotSaved,
    NotWritten,
    Outcome,
    ReadAgain,
    RefusedAtWrite,
    Save,
    Saved,
    Work,
    Written,
    read_again,
    save_judged,
    typed_address,
    write_copy,
)
from tui.storage import (
    ConflictError,
    Reading,
    StorageError,
    address_beside,
    holds_domains,
    not_kept_at,
    source_of,
    vm_to_reload,
)

_SUFFIX = {Format.VMX: ".vmx", Format.DOMAIN_XML: ".xml"}


class Arrival(Enum):
    """What became of what was read beside the file, where it forbade nothing."""

    LEARNT = "learnt"
    NOTHING_NEW = "nothing new"


def open_reading(reading: Reading, choices: Choices) -> Session | SeveralDomains:
    """The session on the machine in what was read, where it is known which is meant.

    Raises FormatError where it holds no machine, or not the domain that was chosen.
    """
    path = None if reading.path is None else reading.path.path
    try:
        machine = machine_in(reading.data, path, choices.domain)
    except SeveralDomainsError as error:
        return SeveralDomains(reading, error.names)
    return Session(reading, choices.applied_to(machine))


class SeveralDomains(NamedTuple):
    """A file of which it is not known yet which domain is meant; ``names`` are theirs, in order."""

    reading: Reading
    names: tuple[str, ...]

    def chosen(self, number: str, choices: Choices) -> Session | SeveralDomains:
        """The session on the domain with this number, from 1."""
        return open_reading(self.reading, replace(choices, domain=number))


class Session:
    """One file open for editing.

    ``reading`` is the file as it was last read or saved, ``editing`` the machine in it, ``accepted`` the
    bytes last saved or accepted, or those that were read: what came from standard input ends as these.
    """

    def __init__(self, reading: Reading, machine: Machine) -> None:
        self.reading = reading
        self.editing = Editing(machine)
        self.accepted = reading.data
        self._keeping = Keeping(reading.data)
        self._left_edits: LeftEdits | None = None
        self._told_unremembered = False
        self._is_left = False
        self._work: Work | None = None
        self._turns = 0  # how often what lies beside the file was asked for
        self._learnt = 0  # the last of these that was learnt, or is too old to be

    @property
    def remembered_as(self) -> str | None:
        """What the history calls its file; None of standard input."""
        from tui.history.change_store import real_file  # noqa: PLC0415 - behind the first paint

        return real_file(self.reading)

    @property
    def is_piped(self) -> bool:
        """Whether it came from standard input."""
        return self.reading.path is None

    @property
    def is_read_only(self) -> bool:
        """Whether there is a file, and it cannot be saved over."""
        return not self.is_piped and not self.reading.writable

    @property
    def _is_domain(self) -> bool:
        """Whether libvirt keeps it, and words it in its own way."""
        return self.reading.path is not None and holds_domains(self.reading.path.place)

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
        if self.is_piped:
            return Question(
                QuestionKind.ACCEPT, (Reply.ACCEPT,), self.editing.review(), brought=self.editing.brought
            )
        if self.is_read_only:
            return self._ask_copy(self.reading.why_not or "")
        lost = self.reading.not_kept or ""
        asked = QuestionKind.DEFINE if self._is_domain else QuestionKind.SAVE
        vm = vm_to_reload(self.reading, self.editing.machine.sidecars.host)
        replies = (Reply.SAVE,) if vm is None else (Reply.SAVE, Reply.SAVE_AND_RELOAD)
        return Question(
            asked,
            replies,
            self.editing.review(),
            str(self.reading.path),
            not_kept=lost,
            brought=self.editing.brought,
        )

    def leave(self) -> Step:
        """Leave, or ask first where changes would be lost."""
        if self._work is not None:
            return self._still_at_work(self._work)
        if not self.editing.is_changed:
            return self._over()
        keep = Reply.ACCEPT_AND_LEAVE if self.is_piped else Reply.SAVE_AND_LEAVE
        replies = (Reply.DISCARD,) if self.is_read_only else (keep, Reply.DISCARD)
        lost = self.reading.not_kept or "" if keep in replies else ""
        brought = self.editing.brought if keep in replies else ()
        return Question(QuestionKind.LEAVE, replies, self.editing.review(), not_kept=lost, brought=brought)

    def reload(self) -> Step:
        """Read the file again, or ask first where changes would be lost.

        Edits that an earlier editor left, and that wait to be decided on, are asked about first.
        """
        if self._left_edits is not None and self._work is None:
            return self._left_edits.question
        if self.is_piped:
            return Notice(NoticeKind.NOTHING_TO_RELOAD)
        if self._work is not None:
            return self._still_at_work(self._work)
        if self.editing.is_changed:
            return Question(QuestionKind.RELOAD, (Reply.RELOAD,), self.editing.review())
        return self._read_again()

    def export(self) -> Step:
        """Ask where the machine in the other format goes."""
        if self._work is not None:
            return self._still_at_work(self._work)
        machine, path = self.editing.machine, self.reading.path
        name = machine.configuration.name or "machine"
        suffix = _SUFFIX[machine.other_format]
        suggested = (
            address_beside(path, suffix=suffix)
            if path
            else "".join(one if one.isalnum() else "-" for one in name) + suffix
        )
        conversion = machine.conversion
        data = conversion.text.encode("utf-8")
        return PathQuestion(
            QuestionKind.EXPORT, suggested, data, unsaid=conversion.summary if conversion.losses else ""
        )

    def answered(self, question: Question, reply: Reply | None, *, backup: bool = False) -> Step | None:
        """Do what a person replied; None is going back."""
        if reply is None:
            return (
                Notice(NoticeKind.NOT_WRITTEN, question.about)
                if question.asked is QuestionKind.REPLACE
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
                step = self._ask_copy()
            case Reply.OVERRIDE if question.save is not None and question.refusal is not None:
                self.editing.overrides |= {question.refusal.override or ""}
                step = self._save(question.save)
            case Reply.REPLACE if question.copy is not None:
                step = self._write(replace(question.copy, overwrite=True))
            case Reply.RECOVER | Reply.DROP if self._left_edits is not None:
                step = self._recover(self._left_edits) if reply is Reply.RECOVER else self._drop()
        return step

    def path_given(self, question: PathQuestion, text: str | None) -> Step | None:
        """Write to the path that a person typed; None is going back."""
        if text is None:
            again = question.asked is QuestionKind.WRITE_ELSEWHERE
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

    def took_place(
        self, work: Work, outcome: Outcome, *, typing: bool = False, covered: bool = False
    ) -> Step | None:
        """Take the outcome of a work that was given away; of any other than the last nothing is heard.

        ``typing`` tells that the person went on typing: a question would take their next letter.
        ``covered`` tells that something lies over what they would leave.
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
        """A work ended without an outcome: another may begin."""
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
        self._turns += 1
        self._keeping.saving(self.editing.machine.document.data)
        return self._begin(Work(Doing.SAVING, save_judged(asked, self.reading, self.editing, self._turns)))

    def _accept(self) -> None:
        """Nothing has it yet: the journal keeps the edits until :meth:`given_back`."""
        self.editing.saved(self.editing.machine)
        self.accepted = self.editing.found.document.data

    def _saved(self, outcome: Saved, *, covered: bool) -> Step:
        before = self.editing.found.own_text.lines
        self.reading = outcome.reading
        self.accepted = outcome.reading.data
        self._take_in(outcome.turn, outcome.sidecars)
        self.editing.saved(outcome.written, outcome.stored)
        self._keeping.saved(self.accepted, self.editing.machine.document.data)
        if outcome.asked.leave and not self.editing.is_changed and not covered:
            return self._over()
        if outcome.stored is not None and not covered:
            lines = list(diff(before, self.editing.found.own_text.lines))
            return Question(QuestionKind.STORED, (), lines, self._doubt(outcome))
        backup = self.reading.backup or ""
        return Notice(NoticeKind.SAVED, str(self.reading.path), backup, self._doubt(outcome))

    def _doubt(self, outcome: Saved) -> str:
        """What is not as it should be of a save; that the history cannot be written is said once."""
        forgotten = ""
        if outcome.unremembered and not self._told_unremembered:
            self._told_unremembered = True
            forgotten = f"undo will not know it: {outcome.unremembered}"
        of_place = (self.reading.doubt, outcome.host_said, *(self.reading.notices if self._is_domain else ()))
        said = [f"{one[:1].upper()}{one[1:].removesuffix('.')}." for one in of_place if one]
        return " ".join([*said, forgotten] if forgotten else said)

    def _refused(self, outcome: RefusedAtWrite, *, typing: bool) -> Step:
        self._take_in(outcome.turn, outcome.sidecars)
        refusal = outcome.refusal
        if typing:
            return Notice(NoticeKind.NOT_SAVED_REFUSED, refusal.reason)
        replies = (Reply.OVERRIDE,) if refusal.override else ()
        return Question(
            QuestionKind.REFUSED, replies, self.editing.review(), refusal.reason, refusal, outcome.asked
        )

    def _not_saved(self, outcome: NotSaved, *, typing: bool) -> Step:
        self._take_in(outcome.turn, outcome.sidecars)
        error = outcome.error
        if not isinstance(error, ConflictError):
            return Notice(NoticeKind.NOT_SAVED, str(error))
        if typing:
            return Notice(NoticeKind.NOT_SAVED_CHANGED, error.what)
        if error.current is None:
            return Question(QuestionKind.CONFLICT, (Reply.COPY,))
        lines = difference(self.editing.found, error.current)
        return Question(QuestionKind.CONFLICT, (Reply.RELOAD, Reply.COPY), lines, error.what)

    def _ask_copy(self, why_read_only: str | None = None) -> PathQuestion:
        path = self.reading.path
        suggested = address_beside(path, mark="-edited") if path else "machine-edited"
        data = self.editing.machine.document.data
        if why_read_only is None:
            return PathQuestion(QuestionKind.COPY, suggested, data)
        return PathQuestion(QuestionKind.COPY_OF_READ_ONLY, suggested, data, why_read_only)

    def _write(self, copy: Copy) -> Work:
        return self._begin(Work(Doing.WRITING, partial(write_copy, copy, self.reading)))

    def _not_written(self, outcome: NotWritten, *, typing: bool) -> Step:
        copy, error = outcome.copy, outcome.error
        if outcome.own:
            return Notice(NoticeKind.NOT_WRITTEN_OWN, str(copy.path))
        if typing:
            return Notice(NoticeKind.NOT_WRITTEN, str(error))
        if outcome.replaceable:
            lost = not_kept_at(copy.path) or ""
            return Question(
                QuestionKind.REPLACE, (Reply.REPLACE,), about=str(error), copy=copy, not_kept=lost
            )
        return PathQuestion(QuestionKind.WRITE_ELSEWHERE, str(copy.path), copy.data, error.what)

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
        self._learnt = self._turns  # what is read beside the earlier machine is not about this one
        return Notice(NoticeKind.RELOADED, str(self.reading.path))

    # Edits that are kept outside of the file

    @property
    def has_unsaved(self) -> bool:
        """Whether there are edits that are neither saved nor accepted."""
        return self.editing.is_changed

    def recall(self) -> Recall:
        """Begin to write the edits down, and look for those that an earlier editor left."""
        return self._keeping.recall(self.reading)

    def recalled(self, recalled: Recalled, *, typing: bool = False) -> Step | None:
        """Write on in the journal; offer what was left, unless a question would take the next letter."""
        trouble = self._keeping.begin(recalled, self.editing.machine.document.data)
        self._left_edits = edits_left(recalled, self.editing)
        if self._left_edits is not None:
            return Notice(NoticeKind.EDITS_WAIT) if typing else self._left_edits.question
        if (elsewhere := open_elsewhere(recalled.others)) is not None:
            return Notice(NoticeKind.OPEN_ELSEWHERE, elsewhere)
        return Notice(NoticeKind.EDITS_NOT_KEPT, trouble) if trouble else None

    def note_edits(self) -> None:
        """Write down what was edited since the last time."""
        self._keeping.note(self.editing.machine.document.data)

    def flush_edits(self) -> Callable[[], Flushed] | None:
        """What waits until the disk has the edits written down; None where it has, or is about to."""
        return self._keeping.flush()

    def flushed(self, found: Flushed) -> Step | None:
        """Tell once what keeps edits from being kept, and who has opened the file since."""
        news = self._keeping.flushed(found, self.editing.machine.document.data)
        if news.trouble is not None:
            return Notice(NoticeKind.EDITS_NOT_KEPT, news.trouble)
        elsewhere = open_elsewhere(news.editors)
        return None if elsewhere is None else Notice(NoticeKind.OPEN_ELSEWHERE, elsewhere)

    def _recover(self, left: LeftEdits) -> Notice:
        data = left.journal.unsaved.made_on(self.editing.found.document.data)
        if data is None:  # saved or read again since it was asked
            return Notice(NoticeKind.NOT_RECOVERED, "the file has changed since they were made")
        outcome = self.editing.recover(data)
        if isinstance(outcome, Refusal):
            return Notice(NoticeKind.NOT_RECOVERED, outcome.reason)
        self.note_edits()
        self._left_edits = None
        left.journal.drop()
        return Notice(NoticeKind.RECOVERED)

    def _drop(self) -> Notice:
        if self._left_edits is not None:
            self._left_edits.journal.drop()
        self._left_edits = None
        return Notice(NoticeKind.EDITS_DROPPED)

    def given_back(self) -> None:
        """Standard output has what was accepted: no edit of that is to be offered again."""
        self._keeping.saved(self.accepted, self.editing.machine.document.data)
        if not self.editing.is_changed or self._is_left:
            self._keeping.end()

    def _over(self) -> Leave:
        """Leave. What standard output is to have is not there yet."""
        self._is_left = True
        if not self.is_piped or self.accepted == self.reading.data:
            self._keeping.end()
        return Leave()

    # What lies beside the file

    def look(self) -> Look:
        """Read what lies beside the file: maybe on a slow or dead mount, and beside any work."""
        self._turns += 1
        return Look(self._turns, partial(read_sidecars, self.editing.machine, source_of(self.reading)))

    def looked(self, look: Look, sidecars: Sidecars) -> Arrival | Refusal:
        """Learn what lies beside the file, where nothing newer is known.

        Edits that it forbids are taken back. While a save runs its own look decides, and takes nothing back.
        """
        if look.turn <= self._learnt or self.doing is Doing.SAVING:
            return Arrival.NOTHING_NEW
        if sidecars == self.editing.machine.sidecars:
            return Arrival.NOTHING_NEW
        self._learnt = look.turn
        return self.editing.learn(sidecars) or Arrival.LEARNT

    def _take_in(self, turn: int, sidecars: Sidecars) -> None:
        if turn > self._learnt:
            self._learnt = turn
            self.editing.take_in(sidecars)


def difference(found: Machine, data: bytes) -> Sequence[DiffLine]:
    """How the file as it is now differs from what was read; read as text where it is no machine any more."""
    try:
        lines = open_document(data).text_lines
    except FormatError:
        lines = tuple(data.decode("utf-8", "backslashreplace").split("\n"))
    return list(diff(found.document.text_lines, lines))
