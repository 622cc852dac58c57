"""Where bytes come from and where they go: files read once and whole, and saved whole or not at all."""

from tui.storage.contents import MAX_BYTES
from tui.storage.errors import (
    ConflictError,
    ExistsError,
    MissingError,
    SaveError,
    StorageError,
    UnreadableError,
)
from tui.storage.heads import read_head
from tui.storage.reading import ByteStream, Reading, Stamp, current, is_unchanged, read, read_stream
from tui.storage.steps import SYSTEM, Steps
from tui.storage.writing import save, write_new

__all__ = [
    "MAX_BYTES",
    "SYSTEM",
    "ByteStream",
    "ConflictError",
    "ExistsError",
    "MissingError",
    "Reading",
    "SaveError",
    "Stamp",
    "Steps",
    "StorageError",
    "UnreadableError",
    "current",
    "is_unchanged",
    "read",
    "read_head",
    "read_stream",
    "save",
    "write_new",
]
