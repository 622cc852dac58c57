"""Disks and controllers of a domain as VMX keys.

Source: libvirt's VMX driver for the keys and device types; open-vm-tools and the vSphere API for what VMware
reads beyond them (SATA, NVMe, ``sharing``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from tui.convert.controllers import VIRTUAL_DEVICES
from tui.convert.domain_reader import DomainReader
from tui.convert.guests import guest_of, is_foreign
from tui.convert.paths import folder_of, vmx_path
from tui.convert.results import Severity
from tui.convert.vmx_places import USB
from tui.convert.vmx_writer import VmxWriter
from tui.disks import MODES, MULTI_WRITER, UNSUPPORTED, Device, Disk, Mode, Preset, UnitAddress, mode_of
from tui.formats.vmx_disks import ANY_DRIVE, EMPTY_BACKING, HOST_CDROMS

if TYPE_CHECKING:
    from lxml import etree

_HARD_DISKS = {"scsi": "scsi-hardDisk", "ide": "ata-hardDisk", "sata": "ata-hardDisk"}
_HOST_DEVICES = "/vmfs/devices/"
_CONTROLLER_DEFAULT = "lsilogic"
_FLOPPIES = 2
# How the image of a medium in a drive is called.
_IMAGES_OF = {Device.CDROM: "iso", Device.FLOPPY: "flp"}
_CONTROLLERS = 4
# What a domain may say of a drive as of a disk; by attribute what is a drive's anyway (None: nothing is).
_WORDS_OF_DISKS = ("transient", "shareable", "nosnapshot", "nonpersistent")
_USUAL_OF_DRIVES = {"snapshot": "no", "persistent": "yes", "snapshot_mode": None}


class _Placed(NamedTuple):
    """A disk, its element in the domain, and its place in the VMX."""

    disk: Disk
    element: etree._Element
    place: UnitAddress


# Controllers


def format_controllers(
    domain: DomainReader, out: VmxWriter, disks: tuple[Disk, ...], places: Mapping[int, UnitAddress]
) -> bool:
    """The controllers that hold a disk; gives whether one of them sits on PCI Express."""
    used = {(place.bus, place.controller) for place in places.values()}
    for number in range(_CONTROLLERS):
        if ("scsi", number) in used:
            out.flag(f"scsi{number}.present", value=True)
            device = _virtual_device(domain, number, disks, places)
            if device:
                out.key(f"scsi{number}.virtualDev", device)
    for bus in ("sata", "nvme"):
        for number in range(_CONTROLLERS):
            if (bus, number) in used:
                out.flag(f"{bus}{number}.present", value=True)
    if (USB, 0) in used:
        out.flag(f"{USB}.present", value=True)
    return any(bus in ("scsi", "nvme") for bus, _ in used)


def _virtual_device(
    domain: DomainReader, number: int, disks: tuple[Disk, ...], places: Mapping[int, UnitAddress]
) -> str | None:
    controller = domain.controllers.get("scsi", {}).get(number)
    model = None if controller is None else controller.get("model")
    model = _model_of_drivers(domain, number, places, model)
    moved = any(
        places[disk.index].controller == number and disk.bus != "scsi"
        for disk in disks
        if disk.index in places and places[disk.index].bus == "scsi"
    )
    foreign = is_foreign(domain)
    usual = guest_of(domain).controller if foreign else _CONTROLLER_DEFAULT
    if model is None:
        return usual if moved or foreign else None
    if model not in VIRTUAL_DEVICES or (foreign and _has_no_driver(domain, model)):
        if controller is not None:
            why = f"VMware has no such SCSI controller, or the guest no driver for it: it becomes {usual}"
            severity: Severity = "info" if model == "auto" else "warning"
            domain.lose(controller, why, severity, model)
        return usual
    return VIRTUAL_DEVICES[model]


def _has_no_driver(domain: DomainReader, model: str) -> bool:
    """Windows has had no driver for the old parallel controllers since Vista's successors."""
    return guest_of(domain).windows and model in ("lsilogic", "buslogic")


def _model_of_drivers(
    domain: DomainReader, number: int, places: Mapping[int, UnitAddress], found: str | None
) -> str | None:
    """The model as old domains say it, in the ``<driver name=>`` of a disk, where ``found`` is none yet."""
    for index, element in enumerate(domain.element.iterfind("devices/disk")):
        place = places.get(index)
        driver = element.find("driver")
        name = "" if driver is None else (driver.get("name") or "").lower()
        if driver is None or place is None or (place.bus, place.controller) != ("scsi", number):
            continue
        if name not in VIRTUAL_DEVICES:
            continue
        if found is not None and found != name:
            domain.lose(driver, f"the controller is a {found} already", "error", name, index)
        found = found or name
    return found


