"""Keeping the edits of an open file in its journal, and finding those an earlier editor left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.history.journal import Journal, Left
    from tui.storage import Reading


@dataclass(frozen=True)
class Recalled:
    """The journal of this session, begun on ``base``, and what other editors of the file left or keep."""

    base: bytes
    journal: Journal
    others: tuple[Left, ...]


@dataclass(frozen=True)
class Flushed:
    """What a flush found: ``trouble`` is why edits are not kept, ``editors`` who else has the file open.

    ``anew`` is the new journal where somebody removed ours.
    """

    trouble: str | None
    editors: tuple[Left, ...] = ()
    anew: Recalled | None = None


@dataclass(frozen=True, eq=False)
class Recall:
    """Beginning the journal: ``run`` waits for the disk."""

    run: Callable[[], Recalled]


class Keeping:
    """Writes a session's edits to its journal.

    Edits made before the journal is open are written when it is.
    """

    def __init__(self, data: bytes) -> None:
        self._journal: Journal | None = None
        self._base = data
        self._written = data  # the text that the journal's edits lead to
        self._is_over = False
        self._is_flushed = True
        self._reported: set[object] = set()

    def recall(self, reading: Reading) -> Recall:
        """Begin the journal of what was read."""
        base = self._base

        def run() -> Recalled:
            from tui.history.file_names import called, real_file  # noqa: PLC0415
            from tui.history.journal import (  # noqa: PLC0415 - behind the first paint
                Journal,
                forget_old_edits,
                journals_of,
            )
            from tui.settings import load_settings  # noqa: PLC0415

            file = real_file(reading)
            forget_old_edits(load_settings().history.days)
            journal = Journal(file, base, called(reading))
            if self._is_over:
                journal.drop()
            return Recalled(base, journal, tuple(journals_of(file, base, journal)))

        return Recall(run)

    def begin(self, recalled: Recalled, now: bytes) -> str | None:
        """Use this journal, and add to it what was edited meanwhile; returns why there is none, if so."""
        self._journal = recalled.journal
        self._reported |= {one.path for one in recalled.others} | {recalled.journal.trouble}
        self._written = recalled.base
        if self._base != recalled.base:
            self.saved(self._base, now)
        self.note(now)
        return recalled.journal.trouble

    def note(self, now: bytes) -> None:
        """Add to the journal the edit from the text it leads to, to the text ``now``."""
        if self._journal is not None and now is not self._written:
            self._journal.edited(self._written, now)
            self._written = now
            self._is_flushed = False

    def flush(self) -> Callable[[], Flushed] | None:
        """A callable that waits until every edit is on disk.

        None where that was asked for since the last edit.
        """
        if self._journal is None or self._is_flushed:
            return None
        self._is_flushed = True
        return partial(_flushed, self._journal, self._base)

    def flushed(self, found: Flushed, now: bytes) -> Flushed:
        """What a flush found, without what was told before."""
        editors = tuple(one for one in found.editors if one.path not in self._reported)
        trouble = None if found.trouble in self._reported else found.trouble
        self._reported |= {found.trouble, *(one.path for one in editors)}
        if found.anew is not None and not self._is_over:
            self.begin(found.anew, now)
        elif found.anew is not None:
            found.anew.journal.drop()
        return Flushed(trouble, editors)

    def saving(self, data: bytes) -> None:
        """``data``, the text as it is now, is about to be saved."""
        self.note(data)
        if self._journal is not None:
            self._journal.saving(data)

    def saved(self, data: bytes, now: bytes) -> None:
        """The file holds ``data`` from now on; the text has gone on to ``now``."""
        self._base = data
        if self._journal is not None:
            self._journal.saved(data, now)
            self._written = now

    def end(self) -> None:
        """The person leaves by choice: drop the journal, so that nothing is offered later."""
        self._is_over = True
        if self._journal is not None:
            self._journal.drop()


def _flushed(journal: Journal, base: bytes) -> Flushed:
    """Wait for the disk, and find who else has the file open; begin a new journal where ours was removed."""
    from tui.history.journal import Journal, editors_of  # noqa: PLC0415 - behind the first paint

    if journal.is_gone:
        anew = Recalled(base, Journal(journal.file, base, journal.named), ())
        return Flushed(anew.journal.trouble, anew=anew)
    journal.flush()
    return Flushed(journal.trouble, tuple(editors_of(journal.file, journal)))
