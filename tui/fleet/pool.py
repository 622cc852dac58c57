"""Work on many items in processes: results in order, memory bounded, no item able to stop the rest.

An item whose worker dies, by a fault of the interpreter or for want of memory, becomes a result that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import chain, islice
from time import monotonic
from typing import TypeVar

from tui.posix import cores

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

# Measured: below so many files the work itself takes less time than two processes take to start.
FEW = 64
# Large enough that handing over costs little, small enough that rows come soon and workers end together.
_CHUNK = 32
# Measured: the same done to several files in a row takes a tenth less time than all of it to one by one. Few
# enough that one who interrupts does not wait where each file takes long.
_CHUNK_HERE = 16
_FIRST_AWAITED = 4
_LONG = 0.1  # seconds


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
    ``workers`` processes (None: one for each core), or soon a few at a time here (1). Closing the iterator
    ends the processes.
    ``awaited``: the items come from far away. Nothing is to be done until the first is there, so the
    processes are started then, and the first chunks are small.
    """
    stream = iter(items)
    number = cores() if workers is None else workers
    if awaited and number > 1:
        yield from _in_processes(work, lost, number, _chunks(stream, _FIRST_AWAITED))
        return
    for item in islice(stream, FEW):
        yield work([item])
    if number <= 1:
        yield from map(work, _chunks(stream, 1, _CHUNK_HERE))
    for more in stream:
        yield from _in_processes(work, lost, number, _chunks(chain((more,), stream), _CHUNK))


def _in_processes(
    work: Callable[[Sequence[Item]], Outcome],
    lost: Callable[[Item, str], Outcome],
    number: int,
    chunks: Iterator[list[Item]],
) -> Iterator[Outcome]:
    from tui.fleet.pool_processes import Pool  # noqa: PLC0415 - few files need none

    return Pool(work, lost, number).run(chunks)


def _chunks(items: Iterable[Item], first: int, most: int = _CHUNK) -> Iterator[list[Item]]:
    """So many items in the first, and twice as many in each further one, up to ``most``.

    Where an item was long in coming, it and those before it go on without others.
    """
    size, chunk, began = first, [], monotonic()
    for item in items:
        chunk.append(item)
        if len(chunk) >= size or monotonic() - began > _LONG:
            yield chunk
            size, chunk, began = min(2 * size, most), [], monotonic()
    if chunk:
        yield chunk
