"""Rules on what holds a disk's mode where it is: told of the machine as it stands, and refusing the change.

A disk that ends in the mode it was found in has not changed, whatever was done to it in between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from tui.counting import counted
from tui.disks import Configuration, Disk, Image, Power, Remark, mode_of
from tui.rules.hypervisors import ESXI, VMWARE, WORKSTATION
from tui.rules.rule import PolicyEdit, Rule, asked_once, errors, infos, on_disks_in, warnings

# How a delta's name ends, in so many letters.
_DELTA_END, _DELTA_LETTERS = re.compile(r"-\d{6}\.vmdk", re.IGNORECASE), 12


def _changes(change: PolicyEdit, disk: Disk) -> bool:
    """Whether the disk leaves the mode it was found in; an unknown word stands for the default."""
    found = change.found.disks[disk.index]
    return (disk.mode or mode_of(disk.policy)) is not (found.mode or mode_of(found.policy))


def _has_snapshots(change: PolicyEdit, disk: Disk) -> str | None:
    snapshots = change.after.sidecars.snapshots
    if snapshots is None or snapshots.count == 0 or not _changes(change, disk):
        return None
    return _told(change.after)


def _snapshots_there(configuration: Configuration) -> Iterable[Remark]:
    snapshots = configuration.sidecars.snapshots
    if snapshots is not None and snapshots.count:
        yield Remark(_told(configuration))


def _told(configuration: Configuration) -> str:
    """How many there are, whether that is the host's word, the newest, and since when it is there."""
    snapshots, host = configuration.sidecars.snapshots, configuration.sidecars.host
    if snapshots is None:
        return counted(0, "snapshot")
    told = counted(snapshots.count, "snapshot")
    if host is not None and host.snapshots is not None:
        told += " (host)"
    if snapshots.newest:
        told += f', the newest "{snapshots.newest}"'
    if snapshots.taken:
        told += f" of {snapshots.taken.date().isoformat()}"
    if snapshots.clones:
        told += (
            f", and {snapshots.clones} linked clone{'s build' if snapshots.clones > 1 else ' builds'} on them"
        )
    return told


@asked_once
def parents_in(configuration: Configuration) -> Mapping[int, str]:
    """What each disk is a delta of, by disk; few are."""
    images = configuration.sidecars.images
    return {
        disk.index: parent
        for disk in configuration.disks
        if disk.is_disk and (parent := parent_of(disk, images.get(disk.index))) is not None
    }


def _use_there(configuration: Configuration) -> Iterable[Remark]:
    yield from map(Remark, _signs_of_use(configuration))


def _power_told(configuration: Configuration) -> Power | None:
    host = configuration.sidecars.host
    return None if host is None else host.power


def _host_speaks(configuration: Configuration) -> bool:
    return _power_told(configuration) is not None


def _signs_of_use(configuration: Configuration) -> Iterator[str]:
    """What its host says; where none is asked, what the files let one guess."""
    power = _power_told(configuration)
    if power is not None:
        if power is not Power.OFF:
            yield f"is {power} (host)"
        return
    if configuration.sidecars.lock:
        yield f"seems to be in use: {configuration.sidecars.lock} lies beside the file"
    if configuration.suspended:
        yield f"seems to be in use: it is suspended{_in_file(configuration.suspended)}"


def _in_file(state: str) -> str:
    return "" if state.lower() == "true" else f" in {state}"


def _is_delta(change: PolicyEdit, disk: Disk) -> str | None:
    return parent_of(disk, change.after.image_of(disk)) if _changes(change, disk) else None


def parent_of(disk: Disk, image: Image | None) -> str | None:
    """What the disk's file is a delta of; where no descriptor is at hand its name tells that it is one."""
    if image is not None and image.create_type is not None:
        return image.parent
    named_so = _DELTA_END.fullmatch(disk.source[-_DELTA_LETTERS:])
    return f"another, as its name {disk.source} tells" if named_so else None


def _in_use(change: PolicyEdit, disk: Disk) -> str | None:
    return next(_signs_of_use(change.after), None) if _changes(change, disk) else None


RULES: tuple[Rule, ...] = (
    Rule(
        "has-snapshots",
        infos(VMWARE),
        "the .vmsd counts snapshots; an edit that changes the mode of a disk meanwhile is refused",
        _snapshots_there,
        "the VM has {detail}; and vSphere refuses to change a disk's mode while it has any",
        "delete its snapshots first, then change the mode",
        "vSphere API, fault DisallowedDiskModeChange; for Workstation not confirmed",
        forbids=_has_snapshots,
        change_severity=errors(ESXI) | warnings(WORKSTATION),
    ),
    Rule(
        "is-delta",
        infos(VMWARE),
        "the disk's file is a delta or a linked clone; an edit that changes its mode is refused",
        on_disks_in(parents_in),
        "the disk's file is a delta of {detail}: its mode may not change while it is",
        "delete or consolidate the snapshots first; make a linked clone a full one",
        "vSphere API, fault DisallowedDiskModeChange; Virtual Disk Format 5.0, parentCID",
        forbids=_is_delta,
        change_severity=errors(VMWARE),
    ),
    Rule(
        "in-use",
        infos(VMWARE),
        "its host says so, a .vmx.lck lies beside it, or the VM is suspended; a change of mode is refused",
        _use_there,
        "the VM {detail}",
        "power it off first",
        "VMware locks a VM's files while it is open; a suspended VM resumes with the disks it had",
        forbids=_in_use,
        change_severity=errors(VMWARE),
        overridable=True,
        settled=_host_speaks,
    ),
)
