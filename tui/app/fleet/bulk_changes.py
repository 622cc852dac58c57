"""The fleet screen's bulk changes: chosen, planned, reviewed, saved file by file, undone and done again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Coroutine, Sequence
from functools import partial
from typing import Any, Protocol

from textual.screen import Screen

from tui.app import openers
from tui.app.bindings import bound_keys
from tui.app.dialogs.panel import panel_width
from tui.app.dialogs.questions import Choice
from tui.app.fleet.bulk_page import BulkPage
from tui.app.fleet.bulk_presentation import (
    interrupted_choices,
    outcome_lines,
    outcome_words,
    progress_line,
)
from tui.app.fleet.bulk_review import BulkReview, GoOn
from tui.app.fleet.rows import FleetRow
from tui.app.keyed_screen import NOTHING_TO_REDO, nothing_to_undo
from tui.app.widgets.machine_list import Key
from tui.app.widgets.spans import Line
from tui.counting import counted
from tui.disks import MODES, Mode
from tui.editing import Aspect, PolicyChange, Turn, turn_of
from tui.fleet.bulk_plan import chosen_disks
from tui.fleet.bulk_run import BulkRun, FileSteps, Step
from tui.fleet.bulk_write import WrittenFile
from tui.fleet.interrupted import HistoryProposal, HistoryRun, last_interrupted, leave_as_it_is
from tui.fleet.proposals import ChangeProposal, Proposal, ProposalEntry, UndoProposal, entries_of_undo
from tui.fleet.query import QueryRow
from tui.fleet.skipped import lock_of
from tui.history.change import Change
from tui.history.changes import Changes
from tui.rules import Hypervisor
from tui.sentences import capitalised

# Seconds between two updates of the progress line.
_PROGRESS_SECONDS = 0.1
_UNDER_WAY = {
    Step.PLAN: "Looking at",
    Step.SAVE: "Saving",
    Step.UNDO: "Restoring",
    Step.REDO: "Saving again",
}
_UNDO_WORDS = {Step.UNDO: "Undo", Step.REDO: "Do again"}
_ENDED = {Step.SAVE: "Saved", Step.UNDO: "Undone", Step.REDO: "Done again"}


class BulkView(Protocol):
    """What a bulk change needs of the screen it is shown on."""

    def say(self, text: str, style: str = "line--strong") -> None:
        """Tell the person something."""

    def show_progress(self, line: Line | None) -> None:
        """Show how far a long work is; None where it has ended."""

    def scan_again(self) -> None:
        """Show everything as it is now."""

    async def judge_again(self, paths: Sequence[str], changed: Collection[Key] = ()) -> None:
        """Show these files as they are now; ``changed`` rows stay until there is another filter."""


class BulkChanges:
    """The runs begun on a screen, one at a time, and the last that wrote something."""

    def __init__(self, screen: Screen[Any], view: BulkView, hypervisor: Hypervisor | None) -> None:
        self._screen = screen
        self._view = view
        self._hypervisor = hypervisor
        self._under_way: FileSteps | None = None
        self._last: BulkRun | None = None

    @property
    def is_busy(self) -> bool:
        """Whether files are being read or written."""
        return self._under_way is not None

    @property
    def text_width(self) -> int:
        """The cells that a page of outcomes leaves of a line, beside its margin and scroll bar."""
        return max(panel_width(self._screen.app.size.width) - 2, 30)

    @property
    def can_undo(self) -> bool:
        """Whether the last change wrote files that still can be put back."""
        return self._last is not None and self._last.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether something was undone that can be done again."""
        return self._last is not None and self._last.can_redo

    def overtaken(self, files: Collection[str]) -> None:
        """Files were put back in the history: here is nothing to undo or to do again of them."""
        if self._last is not None:
            self._last.overtaken(files)

    def stop(self) -> None:
        """End the step under way behind the file it is at."""
        if self._under_way is not None:
            self._under_way.stop()

    # Choosing

    def turn(self, aspect: Aspect, rows: Sequence[FleetRow]) -> None:
        """Turn an aspect over: to what no disk has. Where that is not plain it is asked, in one key."""
        disks = [(one.judged, one.disk) for one in rows if one.disk is not None]
        free = [disk for judged, disk in disks if lock_of(judged, disk) is None]
        # Where all are locked, the first gives what is refused its name.
        turn = turn_of(aspect, free or [disk for _, disk in disks[:1]], len(disks) - len(free))
        if not rows:
            return
        if turn.value is None or (turn.other and not (turn.on or turn.off)):
            answered = partial(self._direction_given, turn, rows)
            self._screen.app.push_screen(openers.direction(turn), answered)
        else:
            self._direction_given(turn, rows, turn.value)

    def _direction_given(self, turn: Turn, rows: Sequence[FleetRow], value: bool | None) -> None:
        """Plan it for the disks that it changes, and for the locked ones, which are refused."""
        if value is None:
            return
        staying = set(map(id, turn.on if value else turn.off))
        staying |= set(map(id, turn.other)) if value else set()
        wanted = [one for one in rows if id(one.disk) not in staying]
        what = capitalised(turn.effect_template(value))
        # How many it changes is known once it is planned: the review counts them below its title.
        self._plan(what.format("disks"), what, turn.aspect.set_to(value), wanted)

    def choose_mode(self, rows: Sequence[FleetRow]) -> None:
        """Ask for one mode for all."""
        choices = [
            Choice(mode.value, mode.value, f"{facts.label}. {facts.effect}")
            for mode, facts in MODES.items()
            if not facts.legacy
        ]
        title = f"Mode of {counted(len(rows), 'disk')}"
        self._screen.app.push_screen(openers.choice(title, choices), partial(self._mode_chosen, rows))

    def _mode_chosen(self, rows: Sequence[FleetRow], value: str | None) -> None:
        if value is not None:
            label = MODES[Mode(value)].label
            self._plan(label, f"{label}: {{}}", PolicyChange(mode=Mode(value)), rows)

    # What was interrupted

    def offer_interrupted(self, paths: Sequence[str]) -> None:
        """Ask what is to become of a bulk change here that did not come to its end, if there is one."""
        self._work(self._interrupted(paths), "interrupted")

    async def _interrupted(self, paths: Sequence[str]) -> None:
        found = await asyncio.to_thread(last_interrupted, paths)
        if found is not None:
            changes, change = found
            done, left = len(changes.standing(change)), len(change.unfinished)
            title, choices = interrupted_choices(change, done, left)
            answered = partial(self._interrupted_answered, changes, change)
            self._screen.app.push_screen(openers.choice(title, choices), answered)

    def _interrupted_answered(self, changes: Changes, change: Change, value: str | None) -> None:
        match value:
            case "finish":
                self._work(self._history_planned(changes, change, Step.SAVE), "plan")
            case "undo":
                self._work(self._history_planned(changes, change, Step.UNDO), "plan")
            case "leave":
                self._work(asyncio.to_thread(leave_as_it_is, change), "plan")

    async def _history_planned(self, changes: Changes, change: Change, step: Step) -> None:
        run = HistoryRun(changes, change, step)
        if not await self._has_looked(run):
            return
        word = "Finish" if step is Step.SAVE else "Undo"
        self._review(
            HistoryProposal(f"{word}: {change.what or 'the interrupted bulk change'}", run, step), run
        )

    # Planning

    def _plan(self, title: str, what: str, wanted: PolicyChange, rows: Sequence[FleetRow]) -> None:
        chosen = list(chosen_disks([QueryRow(one.judged, one.disk) for one in rows]))
        run = BulkRun(chosen, wanted, self._hypervisor, what)
        self._work(self._planned(title, run), "plan")

    async def _planned(self, title: str, run: BulkRun) -> None:
        if not await self._has_looked(run):
            return
        if not run.has_something_to_tell:
            self._view.say("Nothing to change: every disk already is so.", "line--dim")
            return
        self._review(ChangeProposal(title, run), run)

    def _review(self, proposal: Proposal, run: FileSteps) -> None:
        self._screen.app.push_screen(BulkReview(proposal), partial(self._reviewed, proposal, run))

    def _reviewed(self, proposal: Proposal, run: FileSteps, go_on: GoOn | None) -> None:
        if go_on is None:
            return
        if go_on.accepting and isinstance(proposal, ChangeProposal):
            again = proposal.accepting()
            if again is not None:
                self._work(self._planned(proposal.accepting_title, again), "plan")
        else:
            proposal.begin(backup=go_on.backup, reload=go_on.reload)
            self._work(self._written(run, proposal.rows()), "bulk")

    # Writing

    def undo(self) -> None:
        """Put back what the last bulk change wrote, where it still stands: looked at first."""
        if self._last is not None and self._last.can_undo:
            self._work(self._undo_proposed(self._last, Step.UNDO, self._last.written), "plan")
        else:
            self._view.say(nothing_to_undo(bound_keys(self._screen.app)["fleet.history"]), "line--dim")

    def redo(self) -> None:
        """Write again what the last undo took back, where that still stands: looked at first."""
        if self._last is not None and self._last.can_redo:
            self._work(self._undo_proposed(self._last, Step.REDO, self._last.restored), "plan")
        else:
            self._view.say(NOTHING_TO_REDO, "line--dim")

    async def _undo_proposed(self, run: BulkRun, step: Step, files: Sequence[WrittenFile]) -> None:
        entries: list[ProposalEntry] = []
        looking = FileSteps(Step.PLAN, [partial(self._look_at, one, entries) for one in files])
        if not await self._has_looked(looking):
            return
        entries.sort(key=lambda one: one.refused is None)
        title = f"{_UNDO_WORDS[step]} the last bulk change"
        self._review(UndoProposal(title, run, step, entries), run)

    def _look_at(self, one: WrittenFile, entries: list[ProposalEntry]) -> None:
        entries += entries_of_undo(one)

    async def _written(self, run: FileSteps, keys: Collection[Key]) -> None:
        step = run.step
        await self._advance(run)
        if isinstance(run, BulkRun) and (run.can_undo or run.can_redo):
            self._last = run
        written = {one.path for one in run.outcomes if one.written is not None}
        done = [key for key in keys if key[0] in written]
        if isinstance(run, HistoryRun):
            self._view.scan_again()  # rows may have the files by other names than their real ones
        else:
            changed = () if step is Step.UNDO else done
            await self._view.judge_again([one.path for one in run.outcomes], changed)
        left = f", {run.not_reached:,} not reached" if run.not_reached else ""
        summary = f"{outcome_words(run.outcomes)}{left}"
        failures = list(outcome_lines(run.outcomes, self.text_width))
        bound = bound_keys(self._screen.app)
        hint = f" · {bound['fleet.undo']} undo" if self.can_undo and step is not Step.UNDO else ""
        hint += f" · {bound['fleet.redo']} redo" if self.can_redo and step is Step.UNDO else ""
        self._view.say(summary + hint, "line--warning" if failures or left else "line--changed")
        self._screen.refresh_bindings()
        if failures:
            self._screen.app.push_screen(BulkPage(_ENDED[step], f"{summary}.", failures))

    # The work

    def _work(self, work: Coroutine[Any, Any, None], group: str) -> None:
        self._screen.run_worker(work, group=group, exclusive=True)

    async def _has_looked(self, run: FileSteps) -> bool:
        """Go on with a step that writes nothing to its end; False where it was stopped, which is said."""
        await self._advance(run)
        if run.not_reached:
            self._view.say("Stopped: nothing was changed.")
        return not run.not_reached

    async def _advance(self, run: FileSteps) -> None:
        """Go on with a step to its end, in a thread; what it is at and how far is shown."""
        self._under_way = run
        self._screen.refresh_bindings()
        stops = bound_keys(self._screen.app)["fleet.stop"]
        shown_at = time.monotonic()
        try:
            while run.is_running:
                if time.monotonic() - shown_at >= _PROGRESS_SECONDS:
                    shown_at = time.monotonic()
                    self._view.show_progress(progress_line(_UNDER_WAY[run.step], run.done, run.total, stops))
                await asyncio.to_thread(run.advance)
        finally:
            self._under_way = None
            self._view.show_progress(None)
            self._screen.refresh_bindings()
