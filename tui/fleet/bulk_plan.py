"""What one change makes of many machines: one plan for each file, whatever number of domains it holds.

Planning writes nothing. A plan holds the whole file's new bytes, so no caller can write half of a change to
it, and what was refused, machine by machine and disk by disk.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from tui.beside import opened_to_look_at
from tui.disks import Disk, Format
from tui.editing import PolicyChange, Refusal, cautions_of, edit
from tui.fleet.judge_file import is_wanted, pending_in
from tui.fleet.judged import JudgedMachine, Unread
from tui.fleet.query import Query, QueryRow
from tui.fleet.skipped import why_no_snapshot
from tui.fleet.walk import Found
from tui.formats.errors import EditError, FormatError
from tui.formats.opening import open_document
from tui.formats.text_diff import DiffLine, document_diff
from tui.machine import Machine, machines_in, with_sidecars
from tui.rules import Hypervisor, Severity
from tui.storage import Candidate, Reading, StorageError, is_far, read, source_of

if TYPE_CHECKING:
    from tui.formats.document import Document

Pick = Callable[[QueryRow], bool]


@dataclass(frozen=True, slots=True)
class MachineChange:
    """The disks of one machine that change, each before and after.

    ``domain`` is the machine's number (from 1) in a file that holds several, None elsewhere. ``brings`` are
    the errors that are found once it is made, each in a sentence.
    """

    vm: str
    domain: int | None
    disks: tuple[tuple[Disk, Disk], ...]
    brings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file's new bytes, whole, with the machines in it that change.

    ``path`` is the name the file was found by; ``codec`` the encoding its lines are read with;
    ``hypervisor`` whose rules were chosen (None: as guessed from each machine).
    """

    path: str
    reading: Reading
    data: bytes
    codec: str
    machines: tuple[MachineChange, ...]
    hypervisor: Hypervisor | None = None

    def diff(self) -> list[DiffLine]:
        """The lines of the file that would differ."""
        return document_diff(self.reading.data, self.data)


@dataclass(frozen=True, slots=True)
class RefusedChange:
    """A file, or disks of one machine in it, that the change cannot be granted for, and why.

    ``failed`` tells a file that could not be read from what a rule or a lock protects.
    """

    vm: str
    reason: str
    disks: tuple[str, ...] = ()
    refusal: Refusal | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class FilePlan:
    """What the change makes of one file: one FileChange at most, what is refused, who is so already."""

    path: str
    change: FileChange | None = None
    refused: tuple[RefusedChange, ...] = ()
    as_wanted: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the file could not be read."""
        return any(one.failed for one in self.refused)


def plan_file(
    found: Found, wanted: PolicyChange, pick: Pick | Query, hypervisor: Hypervisor | None = None
) -> FilePlan | None:
    """What ``wanted`` makes of the picked disks in a file; None where none is picked.

    Locked disks, and those that a rule objects to by themselves, are refused one by one; the others of a
    machine are changed together or, where a rule objects to the machine, not at all. Never raises for what a
    file holds or the system says.
    """
    if isinstance(found, Unread):
        return _failed(found.path, f"{found.reason}; {found.remedy}")
    picks = _picks(pick) if isinstance(pick, Query) else pick
    try:
        if not is_wanted(found) or (is_far(found.address) and _is_none_picked(found, picks, hypervisor)):
            return None
        reading = read(found.address)
        machines = machines_in(
            opened_to_look_at(reading.data, found.path, found.source), found.path, hypervisor
        )
    except (StorageError, FormatError) as error:
        return _failed(found.address, f"{error.what}; {error.remedy}")
    whole = [with_sidecars(machine, source_of(reading)) for machine in machines]
    planning = _Planning(found.address, reading, whole, hypervisor)
    return planning.plan(wanted, picks)


def _is_none_picked(found: Candidate, pick: Pick, hypervisor: Hypervisor | None) -> bool:
    """Whether what the walk fetched of a host's file tells that it is not meant: it is not read again."""
    data = found.source.read_bytes(found.path)
    if data is None:
        return True
    machines = machines_in(opened_to_look_at(data, found.path, found.source), found.path, hypervisor)
    several = len(machines) > 1
    return not any(
        _picked(found.address, with_sidecars(machine, found.source), number if several else None, pick)
        for number, machine in enumerate(machines, 1)
    )


