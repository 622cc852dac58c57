"""The tables of an RVTools export, from CSV or from a workbook: rows by the names of their columns.

RVTools' column names are English whatever Windows speaks, and what it leaves out or adds differs by version
and by the custom attributes of a vCenter, so a column is found by its name alone. Numbers and dates stand as
the Windows of whoever exported writes them. Source: RVTools 3.8 to 4.7, exports of ``ExportAll2csv`` and
``ExportAll2xlsx``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeAlias

from tui.formats.errors import FormatError

Cell: TypeAlias = object
Rows: TypeAlias = Iterator[tuple[int, Sequence[Cell]]]
# Rows of one table; vCenter itself manages 40,000 machines (vSphere 8 configuration maximums).
MOST_ROWS = 200_000
MOST_COLUMNS = 2_000
# How far into a table its header may stand.
_HEAD_ROWS = 5
# Between two columns, as Windows' regional settings have it.
_DELIMITERS = (",", ";", "\t")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[.,'\u2019 \u00a0\u202f]\d{3})+")
_TRUE = ("true", "yes", "1")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4})")
_TIME = re.compile(r"[T ](\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([AaPp][Mm])?")


def plain(name: str) -> str:
    """A column's name without case, blanks and signs."""
    return "".join(letter for letter in name.lower() if letter.isalnum() or letter == "#")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; ``line`` (from 1) is where it ends in the file or sheet."""

    columns: Mapping[str, int]
    cells: Sequence[Cell]
    line: int

    def text(self, *names: str) -> str:
        """The text in the first column there is of these names; empty where there is none."""
        for name in names:
            place = self.columns.get(name)
            if place is not None and place < len(self.cells):
                value = self.cells[place]
                if isinstance(value, float) and value.is_integer():
                    return str(int(value))
                return "" if value is None else str(value).strip()
        return ""

    def flag(self, *names: str) -> bool:
        """Whether such a column says true."""
        return self.text(*names).lower() in _TRUE

    def number(self, *names: str) -> int | None:
        """The whole number in such a column, however its thousands are parted; None where there is none."""
        text = self.text(*names)
        if _GROUPED.fullmatch(text):
            text = re.sub(r"[^\d+-]", "", text)
        try:
            value = float(text)
        except ValueError:
            return None
        return int(value) if abs(value) < 1 << 53 else None

    def moment(self, *names: str) -> datetime | None:
        """The moment in such a column, taken for UTC; None where day and month cannot be told apart."""
        for name in names:
            place = self.columns.get(name)
            value = self.cells[place] if place is not None and place < len(self.cells) else None
            if isinstance(value, datetime):
                return value.replace(tzinfo=UTC)
            if isinstance(value, date):
                return datetime(value.year, value.month, value.day, tzinfo=UTC)
        return _moment(self.text(*names))


def _moment(text: str) -> datetime | None:
    found = _YEAR_FIRST.match(text)
    if found is not None:
        year, month, day = map(int, found.groups())
    else:
        found = _DAY_FIRST.match(text)
        if found is None:
            return None
        one, sign, other, year = int(found[1]), found[2], int(found[3]), int(found[4])
        if sign == "/" and one <= 12 and other <= 12 and one != other:
            return None  # the fifth of June, or the sixth of May
        day, month = (other, one) if sign == "/" and other > 12 else (one, other)
    time = _TIME.match(text, found.end())
    hour, minute, second = (int(time[1]), int(time[2]), int(time[3] or 0)) if time else (0, 0, 0)
    if time and time[4]:
        hour = hour % 12 + (12 if time[4].lower() == "pm" else 0)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def table_of(rows: Rows, wanted: Sequence[str], name: str) -> list[TableRow]:
    """The rows below the header, which has the ``wanted`` columns. Raises FormatError."""
    columns: dict[str, int] = {}
    found: list[TableRow] = []
    for number, cells in rows:
        if not columns:
            columns = _header(cells)
            if all(one in columns for one in wanted):
                continue
            columns = {}
            if number > _HEAD_ROWS:
                break
            continue
        if len(found) >= MOST_ROWS:
            raise FormatError(f"{name} has more than {MOST_ROWS:,} rows", "export one vCenter at a time")
        if any(cell not in (None, "") for cell in cells):
            found.append(TableRow(columns, cells, number))
    if not columns:
        raise FormatError(f"{name} has no columns VM and Disk Mode", "export it anew with RVTools")
    return found


def _header(cells: Sequence[Cell]) -> dict[str, int]:
    """Each column by its name; of two with one name the first, as RVTools' own come before the others."""
    if len(cells) > MOST_COLUMNS:
        raise FormatError(f"it has more than {MOST_COLUMNS:,} columns", "give an export of RVTools")
    columns: dict[str, int] = {}
    for place, cell in enumerate(cells):
        columns.setdefault(plain(str(cell)), place)
    return columns


def text_of(data: bytes) -> str:
    """The text of a CSV: UTF-8 or UTF-16 by its mark, else UTF-8, else what Windows writes in the West."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def csv_rows(data: bytes) -> Rows:
    """The rows of a CSV with the line each ends on. Raises FormatError where it is none."""
    text = text_of(data)
    head = text[: text.find("\n") if "\n" in text else len(text)]
    delimiter = max(_DELIMITERS, key=head.count)
    lines = (line[0] for line in _LINE.finditer(text))
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise FormatError(f"it is no CSV: {error}", "export it anew", reader.line_num) from error
        if cells is None:
            return
        yield reader.line_num, cells
