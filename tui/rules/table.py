"""The table of rules. What is new is a row, and where needed a small function above it."""

from __future__ import annotations

from collections.abc import Iterable

from tui.disks import MODES, UNSUPPORTED, Configuration, Device, Disk, Format, Mode, Remark
from tui.rules.finding import Severity
from tui.rules.hypervisors import ALL, VMWARE, Hypervisor
from tui.rules.rule import Change, Rule, on_each_disk

_QEMU = frozenset({Hypervisor.QEMU})
_LIBVIRT = frozenset({Hypervisor.QEMU, Hypervisor.OTHER})
_SHARE_BACKING_BUSES = ("usb", "virtio", "scsi")
_REFUSING_DRIVERS = ("xen", "vz", "parallels")


def _unsupported_and_said(configuration: Configuration) -> Iterable[Remark]:
    if configuration.format is Format.VMX:
        return  # VMX says it with the outdated "nonpersistent", which has a rule of its own
    for disk in configuration.disks:
        if disk.policy == UNSUPPORTED and disk.snapshot_said:
            yield Remark("", disk=disk.index)


def _becomes_unsupported(change: Change, disk: Disk) -> str | None:
    """The policy shown counts, also where the file only implies it."""
    before = change.before.disks[disk.index]
    return "" if disk.policy == UNSUPPORTED != before.policy else None


def _outdated(disk: Disk) -> str | None:
    legacy = disk.mode_word is not None and disk.mode is not None and MODES[disk.mode].legacy
    return disk.mode_word if legacy else None


def _newly_outdated(change: Change, disk: Disk) -> str | None:
    """Outdated words are never newly set; the one the file had may be brought back."""
    return _outdated(disk) if change.found.disks[disk.index].mode != disk.mode else None


def _unknown_mode(disk: Disk) -> str | None:
    return disk.mode_word if disk.mode_word is not None and disk.mode is None else None


def _transient_unsaid(disk: Disk) -> str | None:
    return "" if disk.policy == UNSUPPORTED and not disk.snapshot_said and not disk.vmx_modes else None


def _discarding_in_xml(disk: Disk) -> bool:
    return not disk.vmx_modes and not disk.policy.persistent


def _share_backing(disk: Disk) -> str | None:
    if not (disk.transient and disk.transient.share_backing) or disk.bus in _SHARE_BACKING_BUSES:
        return None
    return disk.bus or "unknown"


def _transient_disks(configuration: Configuration) -> Iterable[Disk]:
    return (disk for disk in configuration.disks if _discarding_in_xml(disk))


def _refusing_driver(configuration: Configuration) -> Iterable[Remark]:
    if configuration.domain_type in _REFUSING_DRIVERS:
        for disk in _transient_disks(configuration):
            yield Remark(configuration.domain_type, disk=disk.index)


def _encrypted(configuration: Configuration) -> Iterable[Remark]:
    if configuration.encrypted:
        yield Remark(configuration.encrypted)


def _partially_encrypted(configuration: Configuration) -> Iterable[Remark]:
    if configuration.partially_encrypted:
        yield Remark(configuration.partially_encrypted)


def _contradicting(configuration: Configuration) -> Iterable[Remark]:
    for disk in configuration.disks:
        for pair in disk.contradictions:
            yield Remark(pair, disk=disk.index)


def _has_mode(disk: Disk, mode: Mode) -> str | None:
    return "" if disk.is_disk and disk.mode is mode else None


