"""The disks of a VMX document: which keys make one, and what their values say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tui.disks import MODES, Controller, Device, Disk, Mode, Policy, Signs, UnitAddress, parse_mode
from tui.disks.targets import targets_at, with_target
from tui.formats.vmx_layout import ControllerKeys, DeviceKeys
from tui.formats.vmx_syntax import VmxText

_LIBVIRT_BUS = {"floppy": "fdc", "usb_xhci": "usb"}
# A device of these buses exists without a controller's own "present" key.
_WITHOUT_CONTROLLER_KEY = ("ide", "floppy")
# vmx.c, virVMXParseDisk: what makes a device a CD-ROM.
_CDROM_TYPES = ("cdrom-image", "atapi-cdrom", "cdrom-raw")
# What a drive's fileName says in place of a file, in any letter case: nothing is in it; any host drive.
EMPTY_BACKING, ANY_DRIVE = "emptyBackingString", "auto detect"
# Where an ESX host has its CD-ROM drives.
HOST_CDROMS = "/vmfs/devices/cdrom/"
_NO_FILE = EMPTY_BACKING.lower()
_CDROM_FILES = (_NO_FILE, ANY_DRIVE)
_DISK_TYPES = (
    "",
    "disk",
    "scsi-harddisk",
    "ata-harddisk",
    "harddisk",
    "nvme-harddisk",
    "scsi-nonpassthru-rdm",
)
# Where only an ESX host has files, and how only a desktop product writes a path.
_ESX_PATH = re.compile(r"/vmfs/")
_HOSTED_PATH = re.compile(r"[A-Za-z]:[\\/]|\.\\|\\\\|/(?:Users|home|Volumes|Applications)/")
_HOSTED_FOLDERS = (b"Users", b"home", b"Volumes", b"Applications")
# The one key that holds several paths, with semicolons between them.
_SEARCH_PATH = "filesearchpath"
# Keys whose values are the guest's, or a person's, and no path of the host.
_FREE_TEXT = ("guestinfo.", "annotation", "displayname")

_WITH_MODE = (Device.DISK, Device.LUN)

NONE_KNOWN: Mapping[UnitAddress, Disk] = {}

CDROM_REASON = "a CD-ROM drive holds no data of the VM and is never part of a snapshot"
FLOPPY_REASON = "a floppy drive is never part of a snapshot"
NO_FILE_REASON = "no disk file is attached to it"
OTHER_REASON = "it is no virtual disk (.vmdk) but a device of the host"
UNNAMED_REASON = "its file is no virtual disk by its name, which does not end in .vmdk"


Read = tuple[tuple[Disk, ...], tuple[tuple[int, ...], ...]]


def read_disks(
    document: VmxText, duplicates: Mapping[str, str], known: Mapping[UnitAddress, Disk] = NONE_KNOWN
) -> Read:
    """The present disks and drives of ``document``, and the lines (from 0) that describe each.

    ``duplicates`` are the keys that lock one, with why. ``known`` disks are taken as they are.
    """
    attached = [one for keys in document.layout.devices if (one := _attached_by(document, keys)) is not None]
    targets = targets_at(tuple([one.keys.place for one in attached]))
    disks = [
        with_target(known[one.keys.place], target)
        if one.keys.place in known
        else _disk_of(document, one, index, target, _ambiguous(one.keys, duplicates))
        for index, (one, target) in enumerate(zip(attached, targets, strict=True))
    ]
    return tuple(disks), tuple([one.keys.lines for one in attached])


class _Attached(NamedTuple):
    """What the keys of a present device say it is: ``kind`` is its ``deviceType`` in lower case."""

    keys: DeviceKeys
    device: Device
    source: str
    kind: str


def _attached_by(document: VmxText, keys: DeviceKeys) -> _Attached | None:
    """What is at a place of the machine; None for an absent device, and for one that is no disk or drive."""
    first, value_on = keys.first, document.value_on
    if not _says_true(document, first.get("present")):
        return None
    file, kind_line = first.get("filename"), first.get("devicetype")
    source = "" if file is None else value_on(file)
    kind = "" if kind_line is None else value_on(kind_line).lower()
    device = _device_of(keys.place, kind, source.lower())
    return None if device is None else _Attached(keys, device, source, kind)


def _ambiguous(keys: DeviceKeys, duplicates: Mapping[str, str]) -> str | None:
    if not duplicates:
        return None
    return duplicates.get(f"{keys.name}.mode") or duplicates.get(f"{keys.name}.filename")


def _device_of(place: UnitAddress, kind: str, source: str) -> Device | None:
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
    return source.startswith(HOST_CDROMS)


def _lock_of(device: Device, source: str) -> str | None:
    match device:
        case Device.CDROM:
            return CDROM_REASON
        case Device.FLOPPY:
            return FLOPPY_REASON
    if not source:
        return NO_FILE_REASON
    if not source.endswith(".vmdk"):
        return OTHER_REASON if device is Device.LUN else UNNAMED_REASON
    return None


def _shown_policy(device: Device, word: str | None) -> Policy:
    if device not in _WITH_MODE:
        return Policy(snapshot=False, persistent=True)
    mode = parse_mode(word or "")
    # An unknown word is read as libvirt reads it: as the default. The finding says so.
    return MODES[mode or Mode.PERSISTENT].policy


def _disk_of(document: VmxText, attached: _Attached, index: int, target: str, ambiguous: str | None) -> Disk:
    keys, device, source, kind = attached
    place, first = keys.place, keys.first
    small, mode, sharing = source.lower(), first.get("mode"), first.get("sharing")
    word = None if mode is None or device not in _WITH_MODE else document.value_on(mode)
    return Disk(
        index=index,
        place=place,
        target=target,
        device=device,
        bus=_LIBVIRT_BUS.get(place.bus, place.bus),
        source="" if small == _NO_FILE else source,
        policy=_shown_policy(device, word),
        file_format="vmdk" if small.endswith(".vmdk") else None,
        mode_word=word,
        snapshot_said=word is not None,
        vmx_modes=True,
        read_only=device is Device.CDROM,
        device_type=kind,
        sharing="" if sharing is None else document.value_on(sharing).lower(),
        tracked=_says_true(document, first.get("ctkenabled")),
        controller_present=place.bus in _WITHOUT_CONTROLLER_KEY or _says_true(document, keys.controller),
        locked=_lock_of(device, small) or ambiguous,
    )


def _says_true(document: VmxText, line: int | None) -> bool:
    return line is not None and document.value_on(line).lower() == "true"


def read_controllers(document: VmxText) -> tuple[Controller, ...]:
    """The present controllers of ``document`` that disks can be on, in the file's order."""
    return tuple(
        [
            _controller_of(document, keys)
            for keys in document.layout.controllers
            if _says_true(document, keys.present)
        ]
    )


