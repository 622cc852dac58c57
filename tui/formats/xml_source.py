"""Where the parts of a domain XML lie in its bytes.

lxml reads what a document says; it cannot say at which byte. Python's expat reports byte positions, and
refuses here what no domain XML needs and an attacker does: a DOCTYPE (entity bombs, external entities) and
bottomless nesting. Nothing is ever fetched or expanded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from tui.formats.errors import FormatError
from tui.formats.limits import MAX_ATTRIBUTES, MAX_DEPTH, MAX_DISKS, MAX_ELEMENTS

DOMAIN_NAMES = ("domain", "inactiveDomain")

# Compiled by whoever edits a document: to look at one takes neither.
_TAG = rb"<([^\s/>]+)((?:\s+[^\s=/>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)(\s*)(/?)>"
_ATTRIBUTE = rb"(\s+)([^\s=/>]+)(\s*=\s*)(\"[^\"]*\"|'[^']*')"


class ElementSpan:
    """An element's bytes, from its ``<`` to behind its last ``>``, and its children where they are kept."""

    __slots__ = ("children", "end", "name", "start")

    def __init__(self, name: str, start: int, end: int = 0) -> None:
        self.name = name
        self.start = start
        self.end = end
        self.children: list[ElementSpan] = []


class DomainSpan:
    """A domain's bytes and those of its disks, in document order."""

    __slots__ = ("disks", "end", "start")

    def __init__(self, start: int, end: int = 0, disks: Sequence[ElementSpan] = ()) -> None:
        self.start = start
        self.end = end
        self.disks = list(disks)


class Attribute(NamedTuple):
    """An attribute as written. ``start`` includes the blanks before it, ``value_start`` not its quote."""

    name: str
    start: int
    end: int
    blank: bytes
    equals: bytes
    quote: bytes
    value_start: int


class Tag(NamedTuple):
    """A start tag as written; ``blank`` is what stands before its ``>`` or ``/>``."""

    start: int
    end: int
    attributes: tuple[Attribute, ...]
    blank: bytes
    empty: bool


def read_tag(body: bytes, start: int) -> Tag:
    """The start tag at byte ``start`` of a well-formed document. Raises ValueError where there is none."""
    match = re.compile(_TAG).match(body, start)
    if match is None:
        raise ValueError("no start tag there")
    attributes = tuple(
        Attribute(
            name=part[2].decode("utf-8"),
            start=part.start(),
            end=part.end(),
            blank=part[1],
            equals=part[3],
            quote=part[4][:1],
            value_start=part.start(4) + 1,
        )
        for part in re.compile(_ATTRIBUTE).finditer(body, *match.span(2))
    )
    return Tag(start, match.end(), attributes, match[3], empty=bool(match[4]))


class UnboundError(FormatError):
    """A prefix stands for no namespace; libvirt's reader takes such a document all the same."""


