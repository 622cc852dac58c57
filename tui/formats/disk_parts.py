"""What stands deeper in a ``<disk>`` than its own words: its address, its source, what that builds on."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from tui.disks import Part
from tui.formats.disk_words import Children

# Elements of a disk that libvirt reads whole; of the others those with something in them are.
_READ_WHOLE = frozenset(("address", "geometry", "acpi"))
# What stands in a source or, as of old, in the disk itself.
_OF_SOURCE = ("auth", "encryption")
# What a domain that is defined is not read for, or is by its words (see disk_words).
_NOT_READ = frozenset(("mirror", "iotune", "statistics"))
# Of all others with one name libvirt takes the first.
_REPEATED = frozenset(("host", "cookie", "secret", "seclabel"))
_CHAIN = "backingStore"
_READ_APART = frozenset((*_OF_SOURCE, *_NOT_READ, "source", _CHAIN))
# Types of storage that a path tells all of.
_PATHS = ("file", "block", "dir")


def parts_in(disk: etree._Element, children: Children) -> tuple[Part, ...]:
    """The parts of a ``<disk>``: of its source, its own, then the chain that builds it up."""
    found = list(_of_sources(disk, children))
    for tag, child in children.items():
        if tag in _READ_WHOLE:
            found.append(Part(tag, "", "", dict(child.items()), "", ()))
        elif tag not in _READ_APART and len(child):
            found += _of_element(child, tag, "", "")
    if _CHAIN in children:
        found += _of_chain(children[_CHAIN])
    return tuple(found)


def _read(element: etree._Element) -> Iterator[etree._Element]:
    seen = set()
    for child in element:
        if isinstance(child.tag, str) and child.tag not in seen and child.tag not in _NOT_READ:
            if child.tag not in _REPEATED:
                seen.add(child.tag)
            yield child


def _of_sources(disk: etree._Element, children: Children) -> Iterator[Part]:
    kind = disk.get("type") or "file"
    source = children.get("source")
    protocol = _protocol(source, kind)
    whole = kind not in _PATHS or disk.get("device") == "lun"
    old = [children[tag] for tag in _OF_SOURCE if tag in children]
    if source is not None and (whole or len(source) or old):
        yield from _of_element(source, "source", kind, protocol)
    for child in old:
        yield from _of_element(child, f"source/{child.tag!s}", kind, protocol)


def _protocol(source: etree._Element | None, kind: str) -> str:
    return "" if source is None or kind != "network" else source.get("protocol") or ""


def _of_element(element: etree._Element, path: str, kind: str, protocol: str) -> Iterator[Part]:
    yield _part(element, path, kind, protocol)
    for child in _read(element):
        yield from _of_element(child, f"{path}/{child.tag!s}", kind, protocol)


def _of_chain(store: etree._Element) -> Iterator[Part]:
    """A ``<backingStore>`` and what it builds on; one without a type ends the chain."""
    while (kind := store.get("type")) is not None:
        yield _part(store, _CHAIN, kind, "")
        below = None
        for child in sorted(_read(store), key=lambda one: one.tag == "source"):
            if child.tag == _CHAIN:
                below = child
            elif child.tag == "source":
                yield from _of_element(child, "source", kind, _protocol(child, kind))
            else:
                yield from _of_element(child, f"{_CHAIN}/{child.tag!s}", kind, "")
        if below is None:
            return
        store = below


def _part(element: etree._Element, path: str, kind: str, protocol: str) -> Part:
    inside = tuple(str(child.tag) for child in element if isinstance(child.tag, str))
    return Part(path, kind, protocol, dict(element.attrib), element.text or "", inside)
