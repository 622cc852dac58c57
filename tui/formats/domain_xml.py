"""A libvirt domain document: an immutable value over the file's bytes.

lxml reads it; edits are splices at the byte positions expat reports, never a re-serialised tree.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from lxml import etree

from tui.cached import cached_property
from tui.disks import (
    NEWEST,
    Configuration,
    Disk,
    Format,
    LibvirtVersion,
    Policy,
    Preset,
    Remark,
    Sidecars,
    Spelling,
)
from tui.formats.disk_source import rewritten
from tui.formats.domain_disks import read_disk, surroundings_of, written_in
from tui.formats.domain_hardware import attached_to, firmware_of, machine_type_of
from tui.formats.domain_source import DiskLines, DomainSource, tree_of
from tui.formats.errors import EditError
from tui.formats.spellings import (
    PolicyWords,
    Surroundings,
    amended,
    respelt,
    settled,
    shown_policy,
    spelt,
)
from tui.formats.splice import Edit, LineIndex
from tui.formats.xml_source import DomainSpan, enclosed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

# The states of a machine that has no process (virDomainState).
_WITHOUT_PROCESS = ("shutoff", "crashed", "nostate")


class _Edited(NamedTuple):
    """What is known of a document made by editing the ``<disk>`` elements at ``indexes`` of another."""

    source: DomainSource
    before: Configuration
    indexes: tuple[int, ...]


class DomainDocument:
    """The bytes of a domain XML and what they say of one domain in it.

    ``ordinal`` picks the domain where the file holds several. ``origin`` is the document as it was read; a
    disk's edits are made from what stood there, so that setting a policy back gives the bytes the file had.
    ``edited`` is what an edit of ``<disk>`` elements leaves as it was: only those are read again then.
    """

    format: Literal[Format.DOMAIN_XML] = Format.DOMAIN_XML

    def __init__(
        self,
        data: bytes,
        ordinal: int = 0,
        origin: DomainDocument | None = None,
        *,
        edited: _Edited | None = None,
    ) -> None:
        self.data = data
        self.ordinal = ordinal
        self._origin = origin
        self._edited = edited
        self.source = DomainSource.of(data) if edited is None else edited.source

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

    def same_domain(self, other: DomainDocument) -> DomainDocument | None:
        """The domain that is in view in ``other``, as it is in this file; None where it is gone.

        It is told by its uuid, else by its name, never by its number; the only domain of both files is one.
        """
        wanted, name = other.element, other.domain_names[other.ordinal]
        uuid = wanted.findtext("uuid")
        named = [place for place, one in enumerate(self.domain_names) if one == name]
        same = [
            place
            for place, one in enumerate(self.source.elements)
            if uuid and one.tag == wanted.tag and one.findtext("uuid") == uuid
        ]
        found = [place for place in same if place in named] or same or named
        if not found and len(self.source.elements) == len(other.source.elements) == 1:
            return self
        return self.of_domain(found[0]) if found else None

    @property
    def lines(self) -> LineIndex:
        """Where the lines of the UTF-8 body begin and end."""
        return self.source.lines

    @cached_property
    def text_lines(self) -> tuple[str, ...]:
        """Every line as text for a person, without its line end."""
        return tuple(line.decode("utf-8") for line in self.lines.texts(self.source.body))

    @property
    def disks(self) -> tuple[Disk, ...]:
        """Every disk and drive of the domain, in its order."""
        return self.configuration.disks

    @cached_property
    def configuration(self) -> Configuration:
        """What the file says of its virtual machine."""
        lines = DiskLines(self.source, self.ordinal)
        if self._edited is not None:
            return replace(self._edited.before, disks=self._edited_disks(self._edited), disk_lines=lines)
        kind = self.element.get("type") or ""
        return Configuration(
            format=Format.DOMAIN_XML,
            name=self.element.findtext("name") or "",
            disks=tuple([read_disk(one, index, kind) for index, one in enumerate(self._disk_elements)]),
            domain_type=kind,
            machine_type=machine_type_of(self.element),
            disk_lines=lines,
            unbound_prefixes=self._unbound(),
            firmware=firmware_of(self.element),
            attached=attached_to(self.element),
            runs=_runs(self.element),
        )

    def configuration_with(self, sidecars: Sidecars, libvirt: LibvirtVersion = NEWEST) -> Configuration:
        """The same with what was read beside the file, judged for a libvirt."""
        return self.configuration.with_sidecars(sidecars, libvirt)

    def _unbound(self) -> tuple[Remark, ...]:
        unbound = self.source.unbound
        return tuple(Remark(f"{one}:", line) for one, line in unbound.prefixes.items()) if unbound else ()

    def _edited_disks(self, edited: _Edited) -> tuple[Disk, ...]:
        kind = edited.before.domain_type or ""
        disks = list(edited.before.disks)
        for index in edited.indexes:
            disks[index] = read_disk(self._disk_by_itself(index), index, kind)
        return tuple(disks)

    def _disk_by_itself(self, index: int) -> etree._Element:
        """One ``<disk>`` as lxml reads it without the rest of the file."""
        body, _ = enclosed(self.disk_bytes(index), self.origin.disk_element(index).nsmap)
        return tree_of(body)[0]

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
        return rewritten(origin.disk_bytes(index), before, after, element.nsmap)

    def with_presets(self, indexes: Iterable[int], preset: Preset | None) -> DomainDocument:
        """The document in which disks' ``snapshot`` attribute is ``preset`` (None: absent, the default).

        What then stands there is what a later toggle off and on again brings back. Raises EditError where a
        disk is locked.
        """
        return self._with_texts(
            indexes, lambda document, index: document.disk_bytes_with_preset(index, preset)
        )

    def with_spelling(self, indexes: Iterable[int], spelling: Spelling) -> DomainDocument:
        """The document in which what disks say of their policy is written wholly in ``spelling``.

        A disk that says nothing still says nothing. Raises EditError where one is locked.
        """
        return self._with_texts(indexes, lambda document, index: document.disk_bytes_spelt(index, spelling))

    def settled(self, indexes: Iterable[int]) -> DomainDocument:
        """The document in which disks say the policy they are shown with, and nothing else of it.

        Words that contradict it, or that nobody knows, are gone. Raises EditError where one is locked.
        """
        return self._with_texts(indexes, lambda document, index: document.disk_bytes_settled(index))

    def _with_texts(
        self, indexes: Iterable[int], text_of: Callable[[DomainDocument, int], bytes]
    ) -> DomainDocument:
        """The document in which disks read as ``text_of`` has them: that a later toggle brings back, too."""
        wanted = [self._editable(index).index for index in indexes]
        texts = {index: text_of(self, index) for index in wanted}
        if all(text == self.disk_bytes(index) for index, text in texts.items()):
            return self
        first = self.origin
        firsts = {index: text_of(first, index) for index in wanted}
        if any(text != first.disk_bytes(index) for index, text in firsts.items()):
            first = first._with_disks(firsts, None)  # noqa: SLF001 - another document of this class
        return self._with_disks(texts, first)

    def disk_bytes_settled(self, index: int) -> bytes:
        """One ``<disk>`` that says the policy it is shown with, and nothing else of it."""
        return self._disk_bytes_amended(index, settled)

    def disk_bytes_spelt(self, index: int, spelling: Spelling) -> bytes:
        """One ``<disk>`` whose words on its policy are those of ``spelling``."""
        return self._disk_bytes_amended(index, lambda before, around: respelt(before, spelling, around))

    def _disk_bytes_amended(
        self, index: int, amend: Callable[[PolicyWords, Surroundings], PolicyWords]
    ) -> bytes:
        element = self._disk_by_itself(index)
        before = written_in(element)
        around = surroundings_of(element, self.configuration.domain_type or "")
        return rewritten(self.disk_bytes(index), before, amend(before, around), element.nsmap)

    def disk_bytes_with_preset(self, index: int, preset: Preset | None) -> bytes:
        """One ``<disk>`` with ``preset`` as its only word on snapshots, and its word on keeping writes."""
        element = self._disk_by_itself(index)
        before = written_in(element)
        persistent = self.disks[index].policy.persistent
        after = before._replace(
            snapshot=preset and preset.value,
            nosnapshot=False,
            snapshot_mode=None,
            transient=before.transient
            or not (persistent or before.nonpersistent or before.persistent == "no"),
        )
        return rewritten(self.disk_bytes(index), before, after, element.nsmap)

    def words_of(self, index: int) -> PolicyWords:
        """The words of a disk on its policy."""
        return written_in(self._disk_by_itself(index))

    def with_words(self, words: Mapping[int, PolicyWords]) -> DomainDocument:
        """The document in which disks say exactly this of their policy.

        Raises EditError where one is locked.
        """
        return self._with_disks(
            {
                self._editable(index).index: rewritten(
                    self.disk_bytes(index),
                    self.words_of(index),
                    wanted,
                    self.origin.disk_element(index).nsmap,
                )
                for index, wanted in words.items()
                if wanted != self.words_of(index)
            },
            None,
        )

    def edits_to(self, other: DomainDocument) -> tuple[list[Edit], list[int]]:
        """The edits that make this document ``other``, edited from the same origin, and of which disks.

        They are of whole ``<disk>`` elements in the UTF-8 body.
        """
        pairs = zip(self.disks, other.disks, strict=True)
        disks = [now.index for now, then in pairs if now is not then]
        spans = self.span.disks
        return [Edit(spans[one].start, spans[one].end, other.disk_bytes(one)) for one in disks], disks

    def with_edits(
        self, edits: Sequence[Edit], disks: Collection[int], origin: DomainDocument | None
    ) -> DomainDocument:
        """The document with edits of these disks that :meth:`edits_to` told.

        ``origin`` is that one's; None: the new document is an origin.
        """
        source = self.source.edited(sorted(edits))
        data = source.body if source.codec == "utf-8" else source.body.decode("utf-8").encode(source.codec)
        edited = _Edited(source, self.configuration, tuple(disks))
        return DomainDocument(data, self.ordinal, origin, edited=edited)

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
        if not texts:
            return self
        spans = self.span.disks
        edits = [Edit(spans[index].start, spans[index].end, text) for index, text in texts.items()]
        return self.with_edits(edits, tuple(texts), origin)


def _runs(domain: etree._Element) -> bool | None:
    """Whether libvirt's status file, around the domain, says that it has a process; None in another file."""
    around = domain.getparent()
    if around is None or around.tag != "domstatus":
        return None
    return around.get("state") not in (None, *_WITHOUT_PROCESS)
