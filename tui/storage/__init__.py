"""Where bytes come from and where they go: files read once and whole, and saved whole or not at all.

Nothing above reaches a machine's file but by what stands here.
"""

from tui.storage.addresses import (
    address_beside,
    address_typed,
    as_remembered,
    begin_walk,
    candidate_at,
    connect,
    connect_hosts,
    current,
    disconnect_hosts,
    holds_domains,
    is_elsewhere,
    is_far,
    is_same,
    not_kept_at,
    place_of,
    read,
    run_virsh,
    save,
    source_now,
    source_of,
    write_new,
)
from tui.storage.errors import (
    ConflictError,
    ErrorKind,
    ExistsError,
    MissingError,
    SaveError,
    StorageError,
    UnknownSaveError,
    UnreadableError,
)
from tui.storage.host_limits import Limits, allow_questions, limits, limits_from
from tui.storage.host_reload import HostAnswer, after_save, host_facts_of, vm_to_reload
from tui.storage.local import LOCAL
from tui.storage.local_reading import HEAD_BYTES, from_here, real_folder
from tui.storage.place import Candidate, Follow, Location, Passed, Place, Reading, Source
from tui.storage.regular import MAX_BYTES
from tui.storage.stream import ByteStream, read_stream

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
    "HostAnswer",
    "Limits",
    "Location",
    "MissingError",
    "Passed",
    "Place",
    "Reading",
    "SaveError",
    "Source",
    "StorageError",
    "UnknownSaveError",
    "UnreadableError",
    "address_beside",
    "address_typed",
    "after_save",
    "allow_questions",
    "as_remembered",
    "begin_walk",
    "candidate_at",
    "connect",
    "connect_hosts",
    "current",
    "disconnect_hosts",
    "from_here",
    "holds_domains",
    "host_facts_of",
    "is_elsewhere",
    "is_far",
    "is_same",
    "limits",
    "limits_from",
    "not_kept_at",
    "place_of",
    "read",
    "read_stream",
    "real_folder",
    "run_virsh",
    "save",
    "source_now",
    "source_of",
    "vm_to_reload",
    "write_new",
]
