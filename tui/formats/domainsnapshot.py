"""A ``<domainsnapshot>``: what it asks for, and editing it in place.

As with a domain, lxml reads it, and edits are splices: of a disk only its entry changes, and of that only its
``snapshot``, its content where the new word has no use for it, or its being there at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from tui.cached import cached_property
from tui.disks import Preset
from tui.disks.snapshot import DomainSnapshot, Listed, Memory
from tui.formats.domain_source import codec_of, decoded, tree_of
from tui.formats.errors import FormatError
from tui.formats.snapshot_source import Child, entry_written, escaped, find_snapshot, memory_written
from tui.formats.splice import Edit, LineIndex, splice
from tui.formats.xml_source import ElementSpan

ROOT = "domainsnapshot"
EMPTY = b"<domainsnapshot>\n</domainsnapshot>\n"
# Where an overlay's type says it lies.
_SOURCES = {"file": "file", "block": "dev", "network": "name", "dir": "dir", "volume": "volume"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one disk's entry is to say: ``names`` are all it may be listed by, the first for a new entry.

    ``word`` None asks for no entry.
    """

    names: tuple[str, ...]
    word: Preset | None


@dataclass(frozen=True, slots=True)
class MemoryWanted:
    """What ``<memory>`` is to say; ``file`` for external alone."""

    word: Memory
    file: str | None = None


class SnapshotDocument:
    """The bytes of a ``<domainsnapshot>`` and what they say."""

    def __init__(self, data: bytes = EMPTY) -> None:
        self.data = data
        self.codec = codec_of(data)
        self.body = decoded(data, self.codec)
        span = find_snapshot(self.body, ROOT)
        self._root = tree_of(self.body)
        if span is None:
            raise FormatError(
                f"this is no <{ROOT}>", "give one, as virsh snapshot-dumpxml prints it, or leave it out"
            )
        self.span = span

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SnapshotDocument) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.data)

    # What the bytes say

    @cached_property
    def lines(self) -> LineIndex:
        """Where the lines of the UTF-8 body begin and end."""
        return LineIndex(self.body)

    @cached_property
    def text_lines(self) -> tuple[str, ...]:
        """Every line as text for a person, without its line end."""
        return tuple(line.decode("utf-8") for line in self.lines.texts(self.body))

    @cached_property
    def entries(self) -> tuple[ElementSpan, ...]:
        """The bytes of every entry of ``<disks>``; libvirt takes any element there for one."""
        return tuple(entry for disks in self.span.all_named("disks") for entry in disks.children)

    @cached_property
    def value(self) -> DomainSnapshot:
        """The snapshot that the document asks libvirt for."""
        memory = self._root.find("memory")
        elements = (
            element
            for element in self._root.iterfind("disks/*")
            if isinstance(element.tag, str)  # neither a comment nor a processing instruction
        )
        return DomainSnapshot(
            name=self._root.findtext("name"),
            memory=None if memory is None else memory.get("snapshot"),
            memory_file=None if memory is None else memory.get("file"),
            listed=tuple(
                self._listed(element, span) for element, span in zip(elements, self.entries, strict=True)
            ),
            description=self._root.findtext("description") or "",
        )

    def _listed(self, element: etree._Element, span: ElementSpan) -> Listed:
        kind = element.get("type", "file")
        source, driver = element.find("source"), element.find("driver")
        return Listed(
            name=element.get("name"),
            word=element.get("snapshot"),
            kind=kind,
            file="" if source is None else source.get(_SOURCES.get(kind, "file")) or "",
            file_format=None if driver is None else driver.get("type") or None,
            source_words=None if source is None else frozenset(map(str, source.attrib)),
            lines=tuple(range(self.lines.at(span.start), self.lines.at(span.end - 1) + 1)),
        )

    # Edits

    def with_wanted(
        self,
        disks: Sequence[Wanted] = (),
        *,
        name: str | None = None,
        memory: MemoryWanted | None = None,
    ) -> SnapshotDocument:
        """The document that says what is wanted of these disks, and of all else what it says already."""
        fresh = [
            (escaped(wanted.names[0]), wanted.word.value)
            for wanted in disks
            if wanted.word is not None and not self._places(wanted.names)
        ]
        edits = [
            *(edit for wanted in disks for edit in self._entry_edits(wanted)),
            *self._changed_children(name, memory),
            *self.span.new_children(self.body, self._new_children(name, memory)),
            *self.span.new_entries(self.body, fresh),
        ]
        return self._edited(self.span.opened(self.body, edits))

    def without_disks(self) -> SnapshotDocument:
        """The document with every ``<disks>`` taken out, and the blanks before it."""
        return self._edited(
            [Edit(self.span.blank_start(self.body, one), one.end) for one in self.span.all_named("disks")]
        )

    def _edited(self, edits: Sequence[Edit]) -> SnapshotDocument:
        if not edits:
            return self
        body = splice(self.body, edits)
        if self.codec == "utf-8":
            return SnapshotDocument(body)
        return SnapshotDocument(body.decode("utf-8").encode(self.codec, "xmlcharrefreplace"))

    def _places(self, names: Collection[str]) -> list[int]:
        return [place for place, listed in enumerate(self.value.listed) if listed.name in names]

    def _entry_edits(self, wanted: Wanted) -> Iterator[Edit]:
        places = self._places(wanted.names)
        if wanted.word is None:
            for place in places:
                entry = self.entries[place]
                yield Edit(self.span.blank_start(self.body, entry), entry.end)
        elif places and self.value.listed[places[0]].word_in_effect != wanted.word.value:
            external = wanted.word is Preset.EXTERNAL
            yield entry_written(self.body, self.entries[places[0]], wanted.word.value, keep=external)

    def _new_children(self, name: str | None, memory: MemoryWanted | None) -> Iterator[Child]:
        if name is not None and self._root.find("name") is None:
            yield Child("name", b"<name>" + escaped(name) + b"</name>")
        if memory is not None and self._root.find("memory") is None:
            yield Child("memory", memory_written(memory.word.value, memory.file))

    def _changed_children(self, name: str | None, memory: MemoryWanted | None) -> Iterator[Edit]:
        old = self.value
        if name is not None and old.name not in (None, name):
            yield self._replaced("name", b"<name>" + escaped(name) + b"</name>")
        if memory is not None and self._root.find("memory") is not None:
            file = memory.file or (old.memory_file if memory.word is Memory.EXTERNAL else None)
            if (old.memory, old.memory_file) != (memory.word.value, file):
                yield self._replaced("memory", memory_written(memory.word.value, file))

    def _replaced(self, name: str, text: bytes) -> Edit:
        standing = self.span.all_named(name)[0]
        return Edit(standing.start, standing.end, text)
