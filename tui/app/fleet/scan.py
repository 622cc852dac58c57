"""The scan behind the fleet screen: an audit run in a thread, told of a few files at a time."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, suppress
from contextvars import copy_context
from datetime import datetime
from functools import partial
from multiprocessing import resource_tracker
from typing import NamedTuple

from tui.app.fleet.fleet_paths import FleetPaths
from tui.fleet.audit import AuditRun, Judging
from tui.fleet.judge_file import image_names
from tui.fleet.judged import JudgedMachine, Result, Unread
from tui.fleet.shared_images import SharedImages, hash_of
from tui.fleet.skipped import with_snapshot_answer
from tui.fleet.walk import Passed, walk
from tui.storage import candidate_at

# Often enough to show progress, seldom enough that a slow line to the terminal keeps up.
_BATCH_SECONDS = 0.1


class Batch(NamedTuple):
    """What was found since the batch before; ``trouble`` is what ended the scan early, if anything did.

    ``links_passed`` counts the symbolic links that were not followed so far.
    """

    results: list[Result]
    files: int
    done: bool = False
    trouble: str | None = None
    links_passed: int = 0

    @property
    def late(self) -> list[JudgedMachine]:
        """The machines on which only the whole scan could find more, such as a shared image."""
        return [one for one in self.results if isinstance(one, JudgedMachine) and one.late]


def for_rows(result: Result) -> Result:
    """A result as rows, filters and findings need it: ten thousand of these are kept."""
    return result if isinstance(result, Unread) or result.late else with_snapshot_answer(result)


def judging(fleet: FleetPaths) -> Judging[Result]:
    """How every file of a fleet is judged: at its scan, and again after a change."""
    return Judging(for_rows, fleet.hypervisor, fleet.acceptances, datetime.now().astimezone().date())


class Scan:
    """All files of a fleet, judged once. ``files`` and ``links_passed`` count what its batches told so far.

    ``hosts`` is how many other hosts are done, and of how many. A stopped scan is not ``is_running``, though
    its thread may go on for a while.
    """

    def __init__(self, fleet: FleetPaths) -> None:
        self.files = 0
        self.links_passed = 0
        self.hosts = (0, 0)
        self.is_running = False
        self._begun = self._heard_at = time.monotonic()
        self._passed = Passed()
        self._audit = AuditRun(
            walk(fleet.paths, follow=fleet.follow, passed=self._passed, tell=self._hosts_done),
            judging(fleet),
            fleet.workers,
        )

    def _hosts_done(self, done: int, of: int) -> None:
        self.hosts = (done, of)

    def start(self, tell: Callable[[Batch], object]) -> None:
        """Begin, in a daemon thread: a dead mount may block it."""
        self.is_running = True
        _start_tracker()
        run = partial(copy_context().run, self.run, tell)
        threading.Thread(target=run, name="scan", daemon=True).start()

    def stop(self) -> None:
        """Stop it with what was found so far; it reports nothing more."""
        self.is_running = False
        self._audit.stop()

    def take(self, batch: Batch) -> None:
        """Count a batch that came from the scan's thread."""
        self.files += batch.files
        self.links_passed = batch.links_passed
        self._heard_at = time.monotonic()
        if batch.done:
            self.is_running = False

    @property
    def rate(self) -> float:
        """Files a second, up to what was told last; 0 where that is not known yet."""
        seconds = self._heard_at - self._begun
        return self.files / seconds if seconds > 0 else 0.0

    def run(self, tell: Callable[[Batch], object]) -> None:
        """Judge everything and tell of it in batches, the last of which is ``done``."""
        trouble = None
        waiting = _Waiting(tell, self._passed)
        try:
            for part in self._audit.parts():
                waiting.take(part.views, part.files)
        except Exception as error:  # a thread's own end would be seen by nobody: the screen tells it
            trouble = f"{type(error).__name__}: {error}"
        waiting.tell(done=True, trouble=trouble)


def _start_tracker() -> None:
    """Start multiprocessing's helper with the real standard error: Textual's has no descriptor."""
    with suppress(Exception), redirect_stderr(sys.__stderr__):
        resource_tracker.ensure_running()


class _Waiting:
    """Results that were not sent yet."""

    def __init__(self, tell: Callable[[Batch], object], passed: Passed) -> None:
        self._tell = tell
        self._passed = passed
        self._results: list[Result] = []
        self._files = 0
        self._sent_at = time.monotonic()

    def take(self, results: tuple[Result, ...], files: int) -> None:
        self._results += results
        self._files += files
        if time.monotonic() - self._sent_at >= _BATCH_SECONDS:
            self.tell()

    def tell(self, *, done: bool = False, trouble: str | None = None) -> None:
        self._tell(Batch(self._results, self._files, done, trouble, self._passed.links))
        self._results, self._files, self._sent_at = [], 0, time.monotonic()


def judged_again(path: str, fleet: FleetPaths) -> list[Result]:
    """The machines in one file as it is now, or why it cannot be read."""
    return list(judging(fleet)([candidate_at(path)]).views)


def shared_again(machines: Iterable[JudgedMachine], fleet: FleetPaths) -> list[JudgedMachine]:
    """What is found on images that more than one of these machines uses, as their files are now."""
    images = SharedImages()
    for one in machines:
        images.take(one.path, [hash_of(name) for name in image_names(one)])
    parts = judging(fleet).late(images.suspects())
    return [one for part in parts for one in part.views if isinstance(one, JudgedMachine)]
