"""Changes made to files, as values: how they are written down, and what is read out of that.

A change is what one command or one key did: a save, or a bulk change of many files. It has a record of each
file, begun before the file is touched and ended afterwards.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from tui.history.domain_words import DomainWords
from tui.history.process import Process, moment
from tui.history.splices import Splice, turned

SCHEMA = "diskmode.change/1"
# Seconds: a bulk change says something at every file.
_SILENCE = 60 * 60


class Caller(StrEnum):
    """Which face of the program made a change."""

    EDITOR = "editor"
    SET = "set"
    SET_EACH = "set --each"
    CONVERT = "convert"
    PLAN = "plan"
    FLEET = "fleet"
    UNDO = "undo"


class Outcome(StrEnum):
    """How the change of a file ended; BEGUN: that was never written down, for the program was killed."""

    BEGUN = "begun"
    SAVED = "saved"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Record:
    """The change of one file: its real name, the digests of its bytes before and after, and the splices.

    Of a ``domain`` that libvirt keeps there are no splices, but the words of its disks. Of a file that was
    ``replaced`` as a whole there are none either: they would be its text. A file of another host is ``named``
    as it was asked for, where a link of that host led to it, as ESXi's datastores all are.
    """

    file: str
    before: str
    after: str
    splices: tuple[Splice, ...]
    outcome: Outcome = Outcome.BEGUN
    domain: DomainWords | None = None
    replaced: bool = False
    named: str | None = None

    @property
    def turned(self) -> Record:
        """The record of the change that leads back, as one that was saved."""
        domain = None if self.domain is None else self.domain.turned
        splices = turned(self.splices)
        return Record(
            self.file, self.after, self.before, splices, Outcome.SAVED, domain, self.replaced, self.named
        )

    def is_of_domain(self, uri: str, name: str | None) -> bool:
        """Whether it is of a domain of this connection, or of the one with this name or UUID."""
        if self.domain is None:
            return False
        of, _, uuid = self.file.partition(" ")
        return of == uri and (name in (None, self.domain.name) or str(name).lower() == uuid)

    @property
    def shown(self) -> str:
        """What people call the file: a domain by its name, and not by the UUID that it is remembered by."""
        if self.domain is not None:
            return f"{self.file.partition(' ')[0]} {self.domain.name}"
        return self.named or self.file


@dataclass(frozen=True, slots=True)
class Change:
    """What was done at once. ``began`` is in seconds since 1970; ``what`` says it in words of the command.

    ``planned`` is what was to be done to every file, where that was written down beforehand.
    ``of`` is the change that an undo took back; ``ended`` tells one that ran to its end from one that was
    killed or ``stopped``. ``last_word`` is when its last line was written, in seconds since 1970.
    """

    id: str
    caller: Caller
    what: str
    began: float
    writer: Process
    of: str | None = None
    records: tuple[Record, ...] = ()
    ended: bool = False
    planned: tuple[Record, ...] = ()
    stopped: bool = False
    last_word: float = 0.0

    @property
    def is_running(self) -> bool:
        """Whether its writer is at it still. Whether one on another machine is, only its silence tells."""
        if self.ended or self.stopped:
            return False
        runs = self.writer.runs
        return time.time() - self.last_word < _SILENCE if runs is None else runs

    @property
    def unfinished(self) -> tuple[Record, ...]:
        """What was planned of files that were not reached."""
        reached = {one.file for one in self.records if one.outcome is not Outcome.FAILED}
        return tuple(one for one in self.planned if one.file not in reached)

    @property
    def files(self) -> tuple[str, ...]:
        """The files, each once, in the order they were changed."""
        return tuple(dict.fromkeys(record.file for record in self.records))

    @property
    def saved(self) -> tuple[str, ...]:
        """The files that were not left as they were because their save failed, each once."""
        saved = (one.file for one in self.records if one.outcome is not Outcome.FAILED)
        return tuple(dict.fromkeys(saved))

    @property
    def counted(self) -> str:
        """How many files: ``20 files``; where the save of some failed, ``18 of 20 files``."""
        files, saved = len(self.files), len(self.saved)
        words = f"{files:,} file" + ("" if files == 1 else "s")
        return words if saved in (0, files) else f"{saved:,} of {words}"

    def shown(self, file: str) -> str:
        """What people call a file."""
        return next((one.shown for one in self.records if one.file == file), file)

    def names(self, file: str) -> frozenset[str]:
        """What a file is called: its real name, and those it was asked for by."""
        of = (*self.records, *self.planned)
        return frozenset({file} | {one.named for one in of if one.file == file and one.named})

    def of_file(self, file: str) -> tuple[Record, ...]:
        """The records of a file, the oldest first: several where a killed change was finished later."""
        return tuple(record for record in self.records if record.file == file)


class State(StrEnum):
    """How a change stands."""

    DONE = "done"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    UNDONE = "undone"
    PARTLY_UNDONE = "partly undone"
    FAILED = "nothing saved"


# The lines of a change's file.


class Kind(StrEnum):
    """What a line behind the first says."""

    PLANNED = "planned"
    BEGUN = "begun"
    SAVED = "saved"
    FAILED = "failed"
    ENDED = "ended"
    STOPPED = "stopped"
    RESUMED = "resumed"


def change_line(change: Change) -> dict[str, Any]:
    """The first line: what is about to be done, and by whom."""
    return {
        "schema": SCHEMA,
        "id": change.id,
        "caller": change.caller,
        "what": change.what,
        "began": change.began,
        "of": change.of,
        **change.writer.as_json(),
    }


def begun_line(number: int, record: Record) -> dict[str, Any]:
    """A file is about to be changed."""
    splices = [one.as_json() for one in record.splices]
    said = {"file": record.file, "before": record.before, "after": record.after, "splices": splices}
    domain = {} if record.domain is None else {"domain": record.domain.as_json()}
    replaced = {"replaced": True} if record.replaced else {}
    named = {"named": record.named} if record.named else {}
    return {Kind.BEGUN: number, **said, **domain, **replaced, **named}


def planned_line(number: int, record: Record) -> dict[str, Any]:
    """A file is to be changed, once those before it are."""
    line = begun_line(number, record)
    return {Kind.PLANNED.value: line.pop(Kind.BEGUN.value), **line}


def outcome_line(number: int, outcome: Outcome) -> dict[str, Any]:
    """How the change of that file ended."""
    return {outcome.value: number}


def ended_line() -> dict[str, Any]:
    """The change ran to its end."""
    return {Kind.ENDED: True}


def stopped_line() -> dict[str, Any]:
    """The person stopped it, and nobody is at it any more."""
    return {Kind.STOPPED: True}


def resumed_line(writer: Process) -> dict[str, Any]:
    """Another process finishes what was killed."""
    return {Kind.RESUMED: True, **writer.as_json()}


def read_change(lines: Iterable[object]) -> Change | None:
    """The change that lines tell of; None where they tell of none. Lines that say nothing are left out."""
    found: Change | None = None
    records: dict[int, Record] = {}
    planned: dict[int, Record] = {}
    for line in lines:
        if not isinstance(line, dict):
            continue
        try:
            if found is not None and Kind.PLANNED.value in line:
                planned[_number_in(line)] = _record_in(line)
            else:
                found = _change(line) if found is None else _went_on(found, records, line)
        except (KeyError, TypeError, ValueError):
            if found is None:
                return None
    if found is None:
        return None
    return replace(found, records=tuple(records.values()), planned=tuple(planned.values()))


def _change(line: Mapping[str, Any]) -> Change:
    if line["schema"] != SCHEMA:
        raise ValueError("another kind of file")
    of = line["of"]
    return Change(
        str(line["id"]),
        Caller(line["caller"]),
        str(line["what"]),
        moment(line["began"]),
        Process.from_json(line),
        None if of is None else str(of),
    )


def _number_in(line: Mapping[str, Any]) -> int:
    number = line[Kind.PLANNED.value]
    if not isinstance(number, int):
        raise TypeError("a number was expected")
    return number


def _record_in(line: Mapping[str, Any]) -> Record:
    splices = tuple(Splice.from_json(one) for one in line["splices"])
    domain = DomainWords.from_json(line["domain"]) if "domain" in line else None
    file, before, after = (str(line[name]) for name in ("file", "before", "after"))
    named = str(line["named"]) if "named" in line else None
    return Record(file, before, after, splices, domain=domain, replaced="replaced" in line, named=named)


def _went_on(change: Change, records: dict[int, Record], line: Mapping[str, Any]) -> Change:
    match line:
        case {Kind.BEGUN.value: int(number)}:
            records[number] = _record_in(line)
        case {Kind.SAVED.value: int(number)}:
            records[number] = replace(records[number], outcome=Outcome.SAVED)
        case {Kind.FAILED.value: int(number)}:
            records[number] = replace(records[number], outcome=Outcome.FAILED)
        case {Kind.ENDED.value: _}:
            return replace(change, ended=True)
        case {Kind.STOPPED.value: _}:
            return replace(change, stopped=True)
        case {Kind.RESUMED.value: _}:
            return replace(change, writer=Process.from_json(line), ended=False, stopped=False)
    return change


def settled(change: Change, digests: Mapping[str, str | None]) -> Change:
    """The change with every record that was never ended judged by the file: does it hold the new bytes?

    ``digests`` are of the files as they are now. The last such record of a file is the one that may have
    been in the middle of a save; where the file has moved on, it stays begun.
    """
    found = []
    for record in change.records:
        now = digests.get(record.file)
        if record.outcome is Outcome.BEGUN and now == record.after:
            found.append(replace(record, outcome=Outcome.SAVED))
        elif record.outcome is Outcome.BEGUN and now == record.before:
            found.append(replace(record, outcome=Outcome.FAILED))
        else:
            found.append(record)
    return replace(change, records=tuple(found))


def unsettled_files(change: Change) -> tuple[str, ...]:
    """The files that must be looked at to know what became of them."""
    return tuple(dict.fromkeys(one.file for one in change.records if one.outcome is Outcome.BEGUN))


@dataclass(frozen=True)
class Changes:
    """Every change that is remembered, the oldest first, and how they bear on each other.

    ``unreadable`` counts the files that should hold one, and are damaged.
    """

    changes: Sequence[Change]
    unreadable: int = 0
    _undos: dict[str, list[Change]] = field(default_factory=dict, repr=False, compare=False)
    _standing: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)
    _of: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for change in self.changes:
            if change.of is not None:
                self._undos.setdefault(change.of, []).append(change)
                self._of[change.id] = change.of

    def standing(self, change: Change) -> tuple[str, ...]:
        """The files of a change that were saved by it, and that no undo has put back since.

        Undos of undos may follow each other for long, and in a damaged history in a circle.
        """
        if change.id not in self._standing:
            chain, met = [change], {change.id}
            for one in chain:
                undos = [undo for undo in self._undos.get(one.id, ()) if undo.id not in met]
                met |= {undo.id for undo in undos}
                chain += undos
            for one in reversed(chain):
                self._standing.setdefault(one.id, tuple(self._not_undone(one)))
        return self._standing[change.id]

    def _not_undone(self, change: Change) -> Iterator[str]:
        """The same, where that is known of its undos."""
        undone = {file for undo in self._undos.get(change.id, ()) for file in self._standing.get(undo.id, ())}
        yield from (file for file in change.saved if file not in undone)

    def state(self, change: Change) -> State:
        """How a change stands now."""
        if not change.ended:
            return State.RUNNING if change.is_running else State.INTERRUPTED
        saved = change.saved
        if not saved:
            return State.FAILED
        standing = self.standing(change)
        if not standing:
            return State.UNDONE
        return State.DONE if len(standing) == len(saved) else State.PARTLY_UNDONE

    def done_by(self, change: Change) -> str:
        """What made a change, in a word: an undo of an undo is a ``redo``. Undos may follow each other for
        long, and in a damaged history in a circle.
        """
        chain = [change.id]
        while (before := self._of.get(chain[-1])) is not None and before not in chain:
            chain.append(before)
        again = change.caller is Caller.UNDO and len(chain) % 2
        return "redo" if again else change.caller.value

    def last(self) -> Change | None:
        """The newest change that is not itself an undo, and of which something stands."""
        return next((one for one in reversed(self.changes) if one.of is None and self.standing(one)), None)

    def named(self, name: str) -> list[Change]:
        """The changes whose id begins so."""
        exact = [one for one in self.changes if one.id == name]
        return exact or [one for one in self.changes if one.id.startswith(name)]

    def about(self, path: str) -> Sequence[Change]:
        """The changes of a file, or of files in a folder, by its real name or what it was asked for by."""
        inside = path.rstrip(os.sep) + os.sep
        return [
            change
            for change in self.changes
            if any(
                name == path or name.startswith(inside)
                for record in change.records
                for name in (record.file, record.named or record.file)
            )
        ]

    def of_domains(self, uri: str, name: str | None) -> Sequence[Change]:
        """The changes of a connection's domains, or of those that have this UUID or were ever called so."""
        records = (record for change in self.changes for record in change.records)
        meant = {record.file for record in records if record.is_of_domain(uri, name)}
        return [change for change in self.changes if not meant.isdisjoint(change.files)]

    def after(self, change: Change, file: str) -> Change | None:
        """A change that stands and was made on what ``change`` left of a file, else the next one behind it.

        The bytes tell before the clock does: it may have been set back.
        """
        left = {record.after for record in change.of_file(file)}
        others = [one for one in self.changes if one.of != change.id and one is not change]
        standing = [one for one in others if file in self.standing(one)]
        made_on = (one for one in standing if any(record.before in left for record in one.of_file(file)))
        behind = self.changes[self.changes.index(change) + 1 :]
        return next(made_on, None) or next((one for one in standing if one in behind), None)


def superfluous(ids: Sequence[str], oldest: str, most: int) -> Sequence[str]:
    """Of ids in order of time, those to be dropped: before ``oldest``, and all but the ``most`` newest."""
    kept = [one for one in ids if one >= oldest]
    kept = kept[max(len(kept) - most, 0) :]
    return ids[: len(ids) - len(kept)]
