"""Taking a change back: each file that still has the bytes it left, judged as any other edit is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from tui.formats.errors import EditError, FormatError
from tui.formats.text_diff import DiffLine, document_diff
from tui.history.change import Change, Outcome, Record
from tui.history.change_store import OpenChange
from tui.history.changes import Changes
from tui.history.domain_words import MovedOnError, words_lines, words_put_back
from tui.history.file_names import is_within, real_file
from tui.history.splices import MismatchError, diff_lines, inverse, spliced
from tui.history.unsaved import digest
from tui.storage import Reading, StorageError, after_save, connect, host_facts_of, read, save, save_notice

Judge = Callable[[Reading, bytes, Collection[str]], str | None]
"""Why the bytes of a file may not become others, by what lies beside it now and the overrides; or None."""


@dataclass(frozen=True, slots=True)
class Restoration:
    """A file that can be put back: as it was read now, and the bytes it had before the change."""

    file: str
    reading: Reading
    data: bytes
    named: str | None = None

    @property
    def address(self) -> str:
        """What people call the file: as they asked for it, a domain by its name and not by its UUID."""
        return self.named or (self.file if self.reading.path is None else str(self.reading.path))

    def diff(self) -> list[DiffLine]:
        """The lines of the file that would differ."""
        return document_diff(self.reading.data, self.data)


@dataclass(frozen=True, slots=True)
class RefusedUndo:
    """A file that is left as it is, and why; ``lines`` are what would have to change by hand.

    ``failed`` tells one that cannot be read or saved from one that is not to be put back.
    """

    file: str
    reason: str
    lines: tuple[DiffLine, ...] = ()
    failed: bool = False
    named: str | None = None

    @property
    def address(self) -> str:
        """What people call the file."""
        return self.named or self.file


@dataclass(frozen=True, slots=True)
class AlreadyUndone:
    """A file that has the bytes of before already."""

    file: str


Planned = Restoration | RefusedUndo | AlreadyUndone


def plan_undo(
    changes: Changes,
    change: Change,
    judge: Judge,
    overrides: Collection[str] = frozenset(),
    within: str | None = None,
) -> Iterator[Planned]:
    """What taking ``change`` back does to each of its files that it saved; nothing is written.

    With ``within``, the address of a file or a folder, only to those there.
    """
    standing = set(changes.standing(change))
    for file in reversed(change.files):
        if file in standing and (within is None or is_within(change, file, within)):
            saved = [one for one in change.of_file(file) if one.outcome is not Outcome.FAILED]
            planned = _planned(changes, change, file, saved, judge, overrides)
            if isinstance(planned, RefusedUndo):
                planned = replace(planned, named=change.shown(file))
            yield planned


def plan_finish(change: Change, judge: Judge, overrides: Collection[str] = frozenset()) -> Iterator[Planned]:
    """What doing the rest of ``change`` does to each file that it did not reach; nothing is written.

    That is to take back the change that leads from its end to where the files stand now.
    """
    back = replace(change, id=f"{change.id}-", records=tuple(one.inverse for one in change.unfinished))
    for planned in plan_undo(Changes([back]), back, judge, overrides):
        if isinstance(planned, RefusedUndo) and planned.lines:
            yield replace(planned, reason="it was changed since this was planned")
        else:
            yield planned


def _planned(  # noqa: PLR0913, PLR0917 - a file of a change, and how it is judged
    changes: Changes,
    change: Change,
    file: str,
    saved: list[Record],
    judge: Judge,
    overrides: Collection[str],
) -> Planned:
    reading = _read(file, saved)
    if isinstance(reading, RefusedUndo):
        return reading
    try:
        data = _before(saved, reading.data)
    except (MovedOnError, FormatError, EditError) as error:
        return RefusedUndo(file, str(error), _by_hand(saved))
    if data is None:
        return RefusedUndo(file, _moved_on(changes, change, file), _by_hand(saved))
    if data == reading.data:
        return AlreadyUndone(file)
    if not reading.writable:
        return RefusedUndo(file, reading.why_not or "it cannot be written", failed=True)
    objection = judge(reading, data, overrides)
    possible = Restoration(file, reading, data, saved[-1].named)
    return possible if objection is None else RefusedUndo(file, objection)


def _read(file: str, saved: list[Record]) -> Reading | RefusedUndo:
    """The file as it is now; refused where it cannot be read, or another stands behind its name."""
    if any(record.replaced for record in saved):
        return RefusedUndo(file, "another text was written over the whole of it, and the old one is not kept")
    is_domain = saved[0].domain is not None
    try:
        if is_domain:  # it stands in the person's own history which connection they gave
            connect(file.partition(" ")[0])
        reading = read(file)
    except StorageError as error:
        return RefusedUndo(file, f"{error.what}; {error.remedy}", failed=True)
    leads_to = real_file(reading)
    if not is_domain and leads_to != file:
        return RefusedUndo(file, f"it leads to another file now, {leads_to}", _by_hand(saved))
    return reading


def _before(saved: list[Record], data: bytes) -> bytes | None:
    """The bytes before these records of one file, from those it has now; None where they do not fit."""
    for record in reversed(saved):
        if record.domain is not None:
            data = words_put_back(data, record.domain)
            continue
        known = digest(data)
        if known == record.before:
            continue
        if known != record.after:
            return None
        try:
            data = spliced(data, inverse(record.splices))
        except MismatchError:
            return None
        if digest(data) != record.before:
            return None
    return data


def _moved_on(changes: Changes, change: Change, file: str) -> str:
    later = changes.after(change, file)
    if later is not None:
        return f"it was changed since, by {later.caller} ({later.id}); take that back first"
    return "it no longer has the bytes that this change left; compare it, and change it by hand"


def _by_hand(saved: list[Record]) -> tuple[DiffLine, ...]:
    inverses = (record.domain.inverse for record in reversed(saved) if record.domain is not None)
    by_words = [line for words in inverses for line in words_lines(words)]
    lines = (line for record in reversed(saved) for line in diff_lines(inverse(record.splices)))
    return (*by_words, *lines)


class Restored(NamedTuple):
    """A file that was put back. ``notice`` is what is to be known of that, such as that its host goes by the
    old text still; None for nothing. ``not_reloaded``: its host was to read it again, and did not.
    """

    now: Reading
    notice: str | None = None
    not_reloaded: bool = False


def restore(planned: Restoration, undoing: OpenChange, *, reload: bool = False) -> Restored:
    """Put a file back; with ``reload`` have its host read it again. Raises StorageError."""
    with undoing.saving(planned.file, planned.reading.data, planned.data, named=planned.named):
        saved = save(planned.reading, planned.data)
    answer = after_save(saved, host_facts_of(planned.reading), reload=reload)
    return Restored(saved, save_notice(saved, answer), answer.failed)
