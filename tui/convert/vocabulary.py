"""What the converter takes from a domain XML; whatever else stands there is reported, never silently dropped.

``SAID`` is the whole vocabulary as a tree: the attributes of an element, and its children with theirs. The
names are those of libvirt's formatdomain.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.convert.domain_reader import DomainReader, children, local_name, value_of
from tui.convert.guests import is_foreign
from tui.convert.system import EVENTS

if TYPE_CHECKING:
    from lxml import etree


@dataclass(frozen=True, slots=True)
class Words:
    """The attributes of an element that are said, and its children."""

    attributes: frozenset[str] = frozenset()
    children: Mapping[str, Words] = field(default_factory=dict)


def _words(attributes: str = "", **elements: Words) -> Words:
    return Words(frozenset(attributes.split()), elements)


_SIZE = _words("unit")
_PORT = _words(
    "type",
    source=_words("path mode host service"),
    protocol=_words("type"),
    target=_words("type port", model=_words("name")),
)
_DEVICES = _words(
    disk=_words(
        "type device snapshot persistent snapshot_mode",
        driver=_words("name type cache"),
        source=_words("file dev startupPolicy index"),
        target=_words("dev bus"),
        backingStore=_words(),
        readonly=_words(),
        shareable=_words(),
        transient=_words("shareBacking"),
        boot=_words("order"),
        nosnapshot=_words(),
        nonpersistent=_words(),
    ),
    controller=_words("type index model"),
    filesystem=_words("type accessmode", source=_words("dir"), target=_words("dir"), readonly=_words()),
    interface=_words(
        "type",
        mac=_words("address type check"),
        source=_words("bridge network dev switchid portid portgroupid connectionid"),
        target=_words("dev"),
        model=_words("type"),
        boot=_words("order"),
    ),
    serial=_PORT,
    parallel=_PORT,
    console=_PORT,
    graphics=_words("type port autoport listen keymap passwd", listen=_words("type address")),
    video=_words(model=_words("type vram primary heads")),
)
SAID = _words(
    "type id",
    name=_words(),
    uuid=_words(),
    hwuuid=_words(),
    genid=_words(),
    description=_words(),
    memory=_SIZE,
    currentMemory=_SIZE,
    memtune=_words(min_guarantee=_SIZE),
    vcpu=_words("placement cpuset current"),
    cputune=_words(shares=_words()),
    os=_words(
        "firmware",
        type=_words("arch"),
        firmware=_words(feature=_words("enabled name")),
        loader=_words("readonly secure type"),
        smbios=_words("mode"),
    ),
    cpu=_words(topology=_words("sockets dies clusters cores threads")),
    devices=_DEVICES,
)
# Elements whose words are fine where they say what VMware does anyway.
_USUAL = {
    "clock": {"offset": "utc"},
    "cpu": {"mode": "custom", "match": "exact", "check": "none"},
}
# Devices that are reported as a whole where they are of another kind.
_KINDS = {
    "controller": ("scsi", "sata", "nvme", "ide", "fdc"),
    "graphics": ("vnc",),
    "serial": ("dev", "file", "pipe", "unix", "tcp", "null"),
    "parallel": ("dev", "file"),
    "console": ("dev", "file", "pipe", "unix", "tcp", "null"),
}
# What each hypervisor makes up for itself.
_DERIVED = ("address", "alias")
_WHY = {
    "metadata": "it belongs to the tools that wrote it",
    "features": "VMware decides by itself what its firmware and processors offer",
    "clock": "VMware's clock begins in UTC",
    "cpu": "VMware passes the host's processor on",
    "emulator": "it is a program of the host",
    "boot": "VMware keeps the boot order in its firmware",
    "datacenterpath": "vCenter's inventory says it, not the VMX",
    "moref": "vCenter's inventory says it, not the VMX",
}
# Without these a guest may not start, or not have what it needs: told one by one.
_MATTERS = {
    "tpm": "add a virtual TPM in VMware (an encrypted VM, or a key provider): Windows 11, BitLocker need it",
    "hostdev": "pass a device of VMware's host through in its place",
    "nvram": "the firmware's settings stay behind: only EFI/BOOT/BOOTX64.EFI is found without them",
    "encryption": "decrypt the disk first: VMware cannot read it",
    "shmem": "VMware has no memory shared with other machines",
    "kernel": "VMware starts no kernel from the host: the guest must start from its disk",
    "vsock": "VMware has VMCI in its place, which the guest needs a driver for",
}
_NO_WORD = "a VMX has no word for it, or libvirt's VMX driver knows none"


def report_unconverted(domain: DomainReader, used: Set[tuple[str, int]]) -> None:
    """Note every element and attribute that ``SAID`` does not hold; ``used`` controllers have a disk."""
    _walk(domain, domain.element, SAID)
    derived = [
        element
        for name in _DERIVED
        for element in domain.element.iterfind(f"devices/*/{name}")
        if element.get("type") not in (None, "drive") or name == "alias"
    ]
    if derived:
        why = "each hypervisor makes these up for itself"
        domain.lose(derived[0], why, value=f"guest addresses and aliases: {len(derived)}")
    _report_controllers(domain, used)
    _report_others(domain)


def _walk(domain: DomainReader, element: etree._Element, words: Words) -> None:
    usual = _USUAL.get(str(element.tag), {})
    lost = {
        str(name): str(value)
        for name, value in element.items()
        if name not in words.attributes and usual.get(name) != value
    }
    if lost:
        domain.lose_attributes(element, lost, _NO_WORD)
    for child in children(element):
        if _is_skipped(element, child):
            continue
        known = words.children.get(str(child.tag))
        if known is not None:
            _walk(domain, child, known)
        elif local_name(child) in _MATTERS and _is_lost(domain, child):
            domain.lose(child, _MATTERS[local_name(child)], "warning")
        elif not _is_usual(child) and _is_lost(domain, child):
            domain.lose(child, _WHY.get(local_name(child), _NO_WORD))


def _is_skipped(element: etree._Element, child: etree._Element) -> bool:
    """What is reported elsewhere, as a whole: the addresses, and a disk's source that VMware has not."""
    if element.tag == "disk" and child.tag == "source":
        return element.get("type", "file") not in ("file", "block")
    kinds = _KINDS.get(str(child.tag)) if element.tag == "devices" else None
    return child.tag in _DERIVED or (kinds is not None and child.get("type") not in kinds)


