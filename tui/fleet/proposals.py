"""What is about to be done to many disks, a line for each, to be looked at first: some may be left out.

Whoever owns a proposal calls what reads files (``toggle``, :func:`entries_of_undo`) from a thread.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tui.counting import counted
from tui.disks import Disk
from tui.fleet.bulk_plan import DiskPlace, FilePlan, MachineChange, RefusedChange, changes_between
from tui.fleet.bulk_run import BulkRun, Step
from tui.fleet.bulk_write import WrittenFile
from tui.formats.text_diff import DiffLine, document_diff
from tui.history.judging import objection_to_bytes
from tui.rules import Remedy
from tui.storage import MissingError, StorageError, holds_domains, host_facts_of, noun_of, read, vm_to_reload


class ProposalEntry(NamedTuple):
    """A disk, or a whole file, and what becomes of it; or the reason why nothing does.

    ``place`` is None where it is refused, or is not about one disk. ``other_way`` is what the choice of a
    mode can do of it all the same, where it can.
    """

    path: str
    vm: str
    disk: str
    was: str = ""
    now: str = ""
    refused: str | None = None
    place: DiskPlace | None = None
    other_way: str = ""


def policy_words(before: Disk, after: Disk) -> tuple[str, str]:
    """Both policies in the file's words: VMware's mode, or libvirt's preset where that tells them apart."""
    if not before.vmx_modes:
        was, now = preset_words(before), preset_words(after)
        if was != now:
            return was, now
    return before.shown_mode or "no mode", after.shown_mode or "no mode"


def preset_words(disk: Disk) -> str:
    """What libvirt's own words say of a disk, in few cells."""
    word = f"snapshot={disk.preset.value}" if disk.preset else disk.bad_preset or "no preset"
    return f"{word}, transient" if disk.transient is not None else word


def entries_of_changes(path: str, machines: Iterable[MachineChange]) -> Iterator[ProposalEntry]:
    """A line for each disk that changes."""
    for machine in machines:
        for before, after in machine.disks:
            was, now = policy_words(before, after)
            yield ProposalEntry(path, machine.vm, after.name, was, now, place=(machine.domain, after.index))


def _entries_of_refusal(path: str, one: RefusedChange) -> Iterator[ProposalEntry]:
    remedy = None if one.refusal is None else one.refusal.remedy
    other_way = "" if remedy is None else remedy.offer
    for name in one.disks or ("",):
        yield ProposalEntry(path, one.vm, name, refused=one.reason, other_way=other_way)


