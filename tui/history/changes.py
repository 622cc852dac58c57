"""All changes that are remembered, and how they bear on each other: which stand, which were undone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tui.history.change import Caller, Change


class State(StrEnum):
    """How a change stands."""

    DONE = "done"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    UNDONE = "undone"
    PARTLY_UNDONE = "partly undone"
    FAILED = "nothing saved"


@dataclass(frozen=True)
class Changes:
    """Every change that is remembered, the oldest first, and how they bear on each other.

    ``unreadable`` counts the files that should hold one, and are damaged.
    """

    changes: Sequence[Change]
    unreadable: int = 0
    _undos: dict[str, list[Change]] = field(default_factory=dict, repr=False, compare=False)
    _standing: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)
    _of: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for change in self.changes:
            if change.of is not None:
                self._undos.setdefault(change.of, []).append(change)
                self._of[change.id] = change.of

    def standing(self, change: Change) -> tuple[str, ...]:
        """The files of a change that were saved by it, and that no undo has put back since.

        Undos of undos may follow each other for long, and in a damaged history in a circle.
        """
        if change.id not in self._standing:
            chain, met = [change], {change.id}
            for one in chain:
                undos = [undo for undo in self._undos.get(one.id, ()) if undo.id not in met]
                met |= {undo.id for undo in undos}
                chain += undos
            for one in reversed(chain):
                self._standing.setdefault(one.id, tuple(self._not_undone(one)))
        return self._standing[change.id]

    def _not_undone(self, change: Change) -> Iterator[str]:
        """The same, where that is known of its undos."""
        undone = {file for undo in self._undos.get(change.id, ()) for file in self._standing.get(undo.id, ())}
        yield from (file for file in change.saved if file not in undone)

    def state(self, change: Change) -> State:
        """How a change stands now."""
        if not change.ended:
            return State.RUNNING if change.is_running else State.INTERRUPTED
        saved = change.saved
        if not saved:
            return State.FAILED
        standing = self.standing(change)
        if not standing:
            return State.UNDONE
        return State.DONE if len(standing) == len(saved) else State.PARTLY_UNDONE

    def done_by(self, change: Change) -> str:
        """What made a change, in a word: an undo of an undo is a ``redo``. Undos may follow each other for
        long, and in a damaged history in a circle.
        """
        chain = [change.id]
        while (before := self._of.get(chain[-1])) is not None and before not in chain:
            chain.append(before)
        again = change.caller is Caller.UNDO and len(chain) % 2
        return "redo" if again else change.caller.value

    def last(self) -> Change | None:
        """The newest change that is not itself an undo, and of which something stands."""
        return next((one for one in reversed(self.changes) if one.of is None and self.standing(one)), None)

    def named(self, name: str) -> list[Change]:
        """The changes whose id begins so."""
        exact = [one for one in self.changes if one.id == name]
        return exact or [one for one in self.changes if one.id.startswith(name)]

    def about(self, path: str) -> Sequence[Change]:
        """The changes of a file, or of files in a folder, by its real name or what it was asked for by."""
        inside = path.rstrip(os.sep) + os.sep
        return [
            change
            for change in self.changes
            if any(
                name == path or name.startswith(inside)
                for record in change.records
                for name in (record.file, record.named or record.file)
            )
        ]

    def of_domains(self, uri: str, name: str | None) -> Sequence[Change]:
        """The changes of a connection's domains, or of those that have this UUID or were ever called so."""
        records = (record for change in self.changes for record in change.records)
        meant = {record.file for record in records if record.is_of_domain(uri, name)}
        return [change for change in self.changes if not meant.isdisjoint(change.files)]

    def after(self, change: Change, file: str) -> Change | None:
        """A change that stands and was made on what ``change`` left of a file, else the next one behind it.

        The bytes tell before the clock does: it may have been set back.
        """
        left = {record.after for record in change.of_file(file)}
        others = [one for one in self.changes if one.of != change.id and one is not change]
        standing = [one for one in others if file in self.standing(one)]
        made_on = (one for one in standing if any(record.before in left for record in one.of_file(file)))
        behind = self.changes[self.changes.index(change) + 1 :]
        return next(made_on, None) or next((one for one in standing if one in behind), None)


def superfluous(ids: Sequence[str], oldest: str, most: int) -> Sequence[str]:
    """Of ids in order of time, those to be dropped: before ``oldest``, and all but the ``most`` newest."""
    kept = [one for one in ids if one >= oldest]
    kept = kept[max(len(kept) - most, 0) :]
    return ids[: len(ids) - len(kept)]
