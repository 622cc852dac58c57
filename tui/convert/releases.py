"""What came with which release of libvirt. Source: libvirt's NEWS; measured with 9.0 and 11.3."""

from __future__ import annotations

import re

from tui.convert.results import Release

_NVME: Release = (11, 5)
_READS_MORE: Release = (12, 4)
_RELEASE = re.compile(r"(\d{1,3})\.(\d{1,3})(?:\.\d{1,3})?", re.ASCII)


def parse_release(text: str) -> Release | None:
    """``12.4`` or ``12.4.0`` as a release; None where it is no such number."""
    match = _RELEASE.fullmatch(text.strip())
    return (int(match[1]), int(match[2])) if match else None


def has_nvme(release: Release | None) -> bool:
    """Whether it has the disk bus ``nvme``; one that is not known is taken not to."""
    return release is not None and release >= _NVME


def reads_more(release: Release | None) -> bool:
    """Whether its VMX reader tells the UUID of vCenter, the NVRAM, PCI addresses and idle controllers too."""
    return release is not None and release >= _READS_MORE
