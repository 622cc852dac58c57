"""Finding what may be a machine, at every place that was named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

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
    for place, paths in _by_place(addresses):
        for found in place.walk(paths, exclude, follow, passed):
            yield unread(found) if isinstance(found, UnreadableError) else found


def _by_place(addresses: Iterable[str]) -> Iterator[tuple[Place, Iterable[str]]]:
    """Each place and its paths. Those of the first come as they are read: a pipe may stay open for long."""
    given = map(place_of, addresses)
    for first, path in given:
        later: dict[Place, list[str]] = {}
        yield first, chain((path,), _paths_of(first, given, later))
        yield from later.items()


def _paths_of(
    first: Place, given: Iterable[tuple[Place, str]], later: dict[Place, list[str]]
) -> Iterator[str]:
    """The paths of the first place; those of others are put into ``later``."""
    for place, path in given:
        if place == first:
            yield path
        else:
            later.setdefault(place, []).append(path)


def unread(error: UnreadableError, link: str | None = None) -> Unread:
    """A file or folder that could not be judged, from storage's error."""
    return Unread(error.path, str(error.kind), error.what, error.remedy, link=link or error.link)
