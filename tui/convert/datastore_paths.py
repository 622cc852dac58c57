"""Where a VMX can hold the disks of a domain: an address for each, taken or found.

Source: libvirt's VMX driver for what a target's name means; VMware's configuration maximums for the places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui.convert.domain_reader import DomainReader
from tui.disks import Disk, UnitAddress
from tui.disks.targets import made_up, target_index

if TYPE_CHECKING:
    from lxml import etree

# How many controllers VMware has of a bus, and places on each.
USB = "usb_xhci"
PLACES = {"scsi": (4, 65), "sata": (4, 30), "ide": (2, 2), "nvme": (4, 64), "floppy": (1, 2), USB: (1, 16)}
_SCSI_OWN_UNIT = 7
_UNITS = {"scsi": 15, "sata": 30, "ide": 2, "floppy": 2, USB: 16}
_BUSES = {"scsi": "scsi", "sata": "sata", "ide": "ide", "nvme": "nvme", "fdc": "floppy", "usb": USB}
_NVME_TARGET = re.compile(r"nvme(\d{1,3})n(\d{1,3})", re.ASCII)


def exists(place: UnitAddress) -> bool:
    """Whether VMware has this place, on any hardware version; SCSI unit 7 is the controller itself."""
    if place.bus not in PLACES:
        return False
    controllers, units = PLACES[place.bus]
    own = place.bus == "scsi" and place.unit == _SCSI_OWN_UNIT
    return place.controller < controllers and place.unit < units and not own


class Places:
    """The places taken so far; ``of`` gives each disk its own."""

    def __init__(self, domain: DomainReader) -> None:
        self._domain = domain
        self._vmware = domain.element.get("type") == "vmware"
        self._elements = domain.element.findall("devices/disk")

    def of(self, disks: tuple[Disk, ...]) -> dict[int, UnitAddress]:
        """A place by ``Disk.index``; a disk there is no room for is not in it, and reported."""
        places: dict[int, UnitAddress] = {}
        taken: set[UnitAddress] = set()
        homeless: list[Disk] = []
        for disk in disks:
            place = self._stated(disk)
            if place is not None and place not in taken:
                places[disk.index] = place
                taken.add(place)
            else:
                homeless.append(disk)
        for disk in homeless:
            self._house(disk, places, taken)
        return places

    def _house(self, disk: Disk, places: dict[int, UnitAddress], taken: set[UnitAddress]) -> None:
        bus = _BUSES.get(disk.bus, "scsi")
        free = next((place for place in _all(bus) if place not in taken), None)
        element = self._elements[disk.index]
        if free is None:
            self._domain.lose(
                element, f"there is no {bus} place left for it", "error", disk.target, disk.index
            )
            return
        if disk.bus not in _BUSES:
            why = (
                f"VMware has no {disk.bus or 'such'} disks: put at {free}, for which the guest needs a driver"
            )
            self._domain.lose(element, why, "warning", disk.target, disk.index)
        elif bus != USB:
            why = f"VMware has no such place for it, or another disk is there: it is put at {free}"
            self._domain.lose(element, why, "error", disk.target, disk.index)
        places[disk.index] = free
        taken.add(free)

    def _stated(self, disk: Disk) -> UnitAddress | None:
        """The place the address says, else the one the target's name means; None where VMware has it not."""
        bus = _BUSES.get(disk.bus)
        if bus is None:
            return None
        named = _named(bus, disk.target)
        addressed = disk.place or _other_address(self._elements[disk.index], bus)
        place = addressed or named
        if addressed and bus == "sata" and self._vmware and made_up(addressed, disk.target):
            place = named
        return place if place is not None and exists(place) else None


def _all(bus: str) -> Iterator[UnitAddress]:
    controllers = PLACES[bus][0]
    # Units above 15 need hardware version 14: no disk is put there without being asked for.
    units = min(PLACES[bus][1], 16)
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
