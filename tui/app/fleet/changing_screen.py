"""Changing disks of many machines: planned, looked at, saved file by file, and taken back."""

from __future__ import annotations

import asyncio
import time
from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from textual.screen import Screen

from tui.app.dialogs.choice import ChoiceScreen
from tui.app.dialogs.questions import Choice
from tui.app.fleet.bulk import chosen_in, planned_for
from tui.app.fleet.bulk_review import BulkReview
from tui.app.fleet.fleet_presentation import (
    bar,
    count,
    outcome_counts,
    outcome_lines,
    plan_counts,
    plan_lines,
)
from tui.app.fleet.rows import FleetRow
from tui.app.widgets.spans import STYLES, Line, Span
from tui.disks import MODES, Mode
from tui.editing import Aspect, PolicyChange
from tui.fleet.bulk import Applied, FileChange, Planned, RefusedChange, State, apply, by_file, undo
from tui.rules import Hypervisor

Item = TypeVar("Item")
Result = TypeVar("Result")
_SECONDS = 0.1
_BAR = 24
_WIDEST = 140
_TITLES = {
    ("snapshot", True): "Let {} take part in snapshots",
    ("snapshot", False): "Leave {} out of snapshots",
    ("persistent", True): "Keep the writes of {}",
    ("persistent", False): "Discard the writes of {} at power-off",
}


