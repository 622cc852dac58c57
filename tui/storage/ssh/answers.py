"""What the scripts print, made into values. Hosts are not trusted: all of it is bounded and checked."""

from __future__ import annotations

import io
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tui.disks import HostFacts, Power
from tui.storage.ssh.scripts import SMALL

_LONGEST_FIELD = 4096 * 16
_LARGEST_FILE = 64 * 1024 * 1024


class GarbledError(Exception):
    """A host answered what no script of ours prints; the text says what was expected."""


class Fields:
    """An answer that comes in parts: fields ended by NULs first, and bytes behind them."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = iter(parts)
        self._held = bytearray()

    def block(self, most: int) -> Iterator[str]:
        """The fields up to an empty one. Raises GarbledError for more than ``most``, or where none comes."""
        for _ in range(most + 1):
            name = self.next()
            if not name:
                return
            yield name
        raise GarbledError(f"more than {most:,} names")

    def next(self) -> str:
        """One field. Raises GarbledError where there is none."""
        while (end := self._held.find(0)) < 0:
            if len(self._held) > _LONGEST_FIELD:
                raise GarbledError("a field without an end")
            self._held += self._more("a field")
        name = os.fsdecode(bytes(self._held[:end]))
        del self._held[: end + 1]
        return name

    def exactly(self, size: int) -> bytes:
        """So many bytes. Raises GarbledError where there are fewer."""
        while len(self._held) < size:
            self._held += self._more(f"{size:,} bytes")
        data = bytes(self._held[:size])
        del self._held[:size]
        return data

    def rest(self) -> Iterator[bytes]:
        """Everything behind the last field that was read."""
        if self._held:
            yield bytes(self._held)
        self._held.clear()
        yield from self._parts

    def ended(self) -> bool:
        """Whether nothing more comes."""
        while not self._held:
            part = next(self._parts, None)
            if part is None:
                return True
            self._held += part
        return False

    def _more(self, wanted: str) -> bytes:
        part = next(self._parts, None)
        if part is None:
            raise GarbledError(f"it ends where {wanted} should come")
        return part


class Unzipped(io.RawIOBase):
    """A gzipped stream as a file that can be read once, its parts inflated as they are asked for."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._inflate = zlib.decompressobj(wbits=31)
        self._held = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        while not self._held and not self._inflate.eof:
            given = self._inflate.unconsumed_tail or next(self._parts, b"")
            if not given:
                raise GarbledError("the stream of files ends in the middle")
            try:
                self._held = self._inflate.decompress(given, 1024 * 1024)
            except zlib.error as error:
                raise GarbledError(f"a stream of files that is no gzip ({error})") from error
        taken, self._held = (self._held[:size], self._held[size:]) if size >= 0 else (self._held, b"")
        return taken

    def behind(self) -> Iterator[bytes]:
        """What comes behind the end of the gzipped stream, once that is read."""
        yield self._inflate.unused_data
        yield from self._parts


class Packed(NamedTuple):
    """A file out of a stream, by the name it was packed under."""

    name: str
    data: bytes
    modified: float


def files_in(source: Unzipped) -> Iterator[Packed]:
    """The regular files of a gzipped stream of tars, as they come. Raises GarbledError.

    tar packs ``/a/b`` as ``a/b``; the name is given as it was packed.
    """
    try:
        with tarfile.open(fileobj=source, mode="r|", ignore_zeros=True, errors="surrogateescape") as archive:
            for member in archive:
                if not member.isreg():
                    continue
                if member.size > _LARGEST_FILE:
                    raise GarbledError("a file larger than was asked for")
                stream = archive.extractfile(member)
                data = b"" if stream is None else stream.read()
                if len(data) != member.size:
                    raise GarbledError("a file that is cut short")
                yield Packed(member.name, data, member.mtime)
                archive.members = []  # type: ignore[attr-defined] # a stream of ten thousand files would be remembered whole
    except (ValueError, OverflowError, EOFError) as error:
        raise GarbledError(f"a stream of files with a header that is none ({error})") from error
    except tarfile.TarError as error:
        # An empty stream is how tar says that it was given no file.
        if "empty" not in str(error):
            raise GarbledError(f"a stream of files that is no tar ({error})") from error


@dataclass(frozen=True, slots=True)
class Looked:
    """One file on a host, and its folder: the ``names`` there, and the bytes of the small files beside it."""

    real: str
    links: int
    may_write_file: bool
    may_write_folder: bool
    is_esxi: bool
    data: bytes = field(repr=False)
    names: frozenset[str]
    facts: HostFacts | None
    beside: dict[str, bytes] = field(repr=False)


def looked(data: bytes, host: str, *, cut: bool = False) -> Looked:
    """What the script ``look`` printed on a host; ``cut``: the host fell silent over its facts.

    Raises GarbledError.
    """
    fields = Fields([data])
    real, status, may = fields.next(), fields.next().split(" "), fields.next()
    if not real.startswith("/") or len(status) != 5 or not all(one.isdigit() for one in status):
        raise GarbledError("a path and its status were asked for")
    names = frozenset(name.removeprefix("./") for name in fields.block(100_000))
    source = Unzipped(fields.rest())
    packed = {one.name.removeprefix("./"): one.data for one in files_in(source)}
    behind = Fields(source.behind())
    facts = HostFacts(host) if cut else _facts(list(behind.block(3)), host)
    own = real.rpartition("/")[2]
    if own not in packed:
        raise GarbledError("the file asked for is not in it")
    return Looked(real, int(status[0]), "f" in may, "d" in may, "e" in may, packed[own], names, facts, packed)


class Head(NamedTuple):
    """The first bytes of a file, or why there are none (one of the scripts' ends)."""

    status: int
    size: int
    data: bytes


def heads(paths: Iterable[str], parts: Iterable[bytes]) -> dict[str, Head]:
    """What the script ``heads`` printed for these paths, in their order. Raises GarbledError."""
    fields = Fields(parts)
    found = {}
    for path in paths:
        words = fields.next().split(" ")
        if len(words) != 2 or not all(one.isdigit() for one in words):
            raise GarbledError("the status of a file was asked for")
        status, size = map(int, words)
        data = b"" if status else fields.exactly(SMALL)[: min(size, SMALL)]
        found[path] = Head(status, size, data)
    return found


_POWER = {"powered on": Power.RUNNING, "powered off": Power.OFF, "suspended": Power.SUSPENDED}


def _facts(told: Sequence[str], host: str) -> HostFacts | None:
    """What vim-cmd said; what nobody understands is not known."""
    if not told:
        return None
    if len(told) != 3 or not told[0].isdigit() or not all(one.startswith("=") for one in told[1:]):
        raise GarbledError("a VM's id, power state and snapshots were asked for")
    lines = [line.strip() for line in told[1][1:].splitlines() if line.strip()]
    power = _POWER.get(lines[-1].lower()) if lines else None
    return HostFacts(host, told[0], power, _snapshots(told[2][1:]))


def _snapshots(told: str) -> tuple[str, ...] | None:
    """The names in what ``vim-cmd vmsvc/snapshot.get`` prints: a tree of lines that begin with dashes."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    if not lines or not lines[0].startswith("Get Snapshot"):
        return None
    names = [
        line.partition(":")[2].strip() for line in lines if line.lstrip("|-").startswith("Snapshot Name")
    ]
    return tuple(names[:1000])
