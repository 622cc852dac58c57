"""The journal of an open file: its edits, written down as they are made, until they are saved or dropped.

Like the swap file of vim: a process that is killed leaves it behind, and the next opening of that file finds
it. A key costs one write to the end of an open file, of the lines that differ: the whole text is hashed once,
as it was read. For the disk somebody else waits, who calls ``flush`` once nothing more is typed.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tui.history.process import this_process
from tui.history.splices import splices_between
from tui.history.state_folder import EDITS, LINES, LineFile, lines_of, names_in, remove, state_folder
from tui.history.unsaved import (
    Base,
    Unsaved,
    digest,
    edit_line,
    opened_line,
    read_unsaved,
    saved_line,
    saving_line,
)
from tui.storage import StorageError, is_elsewhere, read

_FOLDER, _SUFFIX = EDITS, LINES
# Seconds that the first line of a journal may take to be written.
_BEGINNING = 60 * 60
_DAY = 24 * 60 * 60


class Journal:
    """The journal of one editor on one file. ``trouble`` is why it could not be kept, to be said once."""

    def __init__(self, file: str | None, data: bytes, named: str | None = None) -> None:
        """Begin it, with the text as it was read; ``file`` is the real name, None for standard input.

        ``named`` is what people call it, where that is another.
        """
        self.file, self.named = file, named
        opened = Unsaved(Base(file, digest(data)), this_process(), time.time(), named=named)
        self._file = LineFile(_folder() / f"{_key(file)}-{os.getpid()}-{secrets.token_hex(4)}{_SUFFIX}")
        self._file.create(opened_line(opened))

    @property
    def path(self) -> Path:
        """The file of lines it is written to, in the state folder."""
        return self._file.path

    @property
    def trouble(self) -> str | None:
        """Why edits are not kept, where they are not."""
        return self._file.trouble

    def edited(self, before: bytes, after: bytes) -> None:
        """An edit was made, undone or done again."""
        if before != after:
            self._file.append(edit_line(splices_between(before, after)))

    def saving(self, data: bytes) -> None:
        """``data``, the text as it is now, is about to be saved: a kill may come before it is told how."""
        self._file.append(saving_line(digest(data)))

    def saved(self, written: bytes, now: bytes) -> None:
        """The file holds ``written``; ``now`` is the text on the screen, which may have gone on."""
        self._file.append(saved_line(digest(written), splices_between(written, now)))

    def flush(self) -> None:
        """Wait until the disk has what was written: it may take a while, and any thread may do it."""
        self._file.flush()

    @property
    def is_gone(self) -> bool:
        """Whether somebody took it away, and its folder perhaps, while it is written to."""
        return self._file.is_gone

    def drop(self) -> None:
        """The person left by choice: nothing is to be offered."""
        self._file.remove()

    def keep(self) -> None:
        """The program ends and the edits are not saved: leave them to the next opening."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class Left:
    """A journal found: its edits, where it lies, and whether its editor still runs (None: not known)."""

    unsaved: Unsaved
    path: Path
    runs: bool | None

    def drop(self) -> None:
        """Take the journal away: its edits are offered no more."""
        remove(self.path)


def journals_of(file: str | None, data: bytes, own: Journal | None = None) -> list[Left]:
    """The journals of other editors on a file, the newest first; ``data`` is the text as it is now.

    Those of a file that is gone, or of standard input, are found by the text alone: ``virsh edit`` gives
    its file another name each time. A journal without edits whose editor has ended is taken away, whatever
    file it is of.
    """
    names = {one for one in names_in(_folder(), _SUFFIX) if own is None or one != own.path}
    mine = {one for one in names if one.name.startswith(_key(file) + "-")} if file is not None else set()
    found = [left for path in mine if (left := _left(path, data)) is not None]
    sha256 = None
    for path in names - mine:
        left = _left(path, data)
        if left is None or left.runs is not False:
            continue
        sha256 = sha256 or digest(data)
        if left.unsaved.base.sha256 == sha256 and not _is_there(left.unsaved.base.file):
            found.append(left)
    return sorted(found, key=lambda left: left.unsaved.began, reverse=True)


def editors_of(file: str | None, own: Journal) -> list[Left]:
    """The journals of other editors that have a file open now, as far as is known; none of a pipe's text."""
    if file is None:
        return []
    names = (one for one in names_in(_folder(), _SUFFIX) if one.name.startswith(_key(file) + "-"))
    read = ((path, read_unsaved(lines_of(path))) for path in names if path != own.path)
    found = (Left(unsaved, path, unsaved.editor.runs) for path, unsaved in read if unsaved is not None)
    return [left for left in found if left.runs is not False]


def waiting() -> list[Left]:
    """Every journal with edits that are not in their file, whatever file it is of, the oldest first.

    The file's own bytes tell whether a save was completed; other hosts are not asked.
    """
    found = []
    for path in names_in(_folder(), _SUFFIX):
        unsaved = read_unsaved(lines_of(path))
        if unsaved is not None and unsaved.saving is not None:
            unsaved = unsaved.settled(_local_bytes(unsaved.base.file))
        if unsaved is not None and unsaved.edits:
            found.append(Left(unsaved, path, unsaved.editor.runs))
    return sorted(found, key=lambda left: left.unsaved.began)


def _local_bytes(file: str | None) -> bytes:
    if file is None or is_elsewhere(file):
        return b""
    with suppress(StorageError):
        return read(file).data
    return b""


def forget_old_edits(days: float) -> None:
    """Remove the journals that were not written to for so many days, but those of editors that run."""
    oldest = time.time() - days * _DAY
    for path in names_in(_folder(), _SUFFIX):
        if _written(path) >= oldest:
            continue
        unsaved = read_unsaved(lines_of(path))
        if unsaved is None or not unsaved.editor.runs:
            remove(path)


def _left(path: Path, data: bytes) -> Left | None:
    unsaved = read_unsaved(lines_of(path))
    if unsaved is None:
        if _is_old(path):
            remove(path)
        return None
    unsaved = unsaved.settled(data)
    left = Left(unsaved, path, unsaved.editor.runs)
    if left.runs is False and not unsaved.edits:
        left.drop()
        return None
    return left


def _is_old(path: Path) -> bool:
    """Whether it is not just being begun: an editor may have been killed before its first line was whole."""
    return time.time() - _written(path) > _BEGINNING


def _written(path: Path) -> float:
    """When a file was last written to; just now where it is gone."""
    try:
        return path.stat().st_mtime
    except OSError:
        return time.time()


def _is_there(file: str | None) -> bool:
    """Whether the file is where it was; one on another host is not asked for, and keeps its edits."""
    return file is not None and (is_elsewhere(file) or os.path.lexists(file))


def _folder() -> Path:
    return state_folder() / _FOLDER


def _key(file: str | None) -> str:
    """What the journals of a file are called: a name may be longer than a name in the folder may be."""
    return "stdin" if file is None else hashlib.sha256(os.fsencode(file)).hexdigest()[:24]
