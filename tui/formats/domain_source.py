"""A domain XML file's text in UTF-8, where in it the domains and their disks are, and lxml's tree of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Self, overload

from lxml import etree

from tui.cached import cached_property
from tui.formats.encodings import codec_named
from tui.formats.errors import FormatError
from tui.formats.splice import Edit, LineIndex, splice
from tui.formats.xml_source import (
    DOMAIN_NAMES,
    DomainSpan,
    ElementSpan,
    Unbound,
    UnboundError,
    find_domains,
    find_unbound,
    has_nothing_to_refuse,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_DECLARATION = rb"\s*<\?xml\s[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._:-]+)[\"']"
_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"))


def codec_of(data: bytes) -> str:
    """Python's codec for an XML document's bytes: its byte-order mark, else its declaration, else UTF-8.

    Raises FormatError for an encoding that Python does not know.
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return codec
    head = data[:200]
    declared = re.match(_DECLARATION, head) if b"<?xml" in head else None
    name = declared[1].decode("ascii") if declared else "utf-8"
    known = codec_named(name)
    if known is None:
        raise FormatError(
            f'the XML declares the encoding "{name}", which is not supported', "convert it to UTF-8", 1
        )
    return known


def decoded(data: bytes, codec: str) -> bytes:
    """The document in UTF-8, the one encoding everything here works in.

    Raises FormatError where it is not in ``codec``, or could not be written back.
    """
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError(
            f"byte 0x{data[error.start]:02x} at offset {error.start} is not {codec}",
            "declare the encoding the file is really in, or convert it",
            line,
        ) from None
    body = text.encode("utf-8")
    if codec != "utf-8" and text.encode(codec) != data:
        raise FormatError(f"its {codec} text cannot be written back byte for byte", "convert it to UTF-8")
    return body


class DomainSource:
    """A file's UTF-8 body and where in it the domains are; lxml's tree of it is made when it is asked for."""

    def __init__(
        self,
        codec: str,
        body: bytes,
        spans: Sequence[DomainSpan] | None = None,
        unbound: Unbound | None = None,
    ) -> None:
        self.unbound = unbound
        self.codec = codec
        self.body = body
        self._spans = spans

    @classmethod
    def of(cls, data: bytes) -> Self:
        """A file as it is read: all of it is looked at. Raises FormatError."""
        codec = codec_of(data)
        body = decoded(data, codec)
        source = cls(codec, body) if has_nothing_to_refuse(body) else cls._scanned(codec, body)
        if not source.elements:
            raise _no_domain(body)
        return source

    @classmethod
    def _scanned(cls, codec: str, body: bytes) -> Self:
        try:
            source = cls(codec, body, find_domains(body))
        except UnboundError:
            source = cls(codec, body, find_domains(body, namespaces=False), find_unbound(body))
        if not source.spans:
            raise _no_domain(body)
        return source

    @cached_property
    def spans(self) -> Sequence[DomainSpan]:
        """Where in the body the domains are; to judge one nobody need know."""
        return find_domains(self.body) if self._spans is None else self._spans

    @cached_property
    def lines(self) -> LineIndex:
        """Where the lines of the body begin and end."""
        return LineIndex(self.body)

    @cached_property
    def elements(self) -> list[etree._Element]:
        """The domains as lxml reads them."""
        return list(
            _outermost_domains(tree_of(self.unbound.bound_in(self.body) if self.unbound else self.body))
        )

    def edited(self, edits: Sequence[Edit]) -> DomainSource:
        """The file after edits of whole ``<disk>`` elements, in which every other part only moved."""
        spans = [_moved(span, edits) for span in self.spans]
        return DomainSource(self.codec, splice(self.body, edits), spans, self.unbound)


class DiskLines(Sequence[tuple[int, ...]]):
    """The lines (from 0) that describe each disk of a domain; found when they are first asked for.

    An audit of thousands of machines asks for none of them.
    """

    def __init__(self, source: DomainSource, ordinal: int) -> None:
        self._source = source
        self._ordinal = ordinal

    @cached_property
    def _found(self) -> tuple[tuple[int, ...], ...]:
        at = self._source.lines.at
        disks = self._source.spans[self._ordinal].disks
        return tuple(tuple(range(at(disk.start), at(disk.end - 1) + 1)) for disk in disks)

    @overload
    def __getitem__(self, index: int) -> tuple[int, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[tuple[int, ...], ...]: ...
    def __getitem__(self, index: int | slice) -> tuple[int, ...] | tuple[tuple[int, ...], ...]:
        return self._found[index]

    def __len__(self) -> int:
        return len(self._found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(self._found)

    def __reduce__(self) -> tuple[type[tuple[Any, ...]], tuple[tuple[tuple[int, ...], ...]]]:
        """Another process is handed what was found, not the document."""
        return tuple, (self._found,)


# What virsh prints besides, and what to give instead.
_OTHERS = {
    "domainsnapshot": ("a snapshot", "virsh dumpxml prints the domain; plan shows a snapshot of it"),
    "domaincheckpoint": ("a checkpoint", "give the domain it is of, as virsh dumpxml prints it"),
    "domainbackup": ("a backup", "give the domain it is of, as virsh dumpxml prints it"),
    "domainCapabilities": ("what a host can run", "give a domain XML, as virsh dumpxml prints it"),
    "capabilities": ("what a host can run", "give a domain XML, as virsh dumpxml prints it"),
    "network": ("a network", "give a domain XML, as virsh dumpxml prints it"),
    "pool": ("a storage pool", "give a domain XML, as virsh dumpxml prints it"),
    "volume": ("a volume", "give a domain XML, as virsh dumpxml prints it"),
}


def _no_domain(body: bytes) -> FormatError:
    """What the document is instead."""
    root = etree.QName(tree_of(body)).localname
    if root not in _OTHERS:
        return FormatError(
            "there is no <domain> in this XML", "give a domain XML, as virsh dumpxml prints it"
        )
    kind, remedy = _OTHERS[root]
    return FormatError(f"this is a <{root}>, {kind}, and there is no <domain> in it", remedy)


def _moved(domain: DomainSpan, edits: Sequence[Edit]) -> DomainSpan:
    """Where a domain and its disks are after the edits; an edited disk ends where its new text does."""
    ends = [edit.end for edit in edits]
    growth = [0, *accumulate(len(edit.text) - (edit.end - edit.start) for edit in edits)]

    def moved(at: int) -> int:
        return at + growth[bisect_right(ends, at)]

    disks = [ElementSpan(disk.name, moved(disk.start), moved(disk.end)) for disk in domain.disks]
    return DomainSpan(moved(domain.start), moved(domain.end), disks)


def tree_of(body: bytes) -> etree._Element:
    """What lxml reads in a UTF-8 body; nothing is fetched or expanded. Raises FormatError."""
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise FormatError(
            f"not well-formed XML: {' '.join(error.msg.split())}",
            "mend the file there, or write it anew with virsh dumpxml",
            error.lineno,
        ) from None


def _outermost_domains(root: etree._Element) -> Iterator[etree._Element]:
    if root.tag in DOMAIN_NAMES:  # as in nearly every file
        yield root
        return
    for element in root.iter(*DOMAIN_NAMES):
        if not any(parent.tag in DOMAIN_NAMES for parent in element.iterancestors()):
            yield element
