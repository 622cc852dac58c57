"""Why a file that can be read cannot be saved: asked when it is opened, and again when it is saved.

Saving puts a new file in the old one's place, which needs less permission than writing to the old one. A file
its owner has made read-only is left alone all the same.
"""

import os
from collections.abc import Callable

from tui import posix
from tui.storage.local_reading import Contents, Original
from tui.storage.place import Location, Reading
from tui.storage.reasons import SAVING, Reason, reason_for

_ELSEWHERE = "write the result to another file"


def obstacle(original: Original) -> Reason | None:
    """The first thing that stands in the way of saving over `original`, or None.

    A look that the system refuses is one too: what is not known to be free is left alone.
    """
    try:
        return next((reason for stands, reason in _OBSTACLES if stands(original)), None)
    except OSError as error:
        return reason_for(error, SAVING)


def reading_of(path: Location, found: Contents) -> Reading:
    """The reading of a file whose contents have been looked at."""
    hindrance = obstacle(found.original)
    return Reading(
        path=path,
        data=found.data,
        writable=hindrance is None,
        why_not=None if hindrance is None else hindrance.what,
        target=posix.slashes(found.original.path),
        not_kept=posix.not_kept(),
    )


def _may(path: str, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


_OBSTACLES: tuple[tuple[Callable[[Original], bool], Reason], ...] = (
    (
        lambda original: posix.is_read_only(original.path),
        Reason("the file system is read-only", f"{_ELSEWHERE}, or mount it writable"),
    ),
    (
        lambda original: posix.is_marked(original.path, posix.IMMUTABLE),
        Reason("it is marked immutable", f"{_ELSEWHERE}, or remove the mark with chattr -i"),
    ),
    (
        lambda original: posix.is_marked(original.path, posix.APPEND_ONLY),
        Reason("it is marked append-only", f"{_ELSEWHERE}, or remove the mark with chattr -a"),
    ),
    (
        lambda original: posix.is_marked(os.path.dirname(original.path), posix.IMMUTABLE | posix.APPEND_ONLY),
        Reason(
            "its folder is marked immutable or append-only",
            f"{_ELSEWHERE}, or remove the mark with chattr -ia",
        ),
    ),
    (
        lambda original: not _may(original.path, os.W_OK),
        Reason("you have no permission to write to it", f"{_ELSEWHERE}, or ask its owner"),
    ),
    (
        lambda original: not _may(os.path.dirname(original.path), os.W_OK | os.X_OK),
        Reason(
            "its folder is not writable, and the new version has to be put beside the old one",
            f"{_ELSEWHERE}, or ask the folder's owner",
        ),
    ),
    (
        lambda original: posix.is_foreign(original.status.st_uid),
        Reason(
            "it belongs to another user, and a save could not keep it theirs",
            f"run as its owner or as root, or {_ELSEWHERE}",
        ),
    ),
    (
        lambda original: original.status.st_nlink > 1,
        Reason(
            "it has more than one name (hard links), and a save would part this name from the others",
            f"{_ELSEWHERE}, and copy that over this one with cp",
        ),
    ),
)
