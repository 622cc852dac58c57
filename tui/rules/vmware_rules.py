"""Rules on what a VMware machine's disks mean for its snapshots, backups and moves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tui.disks import MULTI_WRITER, Configuration, Disk, Remark
from tui.rules.hypervisors import ESXI, VMWARE, WORKSTATION
from tui.rules.rule import Rule, infos, on_disks, on_disks_in, on_each_disk, on_each_disk_of, warnings

# The letters of vmdk in another order, or all but one of them.
_NEARLY = r"(?=.{3,5}$)(?:[vmdk]{4}|vm?d?k|vdk|mdk|vmd|vmdkk|vmmdk|vvmdk|vmddk)"
_HOST_KINDS = ("fulldevice", "partitioneddevice")
_HOST_DEVICES = ("rawdisk", "plaindisk")


def is_seen(disk: Disk) -> bool:
    """Whether the VM has the disk, and something is in it."""
    return disk.is_disk and not disk.empty and disk.controller_present


def is_independent(disk: Disk) -> bool:
    """Whether the VM has the disk, and its mode leaves it out of snapshots."""
    return not disk.policy.snapshot and is_seen(disk)


def _shared_buses(configuration: Configuration) -> Iterable[Remark]:
    for controller in configuration.controllers:
        if controller.shared_bus not in ("", "none"):
            yield Remark(f'{controller}.sharedBus = "{controller.shared_bus}"', controller.line)


def _physical_rdms(configuration: Configuration) -> Mapping[int, str]:
    """The disks through which ESXi reaches a raw device in physical mode."""
    images = configuration.sidecars.images
    return {index: "" for index, image in images.items() if image.is_physical_rdm}


def _shared_in_snapshots(configuration: Configuration, disk: Disk) -> str | None:
    shared = disk.sharing == MULTI_WRITER and disk.policy.snapshot and is_seen(disk)
    return "" if shared and not configuration.is_raw_device(disk) else None


def host_disk(configuration: Configuration, disk: Disk) -> str | None:
    """By what a disk is one of the host itself, or None."""
    image = configuration.image_of(disk)
    kind = "" if image is None else (image.create_type or "").lower()
    if kind in _HOST_KINDS:
        return f"createType {kind}"
    return f"deviceType {disk.device_type}" if disk.device_type in _HOST_DEVICES else None


def _misspelt(disk: Disk) -> str | None:
    """A file name whose end is nearly .vmdk."""
    if disk.source.endswith(".vmdk"):
        return None
    stem, dot, end = disk.source.rpartition(".")
    word = end.lower()
    if word.strip("vmdk") or word == "vmdk":
        return None
    if not disk.vmx_modes or not dot or not re.fullmatch(_NEARLY, word):
        return None
    return f"{disk.source}: did you mean {stem}.vmdk"


def _passed_through(configuration: Configuration) -> Iterable[Remark]:
    if configuration.passed_through:
        yield configuration.passed_through


def _disabled(configuration: Configuration) -> Iterable[Remark]:
    forbidding = configuration.no_more_snapshots
    if forbidding is not None:
        yield forbidding


def _not_covered(configuration: Configuration, disk: Disk) -> str | None:
    snapshots = configuration.sidecars.snapshots
    if snapshots is None or snapshots.nodes is None or not is_seen(disk) or disk.address is None:
        return None
    if disk.address in snapshots.nodes:
        return None
    if configuration.participation_of(disk).covered is False:
        return f'"{snapshots.current}" does not hold this disk: going back to it leaves the disk as it is now'
    return f'"{snapshots.current}" is older than this disk: going back to it takes the disk out of the VM'


RULES: tuple[Rule, ...] = (
    Rule(
        "misspelt-file",
        warnings(VMWARE),
        "a disk's fileName ends nearly in .vmdk, such as .vdmk",
        on_each_disk(_misspelt),
        "it is no virtual disk by its name {detail}?",
        "correct the name; until then nothing tells what it is, and no edit here touches it",
        "libvirt vmx.c: a disk's fileName ends in .vmdk",
    ),
    Rule(
        "cbt-on-independent",
        warnings(ESXI),
        "ctkEnabled on an independent disk",
        on_disks(lambda disk: disk.tracked and is_independent(disk)),
        "changed block tracking (ctkEnabled) does not work on an independent disk",
        "switch the tracking off for it, or let it take part in snapshots",
        "Broadcom KB 320557 (was 1020128)",
    ),
    Rule(
        "shared-and-dependent",
        warnings(ESXI),
        'sharing = "multi-writer" on a disk that takes part in snapshots',
        on_each_disk_of(_shared_in_snapshots),
        "several VMs write to the disk and it takes part in snapshots: a snapshot of the VM fails",
        "make it independent-persistent",
        "Broadcom KB 326781, 313527",
    ),
    Rule(
        "shared-disk",
        infos(ESXI),
        'sharing = "multi-writer"',
        on_disks(lambda disk: disk.sharing == MULTI_WRITER and disk.is_disk),
        "several VMs write to the disk: no Storage vMotion, cloning, suspend, hot-extend or Fault Tolerance",
        "plan a move of the VM together with the others that use the disk",
        "Broadcom KB 326781; vSphere API, fault MultiWriterNotSupported",
    ),
    Rule(
        "cbt-on-shared",
        warnings(ESXI),
        'sharing = "multi-writer" with ctkEnabled',
        on_disks(lambda disk: disk.sharing == MULTI_WRITER and disk.is_disk and disk.tracked),
        "changed block tracking (ctkEnabled) is not supported on a disk several VMs write to",
        "switch the tracking off for it",
        "Broadcom KB 326781",
    ),
    Rule(
        "bus-sharing",
        warnings(ESXI),
        "a controller's sharedBus is not none",
        _shared_buses,
        "ESXi takes no snapshot of a VM that shares a controller's bus: {detail}",
        "back it up from inside the guest; a cluster of Windows guests needs the shared bus (KB 313472)",
        "vSphere Virtual Machine Administration, snapshot limitations; Broadcom KB 313472",
    ),
    Rule(
        "pci-passthrough",
        warnings(ESXI),
        "pciPassthruN.present is TRUE, and it is no virtual GPU",
        _passed_through,
        "vSphere supports no snapshot of a VM with a PCI device of its host: {detail}",
        "take the device out for the snapshot or the move, or back the VM up from inside the guest",
        "vSphere Virtual Machine Administration, snapshot limitations: DirectPath I/O",
    ),
    Rule(
        "physical-rdm",
        warnings(ESXI),
        "createType vmfsPassthroughRawDeviceMap or vmfsRDMP; locks the disk's policy",
        on_disks_in(_physical_rdms),
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
        'snapshot.maxSnapshots is "0", or as many as it has; or snapshot.disabled is true',
        _disabled,
        "no snapshot of the VM can be taken, whatever its disks say: {detail}",
        "remove the key where more snapshots, or backups made from them, are wanted",
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
