"""The files in a gzipped stream of tars, as it comes from a host: a stream is hostile, bounded and checked.

tarfile builds an object of twenty fields for each file, and reads its stream in blocks of 10 kB: measured, an
audit of 500 machines spent 60 ms of its 450 there, here 15. Nothing is ever unpacked to a disk.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from tui.storage.ssh.garbled import GarbledError

_LARGEST_FILE = 64 * 1024 * 1024
_LONGEST_NAME = 64 * 1024
_BLOCK = 512
# More at once is new memory of the system's each time, which takes longer than what is done with it.
_INFLATED = 32 * 1024
_MOST_EMPTY = 4096  # GNU tar fills up to records of 20 blocks
# The bytes of a header (POSIX.1-1988 ustar; GNU tar's manual, "Basic Tar Format"; pax in POSIX.1-2001).
_NAME, _SIZE, _SUM, _KIND, _PREFIX = slice(100), slice(124, 136), slice(148, 156), 156, slice(345, 500)
_USTAR = b"ustar\x00"
_ADLER = 65521  # what Adler-32 counts its sums by
_REGULAR = frozenset(b"0\x007")
_LONG_NAME, _PAX = ord("L"), ord("x")
_WITH_DATA = frozenset(b"KgSMVDNA")  # behind whose header something stands that nobody asked for


class Packed(NamedTuple):
    """A file out of a stream, by the name it was packed under: tar packs ``/a/b`` as ``a/b``."""

    name: str
    data: bytes


class Unzipped:
    """A gzipped stream that can be read once, its parts inflated as they are asked for."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._inflate = zlib.decompressobj(wbits=31)
        self._held = b""
        self._at = 0

    def take(self, size: int) -> bytes:
        """The next bytes; fewer only at the end of the stream. Raises GarbledError for what is no gzip."""
        end = self._at + size
        if end > len(self._held):
            parts, missing = [self._held[self._at :]], end - len(self._held)
            self._held, self._at = b"", 0
            while missing > 0 and (more := self._more()):
                parts.append(more)
                missing -= len(more)
            self._held, end = b"".join(parts), size
        taken, self._at = self._held[self._at : end], end
        return taken

    def _more(self) -> bytes:
        while not self._inflate.eof:
            given = self._inflate.unconsumed_tail or next(self._parts, b"")
            if not given:
                raise GarbledError("the stream of files ends in the middle")
            try:
                if data := self._inflate.decompress(given, _INFLATED):
                    return data
            except zlib.error as error:
                raise GarbledError(f"a stream of files that is no gzip ({error})") from error
        return b""

    def behind(self) -> Iterator[bytes]:
        """What comes behind the end of the gzipped stream, once that is read."""
        yield self._inflate.unused_data
        yield from self._parts


def files_in(source: Unzipped) -> Iterator[Packed]:
    """The regular files of a gzipped stream of tars, as they come. Raises GarbledError."""
    given: dict[bytes, bytes] = {}  # what stands before a header and beats it
    empty = 0
    while header := source.take(_BLOCK):
        if len(header) < _BLOCK:
            raise GarbledError("a stream of files that ends in a header")
        if not header[0]:  # the end of one tar, filled up; the next may begin behind it
            empty += 1
            if empty > _MOST_EMPTY:
                raise GarbledError("a stream of nothing")
            continue
        empty = 0
        kind, size = header[_KIND], _size_in(header, given)
        if kind in {_LONG_NAME, _PAX}:
            data = _data(source, size, _LONGEST_NAME)
            given |= {b"path": data.split(b"\0", 1)[0]} if kind == _LONG_NAME else _records(data)
            continue
        if kind in _REGULAR:
            yield Packed(_name_in(header, given), _data(source, size, _LARGEST_FILE))
        elif kind in _WITH_DATA:
            _data(source, size, _LARGEST_FILE)
        given = {}


def _data(source: Unzipped, size: int, most: int) -> bytes:
    """A file's bytes, which are filled up to whole blocks."""
    if not 0 <= size <= most:
        raise GarbledError("a file larger than was asked for")
    filled = source.take(-(-size // _BLOCK) * _BLOCK)
    if len(filled) < size:
        raise GarbledError("a file that is cut short")
    return filled[:size]


def _size_in(header: bytes, given: dict[bytes, bytes]) -> int:
    try:
        if (int(header[_SUM].split(b"\0", 1)[0], 8) - _sum_of(header)) % _ADLER:
            raise GarbledError("a stream of files that is no tar (a header's sum is wrong)")
        return int(given[b"size"]) if b"size" in given else int(header[_SIZE].strip(b"\0 ") or b"0", 8)
    except ValueError as error:  # a size beyond octal digits is one beyond what is asked for
        raise GarbledError("a stream of files with a header that is none") from error


def _sum_of(header: bytes) -> int:
    """Of all bytes, those of the sum itself taken for spaces; modulo :data:`_ADLER`.

    The lower half of Adler-32 is this very sum and 1 (RFC 1950): adding the bytes up here takes twenty times
    as long, which was a third of reading the stream.
    """
    return (zlib.adler32(header) & 0xFFFF) - 1 - sum(header[_SUM]) + 8 * ord(" ")


def _name_in(header: bytes, given: dict[bytes, bytes]) -> str:
    name = given.get(b"path")
    if name is None:
        name = header[_NAME].split(b"\0", 1)[0]
        if header[257:263] == _USTAR and header[345]:
            name = header[_PREFIX].split(b"\0", 1)[0] + b"/" + name
    return name.decode("utf-8", "surrogateescape")


def _records(data: bytes) -> dict[bytes, bytes]:
    """What a pax header says: records of their own length in digits, a key and a value."""
    found, at = {}, 0
    while at < len(data):
        digits = data[at : data.find(b" ", at)]
        length = int(digits) if digits.isdigit() and len(digits) < 8 else 0
        key, equals, value = data[at + len(digits) + 1 : at + length - 1].partition(b"=")
        if not equals:
            raise GarbledError("a stream of files with a header that is none")
        found[key] = value
        at += length
    return found
