"""Rules that judge a change of a disk's mode, not a state: may it be made now?

A disk that ends in the mode it was found in has not changed, whatever was done to it in between.
"""

from __future__ import annotations

import re

from tui.disks import Disk, Image, mode_of
from tui.rules.hypervisors import ESXI, VMWARE, WORKSTATION
from tui.rules.rule import Edit, Rule, errors, nowhere, warnings

_DELTA_NAME = re.compile(r".*-\d{6}\.vmdk", re.IGNORECASE | re.DOTALL)


def _changes(change: Edit, disk: Disk) -> bool:
    """Whether the disk leaves the mode it was found in; a word nobody knows stands for the default."""
    found = change.found.disks[disk.index]
    return (disk.mode or mode_of(disk.policy)) is not (found.mode or mode_of(found.policy))


def _has_snapshots(change: Edit, disk: Disk) -> str | None:
    snapshots = change.after.sidecars.snapshots
    if snapshots is None or snapshots.count == 0 or not _changes(change, disk):
        return None
    return "1 snapshot" if snapshots.count == 1 else f"{snapshots.count} snapshots"


def _is_delta(change: Edit, disk: Disk) -> str | None:
    return _parent_of(disk, change.after.image_of(disk)) if _changes(change, disk) else None


def _parent_of(disk: Disk, image: Image | None) -> str | None:
    """What the disk's file is a delta of; where no descriptor is at hand its name tells that it is one."""
    if image is not None and image.create_type is not None:
        return image.parent
    return f"another, as its name {disk.source} tells" if _DELTA_NAME.fullmatch(disk.source) else None


def _in_use(change: Edit, disk: Disk) -> str | None:
    if not _changes(change, disk):
        return None
    if change.after.sidecars.lock:
        return f"{change.after.sidecars.lock} lies beside the file"
    return f"it is suspended in {change.after.suspended}" if change.after.suspended else None


RULES: tuple[Rule, ...] = (
    Rule(
        "has-snapshots",
        errors(ESXI) | warnings(WORKSTATION),
        "an edit changes the mode of a disk while the .vmsd counts snapshots",
        nowhere,
        "the VM has {detail}, and vSphere refuses to change a disk's mode while it has any",
        "delete its snapshots first, then change the mode",
        "vSphere API, fault DisallowedDiskModeChange; for Workstation not confirmed",
        forbids=_has_snapshots,
    ),
    Rule(
        "is-delta",
        errors(VMWARE),
        "an edit changes the mode of a disk whose file is a delta or a linked clone",
        nowhere,
        "the disk's file is a delta of {detail}: its mode may not change while it is",
        "delete or consolidate the snapshots first; make a linked clone a full one",
        "vSphere API, fault DisallowedDiskModeChange; Virtual Disk Format 5.0, parentCID",
        forbids=_is_delta,
    ),
    Rule(
        "in-use",
        errors(VMWARE),
        "an edit changes the mode of a disk while a .vmx.lck lies beside the file, or the VM is suspended",
        nowhere,
        "the VM seems to be in use: {detail}",
        "power it off first; insist only if you know that the sign is stale",
        "VMware locks a VM's files while it is open; a suspended VM resumes with the disks it had",
        forbids=_in_use,
        overridable=True,
    ),
)
