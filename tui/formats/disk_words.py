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
            *("copy_on_read", "discard", "detect_zeroes", "queues", "queue_size", "iommu", "ats", "packed"),
            "page_per_vq",
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
# The most usual words, to which nobody objects: they stand in every file.
_USUAL = {"type": "file", "device": "disk", "driver name": "qemu"}
_OWN_ALIAS = "ua-"
_DRIVE = ("controller", "bus", "target", "unit")


def words_in(element: etree._Element) -> dict[str, str]:
    """The words by element and attribute (``"driver cache"``), the disk's own by attribute alone.

    ``"source"`` and ``"boot"`` are there for such an element that does not say what it is for, ``"drive"``
    for an address on a controller, ``"alias"`` for one of the person's own.
    """
    found = {name: word for name in _OF_DISK if (word := element.get(name)) is not None}
    seen = set()
    for child in element:
        if not isinstance(child.tag, str) or child.tag in seen:
            continue  # of two libvirt takes the first
        seen.add(child.tag)
        judged = _JUDGED.get(child.tag)
        if judged is not None:
            found.update((f"{child.tag} {name}", word) for name, word in child.items() if name in judged)
        else:
            found.update(_unjudged(child, child.tag))
        if child.tag == "source" and not child.attrib:
            found["source"] = ""
        elif child.tag == "boot" and "order" not in child.attrib:
            found["boot"] = ""
        elif child.tag == "address" and child.get("type") == "drive":
            found["drive"] = ":".join(child.get(name, "0") for name in _DRIVE)
        elif child.tag == "alias" and child.get("name", "").startswith(_OWN_ALIAS):
            found["alias"] = child.get("name", "")
    for key, word in _USUAL.items():
        if found.get(key) == word:
            del found[key]
    return found


def _unjudged(child: etree._Element, tag: str) -> Iterator[tuple[str, str]]:
    """What an element without attributes that count says."""
    if tag in _TEXTS:
        yield tag, child.text or ""
    elif tag in _PRESENT:
        yield tag, "yes"
    elif tag == "iotune":
        for one in child:
            yield f"iotune {one.tag!s}", one.text or ""
