"""Disks of a VMX as ``<disk>`` elements.

Source: libvirt's VMX driver for what makes a drive a CD-ROM, a raw device or empty; libvirt's formatdomain
for the elements. The policy's words are those of the chosen spelling.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from tui.convert.paths import domain_path
from tui.convert.releases import has_nvme
from tui.convert.results import Severity
from tui.convert.vmx_places import PLACES, exists
from tui.convert.vmx_reader import VmxReader
from tui.convert.xml_writer import XmlWriter
from tui.disks import (
    MODES,
    MULTI_WRITER,
    UNSUPPORTED,
    Device,
    Disk,
    Preset,
    Spelling,
    UnitAddress,
    parse_mode,
    target_name,
)
from tui.disks.targets import reads_back, unique_targets
from tui.formats.spellings import PolicyWords, spelt
from tui.formats.vmx_disks import ANY_DRIVE, EMPTY_BACKING, HOST_CDROMS

_EMPTY = ("", EMPTY_BACKING.lower())
# On Windows a drive of the host, whatever the device's type says.
_DRIVE_LETTER = re.compile(r"[A-Za-z]:\\?", re.ASCII)
# Device types that say no more than the bus and the file's name do.
_PLAIN_TYPES = ("", "disk", "harddisk", "scsi-harddisk", "ata-harddisk", "nvme-harddisk")


class Medium(NamedTuple):
    """What is in a drive: libvirt's ``type`` and ``device``, the source ("" for none).

    ``any_drive``: whichever drive of the host there is, none at all included.
    """

    kind: str
    device: str
    source: str
    any_drive: bool = False


def write_disks(
    vm: VmxReader, out: XmlWriter, written: list[Disk], order: Mapping[str, int]
) -> dict[int, range]:
    """Every disk and drive the hypervisor would see; gives the lines of each by index.

    ``order`` is the boot order by VMX device.
    """
    targets = _targets(vm, written)
    lines: dict[int, range] = {}
    for disk in written:
        first = out.line
        if targets[disk.index] != disk.target:
            disk = replace(disk, target=targets[disk.index])  # noqa: PLW2901 - the same disk under its new name
        if disk.place is not None:
            _write_disk(vm, out, disk, disk.place, order.get(str(disk.place)))
        lines[disk.index] = range(first, out.line)
    return lines


def seen_disks(vm: VmxReader) -> list[Disk]:
    """The disks and drives the hypervisor sees; why it does not see another goes to the report."""
    return [
        disk for disk in vm.document.disks if disk.place and _is_seen(vm, disk, disk.place, str(disk.place))
    ]


def _targets(vm: VmxReader, disks: list[Disk]) -> dict[int, str]:
    """No two alike; but in a datastore, where nothing else is asked for, as libvirt's ESX driver shows them.

    It counts SCSI and SATA disks apart, so both begin with sda (libvirt's pair esx-in-the-wild-8): the
    document is then equal to what ``virsh dumpxml`` prints, and it is said that no libvirt defines it.
    """
    unique = unique_targets(disks, reads_back)
    if vm.options.libvirt is not None or not vm.folder.startswith("["):
        return unique
    libvirts = {disk.index: target_name(disk.place) for disk in disks if disk.place is not None}
    for disk in disks:
        if unique[disk.index] != libvirts[disk.index]:
            shared = libvirts[disk.index]
            why = f"another disk has its target {shared} too; --libvirt VERSION gives it one of its own"
            vm.stop(f"{disk.address}.fileName", why, disk.index)
    return libvirts


def _is_seen(vm: VmxReader, disk: Disk, place: UnitAddress, prefix: str) -> bool:
    """Whether the hypervisor sees the disk at all; the reason why not goes to the report."""
    key = f"{prefix}.present"
    vm.mark_converted(key)
    why: tuple[str, Severity] | None = None
    if not disk.controller_present:
        why = "its controller is not present: the hypervisor ignores it", "info"
    elif place.bus in PLACES and not exists(place):
        why = "VMware has no such controller or unit", "error"
    elif vm.flag(f"{prefix}.clientDevice"):
        why = "the drive is on the computer of whoever looks at the console: nothing to convert", "info"
    if why is None:
        return True
    vm.lose(key, *why, disk=disk.index)
    return False


def _write_disk(vm: VmxReader, out: XmlWriter, disk: Disk, place: UnitAddress, order: int | None) -> None:
    prefix = str(place)
    medium = _medium(vm, disk, prefix)
    words = policy_words(vm, disk, prefix, medium.source)
    write_through = medium.device == "disk" and vm.flag(f"{prefix}.writeThrough")
    out.open("disk", {"type": medium.kind, "device": medium.device, **words.attributes})
    if write_through:
        out.empty("driver", {"cache": "writethrough"})
    if medium.any_drive:
        out.empty("source", {"startupPolicy": "optional"})
    elif medium.source:
        out.empty("source", {"file" if medium.kind == "file" else "dev": medium.source})
    out.plain(f"<target dev='{disk.target}' bus='{disk.bus}'/>")
    if disk.device is Device.CDROM or _is_host_cdrom(medium.source):
        out.empty("readonly")
    if _is_shared(vm, prefix):
        out.empty("shareable")
    for name in words.elements:
        out.empty(name)
    if order:
        out.empty("boot", {"order": order})
    if disk.bus == "usb":
        out.plain(f"<address type='usb' bus='0' port='{place.unit + 1}'/>")
    else:
        out.plain(_address(place))
    out.close()
    _report_stops(vm, medium, prefix, disk)


def _report_stops(vm: VmxReader, medium: Medium, prefix: str, disk: Disk) -> None:
    if disk.bus == "nvme" and not has_nvme(vm.options.libvirt):
        vm.stop(f"{prefix}.present", "libvirt knows the bus nvme from 11.5 on only", disk.index)
    if (medium.kind, medium.device, medium.source) == ("file", "disk", ""):
        vm.stop(f"{prefix}.fileName", "libvirt takes no disk without a file", disk.index)
    if (medium.device, medium.source, medium.any_drive) == ("lun", "", False):
        why = "libvirt takes no device passed through (lun) that names no device of the host"
        vm.stop(f"{prefix}.deviceType", why, disk.index)


def _address(place: UnitAddress) -> str:
    """The two IDE channels are buses of one controller; elsewhere each controller has one bus."""
    controller, bus = (0, place.controller) if place.bus == "ide" else (place.controller, 0)
    return f"<address type='drive' controller='{controller}' bus='{bus}' target='0' unit='{place.unit}'/>"


def _is_host_cdrom(name: str) -> bool:
    return name.startswith(HOST_CDROMS)


def _is_shared(vm: VmxReader, prefix: str) -> bool:
    key = f"{prefix}.sharing"
    word = vm.word(key)
    if word not in ("", "sharing-none", "none", MULTI_WRITER):
        vm.lose(key, "a domain XML says whether a disk is shared, not how")
    return word == MULTI_WRITER


# What is in the drive


def _medium(vm: VmxReader, disk: Disk, prefix: str) -> Medium:
    name = vm.text(f"{prefix}.fileName") or ""
    match disk.device:
        case Device.FLOPPY:
            return _floppy(vm, prefix, name)
        case Device.CDROM:
            return _cdrom(vm, disk, prefix, name)
    kind = vm.word(f"{prefix}.deviceType")
    if disk.device is Device.LUN:
        return Medium("block", "lun", "" if name.lower() in _EMPTY else name)
    if kind not in _PLAIN_TYPES:
        why = "a domain XML cannot say how VMware reaches the disk: only its file is named"
        vm.lose(f"{prefix}.deviceType", why, disk=disk.index)
    return Medium("file", "disk", domain_path(name, vm.folder))


def _cdrom(vm: VmxReader, disk: Disk, prefix: str, name: str) -> Medium:
    kind = vm.word(f"{prefix}.deviceType")
    if _is_host_cdrom(name) and kind not in ("atapi-cdrom", "cdrom-raw", "cdrom-image"):
        return Medium("block", "lun", name)
    autodetect = vm.flag(f"{prefix}.autodetect")
    lowered = name.lower()
    if _DRIVE_LETTER.fullmatch(name):
        return Medium("block", "lun" if kind == "cdrom-raw" else "cdrom", name)
    if kind in ("atapi-cdrom", "cdrom-raw") and not lowered.endswith(".iso"):
        any_drive = lowered == ANY_DRIVE or (autodetect and lowered in _EMPTY)
        source = "" if any_drive or lowered in _EMPTY else name
        return Medium("block", "lun" if kind == "cdrom-raw" else "cdrom", source, any_drive)
    if lowered == ANY_DRIVE:
        return Medium("block", "cdrom", "", any_drive=True)
    if kind not in ("", "cdrom-image"):
        why = "the file's name says it is an image, not a drive of the host: the image was taken"
        vm.lose(f"{prefix}.deviceType", why, "warning", disk.index)
    return Medium("file", "cdrom", "" if lowered in _EMPTY else domain_path(name, vm.folder))


def _floppy(vm: VmxReader, prefix: str, name: str) -> Medium:
    kind = vm.word(f"{prefix}.fileType")
    if vm.flag(f"{prefix}.autodetect"):
        vm.lose(f"{prefix}.autodetect", "a domain XML names the floppy drive of the host")
    if kind not in ("", "file", "device"):
        vm.lose(f"{prefix}.fileType", "it is neither file nor device", "error")
    # VMware's default is the host's drive; a name that is an image says otherwise.
    if kind == "file" or (kind != "device" and name.lower().endswith((".flp", ".img", ".ima"))):
        return Medium("file", "floppy", domain_path(name, vm.folder) if name else "")
    return Medium("block", "floppy", name)


# The policy

_spelt = cache(spelt)
_NO_WORDS = PolicyWords()


def policy_words(vm: VmxReader, disk: Disk, prefix: str, source: str) -> PolicyWords:
    """The words for the policy in effect; what a mode says beyond them goes to the report."""
    key = f"{prefix}.mode"
    if not disk.is_disk or _is_host_cdrom(source):
        return _NO_WORDS
    vm.mark_converted(key, f"{prefix}.redo")
    mode = parse_mode(disk.mode_word or "")
    if mode is None:
        why = "it is no disk mode: the disk is taken to be dependent, as libvirt does"
        vm.lose(key, why, "error", disk.index)
    elif MODES[mode].legacy and vm.options.spelling is Spelling.VMX_MODE:
        return PolicyWords(snapshot_mode=mode.value)
    elif MODES[mode].legacy:
        why = "an outdated mode: only whether it takes part in snapshots and keeps writes is said"
        vm.lose(key, why, "warning", disk.index)
    words = _spelt(disk.policy, vm.options.spelling)
    if words.transient and disk.policy == UNSUPPORTED and vm.options.kvm is None:
        # Alone it would read as independent-nonpersistent in a vmware domain.
        return words._replace(snapshot=words.snapshot or Preset.EXTERNAL.value)
    return words
