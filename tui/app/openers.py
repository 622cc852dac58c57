"""The screens that open from the editor and the fleet, each loaded when it is first opened.

Their modules are not loaded before. Every function here returns a screen to push.
"""

# ruff: noqa: PLC0415 - that is what this module is for

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.screen import Screen

    from tui.app.dialogs.questions import Choice, Review, ReviewAnswer
    from tui.convert import Conversion
    from tui.editing import Turn
    from tui.machine import Machine
    from tui.rules import Finding
    from tui.settings import Settings
    from tui.storage import Reading


def choice(title: str, choices: Sequence[Choice]) -> Screen[str | None]:
    """The dialog in which one of several choices is taken; it answers with its value, or None."""
    from tui.app.dialogs.choice import ChoiceScreen

    return ChoiceScreen(title, choices)


def review(asked: Review) -> Screen[ReviewAnswer | None]:
    """Looking at a diff before something happens."""
    from tui.app.dialogs.review import ReviewScreen

    return ReviewScreen(asked)


def direction(turn: Turn) -> Screen[bool | None]:
    """Which way disks that differ are turned."""
    from tui.app.dialogs.direction import DirectionScreen

    return DirectionScreen(turn)


def prompt(title: str, value: str, does: str = "write it", about: str = "") -> Screen[str | None]:
    """The dialog in which a name is typed; it answers with the name, or None."""
    from tui.app.dialogs.prompt import PromptScreen

    return PromptScreen(title, value, does, about)


def findings(name: str, found: Sequence[Finding]) -> Screen[None]:
    """The whole text of findings."""
    from tui.app.dialogs.findings import FindingsScreen

    return FindingsScreen(name, found)


def losses(format_words: str, conversion: Conversion) -> Screen[None]:
    """What the other format cannot say."""
    from tui.app.dialogs.losses import LossesScreen

    return LossesScreen(format_words, conversion)


def plan(machine: Machine, reading: Reading) -> Screen[None]:
    """What a snapshot of the machine that was read would cover."""
    from tui.app.plan.plan_screen import PlanScreen
    from tui.planning import Planning, snapshot_in
    from tui.storage import holds_domains, source_of

    planning = Planning.begun(machine, snapshot_in(machine))
    beside = reading.path
    if beside is not None and holds_domains(beside.place):
        beside = None
    return PlanScreen(planning, beside, machine.until_next_start, source_of(reading))


def settings(found: Settings, theme: str) -> Screen[None]:
    """Where the settings are, and what is set."""
    from tui.app.dialogs.settings_page import SettingsScreen

    return SettingsScreen(found, theme)


def history(name: str, places: Sequence[str]) -> Screen[tuple[str, ...]]:
    """What was changed in some files and folders; gives the files that were put back."""
    from tui.app.history.history_screen import HistoryScreen

    return HistoryScreen(name, places)


def help_on(screen: Screen[None], preface: str = "") -> Screen[None]:
    """Every key of a screen, and the signs it shows, below what is to be known first."""
    from tui.app.dialogs.help import help_on

    return help_on(screen, preface)