class ChangingScreen(Screen[None]):
    """A screen that changes many files. What it shows, the screen made of this one knows."""

    COMPONENT_CLASSES = STYLES

    def __init__(self, hypervisor: Hypervisor | None) -> None:
        super().__init__()
        self.hypervisor = hypervisor
        self.busy = False
        self._stop = False
        self._last: list[Applied] = []
        self._shown_as: dict[str, str] = {}  # a saved file's path and the name it was found by, "./a" say

    @abstractmethod
    def say(self, text: str, style: str = "line--strong") -> None:
        """Tell the person something."""

    @abstractmethod
    def show_progress(self, line: Line | None) -> None:
        """Show how far a long work is; None where it has ended."""

    @abstractmethod
    def targets(self) -> list[FleetRow]:
        """The rows a change is for."""

    @abstractmethod
    async def judge_again(self, paths: Sequence[str]) -> None:
        """Show these files as they are now."""

    @property
    def _text_width(self) -> int:
        """What the review's style sheet leaves of the screen, without frame, margin and scroll bar."""
        return max(min(self.app.size.width * 96 // 100, _WIDEST) - 4, 30)

    # Choosing

    def action_turn(self, aspect: str) -> None:
        """Turn an aspect over: all get the opposite of what the first has."""
        rows = self.open_targets()
        if rows and rows[0].disk is not None:
            value = not Aspect(aspect).of(rows[0].disk.policy)
            title = _TITLES[aspect, value].format(count(len(rows), "disk"))
            self._begin(title, Aspect(aspect).set_to(value), rows)

    def action_mode(self) -> None:
        """Choose one mode for all."""
        rows = self.open_targets()
        if rows:
            choices = [
                Choice(mode.value, mode.value, f"{facts.label}. {facts.effect}")
                for mode, facts in MODES.items()
                if not facts.legacy
            ]
            title = f"Mode of {count(len(rows), 'disk')}"
            self.app.push_screen(ChoiceScreen(title, choices), partial(self._mode_chosen, rows))

    def _mode_chosen(self, rows: list[FleetRow], value: str | None) -> None:
        if value is not None:
            title = f"{MODES[Mode(value)].label}: {count(len(rows), 'disk')}"
            self._begin(title, PolicyChange(mode=Mode(value)), rows)

    def open_targets(self) -> list[FleetRow]:
        """Those of the rows a change is for that can be changed; that there is none is said."""
        rows = [one for one in self.targets() if one.can_change]
        if not rows:
            self.say("No disk here to change: move to one, or mark some with space.", "line--dim")
        return rows

    # Planning

    def _begin(self, title: str, wanted: PolicyChange, rows: list[FleetRow]) -> None:
        self.run_worker(self._plan(title, wanted, rows), group="plan", exclusive=True)

    async def _plan(self, title: str, wanted: PolicyChange, rows: list[FleetRow]) -> None:
        files_chosen = chosen_in(rows)
        self._shown_as |= {one.path: one.path for one in files_chosen}
        work = partial(planned_for, wanted=wanted, hypervisor=self.hypervisor)
        files = await self._each("Looking at", files_chosen, work)
        if self._stop:
            self.say("Stopped: nothing was changed.")
            return
        planned = [one for file in files for one in file]
        changes = [one for one in planned if isinstance(one, FileChange)]
        if not changes and not any(isinstance(one, RefusedChange) for one in planned):
            self.say("Nothing to change: every disk already is so.", "line--dim")
            return
        lines = await asyncio.to_thread(lambda: list(plan_lines(planned, self._text_width)))
        go_on = f"save {count(len(by_file(changes)), 'file')}" if changes else None
        review = BulkReview(title, f"{plan_counts(planned)}.", lines, go_on)
        self.app.push_screen(review, partial(self._reviewed, planned))

    def _reviewed(self, planned: Sequence[Planned], go_on: bool | None) -> None:
        if go_on:
            changes = by_file(one for one in planned if isinstance(one, FileChange))
            self.run_worker(self._apply(changes), group="bulk", exclusive=True)

    # Doing

    async def _apply(self, changes: Sequence[FileChange]) -> None:
        done = await self._each("Saving", changes, apply)
        self._last = [one for one in done if one.state is State.SAVED]
        await self._tell("Saved", done, len(changes))

    def action_undo(self) -> None:
        """Put back what the last bulk change wrote, where it still stands."""
        if not self._last:
            self.say("No bulk change to undo.", "line--dim")
            return
        last, self._last = self._last, []
        self.run_worker(self._undo(last), group="bulk", exclusive=True)

    async def _undo(self, last: Sequence[Applied]) -> None:
        done = await self._each("Restoring", last, undo)
        failed = [one for one, now in zip(last, done, strict=False) if now.state is State.FAILED]
        self._last = [*failed, *last[len(done) :]]  # to be tried again
        await self._tell("Undone", done, len(last))

    async def _tell(self, word: str, done: Sequence[Applied], wanted: int) -> None:
        await self.judge_again([self._shown_as.get(one.path, one.path) for one in done])
        left = f", {wanted - len(done):,} not reached" if len(done) < wanted else ""
        told = f"Files: {outcome_counts(done)}{left}."
        wrong = list(outcome_lines(done, self._text_width))
        again = " u undoes it." if word == "Saved" and self._last else ""
        self.say(told + again, "line--warning" if wrong or left else "line--changed")
        if wrong:
            self.app.push_screen(BulkReview(word, told, wrong, None))

    async def _each(self, word: str, items: Sequence[Item], work: Callable[[Item], Result]) -> list[Result]:
        """Work done to one after the other, in a thread; ``x`` and escape stop it behind the one it is at."""
        results: list[Result] = []
        self.busy, self._stop = True, False
        self.refresh_bindings()
        told = time.monotonic()
        try:
            for place, item in enumerate(items):
                if self._stop:
                    break
                if time.monotonic() - told >= _SECONDS:
                    told = time.monotonic()
                    self.show_progress(_progress(word, place, len(items)))
                results.append(await asyncio.to_thread(work, item))
        finally:
            self.busy = False
            self.show_progress(None)
            self.refresh_bindings()
        return results

    def stop_work(self) -> None:
        """End the work under way behind the file it is at."""
        self._stop = True


def _progress(word: str, done: int, total: int) -> Line:
    return (
        Span(f" {word} "),
        Span(bar(done, total, _BAR), "line--key"),
        Span(f" {done:,} of {count(total, 'file')}  "),
        Span("x", "line--key"),
        Span(" stops"),
    )
