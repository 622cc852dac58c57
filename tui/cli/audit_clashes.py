"""Options of an audit that do not go together, and why."""

from __future__ import annotations

import click

from tui.cli.options import STDIN, refuse_clashing

# Pairs of options that cannot be given together, by parameter name, and why.
_CLASHES = (
    ("write_accept", "out", "the file it starts is what is written"),
    ("write_accept", "kind", "an accept file is TOML"),
    ("write_accept", "summary", "it needs every finding"),
    ("watch", "out", "what changes is told, not kept"),
    ("watch", "write_accept", "what changes is told, not kept"),
    ("connect", "files_from", "domains are named where else PATHs are"),
    ("connect", "follow", "a connection has no links"),
)
_FLAGS = {
    "write_accept": "--write-accept",
    "out": "-o",
    "kind": "--format",
    "summary": "--summary",
    "watch": "--watch",
    "connect": "-c",
    "files_from": "--files-from",
    "follow": "--follow",
}


def refuse_clashes(context: click.Context, something: bool) -> None:
    """A usage error where options clash, or where not even ``something`` is to be looked at."""
    params = context.params
    given = {name for name, value in params.items() if value not in (None, (), False)}
    refuse_clashing(given, _CLASHES, _FLAGS)
    if "force" in given and not given & {"out", "write_accept"}:
        raise click.UsageError("--force goes with -o OUT or --write-accept FILE")
    if "watch" in given and params["kind"] not in (None, "table"):
        raise click.UsageError("--watch tells a person what changed: it goes with the table only")
    judged_by = context.get_parameter_source("fail_on")
    if params["kind"] == "nagios" and judged_by is click.core.ParameterSource.COMMANDLINE:
        raise click.UsageError(
            "--fail-on does not go with --format nagios: there are --warning and --critical"
        )
    if params["changed_since"] == params["files_from"] == STDIN:
        raise click.UsageError("only one of --changed-since and --files-from can be standard input")
    if not something:
        raise click.UsageError("no PATH was given, nor a connection with -c")
