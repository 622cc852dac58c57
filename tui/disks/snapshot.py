"""What a ``<domainsnapshot>`` asks for, word by word; whether libvirt takes it is judged elsewhere."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import NamedTuple

from tui.disks.value import value


class Memory(StrEnum):
    """The value of libvirt's ``<memory snapshot=…>``: where the running machine's memory goes."""

    NO = "no"
    INTERNAL = "internal"
    EXTERNAL = "external"


@value
class Listed:
    """One entry of ``<disks>``.

    ``name`` is a target or a source path (None: missing), ``word`` its ``snapshot`` as written, ``kind`` its
    ``type``; ``file`` and ``file_format`` are what its ``<source>`` and ``<driver>`` say of the overlay, and
    ``source_words`` the attributes its ``<source>`` has (None: there is none).
    ``lines`` are the document's lines (from 0).
    """

    name: str | None
    word: str | None = None
    kind: str = "file"
    file: str = ""
    file_format: str | None = None
    source_words: frozenset[str] | None = None
    lines: tuple[int, ...] = field(default=(), compare=False)

    @property
    def word_in_effect(self) -> str | None:
        """The word in effect: what says where the overlay lies says external (libvirt snapshot_conf.c)."""
        return "external" if self.word is None and (self.file or self.file_format) else self.word


class DomainSnapshot(NamedTuple):
    """A whole ``<domainsnapshot>``; ``memory`` is the word as written, ``memory_file`` the path beside it.

    ``description`` is what it says of itself, "" for nothing.
    """

    name: str | None = None
    memory: str | None = None
    memory_file: str | None = None
    listed: tuple[Listed, ...] = ()
    description: str = ""
