"""The versions a document went through. Of each only what tells it from its neighbour is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui.formats.document import Document
    from tui.formats.splice import Edit


class _Step(NamedTuple):
    """The way to another version: the edits, of which disks they are, its origin; ``names`` says of what."""

    edits: Sequence[Edit]
    disks: Sequence[int]
    origin: Document
    names: str

    @classmethod
    def between(cls, document: Document, other: Document, names: str) -> _Step:
        edits, disks = document.edits_to(other)  # type: ignore[arg-type]  # both are of one class
        return cls(edits, disks, other.origin, names)

    def taken(self, document: Document) -> Document:
        return document.with_edits(self.edits, self.disks, self.origin)  # type: ignore[arg-type]  # as above


class History:
    """What can be undone and done again, from the version in hand on; nobody else changes that one."""

    def __init__(self) -> None:
        self._past: list[_Step] = []
        self._future: list[_Step] = []

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
        step = steps.pop()
        other = step.taken(document)
        back.append(_Step.between(other, document, step.names))
        return other, step.names
