"""Many hosts walked at once: each by a thread that waits for it, what they find in the order it comes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from queue import Empty, Full, Queue

from tui.storage import Candidate, Place, UnreadableError

Found = Candidate | UnreadableError
Walk = Callable[[Place, Sequence[str]], Generator[Found, None, None]]
HostProgress = Callable[[int, int], object]
"""Hears how many hosts are done, and of how many."""

# What waits for the judge, of all hosts together: a machine's texts are a few thousand bytes.
_WAITING = 256
_SECONDS = 0.2


def at_once(
    walk: Walk, places: Mapping[Place, Sequence[str]], hosts: int, tell: HostProgress
) -> Iterator[Found]:
    """What is found at every place, so many ``hosts`` at a time.

    ``tell`` hears how many are done, of how many. Closing the iterator ends the walks. Memory does not grow
    with the hosts.
    """
    tell(0, len(places))
    if len(places) == 1:  # without a thread the processes that judge can be forked
        for place, paths in places.items():
            yield from walk(place, paths)
        tell(1, 1)
        return
    walks = _Walks(walk, places)
    # A host that does not answer is not waited for when the walk is to end.
    for _ in range(min(hosts, len(places))):
        threading.Thread(target=walks.run, name="host", daemon=True).start()
    try:
        yield from walks.found(len(places), tell)
    finally:
        walks.ended.set()


class _Walks:
    """What walks in threads have found and was not taken yet."""

    def __init__(self, walk: Walk, places: Mapping[Place, Sequence[str]]) -> None:
        self._walk = walk
        self._left: Queue[tuple[Place, Sequence[str]]] = Queue()
        for one in places.items():
            self._left.put(one)
        self._found: Queue[Found | None] = Queue(_WAITING)
        self.ended = threading.Event()

    def run(self) -> None:
        """One walk after the other, in a thread; None is the end of each."""
        while not self.ended.is_set():
            try:
                place, paths = self._left.get_nowait()
            except Empty:
                return
            try:
                self._walk_one(place, paths)
            except Exception as error:  # one host more is no reason to lose the others
                what = f"something went wrong that never should ({type(error).__name__}: {error})"
                self._put(UnreadableError(place.address(paths[0]), what, "report it, if you may"))
            self._put(None)

    def _walk_one(self, place: Place, paths: Sequence[str]) -> None:
        with closing(self._walk(place, paths)) as stream:
            for one in stream:
                self._put(one)
                if self.ended.is_set():
                    return

    def _put(self, one: Found | None) -> None:
        while not self.ended.is_set():
            try:
                self._found.put(one, timeout=_SECONDS)
            except Full:
                continue
            return

    def found(self, places: int, tell: HostProgress) -> Iterator[Found]:
        """What they find, until all have ended."""
        done = 0
        while done < places:
            one = self._found.get()
            if one is None:
                done += 1
                tell(done, places)
            else:
                yield one
