"""What an audit looks like: for a person, a spreadsheet, a program or a code scanner."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui.reports.report import Report
    from tui.reports.table import Style

__all__ = ["FORMATS", "SUFFIXES", "WITHOUT_SUMMARY", "report_named"]

# The module and the class of each: an audit loads only the one that it writes.
_CLASSES = {
    "table": ("table", "Table"),
    "json": ("structured", "Json"),
    "jsonl": ("structured", "JsonLines"),
    "csv": ("spreadsheet", "Csv"),
    "sarif": ("sarif", "Sarif"),
    "markdown": ("markdown", "Markdown"),
    "junit": ("junit", "Junit"),
    "gitlab": ("gitlab", "Gitlab"),
    "prometheus": ("prometheus", "Prometheus"),
    "nagios": ("nagios", "Nagios"),
}
_CSV_SUMMARY = ("spreadsheet", "CsvSummary")
_SUMMARY = ("report", "Summary")
FORMATS = tuple(_CLASSES)
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


def report_named(
    name: str, *, width: int = 80, style: Style | None = None, summary: bool = False, **more: Any
) -> Report:
    """A report by its name in FORMATS, or its totals alone; ``width`` and ``style`` are the table's.

    ``more`` is what a report's own class takes besides.
    """
    if summary and name == "csv":
        return _made(_CSV_SUMMARY)
    if name == "table":
        more |= {"width": width} if style is None else {"width": width, "style": style}
    report = _made(_CLASSES[name], **more)
    return _made(_SUMMARY, report) if summary else report


def _made(of: tuple[str, str], *given: Any, **named: Any) -> Report:
    module, kind = of
    made: Report = getattr(import_module(f"tui.reports.{module}"), kind)(*given, **named)
    return made
