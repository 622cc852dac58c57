"""The sheets of an RVTools workbook (.xlsx), read by python-calamine within bounds.

What is unpacked is bounded before anything reads it: a workbook is a zip, and a small one may hold more than
a machine has memory for; a single cell far away would make a sheet of millions.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence

from tui.formats.errors import FormatError
from tui.formats.rvtools_tables import MOST_COLUMNS, MOST_ROWS, Cell, Rows

_ADVICE = "give an export of RVTools"
# Bytes of all parts together, unpacked; the three sheets of 40,000 machines take some 100 MB.
MOST_BYTES = 256 * 1024 * 1024
_MOST_PARTS = 1_000
# Cells of one sheet, be they empty; each takes some 24 bytes.
MOST_CELLS = 10_000_000
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_HEAD_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/_rels/[^/]+|xl/(?:workbook|styles|sharedStrings)\.xml"
)
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,7})(\d{1,20})[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\sr\s*=\s*[\"'](\d{1,20})[\"']")
_ANY_ROW = re.compile(rb"<(?:\w+:)?row\b")


def sheets_of(data: bytes, wanted: Sequence[str]) -> dict[str, Rows]:
    """The rows of those sheets that are there, by the wanted names, letter case aside; each with its number.

    Raises FormatError where the file is no workbook, is too large, or the reader is not installed.
    """
    try:
        from python_calamine import CalamineError, load_workbook  # noqa: PLC0415 - an extra
    except ImportError:
        raise FormatError(
            "to read a workbook takes python-calamine, which is not installed",
            "pip install 'diskmode[rvtools]', or export to CSV",
        ) from None
    try:
        book = load_workbook(io.BytesIO(_bounded(data, wanted)))
        names = {_table(name): name for name in book.sheet_names}
        return {
            one: _numbered(book.get_sheet_by_name(names[_table(one)]).to_python(skip_empty_area=False))
            for one in wanted
            if _table(one) in names
        }
    except (CalamineError, zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise FormatError(f"it is no workbook that can be read ({error})", _ADVICE) from error


def _numbered(rows: Sequence[Sequence[Cell]]) -> Rows:
    return iter(enumerate(rows, 1))


def _bounded(data: bytes, wanted: Sequence[str]) -> bytes:
    """The workbook with the parts that are read, none of them larger than it was said to be."""
    kept = io.BytesIO()
    left = MOST_BYTES
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(kept, "w") as written:
        parts = packed.infolist()
        if len(parts) > _MOST_PARTS:
            raise FormatError(f"the workbook has more than {_MOST_PARTS:,} parts", _ADVICE)
        for part in parts:
            if _HEAD_PARTS.fullmatch(part.filename):
                left = _copied(packed, written, part, left)
        sheets = _parts_of(packed, written, wanted)
        for part in parts:
            if part.filename in sheets:
                left = _copied(packed, written, part, left)
    return kept.getvalue()


def _copied(packed: zipfile.ZipFile, written: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Copy a part unpacked; how many bytes are left for others."""
    left -= part.file_size
    if left < 0:
        raise FormatError(f"unpacked, the workbook is larger than {MOST_BYTES // 1024**2} MB", _ADVICE)
    if part.flag_bits & 1:
        raise FormatError("the workbook is encrypted", "save it without a password")
    text = packed.read(part)  # never more than file_size, which zipfile holds it to
    if "worksheets" in part.filename:
        _refuse_far_cells(text)
    written.writestr(part.filename, text)
    return left


def _parts_of(packed: zipfile.ZipFile, written: zipfile.ZipFile, wanted: Sequence[str]) -> set[str]:
    """The parts that hold the wanted sheets: the others of RVTools' 27 are not unpacked."""
    there = set(written.namelist())
    if not {_BOOK, _RELATIONS} <= there:
        raise FormatError("it is a zip, but no workbook", _ADVICE)
    targets = {
        given["id"]: given["target"]
        for given in map(_attributes, _RELATION.findall(packed.read(_RELATIONS)))
        if {"id", "target"} <= given.keys()
    }
    names = {_table(name) for name in wanted}
    parts = (
        targets.get(given.get("id", ""), "")
        for given in map(_attributes, _SHEET.findall(packed.read(_BOOK)))
        if _table(given.get("name", "")) in names
    )
    return {part.lstrip("/") if part.startswith("/") else f"xl/{part}" for part in parts if part}


def _table(name: str) -> str:
    """RVTools' name of a table, as a sheet or as a file is called."""
    return name.lower().removeprefix("tab")


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        name.decode().rpartition(":")[2].lower(): (one or other).decode("utf-8", "replace")
        for name, one, other in _ATTRIBUTE.findall(tag)
    }


def _refuse_far_cells(sheet: bytes) -> None:
    columns, height = {b"A"}, len(_ANY_ROW.findall(sheet))
    if sheet.count(b"<c") > MOST_CELLS:
        raise FormatError(f"a sheet has more than {MOST_CELLS:,} cells", _ADVICE)
    for place in _REFERENCE.finditer(sheet):
        columns.add(place[1])
        height = max(height, int(place[2]))
    height = max(height, max(map(int, _ROW.findall(sheet)), default=1))
    width = max(map(_number_of, columns))
    if width > MOST_COLUMNS or height > MOST_ROWS or width * height > MOST_CELLS:
        raise FormatError(f"a sheet reaches to row {height:,} and column {width:,}", _ADVICE)


def _number_of(letters: bytes) -> int:
    """The number of a column, from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
