"""Editing one ``<disk>`` in place: only its policy's words change, in the manner of those around them."""

from __future__ import annotations

from collections.abc import Iterator

from tui.formats.spellings import ATTRIBUTES, ELEMENTS, Written
from tui.formats.splice import Edit, splice
from tui.formats.xml_source import Attribute, Span, Tag, read_tag

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


def rewritten(body: bytes, disk: Span, before: Written, after: Written) -> bytes:
    """The bytes of ``disk`` in which ``after`` stands where ``before`` stood."""
    tag = read_tag(body, disk.start)
    edits = [*_attribute_edits(tag, before, after), *_element_edits(body, tag, disk, before, after)]
    shifted = (Edit(edit.start - disk.start, edit.end - disk.start, edit.text) for edit in edits)
    return splice(body[disk.start : disk.end], shifted)


def _attribute_edits(tag: Tag, before: Written, after: Written) -> Iterator[Edit]:
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


def _element_edits(body: bytes, tag: Tag, disk: Span, before: Written, after: Written) -> Iterator[Edit]:
    for name in ELEMENTS:
        old, new = getattr(before, name), getattr(after, name)
        if old and not new:
            for child in disk.children:
                if child.name == name:
                    yield Edit(_blank_start(body, child.start, tag.end), child.end)
        elif new and not old:
            yield _added_element(body, tag, disk, name)


def _blank_start(body: bytes, at: int, least: int) -> int:
    """Where the blanks before ``at`` begin, if nothing but blanks stands between it and the markup before."""
    start = at
    while start > least and body[start - 1 : start] in (b" ", b"\t", b"\r", b"\n"):
        start -= 1
    return start if body[start - 1 : start] == b">" else at


def _added_element(body: bytes, tag: Tag, disk: Span, name: str) -> Edit:
    leading = [child for child in disk.children if child.name in _BEFORE_POLICY]
    # A disk that may be edited has a source, so there is a child to stand behind.
    anchor = (leading or disk.children)[-1]
    blank = body[_blank_start(body, anchor.start, tag.end) : anchor.start]
    return Edit(anchor.end, anchor.end, blank + _empty_element(body, disk, anchor, name.encode()))


def _empty_element(body: bytes, disk: Span, anchor: Span, name: bytes) -> bytes:
    """``<x/>``, ``<x />`` or ``<x></x>``: as the anchor writes an empty element, else as its siblings do."""
    for child in (anchor, *disk.children):
        tag = read_tag(body, child.start)
        if tag.empty:
            return b"<" + name + (tag.blank if tag.blank == b" " else b"") + b"/>"
        if body.startswith(b"</", tag.end):
            return b"<" + name + b"></" + name + b">"
    return b"<" + name + b"/>"
