"""The order in which a machine tries its devices.

Source: VMware's ``bios.bootOrder`` (the classes ``hdd``, ``cdrom``, ``floppy``, ``ethernetN``) and
``bios.hddOrder`` (the disks by address); the vSphere API's VirtualMachineBootOptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui.convert.vmx_reader import VmxReader
from tui.disks import Device, Disk

_CLASSES = "bios.bootOrder"
_DISKS = "bios.hddOrder"
_OLD_CLASSES = "bios.bootDeviceClasses"
_WORDS = {"hd": "hdd", "cd": "cdrom", "fd": "floppy", "net": "ethernet"}
USUAL = ("hdd", "cdrom", "ethernet")


def orders(vm: VmxReader, disks: Sequence[Disk], usual: Sequence[str] = ()) -> dict[str, int]:
    """The place in the order, from 1, by VMX device (``scsi0:1``, ``ethernet0``): those the VMX names.

    ``usual`` are the classes to take where it names none.
    """
    if not usual and not vm.has(_CLASSES.lower()) and not vm.has(_DISKS.lower()):
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