def _is_lost(domain: DomainReader, element: etree._Element) -> bool:
    """Whether it goes unsaid: not the NVRAM of VMware's own domain, nor a foreign one's boot order."""
    if element.tag == "boot":
        return not is_foreign(domain)
    return element.tag != "nvram" or is_foreign(domain)


def _is_usual(element: etree._Element) -> bool:
    if element.tag in EVENTS:
        return (element.text or "").strip() == EVENTS[str(element.tag)]
    if element.tag == "boot" and element.getparent() is not None:
        return element.get("dev") == "hd"
    usual = _USUAL.get(str(element.tag))
    return usual is not None and dict(element.items()).items() <= usual.items() and len(element) == 0


def _report_controllers(domain: DomainReader, used: Set[tuple[str, int]]) -> None:
    """Controllers without a counterpart, a line for each kind; ``used`` are those with a disk."""
    for kind, found in domain.controllers.items():
        elements = [element for number, element in found.items() if (kind, number) not in used]
        if not elements or kind in ("ide", "fdc"):
            continue
        why = "no disk is on it" if kind in ("scsi", "sata", "nvme") else "VMware makes up its own"
        value = value_of(elements[0]) if len(elements) == 1 else f"{len(elements)} {kind} controllers"
        domain.lose(elements[0], why, value=value)


def _report_others(domain: DomainReader) -> None:
    """Screens that are no VNC, and consoles that are no serial ports."""
    screens = domain.element.findall("devices/graphics")
    first = next((element for element in screens if element.get("type") == "vnc"), None)
    for element in screens:
        if element is not first:
            domain.lose(element, "a VMX has one screen to offer, by VNC")
    for element in domain.element.iterfind("devices/console"):
        target = element.find("target")
        if target is not None and target.get("type", "serial") != "serial":
            domain.lose(element, "VMware's consoles are serial ports")