class Proposal(ABC):
    """What a person looks at before it is done. ``step`` is what would be; ``entries`` its lines.

    ``remedy`` is the one way to have what is refused as well, where there is one for all.
    """

    def __init__(self, title: str, step: Step, entries: Sequence[ProposalEntry]) -> None:
        self.title = title
        self.step = step
        self.entries = entries
        self.warnings: tuple[str, ...] = ()
        self.remedy: Remedy | None = None

    @abstractmethod
    def is_left_out(self, entry: ProposalEntry) -> bool:
        """Whether the person left this line out."""

    @abstractmethod
    def toggle(self, entry: ProposalEntry) -> None:
        """Leave a line out, or take it in again. May read its file."""

    @abstractmethod
    def diff(self, path: str) -> Sequence[DiffLine]:
        """The lines of a file that would differ."""

    @property
    def has_backup(self) -> bool:
        """Whether old bytes can be kept beside a file: not of domains, nor of what is finished or undone."""
        return False

    @property
    @abstractmethod
    def has_reload(self) -> bool:
        """Whether a host keeps in mind what one of the files holds, and can be told to read it again."""

    @abstractmethod
    def begin(self, *, backup: bool, reload: bool = False) -> None:
        """Begin the step on what was not left out.

        With ``backup`` the old bytes are kept beside, with ``reload`` hosts read the files again.
        """

    def why_not(self, entry: ProposalEntry) -> str | None:
        """Why nothing is done to it, or None."""
        return entry.refused

    @property
    def done(self) -> list[ProposalEntry]:
        """The lines that something would be done to."""
        return [one for one in self.entries if self.why_not(one) is None and not self.is_left_out(one)]

    @property
    def files(self) -> int:
        """How many files would be written."""
        return len({one.path for one in self.done})

    @property
    def counted_files(self) -> str:
        """How many files, or domains of libvirt, would be written: with their noun."""
        return counted(self.files, noun_of(one.path for one in self.entries))

    def rows(self) -> list[tuple[str, int, int]]:
        """The disks that something would be done to: file, domain (0: the only one), place."""
        return [(one.path, one.place[0] or 0, one.place[1]) for one in self.done if one.place is not None]

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many lines would be done, are refused, are left out."""
        done, refused, left_out = map(len, self.parts)
        return done, refused, left_out

    @property
    def parts(self) -> tuple[list[ProposalEntry], list[ProposalEntry], list[ProposalEntry]]:
        """The lines that would be done, are refused, are left out: each is in one of these."""
        refused = [one for one in self.entries if self.why_not(one) is not None]
        left_out = [one for one in self.entries if self.why_not(one) is None and self.is_left_out(one)]
        return self.done, refused, left_out


class ChangeProposal(Proposal):
    """A planned change, disk by disk; leaving one out plans its file again."""

    def __init__(self, title: str, run: BulkRun) -> None:
        refused = [
            line for one in run.plans for no in one.refused for line in _entries_of_refusal(one.path, no)
        ]
        changing = [
            line
            for one in run.plans
            if one.change is not None
            for line in entries_of_changes(one.path, one.change.machines)
        ]
        super().__init__(title, Step.SAVE, (*refused, *changing))
        self.run = run
        lost = (one.change.reading.not_kept for one in run.plans if one.change is not None)
        self.warnings = (*dict.fromkeys(filter(None, lost)), *_brought_by(run.plans))
        self.remedy = _common_remedy(run.plans)
        self._left_out: dict[str, set[DiskPlace]] = {}
        self._changing = self._look()

    def _look(self) -> dict[str, set[DiskPlace]]:
        return {plan.path: set(_places(plan)) for plan in self.run.plans}

    def is_left_out(self, entry: ProposalEntry) -> bool:
        """Whether the disk of this line was left out."""
        return entry.place in self._left_out.get(entry.path, ())

    def why_not(self, entry: ProposalEntry) -> str | None:
        """Why nothing is done to the disk: refused, or by other lines of its file, or it is so already."""
        if entry.refused is not None or self.is_left_out(entry):
            return entry.refused
        if entry.place in self._changing.get(entry.path, ()):
            return None
        plan = next(one for one in self.run.plans if one.path == entry.path)
        return next((one.reason for one in plan.refused), "it is so already")

    def toggle(self, entry: ProposalEntry) -> None:
        """Leave the disk out, or take it in again: its file is planned anew."""
        if entry.place is None:
            return
        left_out = self._left_out.setdefault(entry.path, set())
        left_out ^= {entry.place}
        self.run.replan(entry.path, left_out)
        self._changing = self._look()

    def diff(self, path: str) -> Sequence[DiffLine]:
        """The lines of the file as it is planned now; none where nothing would be written."""
        changes = (one.change for one in self.run.plans if one.path == path)
        return next((one.diff() for one in changes if one is not None), [])

    @property
    def has_backup(self) -> bool:
        """See `Proposal`."""
        paths = [one.reading.path for one in self.run.changes]
        return any(path is not None and not holds_domains(path.place) for path in paths)

    @property
    def has_reload(self) -> bool:
        """See `Proposal`."""
        readings = [one.reading for one in self.run.changes]
        return any(vm_to_reload(one, host_facts_of(one)) for one in readings)

    def begin(self, *, backup: bool, reload: bool = False) -> None:
        """Begin to save."""
        self.run.save(backup=backup, reload=reload)

    @property
    def accepting_title(self) -> str:
        """What it is called with the remedy for what is refused."""
        return self.title if self.remedy is None else f"{self.title}; {self.remedy.offer}"

    def accepting(self) -> BulkRun | None:
        """The same with the remedy for what is refused, yet to be planned; None where there is none."""
        if self.remedy is None:
            return None
        return self.run.accepting(self.remedy, self._left_out)


def _brought_by(plans: Iterable[FilePlan]) -> Iterator[str]:
    """The errors that are found once it is saved, each with how often."""
    changes = (one.change for one in plans if one.change is not None)
    found = Counter(
        one.partition(":")[0] for change in changes for vm in change.machines for one in vm.brings
    )
    for rule, number in sorted(found.items()):
        yield f"it brings the error {rule}, {counted(number, 'time')}"


def _common_remedy(plans: Iterable[FilePlan]) -> Remedy | None:
    found = {one.refusal.remedy for plan in plans for one in plan.refused if one.refusal is not None}
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def _places(plan: FilePlan) -> Iterator[DiskPlace]:
    for machine in () if plan.change is None else plan.change.machines:
        yield from ((machine.domain, after.index) for _, after in machine.disks)


class FileProposal(Proposal):
    """A proposal that is done file by file, each whole or not at all."""

    def __init__(self, title: str, step: Step, entries: Sequence[ProposalEntry]) -> None:
        super().__init__(title, step, entries)
        self._left_out: set[str] = set()

    def is_left_out(self, entry: ProposalEntry) -> bool:
        """Whether the file of this line was left out."""
        return entry.refused is None and entry.path in self._left_out

    def toggle(self, entry: ProposalEntry) -> None:
        """Leave the whole file out, or take it in again."""
        if entry.refused is None:
            self._left_out ^= {entry.path}


class UndoProposal(FileProposal):
    """What was written taken back, or written again."""

    def __init__(self, title: str, run: BulkRun, step: Step, entries: Sequence[ProposalEntry]) -> None:
        super().__init__(title, step, entries)
        self.run = run
        self._files = {one.path: one for one in (run.written if step is Step.UNDO else run.restored)}
        lost = (one.now.not_kept for one in self._files.values())
        self.warnings = tuple(dict.fromkeys(filter(None, lost)))

    def diff(self, path: str) -> Sequence[DiffLine]:
        """The lines that differ between what was written and what is put back."""
        written = self._files[path]
        return document_diff(written.now.data, written.other)

    @property
    def has_reload(self) -> bool:
        """See `Proposal`."""
        return any(vm_to_reload(one.now, one.host) for one in self._files.values())

    def begin(self, *, backup: bool, reload: bool = False) -> None:  # noqa: ARG002 - what is put back is the backup
        """Begin to write the files that were not left out."""
        turn = self.run.undo if self.step is Step.UNDO else self.run.redo
        turn(self._left_out, reload=reload)


def entries_of_undo(written: WrittenFile) -> tuple[ProposalEntry, ...]:
    """A line for each disk of a file that would be turned back, or one that says why not. Reads the file."""
    path = written.path
    machines = changes_between(path, written.now.data, written.other, written.hypervisor)
    refused = why_not_undone(written)
    lines = tuple(entries_of_changes(path, machines)) or (ProposalEntry(path, path, ""),)
    return lines if refused is None else tuple(one._replace(refused=refused, place=None) for one in lines)


def why_not_undone(written: WrittenFile) -> str | None:
    """Why a file cannot be turned back now, as it would be refused; None where it can."""
    try:
        now = read(written.path)
    except MissingError:
        return "it is gone"
    except StorageError as error:
        return f"{error.what}; {error.remedy}"
    if now.data != written.now.data:
        return "it was changed since"
    return objection_to_bytes(written.now, written.other, hypervisor=written.hypervisor)
