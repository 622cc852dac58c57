"""A libvirt domain document: an immutable value over the file's bytes.

lxml reads it; edits are splices at the byte positions expat reports, never a re-serialised tree.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from lxml import etree

from tui.disks import Configuration, Disk, Format, Policy, Preset
from tui.formats.disk_source import rewritten
from tui.formats.domain_disks import read_disk, surroundings_of, written_in
from tui.formats.encodings import codec_named
from tui.formats.errors import EditError, FormatError
from tui.formats.spellings import Spelling, amended, shown_policy, spelt
from tui.formats.splice import Edit, Lines, splice
from tui.formats.xml_source import DOMAIN_NAMES, DomainSpan, Span, find_domains

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_DECLARATION = re.compile(rb"\s*<\?xml\s[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._:-]+)[\"']")
_WHICH = {"domain": "", "inactiveDomain": " (inactive)"}
_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"))


def codec_of(data: bytes) -> str:
    """Python's codec for an XML document's bytes: its byte-order mark, else its declaration, else UTF-8.

    Raises FormatError for an encoding nobody here knows.
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return codec
    declared = _DECLARATION.match(data[:200])
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


class _Source:
    """A parsed file: its UTF-8 body, lxml's tree and the byte spans of every domain in it."""

    def __init__(self, data: bytes) -> None:
        self.codec = codec_of(data)
        self.body = decoded(data, self.codec)
        self.spans = find_domains(self.body)
        if not self.spans:
            raise FormatError(
                "there is no <domain> in this XML", "give a domain XML, as virsh dumpxml prints it"
            )
        self.elements = list(_outermost_domains(tree_of(self.body)))


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
    for element in root.iter(*DOMAIN_NAMES):
        if not any(parent.tag in DOMAIN_NAMES for parent in element.iterancestors()):
            yield element


