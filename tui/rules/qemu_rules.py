"""Rules of libvirt's drivers: what they refuse, and what makes a snapshot fail."""

from __future__ import annotations

from tui.disks import Configuration, Device, Disk, Participation
from tui.rules.hypervisors import LIBVIRT, OTHER, QEMU
from tui.rules.rule import Rule, errors, infos, on_disks, on_each_disk, on_each_disk_of, warnings

_SHARE_BACKING_BUSES = ("usb", "virtio", "scsi")
_REFUSING_DRIVERS = ("xen", "vz", "parallels")


def _discarding(disk: Disk) -> bool:
    return not disk.vmx_modes and not disk.policy.persistent


def _other_kind(disk: Disk) -> str | None:
    return disk.source_kind if _discarding(disk) and disk.source_kind != "file" else None


def _other_device(disk: Disk) -> str | None:
    return disk.device if _discarding(disk) and disk.device is not Device.DISK else None


def _share_backing(disk: Disk) -> str | None:
    if not (disk.transient and disk.transient.share_backing) or disk.bus in _SHARE_BACKING_BUSES:
        return None
    return disk.bus or "unknown"


def _refusing_driver(configuration: Configuration, disk: Disk) -> str | None:
    kind = configuration.domain_type
    return kind if kind in _REFUSING_DRIVERS and _discarding(disk) else None


def _shared_in_snapshots(disk: Disk) -> bool:
    """A shared disk that is written to and that a snapshot would take."""
    silent = disk.vmx_modes or disk.read_only or disk.empty
    return disk.shareable and not silent and disk.participation is Participation.YES


RULES: tuple[Rule, ...] = (
    Rule(
        "shareable-in-snapshots",
        warnings(LIBVIRT),
        "<shareable/> on a writable disk that takes part in snapshots",
        on_disks(_shared_in_snapshots),
        "several machines write to the disk and it takes part in snapshots: a snapshot of one cannot hold it",
        "leave it out with snapshot='no', in each machine that uses it",
        "libvirt formatdomain, shareable; qemu: shared access requires use of supported storage format",
    ),
    Rule(
        "transient-empty",
        errors(QEMU),
        "<transient/> on an empty drive",
        on_disks(lambda disk: disk.transient is not None and disk.empty),
        "an empty drive cannot discard its writes",
        "remove <transient/>",
        "libvirt qemu_validate.c: transient disk must not be empty",
    ),
    Rule(
        "transient-readonly",
        errors(QEMU),
        "<transient/> on a read-only disk",
        on_disks(lambda disk: _discarding(disk) and disk.read_only and not disk.empty),
        "a read-only disk cannot discard its writes: it has none",
        "keep it persistent",
        "libvirt qemu_validate.c: transient disk must not be read-only",
    ),
    Rule(
        "transient-not-file",
        errors(QEMU),
        "<transient/> on a disk of another type than file",
        on_each_disk(_other_kind),
        "QEMU discards the writes of image files only, not of a {detail} disk",
        "keep its writes",
        "libvirt qemu_validate.c: transient disk supported only with 'file' type",
    ),
    Rule(
        "transient-not-disk",
        errors(QEMU),
        "<transient/> on another device than disk",
        on_each_disk(_other_device),
        "only a device of the kind disk can discard its writes, not a {detail}",
        "keep its writes",
        "libvirt qemu_validate.c: transient disk supported only with 'disk' device",
    ),
    Rule(
        "transient-sharebacking-bus",
        errors(QEMU),
        "shareBacking='yes' on another bus than usb, virtio and scsi",
        on_each_disk(_share_backing),
        "shareBacking='yes' works on the buses usb, virtio and scsi, not on {detail}",
        "remove shareBacking, or move the disk to one of those buses",
        "libvirt qemu_validate.c",
    ),
    Rule(
        "transient-unsupported",
        errors(OTHER),
        "<transient/> under the xen or vz driver",
        on_each_disk_of(_refusing_driver),
        "libvirt's {detail} driver refuses disks that discard their writes",
        "keep its writes",
        "libvirt xen_xl.c, libxl_conf.c, vz_utils.c",
    ),
    Rule(
        "transient-limits",
        infos(QEMU),
        "any <transient/>",
        on_disks(_discarding),
        "a disk that discards its writes blocks migration, block jobs and snapshots of the VM",
        "know it before you plan those",
        "libvirt formatdomain, transient",
    ),
)
