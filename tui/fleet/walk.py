"""Finding what may be a machine, at every place that was named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tui.fleet.records import Unread
from tui.storage import Candidate, Follow, Passed, Place, UnreadableError, place_of

__all__ = ["Candidate", "Follow", "Found", "Passed", "unread", "walk"]

Found = Candidate | Unread


def walk(
    addresses: Iterable[str],
    exclude: Sequence[str] = (),
    follow: Follow = Follow.NEAR,
    passed: Passed | None = None,
) -> Iterator[Found]:
    """What lies at ``addresses``: each file as it is given, and what every folder holds, however deep.

    In the order of the addresses, those of one place together. A folder that cannot be listed, or is not
    there, is an Unread; nothing raises. Links that are not followed are counted in ``passed``.
    """
    by_place: dict[Place, list[str]] = {}
    for address in addresses:
        place, path = place_of(address)
        by_place.setdefault(place, []).append(path)
    for place, paths in by_place.items():
        for found in place.walk(paths, exclude, follow, passed):
            yield unread(found) if isinstance(found, UnreadableError) else found


def unread(error: UnreadableError, link: str | None = None) -> Unread:
    """A file or folder that could not be judged, from storage's error."""
    return Unread(error.path, str(error.kind), error.what, error.remedy, link=link or error.link)
