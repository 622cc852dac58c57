"""The local files as an audit reads them: with the names in a folder known, most neighbours need no look."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from tui.storage import local_reading
from tui.storage.local_files import LocalFiles
from tui.storage.regular import absent

MOST_NAMES = 256
"""A folder with more entries is not kept in memory: a VM's has a few dozen."""

# Names that no file system takes for another's: some fold case or accents, drop dots and blanks at the end,
# or know a short form with a ~ (FAT).
_PLAIN = re.compile(r"[\w(), +-][\w(), .+-]*(?<![. ])", re.ASCII)


class _Listed(NamedTuple):
    """A folder with its slash; the names in it in lower case, and those of regular files as they are."""

    prefix: str
    names: frozenset[str]
    files: frozenset[str]


class LocalFolder(_Listed, LocalFiles):
    """The local files, a moment after a folder was listed: what was not in it is not looked for.

    Regular files that were in it need no look before they are opened.
    """

    __slots__ = ()

    def read_bytes(self, path: str, wanted: Callable[[bytes], bool] | None = None) -> bytes | None:
        """See `Source`."""
        return local_reading.read_bytes(path, wanted, seen=self._is_file(path))

    def read_head(self, path: str, size: int, within: str | None = None) -> bytes:
        """See `Source`."""
        if self._is_file(path):
            return local_reading.read_head(path, size, within, seen=True)
        if self._is_absent(path):
            raise absent(path)
        return local_reading.read_head(path, size, within)

    def is_there(self, path: str) -> bool:
        """See `Source`."""
        return not self._is_absent(path) and local_reading.is_there(path)

    def real_file(self, path: str) -> str:
        """See `Source`."""
        return path if self._is_file(path) else local_reading.real_file(path)

    def _is_file(self, path: str) -> bool:
        prefix = self.prefix
        return path.startswith(prefix) and path[len(prefix) :] in self.files

    def _is_absent(self, path: str) -> bool:
        prefix = self.prefix
        if not path.startswith(prefix):
            return False
        name = path[len(prefix) :]
        return name.lower() not in self.names and _PLAIN.fullmatch(name) is not None
