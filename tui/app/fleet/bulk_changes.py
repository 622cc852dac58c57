"""The fleet screen's bulk changes: chosen, planned, reviewed, saved file by file, undone and done again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any, Protocol

from textual.screen import Screen

from tui.app.dialogs.choice import ChoiceScreen
from tui.app.dialogs.questions import Choice
from tui.app.fleet.bulk_presentation import (
    outcome_counts,
    outcome_lines,
    plan_lines,
    progress_line,
    sentence_of,
)
from tui.app.fleet.bulk_review import BulkReview
from tui.app.fleet.fleet_presentation import count
from tui.app.fleet.rows import FleetRow
from tui.app.widgets.spans import Line
from tui.disks import MODES, Mode
from tui.editing import Aspect, PolicyChange
from tui.fleet.bulk_plan import chosen_disks
from tui.fleet.bulk_run import BulkRun, Step
from tui.fleet.query import QueryRow
from tui.rules import Hypervisor

# Seconds between two tellings of how far it is.
_SECONDS = 0.1
_WIDEST = 140
_TITLES = {
    ("snapshot", True): "Let {} take part in snapshots",
    ("snapshot", False): "Leave {} out of snapshots",
    ("persistent", True): "Keep the writes of {}",
    ("persistent", False): "Discard the writes of {} at power-off",
}
_UNDER_WAY = {
    Step.PLAN: "Looking at",
    Step.SAVE: "Saving",
    Step.UNDO: "Restoring",
    Step.REDO: "Saving again",
}
_ENDED = {Step.SAVE: "Saved", Step.UNDO: "Undone", Step.REDO: "Done again"}


class BulkView(Protocol):
    """What a bulk change needs of the screen it is shown on."""

    def say(self, text: str, style: str = "line--strong") -> None:
        """Tell the person something."""

    def show_progress(self, line: Line | None) -> None:
        """Show how far a long work is; None where it has ended."""

    async def judge_again(self, paths: Sequence[str]) -> None:
        """Show these files as they are now."""


class BulkChanges:
    """The runs begun on a screen, one at a time, and the last that wrote something."""

    def __init__(self, screen: Screen[Any], view: BulkView, hypervisor: Hypervisor | None) -> None:
        self._screen = screen
        self._view = view
        self._hypervisor = hypervisor
        self._under_way: BulkRun | None = None
        self._last: BulkRun | None = None

    @property
    def is_busy(self) -> bool:
        """Whether files are being read or written."""
        return self._under_way is not None

    @property
    def text_width(self) -> int:
        """The cells the review's style sheet leaves of a line, without frame, margin and scroll bar."""
        return max(min(self._screen.app.size.width * 96 // 100, _WIDEST) - 4, 30)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return self._last is not None and self._last.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether something was undone that can be done again."""
        return self._last is not None and self._last.can_redo

    def stop(self) -> None:
        """End the step under way behind the file it is at."""
        if self._under_way is not None:
            self._under_way.stop()

    # Choosing

    def turn(self, aspect: Aspect, rows: Sequence[FleetRow]) -> None:
        """Turn an aspect over: all get the opposite of what the first has."""
        if rows and rows[0].disk is not None:
            value = not aspect.of(rows[0].disk.policy)
            title = _TITLES[aspect.value, value].format(count(len(rows), "disk"))
            self._plan(title, aspect.set_to(value), rows)

    def choose_mode(self, rows: Sequence[FleetRow]) -> None:
        """Ask for one mode for all."""
        choices = [
            Choice(mode.value, mode.value, f"{facts.label}. {facts.effect}")
            for mode, facts in MODES.items()
            if not facts.legacy
        ]
        title = f"Mode of {count(len(rows), 'disk')}"
        self._screen.app.push_screen(ChoiceScreen(title, choices), partial(self._mode_chosen, rows))

    def _mode_chosen(self, rows: Sequence[FleetRow], value: str | None) -> None:
        if value is not None:
            title = f"{MODES[Mode(value)].label}: {count(len(rows), 'disk')}"
            self._plan(title, PolicyChange(mode=Mode(value)), rows)

    # Planning

    def _plan(self, title: str, wanted: PolicyChange, rows: Sequence[FleetRow]) -> None:
        chosen = list(chosen_disks([QueryRow(one.judged, one.disk) for one in rows]))
        run = BulkRun(chosen, wanted, self._hypervisor)
        self._work(self._planned(title, run), "plan")

    async def _planned(self, title: str, run: BulkRun) -> None:
        await self._advance(run)
        if run.not_reached:
            self._view.say("Stopped: nothing was changed.")
            return
        if not run.has_something_to_tell:
            self._view.say("Nothing to change: every disk already is so.", "line--dim")
            return
        lines = await asyncio.to_thread(lambda: list(plan_lines(run.plans, self.text_width)))
        go_on = f"save {count(len(run.changes), 'file')}" if run.changes else None
        review = BulkReview(title, sentence_of(run.plans), lines, go_on)
        self._screen.app.push_screen(review, partial(self._reviewed, run))

    def _reviewed(self, run: BulkRun, go_on: bool | None) -> None:
        if go_on:
            run.save()
            self._work(self._written(run), "bulk")

    # Writing

    def undo(self) -> None:
        """Put back what the last bulk change wrote, where it still stands."""
        if self._last is None or not self._last.can_undo:
            self._view.say("No bulk change to undo.", "line--dim")
            return
        self._last.undo()
        self._work(self._written(self._last), "bulk")

    def redo(self) -> None:
        """Write again what the last undo took back, where that still stands."""
        if self._last is None or not self._last.can_redo:
            self._view.say("No undone bulk change to do again.", "line--dim")
            return
        self._last.redo()
        self._work(self._written(self._last), "bulk")

    async def _written(self, run: BulkRun) -> None:
        await self._advance(run)
        if run.can_undo or run.can_redo:
            self._last = run
        await self._view.judge_again([one.path for one in run.outcomes])
        left = f", {run.not_reached:,} not reached" if run.not_reached else ""
        told = f"Files: {outcome_counts(run.outcomes)}{left}."
        wrong = list(outcome_lines(run.outcomes, self.text_width))
        again = " u undoes it." if run.step is Step.SAVE and run.can_undo else ""
        self._view.say(told + again, "line--warning" if wrong or left else "line--changed")
        if wrong:
            self._screen.app.push_screen(BulkReview(_ENDED[run.step], told, wrong, None))

    # The work

    def _work(self, work: Coroutine[Any, Any, None], group: str) -> None:
        self._screen.run_worker(work, group=group, exclusive=True)

    async def _advance(self, run: BulkRun) -> None:
        """Go on with a step to its end, in a thread; what it is at and how far is shown."""
        self._under_way = run
        self._screen.refresh_bindings()
        told = time.monotonic()
        try:
            while run.is_running:
                if time.monotonic() - told >= _SECONDS:
                    told = time.monotonic()
                    self._view.show_progress(progress_line(_UNDER_WAY[run.step], run.done, run.total))
                await asyncio.to_thread(run.advance)
        finally:
            self._under_way = None
            self._view.show_progress(None)
            self._screen.refresh_bindings()
