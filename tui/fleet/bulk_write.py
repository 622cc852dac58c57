"""One file of a bulk change written, taken back, or written again: whole, or not at all, with the reason.

What lies beside the file is read again just before, and judged again: a VM that was powered on since the
change was planned is not written into.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tui.fleet.bulk_plan import FileChange
from tui.history.judging import objection_to_bytes
from tui.rules import Hypervisor
from tui.storage import (
    ConflictError,
    Reading,
    StorageError,
    UnknownSaveError,
    after_save,
    host_facts_of,
    save,
    save_notice,
)

if TYPE_CHECKING:
    from tui.disks import HostFacts

_ANEW = "look at it as it is now, and change it again"


class WriteState(StrEnum):
    """What became of a file: saved, put back, kept as somebody else left it, refused, failed."""

    SAVED = "saved"
    FAILED = "failed"
    REFUSED = "refused"
    RESTORED = "put back"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file as it was left: ``now`` what was written, ``other`` the bytes there before.

    ``host`` is what the machine's host said of it before.
    """

    path: str
    now: Reading
    other: bytes
    hypervisor: Hypervisor | None = None
    host: HostFacts | None = None


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file. ``reason`` tells why it was not written, or what is in doubt where it was.

    ``written`` is what another step can turn back; None where nothing was written. ``unknown`` says that
    nobody can tell whether it was, ``not_reloaded`` that its host was to read it again, and did not.
    """

    path: str
    state: WriteState
    reason: str | None = None
    written: WrittenFile | None = None
    unknown: bool = False
    not_reloaded: bool = False

    @property
    def is_saved(self) -> bool | None:
        """Whether the bytes are there; None where that is not known."""
        return None if self.unknown else self.written is not None


def apply(change: FileChange, *, backup: bool = False, reload: bool = False) -> FileOutcome:
    """Save a change; with ``reload`` have the machine's host read the file again.

    Never raises for what the system or the host says.
    """
    old, new = change.reading, change.data
    refused = objection_to_bytes(old, new, hypervisor=change.hypervisor, states=True)
    if refused is not None:
        return FileOutcome(change.path, WriteState.REFUSED, refused)
    try:
        now = save(old, new, backup=backup)
    except StorageError as error:
        return _failed(change.path, error)
    written = WrittenFile(change.path, now, old.data, change.hypervisor, host_facts_of(old))
    return _done(WriteState.SAVED, written, reload=reload)


def _done(state: WriteState, written: WrittenFile, *, reload: bool) -> FileOutcome:
    """The outcome of a file that was written, and what its host says to that."""
    answer = after_save(written.now, written.host, reload=reload)
    notice = save_notice(written.now, answer)
    return FileOutcome(written.path, state, notice, written, not_reloaded=answer.failed)


def _failed(path: str, error: StorageError) -> FileOutcome:
    unknown = isinstance(error, UnknownSaveError)
    # Of a file of many there is no version of one's own to compare or to write elsewhere.
    remedy = _ANEW if isinstance(error, ConflictError) else error.remedy
    return FileOutcome(path, WriteState.FAILED, f"{error.what}; {remedy}", unknown=unknown)


def undo(written: WrittenFile, *, reload: bool = False) -> FileOutcome:
    """Put the bytes back that were there before, where the file still stands as it was written."""
    return _put_back(written, WriteState.RESTORED, reload=reload)


def redo(restored: WrittenFile, *, reload: bool = False) -> FileOutcome:
    """Write again what an undo took back, where the file still stands as that left it."""
    return _put_back(restored, WriteState.SAVED, reload=reload)


def _put_back(written: WrittenFile, done: WriteState, *, reload: bool) -> FileOutcome:
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
    written_back = WrittenFile(path, back, now.data, written.hypervisor, written.host)
    return _done(done, written_back, reload=reload)
