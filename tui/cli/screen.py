"""Opening the editor: the file is read and found good first, and there must be a terminal to draw on."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tui.cli.files import machine_of, read_input, spelling_named
from tui.cli.messages import Problem
from tui.cli.options import STDIN
from tui.machine import SeveralDomainsError
from tui.rules import Hypervisor

_TERMINAL = "/dev/tty"
_INSTEAD = "use diskmode show and diskmode set, which need none"


def open_editor(
    file: str, domain: str | None, hypervisor: str | None, spelling: str | None, *, mouse: bool
) -> int:
    """Edit FILE on the screen; the exit status."""
    reading = read_input(file)
    try:
        machine_of(file, reading, domain)
    except Problem as problem:
        if not isinstance(problem.__cause__, SeveralDomainsError):  # the screen asks which one
            raise
    _take_terminal()
    from tui.app.opening import run_editor  # noqa: PLC0415 - Textual is imported for a screen alone

    return run_editor(
        reading,
        domain=domain,
        hypervisor=None if hypervisor is None else Hypervisor(hypervisor),
        spelling=spelling_named(spelling),
        mouse=mouse,
    )


def open_fleet(  # noqa: PLR0913 - one for each option
    paths: Sequence[str],
    domain: str | None,
    hypervisor: str | None,
    spelling: str | None,
    *,
    mouse: bool,
    follow: bool = False,
) -> int:
    """Show the machines of some files and folders on the screen; the exit status."""
    if domain is not None:
        raise Problem("--domain is about one FILE", "leave it out: the fleet shows every domain")
    if STDIN in paths:
        raise Problem("standard input is one machine, not a fleet", "leave out -, or the others")
    _take_terminal()
    from tui.app.opening import run_fleet  # noqa: PLC0415 - Textual is imported for a screen alone

    return run_fleet(
        paths,
        hypervisor=None if hypervisor is None else Hypervisor(hypervisor),
        spelling=spelling_named(spelling),
        mouse=mouse,
        follow=follow,
    )


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
