"""Disk controllers.

Source: libvirt's VMX driver for the SCSI models; VMware's hardware version table (KB 1003746) for the buses.
"""

from __future__ import annotations

from tui.convert.releases import reads_more
from tui.convert.vmx_reader import VmxReader
from tui.convert.xml_writer import Attributes, XmlWriter
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
_WITH_NUMBERS = ("scsi", "sata", "nvme")
# libvirt's word, too, for a controller that the hypervisor chooses.
_ANY = "auto"
_MOST = 4
_MOST_SLOT = (1 << 13) - 1
_ALL_ON_ONE = ("fdc", "ide")


def write_controllers(vm: VmxReader, out: XmlWriter, disks: list[Disk]) -> None:
    """The controllers that ``disks`` need, from 0 to the last one in use of each bus."""
    last: dict[str, int] = {}
    for disk in disks:
        if disk.place is not None:
            number = 0 if disk.bus in _ALL_ON_ONE else disk.place.controller
            last[disk.bus] = max(last.get(disk.bus, 0), number)
    if reads_more(vm.options.libvirt):
        _count_idle(vm, last)
    for bus in _LISTED:
        for number in range(last.get(bus, -1) + 1):
            model = _model(vm, number) if bus == "scsi" else None
            vm.mark_converted(f"{bus}{number}.present")
            attributes: Attributes = {"type": bus, "index": number, "model": model}
            address = pci_address(vm, f"{bus}{number}")
            if address is None:
                out.empty("controller", attributes)
            else:
                out.open("controller", attributes)
                out.empty("address", address)
                out.close()


def _count_idle(vm: VmxReader, last: dict[str, int]) -> None:
    """The controllers that are there without a disk."""
    for bus in _WITH_NUMBERS:
        for number in vm.indices(bus):
            if number < _MOST and vm.flag(f"{bus}{number}.present"):
                last[bus] = max(last.get(bus, 0), number)


def pci_address(vm: VmxReader, device: str) -> Attributes | None:
    """Where ``DEVICE.pciSlotNumber`` puts it, for a libvirt that tells; None where it says nothing.

    VMware counts slots in the lowest five bits, bridges in the five above and functions above these.
    """
    key = f"{device}.pciSlotNumber"
    if not reads_more(vm.options.libvirt) or not vm.has(key.lower()):
        return None
    number = vm.number(key, -1, _MOST_SLOT)
    if number is None or number < 0:
        return None
    return {
        "type": "pci",
        "domain": "0x0000",
        "bus": f"0x{number >> 5 & 0x1F:02x}",
        "slot": f"0x{number & 0x1F:02x}",
        "function": f"0x{number >> 10:x}",
    }


def _model(vm: VmxReader, number: int) -> str | None:
    if not vm.flag(f"scsi{number}.present"):
        return None
    key = f"scsi{number}.virtualDev"
    word = vm.word(key)
    if word == _ANY:
        return _ANY
    if word and word not in MODELS:
        vm.lose(key, "VMware has no such SCSI controller", "error")
    return MODELS.get(word)
