"""The versions a document went through. Of each only what tells it from its neighbour is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui.formats.document import Document
    from tui.formats.splice import Edit


class _Edits(NamedTuple):
    """What makes one version another: the edits, and of which disks they are."""

    edits: Sequence[Edit]
    disks: Sequence[int]

    @classmethod
    def between(cls, document: Document, other: Document) -> _Edits:
        return cls(*document.edits_to(other))  # type: ignore[arg-type]  # both are of one class

    def made(self, document: Document, origin: Document | None) -> Document:
        return document.with_edits(self.edits, self.disks, origin)  # type: ignore[arg-type]  # as above


class _Step(NamedTuple):
    """The way to another version, and to its origin where that is another; ``names`` says of what disks."""

    edits: _Edits
    origin: _Edits | None
    names: str

    @classmethod
    def between(cls, document: Document, other: Document, names: str) -> _Step:
        before, after = document.origin, other.origin
        same = before is after or before == after
        return cls(_Edits.between(document, other), None if same else _Edits.between(before, after), names)

    def taken(self, document: Document) -> Document:
        origin = document.origin if self.origin is None else self.origin.made(document.origin, None)
        return self.edits.made(document, origin)


class UndoHistory:
    """What can be undone and redone, starting from the current version, which only this object changes."""

    def __init__(self) -> None:
        self._past: list[_Step] = []
        self._future: list[_Step] = []

    @property
    def has_past(self) -> bool:
        """Whether there is a version before the one in hand."""
        return bool(self._past)

    @property
    def has_future(self) -> bool:
        """Whether an undo left one behind it."""
        return bool(self._future)

    def edited(self, before: Document, after: Document, names: str) -> None:
        """An edit of the disks that ``names`` tells was made; what was undone before is gone."""
        self._past.append(_Step.between(after, before, names))
        self._future.clear()

    def undo(self, document: Document) -> tuple[Document, str] | None:
        """The version before ``document``, byte for byte, and what was edited then; None: it is the first."""
        return self._taken(document, self._past, self._future)

    def redo(self, document: Document) -> tuple[Document, str] | None:
        """The version that an undo left, and what was edited; None: there is none."""
        return self._taken(document, self._future, self._past)

    def _taken(
        self, document: Document, steps: list[_Step], back: list[_Step]
    ) -> tuple[Document, str] | None:
        if not steps:
            return None
        step = steps[-1]
        other = step.taken(document)
        steps.pop()  # only now: a step that could not be taken can be tried again
        back.append(_Step.between(other, document, step.names))
        return other, step.names
