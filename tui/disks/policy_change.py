"""What a person may want of a disk's policy."""

from __future__ import annotations

from typing import NamedTuple

from tui.disks.disk import Disk
from tui.disks.policy import MODES, Mode, Policy, Preset
from tui.disks.spelling import Spelling


class PolicyChange(NamedTuple):
    """What a person wants of a disk; None leaves that aspect as it is shown.

    ``mode`` and ``policy`` say both aspects at once; ``preset`` is libvirt's, ``no_preset`` asks for none.
    ``spelling`` is how a domain XML shall say it, also what it says already (None: as it does).
    """

    snapshot: bool | None = None
    persistent: bool | None = None
    policy: Policy | None = None
    mode: Mode | None = None
    preset: Preset | None = None
    no_preset: bool = False
    spelling: Spelling | None = None

    @property
    def says_snapshot(self) -> bool:
        """Whether it says if the disk takes part, be it as it is shown."""
        return self.snapshot is not None or self.policy is not None or self.mode is not None

    def policy_for(self, disk: Disk) -> Policy:
        """The policy the disk would have."""
        if self.policy is not None:
            return self.policy
        if self.mode is not None:
            return MODES[self.mode].policy
        shown = disk.policy
        snapshot = shown.snapshot if self.snapshot is None else self.snapshot
        if self.no_preset:
            snapshot = True
        elif self.preset is not None:
            snapshot = self.preset is not Preset.NO
        return Policy(snapshot, shown.persistent if self.persistent is None else self.persistent)
