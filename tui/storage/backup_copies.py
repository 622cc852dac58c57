"""The old bytes kept beside a file that is saved: never over an older backup.

Names are those of GNU cp and mv with `--backup=existing` (the manual of coreutils, "Backup options"): FILE~;
where that is taken, or there are numbered ones, FILE.~N~ with the number after the highest.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple

from tui import posix
from tui.storage.drafts import PRIVATE, claim, draft_beside, fill
from tui.storage.errors import ErrorKind
from tui.storage.local_reading import Contents
from tui.storage.reasons import Reason, not_saved, saving
from tui.storage.save_steps import Steps

_LONG = Reason(
    "its name is too long to add a ~ for the backup",
    "save without a backup, or rename it",
    ErrorKind.OBSTACLE,
)
_ATTEMPTS = 1000


@contextmanager
def backup_of(found: Contents, draft: Path, steps: Steps) -> Iterator[Path]:
    """Keep the old bytes under a free name, which is given, while `draft` is put into their place.

    Where the block fails and the draft is still there, nothing was saved, and the backup is taken back. It is
    a copy, not a hard link: an interrupted save must not leave the file with two names. Raises SaveError.
    """
    claimed: list[_Claimed] = []
    try:
        yield _kept(found, claimed, steps)
    except BaseException:
        if os.path.lexists(draft):
            for one in claimed:
                with suppress(OSError):
                    if one.path.lstat().st_ino == one.inode:
                        steps.remove(one.path)
        raise


class _Claimed(NamedTuple):
    """A name that was asked for, and the inode that has it if it was given."""

    path: Path
    inode: int


def _kept(found: Contents, claimed: list[_Claimed], steps: Steps) -> Path:
    target = Path(found.original.path)
    longest = posix.longest_name(target.parent)
    shown = target.with_name(target.name + "~")
    if len(os.fsencode(shown.name)) > longest:
        raise not_saved(target, _LONG)
    with saving(shown), draft_beside(shown, shown, PRIVATE, steps) as copy:
        inode = fill(copy, found.data, found.original, steps).st_ino
        for kept in _names_for(target):
            if len(os.fsencode(kept.name)) > longest:
                raise not_saved(target, _LONG)
            claimed.append(_Claimed(kept, inode))
            try:
                claim(copy.path, kept, steps.keep_backup, steps)
            except FileExistsError:
                claimed.pop()
                continue
            return kept
    raise not_saved(shown, Reason(f"there are {_ATTEMPTS} backups in the way", "move some of them away"))


def _names_for(target: Path) -> Iterator[Path]:
    numbered = re.compile(re.escape(target.name) + r"\.~([0-9]{1,15})~", re.ASCII)
    numbers: list[int] = []
    with suppress(PermissionError):  # a folder may take files and not be listed; taken names are met then
        found = (numbered.fullmatch(entry.name) for entry in target.parent.iterdir())
        numbers = [int(match[1]) for match in found if match]
    if not numbers:
        yield target.with_name(f"{target.name}~")
    for number, _ in zip(count(max(numbers, default=0) + 1), range(_ATTEMPTS), strict=False):
        yield target.with_name(f"{target.name}.~{number}~")
