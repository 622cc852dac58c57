"""What the scripts print, made into values. Hosts are not trusted: all of it is bounded and checked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tui.counting import whole_number
from tui.storage.ssh.garbled import GarbledError
from tui.storage.ssh.scripts import SMALL
from tui.storage.ssh.tars import Unzipped, files_in

if TYPE_CHECKING:
    from tui.disks import HostFacts

_LONGEST_FIELD = 4096 * 16
# Of a file's size: 2 to the 64th has as many.
_MOST_DIGITS = 20


class Fields:
    """An answer that comes in parts: fields ended by NULs first, and bytes behind them."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = iter(parts)
        self._held = bytearray()

    def begin(self) -> None:
        """Wait until something has come. Raises GarbledError where nothing does."""
        if self.ended():
            raise GarbledError("it ends where something should come")

    def block(self, most: int) -> Sequence[str]:
        """The fields up to an empty one. Raises GarbledError for more than ``most``, or where none comes."""
        found: list[str] = []
        self._await_field()
        while not self._held.startswith(b"\0"):
            end = self._held.find(b"\0\0")
            if end < 0:
                end = self._held.rfind(b"\0")
            # All of them at once: one by one they take ten times as long.
            found += os.fsdecode(bytes(self._held[:end])).split("\0")
            if len(found) > most:
                raise GarbledError(f"more than {most:,} names")
            del self._held[: end + 1]
            self._await_field()
        del self._held[:1]
        return found

    def next(self) -> str:
        """One field. Raises GarbledError where there is none."""
        end = self._await_field()
        name = os.fsdecode(bytes(self._held[:end]))
        del self._held[: end + 1]
        return name

    def _await_field(self) -> int:
        """Where the next field ends, once all of it has come."""
        while (end := self._held.find(0)) < 0:
            if len(self._held) > _LONGEST_FIELD:
                raise GarbledError("a field without an end")
            self._held += self._more("a field")
        return end

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


@dataclass(frozen=True, slots=True)
class Looked:
    """One file on a host, and its folder: the ``names`` there, and the bytes of the small files beside it.

    ``beyond`` has a and x where a new version would be without its access list or its extended attributes, A
    and X where nobody there tells of them.
    """

    real: str
    links: int
    may_write_file: bool
    may_write_folder: bool
    is_esxi: bool
    beyond: str
    data: bytes = field(repr=False)
    names: frozenset[str]
    facts: HostFacts | None
    beside: dict[str, bytes] = field(repr=False)


def looked(data: bytes, host: str, *, cut: bool = False) -> Looked:
    """What the script ``look`` printed on a host; ``cut``: the host fell silent over its facts.

    Raises GarbledError.
    """
    from tui.storage.ssh.facts import vm_facts  # noqa: PLC0415 - a walk begins without

    fields = Fields([data])
    real, status, may = fields.next(), fields.next().split(" "), fields.next()
    numbers = [whole_number(one, _MOST_DIGITS) for one in status]
    links = numbers[0]
    if not real.startswith("/") or len(numbers) != 5 or links is None or None in numbers:
        raise GarbledError("a path and its status were asked for")
    names = frozenset(name.removeprefix("./") for name in fields.block(100_000))
    source = Unzipped(fields.rest())
    packed = {one.name.removeprefix("./"): one.data for one in files_in(source)}
    behind = Fields(source.behind())
    facts = vm_facts(None if cut else behind.block(3), host)
    own = real.rpartition("/")[2]
    if own not in packed:
        raise GarbledError("the file asked for is not in it")
    beyond = "".join(one for one in may if one in "aAxX")
    return Looked(real, links, "f" in may, "d" in may, "e" in may, beyond, packed[own], names, facts, packed)


class Head(NamedTuple):
    """A file's first bytes and its ``size``; or, by its ``status``, why there are none (:class:`Ended`)."""

    status: int
    size: int
    data: bytes


def heads(paths: Iterable[str], parts: Iterable[bytes]) -> dict[str, Head]:
    """What the script ``heads`` printed for these paths, in their order. Raises GarbledError."""
    fields = Fields(parts)
    found = {}
    for path in paths:
        word, _, more = fields.next().partition(" ")
        status, size = whole_number(word), whole_number(more, _MOST_DIGITS)
        if status is None or size is None:
            raise GarbledError("the status of a file was asked for")
        data = b"" if status else fields.exactly(SMALL)[: min(size, SMALL)]
        found[path] = Head(status, size, data)
    return found
