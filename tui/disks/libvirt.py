"""Which libvirt a machine is judged and planned for, and what changed between them.

Source: libvirt's NEWS and qemu_snapshot.c, and answers of the drivers of 9.0 and 11.3 (measured).
"""

from __future__ import annotations

from typing import NamedTuple, Self


class LibvirtVersion(NamedTuple):
    """A release, ``9.0`` or ``11.3``; what comes behind the second number changes nothing here."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The version in ``11.3`` or ``11.3.0``. Raises ValueError where it is none."""
        numbers = text.strip().split(".")
        digits = all(one.isascii() and one.isdigit() and len(one) < 4 for one in numbers)
        if not digits or len(numbers) not in (2, 3):
            raise ValueError(text)
        return cls(int(numbers[0]), int(numbers[1]))


# The newest whose behaviour is known.
NEWEST = LibvirtVersion(12, 5)

NVRAM_FORMATS = LibvirtVersion(10, 9)
PFLASH_WHILE_OFF = LibvirtVersion(9, 3)
EXTERNAL_REVERT = LibvirtVersion(9, 9)
# Measured: 9.0 refuses it, 11.3 takes it; in between is not known.
EXTERNAL_ENTRY_WHILE_OFF = LibvirtVersion(10, 0)
# Measured: 9.0 takes it, 11.3 refuses it.
SNAPSHOT_SAVE = LibvirtVersion(10, 9)
INTERNAL_REVERT_BROKEN = (LibvirtVersion(11, 2), LibvirtVersion(11, 4))
# Measured: 9.0 refuses it on scsi, the newest takes it; in between is not known.
REMOVABLE_ON_SCSI = LibvirtVersion(9, 1)
VHOST_VDPA = LibvirtVersion(9, 8)
NVME_BUS = LibvirtVersion(11, 5)
# In 11.3 there are none, in 12.5 there are; in between nobody looked.
USB_DISK_MODELS = LibvirtVersion(11, 4)
VMX_READER_READS_MORE = LibvirtVersion(12, 4)
# Measured: with a checkpoint 9.0 refuses every snapshot of a machine that is off, 11.3 the external ones.
CHECKPOINT_BESIDE_INTERNAL = LibvirtVersion(9, 9)
