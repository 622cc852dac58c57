"""What a fleet is of."""

from __future__ import annotations

from dataclasses import dataclass

from tui.rules import Hypervisor
from tui.storage import place_of


@dataclass(frozen=True, slots=True)
class Places:
    """What the fleet is of: files and folders, and how their machines are looked at."""

    paths: tuple[str, ...]
    hypervisor: Hypervisor | None = None
    workers: int | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.paths[0] if len(self.paths) == 1 else f"{len(self.paths)} places"

    @property
    def root(self) -> str:
        """What every path begins with and need not be shown; nothing where there is more than one place."""
        if len(self.paths) != 1 or not _is_folder(self.paths[0]):
            return ""
        return self.paths[0].rstrip("/") + "/"


def _is_folder(address: str) -> bool:
    place, path = place_of(address)
    return place.is_folder(path)
