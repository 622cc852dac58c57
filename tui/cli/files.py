"""Files in and out: what a FILE or an OUT on the command line means, and what is said when it fails."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from tui.cli.hosts import reach
from tui.cli.messages import Problem, Refused, print_bytes, say, say_unremembered
from tui.cli.options import STDIN
from tui.disks import NEWEST, Format, LibvirtVersion, Spelling
from tui.formats.errors import EditError, FormatError
from tui.machine import Machine, machine_in, machine_to_look_at
from tui.rules import Hypervisor
from tui.storage import (
    ExistsError,
    Reading,
    StorageError,
    not_kept_at,
    place_of,
    read,
    read_stream,
    source_of,
    write_new,
)

_STDIN_NAME = "standard input"


def shown_name(file: str) -> str:
    """What messages call a FILE."""
    return _STDIN_NAME if file == STDIN else file


@contextmanager
def problems_of(file: str) -> Iterator[None]:
    """Turn what storage and formats say about a FILE into a Problem."""
    try:
        yield
    except StorageError as error:
        raise Problem(error.what, error.remedy, file=error.path) from error
    except FormatError as error:
        raise Problem(error.what, error.remedy, file=shown_name(file), line=error.line) from error
    except EditError as error:
        raise Refused(str(error), file=shown_name(file)) from error


def read_input(file: str) -> Reading:
    """The bytes of a FILE, or of standard input. Raises Problem."""
    if not file:
        raise Problem("the name of the FILE is empty", "name a VMX file or a domain XML")
    with problems_of(file):
        if file != STDIN:
            reach([file])
            reading = read(file)
            for notice in reading.notices:
                say(notice, file)
            return reading
        if sys.stdin is None:
            raise Problem("standard input is closed", "name a file, or send one to standard input")
        if sys.stdin.isatty():
            say("reading standard input; ctrl+d ends it")
        return read_stream(sys.stdin.buffer, _STDIN_NAME)


def machine_of(  # noqa: PLR0913 - one for each option
    file: str,
    reading: Reading,
    domain: str | None,
    hypervisor: str | None = None,
    *,
    spelling: str | None = None,
    libvirt: LibvirtVersion = NEWEST,
    to_look_at: bool = False,
) -> Machine:
    """The machine in what was read, looked at as the options say; of an export only where it is only that."""
    path = None if reading.path is None else reading.path.path
    with problems_of(file):
        if to_look_at:
            machine = machine_to_look_at(reading.data, path, domain, source_of(reading))
        else:
            machine = machine_in(reading.data, path, domain)
    refuse_domain_of_vmx(machine, domain, file)
    chosen = None if hypervisor is None else Hypervisor(hypervisor)
    machine = replace(machine, chosen=chosen, libvirt=libvirt)
    return machine if spelling is None else replace(machine, spelling=spelling_named(spelling))


def refuse_domain_of_vmx(machine: Machine, domain: str | None, file: str) -> None:
    """A Problem where a domain was chosen and the file is a VMX."""
    if domain is not None and machine.document.format is Format.VMX:
        raise Problem("a VMX holds one machine only", "leave out --domain", file=shown_name(file))


def spelling_named(name: str | None) -> Spelling | None:
    """The spelling an option names, if it was given."""
    return None if name is None else Spelling(name)


def write_output(out: str | None, data: bytes, codec: str, *, force: bool, caller: str | None = None) -> None:
    """Bytes to OUT; to standard output where it is - or not given. Raises Problem.

    That a file was written over is remembered as what ``caller`` did; None: it is a report.
    """
    if out is None or out == STDIN:
        print_bytes(data, codec)
        return
    with problems_of(out):
        reach([out])
        place, path = place_of(out)
        lost = not_kept_at(out)
        if lost and force and place.is_there(path):
            say(lost, out)
        try:
            if force and caller is not None:
                _write_over(out, data, caller)
            else:
                write_new(out, data, overwrite=force)
        except ExistsError as error:
            raise Problem(error.what, "choose another name, or replace it with --force", file=out) from None


def _write_over(out: str, data: bytes, caller: str) -> None:
    from tui.history.change import Caller  # noqa: PLC0415 - seldom asked for
    from tui.history.change_store import written_over  # noqa: PLC0415

    with written_over(Caller(caller), out, data) as change:
        write_new(out, data, overwrite=True)
    say_unremembered(change.trouble)
