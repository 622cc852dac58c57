"""What an audit looks like: for a person, a spreadsheet, a program or a code scanner."""

from __future__ import annotations

from collections.abc import Callable

from tui.fleet.written import SCHEMA
from tui.reports.markdown import Markdown
from tui.reports.nagios import Nagios
from tui.reports.prometheus import Prometheus
from tui.reports.report import Report, Summary
from tui.reports.sarif import Sarif
from tui.reports.spreadsheet import Csv, CsvSummary
from tui.reports.structured import Json, JsonLines
from tui.reports.table import Style, Table, plain
from tui.reports.values import counted, total_lines

__all__ = [
    "FORMATS",
    "SCHEMA",
    "SUFFIXES",
    "WITHOUT_SUMMARY",
    "Report",
    "Style",
    "Summary",
    "Table",
    "counted",
    "plain",
    "report_named",
    "total_lines",
]


def _junit() -> Report:
    from tui.reports.junit import Junit  # noqa: PLC0415 - escaping XML loads half the network

    return Junit()


def _gitlab() -> Report:
    from tui.reports.gitlab import Gitlab  # noqa: PLC0415 - as above, for an ID

    return Gitlab()


_MAKERS: dict[str, Callable[[], Report]] = {
    "json": Json,
    "jsonl": JsonLines,
    "csv": Csv,
    "sarif": Sarif,
    "markdown": Markdown,
    "junit": _junit,
    "gitlab": _gitlab,
    "prometheus": Prometheus,
    "nagios": Nagios,
}
FORMATS = ("table", *_MAKERS)
# Those that hold no totals, or nothing else.
WITHOUT_SUMMARY = ("junit", "gitlab", "prometheus", "nagios")
# What the name of a file asks for.
SUFFIXES = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".sarif": "sarif",
    ".md": "markdown",
    ".prom": "prometheus",
}


def report_named(name: str, *, width: int, style: Style = plain, summary: bool = False) -> Report:
    """A report by its name in FORMATS, or its totals alone; ``width`` and ``style`` are the table's."""
    if summary and name == "csv":
        return CsvSummary()
    report: Report = Table(width, style) if name == "table" else _MAKERS[name]()
    return Summary(report) if summary else report
