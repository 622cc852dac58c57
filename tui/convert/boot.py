"""The order in which a machine tries its devices.

Source: VMware's ``bios.bootOrder`` (the classes ``hdd``, ``cdrom``, ``floppy``, ``ethernetN``) and
``bios.hddOrder`` (the disks by address); the vSphere API's VirtualMachineBootOptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tui.convert.domain_reader import DomainReader
from tui.convert.guests import is_foreign
from tui.convert.vmx_reader import VmxReader
from tui.convert.vmx_writer import VmxWriter
from tui.counting import whole_number
from tui.disks import Device, Disk, UnitAddress

if TYPE_CHECKING:
    from lxml import etree

_CLASSES = "bios.bootOrder"
_DISKS = "bios.hddOrder"
_OLD_CLASSES = "bios.bootDeviceClasses"
_WORDS = {"hd": "hdd", "cd": "cdrom", "fd": "floppy", "net": "ethernet"}
# libvirt's <boot dev=>: VMware's class; and the classes of devices that <boot order=> stands on.
_DEVICES = {"hd": "hdd", "cdrom": "cdrom", "fd": "floppy", "network": "ethernet0"}
_CLASS_OF = {Device.CDROM: "cdrom", Device.FLOPPY: "floppy"}
_MOST_DIGITS = 5
USUAL = ("hdd", "cdrom", "ethernet")


def orders(vm: VmxReader, disks: Sequence[Disk], usual: Sequence[str] = ()) -> dict[str, int]:
    """The place in the order, from 1, by VMX device (``scsi0:1``, ``ethernet0``): those the VMX names.

    ``usual`` are the classes to take where it names none.
    """
    if not usual and not any(vm.has(key.lower()) for key in (_CLASSES, _DISKS, _OLD_CLASSES)):
        return {}
    named = _listed(vm, _DISKS)
    classes = _listed(vm, _CLASSES) or _old_classes(vm) or list(usual) or ["hdd"]
    devices = [device for word in classes for device in _of_class(vm, word, named, disks)]
    return {device: number for number, device in enumerate(dict.fromkeys(devices), 1)}


def _listed(vm: VmxReader, key: str) -> list[str]:
    return [part.strip() for part in vm.word(key).split(",") if part.strip()]


def _old_classes(vm: VmxReader) -> list[str]:
    """The words behind ``allow:``, as older products write them."""
    way, _, words = vm.word(_OLD_CLASSES).partition(":")
    if way != "allow":
        return []
    return [_WORDS.get(word.strip(), word.strip()) for word in words.split(",")]


def _of_class(vm: VmxReader, word: str, named: Sequence[str], disks: Iterable[Disk]) -> list[str]:
    """The devices a word of the order means; of the disks those named, else the first."""
    if word.startswith("ethernet"):
        cards = [f"ethernet{number}" for number in vm.indices("ethernet")]
        return [card for card in cards if word in ("ethernet", card) and vm.flag(f"{card}.present")][:1]
    wanted = {"hdd": (Device.DISK, Device.LUN), "cdrom": (Device.CDROM,), "floppy": (Device.FLOPPY,)}
    there = [str(disk.place) for disk in disks if disk.device in wanted.get(word, ())]
    if word not in wanted:
        why = "it is no class of devices: hdd, cdrom, floppy or ethernetN"
        vm.lose(_CLASSES, why, "error")
    if word != "hdd":
        return there[:1]
    return [place for place in named if place in there] or there[:1]


# Domain XML to VMX


def format_boot_order(
    domain: DomainReader, out: VmxWriter, disks: Sequence[Disk], places: Mapping[int, UnitAddress]
) -> None:
    """The order a domain says; a foreign one starts from the first disk it lists."""
    elements = domain.element.findall("devices/disk")
    placed = [(disk, elements[disk.index]) for disk in disks if disk.index in places]
    hard = [(disk, element) for disk, element in placed if disk.is_disk]
    said = [pair for pair in hard if _order(pair[1])]
    said.sort(key=lambda pair: _order(pair[1]))
    devices = list(dict.fromkeys(_classes(domain, placed)))
    if devices:
        out.key(_CLASSES, ",".join(devices))
    if said or (is_foreign(domain) and len(hard) > 1):
        first = said or hard
        out.key(_DISKS, ",".join(str(places[disk.index]) for disk, _ in first))


def _classes(domain: DomainReader, placed: Sequence[tuple[Disk, etree._Element]]) -> Iterator[str]:
    """The classes in their order: those of devices with one, else those the domain names."""
    ordered = [
        (_order(element), _CLASS_OF.get(disk.device, "hdd")) for disk, element in placed if _order(element)
    ]
    cards = enumerate(domain.element.iterfind("devices/interface"))
    ordered += [(_order(card), f"ethernet{number}") for number, card in cards if _order(card)]
    if ordered:
        yield from (name for _, name in sorted(ordered))
    elif is_foreign(domain):
        for element in domain.element.iterfind("os/boot"):
            if element.get("dev") in _DEVICES:
                yield _DEVICES[str(element.get("dev"))]


def _order(element: etree._Element) -> int:
    """A device's place in the order; 0 for none."""
    boot = element.find("boot")
    return 0 if boot is None else whole_number(boot.get("order") or "", _MOST_DIGITS) or 0
