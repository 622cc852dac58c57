"""The disks of a domain XML: what each ``<disk>`` says."""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache

from lxml import etree

from tui.disks import Device, Disk, Preset, UnitAddress, parse_mode
from tui.formats.disk_parts import parts_in
from tui.formats.disk_words import Children, children_of, words_in
from tui.formats.spellings import (
    PolicyWords,
    Surroundings,
    contradictions,
    dropped,
    shown_policy,
    snapshot_claims,
    transient_of,
)

CDROM_REASON = (
    "a CD-ROM drive holds no data of the VM and is read-only: it takes no part in snapshots by default"
)
FLOPPY_REASON = "a floppy drive takes no part in what this program edits"
EMPTY_REASON = "the drive is empty"

# Where a disk's type says its source lies: the attributes of <source> that name it, joined by a slash.
_SOURCES = {
    "file": ("file",),
    "block": ("dev",),
    "dir": ("dir",),
    "network": ("protocol", "name"),
    "volume": ("pool", "volume"),
    "vhostuser": ("path",),
    "vhostvdpa": ("dev",),
}
# Protocols whose sources have an address everybody writes alike.
_ADDRESSED = ("http", "https", "ftp", "ftps", "tftp", "nbd", "ssh", "gluster", "nfs")
# The digits of a PCI address, most significant first: 0000:01:00.0.
_PCI = (("domain", 4), ("bus", 2), ("slot", 2), ("function", 1))
# The buses whose addresses VMware has as well, and the numbers of one, none longer than this.
_ADDRESSED_BUSES = ("scsi", "sata", "ide", "fdc")
_NUMBERS = ("controller", "bus", "target", "unit")
_MOST_DIGITS = 5
_PRESETS = tuple(preset.value for preset in Preset)
# The words libvirt takes for a target's bus (virDomainDiskBus); nvme only since 11.5.
BUSES = frozenset(
    ("ide", "fdc", "scsi", "virtio", "xen", "usb", "uml", "sata", "sd", "nvme")  # domain_conf.c
)


def written_in(element: etree._Element) -> PolicyWords:
    """The words of a ``<disk>`` on its policy."""
    return _written(element, children_of(element))


def _written(element: etree._Element, children: Children) -> PolicyWords:
    return PolicyWords(
        snapshot=element.get("snapshot"),
        persistent=element.get("persistent"),
        snapshot_mode=element.get("snapshot_mode"),
        nosnapshot="nosnapshot" in children,
        nonpersistent="nonpersistent" in children,
        transient="transient" in children,
    )


def surroundings_of(element: etree._Element, domain_type: str) -> Surroundings:
    """How a ``<disk>`` without words on its policy is read."""
    children = children_of(element)
    silent = _source_of(element, children) == "" or _read_only(element, children)
    return _surroundings(element, children, domain_type, silent=silent)


def _surroundings(
    element: etree._Element, children: Children, domain_type: str, *, silent: bool
) -> Surroundings:
    """``silent``: nothing is in it, or nothing can be written to it."""
    takes_part = not (silent or element.get("type") == "vhostuser")
    qcow2 = _file_format(children) == "qcow2"
    return Surroundings(domain_type == "vmware", takes_part, Preset.INTERNAL if qcow2 else Preset.EXTERNAL)


def _read_only(element: etree._Element, children: Children) -> bool:
    return element.get("device") == "cdrom" or "readonly" in children


def _file_format(children: Children) -> str | None:
    driver = children.get("driver")
    return None if driver is None else driver.get("type")


def _source_of(element: etree._Element, children: Children) -> str:
    source = children.get("source")
    if source is None:
        return ""
    if element.get("type") == "network" and source.get("protocol") in _ADDRESSED:
        return _address_of(source)
    if element.get("type") == "nvme":
        return _nvme_of(source)
    names = _SOURCES.get(element.get("type") or "file", ("file", "dev", "name", "path"))
    return "/".join(part for name in names if (part := source.get(name)))


def _nvme_of(source: etree._Element) -> str:
    """``pci/0000:01:00.0/1``: a namespace of the host's device at that address, as far as it is said."""
    address = source.find("address")
    parts = (source.get("type"), None if address is None else _pci_of(address), source.get("namespace"))
    return "/".join(part for part in parts if part)


def _pci_of(address: etree._Element) -> str:
    """A PCI address as lspci writes it; numbers that libvirt would not take stand as they are."""
    words = [address.get(name, "0") for name, _ in _PCI]
    try:
        digits = [f"{int(word, 0):0{width}x}" for word, (_, width) in zip(words, _PCI, strict=True)]
    except ValueError:
        digits = words
    return f"{digits[0]}:{digits[1]}:{digits[2]}.{digits[3]}"


def _address_of(source: etree._Element) -> str:
    """``https://host:443/name``, as curl and qemu-img take it; the port as written, or none."""
    host = source.find("host")
    socket = None if host is None else host.get("socket")
    if socket:
        return f"{source.get('protocol')}+unix:///{source.get('name') or ''}?socket={socket}"
    where = "" if host is None else host.get("name") or ""
    where = f"[{where}]" if ":" in where else where
    port = None if host is None else host.get("port")
    name = (source.get("name") or "").removeprefix("/")
    query = f"?{source.get('query')}" if source.get("query") else ""
    return (
        f"{source.get('protocol')}://{where}{f':{port}' if port else ''}{f'/{name}' if name else ''}{query}"
    )


