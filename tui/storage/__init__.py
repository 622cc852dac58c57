"""Where bytes come from and where they go: files read once and whole, and saved whole or not at all.

What reads one file is here. What writes is in :mod:`tui.storage.writing`, and what reads thousands in
:mod:`tui.storage.glances`: most commands do neither.
"""

from tui.storage.contents import MAX_BYTES
from tui.storage.errors import (
    ConflictError,
    ExistsError,
    MissingError,
    SaveError,
    StorageError,
    UnreadableError,
)
from tui.storage.heads import head_of, is_there, real_file
from tui.storage.reading import ByteStream, Reading, current, read, read_stream

__all__ = [
    "MAX_BYTES",
    "ByteStream",
    "ConflictError",
    "ExistsError",
    "MissingError",
    "Reading",
    "SaveError",
    "StorageError",
    "UnreadableError",
    "current",
    "head_of",
    "is_there",
    "read",
    "read_stream",
    "real_file",
]
