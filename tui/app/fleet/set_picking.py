"""Showing one set of a fleet's rows alone: by the key with its number, or chosen among all of them."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.screen import Screen

from tui.app import openers
from tui.app.bindings import bound_keys
from tui.app.fleet.fleet_panels import FleetPanels
from tui.app.fleet.fleet_presentation import MOST_PICKED, SetKeys, no_such_set, set_choices


class SetPicking:
    """Picks among the sets of a screen's panels.

    ``show`` filters by the query of the set that is picked; ``say`` tells why a key picks none, in a style.
    """

    def __init__(
        self,
        screen: Screen[None],
        panels: FleetPanels,
        show: Callable[[str], None],
        say: Callable[[str, str], None],
    ) -> None:
        self._screen = screen
        self._panels = panels
        self._show = show
        self._say = say
        self._key = ""

    def note(self, event: events.Key) -> None:
        """Remember which key it was: nine keys share one action."""
        self._key = event.character if event.is_printable and event.character else event.key

    def pick(self) -> None:
        """Show the set whose number was typed; where the action came from elsewhere, let one be chosen."""
        sets, key, self._key = self._panels.sets, self._key, ""
        picks = SetKeys.of(bound_keys(self._screen.app)).picks
        if key not in picks:
            self._screen.app.push_screen(openers.choice("Show alone", set_choices(sets)), self._chosen)
        elif (place := picks.index(key)) < min(len(sets), MOST_PICKED):
            self._show(sets[place].query)
        else:
            self._say(no_such_set(place + 1, sets), "line--dim")

    def _chosen(self, query: str | None) -> None:
        if query is not None:
            self._show(query)
