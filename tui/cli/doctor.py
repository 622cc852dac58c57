"""``diskmode doctor``: what this machine has, in one screen for a bug report."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import click

from tui.cli.doctor_facts import SCHEMA, amiss, facts
from tui.cli.messages import Status, print_lines
from tui.counting import counted
from tui.visible import visible

_WIDTH = 80
_INDENT = 11
# A screen has 24 lines; the last is the shell's.
_LINES = 23
_NOTHING = "not here"


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help=f"Print JSON ({SCHEMA}) for programs.")
def command(*, as_json: bool) -> Status:
    """Print what this machine has of what diskmode uses, in one screen: for a bug report.

    That is the terminal (TERM, colours, size, UTF-8), the locale, Python and the packages, ssh and virsh,
    which are asked for their versions and connect to nothing, libvirt's schemas, the settings and their
    mistakes, and the state folder with the number of unsaved edits and of changes it holds. What needs
    mending is marked !.

    No secrets are in it: the home is written ~, user names are left out, and of the environment only the
    values of TERM and of the locale are told, and which of diskmode's own variables are set.

    \b
    Examples:
      diskmode doctor
      diskmode doctor --json | jq .settings

    \b
    Exit status:
      0 nothing needs mending    1 something does
    """
    found = facts()
    wrong = list(amiss(found))
    if as_json:
        print_lines(json.dumps({**found, "amiss": wrong}, indent=2))
    else:
        print_lines("\n".join(_screen(found, wrong)))
    return Status.FINDINGS if wrong else Status.DONE


def _screen(found: dict[str, Any], wrong: Sequence[str]) -> Sequence[str]:
    """Never more than a screen: what does not fit is counted."""
    lines = [line for name, text in _rows(found) for line in _lines(name, text)][:_LINES]
    faults = [line for text in wrong for line in _lines("!", text)]
    room = _LINES - len(lines)
    if len(faults) > room:
        faults = [*faults[: room - 1], f"! {len(faults) - room + 1} more lines: diskmode doctor --json"]
    return [*lines, *faults[: max(room, 0)]]


def _lines(name: str, text: str) -> Sequence[str]:
    shown = f"{name:<{_INDENT - 1}} {visible(text)}"
    return textwrap.wrap(shown, _WIDTH, subsequent_indent=" " * _INDENT, break_on_hyphens=False)


def _rows(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "diskmode", f"{found['version']}, Python {found['python']}, {found['system']}"
    yield "terminal", _terminal(found["terminal"])
    yield "locale", f"{found['locale']['name'] or 'none set'}, {found['locale']['encoding']}"
    yield "painter", found["painter"]
    packages = (f"{one['name']} {one['version'] or _NOTHING}" for one in found["packages"])
    yield "packages", ", ".join(packages)
    for one in found["programs"]:
        yield one["name"], _NOTHING if one["path"] is None else f"{one['path']}, {one['version'] or 'silent'}"
    yield "schemas", found["libvirt_schemas"] or f"libvirt's are {_NOTHING}"
    settings, state = found["settings"], found["state"]
    values = f"theme {settings['theme'] or 'its own'}, {counted(settings['keys'], 'key')} set"
    yield "settings", f"{settings['path']}, {values if settings['there'] else 'not there: the defaults'}"
    yield "state", f"{state['path']}, {_state(state)}"
    yield "variables", f"set: {', '.join(found['variables']) or 'none'}"


def _terminal(terminal: dict[str, Any]) -> str:
    size = "size unknown" if terminal["columns"] is None else f"{terminal['columns']}x{terminal['rows']}"
    colours = "colours off by NO_COLOR" if terminal["no_color"] else f"{terminal['colours']:,} colours"
    letters = "UTF-8" if terminal["utf8"] else "not UTF-8: other letters are shown as escapes"
    return f"TERM {terminal['term'] or 'not set'}, {colours}, {size}, {letters}{_ends(terminal)}"


def _ends(terminal: dict[str, Any]) -> str:
    """Which of its streams do not come from a terminal, or go to one."""
    away = [name for name in ("input", "output") if not terminal[name]]
    verb = "is" if len(away) == 1 else "are"
    return f"; {' and '.join(away)} {verb} not a terminal" if away else ""


def _state(state: dict[str, Any]) -> str:
    if not state["there"]:
        return "not there yet" if state["writable"] else "not there"
    held = f"{state['journals']:,} unsaved edits, {state['records']:,} changes"
    return f"{'writable' if state['writable'] else 'not writable'}, {held}"
