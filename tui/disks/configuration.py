"""What a document says of its virtual machine, as far as judging its disks needs it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tui.disks.disk import Disk


class Format(StrEnum):
    """The two formats of a document."""

    VMX = "vmx"
    DOMAIN_XML = "domain-xml"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a reader of the file noticed: in words, at a line (from 1) where it has one."""

    text: str
    line: int | None = None
    disk: int | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """One virtual machine as its document describes it.

    ``domain_type`` is a domain's ``type`` (None for a VMX). ``esx_signs`` are the keys that only an ESX host
    writes. ``encrypted`` names what hides the real configuration, ``partially_encrypted`` what hides a part
    of it that is not the disks. ``locked`` is the reason the whole document is read-only, or None.
    """

    format: Format
    name: str
    disks: tuple[Disk, ...]
    domain_type: str | None = None
    esx_signs: tuple[str, ...] = ()
    encrypted: str | None = None
    partially_encrypted: str | None = None
    duplicate_keys: tuple[Remark, ...] = ()
    malformed_lines: tuple[Remark, ...] = ()
    encoding_trouble: tuple[Remark, ...] = ()
    template_marks: tuple[Remark, ...] = ()

    @property
    def locked(self) -> str | None:
        """The reason no disk of this document may be edited, or None."""
        if self.encrypted:
            return f"the file is encrypted ({self.encrypted}): its real configuration is hidden"
        return None
