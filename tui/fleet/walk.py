"""Finding what may be a machine, at every place that was named."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import chain

from tui.fleet.host_walks import at_once
from tui.fleet.judged import Unread
from tui.storage import LOCAL, Candidate, Follow, Passed, Place, UnreadableError, limits, place_of

__all__ = ["Candidate", "Follow", "Found", "Passed", "unread", "walk"]

Found = Candidate | Unread


def walk(  # noqa: PLR0913, PLR0917 - what of many places is wanted, and how
    addresses: Iterable[str],
    exclude: Sequence[str] = (),
    follow: Follow = Follow.NEAR,
    passed: Passed | None = None,
    hosts: int | None = None,
    tell: Callable[[int, int], object] = lambda _done, _of: None,
) -> Iterator[Found]:
    """What lies at ``addresses``: each file as it is given, and what every folder holds, however deep.

    In the order of the addresses, those of one place together; then what lies on other hosts, so many
    ``hosts`` at a time (None: as was set), in the order it comes. A folder that cannot be listed, or is not
    there, is an Unread; nothing raises. Links that are not followed are counted in ``passed``; ``tell`` hears
    how many hosts are done, of how many.
    """
    refused: list[Unread] = []
    far: dict[Place, Sequence[str]] = {}
    for place, paths in _by_place(addresses, refused):
        if place != LOCAL:
            far[place] = list(paths)
            continue
        for found in place.walk(paths, exclude, follow, passed):
            yield unread(found) if isinstance(found, UnreadableError) else found
    yield from refused
    if far:

        def one(place: Place, paths: Sequence[str]) -> Generator[Candidate | UnreadableError, None, None]:
            yield from place.walk(paths, exclude, follow, passed)

        for found in at_once(one, far, hosts or limits().hosts, tell):
            yield unread(found) if isinstance(found, UnreadableError) else found


def _places(addresses: Iterable[str], refused: list[Unread]) -> Iterator[tuple[Place, str]]:
    """The place and path of each; what is no address of a host is put into ``refused``."""
    for address in addresses:
        try:
            yield place_of(address)
        except UnreadableError as error:
            refused.append(unread(error))


def _by_place(addresses: Iterable[str], refused: list[Unread]) -> Iterator[tuple[Place, Iterable[str]]]:
    """Each place and its paths. Those of the first come as they are read: a pipe may stay open for long."""
    given = _places(addresses, refused)
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
