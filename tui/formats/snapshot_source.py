"""Where the parts of a ``<domainsnapshot>`` lie in its bytes, and what is put between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tui.formats.splice import Edit
from tui.formats.xml_source import ElementSpan, Tag, XmlScan, read_tag

# libvirt's own order of the children this program writes (snapshot_conf.c): each goes behind those before it.
_ORDER = ("name", "description", "state", "parent", "creationTime", "memory", "disks")
_INDENT = b"\n  "
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
_ESCAPES = str.maketrans(_MARKUP | {"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})
# What no XML 1.0 document can hold, not even by reference.
_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Child(NamedTuple):
    """A new child of the root: its name and its bytes."""

    name: str
    text: bytes


def escaped(text: str) -> bytes:
    """``text`` as XML has it, in content or in quotes of either kind; U+FFFD for what XML cannot hold."""
    return _UNSAYABLE.sub("\ufffd", text).translate(_ESCAPES).encode("utf-8")


def memory_written(word: str, file: str | None) -> bytes:
    """A ``<memory>`` element with its word, and its file where one is named, in UTF-8."""
    path = b"" if file is None else b" file='" + escaped(file) + b"'"
    return b"<memory snapshot='" + word.encode() + b"'" + path + b"/>"


def entry_written(body: bytes, entry: ElementSpan, word: str, *, keep: bool) -> Edit:
    """The entry with ``word``; unless ``keep``, only its name besides: the rest is for external alone."""
    tag = read_tag(body, entry.start)
    standing = next((one for one in tag.attributes if one.name == "snapshot"), None)
    if not keep and (entry.children or any(one.name not in ("name", "snapshot") for one in tag.attributes)):
        return Edit(tag.start, entry.end, _plain_entry(body, tag, word))
    if standing is not None:
        return Edit(standing.value_start, standing.end - 1, word.encode())
    model = tag.attributes[-1]
    text = model.blank + b"snapshot" + model.equals + model.quote + word.encode() + model.quote
    return Edit(model.end, model.end, text)


def _plain_entry(body: bytes, tag: Tag, word: str) -> bytes:
    name = next(one for one in tag.attributes if one.name == "name")
    start = body[tag.start : tag.attributes[0].start] + body[name.start : name.end]
    return start + name.blank + b"snapshot" + name.equals + name.quote + word.encode() + name.quote + b"/>"


@dataclass(slots=True)
class SnapshotSpan:
    """The root's bytes and those of its children, to the depth at which an entry's own children lie."""

    root: ElementSpan

    def all_named(self, name: str) -> list[ElementSpan]:
        """The root's children of that name."""
        return [child for child in self.root.children if child.name == name]

    def blank_start(self, body: bytes, span: ElementSpan) -> int:
        """Where the blanks before an element begin, where nothing but blanks stands before it."""
        start = span.start
        while body[start - 1 : start] in (b" ", b"\t", b"\r", b"\n"):
            start -= 1
        return start if body[start - 1 : start] == b">" else span.start

    def _indent(self, body: bytes, among: Sequence[ElementSpan], otherwise: bytes) -> bytes:
        """The blanks before the first of ``among``."""
        return body[self.blank_start(body, among[0]) : among[0].start] if among else otherwise

    def new_entries(self, body: bytes, entries: Sequence[tuple[bytes, str]]) -> list[Edit]:
        """New entries, behind those there are; with no ``<disks>`` yet, with one."""
        if not entries:
            return []
        texts = [b"<disk name='" + name + b"' snapshot='" + word.encode() + b"'/>" for name, word in entries]
        standing = self.all_named("disks")
        outer = self._indent(body, self.root.children, _INDENT)
        if not standing:
            inner = outer + outer.rsplit(b"\n", 1)[-1] if b"\n" in outer else outer
            text = b"<disks>" + b"".join(inner + one for one in texts) + outer + b"</disks>"
            return self.new_children(body, [Child("disks", text)])
        disks = standing[0]
        tag = read_tag(body, disks.start)
        deeper = outer + outer.rsplit(b"\n", 1)[-1] if b"\n" in outer else outer
        inner = self._indent(body, disks.children, deeper)
        text = b"".join(inner + one for one in texts)
        if tag.empty:
            return [Edit(tag.end - len(tag.blank) - 2, tag.end, b">" + text + outer + b"</disks>")]
        at = disks.children[-1].end if disks.children else tag.end
        return [Edit(at, at, text)]

    def new_children(self, body: bytes, children: Iterable[Child]) -> list[Edit]:
        """New children of the root, in libvirt's order as far as those there follow it."""
        indent = self._indent(body, self.root.children, _INDENT)
        edits = []
        for child in children:
            before = _ORDER[: _ORDER.index(child.name)]
            leading = [one for one in self.root.children if one.name in before]
            at = leading[-1].end if leading else read_tag(body, self.root.start).end
            edits.append(Edit(at, at, indent + child.text))
        return edits

    def opened(self, body: bytes, edits: Sequence[Edit]) -> list[Edit]:
        """The edits, where the root is written ``<x/>`` with its tags taken apart to hold what is put in."""
        tag = read_tag(body, self.root.start)
        if not tag.empty or not edits:
            return list(edits)
        text = b"".join(edit.text for edit in edits)
        return [Edit(tag.end - len(tag.blank) - 2, tag.end, b">" + text + b"\n</domainsnapshot>")]


class _SnapshotScan(XmlScan):
    """Keeps the root's children, and theirs, two floors down."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.top: ElementSpan | None = None
        self._open: list[ElementSpan] = []

    def entered(self, name: str, at: int) -> None:
        """The root, a child of it, an entry, or an entry's child."""
        if len(self.path) > 4:
            return
        span = ElementSpan(name, at)
        if self._open:
            self._open[-1].children.append(span)
        else:
            self.top = span
        self._open.append(span)

    def left(self, depth: int) -> None:
        """The end of one of those."""
        if depth <= 4:
            span = self._open.pop()
            span.end = self.element_end(span.start)


def find_snapshot(body: bytes, name: str) -> SnapshotSpan | None:
    """Where the root called ``name`` and its parts lie in a UTF-8 body, or None where the root is another.

    Raises FormatError where the body is not well-formed, has a DOCTYPE or nests too deep.
    """
    scan = _SnapshotScan(body)
    scan.run()
    return SnapshotSpan(scan.top) if scan.top is not None and scan.top.name == name else None
