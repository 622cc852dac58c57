"""One file of a bulk change written, taken back, or written again: whole, or not at all, with the reason.

What lies beside the file is read again just before, and judged again: a VM that was powered on since the
change was planned is not written into.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tui.fleet.bulk_plan import FileChange
from tui.history.judging import objection_to_bytes
from tui.rules import Hypervisor
from tui.storage import ConflictError, Reading, StorageError, UnknownSaveError, save

_ANEW = "look at it as it is now, and change it again"


class WriteState(StrEnum):
    """What became of a file: saved, put back, kept as somebody else left it, refused, failed."""

    SAVED = "saved"
    FAILED = "failed"
    REFUSED = "refused"
    RESTORED = "restored"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file as it was left: ``now`` what was written, ``other`` the bytes there before."""

    path: str
    now: Reading
    other: bytes
    hypervisor: Hypervisor | None = None


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file. ``reason`` tells why it was not written, or what is in doubt where it was.

    ``written`` is what another step can turn back; None where nothing was written. ``unknown`` says that
    nobody can tell whether it was.
    """

    path: str
    state: WriteState
    reason: str | None = None
    written: WrittenFile | None = None
    unknown: bool = False

    @property
    def is_saved(self) -> bool | None:
        """Whether the bytes are there; None where nobody can tell."""
        return None if self.unknown else self.written is not None


def apply(change: FileChange, *, backup: bool = False) -> FileOutcome:
    """Save a change. Never raises for what the system says."""
    old, new = change.reading, change.data
    refused = objection_to_bytes(old, new, hypervisor=change.hypervisor, states=True)
    if refused is not None:
        return FileOutcome(change.path, WriteState.REFUSED, refused)
    try:
        now = save(old, new, backup=backup)
    except StorageError as error:
        return _failed(change.path, error)
    written = WrittenFile(change.path, now, old.data, change.hypervisor)
    return FileOutcome(change.path, WriteState.SAVED, _told(now), written)


def _failed(path: str, error: StorageError) -> FileOutcome:
    unknown = isinstance(error, UnknownSaveError)
    # Of a file of many there is no version of one's own to compare or to write elsewhere.
    remedy = _ANEW if isinstance(error, ConflictError) else error.remedy
    return FileOutcome(path, WriteState.FAILED, f"{error.what}; {remedy}", unknown=unknown)


def _told(now: Reading) -> str | None:
    """What is to be known of a save, if anything."""
    return "; ".join(one for one in (now.doubt, *now.notices) if one) or None


def undo(written: WrittenFile) -> FileOutcome:
    """Put the bytes back that were there before, where the file still stands as it was written."""
    return _turned(written, WriteState.RESTORED)


def redo(restored: WrittenFile) -> FileOutcome:
    """Write again what an undo took back, where the file still stands as that left it."""
    return _turned(restored, WriteState.SAVED)


def _turned(written: WrittenFile, done: WriteState) -> FileOutcome:
    path, now = written.path, written.now
    refused = objection_to_bytes(now, written.other, hypervisor=written.hypervisor)
    if refused is not None:
        return FileOutcome(path, WriteState.REFUSED, refused)
    try:
        back = save(now, written.other)
    except ConflictError as error:
        return FileOutcome(
            path, WriteState.KEPT, "it is gone" if error.current is None else "it was changed since"
        )
    except StorageError as error:
        return _failed(path, error)
    return FileOutcome(path, done, _told(back), WrittenFile(path, back, now.data, written.hypervisor))
