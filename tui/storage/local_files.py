"""The local files, each looked at when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from tui.storage import local_reading

if TYPE_CHECKING:
    from tui.disks import HostFacts


class LocalFiles:
    """Every local file, each looked at when it is asked for. All of one class are one place."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))

    def address(self, path: str) -> str:
        """What people call it: a local path is its own address."""
        return path

    def read_bytes(self, path: str, wanted: Callable[[bytes], bool] | None = None) -> bytes | None:
        """See `Source`."""
        return local_reading.read_bytes(path, wanted)

    def read_head(self, path: str, size: int, within: str | None = None) -> bytes:
        """See `Source`."""
        return local_reading.read_head(path, size, within)

    def is_there(self, path: str) -> bool:
        """See `Source`."""
        return local_reading.is_there(path)

    def names_in(self, folder: str) -> Sequence[str]:
        """See `Source`."""
        return local_reading.names_in(folder)

    def real_file(self, path: str) -> str:
        """See `Source`."""
        return local_reading.real_file(path)

    def real_folder(self, folder: str) -> str:
        """See `Source`."""
        return local_reading.real_folder(folder)

    def expect(self, paths: Iterable[str]) -> None:
        """See `Source`."""

    def host_facts(self, path: str) -> HostFacts | None:  # noqa: ARG002 - no host is asked of a local file
        """See `Source`."""
        return None


LOCAL_FILES = LocalFiles()
