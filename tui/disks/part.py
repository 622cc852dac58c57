"""An element within a domain's ``<disk>`` that only defining the domain looks at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Part(NamedTuple):
    """One element below a ``<disk>``, as it stands there.

    ``path`` is its way from the disk, ``source/host``; that of a ``<backingStore>``, however deep, is
    ``backingStore``, and what its ``<source>`` holds is called as what the disk's own does. ``kind`` is the
    type of the storage it belongs to and ``protocol`` that of a network's, ``words`` are its attributes,
    ``inside`` the names of the elements in it.
    """

    path: str
    kind: str
    protocol: str
    words: Mapping[str, str]
    text: str
    inside: tuple[str, ...]

    @property
    def element(self) -> str:
        """The name of the element itself, the last part of its path."""
        return self.path.rpartition("/")[2]
