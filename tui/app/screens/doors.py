"""The screens that open from another one, each loaded when it is first opened: nobody waits for them before.

Every function here gives a screen to push.
"""

# ruff: noqa: PLC0415 - that is what this module is for

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.screen import Screen

    from tui.app.fleet.places import Places
    from tui.app.screens.asked import Answer, Choice, Review
    from tui.app.screens.editor import EditorScreen
    from tui.convert import Loss
    from tui.machine import Machine
    from tui.rules import Finding
    from tui.storage import Reading

    ReadMachine = Callable[..., Machine]


def editor(
    reading: Reading, machine: Machine, read_machine: ReadMachine, notices: Sequence[str] = ()
) -> EditorScreen:
    """One machine: its disks, and every key that changes them."""
    from tui.app.screens.editor import EditorScreen

    return EditorScreen(reading, machine, read_machine, notices)


def fleet(places: Places, read_machine: ReadMachine, notices: Sequence[str]) -> Screen[None]:
    """The disks of many machines in one table."""
    from tui.app.screens.fleet import FleetScreen

    return FleetScreen(places, read_machine, notices)


def choice(title: str, choices: Sequence[Choice]) -> Screen[str | None]:
    """Choosing one of several."""
    from tui.app.screens.choice import ChoiceScreen

    return ChoiceScreen(title, choices)


def review(asked: Review) -> Screen[Answer | None]:
    """Looking at a diff before something happens."""
    from tui.app.screens.review import ReviewScreen

    return ReviewScreen(asked)


def prompt(title: str, value: str) -> Screen[str | None]:
    """Typing a file's name."""
    from tui.app.screens.prompt import PromptScreen

    return PromptScreen(title, value)


def findings(name: str, found: Sequence[Finding]) -> Screen[None]:
    """The whole text of findings."""
    from tui.app.screens.findings import FindingsScreen

    return FindingsScreen(name, found)


def losses(format_words: str, lost: Sequence[Loss]) -> Screen[None]:
    """What the other format cannot say."""
    from tui.app.screens.losses import LossesScreen

    return LossesScreen(format_words, lost)


def plan(machine: Machine, folder: Path | None) -> Screen[None]:
    """What a snapshot of the machine would cover."""
    from tui.app.screens.plan import PlanScreen
    from tui.planning import Planning, snapshot_in

    return PlanScreen(Planning(machine, snapshot_in(machine)), folder)


def help_on(screen: Screen[None], preface: str = "") -> Screen[None]:
    """Every key of a screen, and the signs it shows, below what is to be known first."""
    from tui.app.screens.help import HelpScreen, keys_of
    from tui.app.settings import settings_path

    return HelpScreen(keys_of(screen), str(settings_path()), preface)
