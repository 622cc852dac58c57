"""Network interfaces of a domain as VMX keys.

Source: libvirt's VMX driver; VMware KB 219 (address ranges) for the type of an address; QEMU's cards.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.convert.domain_reader import DomainReader, attributes_of
from tui.convert.identity import spaced_uuid, written_uuid
from tui.convert.networks import ADDRESS_TYPES, ENHANCED, HOST_ONLY, MODELS, NO_MAC, written_mac
from tui.convert.vmx_writer import VmxWriter

if TYPE_CHECKING:
    from lxml import etree

# Names libvirt makes up while a domain runs.
_RUNTIME = re.compile(r"(?:vnet|macvtap|macvlan|vif)\d+", re.ASCII)
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
# VMware's cards that sit on PCI Express.
_ON_EXPRESS = ("vmxnet3", "e1000e")
# The most network cards from that hardware version on, and before (VMware's configuration maximums).
_LIMIT, _LIMIT_SINCE, _LIMIT_OLD = 10, 7, 4


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
    elif model not in MODELS:
        domain.lose(element, "VMware has no such network card: it will take the guest's default", "warning")
    elif model == "vmxnet2":
        out.key(f"{prefix}.virtualDev", "vmxnet")
        out.key(f"{prefix}.features", ENHANCED)
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
        case "network" if get("network") == HOST_ONLY:
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
    if address is None or (address == NO_MAC and said != "static"):
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
    out.key(f"{prefix}.{ADDRESS_TYPES[kind][1]}", address)
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
