"""Work in processes: order, bounds, deaths, and an end that leaves nobody behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator, Sequence
from itertools import count, islice

import pytest

from tui.fleet import pool
from tui.fleet.pool import FEW, in_order
from tui.fleet.pool_processes import _Worker
from tui.posix import process_context

MANY = 20 * FEW


def doubled(items: Sequence[int]) -> list[int]:
    if items[0] % 3 == 0:
        time.sleep(0.002)
    return [2 * item for item in items]


def deadly(items: Sequence[int]) -> list[int]:
    if 777 in items:
        os.kill(os.getpid(), signal.SIGKILL)
    if 1234 in items:
        os._exit(3)
    return doubled(items)


def long_after_two(items: Sequence[int]) -> list[int]:
    if items[0] > 2:
        time.sleep(20)
    return list(items)


def process_of(items: Sequence[int]) -> list[int]:
    return [os.getpid()] * len(items)


def lost(item: int, why: str) -> list[int]:
    assert "killed (SIGKILL)" in why or "status 3" in why
    return [-item]


def flat(results: Iterator[list[int]]) -> list[int]:
    return [number for result in results for number in result]


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, FEW - 1, FEW, FEW + 1, MANY])
def test_results_come_in_the_items_order(workers: int, count: int) -> None:
    assert flat(in_order(doubled, range(count), lost, workers)) == [2 * item for item in range(count)]


def test_few_items_are_worked_on_here() -> None:
    assert set(flat(in_order(process_of, range(FEW), lost, 2))) == {os.getpid()}


def test_many_items_are_worked_on_in_processes() -> None:
    processes = flat(in_order(process_of, range(MANY), lost, 2))
    assert set(processes[:FEW]) == {os.getpid()}
    assert os.getpid() not in processes[FEW:]


@pytest.mark.parametrize("number", [0, 1, FEW, MANY])
def test_awaited_items_are_worked_on_in_processes_that_stood_ready(number: int) -> None:
    standing: list[int] = []

    def items() -> Iterator[int]:
        standing.append(len(multiprocessing.active_children()))
        yield from range(number)

    assert flat(in_order(doubled, items(), lost, 2, awaited=True)) == [2 * item for item in range(number)]
    assert standing == [2]


def test_an_item_that_was_long_in_coming_is_not_kept_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "monotonic", count(step=pool._LONG + 1).__next__)
    assert list(pool._chunks(iter(range(3)), 4)) == [[0], [1], [2]]


def test_items_and_results_larger_than_a_pipe_pass_each_other() -> None:
    items = (bytes(1 << 14) for _ in range(MANY))
    results = in_order(b"".join, items, lambda item, _: item, 2)
    assert sum(map(len, results)) == MANY << 14


def test_an_item_a_worker_dies_over_is_lost_alone() -> None:
    expected = [2 * item for item in range(MANY)]
    expected[777], expected[1234] = -777, -1234
    assert flat(in_order(deadly, range(MANY), lost, 2)) == expected


def test_items_are_taken_no_faster_than_results_are() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(100 * MANY):
            taken.append(item)
            yield item

    results = in_order(doubled, items(), lost, 2)
    for _ in range(FEW + 10):
        next(results)
        time.sleep(0.001)
    assert len(taken) < 2000
    results.close()


def test_closing_ends_every_process() -> None:
    results = in_order(doubled, range(MANY), lost, 2)
    list(islice(results, FEW + 1))
    assert len(multiprocessing.active_children()) == 2
    results.close()
    assert not multiprocessing.active_children()


def test_a_worker_at_work_is_ended_whatever_the_parent_does_about_signals() -> None:
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        worker = _Worker(process_context(), long_after_two, [])
        worker.give(0, [0])
        assert worker.connection.recv() == [0]
        worker.give(1, [3])
        worker.end()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert worker.process.exitcode == -signal.SIGTERM


def test_the_interrupt_key_is_the_parents_alone() -> None:
    results = in_order(doubled, range(MANY), lost, 2)
    first = flat(islice(results, FEW + 1))
    for child in multiprocessing.active_children():
        assert child.pid is not None
        os.kill(child.pid, signal.SIGINT)
    assert first + flat(results) == [2 * item for item in range(MANY)]
