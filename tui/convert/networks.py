"""Network interfaces.

Source: libvirt's VMX driver; VMware KB 219 (address ranges); the vSphere API's
DistributedVirtualSwitchPortConnection.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.convert.controllers import pci_address
from tui.convert.domain_reader import DomainReader, attributes_of
from tui.convert.identity import spaced_uuid, written_uuid
from tui.convert.vmx_reader import VmxReader
from tui.convert.vmx_writer import VmxWriter
from tui.convert.xml_writer import XmlWriter

if TYPE_CHECKING:
    from lxml import etree

_MODELS = ("vlance", "vmxnet", "vmxnet2", "vmxnet3", "e1000", "e1000e")
# What makes a vmxnet a vmxnet2.
_ENHANCED = 15
_MAC = re.compile(r"[0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{1,2}){5}", re.ASCII)
# Names libvirt makes up while a domain runs.
_RUNTIME = re.compile(r"(?:vnet|macvtap|macvlan|vif)\d+", re.ASCII)
_NO_MAC = "00:00:00:00:00:00"
# VMX addressType: the domain XML's word, and the key the address stands under.
_ADDRESS_TYPES = {
    "": (None, "generatedAddress"),
    "generated": ("generated", "generatedAddress"),
    "vpx": ("generated", "generatedAddress"),
    "static": ("static", "address"),
}
# The networks of the hosted products that a VMX names by its connection alone.
_BRIDGED_NETWORK = "VMnet0"
_HOST_ONLY = "hostonly"
# Cards of other hypervisors: VMware's, and whether the guest sees the same card.
_FOREIGN = {
    "pcnet": ("vlance", True),
    "am79c970a": ("vlance", True),
    "am79c973": ("vlance", True),
    "e1000-82545em": ("e1000", True),
    "e1000-82540em": ("e1000", True),
    "e1000-82544gc": ("e1000", True),
    "82545em": ("e1000", True),
    "82540em": ("e1000", True),
    "virtio": ("vmxnet3", False),
    "virtio-net": ("vmxnet3", False),
    "virtio-transitional": ("vmxnet3", False),
    "virtio-non-transitional": ("vmxnet3", False),
    "igb": ("e1000e", False),
    "rtl8139": ("e1000", False),
    "ne2k_pci": ("e1000", False),
}
_ON_EXPRESS = ("vmxnet3", "e1000e")
_LIMIT = 10
_LIMIT_OLD = 4
_LIMIT_SINCE = 7
_LONG = 1 << 63


@dataclass(frozen=True, slots=True)
class NetworkConnection:
    """Where an interface leads: libvirt's ``type``, the attributes of ``<source>`` and the host's device."""

    kind: str
    source: dict[str, str | int | None] | None = None
    target: str | None = None


def written_mac(text: str) -> str | None:
    """A MAC address as libvirt writes it, in small letters; None where it is none."""
    if not _MAC.fullmatch(text.strip()):
        return None
    return ":".join(part.rjust(2, "0") for part in text.strip().lower().split(":"))


def is_of_group(address: str) -> bool:
    """Whether a MAC address, as libvirt writes it, is a group of stations' (multicast) and no card's."""
    return int(address[1], 16) % 2 == 1


# VMX to domain XML


def write_networks(vm: VmxReader, out: XmlWriter, order: Mapping[str, int]) -> None:
    """``ethernetN.*``, for every N that is present; ``order`` is the boot order by VMX device."""
    for number in vm.indices("ethernet"):
        prefix = f"ethernet{number}"
        if vm.flag(f"{prefix}.present"):
            _write_interface(vm, out, prefix, order.get(prefix))


def _write_interface(vm: VmxReader, out: XmlWriter, prefix: str, order: int | None) -> None:
    connection = _connection(vm, prefix)
    kind, leaf = _address_type(vm, prefix)
    check = None
    if vm.has(f"{prefix}.checkmacaddress"):
        check = "yes" if vm.flag(f"{prefix}.checkMACAddress") else "no"
    model = _model(vm, prefix)
    out.open("interface", {"type": connection.kind})
    out.empty("mac", {"address": _mac(vm, prefix, leaf), "type": kind, "check": check})
    if connection.source:
        out.empty("source", connection.source)
    if connection.target:
        out.empty("target", {"dev": connection.target})
    if model:
        out.empty("model", {"type": model})
    if order:
        out.empty("boot", {"order": order})
    place = pci_address(vm, prefix)
    if place is not None:
        out.empty("address", place)
    out.close()


def _address_type(vm: VmxReader, prefix: str) -> tuple[str | None, str]:
    key = f"{prefix}.addressType"
    word = vm.word(key)
    if word not in _ADDRESS_TYPES:
        vm.lose(key, "it is neither generated nor static nor vpx", "error")
        word = "static" if vm.has(f"{prefix}.address") else "generated"
    return _ADDRESS_TYPES[word]


def _mac(vm: VmxReader, prefix: str, leaf: str) -> str:
    key = f"{prefix}.{leaf}"
    text = vm.text(key)
    if text is None:
        return _NO_MAC
    if vm.word(f"{prefix}.generatedAddressOffset") in ("", "0") or leaf == "address":
        vm.mark_converted(f"{prefix}.generatedAddressOffset")
    else:
        vm.lose(
            f"{prefix}.generatedAddressOffset", "VMware makes the address from it; the address itself is said"
        )
    address = written_mac(text)
    if address is None:
        vm.lose(key, "it is no MAC address: six bytes in hexadecimal", "error")
    elif is_of_group(address):
        vm.stop(key, "it is the address of a group of stations (multicast): libvirt takes it for no card")
    return address or _NO_MAC


def _model(vm: VmxReader, prefix: str) -> str | None:
    key = f"{prefix}.virtualDev"
    word = vm.word(key)
    features = vm.number(f"{prefix}.features", 0, _LONG - 1)
    if word and word not in _MODELS:
        vm.lose(key, "VMware has no such network card", "error")
        return None
    if word == "vmxnet" and features == _ENHANCED:
        return "vmxnet2"
    if features is not None:
        vm.lose(f"{prefix}.features", f"a domain XML has a word for vmxnet with {_ENHANCED} (vmxnet2) only")
    return word or None


def _connection(vm: VmxReader, prefix: str) -> NetworkConnection:
    distributed = _distributed(vm, prefix)
    if distributed is not None:
        return distributed
    key = f"{prefix}.connectionType"
    word = vm.word(key)
    network = vm.text(f"{prefix}.networkName")
    device = vm.text(f"{prefix}.vnet")
    if word in ("hostonly", "nat") and network:
        vm.lose(f"{prefix}.networkName", "a host-only or NAT connection is said by its kind")
    if word != "custom" and device:
        vm.lose(f"{prefix}.vnet", "a domain XML names the virtual network of a custom connection only")
    if word == "" and network is None:
        return NetworkConnection("null")
    connections = {
        "": NetworkConnection("bridge", {"bridge": network}),
        "bridged": NetworkConnection("bridge", {"bridge": network or _BRIDGED_NETWORK}),
        "custom": NetworkConnection("bridge", {"bridge": network or device or _BRIDGED_NETWORK}, device),
        "nat": NetworkConnection("user"),
        "hostonly": NetworkConnection("network", {"network": _HOST_ONLY}),
    }
    if word == "pvn":
        vm.mark_converted(f"{prefix}.pvnID")
        vm.lose(key, "a private network of Workstation's has no like in a domain XML")
        return connections[""] if network else NetworkConnection("null")
    if word not in connections:
        vm.lose(key, "it is neither bridged nor hostonly nor nat nor custom", "error")
        return connections[""] if network else NetworkConnection("null")
    return connections[word]


def _distributed(vm: VmxReader, prefix: str) -> NetworkConnection | None:
    key = f"{prefix}.dvs.switchId"
    text = vm.text(key)
    if text is None:
        return None
    switch = written_uuid(text)
    if switch is None:
        vm.lose(key, "it is no UUID: sixteen bytes in hexadecimal", "error")
        return None
    group = vm.text(f"{prefix}.dvs.portgroupId")
    if group is None:
        vm.stop(key, "libvirt takes no distributed switch without a port group (dvs.portgroupId)")
    default = None if group is None else 0
    port = vm.number(f"{prefix}.dvs.portId", -_LONG, _LONG - 1)
    connection = vm.number(f"{prefix}.dvs.connectionId", -_LONG, _LONG - 1)
    vm.mark_converted(f"{prefix}.networkName", f"{prefix}.connectionType")
    source: dict[str, str | int | None] = {
        "switchid": switch,
        "portid": default if port is None else port,
        "portgroupid": group,
        "connectionid": default if connection is None else connection,
    }
    return NetworkConnection("vds", source)


# Domain XML to VMX


def format_networks(domain: DomainReader, out: VmxWriter, version: int) -> None:
    """Every interface a VMX of this hardware version has room for."""
    limit = _LIMIT if version >= _LIMIT_SINCE else _LIMIT_OLD
    for number, interface in enumerate(domain.element.iterfind("devices/interface")):
        if number >= limit:
            why = f"hardware version {version} has room for {limit} network cards"
            domain.lose(interface, why, "error")
            continue
        prefix = f"ethernet{number}"
        out.flag(f"{prefix}.present", value=True)
        _format_model(domain, out, interface, prefix)
        _format_connection(domain, out, interface, prefix)
        _format_address(domain, out, interface, prefix)


def has_express_card(domain: DomainReader) -> bool:
    """Whether one of the network cards sits on PCI Express."""
    models = [
        str(element.get("type")).lower() for element in domain.element.iterfind("devices/interface/model")
    ]
    return any(_FOREIGN.get(model, (model, True))[0] in _ON_EXPRESS for model in models)


def _format_model(domain: DomainReader, out: VmxWriter, interface: etree._Element, prefix: str) -> None:
    element = interface.find("model")
    model = None if element is None else (element.get("type") or "").lower()
    if element is None or model is None:
        return
    if model in _FOREIGN:
        card, same = _FOREIGN[model]
        if not same:
            domain.lose(
                element, f"VMware has no such card: it becomes {card}, which the guest needs a driver for"
            )
        out.key(f"{prefix}.virtualDev", card)
    elif model not in _MODELS:
        domain.lose(element, "VMware has no such network card: it will take the guest's default", "warning")
    elif model == "vmxnet2":
        out.key(f"{prefix}.virtualDev", "vmxnet")
        out.key(f"{prefix}.features", _ENHANCED)
    else:
        out.key(f"{prefix}.virtualDev", model)


def _format_connection(domain: DomainReader, out: VmxWriter, interface: etree._Element, prefix: str) -> None:
    source = interface.find("source")
    get = attributes_of(source).get
    target = interface.find("target")
    device = None if target is None or _RUNTIME.fullmatch(target.get("dev") or "") else target.get("dev")
    kind = interface.get("type")
    match kind:
        case "bridge":
            _format_bridge(out, prefix, get("bridge"), device)
        case "user":
            out.key(f"{prefix}.connectionType", "nat")
        case "null":
            return
        case "vds":
            _format_distributed(domain, out, interface, prefix)
        case "network" if get("network") == _HOST_ONLY:
            out.key(f"{prefix}.connectionType", "hostonly")
        case _:
            name = get("network") or get("bridge") or get("dev") or ""
            out.unfinished(f"{prefix}.networkName", name, "name the port group or virtual network here")
            domain.lose(interface, "VMware has no such network: name one in its place", "warning")


def _format_bridge(out: VmxWriter, prefix: str, network: str | None, device: str | None) -> None:
    if network:
        out.key(f"{prefix}.networkName", network)
    out.key(f"{prefix}.connectionType", "custom" if device else "bridged")
    if device:
        out.key(f"{prefix}.vnet", device)


def _format_distributed(domain: DomainReader, out: VmxWriter, interface: etree._Element, prefix: str) -> None:
    source = interface.find("source")
    switch = None if source is None else written_uuid(source.get("switchid") or "")
    if source is None or switch is None:
        domain.lose(interface, "the distributed switch has no UUID", "error")
        return
    out.key(f"{prefix}.dvs.switchId", spaced_uuid(switch))
    for leaf, attribute in (
        ("portId", "portid"),
        ("portgroupId", "portgroupid"),
        ("connectionId", "connectionid"),
    ):
        value = source.get(attribute)
        if value is not None:
            out.key(f"{prefix}.dvs.{leaf}", value)


def _format_address(domain: DomainReader, out: VmxWriter, interface: etree._Element, prefix: str) -> None:
    element = interface.find("mac")
    text = None if element is None else element.get("address")
    address = None if text is None else written_mac(text)
    if element is not None and address is None:
        domain.lose_attribute(element, "address", "it is no MAC address: VMware will make one", "error")
    said = None if element is None else element.get("type")
    if address is None or (address == _NO_MAC and said != "static"):
        out.key(f"{prefix}.addressType", "generated")
        return
    usual, check = _usual(address)
    kind = usual
    if said in ("static", "generated"):
        kind = usual if said == "generated" and usual == "vpx" else said
        check = check if said == "static" else None
    given = None if element is None else element.get("check")
    check = {"yes": True, "no": False}.get(given or "", check)
    _format_typed_address(out, prefix, kind, address)
    if check is not None:
        out.flag(f"{prefix}.checkMACAddress", check)


def _format_typed_address(out: VmxWriter, prefix: str, kind: str, address: str) -> None:
    out.key(f"{prefix}.addressType", kind)
    out.key(f"{prefix}.{_ADDRESS_TYPES[kind][1]}", address)
    if kind == "generated":
        out.key(f"{prefix}.generatedAddressOffset", 0)


def _usual(address: str) -> tuple[str, bool | None]:
    """The address type VMware gives an address of this range, and whether it is to check it."""
    prefix, suffix = address[:8], int(address[9:].replace(":", ""), 16)
    if prefix == "00:0c:29":
        return "generated", None
    if prefix == "00:50:56" and suffix <= 0x3FFFFF:
        return "static", None
    if prefix == "00:50:56" and 0x800000 <= suffix <= 0xBFFFFF:
        return "vpx", None
    return "static", False
