"""Work on many items in processes: results in order, memory bounded, no item able to stop the rest.

An item whose worker dies, by a fault of the interpreter or for want of memory, becomes a result that says so.
"""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from time import monotonic
from typing import Generic, TypeVar

from tui.posix import cores, process_context, signal_name

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

# Measured: below so many files the work itself takes less time than two processes take to start.
FEW = 64
# Large enough that handing over costs little, small enough that rows come soon and workers end together.
_CHUNK = 32
_FIRST_AWAITED = 4
_LONG = 0.1  # seconds
# Chunks that may be under way or wait for their turn, for each worker: what bounds the memory.
_AHEAD = 4


def in_order(
    work: Callable[[Sequence[Item]], Outcome],
    items: Iterable[Item],
    lost: Callable[[Item, str], Outcome],
    workers: int | None = None,
    *,
    awaited: bool = False,
) -> Generator[Outcome, None, None]:
    """``work`` done to all items, a few at a time and in their order; ``lost`` makes the result of one over
    which a worker died, with why.

    ``work`` must be picklable and not raise. The first items are worked on here, each as it comes; more in
    ``workers`` processes (None: one for each core; 1: all here). Closing the iterator ends the processes.
    ``awaited``: the items come from far away. Nothing is to be done until the first is there, so the
    processes are started then, and the first chunks are small.
    """
    stream = iter(items)
    number = cores() if workers is None else workers
    if awaited and number > 1:
        yield from _Pool(work, lost, number).run(_chunks(stream, _FIRST_AWAITED))
        return
    for item in stream if number <= 1 else islice(stream, FEW):
        yield work([item])
    for more in stream:
        yield from _Pool(work, lost, number).run(_chunks(chain((more,), stream), _CHUNK))


def _chunks(items: Iterable[Item], first: int) -> Iterator[list[Item]]:
    """So many items in the first, and twice as many in each further one, up to whole chunks.

    Where an item was long in coming, it and those before it go on without others.
    """
    size, chunk, began = first, [], monotonic()
    for item in items:
        chunk.append(item)
        if len(chunk) >= size or monotonic() - began > _LONG:
            yield chunk
            size, chunk, began = min(2 * size, _CHUNK), [], monotonic()
    if chunk:
        yield chunk


def _serve(
    connection: Connection, work: Callable[[Sequence[Item]], Outcome], inherited: Sequence[Connection]
) -> None:
    """A worker: chunks in, results out, until nobody is there. The interrupt key is for the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for other in inherited:
        other.close()
    gc.freeze()
    gc.disable()
    try:
        while (chunk := connection.recv()) is not None:
            connection.send(work(chunk))
            gc.collect()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass


class _Worker(Generic[Item, Outcome]):
    """A process, its end of a pipe, and the chunk it is at (its number and items)."""

    def __init__(
        self, context: BaseContext, work: Callable[[Sequence[Item]], Outcome], others: Sequence[Connection]
    ) -> None:
        self.connection, theirs = context.Pipe()
        self.chunk: tuple[int, list[Item]] | None = None
        forked = context.get_start_method() == "fork"
        inherited = [*others, self.connection] if forked else []
        self.process: BaseProcess = context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(theirs, work, inherited), daemon=True
        )
        self.process.start()
        theirs.close()

    def give(self, number: int, chunk: list[Item]) -> None:
        self.chunk = (number, chunk)
        with suppress(BrokenPipeError, ConnectionResetError):  # it is dead, which the next wait tells
            self.connection.send(chunk)

    def end(self) -> None:
        self.connection.close()
        self.process.terminate()
        self.process.join()

    @property
    def death(self) -> str:
        """Why it died, as far as its exit status tells."""
        self.process.join(timeout=5)
        code = self.process.exitcode or 0
        if code >= 0:
            return f"the process that read it ended with status {code}"
        return f"the process that read it was killed ({signal_name(-code)})"


class _Pool(Generic[Item, Outcome]):
    def __init__(
        self, work: Callable[[Sequence[Item]], Outcome], lost: Callable[[Item, str], Outcome], number: int
    ) -> None:
        self._work = work
        self._lost = lost
        self._number = number
        self._context = process_context()
        self._workers: list[_Worker[Item, Outcome]] = []
        self._done: dict[int, list[Outcome]] = {}

    def run(self, chunks: Iterator[list[Item]]) -> Iterator[Outcome]:
        """The results, in order."""
        given = shown = 0
        try:
            for _ in range(self._number):
                self._workers.append(self._started())
            while True:
                for worker in self._workers:
                    if worker.chunk is None and given - shown < _AHEAD * self._number:
                        chunk = next(chunks, None)
                        if chunk:
                            worker.give(given, chunk)
                            given += 1
                if shown == given:
                    return
                self._take()
                while shown in self._done:
                    yield from self._done.pop(shown)
                    shown += 1
        finally:
            for worker in self._workers:
                worker.end()

    def _started(self) -> _Worker[Item, Outcome]:
        return _Worker(self._context, self._work, [worker.connection for worker in self._workers])

    def _take(self) -> None:
        """Wait for results; a worker that died is replaced, and its chunk tried item by item."""
        busy = {worker.connection: worker for worker in self._workers if worker.chunk}
        for ready in wait(list(busy)):
            worker = busy[ready]  # type: ignore[index]
            assert worker.chunk is not None
            number, chunk = worker.chunk
            try:
                self._done[number] = [worker.connection.recv()]
                worker.chunk = None
            except (EOFError, ConnectionResetError):
                place = self._workers.index(worker)
                self._done[number] = self._singly(chunk, worker.death)
                worker.end()
                self._workers[place] = self._started()

    def _singly(self, chunk: Sequence[Item], death: str) -> list[Outcome]:
        """A chunk over which a worker died: each item in a process of its own, so one is lost at most."""
        if len(chunk) == 1:
            return [self._lost(chunk[0], death)]
        results: list[Outcome] = []
        for item in chunk:
            worker = self._started()
            try:
                worker.give(0, [item])
                results.append(worker.connection.recv())
            except (EOFError, ConnectionResetError):
                results.append(self._lost(item, worker.death))
            finally:
                worker.end()
        return results
