"""The syntax of a VMX file: lines, keys and values, as VMware's own reader takes them.

The grammar is open-vm-tools' lib/dict/dictll.c: ``name = value # comment`` on a line, the value bare or
between quotes, ``|`` and two hex digits an escape; any other line is kept and carries no key. ``.vmsd`` and
``.vmdk`` descriptors share it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from tui.formats.encodings import codec_named
from tui.formats.splice import Lines

BOM = b"\xef\xbb\xbf"

_ENTRY = re.compile(
    rb"[ \t]*+([^ \t=#\r\n\x00]++)([ \t]*+=[ \t]*+)"
    rb'(?:"([^"\r\n]*+)"|((?!")[^ \t#\r\n]*+))'
    rb"[ \t]*+(?:#[^\r\n]*+)?+"
)
_SILENT = re.compile(rb"[ \t]*+(?:#[^\r\n]*+)?+")
_ESCAPES = re.compile(r"(?:\|[0-9A-Fa-f]{2})+")
_TO_ESCAPE = re.compile('["|\x00-\x08\x0a-\x1f\x7f]')

_LOWER = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


class Entry(NamedTuple):
    """A line that carries a key. Spans are byte offsets; the value's leaves its quotes out."""

    line: int
    name: str
    name_span: tuple[int, int]
    value_span: tuple[int, int]
    quoted: bool


def unescape(text: str) -> str:
    """A value as a person means it: ``|22`` is a quote. An invalid ``|x`` stays as it is."""
    if "|" not in text:
        return text
    return _ESCAPES.sub(
        lambda run: bytes.fromhex(run[0].replace("|", "")).decode("utf-8", "backslashreplace"), text
    )


def escape(text: str) -> str:
    """A value as VMware's writer puts it down: quote, bar, DEL and controls but tab in upper-case hex."""
    return _TO_ESCAPE.sub(lambda match: f"|{ord(match[0]):02X}", text)


def lowered(name: str) -> str:
    """A name as names compare: only ASCII letters have a case, whatever encoding the file is in."""
    return name.lower() if name.isascii() else name.translate(_LOWER)


class VmxText:
    """The bytes of a file in VMX syntax and the keys they carry."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def lines(self) -> Lines:
        """Where its lines begin and end."""
        return Lines(self.data)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every line that carries a key, in the file's order."""
        return tuple(self._read_entries())

    def _read_entries(self) -> Iterator[Entry]:
        for number, (start, end) in enumerate(self._contents()):
            match = _ENTRY.fullmatch(self.data, start, end)
            if match is not None:
                value = 3 if match[3] is not None else 4
                yield Entry(number, match[1].decode("latin-1"), match.span(1), match.span(value), value == 3)

    @cached_property
    def by_key(self) -> Mapping[str, tuple[Entry, ...]]:
        """The entries by name in lower case; more than one where the key stands twice."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(lowered(entry.name), []).append(entry)
        return {key: tuple(entries) for key, entries in found.items()}

    @cached_property
    def declared_encoding(self) -> str | None:
        """What ``.encoding`` says, or None."""
        entries = self.by_key.get(".encoding")
        return self.raw(entries[0]).decode("latin-1") if entries else None

    @cached_property
    def codec(self) -> str:
        """Python's codec for the file's text: the declared encoding first, UTF-8 where none is known."""
        return codec_named(self.declared_encoding or "utf-8") or "utf-8"

    def raw(self, entry: Entry) -> bytes:
        """An entry's value as the file has it."""
        return self.data[slice(*entry.value_span)]

    def value_of(self, entry: Entry) -> str:
        """An entry's value as a person means it: decoded, escapes resolved."""
        return unescape(self.raw(entry).decode(self.codec, "backslashreplace"))

    def get(self, key: str) -> str | None:
        """The decoded value of a key (the first, where it stands twice); names compare without case."""
        entries = self.by_key.get(key.lower())
        return self.value_of(entries[0]) if entries else None

    def flag(self, key: str) -> bool:
        """Whether a key's value is true, in any letter case."""
        return (self.get(key) or "").lower() == "true"

    def line_of(self, key: str) -> int | None:
        """The line (from 0) a key stands on, or None."""
        entries = self.by_key.get(key.lower())
        return entries[0].line if entries else None

    @cached_property
    def text_lines(self) -> tuple[str, ...]:
        """Every line as text for a person, without its line end."""
        return tuple(line.decode(self.codec, "backslashreplace") for line in self.lines.texts(self.data))

    def malformed_lines(self) -> Iterator[int]:
        """The lines (from 0) from which VMware's reader takes no key, though something stands there."""
        carrying = {entry.line for entry in self.entries}
        for number, (start, end) in enumerate(self._contents()):
            if number not in carrying and not _SILENT.fullmatch(self.data, start, end):
                yield number

    def _contents(self) -> Iterator[tuple[int, int]]:
        """Where each line's content lies; a byte-order mark is none."""
        for start, end in zip(self.lines.starts, self.lines.ends, strict=True):
            marked = start == 0 and self.data.startswith(BOM)
            yield start + len(BOM) * marked, end
