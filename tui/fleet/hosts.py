"""Many hosts walked at once: each by a thread that waits for it, what they find in the order it comes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Full, Queue

from tui.storage import Candidate, Place, UnreadableError

Found = Candidate | UnreadableError
Walk = Callable[[Place, Sequence[str]], Iterator[Found]]
Told = Callable[[int, int], object]

# What waits for the judge, of all hosts together: a machine's texts are a few thousand bytes.
_WAITING = 256
_SECONDS = 0.2


def at_once(walk: Walk, places: Mapping[Place, Sequence[str]], hosts: int, tell: Told) -> Iterator[Found]:
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
    walks = _Walks(walk)
    with ThreadPoolExecutor(hosts, thread_name_prefix="host") as pool:
        try:
            for place, paths in places.items():
                pool.submit(walks.run, place, paths)
            yield from walks.found(len(places), tell)
        finally:
            walks.ended.set()
            pool.shutdown(cancel_futures=True)


class _Walks:
    """What walks in threads found and nobody took yet."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._found: Queue[Found | None] = Queue(_WAITING)
        self.ended = threading.Event()

    def run(self, place: Place, paths: Sequence[str]) -> None:
        """One walk, in its thread; None is its end."""
        stream = self._walk(place, paths)
        try:
            for one in stream:
                self._put(one)
                if self.ended.is_set():
                    break
        finally:
            if isinstance(stream, Generator):
                stream.close()
            self._put(None)

    def _put(self, one: Found | None) -> None:
        while not self.ended.is_set():
            try:
                self._found.put(one, timeout=_SECONDS)
            except Full:
                continue
            return

    def found(self, places: int, tell: Told) -> Iterator[Found]:
        """What they find, until all have ended."""
        done = 0
        while done < places:
            one = self._found.get()
            if one is None:
                done += 1
                tell(done, places)
            else:
                yield one