def _controller_of(document: VmxText, keys: ControllerKeys) -> Controller:
    bus, number, _, model, shared_bus = keys
    return Controller(
        bus,
        number,
        "" if model is None else document.value_on(model).lower(),
        "" if shared_bus is None else document.value_on(shared_bus).lower(),
        None if shared_bus is None else shared_bus + 1,
    )


def read_signs(document: VmxText) -> Signs:
    """What in ``document`` tells which product wrote it, each as the file spells it."""
    layout = document.layout
    return Signs(
        esx=_first_with_a_value(document, layout.esx_lines)
        or _path_sign(document, _ESX_PATH, _may_hold_esx_path),
        hosted=_first_with_a_value(document, layout.hosted_lines)
        or _path_sign(document, _HOSTED_PATH, _may_hold_hosted_path),
        either=_first_with_a_value(document, layout.either_lines),
    )


def _first_with_a_value(document: VmxText, lines: Sequence[int]) -> str | None:
    return next((document.name_on(line) for line in lines if document.value_on(line).strip()), None)


def _path_sign(document: VmxText, path: re.Pattern[str], may_hold: Callable[[bytes], bool]) -> str | None:
    """The first key whose value is such a path. Most files hold none; an escape may spell any letter."""
    if not (b"|" in document.data or may_hold(document.data)):
        return None
    for line, key in enumerate(document.layout.keys):
        if not key or key.startswith(_FREE_TEXT):
            continue
        value = document.value_on(line)
        for one in map(str.strip, value.split(";")) if key == _SEARCH_PATH else (value,):
            if match := path.match(one):
                return f"{document.name_on(line)} under {match[0]}"
    return None


def _may_hold_esx_path(data: bytes) -> bool:
    return b"/vmfs/" in data


def _may_hold_hosted_path(data: bytes) -> bool:
    """Looked for between its few slashes: a search for each mark takes as long as reading the lines does."""
    if b"\\" in data:
        return True
    parts = data.split(b"/")
    drives = any(part.endswith(b":") for part in parts[:-1])
    return drives or any(part.startswith(_HOSTED_FOLDERS) for part in parts[1:])
