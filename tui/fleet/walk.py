"""Finding what may be a machine, at every place that was named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tui.fleet.records import Unread
from tui.storage import Candidate, Place, UnreadableError, place_of

__all__ = ["Candidate", "Found", "unread", "walk"]

Found = Candidate | Unread


def walk(addresses: Iterable[str], exclude: Sequence[str] = ()) -> Iterator[Found]:
    """What lies at ``addresses``: each file as it is given, and what every folder holds, however deep.

    In the order of the addresses, those of one place together. A folder that cannot be listed, or is not
    there, is an Unread; nothing raises.
    """
    by_place: dict[Place, list[str]] = {}
    for address in addresses:
        place, path = place_of(address)
        by_place.setdefault(place, []).append(path)
    for place, paths in by_place.items():
        for found in place.walk(paths, exclude):
            yield unread(found) if isinstance(found, UnreadableError) else found


def unread(error: UnreadableError) -> Unread:
    """A file or folder that could not be judged, from storage's error."""
    return Unread(error.path, str(error.kind), error.what, error.remedy)
