"""Addresses and controllers that define refuses, against what libvirt's QEMU driver answered to each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tui.disks import LibvirtVersion
from tui.machine import machine_in
from tui.rules import Hypervisor, Severity, findings

HUB = "<hub type='usb'><address type='usb' bus='0' port='1'/></hub>"
EHCI, UHCI = (f"<controller type='usb' index='0' model='ich9-{one}1'/>" for one in ("ehci", "uhci"))


def disk(bus: str, address: str, target: str = "sda") -> str:
    return f"<disk><source file='/a'/><target dev='{target}' bus='{bus}'/><address {address}/></disk>"


def scsi(target: int, controller: int = 0) -> str:
    return disk("scsi", f"type='drive' controller='{controller}' bus='0' target='{target}' unit='1'")


def usb(port: str, bus: int = 0) -> str:
    return disk("usb", f"type='usb' bus='{bus}' port='{port}'")


def pci(bus: str, slot: str) -> str:
    return disk("virtio", f"type='pci' domain='0' bus='{bus}' slot='{slot}' function='0'", "vda")


def old_pci(bus: str, slot: str) -> str:
    """A device of PCI before Express."""
    return pci(bus, slot).replace("<disk", "<disk model='virtio-transitional'", 1)


def controller(kind: str, model: str, words: str = "index='0'", driver: str = "") -> str:
    inside = f"<driver {driver}/>" if driver else ""
    return f"<controller type='{kind}' model='{model}' {words}>{inside}</controller>"


def told(devices: str, machine: str = "pc") -> list[str]:
    """The errors found on a KVM machine with these devices."""
    text = (
        f"<domain type='kvm'><iothreads>1</iothreads><os><type machine='{machine}'>hvm</type></os>"
        f"<devices>{devices}</devices></domain>"
    )
    configuration = replace(machine_in(text.encode()).configuration, libvirt=LibvirtVersion(9, 0))
    found = findings(configuration, Hypervisor.QEMU)
    return [one.message for one in found if one.severity is Severity.ERROR]


LSI = "target must be 0 for controller model 'lsilogic'"
SLOT = "Invalid PCI address 0000:{}.0. slot must be {}"
NUMBER = "Expected non-negative integer value"


@pytest.mark.parametrize(
    ("devices", "machine", "message"),
    [
        (scsi(1), "pc", LSI),
        (scsi(1), "pc-q35-7.2", LSI),
        (controller("scsi", "auto") + scsi(7), "pc", LSI),
        (controller("scsi", "virtio-scsi") + scsi(1, controller=1), "pc", LSI),
        (controller("scsi", "virtio-scsi", "index='1'") + scsi(1), "pc", LSI),
        (usb("3"), "pc", "requested USB port 3 not present on USB bus 0"),
        (usb("5"), "q35", "requested USB port 5 not present on USB bus 0"),
        (usb("1", bus=1), "pc", "Missing USB bus 1"),
        (usb("4294967296"), "pc", "Cannot parse <address> 'port' attribute"),
        (usb("1.1.1.1.1"), "pc", "Cannot parse <address> 'port' attribute"),
        (usb("-1"), "pc", "Cannot parse <address> 'port' attribute"),
        (usb("1.1"), "pc", "there is no hub at port 1 in USB address bus: 0 port: 1.1"),
        (f"<hub type='usb'/>{usb('1.1')}", "pc", "there is no hub at port 1"),
        (HUB + usb("1.9"), "pc", "requested USB port 1.9 not present"),
        (HUB + usb("1"), "pc", "Duplicate USB address bus 0 port 1"),
        (HUB.replace("port='1'", "port='3'"), "pc", "requested USB port 3 not present"),
        (usb("2") + usb("2").replace("sda", "sdb"), "pc", "Duplicate USB address bus 0 port 2"),
        (controller("usb", "none") + usb("1"), "pc", "USB is disabled for this domain, but USB devices"),
        (controller("usb", "qemu-xhci", "ports='0'") + usb("1"), "pc", "Missing USB bus 0"),
        (controller("usb", "pci-ohci") + usb("4"), "q35", "requested USB port 4"),
        (pci("1", "0"), "pc", SLOT.format("01:00", ">= 1")),
        (pci("2", "3"), "q35", SLOT.format("02:03", "<= 0")),
        (old_pci("1", "0"), "q35", SLOT.format("01:00", ">= 1")),
        (
            controller("pci", "pcie-root-port", "index='2'") + old_pci("1", "1"),
            "q35",
            SLOT.format("01:01", "<= 0"),
        ),
        (controller("pci", "pci-bridge", "index='2'") + pci("2", "0"), "q35", SLOT.format("02:00", ">= 1")),
        (controller("scsi", "buslogic"), "pc", "Unsupported controller model: buslogic"),
        (controller("scsi", "ncr53c90"), "pc", "ncr53c90 SCSI controller is not a built-in"),
        (controller("scsi", "bogus"), "pc", "Unknown model type 'bogus'"),
        (controller("sata", ""), "pc", "Unknown model type ''"),
        (controller("scsi", "lsilogic", "index='x'"), "pc", "'x'. Expected integer value"),
        (controller("scsi", "lsilogic", "index='-1'"), "pc", "'-1'. Expected non-negative value"),
        (controller("scsi", "lsilogic") * 2, "pc", "Multiple 'scsi' controllers with index '0'"),
        (
            controller("scsi", "lsilogic", driver="queues='2'"),
            "pc",
            "'queues' is only supported by virtio-scsi",
        ),
        (controller("scsi", "lsilogic", driver="iothread='1'"), "pc", "'iothread' attribute only supported"),
        (
            controller("scsi", "virtio-scsi", driver="iothread='2'"),
            "pc",
            "controller iothread '2' not defined",
        ),
        (controller("scsi", "virtio-scsi", driver="queues='x'"), "pc", f"'x'. {NUMBER}"),
        (controller("scsi", "virtio-scsi", driver="ats='x'"), "pc", "'ats' in element 'driver': 'x'."),
        ("<controller type='ide'/>", "q35", "IDE controllers are unsupported"),
        ("<controller index='1'/>", "pc", "Only a single IDE controller is supported"),
        (
            "<controller type='pci' model='pci-root'/>",
            "q35",
            "must be model='pcie-root' for this machine type",
        ),
        (controller("pci", "pcie-root"), "pc", "must be model='pci-root' for this machine type"),
        (UHCI, "pc", "No master USB controller specified"),
        (controller("usb", "qusb1"), "pc", "model type 'qusb1' or 'qusb2' is not supported"),
        (controller("usb", "nec-xhci", "ports='16'"), "pc", "only supports up to '15' ports"),
        (controller("usb", "none") + controller("usb", "ehci", "index='1'"), "pc", "USB is disabled"),
    ],
)
def test_what_leads_nowhere_is_an_error_in_libvirts_words(devices: str, machine: str, message: str) -> None:
    assert any(message in one for one in told(devices, machine)), told(devices, machine)


@pytest.mark.parametrize(
    ("devices", "machine"),
    [
        (scsi(1), "virt"),  # nobody measured other machines
        (controller("scsi", "virtio-scsi") + scsi(1), "pc"),
        ("<controller type='scsi' model='virtio-scsi'/>" + scsi(255), "pc"),
        (controller("scsi", "lsisas1068") + scsi(1), "pc"),
        (usb("2") + usb("1").replace("sda", "sdb"), "pc"),
        (usb("4"), "q35"),
        (usb("0"), "pc"),
        (usb(" 1"), "pc"),
        (usb("+1"), "pc"),
        (HUB + usb("1.8"), "pc"),
        (controller("usb", "qemu-xhci", "ports='15'") + usb("15"), "pc"),
        (EHCI + usb("6"), "pc"),
        (UHCI + EHCI, "pc"),
        (controller("usb", "ehci", "ports='20'"), "pc"),
        (pci("1", "1"), "pc"),
        (pci("0x1f", "0"), "q35"),
        (old_pci("1", "1"), "q35"),
        (pci("1", "1").replace("virtio", "xen").replace("vda", "xvda"), "q35"),
        (controller("pci", "pcie-root-port", "index='2'") + old_pci("1", "0"), "q35"),
        (controller("pci", "pcie-root-port", "index='1'") + old_pci("2", "1"), "q35"),
        (controller("pci", "dmi-to-pci-bridge", "index='1'") + pci("1", "0"), "q35"),
        (controller("scsi", "virtio-scsi", driver="iothread='1' queues='2'"), "pc"),
        (controller("scsi", "lsilogic", driver="queues='0' iothread='0'"), "pc"),
        ("<controller type='scsi'/>" + controller("scsi", "lsilogic"), "pc"),
        ("<controller type='fdc' index='1'/>", "pc"),
    ],
)
def test_what_leads_somewhere_is_none(devices: str, machine: str) -> None:
    assert not told(devices, machine)
