"""One change made to files, as a value: what one command or one key did.

A change is a save, or a bulk change of many files. It has a record of each file, begun before the file is
touched and ended afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tui.counting import counted
from tui.history.domain_words import DomainWords
from tui.history.process import Process
from tui.history.splices import Splice, inverse

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
    def inverse(self) -> Record:
        """The record of the change that leads back, as one that was saved."""
        domain = None if self.domain is None else self.domain.inverse
        splices = inverse(self.splices)
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
        """Whether its writer is still working.

        Of one on another machine only the age of the last line tells.
        """
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
        words = counted(files, "file")
        return words if saved in (0, files) else f"{saved:,} of {words}"

    def shown(self, file: str) -> str:
        """What people call a file."""
        return next((one.shown for one in self.records if one.file == file), file)

    def names(self, file: str) -> frozenset[str]:
        """What a file is called: its real name, and those it was asked for by."""
        of = [one for one in (*self.records, *self.planned) if one.file == file]
        domains = {one.shown for one in of if one.domain is not None}
        return frozenset({file} | {one.named for one in of if one.named} | domains)

    def of_file(self, file: str) -> tuple[Record, ...]:
        """The records of a file, the oldest first: several where a killed change was finished later."""
        return tuple(record for record in self.records if record.file == file)


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
    """The files that must be read to know what became of them."""
    return tuple(dict.fromkeys(one.file for one in change.records if one.outcome is Outcome.BEGUN))