RULES: tuple[Rule, ...] = (
    Rule(
        "snapshot-without-persistence",
        Severity.ERROR,
        ALL,
        _unsupported_and_said,
        "a disk whose writes are discarded cannot take part in snapshots",
        "leave it out of snapshots as well, or keep its writes",
        "M. Bolte, libvir-list, 9 July 2011 (ESX has no such mode); libvirt formatdomain, disk snapshot",
        forbids=_becomes_unsupported,
    ),
    Rule(
        "unknown-mode",
        Severity.ERROR,
        VMWARE,
        on_each_disk(_unknown_mode),
        'no VMware product knows the mode "{detail}"',
        "choose a mode; until then the file keeps the word as it is",
        "vSphere API, VirtualDiskMode",
    ),
    Rule(
        "legacy-mode",
        Severity.WARNING,
        VMWARE,
        on_each_disk(_outdated),
        'the mode "{detail}" is outdated: current products no longer support it',
        "choose one of the three current modes",
        "M. Bolte, libvir-list, 9 July 2011; vSphere API, VirtualDiskMode",
        forbids=_newly_outdated,
    ),
    Rule(
        "contradicting-spellings",
        Severity.ERROR,
        ALL,
        _contradicting,
        "the file contradicts itself: {detail}",
        "set the disk's policy once; the words that disagree are brought into line",
        "this project: four spellings of one policy are read",
    ),
    Rule(
        "unknown-preset",
        Severity.ERROR,
        ALL,
        on_each_disk(lambda disk: disk.bad_preset),
        "{detail} is no word for a snapshot policy; libvirt refuses such a domain",
        "set the disk's snapshot policy; libvirt takes no, internal, external and manual",
        "libvirt: Invalid value for attribute 'snapshot' (measured)",
    ),
    Rule(
        "duplicate-key",
        Severity.ERROR,
        VMWARE,
        lambda configuration: configuration.duplicate_keys,
        "a key stands twice: {detail}",
        "remove one of the lines: VMware refuses such a file, libvirt takes the first, Packer the last",
        "bosh-lite issue 61; libvirt virconf.c",
    ),
    Rule(
        "malformed-line",
        Severity.WARNING,
        VMWARE,
        lambda configuration: configuration.malformed_lines,
        "VMware takes no key from this line: {detail}",
        "mend or remove the line; it is kept byte for byte",
        "open-vm-tools, lib/dict/dictll.c",
    ),
    Rule(
        "encoding",
        Severity.WARNING,
        VMWARE,
        lambda configuration: configuration.encoding_trouble,
        "{detail}",
        "the bytes are kept as they are; correct .encoding where names are shown wrongly",
        "VMX .encoding",
    ),
    Rule(
        "template",
        Severity.INFO,
        VMWARE,
        lambda configuration: configuration.template_marks,
        "this looks like a template, not a machine: {detail}",
        "edit the template knowingly; what fills it in may overwrite the change",
        "seen in public repositories of VMX templates",
    ),
    Rule(
        "encrypted",
        Severity.ERROR,
        VMWARE,
        _encrypted,
        "the file is encrypted ({detail}): its disks are hidden, and it opens read-only",
        "remove the encryption in the product that set it, then edit",
        "VMware virtual machine encryption",
    ),
    Rule(
        "partially-encrypted",
        Severity.INFO,
        VMWARE,
        _partially_encrypted,
        "parts of the machine are encrypted ({detail}), as a virtual TPM needs; the disks are not",
        "nothing to do",
        "Workstation: partial encryption for a virtual TPM",
    ),
    Rule(
        "transient-breaks-snapshots",
        Severity.WARNING,
        _LIBVIRT,
        on_each_disk(_transient_unsaid),
        "the disk discards its writes and says nothing on snapshots: every snapshot of the running VM fails",
        "leave it out of snapshots",
        "measured: block jobs are not supported on transient disks; the preset no is what helps",
    ),
    Rule(
        "transient-empty",
        Severity.ERROR,
        _QEMU,
        on_each_disk(lambda disk: "" if disk.transient and disk.empty else None),
        "an empty drive cannot discard its writes",
        "remove <transient/>",
        "libvirt qemu_validate.c: transient disk must not be empty",
    ),
    Rule(
        "transient-readonly",
        Severity.ERROR,
        _QEMU,
        on_each_disk(
            lambda disk: "" if _discarding_in_xml(disk) and disk.read_only and not disk.empty else None
        ),
        "a read-only disk cannot discard its writes: it has none",
        "keep it persistent",
        "libvirt qemu_validate.c: transient disk must not be read-only",
    ),
    Rule(
        "transient-not-file",
        Severity.ERROR,
        _QEMU,
        on_each_disk(
            lambda disk: disk.source_kind if _discarding_in_xml(disk) and disk.source_kind != "file" else None
        ),
        "QEMU discards the writes of image files only, not of a {detail} disk",
        "keep its writes",
        "libvirt qemu_validate.c: transient disk supported only with 'file' type",
    ),
    Rule(
        "transient-not-disk",
        Severity.ERROR,
        _QEMU,
        on_each_disk(
            lambda disk: disk.device if _discarding_in_xml(disk) and disk.device is not Device.DISK else None
        ),
        "only a device of the kind disk can discard its writes, not a {detail}",
        "keep its writes",
        "libvirt qemu_validate.c: transient disk supported only with 'disk' device",
    ),
    Rule(
        "transient-sharebacking-bus",
        Severity.ERROR,
        _QEMU,
        on_each_disk(_share_backing),
        "shareBacking='yes' works on the buses usb, virtio and scsi, not on {detail}",
        "remove shareBacking, or move the disk to one of those buses",
        "libvirt qemu_validate.c",
    ),
    Rule(
        "transient-unsupported",
        Severity.ERROR,
        frozenset({Hypervisor.OTHER}),
        _refusing_driver,
        "libvirt's {detail} driver refuses disks that discard their writes",
        "keep its writes",
        "libvirt xen_xl.c, libxl_conf.c, vz_utils.c",
    ),
    Rule(
        "transient-limits",
        Severity.INFO,
        _QEMU,
        on_each_disk(lambda disk: "" if _discarding_in_xml(disk) else None),
        "a disk that discards its writes blocks migration, block jobs and snapshots of the VM",
        "know it before you plan those",
        "libvirt formatdomain, transient",
    ),
    Rule(
        "not-in-snapshots",
        Severity.WARNING,
        VMWARE,
        on_each_disk(lambda disk: _has_mode(disk, Mode.INDEPENDENT_PERSISTENT)),
        "snapshot-based backups skip this disk",
        "confirm that is meant, and back it up another way",
        "IBM Spectrum Protect: by default a VM with an independent disk is not backed up",
    ),
    Rule(
        "writes-discarded",
        Severity.WARNING,
        VMWARE,
        on_each_disk(lambda disk: _has_mode(disk, Mode.INDEPENDENT_NONPERSISTENT)),
        "the disk forgets what was written to it at power-off, and backups skip it",
        "confirm that is meant; such a VM cannot be moved by Storage vMotion either",
        "vSphere API, VirtualDiskMode; vSphere Storage vMotion requirements",
    ),
    Rule(
        "controller-absent",
        Severity.INFO,
        VMWARE,
        on_each_disk(lambda disk: None if disk.controller_present else ""),
        "its controller is not present, so the hypervisor ignores the disk",
        "set the controller's present key to TRUE, or remove the disk",
        "libvirt vmx.c",
    ),
)

BY_ID = {rule.id: rule for rule in RULES}
