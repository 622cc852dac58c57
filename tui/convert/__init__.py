"""Whole virtual machines from VMX to domain XML and back: as libvirt's own VMX driver does it, and more.

Where the two differ: the three disk modes survive both ways; SATA addresses and SCSI controllers stay those
of the VMX; SATA, NVMe and shared (multi-writer) disks, Secure Boot and the generation ID survive the way
back; escapes are decoded in every value; ``true`` is true in any letter case; what has a bad value or cannot
be said is reported, not refused. Pure: no I/O.
"""

from tui.convert.results import Conversion, DiskFormat, Kvm, Loss, Network, Options, Release
from tui.convert.to_domain_xml import to_domain_xml
from tui.convert.to_vmx import to_vmx

__all__ = [
    "Conversion",
    "DiskFormat",
    "Kvm",
    "Loss",
    "Network",
    "Options",
    "Release",
    "to_domain_xml",
    "to_vmx",
]
