"""Taking a change back, in two steps: looking at what that would do to each file, and doing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.formats.text_diff import DiffLine, Sign
from tui.history.change import Caller, Change
from tui.history.change_store import OpenChange
from tui.history.changes import Changes, State
from tui.history.judging import objection_to_bytes
from tui.history.undoing import Planned, RefusedUndo, Restoration, plan_undo, restore
from tui.storage import StorageError


@dataclass(frozen=True)
class TakenBack:
    """What was done: the files put back, those that were not and why, and what is to be told besides."""

    files: tuple[str, ...]
    failed: tuple[RefusedUndo, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TakingBack:
    """What taking ``change`` back would do to each of its files, as they are now."""

    change: Change
    planned: tuple[Planned, ...]

    @classmethod
    def of(cls, changes: Changes, change: Change) -> TakingBack:
        """Look at every file of a change; nothing is written. Waits for the files."""
        return cls(change, tuple(plan_undo(changes, change, objection_to_bytes)))

    @property
    def restorations(self) -> Sequence[Restoration]:
        """The files that would be put back."""
        return [one for one in self.planned if isinstance(one, Restoration)]

    @property
    def refused(self) -> Sequence[RefusedUndo]:
        """Those that would stay as they are, with the reason."""
        return [one for one in self.planned if isinstance(one, RefusedUndo)]

    @property
    def not_kept(self) -> Sequence[str]:
        """What the saves that put files back cannot keep of them, each once, as clauses."""
        lost = (one.reading.not_kept for one in self.restorations)
        return tuple(dict.fromkeys(filter(None, lost)))

    def lines(self) -> list[DiffLine]:
        """The lines that would differ, file by file; with several, each below its name."""
        found: list[DiffLine] = []
        restorations = self.restorations
        for one in restorations:
            if found:
                found.append(DiffLine(Sign.GAP, None, ""))
            if len(restorations) > 1:
                found.append(DiffLine(Sign.SAME, None, one.address))
            found += one.diff()
        return found

    def run(self) -> TakenBack:
        """Put back what can be. Waits for the files."""
        undoing = OpenChange(Caller.UNDO, self.change.what, of=self.change.id)
        files: list[str] = []
        failed, notes = list(self.refused), []
        for one in self.restorations:
            try:
                notice = restore(one, undoing).notice
            except StorageError as error:
                what = f"{error.what}; {error.remedy}"
                failed.append(RefusedUndo(one.file, what, failed=True, named=one.address))
                continue
            files.append(one.file)
            notes += [f"{one.address}: {notice}"] if notice else []
        undoing.end()
        notes += [f"the change is not remembered: {undoing.trouble}"] if undoing.trouble else []
        return TakenBack(tuple(files), tuple(failed), tuple(notes))


def why_not(changes: Changes, change: Change) -> str | None:
    """Why a change cannot be taken back at all, or None."""
    match changes.state(change):
        case State.RUNNING:
            return "it is still being made: wait until that is done"
        case State.UNDONE:
            return "it was taken back already"
        case State.FAILED:
            return "it saved nothing"
        case _:
            return None
