"""``diskmode history``: what the program changed, when, and whether it still stands."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from tui.cli.connection import connect_option
from tui.cli.messages import Status, counted, lines_width, print_lines, say
from tui.columns import Column, rows_in_columns
from tui.history.changes import Change, Changes, Outcome
from tui.history.records import remembered
from tui.visible import visible

SCHEMA = "diskmode.history/1"
_COLUMNS = (
    Column("ID", "ID", 8),
    Column("WHEN", "WHEN", 16),
    Column("BY", "BY", 10),
    Column("STATE", "STATE", 13),
    Column("FILES", "FILES", None),
)


@click.command("history")
@click.argument("path", required=False, type=click.Path(readable=False))
@connect_option
@click.option("--json", "as_json", is_flag=True, help="Everything, for a program.")
def command(*, path: str | None, connect: str | None, as_json: bool) -> Status:
    """List the changes that diskmode made to files: all, or those of PATH, a file or a folder.

    With -c URI those of that connection's domains, or of the one that PATH names; libvirt is not asked.

    A bulk change that was killed or stopped is "interrupted": undo takes it back. Giving the same command
    again finishes it; undo --finish one of the fleet's screen. Changes are forgotten after 90 days, and all
    but the last 1,000; [history] in config.toml sets "days" and "records". They lie in the platform's state
    folder, or in DISKMODE_STATE.

    \b
    Examples:
      diskmode history
      diskmode history /vmfs/volumes/datastore1 --json
      diskmode history -c qemu:///system web01
    """
    changes = remembered()
    if connect is not None:
        shown = changes.of_domains(connect, path)
    else:
        shown = changes.changes if path is None else changes.about(os.path.realpath(path))
    if as_json:
        report = {"schema": SCHEMA, "changes": [_report(changes, one) for one in reversed(shown)]}
        print_lines(json.dumps(report, indent=2))
    elif shown:
        rows = [_row(changes, one) for one in reversed(shown)]
        width = lines_width()
        print_lines("\n".join("".join(cells) for cells in rows_in_columns(_COLUMNS, rows, width)))
    else:
        say("no change is remembered", path)
    return Status.DONE


def _row(changes: Changes, change: Change) -> Sequence[str]:
    when = datetime.fromtimestamp(change.began).astimezone().strftime("%Y-%m-%d %H:%M")
    files = change.files
    named = visible(change.shown(files[0])) if len(files) == 1 else counted(len(files), "file")
    return change.id, when, change.caller.value, changes.state(change).value, named


def _report(changes: Changes, change: Change) -> dict[str, Any]:
    standing = set(changes.standing(change))
    return {
        "id": change.id,
        "when": datetime.fromtimestamp(change.began).astimezone().isoformat(timespec="seconds"),
        "caller": change.caller,
        "what": change.what,
        "state": changes.state(change),
        "undoes": change.of,
        "files": [
            {
                "file": record.file,
                "domain": None if record.domain is None else record.domain.name,
                "outcome": record.outcome,
                "standing": record.file in standing and record.outcome is not Outcome.FAILED,
                "before": record.before,
                "after": record.after,
            }
            for record in change.records
        ],
    }
