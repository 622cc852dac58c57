"""Every call by which a save changes the disk, in the order of a save, each replaceable by name.

A test puts a failing, slow or killing call in the place of one of them; nothing else replaces any.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tui.storage.attributes import copy_attributes


def create(path: Path, mode: int) -> int:
    """Make a new file, never following or opening one that exists; its descriptor, open for writing."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, mode)


def flush_folder(folder: Path) -> None:
    """Have the disk confirm the names in `folder` (fsync(2) on a file does not confirm its name)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Steps:
    """The calls of a save. All raise OSError; `write` may write less than it was given."""

    create: Callable[[Path, int], int] = create
    write: Callable[[int, memoryview], int] = os.write
    own: Callable[[int, int, int], None] = os.fchown
    attributes: Callable[[Path, int], None] = copy_attributes
    permit: Callable[[int, int], None] = os.fchmod
    flush: Callable[[int], None] = os.fsync
    close: Callable[[int], None] = os.close
    keep_backup: Callable[[Path, Path], None] = os.link
    rename: Callable[[Path, Path], None] = os.replace
    link: Callable[[Path, Path], None] = os.link
    flush_folder: Callable[[Path], None] = flush_folder
    remove: Callable[[Path], None] = os.unlink


SYSTEM = Steps()
"""The operating system's own calls."""