class XmlScan:
    """One expat run over a document; what it keeps, its ``entered`` and ``left`` decide.

    ``names`` are those of the elements it is told of (None: every one). Without ``namespaces`` a prefix may
    stand for none, and names are as written.
    """

    names: frozenset[str] | None = None

    def __init__(self, body: bytes, *, namespaces: bool = True) -> None:
        self.body = body
        self.path: list[str] = []
        self._elements = 0
        self._parser = expat.ParserCreate("utf-8", namespace_separator=" " if namespaces else None)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def entered(self, name: str, at: int) -> None:
        """An element begins at byte ``at``; ``path`` ends with its name."""

    def left(self, depth: int) -> None:
        """An element ``depth`` deep ends; ``path`` has it no more."""

    def run(self) -> None:
        """Read the document. Raises FormatError where it is no XML that anybody needs here."""
        try:
            self._parser.Parse(self.body, True)
        except expat.ExpatError as error:
            what = expat.ErrorString(error.code) or "not well-formed"
            unbound = what == expat.errors.XML_ERROR_UNBOUND_PREFIX
            raise (UnboundError if unbound else FormatError)(
                f"not well-formed XML: {what} (column {error.offset + 1})",
                "mend the file there, or write it anew with virsh dumpxml",
                error.lineno,
            ) from None

    def _doctype(self, *_: object) -> None:
        raise FormatError(
            "the XML has a DOCTYPE, which no domain XML needs and entity bombs hide in",
            "remove it; nothing was fetched or expanded",
            self._parser.CurrentLineNumber,
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        path = self.path
        path.append(name)
        self._elements += 1
        if len(attributes) > MAX_ATTRIBUTES or len(path) > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            self._refuse_bounds(attributes)
        if self.names is None or name in self.names:
            self.entered(name, self._parser.CurrentByteIndex)

    def _refuse_bounds(self, attributes: dict[str, str]) -> NoReturn:
        if len(attributes) > MAX_ATTRIBUTES:
            self.refuse(f"an element has more than {MAX_ATTRIBUTES:,} attributes")
        if len(self.path) > MAX_DEPTH:
            self.refuse(f"elements are nested more than {MAX_DEPTH} deep")
        self.refuse(f"there are more than {MAX_ELEMENTS:,} elements")

    def refuse(self, what: str) -> NoReturn:
        """Raise the FormatError that there is too much of something, at this line."""
        remedy = "this is no domain XML that libvirt wrote"
        raise FormatError(what, remedy, self._parser.CurrentLineNumber)

    def _end(self, name: str) -> None:
        depth = len(self.path)
        self.path.pop()
        if self.names is None or name in self.names:
            self.left(depth)

    def element_end(self, start: int) -> int:
        """Behind the element's last ``>``: expat stands there for ``<x/>``, and at ``</`` for the rest."""
        at = self._parser.CurrentByteIndex
        tag = re.compile(_TAG).match(self.body, start)
        if tag is not None and tag[4] and tag.end() == at:
            return at
        return self.body.index(b">", at) + 1


class _DomainScan(XmlScan):
    """Keeps where domains and their disks are."""

    names = frozenset((*DOMAIN_NAMES, "disk"))

    def __init__(self, body: bytes, *, namespaces: bool = True) -> None:
        super().__init__(body, namespaces=namespaces)
        self.domains: list[DomainSpan] = []
        self._domain: tuple[DomainSpan, int] | None = None
        self._disk: ElementSpan | None = None

    def entered(self, name: str, at: int) -> None:
        """A domain, or a disk of it."""
        path = self.path
        depth = len(path)
        if self._domain is None:
            if name in DOMAIN_NAMES:
                self._domain = (DomainSpan(at), depth)
        elif name == "disk" and depth - self._domain[1] == 2 and path[-2] == "devices":
            if len(self._domain[0].disks) >= MAX_DISKS:
                self.refuse(f"a domain has more than {MAX_DISKS:,} disks")
            self._disk = ElementSpan(name, at)

    def left(self, depth: int) -> None:
        """The end of one of those."""
        if self._domain is None:
            return
        domain, level = self._domain
        if depth == level:
            domain.end = self.element_end(domain.start)
            self.domains.append(domain)
            self._domain = None
        elif self._disk is not None and depth == level + 2:
            self._disk.end = self.element_end(self._disk.start)
            domain.disks.append(self._disk)
            self._disk = None


class _ChildScan(XmlScan):
    """Keeps where the children of the root's one child are."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.children: list[ElementSpan] = []

    def entered(self, name: str, at: int) -> None:
        """One of them begins."""
        if len(self.path) == 3:
            self.children.append(ElementSpan(name, at))

    def left(self, depth: int) -> None:
        """One of them ends."""
        if depth == 3:
            self.children[-1].end = self.element_end(self.children[-1].start)


class _PrefixScan(XmlScan):
    """Keeps the prefixes that stand for no namespace, each with the line it is first used on."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body, namespaces=False)
        self.unbound: dict[str, int] = {}
        self.root = 0
        self._scopes: list[frozenset[str]] = [frozenset({"xml", "xmlns"})]
        self._parser.StartElementHandler = self._prefixed

    def _prefixed(self, name: str, attributes: dict[str, str]) -> None:
        self._start(name, attributes)
        if len(self.path) == 1:
            self.root = self._parser.CurrentByteIndex
        scope = self._scopes[-1] | {one[6:] for one in attributes if one.startswith("xmlns:")}
        self._scopes.append(scope)
        for one in (name, *attributes):
            prefix, colon, _ = one.partition(":")
            if colon and prefix not in scope:
                self.unbound.setdefault(prefix, self._parser.CurrentLineNumber)

    def left(self, depth: int) -> None:  # noqa: ARG002 - the scan's
        """What an element declares holds inside it."""
        self._scopes.pop()


class Unbound(NamedTuple):
    """A document's prefixes that stand for no namespace, by first line (from 1), and where its root is."""

    prefixes: Mapping[str, int]
    root: int

    def bound_in(self, body: bytes) -> bytes:
        """The document as namespaces want it; lines stay where they are."""
        tag = read_tag(body, self.root)
        at = tag.attributes[0].start if tag.attributes else tag.end - len(tag.blank) - 1 - tag.empty
        declared = "".join(f' xmlns:{prefix}="unbound:{prefix}"' for prefix in self.prefixes)
        return body[:at] + declared.encode() + body[at:]


def find_unbound(body: bytes) -> Unbound:
    """The prefixes of a UTF-8 document that stand for no namespace. Raises FormatError."""
    scan = _PrefixScan(body)
    scan.run()
    return Unbound(scan.unbound, scan.root)


def has_nothing_to_refuse(body: bytes) -> bool:
    """Whether no scan of a UTF-8 document raises: a quick answer, which True alone settles.

    What stands nowhere in it can be no DOCTYPE, and where few elements end and few words are given no bound
    is passed. So expat need not tell of each element.
    """
    within = (
        body.count(b"</") < MAX_DEPTH  # an element with others in it has an end tag of its own
        and body.count(b"<") < min(MAX_ELEMENTS, MAX_DISKS)
        and body.count(b"=") < MAX_ATTRIBUTES
    )
    if not within or b"<!DOCTYPE" in body:
        return False
    try:
        expat.ParserCreate("utf-8", namespace_separator=" ").Parse(body, True)
    except expat.ExpatError:
        return False
    return True


def find_domains(body: bytes, *, namespaces: bool = True) -> list[DomainSpan]:
    """Every domain in a UTF-8 XML document, in its order, also inside domstatus, node or domainsnapshot.

    Raises FormatError, with the line, where the document is not well-formed, has a DOCTYPE or nests too deep.
    """
    scan = _DomainScan(body, namespaces=namespaces)
    scan.run()
    return scan.domains


def enclosed(element: bytes, prefixes: Mapping[str | None, str]) -> tuple[bytes, int]:
    """A document of one element of another, in UTF-8, below a root with the namespaces in force there.

    The number is where in it the element begins.
    """
    declared = "".join(
        f' xmlns:{prefix}="{_escaped(name)}"' if prefix else f' xmlns="{_escaped(name)}"'
        for prefix, name in prefixes.items()
    )
    start = f"<part{declared}>".encode()
    return b"%s%s</part>" % (start, element), len(start)


def _escaped(name: str) -> str:
    return name.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def children_of(element: bytes, prefixes: Mapping[str | None, str]) -> list[ElementSpan]:
    """The direct children of one element of a document, by its bytes and the namespaces in force there."""
    body, start = enclosed(element, prefixes)
    scan = _ChildScan(body)
    scan.run()
    return [ElementSpan(child.name, child.start - start, child.end - start) for child in scan.children]