# Disks


def format_disks(
    domain: DomainReader, out: VmxWriter, disks: tuple[Disk, ...], places: Mapping[int, UnitAddress]
) -> dict[int, range]:
    """Every disk that has a place, and the floppy drives there are not; gives the lines of each disk."""
    lines: dict[int, range] = {}
    elements = domain.element.findall("devices/disk")
    for disk in disks:
        place = places.get(disk.index)
        if place is None:
            continue
        first = out.line
        placed = _Placed(disk, elements[disk.index], place)
        if place.bus == "floppy":
            _format_floppy(domain, out, placed)
        else:
            _format_disk(domain, out, placed)
        lines[disk.index] = range(first, out.line)
    present = {place.unit for place in places.values() if place.bus == "floppy"}
    for unit in range(_FLOPPIES):
        if unit not in present:
            out.flag(f"floppy{unit}.present", value=False)
    return lines


def _format_floppy(domain: DomainReader, out: VmxWriter, placed: _Placed) -> None:
    disk, element, place = placed
    out.flag(f"{place}.present", value=True)
    empty = element.find("source") is None
    out.key(f"{place}.fileType", "device" if disk.source_kind == "block" and not empty else "file")
    if disk.source_kind not in ("file", "block") and not empty:
        _unfinished(domain, out, placed)
    elif disk.source:
        out.key(f"{place}.fileName", _file_name(domain, disk))
    _lose_policy(domain, disk, element)


def _format_disk(domain: DomainReader, out: VmxWriter, placed: _Placed) -> None:
    disk, element, place = placed
    out.flag(f"{place}.present", value=True)
    if disk.device is Device.LUN and is_foreign(domain):
        # A LUN of the host passed through; libvirt's form of a VMX alone calls a raw CD-ROM drive one.
        disk = replace(disk, device=Device.DISK)
        placed = placed._replace(disk=disk)
    kind = _device_type(disk, element, place)
    if kind:
        out.key(f"{place}.deviceType", kind)
    _format_source(domain, out, placed)
    driver = element.find("driver")
    cache = None if driver is None else driver.get("cache")
    if cache == "writethrough" and disk.device is Device.DISK:
        out.flag(f"{place}.writeThrough", value=True)
    elif driver is not None and cache not in (None, "default"):
        domain.lose_attribute(driver, "cache", "a VMX knows write-through only", disk=disk.index)
    if disk.shareable and disk.is_disk:
        out.key(f"{place}.sharing", MULTI_WRITER)
    if disk.is_disk and kind != "cdrom-raw" and not disk.source.startswith(HOST_CDROMS):
        _format_policy(domain, out, placed)
    else:
        _lose_policy(domain, disk, element)


def _device_type(disk: Disk, element: etree._Element, place: UnitAddress) -> str | None:
    match disk.device:
        case Device.CDROM if element.get("device") == "lun":
            passed = place.bus == "scsi" and disk.source.startswith(_HOST_DEVICES)
            return "scsi-passthru" if passed else "cdrom-raw"
        case Device.CDROM:
            # libvirt reads a drive without <source> as one for files, whatever its type.
            in_use = disk.source_kind == "block" and element.find("source") is not None
            return "atapi-cdrom" if in_use else "cdrom-image"
        case Device.LUN:
            passed = place.bus == "scsi" and disk.source.startswith(_HOST_DEVICES)
            return "scsi-passthru" if passed else "cdrom-raw"
    return "disk" if place.bus == USB else _HARD_DISKS.get(place.bus)


def _format_source(domain: DomainReader, out: VmxWriter, placed: _Placed) -> None:
    disk, element, place = placed
    empty = element.find("source") is None
    if disk.device in (Device.CDROM, Device.LUN) and (empty or disk.source_kind in ("file", "block")):
        _format_medium(domain, out, placed)
    elif disk.source_kind == "file" and _is_vmdk(disk):
        out.key(f"{place}.fileName", _file_name(domain, disk))
    else:
        _unfinished(domain, out, placed)


def _format_medium(domain: DomainReader, out: VmxWriter, placed: _Placed) -> None:
    disk, element, place = placed
    source = element.find("source")
    if disk.source:
        out.key(f"{place}.fileName", _file_name(domain, disk))
    elif disk.source_kind == "block" and source is not None and source.get("startupPolicy") == "optional":
        out.flag(f"{place}.autodetect", value=True)
        out.key(f"{place}.fileName", ANY_DRIVE)
    else:
        out.key(f"{place}.fileName", EMPTY_BACKING)


