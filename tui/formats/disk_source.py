"""Editing one ``<disk>`` in place: only its policy's words change, in the manner of those around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tui.formats.spellings import ATTRIBUTES, ELEMENTS, PolicyWords
from tui.formats.splice import Edit, splice
from tui.formats.xml_source import Attribute, ElementSpan, Tag, children_of, read_tag

# Where libvirt's own formatter would put a policy's element: behind these (its domain_conf.c).
_BEFORE_POLICY = (
    "driver",
    "auth",
    "source",
    "backingStore",
    "backenddomain",
    "geometry",
    "blockio",
    "mirror",
    "target",
    "iotune",
    "readonly",
    "shareable",
)
_BLANKS = b" \t\r\n"


def rewritten(
    disk: bytes, before: PolicyWords, after: PolicyWords, prefixes: Mapping[str | None, str]
) -> bytes:
    """A ``<disk>``'s bytes in which ``after`` stands where ``before`` stood.

    ``prefixes`` are the namespaces in force where it stands.
    """
    tag = read_tag(disk, 0)
    names = [name for name in ELEMENTS if bool(getattr(before, name)) != bool(getattr(after, name))]
    children = children_of(disk, prefixes) if names else []
    elements = (edit for name in names for edit in _element_edits(disk, tag, children, name, after))
    return splice(disk, [*_attribute_edits(tag, before, after), *elements])


def _attribute_edits(tag: Tag, before: PolicyWords, after: PolicyWords) -> Iterator[Edit]:
    standing = {attribute.name: attribute for attribute in tag.attributes}
    for name in ATTRIBUTES:
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        if old is None:
            yield _added_attribute(tag, name, new)
        elif new is None:
            yield Edit(standing[name].start, standing[name].end)
        else:
            yield Edit(standing[name].value_start, standing[name].end - 1, new.encode())


def _added_attribute(tag: Tag, name: str, value: str) -> Edit:
    model = tag.attributes[-1] if tag.attributes else Attribute("", 0, _name_end(tag), b" ", b"=", b"'", 0)
    text = model.blank + name.encode() + model.equals + model.quote + value.encode() + model.quote
    return Edit(model.end, model.end, text)


def _name_end(tag: Tag) -> int:
    return tag.end - len(tag.blank) - (2 if tag.empty else 1)


def _element_edits(
    disk: bytes, tag: Tag, children: Sequence[ElementSpan], name: str, after: PolicyWords
) -> Iterator[Edit]:
    if getattr(after, name):
        yield _added_element(disk, tag, children, name)
        return
    for child in children:
        if child.name == name:
            yield Edit(_blank_start(disk, child.start, tag.end), child.end)


def _blank_start(disk: bytes, at: int, least: int) -> int:
    """Where the blanks before ``at`` begin, if nothing but blanks stands between it and the markup before."""
    start = at
    while start > least and disk[start - 1 : start] in (b" ", b"\t", b"\r", b"\n"):
        start -= 1
    return start if disk[start - 1 : start] == b">" else at


def _added_element(disk: bytes, tag: Tag, children: Sequence[ElementSpan], name: str) -> Edit:
    leading = [child for child in children if child.name in _BEFORE_POLICY]
    # A disk that may be edited has a source, so there is a child to stand behind.
    anchor = (leading or children)[-1]
    blank = disk[_blank_start(disk, anchor.start, tag.end) : anchor.start]
    return Edit(anchor.end, anchor.end, blank + _empty_element(disk, children, anchor, name.encode()))


def _empty_element(disk: bytes, children: Sequence[ElementSpan], anchor: ElementSpan, name: bytes) -> bytes:
    """``<x/>``, ``<x />`` or ``<x></x>``: as the anchor writes an empty element, else as its siblings do."""
    for child in (anchor, *children):
        tag = read_tag(disk, child.start)
        if tag.empty:
            return b"<" + name + (tag.blank if tag.blank == b" " else b"") + b"/>"
        if disk.startswith(b"</", tag.end):
            return b"<" + name + b"></" + name + b">"
    return b"<" + name + b"/>"
