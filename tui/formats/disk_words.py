"""What a ``<disk>`` says that only defining its domain looks at: words of its driver, its target and more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from lxml import etree

# By element, the attributes that are kept, and what each is called. What the policy needs is read by
# domain_disks.
_OF_DISK = ("type", "device", "model", "rawio", "sgio", "snapshot")
_JUDGED = {
    tag: {name: f"{tag} {name}" for name in names}
    for tag, names in {
        "driver": (
            *("name", "cache", "error_policy", "rerror_policy", "io", "ioeventfd", "event_idx", "iothread"),
            *("copy_on_read", "discard", "detect_zeroes", "queues", "queue_size", "iommu", "ats", "packed"),
            "page_per_vq",
        ),
        "target": ("tray", "removable", "rotation_rate"),
        "source": ("startupPolicy", "protocol", "type", "path", "namespace"),
        "boot": ("order", "loadparm"),
        "address": ("type",),
        "geometry": ("cyls", "heads", "secs", "trans"),
        "blockio": ("logical_block_size", "physical_block_size"),
    }.items()
}
_TEXTS = ("serial", "wwn", "vendor", "product")
# Elements of which only their presence counts.
_PRESENT = ("auth", "encryption", "backingStore", "mirror")
# The most usual words, which no rule is about: they stand in every file.
_USUAL = {"type": "file", "device": "disk", "driver name": "qemu"}
# Of these libvirt takes each limit where it first stands, be it in a second such element.
_LIMITS = "iotune"
_READ = frozenset((*_TEXTS, *_PRESENT, _LIMITS))
_OWN_ALIAS = "ua-"
_DRIVE = ("controller", "bus", "target", "unit")


Children: TypeAlias = "Mapping[str, etree._Element]"  # noqa: SLF001 - lxml's own name for it


def children_of(element: etree._Element) -> Children:
    """The elements in an element by name; of two with one name libvirt takes the first."""
    found: dict[str, etree._Element] = {}
    for child in element:
        tag = child.tag
        if isinstance(tag, str) and tag not in found:
            found[tag] = child
    return found


def words_in(element: etree._Element, children: Children) -> dict[str, str]:
    """The words by element and attribute (``"driver cache"``), the disk's own by attribute alone.

    ``"source"`` and ``"boot"`` are there for such an element that does not say what it is for, ``"drive"``
    for an address on a controller, ``"alias"`` for one of the person's own.
    """
    found = {name: word for name in _OF_DISK if (word := element.get(name)) is not None}
    for tag, child in children.items():
        judged = _JUDGED.get(tag)
        if judged is not None:
            found |= {judged[name]: word for name, word in child.items() if name in judged}
        elif tag in _READ:
            found.update(_unjudged(child, tag))
    if "source" in children and not children["source"].attrib:
        found["source"] = ""
    if "boot" in children and "boot order" not in found:
        found["boot"] = ""
    if found.get("address type") == "drive":
        found["drive"] = ":".join(children["address"].get(name, "0") for name in _DRIVE)
    if "alias" in children and children["alias"].get("name", "").startswith(_OWN_ALIAS):
        found["alias"] = children["alias"].get("name", "")
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
    elif tag == _LIMITS:
        limits = [limit for one in (child, *child.itersiblings(tag)) for limit in one]
        for limit in reversed(limits):
            yield f"{tag} {limit.tag!s}", limit.text or ""