class DomainDocument:
    """The bytes of a domain XML and what they say of one domain in it.

    ``ordinal`` picks the domain where the file holds several. ``origin`` is the document as it was read; a
    disk's edits are made from what stood there, so that setting a policy back gives the bytes the file had.
    """

    format: Literal[Format.DOMAIN_XML] = Format.DOMAIN_XML

    def __init__(self, data: bytes, ordinal: int = 0, origin: DomainDocument | None = None) -> None:
        self.data = data
        self.ordinal = ordinal
        self._origin = origin
        self.source = _Source(data)

    @property
    def origin(self) -> DomainDocument:
        """The document as it was read."""
        return self if self._origin is None else self._origin

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DomainDocument) and (self.data, self.ordinal) == (other.data, other.ordinal)

    def __hash__(self) -> int:
        return hash((self.data, self.ordinal))

    # What the bytes say

    @property
    def codec(self) -> str:
        """Python's codec for its bytes."""
        return self.source.codec

    @property
    def element(self) -> etree._Element:
        """The ``<domain>`` as lxml reads it."""
        return self.source.elements[self.ordinal]

    @property
    def span(self) -> DomainSpan:
        """Where the domain lies in the document's UTF-8 body."""
        return self.source.spans[self.ordinal]

    @cached_property
    def domain_names(self) -> tuple[str, ...]:
        """The names of all domains in the file, each told apart from an equal one."""
        return tuple(
            (element.findtext("name") or f"domain {number}")
            + (" (inactive)" if element.tag == "inactiveDomain" else "")
            for number, element in enumerate(self.source.elements, 1)
        )

    def of_domain(self, ordinal: int) -> DomainDocument:
        """The same bytes, with the domain at ``ordinal`` (from 0) in view."""
        origin = None if self.origin is self else DomainDocument(self.origin.data, ordinal)
        return DomainDocument(self.data, ordinal, origin)

    @cached_property
    def lines(self) -> Lines:
        """Where the lines of the UTF-8 body begin and end."""
        return Lines(self.source.body)

    @cached_property
    def text_lines(self) -> tuple[str, ...]:
        """Every line as text for a person, without its line end."""
        return tuple(line.decode("utf-8") for line in self.lines.texts(self.source.body))

    @cached_property
    def disks(self) -> tuple[Disk, ...]:
        """Every disk and drive of the domain, in its order."""
        kind = self.element.get("type") or ""
        return tuple(
            read_disk(element, index, kind, self._lines_of(span))
            for index, (element, span) in enumerate(zip(self._disk_elements, self.span.disks, strict=True))
        )

    def _lines_of(self, span: Span) -> tuple[int, ...]:
        return tuple(range(self.lines.at(span.start), self.lines.at(span.end - 1) + 1))

    @cached_property
    def configuration(self) -> Configuration:
        """What the file says of its virtual machine."""
        return Configuration(
            format=Format.DOMAIN_XML,
            name=self.element.findtext("name") or "",
            disks=self.disks,
            domain_type=self.element.get("type") or "",
        )

    # Edits

    def with_policy(self, index: int, policy: Policy, spelling: Spelling | None = None) -> DomainDocument:
        """The document in which one disk has ``policy``; see :meth:`with_policies`."""
        return self.with_policies({index: policy}, spelling)

    def with_policies(
        self, policies: Mapping[int, Policy], spelling: Spelling | None = None
    ) -> DomainDocument:
        """The document in which disks have these policies.

        Without ``spelling`` each word keeps the spelling it has, and a new one is libvirt's; with it the
        disks' whole policies are written in that spelling. Raises EditError where a disk is locked.
        """
        wanted = {
            index: policy for index, policy in policies.items() if self._editable(index).policy != policy
        }
        return self._with_disks(
            {index: self._disk_bytes_with(index, policy, spelling) for index, policy in wanted.items()},
            self.origin,
        )

    def _disk_bytes_with(self, index: int, policy: Policy, spelling: Spelling | None) -> bytes:
        """One ``<disk>`` with ``policy``, made from what the file had, so that its own words come back."""
        origin = self.origin
        if origin.disks[index].policy == policy:
            return origin.disk_bytes(index)
        element = origin.disk_element(index)
        before = written_in(element)
        around = surroundings_of(element, origin.element.get("type") or "")
        after = before if spelling is None else spelt(policy, spelling, before)
        if spelling is None or shown_policy(after, around) != policy:
            after = amended(after, policy, around)
        return rewritten(origin.source.body, origin.span.disks[index], before, after)

    def with_preset(self, index: int, preset: Preset | None) -> DomainDocument:
        """The document in which one disk's preset is ``preset``; see :meth:`with_presets`."""
        return self.with_presets([index], preset)

    def with_presets(self, indexes: Iterable[int], preset: Preset | None) -> DomainDocument:
        """The document in which disks' ``snapshot`` attribute is ``preset`` (None: absent, the default).

        What then stands there is what a later toggle off and on again brings back. Raises EditError where a
        disk is locked.
        """
        wanted = [self._editable(index).index for index in indexes]
        texts = {index: self.disk_bytes_with_preset(index, preset) for index in wanted}
        if all(text == self.disk_bytes(index) for index, text in texts.items()):
            return self
        first = self.origin
        firsts = {index: first.disk_bytes_with_preset(index, preset) for index in wanted}
        origin = first._with_disks(firsts, None)  # noqa: SLF001 - another document of this class
        return self._with_disks(texts, origin)

    def disk_bytes_with_preset(self, index: int, preset: Preset | None) -> bytes:
        """One ``<disk>`` with ``preset`` as its only word on snapshots, and its word on keeping writes."""
        before = written_in(self.disk_element(index))
        persistent = self.disks[index].policy.persistent
        after = before._replace(
            snapshot=preset and preset.value,
            nosnapshot=False,
            snapshot_mode=None,
            transient=before.transient
            or not (persistent or before.nonpersistent or before.persistent == "no"),
        )
        return rewritten(self.source.body, self.span.disks[index], before, after)

    def disk_element(self, index: int) -> etree._Element:
        """One ``<disk>`` as lxml reads it."""
        return self._disk_elements[index]

    @cached_property
    def _disk_elements(self) -> list[etree._Element]:
        return self.element.findall("devices/disk")

    def disk_bytes(self, index: int) -> bytes:
        """One ``<disk>`` as it stands in the UTF-8 body."""
        span = self.span.disks[index]
        return self.source.body[span.start : span.end]

    def _editable(self, index: int) -> Disk:
        disk = self.disks[index]
        if disk.locked:
            raise EditError(f"{disk.name} is locked: {disk.locked}")
        return disk

    def _with_disks(self, texts: Mapping[int, bytes], origin: DomainDocument | None) -> DomainDocument:
        """The document in which ``<disk>`` elements read these texts (UTF-8)."""
        spans = self.span.disks
        edits = [Edit(spans[index].start, spans[index].end, text) for index, text in texts.items()]
        if not edits:
            return self
        body, codec = splice(self.source.body, edits), self.source.codec
        data = body if codec == "utf-8" else body.decode("utf-8").encode(codec)
        return DomainDocument(data, self.ordinal, origin)
