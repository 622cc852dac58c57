"""Addresses that lead nowhere: targets, ports and slots that no controller has, in libvirt's messages.

A controller that the domain does not name is the one libvirt adds by itself. Sources: domain_addr.c,
qemu_domain_address.c and qemu_validate.c; measured with the QEMU driver of libvirt 9.0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from tui.disks import Configuration, Disk, DomainController, Part
from tui.disks.targets import target_index
from tui.rules.define_numbers import UINT, whole

NO_PLACE = (0, 0, 0, 0)
_PCI = ("domain", "bus", "slot", "function")
# The slot and functions of the bridge to old devices, by chipset.
_TAKEN = {"pc": tuple((0x01, one) for one in range(3)), "q35": ((0x1F, 0), (0x1F, 2), (0x1F, 3))}
# What libvirt adds by itself, by chipset: the second behind all others, for a device of older PCI.
_OWN_BRIDGES = {"pc": ("pci-bridge", "pci-bridge"), "q35": ("pcie-root-port", "pcie-to-pci-bridge")}
OWN_USB = {"pc": "piix3-uhci", "q35": "qemu-xhci"}
# The slots that a PCI controller has: the first and the last.
_SLOTS = {
    "pcie-root-port": (0, 0),
    "pcie-switch-downstream-port": (0, 0),
    "pci-bridge": (1, 31),
    "pcie-to-pci-bridge": (1, 31),
}
_USB_PORTS = {
    **dict.fromkeys(("piix3-uhci", "piix4-uhci", "vt82c686b-uhci"), 2),
    **dict.fromkeys(("ehci", "ich9-ehci1"), 6),
    "pci-ohci": 3,
}
_XHCI = ("nec-xhci", "qemu-xhci")
_XHCI_PORTS, _HUB_PORTS = 4, 8
# Models of a SCSI controller that is an LSI one, which knows units and no targets.
_LSI = (None, "auto", "lsilogic")


def chipset(configuration: Configuration) -> str:
    """The chipset of an x86 machine, ``pc`` or ``q35``; another word of another machine, or ""."""
    machine = configuration.machine_type
    return "q35" if "q35" in machine else machine.partition("-")[0]


def controller_at(configuration: Configuration, kind: str, index: int) -> DomainController | None:
    """The controller of a type that has this index; None where the domain names none."""
    found = indexed(configuration.attached.controllers, kind)
    return found.get(index)


def indexed(controllers: tuple[DomainController, ...], kind: str) -> dict[int, DomainController]:
    """The controllers of one type by index; those without one have the first that are free."""
    those = [one for one in controllers if one.type == kind]
    found = {number: one for one in reversed(those) if (number := whole(one.number or "")) is not None}
    for one in those:
        if one.number is None:
            found[next(free for free in range(len(those)) if free not in found)] = one
    return found


def nowhere(configuration: Configuration, disk: Disk) -> Iterator[str]:
    """What is wrong with a disk's address."""
    if disk.bus == "scsi":
        yield from _on_scsi(configuration, disk)
    elif disk.bus == "usb":
        yield from _on_usb(configuration, disk)
    yield from _on_pci(configuration, disk)


# On SCSI


def _on_scsi(configuration: Configuration, disk: Disk) -> Iterator[str]:
    """A target on a controller that knows none, as the one that libvirt adds by itself on x86."""
    if "drive" not in disk.words or chipset(configuration) not in _OWN_BRIDGES:
        return
    controller, _, target, _ = (whole(word) or 0 for word in disk.words["drive"].split(":"))
    if target:
        named = controller_at(configuration, "scsi", controller)
        if named is None or named.model in _LSI:
            yield "target must be 0 for controller model 'lsilogic'"


# On USB


def _on_usb(configuration: Configuration, disk: Disk) -> Iterator[str]:
    """A bus there is not, and a port that its controller or a hub has not."""
    if chipset(configuration) not in OWN_USB:
        return
    if any(one.type == "usb" and one.model == "none" for one in configuration.attached.controllers):
        yield "USB is disabled for this domain, but USB devices are present in the domain XML"
        return
    for part in disk.parts:
        place = usb_place(part.words) if part.path == "address" else None
        if place is not None:
            yield from _on_port(configuration, place)


def hubs_nowhere(configuration: Configuration) -> Iterator[str]:
    """USB hubs at a port there is not."""
    for one in configuration.attached.hubs if chipset(configuration) in OWN_USB else ():
        place = usb_place(one)
        if place is not None:
            yield from _on_no_port(configuration, place)


def _usb_ports(configuration: Configuration) -> Mapping[int, int]:
    """How many ports each USB bus has."""
    kind = chipset(configuration)
    ports = {0: _USB_PORTS.get(OWN_USB[kind], _XHCI_PORTS)}
    for number, one in indexed(configuration.attached.controllers, "usb").items():
        ports[number] = _ports_of(one, kind)
    return ports


def _ports_of(controller: DomainController, kind: str) -> int:
    model = controller.model or OWN_USB[kind]
    if model in _XHCI:
        return _XHCI_PORTS if controller.ports is None else whole(controller.ports) or 0
    return _USB_PORTS.get(model, UINT)  # one nobody measured


