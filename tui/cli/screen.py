"""Opening the editor: the file is read and found good first, and there must be a terminal to draw on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

from tui import posix
from tui.cli.files import problems_of, read_input, refuse_domain_of_vmx, spelling_named
from tui.cli.hosts import reach
from tui.cli.messages import Problem, print_bytes, say
from tui.cli.options import STDIN
from tui.rules import Hypervisor
from tui.session import Choices, Session, SeveralDomains, open_reading
from tui.storage import Reading, allow_questions, ask_what_runs

__all__ = ["choices_of", "open_editor", "open_fleet", "reach"]

_INSTEAD = "use diskmode show and diskmode set, which need none"


def choices_of(
    domain: str | None, hypervisor: str | None, spelling: str | None, *, mouse: bool, follow: bool = False
) -> Choices:
    """What the options choose."""
    chosen = None if hypervisor is None else Hypervisor(hypervisor)
    return Choices(domain, chosen, spelling_named(spelling), mouse, follow)


def open_editor(file: str, choices: Choices) -> int:
    """Edit FILE on the screen; the exit status. Raises Problem where no screen can be shown."""
    reading = read_input(file)
    try:
        opened = _opened(reading, file, choices)
        if reading.path is None and sys.stdout is None:
            raise Problem("standard output is closed", "send the result somewhere")
        _take_terminal()
    except Problem:
        if reading.path is None:  # the reader of the pipe gets the text as it came
            print_bytes(reading.data)
        raise
    from tui.app.launch import run_editor  # noqa: PLC0415 - Textual is imported for a screen alone

    return _status_of(lambda: run_editor(opened, choices))


def _opened(reading: Reading, file: str, choices: Choices) -> Session | SeveralDomains:
    with problems_of(file):
        opened = open_reading(reading, choices)
    if isinstance(opened, Session):
        refuse_domain_of_vmx(opened.editing.machine, choices.domain, file)
    return opened


def open_fleet(paths: Sequence[str], choices: Choices, accept: str | None = None) -> int:
    """Show the machines of some files and folders on the screen; the exit status.

    ``accept`` is the file of what was accepted of them. Raises Problem where no screen can be shown.
    """
    if choices.domain is not None:
        raise Problem("--domain is about one FILE", "leave it out: the fleet shows every domain")
    if STDIN in paths:
        raise Problem("standard input is one machine, not a fleet", "leave out -, or the others")
    from tui.cli.audit_inputs import acceptances_in  # noqa: PLC0415 - the editor needs none

    acceptances = acceptances_in(accept)
    _take_terminal()
    from tui.app.launch import run_fleet  # noqa: PLC0415 - Textual is imported for a screen alone

    return _status_of(lambda: run_fleet(paths, choices, acceptances))


def _status_of(run: Callable[[], int]) -> int:
    """The exit status; where the person did not leave by choice, say what is kept and how to get it back."""
    from tui.app.endings import EndedError  # noqa: PLC0415 - the screen has loaded it

    try:
        return run()
    except EndedError as error:
        with suppress(OSError):  # the terminal may be gone
            for name in error.kept:
                say("your unsaved edits are kept: open it again, and they are offered", name)
            if error.__cause__ is None:
                say(str(error))
        if error.__cause__ is not None:
            raise error.__cause__ from None
        return error.status


def _take_terminal() -> None:
    """Make sure Textual finds a terminal: it draws on standard error and takes keys from standard input."""
    allow_questions(False)
    ask_what_runs(True)
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
        terminal = os.open(posix.TERMINAL, os.O_RDWR)
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
