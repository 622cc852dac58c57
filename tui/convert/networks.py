"""Network interfaces of a VMX as ``<interface>`` elements.

Source: libvirt's VMX driver; the vSphere API's DistributedVirtualSwitchPortConnection.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tui.convert.controllers import pci_address
from tui.convert.identity import written_uuid
from tui.convert.vmx_reader import VmxReader
from tui.convert.xml_writer import Attributes, XmlWriter

MODELS = ("vlance", "vmxnet", "vmxnet2", "vmxnet3", "e1000", "e1000e")
# What makes a vmxnet a vmxnet2.
ENHANCED = 15
_MAC = re.compile(r"[0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{1,2}){5}", re.ASCII)
NO_MAC = "00:00:00:00:00:00"
# VMX addressType: the domain XML's word, and the key the address stands under.
ADDRESS_TYPES = {
    "": (None, "generatedAddress"),
    "generated": ("generated", "generatedAddress"),
    "vpx": ("generated", "generatedAddress"),
    "static": ("static", "address"),
}
# The networks of the hosted products that a VMX names by its connection alone.
_BRIDGED_NETWORK = "VMnet0"
HOST_ONLY = "hostonly"
_LONG = 1 << 63


@dataclass(frozen=True, slots=True)
class NetworkConnection:
    """Where an interface leads: libvirt's ``type``, the attributes of ``<source>`` and the host's device."""

    kind: str
    source: Attributes | None = None
    target: str | None = None


def written_mac(text: str) -> str | None:
    """A MAC address as libvirt writes it, in small letters; None where it is none."""
    if not _MAC.fullmatch(text.strip()):
        return None
    return ":".join(part.rjust(2, "0") for part in text.strip().lower().split(":"))


def is_of_group(address: str) -> bool:
    """Whether a MAC address, as libvirt writes it, is a group of stations' (multicast) and no card's."""
    return int(address[1], 16) % 2 == 1


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
    if word not in ADDRESS_TYPES:
        vm.lose(key, "it is neither generated nor static nor vpx", "error")
        word = "static" if vm.has(f"{prefix}.address") else "generated"
    return ADDRESS_TYPES[word]


def _mac(vm: VmxReader, prefix: str, leaf: str) -> str:
    key = f"{prefix}.{leaf}"
    text = vm.text(key)
    if text is None:
        return NO_MAC
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
    return address or NO_MAC


def _model(vm: VmxReader, prefix: str) -> str | None:
    key = f"{prefix}.virtualDev"
    word = vm.word(key)
    features = vm.number(f"{prefix}.features", 0, _LONG - 1)
    if word and word not in MODELS:
        vm.lose(key, "VMware has no such network card", "error")
        return None
    if word == "vmxnet" and features == ENHANCED:
        return "vmxnet2"
    if features is not None:
        vm.lose(f"{prefix}.features", f"a domain XML has a word for vmxnet with {ENHANCED} (vmxnet2) only")
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
        "hostonly": NetworkConnection("network", {"network": HOST_ONLY}),
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
    source: Attributes = {
        "switchid": switch,
        "portid": default if port is None else port,
        "portgroupid": group,
        "connectionid": default if connection is None else connection,
    }
    return NetworkConnection("vds", source)
