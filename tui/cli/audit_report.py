"""Which report an audit writes: as its options ask, or as OUT is called. Only that one is loaded."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import click

from tui.cli.messages import lines_width, plain_wanted
from tui.reports import SUFFIXES, WITHOUT_SUMMARY, report_named
from tui.rules import Severity

if TYPE_CHECKING:
    from tui.reports.report import Report

# ruff: noqa: PLC0415 - few audits want these
PLUGIN = "nagios"
_NARROWEST = 80
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def coloured(text: str, severity: Severity) -> str:
    """A sign in its severity's colour."""
    return click.style(text, fg=_COLOURS[severity])


def errors_as(kind: str | None) -> AbstractContextManager[None]:
    """How errors are told: as a plugin's line where a plugin is wanted."""
    if kind != PLUGIN:
        return nullcontext()
    from tui.cli.audit_plugin import errors_as_plugin

    return errors_as_plugin()


def report_wanted(kind: str | None, out: str | None, *, summary: bool, news: bool) -> Report:
    """The report; ``news`` where it is beside an earlier audit. Raises a usage error for no totals."""
    shown = out is None and sys.stdout is not None and sys.stdout.isatty()
    suffix = "" if out is None else PurePath(out).suffix.lower()
    name = kind or SUFFIXES.get(suffix, "table")
    if summary and name in WITHOUT_SUMMARY:
        raise click.UsageError(f"--summary does not go with {name}, which has no totals, or nothing else")
    if name == "gitlab":
        return report_named(name, here=str(Path.cwd()))
    if name == "sarif" and not summary:
        return report_named(name, news=news)
    return report_named(
        name,
        width=lines_width(_NARROWEST) if shown else _NARROWEST,
        style=coloured if shown and not plain_wanted() else None,
        summary=summary,
    )


def accept_file_wanted() -> Report:
    """The start of an accept file."""
    from tui.reports.starter import Starter

    return Starter()
