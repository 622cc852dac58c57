"""Words of a domain XML that the converter takes, but with values or in places that a VMX cannot say.

``SAID`` of the vocabulary tells which elements and attributes are taken; this table tells which of their
values go unsaid all the same. Source: libvirt's formatdomain for the values and their defaults.
"""

from __future__ import annotations

from typing import NamedTuple

from tui.convert.domain_reader import DomainReader
from tui.convert.results import Severity


class _LostValue(NamedTuple):
    """``elements`` is an XPath below ``<domain>``; ``attribute`` of theirs goes unsaid, or they do (None)."""

    elements: str
    attribute: str | None
    why: str
    severity: Severity = "info"


_LOST = (
    _LostValue(
        "os/type[normalize-space() != 'hvm']",
        None,
        "VMware runs no guest that has to know its hypervisor",
        "error",
    ),
    _LostValue("os/loader[not(@type = 'pflash')]", None, "VMware starts its own BIOS or UEFI only"),
    _LostValue("vcpu[@placement = 'auto']", "placement", "VMware places the processors itself"),
    _LostValue(
        "devices/disk/source[@file or @dev][@startupPolicy != 'mandatory']",
        "startupPolicy",
        "VMware asks at power-on what to do where the file is missing",
    ),
    _LostValue(
        "devices/disk[@device = 'floppy']/readonly", None, "VMware writes where the image's rights let it"
    ),
    _LostValue(
        "devices/disk[@device = 'floppy']/driver[@cache != 'default']",
        "cache",
        "VMware has no cache for a floppy",
    ),
    _LostValue(
        "devices/serial/target[@type != 'isa-serial' and @type != 'serial']",
        "type",
        "VMware's serial ports are those of a PC (ISA)",
    ),
    _LostValue(
        "devices/filesystem[@accessmode != 'passthrough']",
        "accessmode",
        "VMware has one way to share a folder",
    ),
    _LostValue(
        "devices/graphics[@type = 'vnc']/listen[@type = 'none']",
        None,
        "VMware's VNC listens on every address of the host: name one as RemoteDisplay.vnc.ip",
        "warning",
    ),
)


def report_lost_values(domain: DomainReader) -> None:
    """Note every value of the table that the domain holds."""
    for elements, attribute, why, severity in _LOST:
        for element in domain.element.xpath(elements):
            if attribute is None:
                domain.lose(element, why, severity)
            else:
                domain.lose_attribute(element, attribute, why, severity)
