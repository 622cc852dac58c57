"""The audit as a monitoring plugin: its limits as they are given, and its errors as a plugin tells them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from tui.cli.messages import Problem, print_lines
from tui.reports.nagios import Limit, LimitError, Nagios, ServiceState, limit_of
from tui.visible import visible


class Unknown(Problem):
    """Why a plugin could not look."""

    exit_code = ServiceState.UNKNOWN  # type: ignore[assignment] # a plugin has its own table of exit statuses


def plugin_of(warning: Sequence[str], critical: Sequence[str], *, lenient: bool) -> Nagios:
    """The line a plugin says. Raises a usage error for a limit that is none."""
    return Nagios(_limits("--warning", warning), _limits("--critical", critical), lenient)


def _limits(option: str, texts: Sequence[str]) -> tuple[Limit, ...]:
    try:
        return tuple(limit_of(text) for text in texts)
    except LimitError as error:
        raise click.UsageError(f"{option}: {error}") from error


@contextmanager
def errors_as_plugin() -> Iterator[None]:
    """An error is the plugin's line too, and ends it with UNKNOWN: 2 would be CRITICAL."""
    try:
        yield
    except click.ClickException as error:
        text = error.format_message()
        print_lines(f"DISKMODE UNKNOWN - {visible(text).replace('|', '/')}")
        raise Unknown(text, file=getattr(error, "file", None)) from error
