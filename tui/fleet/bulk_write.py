"""One file of a bulk change written, taken back, or written again: whole, or not at all, with the reason.

What lies beside the file is read again just before, and judged again: a VM that was powered on since the
change was planned is not written into.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tui.fleet.bulk_plan import FileChange
from tui.fleet.judge import machines_in
from tui.formats.opening import open_document
from tui.machine import Machine, with_sidecars
from tui.rules import BY_ID, Edit, Finding, Hypervisor, objections
from tui.storage import ConflictError, Reading, StorageError, place_of, save


class State(StrEnum):
    """What became of a file."""

    SAVED = "saved"
    FAILED = "failed"
    REFUSED = "refused"
    RESTORED = "restored"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Written:
    """A file as it was left: ``now`` what was written, ``other`` the bytes there before."""

    path: str
    now: Reading
    other: bytes
    hypervisor: Hypervisor | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file. ``reason`` tells why it was not written, or what is in doubt where it was.

    ``written`` is what another step can turn back; None where nothing was written.
    """

    path: str
    state: State
    reason: str | None = None
    written: Written | None = None


def apply(change: FileChange, *, backup: bool = False) -> Outcome:
    """Save a change. Never raises for what the system says."""
    old, new = change.reading, change.data
    refused = _refusal(change.path, old.data, new, change.hypervisor, transitions_only=False)
    if refused is not None:
        return Outcome(change.path, State.REFUSED, refused)
    try:
        now = save(old, new, backup=backup)
    except StorageError as error:
        return Outcome(change.path, State.FAILED, f"{error.what}; {error.remedy}")
    written = Written(change.path, now, old.data, change.hypervisor)
    return Outcome(change.path, State.SAVED, now.doubt, written)


def undo(written: Written) -> Outcome:
    """Put the bytes back that were there before, where the file still stands as it was written."""
    return _turned(written, State.RESTORED)


def redo(restored: Written) -> Outcome:
    """Write again what an undo took back, where the file still stands as that left it."""
    return _turned(restored, State.SAVED)


def _turned(written: Written, done: State) -> Outcome:
    path, now = written.path, written.now
    refused = _refusal(path, now.data, written.other, written.hypervisor, transitions_only=True)
    if refused is not None:
        return Outcome(path, State.REFUSED, refused)
    try:
        back = save(now, written.other)
    except ConflictError as error:
        return Outcome(path, State.KEPT, "it is gone" if error.current is None else "it was changed since")
    except StorageError as error:
        return Outcome(path, State.FAILED, f"{error.what}; {error.remedy}")
    return Outcome(path, done, back.doubt, Written(path, back, now.data, written.hypervisor))


def _refusal(
    path: str, old: bytes, new: bytes, hypervisor: Hypervisor | None, *, transitions_only: bool
) -> str | None:
    """Why ``old`` may not become ``new`` by what lies beside the file now, as ``set`` would say it.

    With ``transitions_only`` the states themselves are not judged: what the file held may be brought back.
    """
    place, there = place_of(path)
    before = machines_in(open_document(old), there, hypervisor)
    after = machines_in(open_document(new), there, hypervisor)
    for was, now in zip(before, after, strict=True):
        if was.configuration.disks == now.configuration.disks:
            continue
        reason = _objection(with_sidecars(was, place), now, transitions_only=transitions_only)
        if reason is not None:
            return reason
    return None


def _objection(was: Machine, now: Machine, *, transitions_only: bool) -> str | None:
    for disk in _touched(was, now):
        reason = was.locked(disk)
        if reason is not None:
            return f"{was.disks[disk].name} is locked: {reason}"
    before = was.configuration
    after = now.configuration.with_sidecars(was.sidecars)
    found: Sequence[Finding] = objections(Edit(before, before, after), was.hypervisor)
    if transitions_only:
        found = [one for one in found if BY_ID[one.rule].is_transition]
    return f"{found[0].sentence}; {found[0].advice}" if found else None


def _touched(was: Machine, now: Machine) -> list[int]:
    pairs = zip(was.document.disks, now.document.disks, strict=True)
    return [before.index for before, after in pairs if before != after]
