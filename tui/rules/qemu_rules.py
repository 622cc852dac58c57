"""Rules of libvirt's drivers: what they refuse, and what makes a snapshot fail."""

from __future__ import annotations

from collections.abc import Callable

from tui.disks import Configuration, Device, Disk, Participation
from tui.rules.hypervisors import LIBVIRT, OTHER, QEMU
from tui.rules.rule import (
    EachDisk,
    PolicyEdit,
    Rule,
    Transition,
    errors,
    infos,
    on_disks,
    on_each_disk,
    on_each_disk_of,
    warnings,
)

_SHARE_BACKING_BUSES = ("usb", "virtio", "scsi")
_REFUSING_DRIVERS = ("xen", "vz", "parallels")


def _other_kind(disk: Disk) -> str | None:
    return None if disk.source_kind == "file" else disk.source_kind


def _other_device(disk: Disk) -> str | None:
    return None if disk.device is Device.DISK else disk.device


def _read_only(disk: Disk) -> str | None:
    return "" if disk.read_only and not disk.empty else None


def _refusing_driver(configuration: Configuration, disk: Disk) -> str | None:
    kind = configuration.domain_type
    return kind if kind in _REFUSING_DRIVERS and not disk.vmx_modes else None


def cannot_discard(configuration: Configuration, disk: Disk) -> bool:
    """Whether libvirt's driver refuses ``<transient/>`` on this disk, by what it is."""
    if configuration.domain_type == "vmware":
        return False
    judges = (_other_kind(disk), _other_device(disk), _read_only(disk), _refusing_driver(configuration, disk))
    return any(told is not None for told in judges)


def _where_transient(judge: Callable[[Disk], str | None]) -> EachDisk:
    """What a judge says of the disks with ``<transient/>``: what libvirt does not read it does not refuse."""
    return on_each_disk(lambda disk: judge(disk) if disk.transient is not None else None)


def _where_newly(judge: Callable[[Configuration, Disk], str | None]) -> Transition:
    """What a judge says of a disk that a change has discard its writes, in whatever words of a domain."""

    def forbids(change: PolicyEdit, disk: Disk) -> str | None:
        newly = change.before.disks[disk.index].policy.persistent and not disk.policy.persistent
        return judge(change.after, disk) if newly and not disk.vmx_modes else None

    return forbids


def _of_disk(judge: Callable[[Disk], str | None]) -> Transition:
    return _where_newly(lambda _, disk: judge(disk))


def _driver_of_transient(configuration: Configuration, disk: Disk) -> str | None:
    return None if disk.transient is None else _refusing_driver(configuration, disk)


def _share_backing(disk: Disk) -> str | None:
    if not (disk.transient and disk.transient.share_backing) or disk.bus in _SHARE_BACKING_BUSES:
        return None
    return disk.bus or "unknown"


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
        _where_transient(_read_only),
        "a read-only disk cannot discard its writes: it has none",
        "remove <transient/>",
        "libvirt qemu_validate.c: transient disk must not be read-only",
        forbids=_of_disk(_read_only),
    ),
    Rule(
        "transient-not-file",
        errors(QEMU),
        "<transient/> on a disk of another type than file",
        _where_transient(_other_kind),
        "QEMU discards the writes of image files only, not of a {detail} disk",
        "keep its writes: remove <transient/>",
        "libvirt qemu_validate.c: transient disk supported only with 'file' type",
        forbids=_of_disk(_other_kind),
    ),
    Rule(
        "transient-not-disk",
        errors(QEMU),
        "<transient/> on another device than disk",
        _where_transient(_other_device),
        "only a device of the kind disk can discard its writes, not a {detail}",
        "remove <transient/>",
        "libvirt qemu_validate.c: transient disk supported only with 'disk' device",
        forbids=_of_disk(_other_device),
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
        on_each_disk_of(_driver_of_transient),
        "libvirt's {detail} driver refuses disks that discard their writes",
        "keep its writes",
        "libvirt xen_xl.c, libxl_conf.c, vz_utils.c",
        forbids=_where_newly(_refusing_driver),
    ),
    Rule(
        "transient-limits",
        infos(QEMU),
        "any <transient/>",
        on_disks(lambda disk: disk.transient is not None),
        "a disk that discards its writes blocks migration, block jobs and snapshots of the VM",
        "know it before you plan those",
        "libvirt formatdomain, transient",
    ),
)
