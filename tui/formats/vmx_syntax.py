"""The syntax of a VMX file: lines, keys and values, as VMware's own reader takes them.

The grammar is open-vm-tools' lib/dict/dictll.c: ``name = value # comment`` on a line, the value bare or
between quotes, ``|`` and two hex digits an escape; any other line is kept and carries no key. ``.vmsd`` and
``.vmdk`` descriptors share it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from tui.cached import cached_property
from tui.formats.encodings import codec_named
from tui.formats.splice import LineIndex
from tui.formats.vmx_layout import Layout, layout_of

BOM = b"\xef\xbb\xbf"

# One line after another, each with its end: one that carries a key (its value is group 2 between quotes, or 3
# bare), one that says nothing, or (4) one of which no key is taken.
_LINES = re.compile(
    r"[ \t]*+([^ \t=#\r\n\x00]++)[ \t]*+=[ \t]*+"
    r'(?:"([^"\r\n]*+)"|((?!")[^ \t#\r\n]*+))'
    r"[ \t]*+(?:#[^\r\n]*+)?+(?:\r\n|\r|\n|\Z)"
    r"|[ \t]*+(?:#[^\r\n]*+)?+(?:\r\n|\r|\n|\Z)"
    r"|([^\r\n]++)(?:\r\n|\r|\n|\Z)"
)
_QUOTED, _MALFORMED = 2, 4
_ESCAPE = re.compile(r"\|([0-9A-Fa-f]{2})")
_TO_ESCAPE = re.compile('["|\x00-\x08\x0a-\x1f\x7f]')

# What declares the encoding; the later names are older, and VMware's reader knows them still (its
# dictionary.c, published with the View Open Client).
_ENCODING_KEYS = (
    ".encoding",
    "config.encoding",
    "snapshot.encoding",
    "preferences.encoding",
    "vmlist.encoding",
)

_LOWER = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


class Entry(NamedTuple):
    """A line that carries a key. Spans are byte offsets; the value's leaves its quotes out."""

    line: int
    name: str
    name_span: tuple[int, int]
    value_span: tuple[int, int]
    quoted: bool


# Skips NamedTuple's own __new__, which takes half the time of reading a file.
_entry_of = partial(tuple.__new__, Entry)


def unescape(text: str) -> str:
    """A value without its escapes: ``|22`` is a quote. An invalid ``|x`` stays as it is.

    Each letter of ``text`` is a byte (Latin-1): VMware escapes the bytes of a value in the file's encoding,
    and takes the escapes out before it decodes them (lib/misc/escape.c), so the second byte of a letter in
    Shift_JIS or GBK may be a bar.
    """
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def escape(text: str) -> str:
    """A value as VMware's writer puts it down: quote, bar, DEL and controls but tab in upper-case hex."""
    return _TO_ESCAPE.sub(lambda match: f"|{ord(match[0]):02X}", text)


def lowered(name: str) -> str:
    """A name as names compare: only ASCII letters have a case, whatever encoding the file is in."""
    return name.lower() if name.isascii() else name.translate(_LOWER)


def _plain_columns(text: str) -> tuple[list[str], list[str]] | None:
    """Names and values where every line is ``name = "value"``, as in most files; None where one is not.

    What :data:`_LINES` would find, in a third of the time.
    """
    end = "\r\n" if text.endswith("\r\n") else "\n"
    between = text.split('"')
    values = between[1::2]
    names = '"'.join(between[::2]).split(f' = "{end}')
    if names.pop() or not names or len(names) != len(values) or "" in names:
        return None
    if text.count("\n") != len(names) or text.count("\r") != (len(names) if end == "\r\n" else 0):
        return None  # a value goes on in the next line
    lettered = "".join(names)
    for one in ' \t=#"\r\n\0':
        if one in lettered:
            return None
    return names, values


