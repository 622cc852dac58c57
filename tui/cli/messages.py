"""What the command line says, and where: results go to standard output, talk to standard error.

Whatever comes from a file or a name is made visible before it is printed. Bytes that are a result go out
exactly as they are, except to a terminal, which they could command.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import IntEnum
from typing import IO, TextIO

import click

from tui.counting import whole_number
from tui.visible import visible, visible_lines


class Status(IntEnum):
    """The exit statuses; the manual lists them by these names."""

    DONE = 0
    FINDINGS = 1
    BAD_INPUT = 2
    REFUSED = 3
    HUNG_UP = 129
    INTERRUPTED = 130
    READER_GONE = 141
    TERMINATED = 143


# For the manual.
MEANINGS = {
    Status.DONE: "Done.",
    Status.FINDINGS: "show or audit found something at least as grave as --fail-on says; compare found a "
    "difference.",
    Status.BAD_INPUT: "Bad input or usage: nothing was written; with --each, some files could not be read "
    "or saved.",
    Status.REFUSED: "Refused by a rule, or locked: nothing was written; with --each, not to those files.",
    Status.HUNG_UP: "The terminal was lost (SIGHUP): what was begun ended behind the file it was at.",
    Status.INTERRUPTED: "Interrupted. An editor that another signal ended has 128 and the signal's number.",
    Status.READER_GONE: "Nobody read the output.",
    Status.TERMINATED: "Ended by SIGTERM, as by SIGHUP.",
}


class Problem(click.ClickException):
    """Why a command does not do what was asked: ``what`` is the matter, and the ``remedy``.

    ``notes`` are further sentences. The texts are shown made visible, so they may hold anything.
    """

    exit_code = Status.BAD_INPUT

    def __init__(
        self, what: str, remedy: str = "", *, file: str | None = None, line: int | None = None
    ) -> None:
        super().__init__(f"{what}; {remedy}" if remedy else what)
        self.file = file
        self.line = line
        self.notes: Sequence[str] = ()

    def show(self, file: IO[str] | None = None) -> None:  # noqa: ARG002 - click's signature
        """Say it on standard error."""
        say(self.message, self.file, self.line)
        for note in self.notes:
            say(note, self.file)


class Refused(Problem):
    """Why a rule, or a lock, forbids what was asked."""

    exit_code = Status.REFUSED


def say(text: str, file: str | None = None, line: int | None = None) -> None:
    """One sentence on standard error: ``diskmode: FILE: line N: text``."""
    places = ["diskmode"]
    if file is not None:
        places.append(file)
    if line is not None:
        places.append(f"line {line}")
    _talk(visible(": ".join((*places, text))))


def say_unremembered(trouble: str | None) -> None:
    """Say once, behind the work, that ``diskmode undo`` will not know it."""
    if trouble:
        say(f"the change is not remembered, so undo will not know it: {trouble}")


def say_lines(text: str) -> None:
    """Lines for a program to read, on standard error; the caller made them safe."""
    _talk(text)


def _talk(text: str) -> None:
    """A line on standard error. Where that is full, closed or gone, nothing else is the worse for it."""
    try:
        click.echo(text, err=True)
    except (OSError, ValueError):  # ValueError: closed by somebody who had it before
        let_go(sys.stderr)


def print_lines(text: str) -> None:
    """A result for a person, on standard output; the caller made what is from a file visible."""
    with _standard_output():
        click.echo(text)


def print_text(text: str) -> None:
    """A part of a long result on standard output, as it comes; the caller made it safe."""
    with _standard_output() as stream:
        stream.write(text)


def lines_width(least: int = 80) -> int:
    """The cells of a line: what COLUMNS says or the terminal has, and at least so many.

    As shutil.get_terminal_size counts them; but shutil loads four compressors, which takes as long as all the
    printing.
    """
    width = whole_number(os.environ.get("COLUMNS", "").strip()) or 0
    if not width and sys.__stdout__ is not None:
        with suppress(OSError, ValueError):  # ValueError: closed by somebody who had it before
            width = os.get_terminal_size(sys.__stdout__.fileno()).columns
    return max(width, least)


def plain_wanted() -> bool:
    """Whether the person wants no colours."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def print_bytes(data: bytes, codec: str = "utf-8") -> None:
    """A result byte for byte; made visible where a terminal would act on it."""
    with _standard_output() as stream:
        if stream.isatty():
            click.echo(visible_lines(data.decode(codec, "backslashreplace")), nl=False)
        else:
            stream.buffer.write(data)


@contextmanager
def _standard_output() -> Iterator[TextIO]:
    stream = sys.stdout
    if stream is None:
        raise Problem("standard output is closed", "send the result somewhere")
    try:
        yield stream
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        let_go(stream)
        raise Problem(
            f"standard output: the system refused ({os.strerror(error.errno or 0)})",
            "send the result to another place",
        ) from error


def let_go(stream: IO[str] | None) -> None:
    """Forget what a stream still holds, so that the interpreter does not fail on it when it ends."""
    if stream is None:
        return
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, stream.fileno())
        finally:
            os.close(nowhere)
