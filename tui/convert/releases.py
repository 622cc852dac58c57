"""What the libvirt that shall read a result has; one that was not named is taken to have nothing new."""

from __future__ import annotations

from tui.disks import LibvirtVersion
from tui.disks.libvirt import NVME_BUS, VMX_READER_READS_MORE


def has_nvme(libvirt: LibvirtVersion | None) -> bool:
    """Whether it has the disk bus ``nvme``."""
    return libvirt is not None and libvirt >= NVME_BUS


def reads_more(libvirt: LibvirtVersion | None) -> bool:
    """Whether its VMX reader tells the UUID of vCenter, the NVRAM, PCI addresses and idle controllers too."""
    return libvirt is not None and libvirt >= VMX_READER_READS_MORE