_UsbPlace = tuple[int, tuple[int, ...]]


def usb_place(words: Mapping[str, str]) -> _UsbPlace | None:
    """The bus and the way from port to port of an address; None where it names none."""
    if words.get("type") != "usb" or "port" not in words:
        return None
    bus, ports = whole(words.get("bus", "0")), [whole(one) for one in words["port"].split(".")]
    if bus is None or not all(ports):
        return None
    return bus, tuple(one for one in ports if one is not None)


def _on_port(configuration: Configuration, place: _UsbPlace) -> Iterator[str]:
    yield from _on_no_port(configuration, place)
    if place in {usb_place(one) for one in configuration.attached.hubs}:
        yield f"Duplicate USB address bus {place[0]} port {port_text(place[1])}"


def _on_no_port(configuration: Configuration, place: _UsbPlace) -> Iterator[str]:
    bus, way = place
    ports = _usb_ports(configuration).get(bus)
    if not ports:
        yield f"Missing USB bus {bus}"
        return
    there = {usb_place(one) for one in configuration.attached.hubs}
    for depth in range(1, len(way)):
        if (bus, way[:depth]) not in there:
            where = f"USB address bus: {bus} port: {port_text(way)}"
            yield f"there is no hub at port {port_text(way[:depth])} in {where}"
            return
    if way[-1] > (ports if len(way) == 1 else _HUB_PORTS):
        yield f"requested USB port {port_text(way)} not present on USB bus {bus}"


def port_text(way: tuple[int, ...]) -> str:
    """The way from port to port as libvirt writes it: ``1.2``."""
    return ".".join(map(str, way))


# On PCI


def _on_pci(configuration: Configuration, disk: Disk) -> Iterator[str]:
    """An address that no machine has, or that belongs to another device of every such machine."""
    for part in disk.parts:
        if part.path == "address" and part.words.get("type") == "pci":
            yield from _on_slot(configuration, pci_place(part), express=_is_express(disk))


def _is_express(disk: Disk) -> bool:
    """Whether libvirt counts it as a PCI Express device (qemuDomainDeviceCalculatePCIConnectFlags)."""
    return disk.bus == "virtio" and disk.words.get("model") != "virtio-transitional"


def _on_slot(configuration: Configuration, place: tuple[int, ...], *, express: bool) -> Iterator[str]:
    domain, bus, slot, function = place
    kind = chipset(configuration)
    if domain:
        yield f"Invalid PCI address {pci_text(place)}. Only PCI domain 0 is available"
    elif bus == 0:
        if (slot, function) in _TAKEN.get(kind, ()):
            yield f"Attempted double use of PCI Address {pci_text(place)}"
    elif kind in _OWN_BRIDGES:
        there = indexed(configuration.attached.controllers, "pci")
        named = there.get(bus)
        is_behind = bus > max(configuration.attached.root_port, *there, 0)
        own = _OWN_BRIDGES[kind][is_behind and not express]
        model = named.model if named is not None and named.model else own
        first, last = _SLOTS.get(model, (0, 31))
        if not first <= slot <= last:
            limit = f">= {first}" if slot < first else f"<= {last}"
            yield f"Invalid PCI address {pci_text(place)}. slot must be {limit}"


def pci_place(address: Part) -> tuple[int, ...]:
    """Domain, bus, slot and function of an address; what is no number counts as 0.

    ``NO_PLACE`` is what libvirt chooses itself, or another kind of address.
    """
    words = address.words
    if words.get("type") != "pci":
        return NO_PLACE
    return tuple(whole(words.get(name, "0"), UINT, 0) or 0 for name in _PCI)


def pci_text(place: tuple[int, ...]) -> str:
    """A PCI address as libvirt writes it: ``0000:00:03.0``."""
    domain, bus, slot, function = place
    return f"{domain:04x}:{bus:02x}:{slot:02x}.{function:x}"


# On a drive bus


def drive_place(disk: Disk) -> tuple[int, ...] | None:
    """Controller, bus, target and unit of a disk: as it says, else as libvirt counts by its name.

    None on other buses, and where the name does not tell (virDomainDiskDefAssignAddress).
    """
    count = _COUNTED.get(disk.bus)
    if count is None:
        return None
    address = disk.words.get("drive")
    if address is not None:
        return tuple(whole(word) or 0 for word in address.split(":"))
    index = target_index(disk.target)
    return None if index is None or "address type" in disk.words else _counted(disk.bus, index)


@lru_cache(maxsize=128)
def _counted(bus: str, index: int) -> tuple[int, ...]:
    return _COUNTED[bus](index)


_COUNTED: Mapping[str, Callable[[int], tuple[int, int, int, int]]] = {
    "ide": lambda index: (index // 4, index % 4 // 2, 0, index % 2),
    "scsi": lambda index: (index // 7, 0, 0, index % 7),
    "sata": lambda index: (index // 6, 0, 0, index % 6),
    "fdc": lambda index: (index // 2, 0, 0, index % 2),
}
