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
from tui.storage.glances import HEAD_BYTES, Trouble, glance, reason_of, trouble_of
from tui.storage.heads import head_of, is_there, read_head, real_file
from tui.storage.reading import ByteStream, Reading, Stamp, current, is_unchanged, read, read_stream
from tui.storage.steps import SYSTEM, Steps
from tui.storage.writing import save, write_new

__all__ = [
    "HEAD_BYTES",
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
    "Trouble",
    "UnreadableError",
    "current",
    "glance",
    "head_of",
    "is_there",
    "is_unchanged",
    "read",
    "read_head",
    "read_stream",
    "real_file",
    "reason_of",
    "save",
    "trouble_of",
    "write_new",
]
