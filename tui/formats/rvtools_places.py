"""Where a disk of an RVTools export is: its controller, as vCenter labels it, and its unit there."""

from __future__ import annotations

import re

from tui.disks import Controller, UnitAddress
from tui.formats.rvtools_tables import TableRow

# "SCSI controller 0", "SCSI-Controller 0", "IDE 1", "NVME controller 0": vCenter labels in its own language.
_LABEL = re.compile(r"(scsi|sata|ahci|ide|nvme)\D*(\d{1,3})\s*$", re.IGNORECASE)
_BUSES = {"ahci": "sata"}
_MODELS = (
    ("paravirtual", "pvscsi"),
    ("lsi logic sas", "lsisas1068"),
    ("lsi logic", "lsilogic"),
    ("buslogic", "buslogic"),
)
_SHARED = {"nosharing": "none", "virtualsharing": "virtual", "physicalsharing": "physical"}
_LABELS = ("label", "scsilabel", "controller")


def _bus_of(row: TableRow) -> tuple[str, int] | None:
    for name in _LABELS:
        found = _LABEL.search(row.text(name))
        if found is not None:
            bus = found[1].lower()
            return _BUSES.get(bus, bus), int(found[2])
    return None


def place_of(row: TableRow) -> UnitAddress | None:
    """The disk's address, where its controller's label and its unit tell it."""
    bus = _bus_of(row)
    unit = row.number("unit#", "scsiunit#", "unitnumber")
    return None if bus is None or unit is None or not 0 <= unit < 256 else UnitAddress(*bus, unit)


def controller_of(row: TableRow) -> Controller | None:
    """The controller the disk is on, and how it shares its bus."""
    bus = _bus_of(row)
    if bus is None:
        return None
    kind = row.text("controller").lower()
    model = next((word for name, word in _MODELS if name in kind), "")
    shared = row.text("sharedbus").lower()
    return Controller(*bus, model, _SHARED.get(shared, shared))
