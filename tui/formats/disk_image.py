"""What the first bytes of a disk image tell of it: only its size, so far.

Sources: VMware's Virtual Disk Format 5.0 (the text descriptor, the sparse extent header); QEMU's qcow2
specification (the header).
"""

from __future__ import annotations

import re
import struct

# A text descriptor is smaller than this, and the headers and an embedded descriptor lie within it.
HEAD_BYTES = 64 * 1024
_SECTOR = 512

_EXTENT = re.compile(rb"^(?:RW|RDONLY|NOACCESS)[ \t]+(\d{1,15})[ \t]", re.MULTILINE)
_DESCRIPTOR = re.compile(rb"\s*# ?Disk DescriptorFile", re.IGNORECASE)
_SPARSE = struct.Struct("<4sIIQ")
_COW = struct.Struct("<4sIII")
_QCOW2 = struct.Struct(">4sIQIIQ")


def image_size(head: bytes) -> int | None:
    """The size in bytes the guest sees, told by the image's first HEAD_BYTES; None where they do not tell."""
    if _DESCRIPTOR.match(head):
        sectors = [int(extent) for extent in _EXTENT.findall(head)]
        return sum(sectors) * _SECTOR if sectors else None
    if len(head) < _QCOW2.size:
        return None
    magic = head[:4]
    if magic == b"KDMV":
        return int(_SPARSE.unpack_from(head)[3]) * _SECTOR
    if magic == b"COWD":
        return int(_COW.unpack_from(head)[3]) * _SECTOR
    if magic == b"QFI\xfb":
        return int(_QCOW2.unpack_from(head)[5])
    return None
