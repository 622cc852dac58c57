"""Telling what a file's bytes are, and making a document of them."""

from __future__ import annotations

import re

from tui.formats.domain_xml import DomainDocument
from tui.formats.errors import FormatError
from tui.formats.vmx import VmxDocument
from tui.formats.vmx_syntax import BOM
from tui.formats.xml_source import MAX_DISKS

Document = VmxDocument | DomainDocument

_LFS_POINTER = b"version https://git-lfs.github.com/"
_VMDK_DESCRIPTOR = re.compile(rb"\s*# ?Disk DescriptorFile", re.IGNORECASE)
_MARKUP = re.compile(rb"\s*+<")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS = bytes(one for one in range(1, 0x20) if one not in b"\t\n\v\f\r\x1b")
_VMX_KEY = re.compile(
    r"\.encoding|config\.version|virtualhw\.version|displayname|guestos|memsize|numvcpus|uuid\.bios"
    r"|encryption\.\w+|(scsi|sata|ide|nvme|floppy|ethernet)\d+(:\d+)?\.\w+|usb_xhci:\d+\.\w+"
)


def open_document(data: bytes) -> Document:
    """The document in ``data``: a domain XML where it begins with markup, else a VMX.

    Raises FormatError, with what is wrong and what to do, for anything else.
    """
    if data.startswith(_UTF16_MARKS):
        return DomainDocument(data)
    _refuse_foreign(data)
    if _MARKUP.match(data.removeprefix(BOM)):
        return DomainDocument(data)
    document = VmxDocument(data)
    if not any(_VMX_KEY.fullmatch(key) for key in document.layout.keys):
        raise FormatError(
            "this is neither a VMX file nor a domain XML",
            "give the .vmx of a VMware machine, or what virsh dumpxml prints",
        )
    if len(data) > MAX_LINES and data.lower().count(b".filename") > MAX_DISKS:
        raise FormatError(f"the file names more than {MAX_DISKS:,} disks", "no machine has as many")
    return document


def codec_of(document: Document) -> str:
    """Python's codec for a document's bytes."""
    return document.codec if isinstance(document, VmxDocument) else document.source.codec


# Every line and every disk costs memory many times its bytes; no machine has nearly as many.
MAX_LINES = 500_000


def _refuse_foreign(data: bytes) -> None:
    if not data.removeprefix(BOM).strip():
        raise FormatError("the file holds nothing but blanks", "give a VMX file or a domain XML")
    if data.startswith(_LFS_POINTER):
        raise FormatError(
            "this is a Git LFS pointer, not the file itself", "fetch the file with git lfs pull"
        )
    if _VMDK_DESCRIPTOR.match(data) or data.startswith(b"KDMV"):
        raise FormatError("this is a VMDK disk, not a machine", "open the .vmx file beside it")
    at = data.find(b"\0")
    if at >= 0:
        raise FormatError(
            f"there is a NUL byte at offset {at}: no text file",
            "give a VMX file or a domain XML; if this is one, it is damaged",
            data.count(b"\n", 0, at) + 1,
        )
    if len(data) > MAX_LINES and max(data.count(b"\n"), data.count(b"\r")) > MAX_LINES:
        raise FormatError(f"the file has more than {MAX_LINES:,} lines", "give a VMX file or a domain XML")
    head = data[:4096]
    if (len(head) - len(head.translate(None, _CONTROLS))) * 20 > len(head):
        raise FormatError("this is a binary file", "give a VMX file or a domain XML")
