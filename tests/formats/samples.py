"""The sample machines, and documents of a few lines made for one test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tui.disks import Policy, Spelling
from tui.formats.document import Document
from tui.formats.domain_xml import DomainDocument
from tui.formats.opening import open_document
from tui.formats.vmx import VmxDocument

SAMPLES = Path(__file__).parents[2] / "sample_vms"
VMX_SAMPLES = tuple(sorted(path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*.vmx")))
XML_SAMPLES = tuple(sorted(path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*.xml")))
ALL_SAMPLES = VMX_SAMPLES + XML_SAMPLES
POLICIES = tuple(Policy(snapshot, persistent) for snapshot in (True, False) for persistent in (True, False))
SPELLINGS = (None, *Spelling)


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


class Place(NamedTuple):
    """One disk that may be edited: where it stands in the samples."""

    file: str
    ordinal: int
    at: int

    def document(self) -> Document:
        return reopened(open_document(sample(self.file)).data, self.ordinal)


def reopened(data: bytes, ordinal: int = 0) -> Document:
    """A document from bytes alone, without memory."""
    document = open_document(data)
    return document.of_domain(ordinal) if isinstance(document, DomainDocument) and ordinal else document


def views(data: bytes) -> Iterator[Document]:
    """Every domain of a document as a document; a VMX is one."""
    document = open_document(data)
    if isinstance(document, VmxDocument):
        yield document
        return
    for ordinal in range(len(document.domain_names)):
        yield document.of_domain(ordinal)


def ordinal_of(document: Document) -> int:
    return document.ordinal if isinstance(document, DomainDocument) else 0


def editable(document: Document) -> list[int]:
    """The indexes of the disks that may be edited."""
    if document.configuration.locked:
        return []
    return [disk.index for disk in document.disks if not disk.locked]


def put(document: Document, index: int, policy: Policy, spelling: Spelling | None = None) -> Document:
    """An edit in either format; ``spelling`` counts for a domain alone."""
    if isinstance(document, VmxDocument):
        return document.with_policy(index, policy)
    return document.with_policy(index, policy, spelling)


PLACES = tuple(
    Place(name, ordinal, index)
    for name in ALL_SAMPLES
    for ordinal, document in enumerate(views(sample(name)))
    for index in editable(document)
)


def vmx(*lines: str | bytes, end: bytes = b"\n", last: bytes | None = None) -> VmxDocument:
    """A VMX document of a few lines, behind the one that makes it a VMX."""
    written = [b'config.version = "8"', *(line.encode() if isinstance(line, str) else line for line in lines)]
    return VmxDocument(end.join(written) + (end if last is None else last))


def domain(
    inside: str = "", attributes: str = "", kind: str = "kvm", source: str = "<source file='a.img'/>"
) -> DomainDocument:
    """A domain with one disk."""
    disk = f"<disk type='file'{attributes}>{source}<target dev='vda' bus='virtio'/>{inside}</disk>"
    return DomainDocument(f"<domain type='{kind}'><devices>{disk}</devices></domain>".encode())