class VmxText:
    """The bytes of a file in VMX syntax and the keys they carry."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def lines(self) -> LineIndex:
        """Where its lines begin and end."""
        return LineIndex(self.data)

    @property
    def _start(self) -> int:
        """Where the first line begins: a byte-order mark is no part of it."""
        return len(BOM) if self.data.startswith(BOM) else 0

    @property
    def _text(self) -> str:
        """A byte is a letter of Latin-1 here, and a byte's offset that of its letter."""
        return self.data[self._start :].decode("latin-1")

    @cached_property
    def _plain(self) -> tuple[list[str], list[str]] | None:
        return _plain_columns(self._text)

    @cached_property
    def _rows(self) -> list[tuple[str, str, str, str]]:
        return _LINES.findall(self._text)

    @cached_property
    def _columns(self) -> tuple[Sequence[str], Sequence[str]]:
        """Each line's name, empty where it carries no key, and its value, or what is malformed in it.

        Most looks at a file need no place in it: reading lines this way takes a third of the time of making
        their entries.
        """
        if self._plain is not None:
            return self._plain
        rows = self._rows
        return [row[0] for row in rows], [row[1] or row[2] or row[3] for row in rows]

    @cached_property
    def layout(self) -> Layout:
        """Where its keys stand."""
        names = self._columns[0]
        if self.data.isascii():
            return layout_of("\n".join(names).lower())  # a name holds no line end
        return layout_of("\n".join([lowered(name) for name in names]))

    @property
    def has_duplicates(self) -> bool:
        """Whether a key stands twice."""
        return self.layout.has_duplicates

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every line that carries a key, in the file's order."""
        lines = enumerate(_LINES.finditer(self.data.decode("latin-1"), self._start))
        return tuple(
            _entry_of((number, match[1], match.span(1), match.span(kind), kind == _QUOTED))
            for number, match in lines
            if (kind := match.lastindex) is not None and kind != _MALFORMED
        )

    @cached_property
    def by_key(self) -> Mapping[str, tuple[Entry, ...]]:
        """The entries by name in lower case; more than one where the key stands twice."""
        keys = self.layout.keys
        if not self.has_duplicates:
            return {keys[entry.line]: (entry,) for entry in self.entries}
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(keys[entry.line], []).append(entry)
        return {key: tuple(entries) for key, entries in found.items()}

    def entry_at(self, key: str) -> Entry | None:
        """The entry of a key in lower case (the first, where it stands twice); only its line is looked at."""
        line = self.layout.first.get(key)
        if line is None:
            return None
        start, end = self.lines.starts[line], self.lines.ends[line]
        if not line:
            start = self._start
        match = _LINES.match(self.data[start:end].decode("latin-1"))
        if match is None or match.lastindex is None:
            return None
        (name_start, name_end), (value_start, value_end) = match.span(1), match.span(match.lastindex)
        return Entry(
            line,
            match[1],
            (start + name_start, start + name_end),
            (start + value_start, start + value_end),
            match.lastindex == _QUOTED,
        )

    @cached_property
    def encoding_line(self) -> int | None:
        """The line (from 0) of the key that declares the encoding, or None."""
        first = self.layout.first.get
        return next((line for key in _ENCODING_KEYS if (line := first(key)) is not None), None)

    @cached_property
    def declared_encoding(self) -> str | None:
        """What ``.encoding``, or an older name of it, says, or None."""
        line = self.encoding_line
        return None if line is None else self._columns[1][line]

    @cached_property
    def codec(self) -> str:
        """Python's codec for the file's text: the declared encoding first, UTF-8 where none is known."""
        return codec_named(self.declared_encoding or "utf-8") or "utf-8"

    def raw(self, entry: Entry) -> bytes:
        """An entry's value as the file has it."""
        return self.data[slice(*entry.value_span)]

    def value_of(self, entry: Entry) -> str:
        """An entry's value as a person means it: decoded, escapes resolved."""
        return self._decoded(self.raw(entry).decode("latin-1"))

    def get(self, key: str) -> str | None:
        """The decoded value of a key (the first, where it stands twice); names compare without case."""
        line = self.layout.first.get(key.lower())
        return None if line is None else self.value_on(line)

    @cached_property
    def values(self) -> Mapping[str, str]:
        """Every key in lower case with its decoded value (the first, where it stands twice), in order."""
        return {key: self.value_on(line) for key, line in reversed(self.layout.first.items())}

    def value_on(self, line: int) -> str:
        """The decoded value of the key on a line (from 0); empty where there is none."""
        value = self._columns[1][line]
        if value.isascii() and "|" not in value:  # ASCII bytes mean ASCII in every codec known here
            return value
        return self._decoded(value)

    def _decoded(self, value: str) -> str:
        meant = unescape(value).encode("latin-1")
        try:
            return meant.decode(self.codec)
        except UnicodeDecodeError:
            pass
        try:  # a letter's bar that is not escaped, as VMware writes none: libvirt decodes first
            return unescape(value.encode("latin-1").decode(self.codec))
        except UnicodeDecodeError:
            return meant.decode(self.codec, "backslashreplace")

    def name_on(self, line: int) -> str:
        """The key on a line (from 0) as the file spells it; empty where there is none."""
        return self._columns[0][line]

    def flag(self, key: str) -> bool:
        """Whether a key's value is true, in any letter case."""
        return (self.get(key) or "").lower() == "true"

    def line_of(self, key: str) -> int | None:
        """The line (from 0) a key stands on, or None."""
        return self.layout.first.get(key.lower())

    @cached_property
    def text_lines(self) -> tuple[str, ...]:
        """Every line as text for a person, without its line end."""
        return tuple(line.decode(self.codec, "backslashreplace") for line in self.lines.texts(self.data))

    def unquoted_lines(self) -> tuple[int, ...]:
        """The lines (from 0) whose value stands without quotes; also where nothing stands there."""
        if self._plain is not None:
            return ()
        bare = (line for line, row in enumerate(self._rows) if row[0] and not row[1])
        return tuple([line for line in bare if self._rows[line][2] or not self._is_quoted(line)])

    def _is_quoted(self, line: int) -> bool:
        start = self.lines.starts[line] if line else self._start
        match = _LINES.match(self.data[start : self.lines.ends[line]].decode("latin-1"))
        return match is not None and match.lastindex == _QUOTED

    def malformed_lines(self) -> tuple[int, ...]:
        """The lines (from 0) from which VMware's reader takes no key, though something stands there."""
        values = self._columns[1]
        return tuple([line for line in self.layout.silent if values[line]])
