"""The scan behind the fleet screen: files judged in a thread, told of a few at a time."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, suppress
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import resource_tracker
from typing import NamedTuple

from tui.disks import Configuration
from tui.fleet.judge import judge
from tui.fleet.pool import in_order
from tui.fleet.records import CRASHED, Result, Unread
from tui.fleet.walk import Found, walk
from tui.rules import Hypervisor
from tui.storage import candidate_at

# Often enough to look alive, seldom enough that a slow line to the terminal keeps up.
_SECONDS = 0.1


class Batch(NamedTuple):
    """What was found since the batch before; ``trouble`` is what ended the scan early, if anything did."""

    results: list[Result]
    files: int
    done: bool = False
    trouble: str | None = None


def judge_files(found: Sequence[Found], hypervisor: Hypervisor | None = None) -> Batch:
    """Every machine in these files, and why there is none: what the fleet screen shows of them, no more."""
    return Batch([_slim(one) for each in found for one in judge(each, hypervisor)], len(found))


def _slim(result: Result) -> Result:
    """Without what no row, filter or finding needs: ten thousand of these are kept."""
    if isinstance(result, Unread):
        return result
    known = result.configuration
    return replace(result, configuration=Configuration(known.format, known.name, known.disks))


def _lost(found: Found, why: str) -> Batch:
    return Batch([Unread(found.path, CRASHED, why, "report it with the file, if you may pass it on")], 1)


@dataclass(frozen=True, slots=True)
class Scan:
    """One look at some places. ``workers`` as the engine counts them (None: one for each core)."""

    paths: Sequence[str]
    hypervisor: Hypervisor | None = None
    workers: int | None = None

    def start(self, tell: Callable[[Batch], object], stop: threading.Event) -> None:
        """Begin, in a thread that nothing waits for: a dead mount may hold it. Setting ``stop`` ends it."""
        _start_tracker()
        run = partial(copy_context().run, self.run, tell, stop)
        threading.Thread(target=run, name="scan", daemon=True).start()

    def run(self, tell: Callable[[Batch], object], stop: threading.Event) -> None:
        """Judge everything and tell of it in batches, the last of which is ``done``."""
        trouble = None
        waiting = _Waiting(tell)
        parts = in_order(
            partial(judge_files, hypervisor=self.hypervisor), walk(self.paths), _lost, self.workers
        )
        try:
            for part in parts:
                if stop.is_set():
                    break
                waiting.take(part)
        except Exception as error:
            trouble = f"{type(error).__name__}: {error}"
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        if not stop.is_set():
            waiting.tell(done=True, trouble=trouble)


def _start_tracker() -> None:
    """Let multiprocessing start its helper on the real standard error: Textual's has no descriptor."""
    with suppress(Exception), redirect_stderr(sys.__stderr__):
        resource_tracker.ensure_running()


class _Waiting:
    """What is not told yet."""

    def __init__(self, tell: Callable[[Batch], object]) -> None:
        self._tell = tell
        self._results: list[Result] = []
        self._files = 0
        self._told = time.monotonic()

    def take(self, part: Batch) -> None:
        self._results += part.results
        self._files += part.files
        if time.monotonic() - self._told >= _SECONDS:
            self.tell()

    def tell(self, *, done: bool = False, trouble: str | None = None) -> None:
        self._tell(Batch(self._results, self._files, done, trouble))
        self._results, self._files, self._told = [], 0, time.monotonic()


def judged_again(path: str, hypervisor: Hypervisor | None) -> list[Result]:
    """One file as it is now."""
    return judge_files([candidate_at(path)], hypervisor).results
