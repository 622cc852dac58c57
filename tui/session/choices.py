"""What a person chose on the command line, passed on to the screen as one value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tui.disks import Spelling
from tui.rules import Hypervisor

if TYPE_CHECKING:
    from tui.machine import Machine


@dataclass(frozen=True, slots=True)
class Choices:
    """How machines are judged, and how the screen behaves; None means that nothing was chosen.

    ``domain`` is a name or a number, from 1. ``mouse`` tells whether the screen takes the mouse, ``follow``
    whether a fleet follows symbolic links out of its folders.
    """

    domain: str | None = None
    hypervisor: Hypervisor | None = None
    spelling: Spelling | None = None
    mouse: bool = True
    follow: bool = False

    def applied_to(self, machine: Machine) -> Machine:
        """The machine, judged and spelt as was chosen."""
        return replace(machine, chosen=self.hypervisor, spelling=self.spelling)
