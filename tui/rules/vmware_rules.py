"""Rules on what a VMware machine's disks mean for its snapshots, backups and moves."""

from __future__ import annotations

from collections.abc import Iterable

from tui.disks import Configuration, Disk, Remark
from tui.rules.hypervisors import ESXI, VMWARE, WORKSTATION
from tui.rules.rule import Rule, infos, on_disks, on_each_disk_of, warnings

_MULTI_WRITER = "multi-writer"
_HOST_KINDS = ("fulldevice", "partitioneddevice")
_HOST_DEVICES = ("rawdisk", "plaindisk")


def _independent(disk: Disk) -> bool:
    return disk.is_disk and not disk.empty and not disk.policy.snapshot


def _independent_ones(configuration: Configuration) -> Iterable[Remark]:
    names = [disk.name for disk in configuration.disks if _independent(disk)]
    if names:
        yield Remark(names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more")


def _different_modes(configuration: Configuration) -> Iterable[Remark]:
    modes = {disk.mode: None for disk in configuration.disks if disk.is_disk and disk.mode}
    if len(modes) > 1:
        yield Remark(", ".join(modes))


def _shared_buses(configuration: Configuration) -> Iterable[Remark]:
    for controller in configuration.controllers:
        if controller.shared_bus not in ("", "none"):
            yield Remark(f'{controller}.sharedBus = "{controller.shared_bus}"', controller.line)


def physical_rdm(configuration: Configuration, disk: Disk) -> str | None:
    """Whether ESXi reaches a raw device through the disk in physical mode: "" if so, else None."""
    image = configuration.image_of(disk)
    return "" if image is not None and image.is_physical_rdm else None


def host_disk(configuration: Configuration, disk: Disk) -> str | None:
    """By what a disk is one of the host itself, or None."""
    image = configuration.image_of(disk)
    kind = "" if image is None else (image.create_type or "").lower()
    if kind in _HOST_KINDS:
        return f"createType {kind}"
    return f"deviceType {disk.device_type}" if disk.device_type in _HOST_DEVICES else None


def _disabled(configuration: Configuration) -> Iterable[Remark]:
    if configuration.snapshots_disabled:
        yield configuration.snapshots_disabled


def _not_covered(configuration: Configuration, disk: Disk) -> str | None:
    snapshots = configuration.sidecars.snapshots
    if snapshots is None or snapshots.nodes is None or not disk.is_disk or disk.address is None:
        return None
    if disk.address in snapshots.nodes:
        return None
    if configuration.participation_of(disk).covered is False:
        return f'"{snapshots.current}" does not hold this disk: going back to it leaves the disk as it is now'
    return f'"{snapshots.current}" is older than this disk: going back to it takes the disk out of the VM'


RULES: tuple[Rule, ...] = (
    Rule(
        "no-memory-snapshot",
        infos(ESXI),
        "any disk is independent",
        _independent_ones,
        "a snapshot of a running VM cannot hold its memory while a disk is independent: {detail}",
        "take snapshots of it without memory, or powered off",
        "vSphere API, fault MemorySnapshotOnIndependentDisk",
    ),
    Rule(
        "mixed-modes",
        infos(WORKSTATION),
        "the disks of one VM differ in mode",
        _different_modes,
        "the VM's disks are in different modes: {detail}",
        "power the VM off before you take a snapshot",
        "Workstation manual, taking snapshots",
    ),
    Rule(
        "cbt-on-independent",
        warnings(ESXI),
        "ctkEnabled on an independent disk",
        on_disks(lambda disk: disk.tracked and _independent(disk)),
        "changed block tracking (ctkEnabled) does not work on an independent disk",
        "switch the tracking off for it, or let it take part in snapshots",
        "VMware KB 1020128",
    ),
    Rule(
        "shared-and-dependent",
        warnings(ESXI),
        'sharing = "multi-writer" on a disk that takes part in snapshots',
        on_disks(lambda disk: disk.sharing == _MULTI_WRITER and disk.policy.snapshot),
        "several VMs write to the disk and it takes part in snapshots: a snapshot of the VM fails",
        "make it independent-persistent",
        "VMware KB 326781",
    ),
    Rule(
        "cbt-on-shared",
        warnings(ESXI),
        'sharing = "multi-writer" with ctkEnabled',
        on_disks(lambda disk: disk.sharing == _MULTI_WRITER and disk.tracked),
        "changed block tracking (ctkEnabled) is not supported on a disk several VMs write to",
        "switch the tracking off for it",
        "VMware KB 326781",
    ),
    Rule(
        "bus-sharing",
        warnings(ESXI),
        "a controller's sharedBus is not none",
        _shared_buses,
        "ESXi takes no snapshot of a VM that shares a controller's bus: {detail}",
        "back it up from inside the guest, or share disks with the multi-writer flag instead",
        "vSphere Virtual Machine Administration, snapshot limitations",
    ),
    Rule(
        "physical-rdm",
        warnings(ESXI),
        "createType vmfsPassthroughRawDeviceMap or vmfsRDMP; locks the disk's policy",
        on_each_disk_of(physical_rdm),
        "a physical raw device mapping: snapshots leave it out, and ESXi ignores its mode",
        "back it up by the storage's own means, or make it a virtual mapping",
        "vSphere API, VirtualDiskRawDiskMappingVer1BackingInfo",
        locks=True,
    ),
    Rule(
        "host-disk",
        warnings(WORKSTATION),
        "createType fullDevice or partitionedDevice, or deviceType rawDisk or plainDisk",
        on_each_disk_of(host_disk),
        "it is a disk of the host ({detail}): the VM cannot be snapshotted",
        "power the VM off and back the disk up from the host",
        "Workstation 16 manual, physical disks",
    ),
    Rule(
        "snapshots-disabled",
        warnings(VMWARE),
        'snapshot.maxSnapshots = "0", or snapshot.disabled is true',
        _disabled,
        "no snapshot of the VM can be taken, whatever its disks say: {detail}",
        "remove the key where snapshots, or backups made from them, are wanted",
        "Workstation manual, disable snapshots; W. Lam, virtuallyghetto.com, October 2010 (maxSnapshots)",
    ),
    Rule(
        "not-covered",
        warnings(VMWARE),
        "the current snapshot in the .vmsd names no node for the disk",
        on_each_disk_of(_not_covered),
        "the current snapshot {detail}",
        "know it before you go back to that snapshot",
        "the .vmsd records the disks each snapshot covers; a snapshot also restores the VM's settings",
    ),
)
