"""The store of changes: each a file of lines in the state folder, which only its own process writes to.

What a save is about to do is written down, and the disk has it, before the file is touched: a kill at any
moment leaves either a record without its save, or both, and the file's own bytes tell which.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self, TypeVar

from tui.history.change import Caller, Change, Outcome, Record, settled, unsettled_files
from tui.history.change_lines import (
    begun_line,
    change_line,
    ended_line,
    outcome_line,
    planned_line,
    read_change,
    resumed_line,
    stopped_line,
)
from tui.history.changes import Changes, superfluous
from tui.history.file_names import known_as, real_file
from tui.history.journal import forget_old_edits
from tui.history.process import this_process
from tui.history.splices import splices_between
from tui.history.state_folder import HISTORY, LINES, LineFile, lines_of, names_in, remove, state_folder
from tui.history.unsaved import digest
from tui.settings import load_settings
from tui.storage import (
    StorageError,
    UnknownSaveError,
    holds_domains,
    place_of,
    read,
)

T = TypeVar("T")

_FOLDER, _SUFFIX = HISTORY, LINES
_DAY = 24 * 60 * 60
_TIME = "%Y%m%d-%H%M%S"


class OpenChange:
    """A change being made. ``trouble`` is why it could not be written down, to be said once.

    Nothing is written before the first file is about to be saved.
    """

    def __init__(self, caller: Caller, what: str, *, of: str | None = None, resumes: bool = False) -> None:
        """Begin it. With ``resumes``, a change of the same words that was killed is gone on with."""
        self.change = Change(os.urandom(4).hex(), caller, what, time.time(), this_process(), of)
        self._resumes = resumes
        self._file: LineFile | None = None
        self._number = 0

    def __enter__(self) -> Self:
        """The change of a block, which ends with it, also where what it does fails.

        Where the block was interrupted, or its save answered nothing, how it ended is not known.
        """
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None or (issubclass(kind, Exception) and not issubclass(kind, UnknownSaveError)):
            self.end()
        else:
            self.stop()

    @property
    def id(self) -> str:
        """What ``diskmode undo`` knows it by."""
        return self.change.id

    @property
    def trouble(self) -> str | None:
        """Why changes are not remembered, where they are not."""
        return None if self._file is None else self._file.trouble

    @classmethod
    def resuming(cls, killed: Change) -> OpenChange:
        """Go on with a change that was killed or stopped."""
        opened = cls(killed.caller, killed.what)
        opened._resume(killed)
        return opened

    def plan(self, files: Iterable[tuple[str, bytes, bytes]]) -> None:
        """Write down what is to be done to every file, before the first of them is touched."""
        for number, (file, before, after) in enumerate(files, 1):
            self._store().append(planned_line(number, _record(file, before, after)))

    @contextmanager
    def saving(self, file: str, before: bytes, after: bytes, *, named: str | None = None) -> Iterator[None]:
        """Around the save of one file: what it will change is written down before, how it ended after.

        A block that raises has not changed the file, as every save of ours promises; but where that cannot
        be told, the record stays begun.
        """
        if before == after:
            yield
            return
        with self._around(_record(file, before, after, named)):
            yield

    @contextmanager
    def replacing(self, file: str, before: bytes, after: bytes) -> Iterator[None]:
        """Like :meth:`saving`, around a whole text that is written over another: neither is kept."""
        with self._around(Record(file, digest(before), digest(after), (), replaced=True)):
            yield

    @contextmanager
    def _around(self, record: Record) -> Iterator[None]:
        number = self._begin(record)
        try:
            yield
        except UnknownSaveError:
            raise
        except Exception:
            self._finish(number, Outcome.FAILED)
            raise
        self._finish(number, Outcome.SAVED)

    def doing(  # noqa: PLR0913 - a file, and what is done to it
        self,
        file: str,
        before: bytes,
        after: bytes,
        work: Callable[[], T],
        is_saved: Callable[[T], bool | None],
        *,
        named: str | None = None,
    ) -> T:
        """Like :meth:`saving`, for ``work`` that does not raise but returns how it went.

        ``is_saved`` answers None where that cannot be told.
        """
        number = self._begin(_record(file, before, after, named))
        done = work()
        saved = is_saved(done)
        if saved is not None:
            self._finish(number, Outcome.SAVED if saved else Outcome.FAILED)
        return done

    def _begin(self, record: Record) -> int:
        store = self._store()
        self._number += 1
        store.append(begun_line(self._number, record), flush=True)
        return self._number

    def _finish(self, number: int, outcome: Outcome) -> None:
        self._store().append(outcome_line(number, outcome))

    def end(self) -> None:
        """All that was to be done is done, or was refused. What is too old by the settings is dropped."""
        if self._file is not None:
            self._file.append(ended_line())
            self._file.close()
            if self.trouble is None:
                forget_old(*load_settings().history)

    def stop(self) -> None:
        """The person stopped it: it can be gone on with, or taken back."""
        if self._file is not None:
            self._file.append(stopped_line())
            self._file.close()

    def _store(self) -> LineFile:
        if self._file is None:
            killed = self._killed() if self._resumes else None
            if killed is None or not self._resume(killed):
                self._file = LineFile(_path_of(self.change))
                self._file.create(change_line(self.change))
            assert self._file is not None
        return self._file

    def _killed(self) -> Change | None:
        """The same change, where its last try was killed or stopped, and nobody took it back."""
        every = [change for path in names_in(_folder(), _SUFFIX) if (change := _change_in(path))]
        undone = {change.of for change in every}
        words = (self.change.caller, self.change.what)
        same = [change for change in every if (change.caller, change.what) == words]
        last = max(same, key=lambda change: change.began, default=None)
        if last is None or last.ended or last.is_running or last.id in undone:
            return None
        return last

    def _resume(self, killed: Change) -> bool:
        """Go on with a change; False where another process does, or has since it was looked at."""
        file = LineFile(_path_of(killed))
        if not file.reopen():
            return False
        now = _change_in(file.path)
        if now is not None and (now.ended or len(now.records) != len(killed.records)):
            file.close()
            return False
        self.change = replace(killed, writer=this_process())
        self._number = len(killed.records)
        self._file = file
        file.append(resumed_line(this_process()))
        return True


def _record(file: str, before: bytes, after: bytes, named: str | None = None) -> Record:
    """A domain's text holds secrets: of it the words are kept, and no line."""
    if not holds_domains(place_of(file)[0]):
        return Record(file, digest(before), digest(after), splices_between(before, after), named=named)
    from tui.history.domain_words import words_between  # noqa: PLC0415 - for libvirt alone

    return Record(file, digest(before), digest(after), (), domain=words_between(before, after))


