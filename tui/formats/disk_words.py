"""What a ``<disk>`` says that only defining its domain looks at: words of its driver, its target and more."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

# By element, the attributes that are kept. What the policy needs is read by domain_disks.
_OF_DISK = ("type", "device", "model", "rawio", "sgio", "snapshot")
_JUDGED = {
    "driver": frozenset(
        (
            *("name", "cache", "error_policy", "rerror_policy", "io", "ioeventfd", "event_idx", "iothread"),
            *("copy_on_read", "discard", "detect_zeroes", "queues", "iommu", "ats", "packed"),
        )
    ),
    "target": frozenset(("tray", "removable", "rotation_rate")),
    "source": frozenset(("startupPolicy", "protocol", "type", "path", "namespace")),
    "boot": frozenset(("order",)),
    "address": frozenset(("type",)),
    "geometry": frozenset(("cyls", "heads", "secs", "trans")),
    "blockio": frozenset(("logical_block_size", "physical_block_size")),
}
_TEXTS = ("serial", "wwn", "vendor", "product")
# Elements of which only their presence counts.
_PRESENT = ("auth", "encryption", "backingStore")
_UNJUDGED = frozenset((*_TEXTS, *_PRESENT, "iotune"))
# The most usual words, to which nobody objects: they stand in every file.
_USUAL = {"type": "file", "device": "disk", "driver name": "qemu"}
_DRIVE = ("controller", "bus", "target", "unit")


class DiskElement:
    """A ``<disk>`` with the first child of each name at hand: a fleet has thousands, each asked for many."""

    __slots__ = ("element", "first", "get")

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        self.get = element.get
        self.first: dict[str, etree._Element] = {}
        for child in element:
            if isinstance(child.tag, str):  # no comment
                self.first.setdefault(child.tag, child)

    def find(self, name: str) -> etree._Element | None:
        """The first child of a name: of two libvirt takes the first."""
        return self.first.get(name)


def words_in(disk: DiskElement) -> dict[str, str]:
    """The words by element and attribute (``"driver cache"``), the disk's own by attribute alone.

    ``"source"`` is there for a ``<source>`` that says nothing, ``"drive"`` for an address on a controller.
    """
    found = {name: word for name in _OF_DISK if (word := disk.get(name)) is not None}
    for tag, child in disk.first.items():
        judged = _JUDGED.get(tag)
        if judged is not None:
            for name, word in child.items():
                if name in judged:
                    found[f"{tag} {name}"] = word
        elif tag in _UNJUDGED:
            found.update(_unjudged(child, tag))
        if tag == "source" and not child.attrib:
            found["source"] = ""
        elif tag == "address" and child.get("type") == "drive":
            found["drive"] = ":".join(child.get(name, "0") for name in _DRIVE)
    for key, word in _USUAL.items():
        if found.get(key) == word:
            del found[key]
    return found


def _unjudged(child: etree._Element, tag: str) -> Iterator[tuple[str, str]]:
    """What an element without attributes that count says."""
    if tag in _TEXTS:
        yield tag, (child.text or "").strip()
    elif tag in _PRESENT:
        yield tag, "yes"
    elif tag == "iotune":
        for one in child:
            yield f"iotune {one.tag!s}", (one.text or "").strip()
