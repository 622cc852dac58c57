"""Opening the editor: the file is read and found good first, and there must be a terminal to draw on."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tui.cli.files import problems_of, read_input, refuse_domain_of_vmx, spelling_named
from tui.cli.messages import Problem
from tui.cli.options import STDIN
from tui.rules import Hypervisor
from tui.session import Choices, Session, open_reading

_TERMINAL = "/dev/tty"
_INSTEAD = "use diskmode show and diskmode set, which need none"


def choices_of(
    domain: str | None, hypervisor: str | None, spelling: str | None, *, mouse: bool, follow: bool = False
) -> Choices:
    """What the options choose."""
    chosen = None if hypervisor is None else Hypervisor(hypervisor)
    return Choices(domain, chosen, spelling_named(spelling), mouse, follow)


def open_editor(file: str, choices: Choices) -> int:
    """Edit FILE on the screen; the exit status."""
    reading = read_input(file)
    with problems_of(file):
        opened = open_reading(reading, choices)
    if isinstance(opened, Session):
        refuse_domain_of_vmx(opened.editing.machine, choices.domain, file)
    _take_terminal()
    from tui.app.opening import run_editor  # noqa: PLC0415 - Textual is imported for a screen alone

    return run_editor(opened, choices)


def open_fleet(paths: Sequence[str], choices: Choices) -> int:
    """Show the machines of some files and folders on the screen; the exit status."""
    if choices.domain is not None:
        raise Problem("--domain is about one FILE", "leave it out: the fleet shows every domain")
    if STDIN in paths:
        raise Problem("standard input is one machine, not a fleet", "leave out -, or the others")
    _take_terminal()
    from tui.app.opening import run_fleet  # noqa: PLC0415 - Textual is imported for a screen alone

    return run_fleet(paths, choices)


def _take_terminal() -> None:
    """Make sure Textual finds a terminal: it draws on standard error and takes keys from standard input."""
    if os.environ.get("TERM") == "dumb":
        raise Problem("the terminal cannot draw a screen (TERM=dumb)", _INSTEAD)
    if sys.stderr is None or not sys.stderr.isatty():
        raise Problem("the editor draws on standard error, and that is no terminal", _INSTEAD)
    if sys.stdin is None or not sys.stdin.isatty():
        _take_keys_from_terminal()
    if sys.stdout is not None and not sys.stdout.isatty():
        _set_result_aside()


def _take_keys_from_terminal() -> None:
    try:
        terminal = os.open(_TERMINAL, os.O_RDWR)
    except OSError as error:
        raise Problem("there is no terminal to take keys from", _INSTEAD) from error
    os.dup2(terminal, 0)
    os.close(terminal)


def _set_result_aside() -> None:
    """Keep standard output for the result, and let descriptor 1 be the terminal meanwhile.

    Python asks descriptor 1 for the terminal's size, and takes 80x24 where that leads to a pipe or file.
    """
    result = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = os.fdopen(result, "w", encoding="utf-8", errors="backslashreplace")
