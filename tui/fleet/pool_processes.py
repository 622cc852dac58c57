"""The processes of a pool: chunks of items in, results out, dead workers replaced."""

from __future__ import annotations

import gc
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

from tui.posix import process_context, signal_name

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

# Chunks that may be under way or wait for their turn, for each worker: what bounds the memory.
_AHEAD = 8
# Chunks a worker has at once: the next is there when it is done with one, however busy the parent is.
_GIVEN = 4
# Chunks between two looks for garbage: next to none is left, as values know no circles.
_COLLECTED = 8


def _serve(
    connection: Connection, work: Callable[[Sequence[Item]], Outcome], inherited: Sequence[Connection]
) -> None:
    """A worker: chunks in, results out, until the parent closes the pipe.

    Chunks are received beside the work. Were both sides to send while neither receives, both would wait.
    """
    _hear_the_parent_alone()
    for other in inherited:
        other.close()
    gc.freeze()
    gc.disable()
    worked = 0
    chunks: SimpleQueue[Sequence[Item] | None] = SimpleQueue()
    Thread(target=_receive, args=(connection, chunks), daemon=True).start()
    with suppress(BrokenPipeError, ConnectionResetError):
        while (chunk := chunks.get()) is not None:
            connection.send(work(chunk))
            worked += 1
            if worked % _COLLECTED == 0:
                gc.collect()


def _hear_the_parent_alone() -> None:
    """Ctrl+c and a lost terminal are for the parent; what it does about SIGTERM would keep a worker alive."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _receive(connection: Connection, chunks: SimpleQueue[Sequence[Item] | None]) -> None:
    with suppress(EOFError, OSError):
        while True:
            chunks.put(connection.recv())
    chunks.put(None)


class _Worker(Generic[Item, Outcome]):
    """A process, its end of a pipe, and the chunks it has (their numbers and items): it is at the first."""

    def __init__(
        self, context: BaseContext, work: Callable[[Sequence[Item]], Outcome], others: Sequence[Connection]
    ) -> None:
        self.connection, theirs = context.Pipe()
        self.chunks: deque[tuple[int, list[Item]]] = deque()
        forked = context.get_start_method() == "fork"
        inherited = [*others, self.connection] if forked else []
        self.process: BaseProcess = context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(theirs, work, inherited), daemon=True
        )
        self.process.start()
        theirs.close()

    def give(self, number: int, chunk: list[Item]) -> None:
        self.chunks.append((number, chunk))
        with suppress(BrokenPipeError, ConnectionResetError):  # it is dead, which the next wait tells
            self.connection.send(chunk)

    def dismiss(self) -> None:
        """Let it end, whatever it is at; :meth:`end` waits until it has."""
        self.connection.close()
        self.process.terminate()

    def end(self) -> None:
        self.dismiss()
        self.process.join()

    @property
    def death(self) -> str:
        """Why it died, as far as its exit status tells."""
        self.process.join(timeout=5)
        code = self.process.exitcode or 0
        if code >= 0:
            return f"the process that read it ended with status {code}"
        return f"the process that read it was killed ({signal_name(-code)})"


class Pool(Generic[Item, Outcome]):
    """``number`` processes that do ``work``; see :func:`tui.fleet.pool.in_order`."""

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
                # The next chunk may be long in coming: what is done is shown before it is waited for.
                while given - shown < _AHEAD * self._number and not wait(self._busy, 0):
                    worker = min(self._workers, key=lambda one: len(one.chunks))
                    chunk = next(chunks, None) if len(worker.chunks) < _GIVEN else None
                    if not chunk:
                        break
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
                worker.dismiss()
            for worker in self._workers:
                worker.end()

    @property
    def _busy(self) -> list[Connection]:
        return [worker.connection for worker in self._workers if worker.chunks]

    def _started(self) -> _Worker[Item, Outcome]:
        return _Worker(self._context, self._work, [worker.connection for worker in self._workers])

    def _take(self) -> None:
        """Wait for results; a worker that died is replaced, and its chunk tried item by item."""
        workers = {worker.connection: worker for worker in self._workers}
        for ready in wait(self._busy):
            worker = workers[ready]  # type: ignore[index]
            number, chunk = worker.chunks.popleft()
            try:
                self._done[number] = [worker.connection.recv()]
            except (EOFError, ConnectionResetError):
                self._done[number] = self._singly(chunk)
                self._replace(worker)

    def _replace(self, dead: _Worker[Item, Outcome]) -> None:
        """Another worker takes over what a dead one had not begun."""
        dead.end()
        worker = self._workers[self._workers.index(dead)] = self._started()
        for number, chunk in dead.chunks:
            worker.give(number, chunk)

    def _singly(self, chunk: Sequence[Item]) -> list[Outcome]:
        """A chunk over which a worker died: each item in a process of its own, so one is lost at most.

        Also a single one: it may not have been what the worker died of.
        """
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
