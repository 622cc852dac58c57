"""Work on many items in processes: results in order, memory bounded, no item able to stop the rest.

An item whose worker dies, by a fault of the interpreter or for want of memory, becomes a result that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from itertools import chain, islice
from typing import TypeVar

from tui.posix import cores

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

# Measured: below so many files the work itself takes less time than two processes take to start.
FEW = 64


def in_order(
    work: Callable[[Sequence[Item]], Outcome],
    items: Iterable[Item],
    lost: Callable[[Item, str], Outcome],
    workers: int | None = None,
) -> Generator[Outcome, None, None]:
    """``work`` done to all items, a few at a time and in their order; ``lost`` makes the result of one over
    which a worker died, with why.

    ``work`` must be picklable and not raise. The first items are worked on here, each as it comes; more in
    ``workers`` processes (None: one for each core; 1: all here). Closing the iterator ends the processes.
    """
    stream = iter(items)
    number = cores() if workers is None else workers
    for item in stream if number <= 1 else islice(stream, FEW):
        yield work([item])
    for more in stream:
        from tui.fleet.processes import Pool  # noqa: PLC0415 - few files need none

        yield from Pool(work, lost, number).run(chain((more,), stream))
