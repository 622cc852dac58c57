"""One change made to many machines: planned, saved file by file, and taken back where it still stands.

Planning reads and writes nothing; a plan is a list of changes to be looked at, and of refusals. Nothing here
stops at one file: what fails becomes a result with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tui.disks import Disk, Format
from tui.editing import PolicyChange, Refusal, edit
from tui.fleet.judge import is_wanted, machines_in
from tui.fleet.query import Query, QueryRow
from tui.fleet.records import JudgedMachine, Unread
from tui.fleet.walk import Found
from tui.formats.changes import DiffLine, diff
from tui.formats.errors import EditError, FormatError
from tui.formats.opening import open_document
from tui.machine import Machine, with_sidecars
from tui.rules import Hypervisor
from tui.storage import LOCAL, ConflictError, Reading, StorageError, read, save

Pick = Callable[[QueryRow], bool]


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a change makes of one machine: the file's new bytes, and each changed disk before and after."""

    path: str
    vm: str
    reading: Reading
    data: bytes
    pairs: tuple[tuple[Disk, Disk], ...]
    codec: str

    def diff(self) -> list[DiffLine]:
        """The lines of the file that would differ."""
        before, after = open_document(self.reading.data), open_document(self.data)
        return list(diff(before.text_lines, after.text_lines))


@dataclass(frozen=True, slots=True)
class RefusedChange:
    """A machine, or disks of one, that the change cannot be granted for, and why.

    ``failed`` tells a file that could not be read from one a rule or a lock protects.
    """

    path: str
    vm: str
    reason: str
    disks: tuple[str, ...] = ()
    refusal: Refusal | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A machine in which everything meant already is as wanted."""

    path: str
    vm: str


Planned = FileChange | RefusedChange | Unchanged


def plan(
    found: Found, wanted: PolicyChange, pick: Pick | Query, hypervisor: Hypervisor | None = None
) -> Iterator[Planned]:
    """What ``wanted`` makes of the picked disks in a file; nothing where none is picked.

    Locked disks are refused one by one, the others are changed together or, where a rule objects, not at all.
    In a file with several domains each change holds those before it. Never raises for what a file holds.
    """
    if isinstance(found, Unread):
        yield RefusedChange(found.path, found.path, f"{found.reason}; {found.remedy}", failed=True)
        return
    try:
        if not is_wanted(found):
            return
        reading = read(found.address)
        machines = _machines(reading, found.path, hypervisor)
    except (StorageError, FormatError) as error:
        yield RefusedChange(found.address, found.address, f"{error.what}; {error.remedy}", failed=True)
        return
    picks = pick.fits if isinstance(pick, Query) else pick
    yield from _planned(reading, machines, wanted, picks)


def _machines(reading: Reading, path: str, hypervisor: Hypervisor | None) -> list[Machine]:
    machines = machines_in(open_document(reading.data), path, hypervisor)
    place = LOCAL if reading.path is None else reading.path.place
    return [with_sidecars(machine, place) for machine in machines]


def _planned(
    reading: Reading, machines: Sequence[Machine], wanted: PolicyChange, pick: Pick
) -> Iterator[Planned]:
    data = reading.data
    for place, machine in enumerate(machines):
        picked = _picked(machine, pick)
        if not picked:
            continue
        before = machine if data == reading.data else _again(machine, data, place)
        for one in _one_machine(reading, before, picked, wanted):
            if isinstance(one, FileChange):
                data = one.data
            yield one


def _again(machine: Machine, data: bytes, place: int) -> Machine:
    document = open_document(data)
    return machine if document.format is Format.VMX else machine.with_document(document.of_domain(place))


def _picked(machine: Machine, pick: Pick) -> list[int]:
    judged = JudgedMachine(machine.path or "", machine.configuration, machine.hypervisor, machine.findings)
    return [disk.index for disk in machine.disks if disk.is_disk and pick(QueryRow(judged, disk))]


def _one_machine(
    reading: Reading, machine: Machine, picked: Sequence[int], wanted: PolicyChange
) -> Iterator[Planned]:
    path, vm = str(reading.path), machine.configuration.name or str(reading.path)
    free = []
    for index in picked:
        reason = machine.locked(index)
        if reason is None:
            free.append(index)
        else:
            yield RefusedChange(path, vm, reason, (machine.disks[index].name,))
    if not free:
        return
    names = tuple(machine.disks[index].name for index in free)
    try:
        outcome = edit(machine, machine, wanted, free)
    except EditError as error:
        yield RefusedChange(path, vm, str(error), names)
        return
    if isinstance(outcome, Refusal):
        yield RefusedChange(path, vm, outcome.reason, names, outcome)
    elif outcome.document.data == machine.document.data:
        yield Unchanged(path, vm)
    elif not reading.writable:
        yield RefusedChange(path, vm, reading.why_not or "it cannot be written", names)
    else:
        pairs = ((machine.disks[index], outcome.disks[index]) for index in free)
        changed = tuple((was, now) for was, now in pairs if was != now)
        yield FileChange(path, vm, reading, outcome.document.data, changed, outcome.document.codec)


class State(StrEnum):
    """What became of a file."""

    SAVED = "saved"
    FAILED = "failed"
    RESTORED = "restored"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one file: ``reason`` where it failed, was left alone, or is in doubt.

    ``before`` is what was read and ``now`` the reading of what is there, for an undo.
    """

    path: str
    state: State
    reason: str | None = None
    before: bytes | None = None
    now: Reading | None = None


def by_file(changes: Iterable[FileChange]) -> list[FileChange]:
    """The last change of each file: in one with several domains it holds those before it."""
    return list({change.path: change for change in changes}.values())


def apply(change: FileChange, *, backup: bool = False) -> Applied:
    """Save a change, whole or not at all. Never raises for what the system says."""
    try:
        now = save(change.reading, change.data, backup=backup)
    except StorageError as error:
        return Applied(change.path, State.FAILED, f"{error.what}; {error.remedy}")
    return Applied(change.path, State.SAVED, now.doubt, change.reading.data, now)


def undo(applied: Applied) -> Applied:
    """Put the bytes back that were there before, where the file still stands as it was saved."""
    if applied.state is not State.SAVED or applied.now is None or applied.before is None:
        return Applied(applied.path, State.KEPT, "it was not saved")
    try:
        back = save(applied.now, applied.before)
    except ConflictError as error:
        gone = "it is gone" if error.current is None else "it was changed since"
        return Applied(applied.path, State.KEPT, gone)
    except StorageError as error:
        return Applied(applied.path, State.FAILED, f"{error.what}; {error.remedy}")
    return Applied(applied.path, State.RESTORED, back.doubt)