def _file_name(domain: DomainReader, disk: Disk) -> str:
    return vmx_path(disk.source, folder_of(domain.options)) if disk.source_kind == "file" else disk.source


def _is_vmdk(disk: Disk) -> bool:
    return disk.source.lower().endswith(".vmdk") and disk.file_format in (None, "vmdk")


def _unfinished(domain: DomainReader, out: VmxWriter, placed: _Placed) -> None:
    """A line for the user: the VMDK to make, or the image of a medium to fetch, and where from."""
    disk, element, place = placed
    drive = _IMAGES_OF.get(disk.device)
    what = disk.file_format if disk.source_kind == "file" else disk.source_kind
    name = disk.source.replace("\\", "/").rstrip("/").rpartition("/")[2]
    stem = name.rpartition(".")[0] or name or str(place).replace(":", "_")
    suffix, verb = ("vmdk", "make it from") if drive is None else (drive, "fetch it from")
    out.unfinished(
        f"{place}.fileName", f"{stem}.{suffix}", f"{verb} {disk.source or 'nothing'} ({what or 'no VMDK'})"
    )
    source = element.find("source")
    why = "a VMX takes a VMDK file here: convert the disk and finish the line"
    if drive is not None:
        why = "a VMX takes a file of the host here: fetch the image and finish the line"
    elif element.get("device") == "lun":
        why = (
            "a VMX takes a VMDK file here: map the device (vmkfstools -z), or convert it, and finish the line"
        )
    domain.lose(element if source is None else source, why, "warning", disk.source, disk.index)


# The policy


def _format_policy(domain: DomainReader, out: VmxWriter, placed: _Placed) -> None:
    """VMX's word for the policy in effect; none is written for the default."""
    disk, element, place = placed
    said = None if disk.mode_word is None or disk.contradictions else disk.mode
    if said is not None and MODES[said].legacy:
        out.key(f"{place}.mode", said.value)
        domain.lose_attribute(element, "snapshot_mode", "an outdated mode, kept as it is", "info", disk.index)
        return
    if disk.policy == UNSUPPORTED and disk.transient is not None:
        out.key(f"{place}.mode", Mode.INDEPENDENT_NONPERSISTENT.value)
        why = "VMware keeps what is not persistent out of snapshots: it becomes independent-nonpersistent"
        domain.lose(element, why, "warning" if disk.snapshot_said else "info", "", disk.index)
        return
    if disk.policy == UNSUPPORTED:
        why = "in snapshots, yet not persistent: VMware has no mode for that, and none is written"
        domain.lose(element, why, "error", "", disk.index)
        return
    mode = mode_of(disk.policy)
    if mode is not None and mode is not Mode.PERSISTENT:
        out.key(f"{place}.mode", mode.value)
    for why, attribute in _beyond_mode(disk):
        domain.lose_attribute(element, attribute, why, disk=disk.index)
    transient = element.find("transient")
    if transient is not None and disk.transient is not None and disk.transient.share_backing is not None:
        why = "a VMX cannot say how the writes are kept apart"
        domain.lose_attribute(transient, "shareBacking", why, disk=disk.index)
    if disk.contradictions:
        domain.lose(element, f"{disk.contradictions[0]} disagree", "warning", "", disk.index)


def _lose_policy(domain: DomainReader, disk: Disk, element: etree._Element) -> None:
    """What is said of the policy of a drive: VMware has modes for disks only."""
    why = "VMware has no such word for a drive"
    for name in _WORDS_OF_DISKS:
        for word in element.iterfind(name):
            domain.lose(word, why, disk=disk.index)
    for name, usual in _USUAL_OF_DRIVES.items():
        if element.get(name) not in (None, usual):
            domain.lose_attribute(element, name, why, disk=disk.index)


def _beyond_mode(disk: Disk) -> list[tuple[str, str]]:
    """What the file says of the policy beyond the two aspects: why it goes unsaid, and the attribute."""
    beyond = []
    if disk.preset not in (None, Preset.NO):
        beyond.append(("a VMX says that a disk takes part in snapshots, not how", "snapshot"))
    if disk.bad_preset is not None:
        beyond.append(("libvirt knows no such word", "snapshot"))
    if disk.mode_word is not None and disk.mode is None:
        beyond.append(("it is no disk mode", "snapshot_mode"))
    return beyond