def _place_of(children: Children, bus: str) -> UnitAddress | None:
    address = children.get("address")
    if address is None or address.get("type") != "drive":
        return None
    numbers = [address.get(name, "0") for name in _NUMBERS]
    if bus not in _ADDRESSED_BUSES or max(map(len, numbers)) > _MOST_DIGITS:
        return None
    return _unit_at(bus, *numbers)


@lru_cache(maxsize=512)
def _unit_at(bus: str, *numbers: str) -> UnitAddress | None:
    """The place that an address's four numbers tell of; the disks of a fleet have few."""
    if not all(number.isascii() and number.isdigit() for number in numbers):
        return None
    controller, channel, target, unit = map(int, numbers)
    match bus:
        case "scsi":
            return UnitAddress(bus, controller, unit or target)
        case "sata":
            return UnitAddress(bus, controller, unit)
        case "ide":
            return UnitAddress(bus, channel, unit)
    return UnitAddress("floppy", 0, unit)


def _bus_of(target: etree._Element | None) -> str:
    """The bus as written, else what libvirt takes from the target's first letters."""
    if target is None:
        return ""
    return target.get("bus") or _GUESSES.get((target.get("dev") or "")[:2], "")


_GUESSES = {"hd": "ide", "sd": "scsi", "vd": "virtio", "xv": "xen", "fd": "fdc", "ub": "uml", "nv": "nvme"}


def _lock_of(device: Device, source: str) -> str | None:
    match device:
        case Device.CDROM:
            return CDROM_REASON
        case Device.FLOPPY:
            return FLOPPY_REASON
    return None if source else EMPTY_REASON


def _device_of(element: etree._Element, source: str, domain_type: str) -> Device:
    if domain_type == "vmware" and _is_raw_drive(element, source):
        return Device.CDROM
    try:
        return Device(element.get("device") or "disk")
    except ValueError:
        return Device.DISK


def _is_raw_drive(element: etree._Element, source: str) -> bool:
    """A CD-ROM drive of the host that the guest talks to itself: libvirt's VMX driver calls it a lun.

    Its reader makes one of ``cdrom-raw``, and of any SCSI device passed through; only the drives among these
    are under ``/vmfs/devices/cdrom/`` (src/vmx/vmx.c, virVMXParseDisk).
    """
    passed = source.startswith("/vmfs/devices/") and not source.startswith("/vmfs/devices/cdrom/")
    return element.get("device") == "lun" and not passed


def _unknown_word(written: PolicyWords) -> str | None:
    """An unknown word on taking part, as it stands there, and what libvirt does with it."""
    if written.snapshot is not None and written.snapshot not in (*_PRESETS, "yes"):
        return f"snapshot='{written.snapshot}'"
    if written.snapshot_mode is not None and parse_mode(written.snapshot_mode) is None:
        return f"snapshot_mode='{written.snapshot_mode}'"
    return None


def _data_file(source: etree._Element | None) -> bool:
    """Whether a qcow2 image's data lie in a file of their own (``<dataStore>``, libvirt 10.10)."""
    return source is not None and source.find("dataStore") is not None


def _encrypted(children: Children, source: etree._Element | None) -> bool:
    return "encryption" in children or (source is not None and source.find("encryption") is not None)


def _bad_word(word: str | None, known: Container[str]) -> str | None:
    return None if word is None or word in known else word


def read_disk(element: etree._Element, index: int, domain_type: str) -> Disk:
    """The disk a ``<disk>`` describes; the ``index``-th of its domain."""
    children = children_of(element)
    written = _written(element, children)
    target, transient, place = children.get("target"), children.get("transient"), children.get("source")
    bus, source = _bus_of(target), _source_of(element, children)
    device = _device_of(element, source, domain_type)
    share_backing = None if transient is None else transient.get("shareBacking")
    snapshot = written.snapshot
    network = place if element.get("type") == "network" else None
    read_only = _read_only(element, children)
    around = _surroundings(element, children, domain_type, silent=read_only or not source)
    return Disk(
        index=index,
        place=_place_of(children, bus),
        target="" if target is None else target.get("dev") or "",
        device=device,
        bus=bus,
        source=source,
        source_kind=element.get("type") or "file",
        file_format=_file_format(children),
        policy=shown_policy(written, around),
        mode_word=written.snapshot_mode,
        preset=Preset(snapshot) if snapshot in _PRESETS else None,
        bad_preset=_unknown_word(written),
        transient=transient_of(written, share_backing),
        bad_share_backing=_bad_word(share_backing, ("yes", "no")),
        bad_bus=_bad_word(None if target is None else target.get("bus"), BUSES),
        protocol="" if network is None else network.get("protocol") or "",
        network_name="" if network is None else network.get("name") or "",
        data_file=_data_file(place),
        encrypted=_encrypted(children, place),
        snapshot_said=bool(snapshot_claims(written)),
        read_only=read_only,
        shareable="shareable" in children,
        contradictions=contradictions(written),
        dropped=dropped(written, around),
        words=words_in(element, children),
        parts=parts_in(element, children),
        locked=_lock_of(device, source),
    )
