"""What the first bytes of a disk image tell of it: its size, and of a VMDK its kind and its parent.

Sources: VMware's Virtual Disk Format 5.0 (the text descriptor, the sparse extent header); QEMU's qcow2
specification (the header).
"""

from __future__ import annotations

import re
import struct
from functools import lru_cache

from tui.disks import Image

# A text descriptor is smaller than this, and the headers and an embedded descriptor lie within it.
HEAD_BYTES = 64 * 1024
_SECTOR = 512

# Never the first line: that one says what the file is.
_EXTENT = re.compile(rb"\n(?:RW|RDONLY|NOACCESS)[ \t]+(\d{1,15})[ \t]")
_DESCRIPTOR = re.compile(rb"\s*# ?Disk DescriptorFile", re.IGNORECASE)
_TELLING = (b"createtype", b"parent", b"encoding")
# Magic, version, flags; capacity, grain size, offset and size of the embedded descriptor, in sectors.
_SPARSE = struct.Struct("<4sIIQQQQ")
_COW = struct.Struct("<4sIII")
_QCOW2 = struct.Struct(">4sIQIIQ")
# Where a qcow2 header tells its length, and how long that of version 2 is. Behind it stand extensions: a
# kind, a length and so many bytes, filled up to eight.
_LENGTH_AT, _LENGTH_OF_V2 = 100, 72
_EXTENSION = struct.Struct(">II")
_BACKING_FORMAT, _END_OF_EXTENSIONS = 0xE2792ACA, 0


def read_image(head: bytes) -> Image | None:
    """What the image's first HEAD_BYTES tell; None where they are of no kind known here."""
    if _DESCRIPTOR.match(head):
        sectors = [int(extent) for extent in _EXTENT.findall(head)]
        return _described(head, sum(sectors) * _SECTOR if sectors else None)
    if len(head) < _SPARSE.size:
        return None
    magic = head[:4]
    if magic == b"KDMV":
        return _sparse(head)
    if magic == b"COWD":
        return Image(int(_COW.unpack_from(head)[3]) * _SECTOR)
    if magic == b"QFI\xfb":
        _, version, backing, _, _, size = _QCOW2.unpack_from(head)
        return Image(int(size), backing_format=_backing_format(head, version) if backing else None)
    return None


def _backing_format(head: bytes, version: int) -> str | None:
    """The format of what a qcow2 image builds on, where its header says it."""
    at = int.from_bytes(head[_LENGTH_AT : _LENGTH_AT + 4], "big") if version > 2 else _LENGTH_OF_V2
    while len(head) >= at + _EXTENSION.size:
        kind, length = _EXTENSION.unpack_from(head, at)
        text = head[at + _EXTENSION.size : at + _EXTENSION.size + length]
        if kind == _BACKING_FORMAT:
            return text.decode("ascii", "replace")
        if kind == _END_OF_EXTENSIONS:
            return None
        at += _EXTENSION.size + (length + 7) // 8 * 8
    return None


def _sparse(head: bytes) -> Image:
    """A sparse extent; one that is a disk by itself has its descriptor embedded."""
    _, _, _, capacity, _, offset, sectors = _SPARSE.unpack_from(head)
    size = int(capacity) * _SECTOR
    start = int(offset) * _SECTOR
    descriptor = head[start : start + int(sectors) * _SECTOR] if start else b""
    return _described(descriptor, size) if _DESCRIPTOR.match(descriptor) else Image(size)


def _described(descriptor: bytes, size: int | None) -> Image:
    text = descriptor.split(b"\0", 1)[0].replace(b"\r", b"\n")  # an embedded one is padded with NULs
    return Image(size, *_kind_and_parent(_telling_lines(text)))


def _telling_lines(descriptor: bytes) -> bytes:
    """The few lines that may hold a key asked for: a fleet has thousands of descriptors."""
    small = descriptor.lower()
    found: dict[int, bytes] = {}
    for word in _TELLING:
        at = small.find(word)
        while at >= 0:
            start, end = small.rfind(b"\n", 0, at) + 1, small.find(b"\n", at)
            end = len(small) if end < 0 else end
            found[start] = descriptor[start:end]
            at = small.find(word, end)
    return b"\n".join([found[start] for start in sorted(found)])


@lru_cache(maxsize=256)
def _kind_and_parent(lines: bytes) -> tuple[str, str | None, str | None]:
    """The same few lines stand in the descriptors of most disks of a fleet."""
    from tui.formats.vmx_syntax import VmxText  # noqa: PLC0415 - most images of a domain have no descriptor

    text = VmxText(lines)
    if not lines.isascii() and (declared := text.get("encoding")):  # its own key has no dot before it
        text = VmxText(b'.encoding = "%s"\n%s' % (declared.encode(errors="replace"), lines))
    return text.get("createType") or "", text.get("parentCID") or None, text.get("parentFileNameHint") or None
