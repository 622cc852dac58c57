"""Which line of a VMX says what: made of its keys alone, once for all files with the same keys in a row.

The machines of one fleet, and one file before and after the edit of a value, mostly have the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from tui.cached import cached_property
from tui.disks import UnitAddress

_UNIT = re.compile(r"(?:(scsi|sata|ide|nvme)(\d{1,3}):|(usb_xhci|usb):|(floppy))(\d{1,3})", re.ASCII)
_CONTROLLER = re.compile(r"(scsi|sata|ide|nvme)(\d{1,3})\.present", re.ASCII)
_BUSES = ("scsi", "sata", "ide", "nvme", "usb_xhci", "usb", "floppy")
# Keys of a larger file, in letters, are not kept: no fleet has many such, and memory has an end.
_KEPT = 1 << 16


# What only an ESX host or vCenter writes, and what only Workstation, Player or Fusion do; told by 106 real
# files. Those of the third kind stand in files of both, more often in ESX's.
_ESX = re.compile(
    r"ethernet\d+\.(?:networkname|(?:dvs|opaquenetwork)\..*)|vc\.uuid|sched\.cpu\..*|sched\.mem\.(?:min.*|shares)"
)
_HOSTED = re.compile(
    r"ethernet\d+\.connectiontype|gui\..*|sound\.virtualdev|vmx\.allownested|usb\.vbluetooth\..*"
    r"|ulm\.disablemitigations|sharedfolder\d+\..*|hgfs\..*rootshare|unity\..*|hints\..*|managedvm\..*"
    r"|mainmem\..*|prefvmx\..*|memtrimrate|memallowautoscaledown|priority\.(?:un)?grabbed"
    r"|ethernet\d+\.(?:linkstatepropagation\.enable|bsdname|vnet)"
)
_EITHER = re.compile(r"migrate\.hostlog|sched\..*")


# ESXi takes 32 of them (vSphere 8, configuration maximums).
_PCI_DEVICES = tuple(f"pcipassthru{number}.present" for number in range(32))


class DeviceKeys(NamedTuple):
    """The keys of one device on a bus.

    ``name`` is its own, ``scsi0:1``. ``first`` is the line (from 0) on which each of its keys stands first,
    ``lines`` are all that describe it, in the file's order. ``controller`` is the line of its controller's
    ``present`` (None: there is none).
    """

    name: str
    place: UnitAddress
    first: Mapping[str, int]
    lines: tuple[int, ...]
    controller: int | None


class ControllerKeys(NamedTuple):
    """The lines (from 0) on which a controller's keys stand first; None for one that does not."""

    bus: str
    number: int
    present: int | None
    model: int | None
    shared_bus: int | None


class Layout:
    """Where the keys of a file stand; ``keys`` has one for each line, in lower case, or an empty text."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = keys
        self.first = dict(zip(reversed(keys), range(len(keys) - 1, -1, -1), strict=True))
        """The line (from 0) each key stands on first; the last key of the file comes first."""
        self.first.pop("", None)
        self.has_duplicates = len(self.first) != len(keys) - keys.count("")

    @cached_property
    def silent(self) -> tuple[int, ...]:
        """The lines (from 0) that carry no key."""
        return tuple([line for line, key in enumerate(self.keys) if not key])

    @cached_property
    def devices(self) -> tuple[DeviceKeys, ...]:
        """Every device a disk can be, present or not, ordered by bus, controller and unit."""
        found: dict[str, list[tuple[str, int]]] = {}
        for line, key in enumerate(self.keys):
            if ":" in key or key.startswith("floppy"):
                name, _, leaf = key.rpartition(".")
                found.setdefault(name, []).append((leaf, line))
        devices = [
            DeviceKeys(
                name,
                place,
                dict(reversed(leaves)),
                tuple(line for _, line in leaves),
                self.first.get(f"{_controller_name(place)}.present"),
            )
            for name, leaves in found.items()
            if (place := _place_of(name)) is not None
        ]
        return tuple(sorted(devices, key=lambda one: _order(one.place)))

    @cached_property
    def pci_devices(self) -> tuple[str, ...]:
        """The keys that say whether a PCI device of the host is passed through."""
        return tuple([key for key in _PCI_DEVICES if key in self.first])

    @cached_property
    def esx_lines(self) -> tuple[int, ...]:
        """The lines (from 0) of the keys that only an ESX host or vCenter gives a value."""
        return self._lines_of(_ESX)

    @cached_property
    def hosted_lines(self) -> tuple[int, ...]:
        """The lines (from 0) of the keys that only Workstation, Player or Fusion give a value."""
        return self._lines_of(_HOSTED)

    @cached_property
    def either_lines(self) -> tuple[int, ...]:
        """The lines (from 0) of the keys that an ESX host writes more often than the others do."""
        return self._lines_of(_EITHER)

    def _lines_of(self, telling: re.Pattern[str]) -> tuple[int, ...]:
        return tuple([line for line, key in enumerate(self.keys) if telling.fullmatch(key)])

    @cached_property
    def controllers(self) -> tuple[ControllerKeys, ...]:
        """Every controller with a ``present`` key, in the file's order."""
        matches = (_CONTROLLER.fullmatch(key) for key in dict.fromkeys(self.keys))
        return tuple([self._controller(match[1], int(match[2])) for match in matches if match is not None])

    def _controller(self, bus: str, number: int) -> ControllerKeys:
        first, name = self.first.get, f"{bus}{number}"
        return ControllerKeys(
            bus, number, first(f"{name}.present"), first(f"{name}.virtualdev"), first(f"{name}.sharedbus")
        )


def _place_of(name: str) -> UnitAddress | None:
    match = _UNIT.fullmatch(name)
    if match is None:
        return None
    place = UnitAddress(match[1] or match[3] or match[4], int(match[2] or 0), int(match[5]))
    # "scsi00:1" is another name than "scsi0:1", and no product reads it.
    return place if name == str(place) else None


def _controller_name(place: UnitAddress) -> str:
    return place.bus if place.bus.startswith("usb") else f"{place.bus}{place.controller}"


def _order(place: UnitAddress) -> tuple[int, int, int]:
    return _BUSES.index(place.bus), place.controller, place.unit


def layout_of(keys: str) -> Layout:
    """The layout of keys in lower case, one to a line of ``keys``, empty where a line carries none."""
    return _kept(keys) if len(keys) < _KEPT else Layout(keys.split("\n"))


@lru_cache(maxsize=128)
def _kept(keys: str) -> Layout:
    return Layout(keys.split("\n"))
