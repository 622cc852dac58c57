"""Every call by which a save changes the disk, in the order of a save, each replaceable by name.

A test puts a failing, slow or killing call in the place of one of them; nothing else replaces any.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tui import posix


def create(path: Path, mode: int) -> int:
    """Make a new file, never following or opening one that exists; its descriptor, open for writing."""
    return os.open(path, posix.CREATE_FLAGS, mode)


@dataclass(frozen=True, slots=True)
class Steps:
    """The calls of a save. All raise OSError; `write` may write less than it was given."""

    create: Callable[[Path, int], int] = create
    write: Callable[[int, memoryview], int] = os.write
    own: Callable[[int, int, int], None] = posix.own
    attributes: Callable[[Path, int], None] = posix.copy_attributes
    permit: Callable[[int, int], None] = posix.permit
    flush: Callable[[int], None] = posix.flush
    close: Callable[[int], None] = os.close
    keep_backup: Callable[[Path, Path], None] = posix.link
    rename: Callable[[Path, Path], None] = os.replace
    link: Callable[[Path, Path], None] = posix.link
    flush_folder: Callable[[Path], None] = posix.flush_folder
    remove: Callable[[Path], None] = os.unlink


SYSTEM = Steps()
"""The operating system's own calls."""
