"""Rules of libvirt's drivers: what they refuse, and what makes a snapshot fail."""

from __future__ import annotations

from collections.abc import Iterable

from tui.disks import UNSUPPORTED, Configuration, Device, Disk, Preset, Remark
from tui.rules.hypervisors import LIBVIRT, OTHER, QEMU
from tui.rules.rule import Rule, errors, infos, on_disks, on_each_disk, on_each_disk_of, warnings

_SHARE_BACKING_BUSES = ("usb", "virtio", "scsi")
_REFUSING_DRIVERS = ("xen", "vz", "parallels")


def _discarding(disk: Disk) -> bool:
    return not disk.vmx_modes and not disk.policy.persistent


def _transient_unsaid(disk: Disk) -> bool:
    return disk.policy == UNSUPPORTED and not disk.snapshot_said and not disk.vmx_modes


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


def _has(disk: Disk, preset: Preset) -> bool:
    """Whether libvirt heeds this preset: an empty drive takes part in nothing."""
    return disk.preset is preset and not disk.empty


def _first_with(configuration: Configuration, preset: Preset) -> Disk | None:
    return next((disk for disk in configuration.disks if _has(disk, preset)), None)


def _not_qcow2(disk: Disk) -> str | None:
    known = disk.file_format is not None and disk.file_format != "qcow2"
    return disk.file_format if known and _has(disk, Preset.INTERNAL) else None


def _mixed(configuration: Configuration) -> Iterable[Remark]:
    """Each disk, with the first that is snapshotted the other way."""
    internal, external = (_first_with(configuration, one) for one in (Preset.INTERNAL, Preset.EXTERNAL))
    if internal is None or external is None:
        return
    for disk in configuration.disks:
        against = {Preset.INTERNAL: external, Preset.EXTERNAL: internal}.get(disk.preset or Preset.NO)
        if against is not None and not disk.empty:
            yield Remark(f"this one {disk.preset}, {against.name} {against.preset}", disk=disk.index)


def _left_out(configuration: Configuration) -> Iterable[Remark]:
    """Each disk left out beside an internal snapshot."""
    internal = _first_with(configuration, Preset.INTERNAL)
    if internal is None:
        return
    for disk in configuration.disks:
        takes_part = disk.policy.snapshot and disk.preset is not Preset.MANUAL
        if not (disk.read_only or disk.empty or takes_part):
            yield Remark(internal.name, disk=disk.index)


def _nothing_selected(configuration: Configuration) -> Iterable[Remark]:
    taking_part = [
        disk for disk in configuration.disks if disk.policy.snapshot and disk.preset is not Preset.MANUAL
    ]
    if not taking_part and any(disk.is_disk for disk in configuration.disks):
        yield Remark("")


def _vhost_user(disk: Disk) -> bool:
    left_out = not disk.policy.snapshot or disk.preset is Preset.MANUAL
    return disk.source_kind == "vhostuser" and not left_out


RULES: tuple[Rule, ...] = (
    Rule(
        "transient-breaks-snapshots",
        warnings(LIBVIRT),
        "<transient/> and no word on snapshots",
        on_disks(_transient_unsaid),
        "the disk discards its writes and says nothing on snapshots: every snapshot of the running VM fails",
        "leave it out of snapshots",
        "measured: block jobs are not supported on transient disks; the preset no is what helps",
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
    Rule(
        "internal-needs-qcow2",
        errors(QEMU),
        "snapshot='internal' and a known format other than qcow2",
        on_each_disk(_not_qcow2),
        "only a qcow2 image can hold an internal snapshot, not a {detail} one",
        "choose external, manual or no",
        "libvirt qemu_snapshot.c: internal snapshot unsupported for storage type",
    ),
    Rule(
        "mixed-internal-external",
        errors(QEMU),
        "snapshot='internal' on one disk and 'external' on another",
        _mixed,
        "QEMU takes internal and external snapshots apart, never together: {detail}",
        "give both the same preset",
        "libvirt qemu_snapshot.c: mixing internal and external targets is not supported",
    ),
    Rule(
        "internal-excludes-none",
        warnings(QEMU),
        "snapshot='no' or 'manual' on a writable disk while another is internal",
        _left_out,
        "an internal snapshot needs every writable disk; this one takes no part, {detail} is internal",
        "give both the same preset, or take snapshots with --disk-only",
        "libvirt qemu_snapshot.c: internal and full system snapshots require all disks to be selected",
    ),
    Rule(
        "nothing-to-snapshot",
        warnings(QEMU),
        "every disk is left out, or manual",
        _nothing_selected,
        "no disk takes part: a snapshot of the disks is refused, and backups made from one hold nothing",
        "let the disks take part that a snapshot is wanted of",
        "libvirt qemu_snapshot.c: nothing selected for snapshot",
    ),
    Rule(
        "vhostuser-snapshot",
        errors(QEMU),
        "type='vhostuser' without snapshot='no' or 'manual'",
        on_disks(_vhost_user),
        "libvirt cannot snapshot a vhost-user disk",
        "leave it out of snapshots, or set manual where the storage takes them",
        "libvirt domain_validate.c: only snapshot=no is supported with vhostuser disk",
    ),
    Rule(
        "lun-external",
        warnings(QEMU),
        "device='lun' with snapshot='external'",
        on_disks(lambda disk: disk.device is Device.LUN and _has(disk, Preset.EXTERNAL)),
        "an external snapshot of a lun is refused while the VM runs",
        "leave it out of snapshots, or take them with the VM shut off",
        "libvirt qemu_snapshot.c",
    ),
    Rule(
        "shareable-external",
        warnings(QEMU),
        "<shareable/> with snapshot='external'",
        on_disks(lambda disk: disk.shareable and _has(disk, Preset.EXTERNAL)),
        "an external snapshot of a shareable disk is refused: its overlay cannot be shared",
        "leave it out of snapshots",
        "libvirt qemu_snapshot.c: shared access requires use of supported storage format",
    ),
)