def _failed(path: str, reason: str) -> FilePlan:
    return FilePlan(path, refused=(RefusedChange(path, reason, failed=True),))


def changes_between(
    path: str, before: bytes, after: bytes, hypervisor: Hypervisor | None = None
) -> tuple[MachineChange, ...]:
    """Which disks differ where a file's bytes become others; none where either is no machine."""
    try:
        was, now = (machines_in(open_document(data), path, hypervisor) for data in (before, after))
    except FormatError:
        return ()
    several = len(was) > 1
    found = []
    for number, (old, new) in enumerate(zip(was, now, strict=False), 1):
        disks = tuple(pair for pair in zip(old.disks, new.disks, strict=False) if pair[0] != pair[1])
        if disks:
            vm = new.configuration.name or path
            found.append(MachineChange(vm, number if several else None, disks))
    return tuple(found)


class _Planning:
    """The machines of a file, changed one upon the other."""

    def __init__(
        self, path: str, reading: Reading, machines: Sequence[Machine], hypervisor: Hypervisor | None
    ) -> None:
        self._path = path
        self._reading = reading
        self._machines = machines
        self._hypervisor = hypervisor
        self._document: Document | None = None  # with the changes so far
        self._changed: list[MachineChange] = []
        self._refused: list[RefusedChange] = []
        self._as_wanted: list[str] = []

    def plan(self, wanted: PolicyChange, pick: Pick) -> FilePlan | None:
        for number, machine in enumerate(self._machines, 1):
            domain = None if len(self._machines) == 1 else number
            picked = _picked(self._path, machine, domain, pick)
            if picked:
                self._plan_machine(self._upon_the_changes(machine, number), domain, picked, wanted)
        if not (self._changed or self._refused or self._as_wanted):
            return None
        return FilePlan(self._path, self._file_change(), tuple(self._refused), tuple(self._as_wanted))

    def _upon_the_changes(self, machine: Machine, number: int) -> Machine:
        document = self._document
        if document is None or document.format is Format.VMX:
            return machine
        return machine.with_document(open_document(document.data).of_domain(number - 1))  # type: ignore[union-attr]

    def _plan_machine(
        self, machine: Machine, domain: int | None, picked: Sequence[int], wanted: PolicyChange
    ) -> None:
        vm = machine.configuration.name or self._path
        free = []
        for index in picked:
            reason = machine.locked(index)
            if reason is None:
                free.append(index)
            else:
                self._refused.append(RefusedChange(vm, reason, (machine.disks[index].name,)))
        if free:
            self._plan_free(machine, vm, domain, free, wanted)

    def _plan_free(
        self, machine: Machine, vm: str, domain: int | None, free: Sequence[int], wanted: PolicyChange
    ) -> Machine:
        """The machine with what of it was granted."""
        names = tuple(machine.disks[index].name for index in free)
        try:
            outcome = edit(machine, machine, wanted, free)
        except EditError as error:
            self._refused.append(RefusedChange(vm, str(error), names))
            return machine
        if isinstance(outcome, Refusal) and (blamed := _blamed(outcome, free)):
            rest = [index for index in free if index not in blamed]
            for part in (*([index] for index in blamed), rest):
                machine = self._plan_free(machine, vm, domain, part, wanted)
        elif isinstance(outcome, Refusal):
            self._refused.append(RefusedChange(vm, outcome.reason, names, outcome))
        elif outcome.document.data == machine.document.data:
            self._as_wanted.append(vm)
        elif not self._reading.writable:
            reason = self._reading.why_not or "it cannot be written"
            self._refused.append(RefusedChange(vm, reason, names))
        else:
            pairs = ((machine.disks[index], outcome.disks[index]) for index in free)
            disks = tuple((was, now) for was, now in pairs if was != now)
            self._document = outcome.document
            found = cautions_of(machine, machine, outcome)
            brings = tuple(
                f"{one.rule}: {one.sentence}; {one.advice}" for one in found if one.severity is Severity.ERROR
            )
            self._changed.append(MachineChange(vm, domain, disks, brings))
            return outcome
        return machine

    def _file_change(self) -> FileChange | None:
        document = self._document
        if document is None:
            return None
        machines = tuple(self._changed)
        return FileChange(
            self._path, self._reading, document.data, document.codec, machines, self._hypervisor
        )


