"""Edits that are not in their file yet, as values: how they are written down, and what they make of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from tui.history.process import Process, moment
from tui.history.splices import MismatchError, Splice, spliced

SCHEMA = "diskmode.edits/1"


def digest(data: bytes) -> str:
    """The SHA-256 of a text, by which it is known again."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Base:
    """What edits are made on: the real name of the ``file`` (None: standard input), and the bytes' digest."""

    file: str | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Unsaved:
    """The edits that an ``editor`` made on ``base`` and did not save, each a row of splices, in order.

    ``began`` is when the file was opened, in seconds since 1970. ``saving`` is the digest of a text that was
    about to be saved when so many edits were made, and of which it is not known whether it was. ``named`` is
    what people call the file, where that is not its real name: a domain is remembered by its UUID.
    """

    base: Base
    editor: Process
    began: float
    edits: tuple[tuple[Splice, ...], ...] = ()
    saving: tuple[str, int] | None = None
    named: str | None = None

    @property
    def shown(self) -> str | None:
        """What people call the file; None: standard input."""
        return self.named or self.base.file

    @property
    def names(self) -> Sequence[str]:
        """What the file is found by: its real name, and what it was asked for by; none of standard input."""
        return tuple(dict.fromkeys(one for one in (self.base.file, self.named) if one is not None))

    def settled(self, data: bytes) -> Unsaved:
        """Without the edits that ``data``, the file's text now, holds: their save went well to its end."""
        if self.saving is None or digest(data) != self.saving[0]:
            return self
        sha256, number = self.saving
        return replace(self, base=Base(self.base.file, sha256), edits=self.edits[number:], saving=None)

    def made_on(self, data: bytes) -> bytes | None:
        """The edited text; None where ``data`` is not what the edits were made on."""
        if digest(data) != self.base.sha256:
            return None
        try:
            for edit in self.edits:
                data = spliced(data, edit)
        except MismatchError:
            return None
        return data


class UnsavedKind(StrEnum):
    """What a line behind the first says."""

    EDIT = "edit"
    SAVING = "saving"
    SAVED = "saved"


def opened_line(unsaved: Unsaved) -> dict[str, Any]:
    """The first line: who edits what."""
    return {
        "schema": SCHEMA,
        "file": unsaved.base.file,
        "sha256": unsaved.base.sha256,
        **unsaved.editor.as_json(),
        "began": unsaved.began,
        **({"named": unsaved.named} if unsaved.named else {}),
    }


def edit_line(splices: Sequence[Splice]) -> dict[str, Any]:
    """An edit was made, taken back or made again: from the text before it to that behind it."""
    return {UnsavedKind.EDIT: [one.as_json() for one in splices]}


def saving_line(sha256: str) -> dict[str, Any]:
    """The text as it is now, of this digest, is about to be saved."""
    return {UnsavedKind.SAVING: sha256}


def saved_line(sha256: str, splices: Sequence[Splice]) -> dict[str, Any]:
    """The file holds a text of this digest now; ``splices`` are the edits made while it was written."""
    return {UnsavedKind.SAVED: sha256, **edit_line(splices)}


def read_unsaved(lines: Iterable[object]) -> Unsaved | None:
    """What the lines of a journal say; None where they are no journal. What cannot be read is left out."""
    found: Unsaved | None = None
    for line in lines:
        if not isinstance(line, dict):
            continue
        try:
            found = _opened(line) if found is None else _went_on(found, line)
        except (KeyError, TypeError, ValueError):
            if found is None:
                return None
            # Behind an edit that cannot be read the others do not fit.
            return found
    return found


def _opened(line: dict[str, Any]) -> Unsaved:
    if line["schema"] != SCHEMA:
        raise ValueError("another kind of file")
    file = line["file"]
    if not isinstance(file, str | None):
        raise TypeError("a name is a text")
    named = str(line["named"]) if "named" in line else None
    base = Base(file, str(line["sha256"]))
    return Unsaved(base, Process.from_json(line), moment(line["began"]), named=named)


def _went_on(found: Unsaved, line: dict[str, Any]) -> Unsaved:
    if UnsavedKind.SAVING in line:
        return replace(found, saving=(str(line[UnsavedKind.SAVING]), len(found.edits)))
    splices = tuple(Splice.from_json(one) for one in line[UnsavedKind.EDIT])
    if UnsavedKind.SAVED in line:
        base = Base(found.base.file, str(line[UnsavedKind.SAVED]))
        return replace(found, base=base, edits=(splices,) if splices else (), saving=None)
    return replace(found, edits=(*found.edits, splices))
