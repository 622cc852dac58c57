"""A VMX as a domain XML, in the order libvirt's own formatter writes."""

from __future__ import annotations

from tui.convert.boot import orders
from tui.convert.controllers import write_controllers
from tui.convert.disks import seen_disks, write_disks
from tui.convert.displays import write_displays
from tui.convert.filesystems import write_filesystems
from tui.convert.identity import write_identity
from tui.convert.leftovers import report_unconverted
from tui.convert.networks import write_networks
from tui.convert.ports import write_ports
from tui.convert.processors import write_processors, write_topology
from tui.convert.results import DEFAULTS, Conversion, Loss, Options
from tui.convert.system import write_events, write_memory, write_system
from tui.convert.to_kvm import to_kvm
from tui.convert.vmx_reader import VmxReader
from tui.convert.xml_writer import XmlWriter
from tui.formats.vmx import VmxDocument

_NAMESPACE = "http://libvirt.org/schemas/domain/vmware/1.0"


def to_domain_xml(document: VmxDocument, options: Options = DEFAULTS) -> Conversion:
    """The domain XML that describes the same virtual machine; bad values are reported, never raised."""
    if options.kvm is not None:
        return to_kvm(document, options, options.kvm)
    vm, out = VmxReader(document, options), XmlWriter()
    of_vcenter = options.datacenter_path or options.moref
    out.open("domain", {"type": "vmware", "xmlns:vmware": _NAMESPACE if of_vcenter else None})
    write_identity(vm, out)
    write_memory(vm, out)
    count = write_processors(vm, out)
    write_system(vm, out)
    write_topology(vm, out, count)
    out.empty("clock", {"offset": "utc"})
    write_events(out)
    out.open("devices")
    disks = seen_disks(vm)
    order = orders(vm, disks)
    disk_lines = write_disks(vm, out, disks, order)
    write_controllers(vm, out, disks)
    write_filesystems(vm, out)
    write_networks(vm, out, order)
    write_ports(vm, out)
    write_displays(vm, out)
    out.close()
    if options.datacenter_path:
        out.text("vmware:datacenterpath", options.datacenter_path)
    if options.moref:
        out.text("vmware:moref", options.moref)
    out.close()

    def report() -> tuple[Loss, ...]:
        report_unconverted(vm)
        return tuple(vm.losses)

    return Conversion(str(out), disk_lines, report)
