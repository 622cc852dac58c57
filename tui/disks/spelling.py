"""The ways a domain XML may spell a disk's policy; how each is read and written is told by the formats."""

from __future__ import annotations

from enum import StrEnum


class Spelling(StrEnum):
    """One way to write a policy; libvirt reads ``libvirt`` alone, and only that validates with its schema."""

    LIBVIRT = "libvirt"
    ATTRIBUTES = "attributes"
    ELEMENTS = "elements"
    VMX_MODE = "vmx-mode"