def _blamed(refusal: Refusal, disks: Sequence[int]) -> list[int]:
    """The disks that a refusal is about, where that is some of several: the others may be changed."""
    blamed = {one.disk for one in refusal.findings}
    found = [index for index in disks if index in blamed]
    return found if None not in blamed and len(found) < len(disks) else []


def _picks(query: Query) -> Pick:
    """What a query picks; whether a snapshot can be taken at all is worked out only where it asks that."""
    if not query.asks("no-snapshot"):
        return query.fits

    def fits(row: QueryRow) -> bool:
        why = why_no_snapshot(row.judged.configuration, row.judged.hypervisor)
        return query.fits(replace(row, judged=replace(row.judged, no_snapshot=why)))

    return fits


def _picked(address: str, machine: Machine, domain: int | None, pick: Pick) -> list[int]:
    judged = JudgedMachine(
        address,
        machine.configuration,
        machine.hypervisor,
        machine.findings,
        domain=domain,
        pending=pending_in(machine),
    )
    return [disk.index for disk in machine.disks if disk.is_disk and pick(QueryRow(judged, disk))]


class DiskIdentity(NamedTuple):
    """What a disk is known by from one reading to the next; ``place`` is its index in the machine."""

    vm: str
    domain: int | None
    place: int
    name: str
    source: str


DiskPlace = tuple[int | None, int]
"""A disk of a file: the number of its domain, where there are several, and its place in the list of disks."""

_GONE = "the file no longer holds the disk that was shown; scan it again"


@dataclass(frozen=True, slots=True)
class ChosenDisks:
    """The disks of one file that a person chose, by what they were when they were shown."""

    path: str
    disks: frozenset[DiskIdentity]

    def without(self, left_out: Collection[DiskPlace]) -> ChosenDisks:
        """The same without some of them."""
        kept = frozenset(one for one in self.disks if (one.domain, one.place) not in left_out)
        return replace(self, disks=kept)

    def plan(self, found: Found, wanted: PolicyChange, hypervisor: Hypervisor | None) -> FilePlan:
        """What ``wanted`` makes of them; a disk that is not there any more is refused."""
        met: set[DiskIdentity] = set()

        def is_chosen(row: QueryRow) -> bool:
            identity = _identity(row)
            met.update({identity} & self.disks if identity else ())
            return identity in self.disks

        planned = plan_file(found, wanted, is_chosen, hypervisor) or FilePlan(self.path)
        missing = sorted(self.disks - met)
        if not missing or planned.failed:
            return planned
        names = tuple(one.name for one in missing)
        gone = RefusedChange(missing[0].vm, _GONE, names, failed=True)
        return replace(planned, refused=(*planned.refused, gone))


def _identity(row: QueryRow) -> DiskIdentity | None:
    disk, judged = row.disk, row.judged
    if disk is None:
        return None
    return DiskIdentity(judged.configuration.name, judged.domain, disk.index, disk.name, disk.source)


def chosen_disks(rows: Sequence[QueryRow]) -> Iterator[ChosenDisks]:
    """The disks of these rows, by file."""
    files: dict[str, set[DiskIdentity]] = {}
    for row in rows:
        identity = _identity(row)
        if identity is not None:
            files.setdefault(row.judged.path, set()).add(identity)
    return (ChosenDisks(path, frozenset(disks)) for path, disks in files.items())
