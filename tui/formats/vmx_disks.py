"""The disks of a VMX document: which keys make one, and what their values say."""

from __future__ import annotations

from collections.abc import Mapping

from tui.disks import MODES, Controller, Device, Disk, Mode, Place, Policy, parse_mode
from tui.formats.vmx_layout import DeviceKeys
from tui.formats.vmx_syntax import VmxText

_LIBVIRT_BUS = {"floppy": "fdc", "usb_xhci": "usb"}
# A device of these buses exists without a controller's own "present" key.
_WITHOUT_CONTROLLER_KEY = ("ide", "floppy")
# vmx.c, virVMXParseDisk: what makes a device a CD-ROM.
_CDROM_TYPES = ("cdrom-image", "atapi-cdrom", "cdrom-raw")
_CDROM_FILES = ("emptybackingstring", "auto detect")
_DISK_TYPES = (
    "",
    "disk",
    "scsi-harddisk",
    "ata-harddisk",
    "harddisk",
    "nvme-harddisk",
    "scsi-nonpassthru-rdm",
)
# Where only an ESX host has files.
_ESX_PATH = "/vmfs/"

NONE_KNOWN: Mapping[Place, Disk] = {}

CDROM_REASON = "a CD-ROM drive holds no data of the VM and is never part of a snapshot"
FLOPPY_REASON = "a floppy drive is never part of a snapshot"
NO_FILE_REASON = "no disk file is attached to it"
OTHER_REASON = "it is no virtual disk (.vmdk) but a device of the host"


Read = tuple[tuple[Disk, ...], tuple[tuple[int, ...], ...]]


def read_disks(
    document: VmxText, duplicates: Mapping[str, str], known: Mapping[Place, Disk] = NONE_KNOWN
) -> Read:
    """The present disks and drives of ``document``, and the lines (from 0) that describe each.

    ``duplicates`` are the keys that lock one, with why. ``known`` disks are taken as they are.
    """
    disks: list[Disk] = []
    lines: list[tuple[int, ...]] = []
    for keys in document.layout.devices:
        line = keys.first.get("present")
        if line is None or document.value_on(line).lower() != "true":
            continue
        disk = known.get(keys.place) or _disk_at(document, keys, len(disks), duplicates)
        if disk is not None:
            disks.append(disk)
            lines.append(keys.lines)
    return tuple(disks), tuple(lines)


def _device_of(place: Place, kind: str, source: str) -> Device | None:
    if place.bus == "floppy":
        return Device.FLOPPY
    if source.endswith(".vmdk"):
        return Device.DISK
    if place.bus.startswith("usb"):
        return None  # a hub, a mouse
    if kind in _CDROM_TYPES or source in _CDROM_FILES or source.endswith(".iso") or _is_esx_drive(source):
        return Device.CDROM
    return Device.DISK if kind in _DISK_TYPES else Device.LUN


def _is_esx_drive(source: str) -> bool:
    """Whether it is a CD-ROM drive of an ESX host, passed through to the guest."""
    return source.startswith("/vmfs/devices/cdrom/")


def _lock_of(device: Device, source: str) -> str | None:
    match device:
        case Device.CDROM:
            return CDROM_REASON
        case Device.FLOPPY:
            return FLOPPY_REASON
    if not source:
        return NO_FILE_REASON
    if not source.endswith(".vmdk"):
        return OTHER_REASON
    return None


def _shown_policy(device: Device, word: str | None) -> Policy:
    if device not in (Device.DISK, Device.LUN):
        return Policy(snapshot=False, persistent=True)
    mode = parse_mode(word or "")
    # An unknown word is read as libvirt reads it: as the default. The finding says so.
    return MODES[mode or Mode.PERSISTENT].policy


def _disk_at(document: VmxText, keys: DeviceKeys, index: int, duplicates: Mapping[str, str]) -> Disk | None:
    name, place, target, first, _ = keys

    def value(leaf: str) -> str | None:
        line = first.get(leaf)
        return None if line is None else document.value_on(line)

    source = value("filename") or ""
    small = source.lower()
    kind = (value("devicetype") or "").lower()
    device = _device_of(place, kind, small)
    if device is None:
        return None
    word = value("mode") if device in (Device.DISK, Device.LUN) else None
    ambiguous = duplicates.get(f"{name}.mode") or duplicates.get(f"{name}.filename") if duplicates else None
    return Disk(
        index=index,
        place=place,
        target=target,
        device=device,
        bus=_LIBVIRT_BUS.get(place.bus, place.bus),
        source="" if small == "emptybackingstring" else source,
        policy=_shown_policy(device, word),
        file_format="vmdk" if small.endswith(".vmdk") else None,
        mode_word=word,
        snapshot_said=word is not None,
        vmx_modes=True,
        read_only=device is Device.CDROM,
        device_type=kind,
        sharing=(value("sharing") or "").lower(),
        tracked=(value("ctkenabled") or "").lower() == "true",
        controller_present=_controller_present(document, place),
        locked=_lock_of(device, small) or ambiguous,
    )


def _controller_present(document: VmxText, place: Place) -> bool:
    if place.bus in _WITHOUT_CONTROLLER_KEY:
        return True
    return document.flag(
        f"{place.bus}.present" if place.bus.startswith("usb") else f"{place.bus}{place.controller}.present"
    )


def read_controllers(document: VmxText) -> tuple[Controller, ...]:
    """The present controllers of ``document`` that disks can be on, in the file's order."""
    return tuple(
        [
            _controller_at(document, bus, number)
            for bus, number in document.layout.controllers
            if document.flag(f"{bus}{number}.present")
        ]
    )


def _controller_at(document: VmxText, bus: str, number: int) -> Controller:
    name = f"{bus}{number}"
    line = document.line_of(f"{name}.sharedBus")
    return Controller(
        bus,
        number,
        (document.get(f"{name}.virtualDev") or "").lower(),
        (document.get(f"{name}.sharedBus") or "").lower(),
        None if line is None else line + 1,
    )


def sign_of_esx(document: VmxText) -> str | None:
    """The first key of ``document`` that only an ESX host or vCenter writes, as the file spells it."""
    by_key = document.layout.esx_line
    # Most values are plain text that holds no path; an escape may spell any letter of one.
    if _ESX_PATH.encode() in document.data or b"|" in document.data:
        for line, key in enumerate(document.layout.keys[:by_key]):
            if key and _ESX_PATH in document.value_on(line):
                return f"{document.name_on(line)} under {_ESX_PATH}"
    return None if by_key is None else document.name_on(by_key)