@contextmanager
def written_over(caller: Caller, address: str, data: bytes) -> Iterator[OpenChange]:
    """Around writing ``data`` to an address: where that holds a text that can be read, it is remembered.

    Its change, which is over then, tells whether it could be.
    """
    with OpenChange(caller, caller.value) as change:
        try:
            there = read(address)
        except StorageError:
            there = None
        if there is None or there.data == data:
            yield change
            return
        with change.replacing(real_file(there) or address, there.data, data):
            yield change


def remembered() -> Changes:
    """Every change that is remembered, the oldest first.

    What a killed change did last is found out by looking at that file.
    """
    read = [(path, _change_in(path)) for path in names_in(_folder(), _SUFFIX)]
    found: dict[str, Change] = {}
    for path, change in read:  # a copy under another name, as who shares a folder makes it, counts once
        if change is not None and (change.id not in found or path == _path_of(change)):
            found[change.id] = change
    changes = [
        settled(change, {file: digest_of(file) for file in unsettled_files(change)})
        for change in found.values()
    ]
    unreadable = sum(change is None for _, change in read)
    return Changes(sorted(changes, key=lambda change: (change.began, change.id)), unreadable)


def _change_in(path: Path) -> Change | None:
    """The change that a file tells of, and when it said its last word."""
    change = read_change(lines_of(path))
    with suppress(OSError):
        return None if change is None else replace(change, last_word=path.stat().st_mtime)
    return change


def remembered_of(places: Sequence[str]) -> tuple[Changes, list[Change]]:
    """Every change, and those of some files, folders and connections, the newest first."""
    changes = remembered()
    found = set()
    for place in places:
        found |= {
            one.id for name in {known_as(place), os.path.realpath(place)} for one in changes.about(name)
        }
        found |= {one.id for one in changes.of_domains(place, None)}
    return changes, [one for one in reversed(changes.changes) if one.id in found]


def records(path: Path | str | None = None) -> Sequence[Change]:
    """The changes, the oldest first; with ``path`` those of that file, or of files in that folder."""
    changes = remembered()
    return changes.changes if path is None else changes.about(os.path.realpath(path))


def digest_of(file: str) -> str | None:
    """The digest of a file's bytes now; None where it cannot be read."""
    try:
        return digest(read(file).data)
    except StorageError:
        return None


def forget_old(days: float, most: int) -> None:
    """Drop the changes older than ``days``, and all but the ``most`` newest; those still running stay.

    Unsaved edits are dropped when they are as old.
    """
    paths = {path.name.removesuffix(_SUFFIX): path for path in names_in(_folder(), _SUFFIX)}
    oldest = _time_words(max(time.time() - days * _DAY, 0))
    for name in superfluous(sorted(paths), oldest, most):
        change = _change_in(paths[name])
        if change is None or not change.is_running:
            remove(paths[name])
    forget_old_edits(days)


def _path_of(change: Change) -> Path:
    """Names in order of time, so that old ones are found without reading any."""
    return _folder() / f"{_time_words(change.began)}-{change.id}{_SUFFIX}"


def _time_words(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(_TIME)


def _folder() -> Path:
    return state_folder() / _FOLDER
