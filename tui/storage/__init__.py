"""Where bytes come from and where they go: files read once and whole, and saved whole or not at all.

Nothing above reaches a machine's file but by what stands here.
"""

from tui.storage.addresses import (
    address_typed,
    candidate_at,
    current,
    is_same,
    place_of,
    read,
    save,
    write_new,
)
from tui.storage.errors import (
    ConflictError,
    ErrorKind,
    ExistsError,
    MissingError,
    SaveError,
    StorageError,
    UnreadableError,
)
from tui.storage.files import HEAD_BYTES
from tui.storage.local import LOCAL
from tui.storage.place import Candidate, Location, Place, Source
from tui.storage.reading import ByteStream, Reading, read_stream
from tui.storage.regular import MAX_BYTES

__all__ = [
    "HEAD_BYTES",
    "LOCAL",
    "MAX_BYTES",
    "ByteStream",
    "Candidate",
    "ConflictError",
    "ErrorKind",
    "ExistsError",
    "Location",
    "MissingError",
    "Place",
    "Reading",
    "SaveError",
    "Source",
    "StorageError",
    "UnreadableError",
    "address_typed",
    "candidate_at",
    "current",
    "is_same",
    "place_of",
    "read",
    "read_stream",
    "save",
    "write_new",
]
