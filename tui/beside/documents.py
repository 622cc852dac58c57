"""The document in a file's bytes, and what beside the file decides how it is read: an export's tables."""

from __future__ import annotations

import posixpath
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.formats.errors import FormatError
from tui.formats.opening import open_document
from tui.storage import LOCAL, Source, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.formats.document import Document
    from tui.formats.rvtools import RvtoolsDocument

# What a person may give by mistake for the VMX it lies beside.
_NEIGHBOURS = {
    ".vmsd": "the record of a VM's snapshots",
    ".vmxf": "a VM's list of team members and tools",
    ".nvram": "a VM's BIOS or firmware settings",
    ".vmdk": "a VMDK disk",
    ".vmsn": "a snapshot's state",
    ".vmss": "a suspended VM's state",
    ".vmem": "a VM's memory",
}
_MACHINES = (".vmx", ".vmtx")

# How a workbook begins: it is a ZIP archive. The heading of a table lies within so many of its first bytes.
_WORKBOOK, _TABLE_HEAD = b"PK\x03\x04", 8192
_HEADING = b"Disk Mode"
# How RVTools names the tables it writes as CSVs: that of the disks, and any other.
_OTHER_TABLE = r"(?i)RVTools_tab(?!vDisk)[^/]*\.csv$"
_DISKS_CSV = r"(?i)tabvDisk(?=[^/]*\.csv$)"


def opened(data: bytes, path: str | None, source: Source = LOCAL) -> Document:
    """The document in a file's bytes.

    Raises FormatError; for a file that only lies beside a VMX the remedy names that VMX.
    """
    try:
        return open_document(data)
    except FormatError as error:
        stem, suffix = posixpath.splitext(path or "")
        if re.search(_OTHER_TABLE, path or ""):
            raise FormatError("this is another table of an RVTools export", "give that of vDisk") from error
        kind = _NEIGHBOURS.get(suffix.lower())
        if kind is None:
            raise
        raise FormatError(f"this is {kind}, not a machine", f"open {_vmx_of(stem, source)}") from error


def exported(data: bytes, path: str | None, source: Source = LOCAL) -> RvtoolsDocument | None:
    """The export in a file's bytes, with the tables that lie beside it as CSVs; None where it is none.

    Raises FormatError for one that cannot be read.
    """
    is_workbook = data.startswith(_WORKBOOK)
    if not (is_workbook or data.find(_HEADING, 0, _TABLE_HEAD) >= 0 or _is_wide_table(data)):
        return None  # as nearly every file, which takes no module to know
    from tui.formats.rvtools import DISKS, MACHINES, SNAPSHOTS, RvtoolsDocument, is_export  # noqa: PLC0415 - as above

    if is_workbook:
        from tui.workbook import sheets_of  # noqa: PLC0415 - of exports few are workbooks

        return RvtoolsDocument(data, sheets_of(data, (DISKS, MACHINES, SNAPSHOTS)))
    if not is_export(data):
        return None
    return RvtoolsDocument.of_csvs(data, dict(_tables_beside(path or "", (MACHINES, SNAPSHOTS), source)))


def opened_to_look_at(data: bytes, path: str | None, source: Source = LOCAL) -> Document | RvtoolsDocument:
    """The document in a file's bytes, or the export. Raises FormatError."""
    return exported(data, path, source) or opened(data, path, source)


def _is_wide_table(data: bytes) -> bool:
    """Whether the head of a table is there in UTF-16."""
    head = data[:_TABLE_HEAD]
    return b"\0" in head and _HEADING in head.replace(b"\0", b"")


def _tables_beside(path: str, tables: tuple[str, ...], source: Source) -> Iterator[tuple[str, bytes]]:
    """The other tables of the export whose disks are in this CSV, as far as they can be read there."""
    if re.search(_DISKS_CSV, path):
        for table in tables:
            data = _read(re.sub(_DISKS_CSV, f"tab{table}", path), source)
            if data:
                yield table, data


def _read(path: str, source: Source) -> bytes | None:
    with suppress(UnreadableError):
        return source.read_bytes(path)
    return None


def _vmx_of(stem: str, source: Source) -> str:
    """The VMX that a file with this stem lies beside: the one of its name, or the only one there."""
    folder, base = posixpath.split(stem)
    named = next((f"{base}{suffix}" for suffix in _MACHINES if source.is_there(f"{stem}{suffix}")), None)
    if named is None:
        there = [name for name in source.names_in(folder) if name.lower().endswith(_MACHINES)]
        named = there[0] if len(there) == 1 else None
    return f"{named}, which lies beside it" if named else f"the .vmx file beside it, such as {base}.vmx"
