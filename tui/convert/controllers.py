"""Disk controllers.

Source: libvirt's VMX driver for the SCSI models; VMware's hardware version table (KB 1003746) for the buses.
"""

from __future__ import annotations

from tui.convert.vmx_reader import VmxReader
from tui.convert.xml_writer import XmlWriter
from tui.disks import Disk

# VMX virtualDev: the model of a domain XML.
MODELS = {
    "buslogic": "buslogic",
    "lsilogic": "lsilogic",
    "lsisas1068": "lsisas1068",
    "pvscsi": "vmpvscsi",
}
VIRTUAL_DEVICES = {model: device for device, model in MODELS.items()}
# The order in which libvirt lists them: those its VMX driver adds first, then what the disks imply.
_LISTED = ("scsi", "sata", "nvme", "fdc", "ide")
_ALL_ON_ONE = ("fdc", "ide")


def write_controllers(vm: VmxReader, out: XmlWriter, disks: list[Disk]) -> None:
    """The controllers that ``disks`` need, from 0 to the last one in use of each bus."""
    last: dict[str, int] = {}
    for disk in disks:
        if disk.place is not None:
            number = 0 if disk.bus in _ALL_ON_ONE else disk.place.controller
            last[disk.bus] = max(last.get(disk.bus, 0), number)
    for bus in _LISTED:
        for number in range(last.get(bus, -1) + 1):
            model = _model(vm, number) if bus == "scsi" else None
            vm.said(f"{bus}{number}.present")
            out.empty("controller", {"type": bus, "index": number, "model": model})


def _model(vm: VmxReader, number: int) -> str | None:
    if not vm.flag(f"scsi{number}.present"):
        return None
    key = f"scsi{number}.virtualDev"
    word = vm.word(key)
    if word and word not in MODELS:
        vm.lose(key, "VMware has no such SCSI controller", "error")
    return MODELS.get(word)
