"""What a walk waits for on other hosts, so that whoever stops it need not wait as long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

End = Callable[[], object]


class _Waits:
    """Those of this process; a walk may wait in several threads."""

    ends: set[End] = set()  # noqa: RUF012 - of the process
    over = False


@contextmanager
def waiting(end: End) -> Iterator[None]:
    """A wait, which the ``end`` ends: when waiting is to end, or at once where it is to already."""
    _Waits.ends.add(end)
    try:
        if _Waits.over:
            end()
        yield
    finally:
        _Waits.ends.discard(end)


@contextmanager
def ending_waits() -> Iterator[End]:
    """What ends all waits of the block, from then on; a signal's handler may call it."""
    try:
        yield _end_all
    finally:
        _Waits.over = False


def _end_all() -> None:
    _Waits.over = True
    for end in list(_Waits.ends):
        end()
