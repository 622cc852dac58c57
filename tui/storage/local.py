"""The place that is always there: the files of this computer, and what is mounted into them."""

from __future__ import annotations

# ruff: noqa: PLC0415 - most commands neither walk nor write: what that takes is loaded then
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from tui.storage import local_reading, regular
from tui.storage.local_files import LocalFiles
from tui.storage.obstacles import reading_of
from tui.storage.place import Candidate, Follow, Location, Passed, Reading, Source
from tui.storage.reasons import EMPTY

if TYPE_CHECKING:
    from tui.storage.errors import UnreadableError


class LocalPlace(LocalFiles):
    """This computer's files; see `tui.storage.place.Place`."""

    __slots__ = ()

    def is_folder(self, path: str) -> bool:
        """See `Place`."""
        return local_reading.is_folder(path)

    def is_same(self, one: str, other: str) -> bool:
        """See `Place`."""
        return local_reading.is_same(one, other)

    def walk(
        self,
        paths: Iterable[str],
        exclude: Sequence[str] = (),
        follow: Follow = Follow.NEAR,
        passed: Passed | None = None,
    ) -> Iterator[Candidate | UnreadableError]:
        """See `Place`."""
        from tui.storage.local_walk import walk

        return walk(paths, exclude, follow, passed)

    def read(self, path: str) -> Reading:
        """See `Place`."""
        found = local_reading.read_file(path)
        if not found.data:
            raise regular.refusal(path, EMPTY)
        return reading_of(Location(self, path), found)

    def beside(self, path: str) -> Source:  # noqa: ARG002 - every local file is looked at when it is asked for
        """See `Place`."""
        return self

    def at(self, path: str) -> Source:  # noqa: ARG002 - as above
        """See `Place`."""
        return self

    def save(self, reading: Reading, data: bytes, *, backup: bool = False) -> Reading:
        """See `Place`."""
        from tui.storage.writing import save

        return save(reading, data, backup=backup)

    def write_new(self, path: str, data: bytes, *, overwrite: bool = False) -> str:
        """See `Place`."""
        from pathlib import Path

        from tui.storage.writing import write_new

        return str(write_new(Path(path), data, overwrite=overwrite))


LOCAL = LocalPlace()
