"""A domain XML as a VMX, in the order libvirt's own formatter writes."""

from __future__ import annotations

from collections.abc import Mapping

from tui.convert.boot import format_boot_order
from tui.convert.disks_to_vmx import format_controllers, format_disks
from tui.convert.displays import format_video, format_vnc
from tui.convert.domain_reader import DomainReader
from tui.convert.filesystems import format_filesystems
from tui.convert.guests import architecture, is_foreign
from tui.convert.identity import format_identity
from tui.convert.lost_values import report_lost_values
from tui.convert.networks_to_vmx import format_networks, has_express_card
from tui.convert.ports import format_ports
from tui.convert.processors import format_processors
from tui.convert.results import DEFAULTS, Conversion, Loss, Options
from tui.convert.system import (
    SECURE_BOOT_SINCE,
    format_firmware,
    format_header,
    format_memory,
    hardware_needed,
    hardware_used,
    is_secure,
    is_uefi,
)
from tui.convert.vmx_places import places_of
from tui.convert.vmx_writer import VmxWriter
from tui.convert.vocabulary import report_unconverted
from tui.disks import UnitAddress
from tui.formats.domain_xml import DomainDocument

# PCI Express and the virtual machine communication interface came with hardware version 7.
_PCI_EXPRESS_SINCE = 7
_ROOT_PORTS = (4, 5, 6, 7)
_FUNCTIONS = 8
_NARROW_SCSI = 15


def to_vmx(document: DomainDocument, options: Options = DEFAULTS) -> Conversion:
    """The VMX that describes the same virtual machine; bad values are reported, never raised."""
    domain, out = DomainReader(document.element, options), VmxWriter()
    disks = document.disks
    places = places_of(domain, disks)
    version = _version(domain, places)
    format_header(domain, out, version)
    format_identity(domain, out)
    format_memory(domain, out)
    format_processors(domain, out)
    format_vnc(domain, out)
    on_pci_express = format_controllers(domain, out, disks, places)
    disk_lines = format_disks(domain, out, disks, places)
    format_filesystems(domain, out)
    format_networks(domain, out, version)
    format_video(domain, out)
    format_ports(domain, out)
    format_firmware(domain, out)
    format_boot_order(domain, out, disks, places)
    if version >= _PCI_EXPRESS_SINCE:
        _format_bridges(out, on_pci_express or (is_foreign(domain) and has_express_card(domain)))

    def report() -> tuple[Loss, ...]:
        taken = [*places.values(), *(disk.place for disk in disks if disk.place is not None)]
        report_unconverted(domain, {(place.bus, place.controller) for place in taken})
        report_lost_values(domain)
        return tuple(domain.losses)

    return Conversion(str(out), disk_lines, report)


def _version(domain: DomainReader, places: Mapping[int, UnitAddress]) -> int:
    buses = {place.bus for place in places.values()}
    wide = any(place.bus == "scsi" and place.unit > _NARROW_SCSI for place in places.values())
    needed = hardware_needed(buses, wide)
    if is_foreign(domain) or architecture(domain) == "aarch64":
        needed = max(needed, hardware_used(domain))
    asked = domain.options.hardware_version
    if asked is None:
        return needed
    if asked < SECURE_BOOT_SINCE and is_uefi(domain) and is_secure(domain):
        why = f"Secure Boot needs hardware version {SECURE_BOOT_SINCE}"
        domain.lose(domain.element, why, "warning", str(asked))
    needed = hardware_needed(buses, wide)
    special = buses & {"sata", "nvme"} or ({"SCSI units above 15"} if wide else set())
    if special and asked < needed:
        why = f"{' and '.join(sorted(special))} needs hardware version {needed}"
        domain.lose(domain.element, why, "warning", str(asked))
    return asked


def _format_bridges(out: VmxWriter, on_pci_express: bool) -> None:
    if on_pci_express:
        out.flag("pciBridge0.present", value=True)
        for number in _ROOT_PORTS:
            out.flag(f"pciBridge{number}.present", value=True)
            out.key(f"pciBridge{number}.virtualDev", "pcieRootPort")
            out.key(f"pciBridge{number}.functions", _FUNCTIONS)
    out.flag("vmci0.present", value=True)
