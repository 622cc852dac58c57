"""A bulk change that was killed or stopped in the middle: found again, and finished or taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial

from tui.editing import PolicyChange
from tui.fleet.bulk_plan import changes_between
from tui.fleet.bulk_run import BulkRun, Step
from tui.fleet.bulk_write import FileOutcome, WriteState, WrittenFile
from tui.fleet.proposals import FileProposal, ProposalEntry, entries_of_changes
from tui.formats.text_diff import DiffLine, document_diff
from tui.history.change import Caller, Change
from tui.history.change_store import OpenChange, remembered
from tui.history.changes import Changes, State
from tui.history.file_names import is_within
from tui.history.judging import objection_to_bytes
from tui.history.undoing import (
    AlreadyUndone,
    Planned,
    RefusedUndo,
    Restoration,
    plan_finish,
    plan_undo,
    restore,
)
from tui.storage import ConflictError, StorageError, host_facts_of, vm_to_reload


def last_interrupted(paths: Sequence[str]) -> tuple[Changes, Change] | None:
    """The newest bulk change of the fleet's screen in these folders that did not come to its end.

    Of one that was taken back, or saved nothing, nothing is left to decide. Reads the history, and the file
    that was being written.
    """
    changes = remembered()
    for change in reversed(changes.changes):
        if change.caller is not Caller.FLEET or changes.state(change) is not State.INTERRUPTED:
            continue
        standing = changes.standing(change)
        if standing and any(is_within(change, file, path) for file in standing for path in paths):
            return changes, change
    return None


def leave_as_it_is(change: Change) -> None:
    """Have it count as ended: it is not offered again."""
    OpenChange.resuming(change).end()


class HistoryRun(BulkRun):
    """A change out of the history gone on with to its end, or taken back; planned like any other."""

    def __init__(self, changes: Changes, change: Change, step: Step) -> None:
        """``step`` is SAVE to finish it, UNDO to take it back. Nothing is read yet."""
        super().__init__([], PolicyChange(), what=change.what)
        self.found: list[Planned] = []
        self._change = change
        planned = self._planned_of(changes, change, step)
        number = len(change.unfinished) if step is Step.SAVE else len(changes.standing(change))
        self._begin(Step.PLAN, [partial(self._look, planned)] * number)

    def _planned_of(self, changes: Changes, change: Change, step: Step) -> Iterator[Planned]:
        if step is Step.UNDO:
            return plan_undo(changes, change, objection_to_bytes)
        return plan_finish(change, partial(objection_to_bytes, states=True))

    def _look(self, planned: Iterator[Planned]) -> None:
        one = next(planned, None)
        self.found += [] if one is None else [one]

    def begin(self, step: Step, without: Collection[str], *, reload: bool = False) -> None:
        """Begin to do what was planned, but for some files; ``reload`` as in `BulkRun.save`."""
        files = [one for one in self.found if isinstance(one, Restoration) and one.address not in without]
        if step is Step.SAVE:
            self._remembering = OpenChange.resuming(self._change)
        else:
            self._remembering = OpenChange(Caller.UNDO, self._change.what, of=self._change.id)
        done = WriteState.SAVED if step is Step.SAVE else WriteState.RESTORED
        self._begin(
            step, [partial(self._write, partial(self._put, one, done, reload=reload)) for one in files]
        )

    def _put(self, one: Restoration, done: WriteState, *, reload: bool) -> FileOutcome:
        try:
            put = restore(one, self._remembering, reload=reload)
        except ConflictError:
            return FileOutcome(one.address, WriteState.KEPT, "it was changed since")
        except StorageError as error:
            return FileOutcome(one.address, WriteState.FAILED, f"{error.what}; {error.remedy}")
        written = WrittenFile(one.address, put.now, one.reading.data, host=host_facts_of(one.reading))
        return FileOutcome(one.address, done, put.notice, written, not_reloaded=put.not_reloaded)


class HistoryProposal(FileProposal):
    """What is left to be done of such a change, or to be taken back: file by file."""

    def __init__(self, title: str, run: HistoryRun, step: Step) -> None:
        entries = [line for one in run.found for line in _entries(one)]
        if step is Step.SAVE:
            entries.sort(key=lambda one: one.path)
        super().__init__(title, step, sorted(entries, key=lambda one: one.refused is None))
        self.run = run
        self._files = {one.address: one for one in run.found if isinstance(one, Restoration)}
        lost = (one.reading.not_kept for one in self._files.values())
        self.warnings = tuple(dict.fromkeys(filter(None, lost)))

    def diff(self, path: str) -> Sequence[DiffLine]:
        """The lines that differ between the file as it is and as it would be."""
        one = self._files.get(path)
        return [] if one is None else document_diff(one.reading.data, one.data)

    @property
    def has_reload(self) -> bool:
        """See `Proposal`."""
        readings = [one.reading for one in self._files.values()]
        return any(vm_to_reload(one, host_facts_of(one)) for one in readings)

    def begin(self, *, backup: bool, reload: bool = False) -> None:  # noqa: ARG002 - as the change was begun
        """Begin with the files that were not left out; backups are kept as the change was begun with."""
        self.run.begin(self.step, self._left_out, reload=reload)


def _entries(one: Planned) -> Iterator[ProposalEntry]:
    match one:
        case Restoration():
            machines = changes_between(one.address, one.reading.data, one.data)
            yield from tuple(entries_of_changes(one.address, machines)) or (
                ProposalEntry(one.address, one.address, ""),
            )
        case RefusedUndo():
            yield ProposalEntry(one.address, one.address.rpartition("/")[2], "", refused=one.reason)
        case AlreadyUndone():
            return
