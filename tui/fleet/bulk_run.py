"""One change to many files as a state machine: planned, reviewed, saved file by file, undone, redone.

No threads and no screen: the owner of a run calls ``advance`` until a step has ended, from a thread if it
likes, and may call ``stop`` meanwhile; then the step ends after the current file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from functools import partial

from tui.counting import counted
from tui.editing import PolicyChange
from tui.fleet.bulk_plan import ChosenDisks, DiskPlace, FileChange, FilePlan
from tui.fleet.bulk_write import FileOutcome, WriteState, WrittenFile, apply, redo, undo
from tui.history.change import Caller
from tui.history.change_store import OpenChange
from tui.history.file_names import asked_as, real_file
from tui.rules import Hypervisor, Remedy
from tui.storage import candidate_at


class Step(StrEnum):
    """What a run does, or did last."""

    PLAN = "plan"
    SAVE = "save"
    UNDO = "undo"
    REDO = "redo"


class StepError(Exception):
    """A step was begun that cannot be taken now; ``args`` tell why."""


class FileSteps:
    """A step under way, a file at a time: ``outcomes`` are those of the step under way or ended last."""

    def __init__(self, step: Step, work: Sequence[Callable[[], None]]) -> None:
        self.step = step
        self.outcomes: list[FileOutcome] = []
        self.total = len(work)
        self.done = 0
        self._stopped = False
        self._work = list(work)

    def advance(self) -> bool:
        """Do the next file of this step; whether there may be more to do. Never raises for one file."""
        if self.is_running:
            self._work[self.done]()
            self.done += 1
        if not self.is_running:
            self._over()
        return self.is_running

    def _over(self) -> None:
        """The step ended, or was stopped; may be called twice."""

    def stop(self) -> None:
        """End the step behind the file it is at."""
        self._stopped = True

    @property
    def is_running(self) -> bool:
        """Whether files of this step are left and it was not stopped."""
        return not self._stopped and self.done < self.total

    @property
    def not_reached(self) -> int:
        """How many files of this step were left when it was stopped."""
        return 0 if self.is_running else self.total - self.done

    def _begin(self, step: Step, work: Sequence[Callable[[], None]]) -> None:
        self.step, self.outcomes, self.done, self._stopped = step, [], 0, False
        self._work, self.total = list(work), len(work)


class BulkRun(FileSteps):
    """The disks chosen in many files, what they shall become, and how far that is.

    After a save ``can_undo`` holds while a file stands as it was written; a file whose undo failed, was not
    reached or was left out stays to be tried again, one that somebody changed since is left alone for good.
    ``can_redo`` is the same the other way.
    """

    def __init__(
        self,
        chosen: Sequence[ChosenDisks],
        wanted: PolicyChange,
        hypervisor: Hypervisor | None = None,
        what: str = "",
    ) -> None:
        """Nothing is read yet. ``what`` says in words what is done, for the history; ``{}`` in it stands
        for the disks, which are counted when it is saved: those refused and left out are not among them.
        """
        super().__init__(Step.PLAN, [partial(self._plan, one) for one in chosen])
        self.plans: list[FilePlan] = []
        self._chosen = {one.path: one for one in chosen}
        self._wanted = wanted
        self._hypervisor = hypervisor
        self._what = what
        self._remembering = OpenChange(Caller.FLEET, what)
        self._saved: dict[str, WrittenFile] = {}
        self._restored: dict[str, WrittenFile] = {}

    # Planning

    def _plan(self, chosen: ChosenDisks) -> None:
        found = candidate_at(chosen.path)
        self.plans.append(chosen.plan(found, self._wanted, self._hypervisor))

    def replan(self, path: str, left_out: Collection[DiskPlace]) -> None:
        """Plan a file again without some of the disks chosen in it. Reads the file."""
        chosen = self._chosen[path].without(left_out)
        if chosen.disks:
            planned = chosen.plan(candidate_at(path), self._wanted, self._hypervisor)
        else:
            planned = FilePlan(path)
        place = next(place for place, one in enumerate(self.plans) if one.path == path)
        self.plans[place] = planned

    def accepting(self, remedy: Remedy, left_out: Mapping[str, Collection[DiskPlace]]) -> BulkRun:
        """The same disks, but for those left out, to be planned so that what was refused is granted too."""
        chosen = [one.without(left_out.get(one.path, ())) for one in self._chosen.values()]
        wanted = PolicyChange(policy=remedy.policy)
        what = f"{self._what}; {remedy.offer}"
        return BulkRun([one for one in chosen if one.disks], wanted, self._hypervisor, what)

    @property
    def changes(self) -> list[FileChange]:
        """The files that would change; none before every file has been planned."""
        if self.step is Step.PLAN and self.done < self.total:
            return []
        return [one.change for one in self.plans if one.change is not None]

    @property
    def has_something_to_tell(self) -> bool:
        """Whether anything would change or was refused."""
        return any(one.change is not None or one.refused for one in self.plans)

    # Writing

    def save(self, *, backup: bool = False, reload: bool = False) -> None:
        """Begin to save what was planned; with ``reload`` hosts read the files of their machines again.

        Raises StepError where the plan is not whole, or was saved before.
        """
        if self.step is not Step.PLAN or self.done < self.total:
            raise StepError("there is no whole plan to save")
        changes = self.changes
        disks = sum(len(machine.disks) for one in changes for machine in one.machines)
        self._what = self._what.replace("{}", counted(disks, "disk"))
        self._remembering = OpenChange(Caller.FLEET, self._what)
        saving = partial(self._saving, backup=backup, reload=reload)
        works = [partial(self._write, saving(one)) for one in changes]
        if len(works) > 1:
            works[0] = partial(self._write, saving(changes[0]), planned=changes)
        self._begin(Step.SAVE, works)

    @property
    def written(self) -> Sequence[WrittenFile]:
        """The files that may stand as this run wrote them."""
        return tuple(self._saved.values())

    @property
    def restored(self) -> Sequence[WrittenFile]:
        """The files that may stand as an undo of this run left them."""
        return tuple(self._restored.values())

    @property
    def can_undo(self) -> bool:
        """Whether a file may stand as this run wrote it."""
        return bool(self._saved) and not self.is_running

    @property
    def can_redo(self) -> bool:
        """Whether a file may stand as an undo of this run left it."""
        return bool(self._restored) and not self.is_running

    def overtaken(self, files: Collection[str]) -> None:
        """Leave files alone that were put back elsewhere: ``files``, as the history calls them."""
        for kept in (self._saved, self._restored):
            for path in [path for path, one in kept.items() if (real_file(one.now) or path) in files]:
                del kept[path]

    def undo(self, without: Collection[str] = (), *, reload: bool = False) -> None:
        """Begin to take back what is written, but for some files; ``reload`` as in ``save``.

        Raises StepError where there is nothing, or a step runs.
        """
        if not self.can_undo:
            raise StepError("there is nothing to undo")
        self._turn(
            Step.UNDO, partial(undo, reload=reload), [one for one in self.written if one.path not in without]
        )

    def redo(self, without: Collection[str] = (), *, reload: bool = False) -> None:
        """Begin to write again what was taken back, but for some files. Raises StepError as ``undo`` does."""
        if not self.can_redo:
            raise StepError("there is nothing to do again")
        self._turn(
            Step.REDO, partial(redo, reload=reload), [one for one in self.restored if one.path not in without]
        )

    def _turn(
        self, step: Step, turn: Callable[[WrittenFile], FileOutcome], files: Sequence[WrittenFile]
    ) -> None:
        self._remembering = OpenChange(Caller.UNDO, self._what, of=self._remembering.id)
        self._begin(step, [partial(self._write, self._turning(turn, one)) for one in files])

    def _saving(self, change: FileChange, *, backup: bool, reload: bool) -> Callable[[], FileOutcome]:
        file, old = real_file(change.reading) or change.path, change.reading.data
        remembering, work = self._remembering, partial(apply, change, backup=backup, reload=reload)
        named = asked_as(change.reading)
        return lambda: remembering.doing(file, old, change.data, work, _is_written, named=named)

    def _turning(
        self, turn: Callable[[WrittenFile], FileOutcome], one: WrittenFile
    ) -> Callable[[], FileOutcome]:
        file, remembering = real_file(one.now) or one.path, self._remembering
        named, work = asked_as(one.now), partial(turn, one)
        return lambda: remembering.doing(file, one.now.data, one.other, work, _is_written, named=named)

    def _over(self) -> None:
        if self.not_reached:
            self._remembering.stop()

    def _write(self, work: Callable[[], FileOutcome], planned: Sequence[FileChange] = ()) -> None:
        """Write a file and remember what became of it. What failed or was refused stays where it was.

        What is ``planned`` of all files is written down first: it can be finished after a kill.
        """
        files = ((real_file(one.reading) or one.path, one.reading.data, one.data) for one in planned)
        self._remembering.plan(files)
        outcome = work()
        self.outcomes.append(outcome)
        if len(self.outcomes) == self.total:
            self._remembering.end()
        path, written = outcome.path, outcome.written
        if outcome.state is WriteState.KEPT:
            self._saved.pop(path, None)
            self._restored.pop(path, None)
        elif written is not None and outcome.state is WriteState.SAVED:
            self._restored.pop(path, None)
            self._saved[path] = written
        elif written is not None:
            self._saved.pop(path, None)
            self._restored[path] = written


def _is_written(outcome: FileOutcome) -> bool | None:
    return outcome.is_saved
