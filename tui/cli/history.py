"""``diskmode history``: what the program changed, when, and whether it still stands."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import click

from tui.cli.files import problems_of
from tui.cli.libvirt_uri import connect_option
from tui.cli.messages import Status, lines_width, print_lines, say
from tui.columns import Column, rows_in_columns
from tui.counting import counted
from tui.history.change import Change, Outcome
from tui.history.change_store import remembered
from tui.history.changes import Changes
from tui.history.file_names import lies_in
from tui.history.journal import Left, waiting
from tui.history.state_folder import HISTORY, state_folder
from tui.sentences import local_minute
from tui.storage import as_remembered, is_elsewhere
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
    again finishes it; undo --finish one of the fleet's screen. "unsaved edits" of an editor that was killed
    wait until their file is opened again; "being edited" are those of one that runs.

    Changes and edits are forgotten after 90 days, and all but the last 1,000 changes; [history] in
    config.toml sets "days" and "records". They lie in the platform's state folder, or in DISKMODE_STATE.

    \b
    Examples:
      diskmode history
      diskmode history /vmfs/volumes/datastore1 --json
      diskmode history -c qemu:///system web01
    """
    changes = remembered()
    shown, edits = _about(changes, waiting(), connect, path)
    if as_json:
        report = {
            "schema": SCHEMA,
            "changes": [_report(changes, one) for one in reversed(shown)],
            "unsaved": [_unsaved_report(one) for one in reversed(edits)],
            "unreadable": changes.unreadable,
        }
        print_lines(json.dumps(report, indent=2))
    elif shown or edits:
        rows = [*map(_unsaved_row, reversed(edits)), *(_row(changes, one) for one in reversed(shown))]
        width = lines_width()
        print_lines("\n".join("".join(cells) for cells in rows_in_columns(_COLUMNS, rows, width)))
    else:
        say("no change is remembered", path)
    if changes.unreadable:
        damaged = counted(changes.unreadable, "record")
        say(
            f"{damaged} cannot be read, and what they tell of cannot be undone", str(state_folder() / HISTORY)
        )
    return Status.DONE


def _about(
    changes: Changes, edits: Sequence[Left], connect: str | None, path: str | None
) -> tuple[Sequence[Change], Sequence[Left]]:
    """The changes and the unsaved edits of a place; all where none is named."""
    if connect is not None:
        of = changes.of_domains(connect, path)
        return of, _of_domains(edits, connect, path, {file for change in of for file in change.files})
    if path is None:
        return changes.changes, edits
    with problems_of(path):
        place = as_remembered(path) if is_elsewhere(path) else os.path.realpath(path)
    there = [one for one in edits if any(lies_in(name, place) for name in one.unsaved.names)]
    return changes.about(place), there


def _of_domains(
    edits: Sequence[Left], connect: str, name: str | None, files: Collection[str]
) -> Sequence[Left]:
    """The edits of a connection's domains, or of those that have this name or UUID, or are among files."""
    of = [one for one in edits if (one.unsaved.base.file or "").startswith(f"{connect} ")]
    if name is None:
        return of
    meant = {*files, f"{connect} {name}", f"{connect} {name.lower()}"}
    return [one for one in of if one.unsaved.shown in meant or one.unsaved.base.file in meant]


def _unsaved_row(left: Left) -> Sequence[str]:
    state = "unsaved edits" if left.runs is False else "being edited"
    file = visible(left.unsaved.shown or "standard input")
    return "", local_minute(left.unsaved.began), "editor", state, file


def _unsaved_report(left: Left) -> dict[str, Any]:
    unsaved = left.unsaved
    return {
        "file": unsaved.base.file,
        "named": unsaved.named,
        "when": _moment(unsaved.began),
        "edits": len(unsaved.edits),
        "open": left.runs,
        "host": unsaved.editor.host,
        "pid": unsaved.editor.pid,
        "before": unsaved.base.sha256,
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")


def _row(changes: Changes, change: Change) -> Sequence[str]:
    files = change.files
    named = visible(change.shown(files[0])) if len(files) == 1 else change.counted
    return change.id, local_minute(change.began), changes.done_by(change), changes.state(change).value, named


def _report(changes: Changes, change: Change) -> dict[str, Any]:
    standing = set(changes.standing(change))
    return {
        "id": change.id,
        "when": _moment(change.began),
        "caller": change.caller,
        "what": change.what,
        "state": changes.state(change),
        "undoes": change.of,
        "files": [
            {
                "file": record.file,
                "domain": None if record.domain is None else record.domain.name,
                "outcome": record.outcome,
                "replaced": record.replaced,
                "standing": record.file in standing and record.outcome is not Outcome.FAILED,
                "before": record.before,
                "after": record.after,
            }
            for record in change.records
        ],
    }
