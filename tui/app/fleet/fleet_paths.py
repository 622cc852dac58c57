"""What a fleet is of."""

from __future__ import annotations

from dataclasses import dataclass

from tui.fleet.accept import Acceptance
from tui.fleet.walk import Follow
from tui.rules import Hypervisor
from tui.storage import holds_domains, place_of


@dataclass(frozen=True, slots=True)
class FleetPaths:
    """The files and folders a fleet is of, and how their machines are looked at.

    ``workers`` is the number of processes that judge them (None: one for each core), ``acceptances`` what was
    accepted of them.
    """

    paths: tuple[str, ...]
    hypervisor: Hypervisor | None = None
    workers: int | None = None
    follow: Follow = Follow.NONE
    acceptances: tuple[Acceptance, ...] = ()

    @property
    def name(self) -> str:
        """The path, or how many there are."""
        return self.paths[0] if len(self.paths) == 1 else f"{len(self.paths)} places"

    @property
    def root(self) -> str:
        """What every path begins with and need not be shown; nothing where there is more than one place.

        Nobody is asked: of a file it is nothing that a path begins with.
        """
        if len(self.paths) != 1:
            return ""
        return self.paths[0].rstrip("/") + (" " if holds_domains(place_of(self.paths[0])[0]) else "/")
