"""Telling what a file's bytes are, and making a document of them."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from tui.disks import Format
from tui.formats.errors import FormatError
from tui.formats.limits import MAX_DISKS, MAX_LINES

if TYPE_CHECKING:
    from tui.formats.document import Document
    from tui.formats.domain_xml import DomainDocument
    from tui.formats.vmx import VmxDocument

_BOM = b"\xef\xbb\xbf"
_LFS_POINTER = b"version https://git-lfs.github.com/"
_VMDK_DESCRIPTOR = re.compile(rb"\s*# ?Disk DescriptorFile", re.IGNORECASE)
# No markup begins with two: that is how git marks a conflict, in a VMX as well.
_MARKUP = re.compile(rb"\s*+<(?!<)")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# Without a mark at its start, as some editors save it: every other byte is NUL.
_UTF16_UNMARKED = re.compile(rb"(?!<\0|\0<)(?:([^\0]\0){8}|(?:\0[^\0]){8})")
_HEAD = 4096
_CONTROLS = bytes(one for one in range(1, 0x20) if one not in b"\t\n\v\f\r\x1b")
_VMX_KEY = (
    r"\.encoding|config\.version|virtualhw\.version|displayname|guestos|memsize|numvcpus|uuid\.bios"
    r"|encryption\.\w+|(scsi|sata|ide|nvme|floppy|ethernet)\d+(:\d+)?\.\w+|usb_xhci:\d+\.\w+"
)


def open_document(data: bytes) -> Document:
    """The document in ``data``: a domain XML where it begins with markup, else a VMX.

    Raises FormatError, with what is wrong and what to do, for anything else.
    """
    if data.startswith(_UTF16_MARKS):
        head = data[:_HEAD].decode("utf-16", "replace").lstrip()
        if head and not head.startswith("<"):
            raise FormatError(
                "it is a text in UTF-16, which no VMX is",
                "write it anew in UTF-8 (iconv -f UTF-16 -t UTF-8)",
            )
        return _domain_document(data)
    unmarked = _UTF16_UNMARKED.match(data)
    if unmarked is not None:
        order = "LE" if unmarked[1] else "BE"
        raise FormatError(
            "it is a text in UTF-16, which no VMX is",
            f"write it anew in UTF-8 (iconv -f UTF-16{order} -t UTF-8)",
        )
    _refuse_foreign(data)
    if _MARKUP.match(data.removeprefix(_BOM)):
        return _domain_document(data)
    return _vmx_document(data)


# Reading one format does not load the other: lxml alone takes as long as all else does.


def load(formats: Collection[Format]) -> None:
    """Load what reads files of these formats, where there is time to: a host is waited for."""
    if Format.VMX in formats:
        import tui.formats.vmsd  # noqa: PLC0415
        import tui.formats.vmx  # noqa: PLC0415
    if Format.DOMAIN_XML in formats:
        import tui.formats.domain_xml  # noqa: PLC0415, F401


def _domain_document(data: bytes) -> DomainDocument:
    from tui.formats.domain_xml import DomainDocument  # noqa: PLC0415

    return DomainDocument(data)


def _vmx_document(data: bytes) -> VmxDocument:
    from tui.formats.vmx import VmxDocument  # noqa: PLC0415

    document = VmxDocument(data)
    if "snapshot.numsnapshots" in document.layout.first and "config.version" not in document.layout.first:
        raise FormatError("this is the record of a VM's snapshots, not a machine", "open the .vmx beside it")
    if not any(re.fullmatch(_VMX_KEY, key) for key in document.layout.keys):
        if data.lstrip().startswith(b"<<<<<<< "):
            raise FormatError("git left a conflict in the file", "resolve it: keep one side of its marks")
        raise FormatError(
            "this is neither a VMX file nor a domain XML",
            "give the .vmx of a VMware machine, or what virsh dumpxml prints",
        )
    if len(data) > MAX_LINES and data.lower().count(b".filename") > MAX_DISKS:
        raise FormatError(f"the file names more than {MAX_DISKS:,} disks", "no machine has as many")
    return document


def _refuse_foreign(data: bytes) -> None:
    if not data.removeprefix(_BOM).strip():
        raise FormatError("the file holds nothing but blanks", "give a VMX file or a domain XML")
    if data.removeprefix(_BOM).startswith(_LFS_POINTER):
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
