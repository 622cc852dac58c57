"""Where bytes come from and where they go: files read once and whole, and saved whole or not at all.

Nothing above reaches a machine's file but by what stands here.
"""

from tui.storage.addresses import (
    address_beside,
    address_typed,
    begin_walk,
    candidate_at,
    connect,
    connect_hosts,
    current,
    disconnect_hosts,
    holds_domains,
    is_far,
    is_same,
    not_kept_at,
    place_of,
    read,
    reload_vm,
    run_virsh,
    save,
    source_now,
    source_of,
    vm_to_reload,
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
from tui.storage.files import HEAD_BYTES, real_folder
from tui.storage.limits import Limits, allow_questions, limits, limits_from
from tui.storage.local import LOCAL
from tui.storage.place import Candidate, Follow, Location, Passed, Place, Source
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
    "Follow",
    "Limits",
    "Location",
    "MissingError",
    "Passed",
    "Place",
    "Reading",
    "SaveError",
    "Source",
    "StorageError",
    "UnreadableError",
    "address_beside",
    "address_typed",
    "allow_questions",
    "begin_walk",
    "candidate_at",
    "connect",
    "connect_hosts",
    "current",
    "disconnect_hosts",
    "holds_domains",
    "is_far",
    "is_same",
    "limits",
    "limits_from",
    "not_kept_at",
    "place_of",
    "read",
    "read_stream",
    "real_folder",
    "reload_vm",
    "run_virsh",
    "save",
    "source_now",
    "source_of",
    "vm_to_reload",
    "write_new",
]
