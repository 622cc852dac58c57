"""Where a VMX can hold the disks of a domain: an address for each, taken or found.

Source: libvirt's VMX driver for what a target's name means; VMware's configuration maximums for the places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from typing import TYPE_CHECKING

from tui.convert.domain_reader import DomainReader
from tui.disks import Disk, UnitAddress
from tui.disks.targets import made_up, target_index

if TYPE_CHECKING:
    from lxml import etree

USB = "usb_xhci"
# How many controllers VMware has of a bus, and places on each.
PLACES = {"scsi": (4, 65), "sata": (4, 30), "ide": (2, 2), "nvme": (4, 64), "floppy": (1, 2), USB: (1, 16)}
_SCSI_OWN_UNIT = 7
# Those above need hardware version 14: no disk is put there without being asked for.
_UNITS_OF_ANY_VERSION = 16
# How many targets libvirt counts on each controller (sda to sdo on the first).
_UNITS = {"scsi": 15, "sata": 30, "ide": 2, "floppy": 2, USB: 16}
# A domain's bus: VMware's.
_BUSES = {"scsi": "scsi", "sata": "sata", "ide": "ide", "nvme": "nvme", "fdc": "floppy", "usb": USB}
_NVME_TARGET = re.compile(r"nvme(\d{1,3})n(\d{1,3})", re.ASCII)


def exists(place: UnitAddress) -> bool:
    """Whether VMware has this place, on any hardware version; SCSI unit 7 is the controller itself."""
    if place.bus not in PLACES:
        return False
    controllers, units = PLACES[place.bus]
    own = place.bus == "scsi" and place.unit == _SCSI_OWN_UNIT
    return place.controller < controllers and place.unit < units and not own


def places_of(domain: DomainReader, disks: tuple[Disk, ...]) -> dict[int, UnitAddress]:
    """A place for each disk by ``Disk.index``, no two alike: that which it says, else the first that is free.

    A disk there is no room for is not in it, and reported; so is one that is put elsewhere than it says.
    """
    elements = domain.element.findall("devices/disk")
    of_vmware = domain.element.get("type") == "vmware"
    places: dict[int, UnitAddress] = {}
    taken: set[UnitAddress] = set()
    homeless: list[Disk] = []
    for disk in disks:
        place = _stated(disk, elements[disk.index], of_vmware=of_vmware)
        if place is not None and place not in taken:
            places[disk.index] = place
            taken.add(place)
        else:
            homeless.append(disk)
    for disk in homeless:
        free = _free_place(domain, disk, elements[disk.index], taken)
        if free is not None:
            places[disk.index] = free
            taken.add(free)
    return places


def _free_place(
    domain: DomainReader, disk: Disk, element: etree._Element, taken: Set[UnitAddress]
) -> UnitAddress | None:
    """The first place of the disk's bus that is not taken, or None; which of both goes to the report."""
    bus = _BUSES.get(disk.bus, "scsi")
    free = next((place for place in _all(bus) if place not in taken), None)
    if free is None:
        domain.lose(element, f"there is no {bus} place left for it", "error", disk.target, disk.index)
    elif disk.bus not in _BUSES:
        why = f"VMware has no {disk.bus or 'such'} disks: put at {free}, for which the guest needs a driver"
        domain.lose(element, why, "warning", disk.target, disk.index)
    elif bus != USB:
        why = f"VMware has no such place for it, or another disk is there: it is put at {free}"
        domain.lose(element, why, "error", disk.target, disk.index)
    return free


def _stated(disk: Disk, element: etree._Element, *, of_vmware: bool) -> UnitAddress | None:
    """The place the address says, else the one the target's name means; None where VMware has it not."""
    bus = _BUSES.get(disk.bus)
    if bus is None:
        return None
    named = _named(bus, disk.target)
    addressed = disk.place or _other_address(element, bus)
    place = addressed or named
    if addressed and bus == "sata" and of_vmware and made_up(addressed, disk.target):
        place = named
    return place if place is not None and exists(place) else None


def _all(bus: str) -> Iterator[UnitAddress]:
    controllers, units = PLACES[bus]
    units = min(units, _UNITS_OF_ANY_VERSION)
    places = (
        UnitAddress(bus, controller, unit) for controller in range(controllers) for unit in range(units)
    )
    return (place for place in places if exists(place))


def _named(bus: str, target: str) -> UnitAddress | None:
    if bus == "nvme":
        match = _NVME_TARGET.fullmatch(target)
        return UnitAddress(bus, int(match[1]), int(match[2]) - 1) if match and int(match[2]) else None
    index = target_index(target)
    if index is None:
        return None
    controller, unit = divmod(index, _UNITS[bus])
    return UnitAddress(bus, controller, unit + (bus == "scsi" and unit >= _SCSI_OWN_UNIT))


def _other_address(element: etree._Element, bus: str) -> UnitAddress | None:
    """The place an address of an NVMe or USB disk says; USB ports count from 1."""
    address = element.find("address")
    if address is None or (bus, address.get("type")) not in (("nvme", "drive"), (USB, "usb")):
        return None
    if bus == USB:
        port = address.get("port", "")
        return UnitAddress(USB, 0, int(port) - 1) if re.fullmatch(r"[1-9][0-9]?", port, re.ASCII) else None
    numbers = [address.get(name, "0") for name in ("controller", "unit")]
    if not all(re.fullmatch(r"[0-9]{1,4}", number, re.ASCII) for number in numbers):
        return None
    return UnitAddress(bus, int(numbers[0]), int(numbers[1]))
