"""What an audit looks like: for a person, a spreadsheet, a program or a code scanner."""

from __future__ import annotations

from collections.abc import Callable

from tui.reports.markdown import Markdown
from tui.reports.report import Report, Summary
from tui.reports.sarif import Sarif
from tui.reports.spreadsheet import Csv, CsvSummary
from tui.reports.structured import Json, JsonLines
from tui.reports.table import Style, Table, plain
from tui.reports.values import SCHEMA, counted, total_lines

__all__ = [
    "FORMATS",
    "SCHEMA",
    "SUFFIXES",
    "Report",
    "Style",
    "Summary",
    "Table",
    "counted",
    "plain",
    "report_named",
    "total_lines",
]

_MAKERS: dict[str, Callable[[], Report]] = {
    "json": Json,
    "jsonl": JsonLines,
    "csv": Csv,
    "sarif": Sarif,
    "markdown": Markdown,
}
FORMATS = ("table", *_MAKERS)
# What the name of a file asks for.
SUFFIXES = {".json": "json", ".jsonl": "jsonl", ".csv": "csv", ".sarif": "sarif", ".md": "markdown"}


def report_named(name: str, *, width: int, style: Style = plain, summary: bool = False) -> Report:
    """A report by its name in FORMATS, or its totals alone; ``width`` and ``style`` are the table's."""
    if summary and name == "csv":
        return CsvSummary()
    report: Report = Table(width, style) if name == "table" else _MAKERS[name]()
    return Summary(report) if summary else report
