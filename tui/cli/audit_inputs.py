"""What an audit is of: the PATHs, those a file lists, and the accept file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING

from tui.cli.files import problems_of, read_input
from tui.cli.messages import Problem, say
from tui.cli.options import STDIN

if TYPE_CHECKING:
    from tui.fleet.accept import Acceptance
    from tui.fleet.baseline import Baseline

# ruff: noqa: PLC0415 - what few audits are given is loaded only then
_CHUNK = 1 << 16
_LONGEST = 1 << 20


def names_of(paths: Sequence[str], files_from: str | None, *, null: bool) -> Iterator[str]:
    """The PATHs, then those listed in a file, as they come. Raises Problem where that cannot be read."""
    yield from paths
    if files_from is None:
        return
    end = b"\0" if null else b"\n"
    if files_from == STDIN:
        if sys.stdin is None:
            raise Problem("standard input is closed", "give a file, or send the names to standard input")
        yield from _decoded(_split(sys.stdin.buffer, end))
        return
    with problems_of(files_from):
        data = read_input(files_from).data
    yield from _decoded(data.split(end))


def _decoded(names: Iterable[bytes]) -> Iterator[str]:
    return (os.fsdecode(name) for name in names if name)


def _split(stream: IO[bytes], end: bytes) -> Iterator[bytes]:
    """Names as they arrive: a pipe is not read to its end first."""
    read = getattr(stream, "read1", stream.read)
    rest = b""
    while chunk := read(_CHUNK):
        *names, rest = (rest + chunk).split(end)
        yield from names
        if len(rest) > _LONGEST:
            raise Problem("a name on standard input is longer than a path can be", "use find -print0 with -0")
    yield rest


def acceptances_in(file: str | None) -> tuple[Acceptance, ...]:
    """The entries of the accept file, if one was given. Raises Problem where it is none."""
    if file is None:
        return ()
    from tui.fleet.accept import AcceptError, read_acceptances

    reading = read_input(file)
    try:
        return read_acceptances(reading.data)
    except AcceptError as error:
        raise Problem(error.what, error.remedy, file=file) from error


_AUDIT_WANTED = "give what diskmode audit --format json or jsonl wrote"


def baseline_in(file: str | None) -> Baseline | None:
    """The earlier audit that was given, if one was. Raises Problem where it is none, or not whole."""
    if file is None:
        return None
    from tui.fleet.baseline import NewsOnlyError, read_baseline
    from tui.fleet.written import AuditError

    try:
        baseline = read_baseline(read_input(file).data, file)
    except AuditError as error:
        raise Problem(str(error), _AUDIT_WANTED, file=file) from error
    except NewsOnlyError as error:
        raise Problem(str(error), "give an audit without that option", file=file) from error
    if baseline is None:
        raise Problem("it is no JSON", _AUDIT_WANTED, file=file)
    if not baseline.complete:
        say("this audit did not come to its end: what it had not reached counts as new", file)
    return baseline
