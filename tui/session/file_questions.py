"""What is asked about an open file, and what is told of a save.

Each function gives the question for one situation; `tui.session.session` knows when it is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

from tui.disks import Format
from tui.formats.errors import FormatError
from tui.formats.opening import open_document
from tui.formats.text_diff import DiffLine, diff
from tui.sentences import sentence
from tui.session.steps import Notice, NoticeKind, PathQuestion, Question, QuestionKind, Reply
from tui.storage import ConflictError, address_beside, holds_domains, not_kept_at, vm_to_reload

if TYPE_CHECKING:
    from tui.editing import Editing
    from tui.machine import Machine
    from tui.session.work import NotWritten, RefusedAtWrite, Saved
    from tui.storage import Reading

_SUFFIX = {Format.VMX: ".vmx", Format.DOMAIN_XML: ".xml"}


class Origin(Enum):
    """What was opened for editing, as sentences about it call it."""

    FILE = "file"
    DOMAIN = "domain"
    STANDARD_INPUT = "standard input"


def is_piped(reading: Reading) -> bool:
    """Whether it came from standard input."""
    return reading.path is None


def is_read_only(reading: Reading) -> bool:
    """Whether there is a file, and it cannot be saved over."""
    return not is_piped(reading) and not reading.writable


def is_domain(reading: Reading) -> bool:
    """Whether libvirt keeps it, and words it in its own way."""
    return reading.path is not None and holds_domains(reading.path.place)


def origin_of(reading: Reading) -> Origin:
    """What was opened."""
    if is_piped(reading):
        return Origin.STANDARD_INPUT
    return Origin.DOMAIN if is_domain(reading) else Origin.FILE


def is_one_of_several(machine: Machine) -> bool:
    """Whether its file holds other domains as well, so that the file's name is not the machine's."""
    return machine.document.format is Format.DOMAIN_XML and len(machine.document.domain_names) > 1


def question_before_save(reading: Reading, editing: Editing) -> Question | PathQuestion:
    """Whether the edits are to be saved: accepted from standard input, copied where the file is read-only."""
    brought = editing.brought
    if is_piped(reading):
        return Question(QuestionKind.ACCEPT, (Reply.ACCEPT,), editing.review(), brought=brought)
    if is_read_only(reading):
        return question_of_copy(reading, editing.machine, reading.why_not or "")
    vm = vm_to_reload(reading, editing.machine.sidecars.host)
    return Question(
        QuestionKind.DEFINE if is_domain(reading) else QuestionKind.SAVE,
        (Reply.SAVE,) if vm is None else (Reply.SAVE, Reply.SAVE_AND_RELOAD),
        editing.review(),
        str(reading.path),
        not_kept=reading.not_kept or "",
        brought=brought,
    )


def question_before_leaving(reading: Reading, editing: Editing) -> Question:
    """What becomes of the edits of which nobody has the text yet."""
    if is_read_only(reading):
        return Question(QuestionKind.LEAVE, (Reply.DISCARD,), editing.review())
    keep = Reply.ACCEPT_AND_LEAVE if is_piped(reading) else Reply.SAVE_AND_LEAVE
    return Question(
        QuestionKind.LEAVE,
        (keep, Reply.DISCARD),
        editing.review(),
        not_kept=reading.not_kept or "",
        brought=editing.brought,
    )


def question_before_reload(editing: Editing) -> Question:
    """Whether the edits are to be given up for the file as it is now."""
    return Question(QuestionKind.RELOAD, (Reply.RELOAD,), editing.review())


def question_of_copy(reading: Reading, machine: Machine, why_read_only: str | None = None) -> PathQuestion:
    """Where a copy of the edited text goes, and why no save is offered instead, if so."""
    suggested = address_beside(reading.path, mark="-edited") if reading.path else "machine-edited"
    data = machine.document.data
    if why_read_only is None:
        return PathQuestion(QuestionKind.COPY, suggested, data)
    return PathQuestion(QuestionKind.COPY_OF_READ_ONLY, suggested, data, why_read_only)


def question_of_export(reading: Reading, machine: Machine) -> PathQuestion:
    """Where the machine in the other format goes."""
    suffix = _SUFFIX[machine.other_format]
    name = "".join(one if one.isalnum() else "-" for one in machine.configuration.name or "machine")
    if reading.path is None:
        suggested = name + suffix
    elif is_one_of_several(machine):
        suggested = str(reading.path.with_name(name + suffix))
    else:
        suggested = address_beside(reading.path, suffix=suffix)
    conversion = machine.conversion
    unsaid = conversion.summary if conversion.losses else ""
    return PathQuestion(QuestionKind.EXPORT, suggested, conversion.text.encode("utf-8"), unsaid=unsaid)


def question_of_refused(editing: Editing, outcome: RefusedAtWrite) -> Question:
    """What to do where the files beside it now forbid the save; some refusals may be overridden."""
    refusal = outcome.refusal
    replies = (Reply.OVERRIDE,) if refusal.override else ()
    return Question(QuestionKind.REFUSED, replies, editing.review(), refusal.reason, refusal, outcome.save)


def question_of_conflict(found: Machine, error: ConflictError) -> Question:
    """What to do where the file is not as it was read; one that is gone cannot be read again."""
    if error.current is None:
        return Question(QuestionKind.CONFLICT, (Reply.COPY,))
    lines = difference(found, error.current)
    return Question(QuestionKind.CONFLICT, (Reply.RELOAD, Reply.COPY), lines, error.what)


def question_of_not_written(outcome: NotWritten) -> Question | PathQuestion:
    """Whether the file with the name that was given is to be replaced; elsewhere, where that cannot be."""
    copy, error = outcome.copy, outcome.error
    if not outcome.replaceable:
        return PathQuestion(QuestionKind.WRITE_ELSEWHERE, str(copy.path), copy.data, error.what)
    lost = not_kept_at(copy.path) or ""
    return Question(QuestionKind.REPLACE, (Reply.REPLACE,), about=str(error), copy=copy, not_kept=lost)


def question_of_stored(before: Sequence[str], now: Sequence[str], doubt: str) -> Question:
    """Not to be answered, but to be read: how libvirt worded what was saved, beside the lines ``before``."""
    return Question(QuestionKind.STORED, (), list(diff(before, now)), doubt)


def notice_of_saved(reading: Reading, doubt: str) -> Notice:
    """That the file was saved, with its backup and what is in doubt."""
    return Notice(NoticeKind.SAVED, str(reading.path), reading.backup or "", doubt)


def doubt_after(outcome: Saved, unremembered: str | None) -> str:
    """What is in doubt after a save, in sentences; ``unremembered`` is why undo will not know it."""
    reading = outcome.reading
    clauses = (reading.doubt, outcome.host_said, *(reading.notices if is_domain(reading) else ()))
    told = [sentence(one.removesuffix(".")) for one in clauses if one]
    return " ".join([*told, f"undo will not know it: {unremembered}"] if unremembered else told)


def difference(found: Machine, data: bytes) -> Sequence[DiffLine]:
    """How the file as it is now differs from what was read; read as text where it is no machine any more."""
    try:
        lines = open_document(data).text_lines
    except FormatError:
        lines = tuple(data.decode("utf-8", "backslashreplace").split("\n"))
    return list(diff(found.document.text_lines, lines))
