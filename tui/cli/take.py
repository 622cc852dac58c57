"""``diskmode plan --take``: the command of a plan, run after a question, and what virsh says of it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence

import click

from tui.cli.files import problems_of
from tui.cli.messages import Problem, Status, print_lines, say, say_lines
from tui.disks import HostFacts
from tui.machine import Machine
from tui.storage import Reading, run_virsh, source_now
from tui.visible import visible_lines

STDIN_FILE = "/dev/stdin"
"""What the command calls its XML where that lies in no file: it is given on standard input."""

_HINT = "plan it again"
# What tells of a thing asked for, where virsh was ended before it was answered: libvirt goes on with it.
_LISTS = {
    "snapshot-create-as": "snapshot-list",
    "snapshot-create": "snapshot-list",
    "checkpoint-create-as": "checkpoint-list",
    "checkpoint-create": "checkpoint-list",
    "backup-begin": "domjobinfo",
}


def refuse_senseless(connect: str | None, *, prints: bool, yes: bool, take: bool) -> None:
    """Raise UsageError for what --take cannot go with: it needs a connection, and prints for a person."""
    if yes and not take:
        raise click.UsageError("--yes goes with --take")
    if not take:
        return
    if connect is None:
        raise click.UsageError("--take needs the connection of a domain: -c URI")
    if prints:
        raise click.UsageError("--take does not go with --json, --xml or -o -, which print for a program")


def refuse_other_state(machine: Machine, *, running: bool) -> None:
    """Raise Problem where the host does not say that the machine is in the state it was planned for."""
    host = machine.sidecars.host
    runs = None if host is None else host.runs
    if runs is None:
        raise Problem("the host does not say whether it runs", "see: virsh domstate")
    if runs is not running:
        raise Problem(
            f"the plan is of a machine that {'runs' if running else 'is off'}, and the host says that it "
            f"{'runs' if runs else 'is off'}",
            "leave out --running",
        )


def take(reading: Reading, facts: HostFacts | None, command: str, data: bytes, *, yes: bool) -> Status:
    """Run the command that was shown, where a person says so, with ``data`` as its standard input.

    ``facts`` are the host's that the plan was made with. virsh's answer is printed. Raises Problem where it
    fails, or where the machine is another by now.
    """
    name = str(reading.path)
    if not yes and not _agreed(name):
        say("nothing was taken", name)
        return Status.DONE
    words = shlex.split(command)[1:]
    with problems_of(name):
        _refuse_what_changed(reading, facts)
        try:
            ended = run_virsh(reading, words, data)
        except KeyboardInterrupt:
            say(f"virsh was interrupted, and libvirt may go on with it; see: {_looking(words)}", name)
            raise
    _tell(ended.out.decode("utf-8", "replace"), print_lines)
    _tell(ended.stderr, say_lines)
    if ended.status == 0:
        say("virsh took it (status 0)", name)
        return Status.DONE
    raise Problem(f"virsh did not take it (status {ended.status})", "see what it says of it", file=name)


def _agreed(name: str) -> bool:
    if sys.stdin is None or not sys.stdin.isatty():
        raise Problem("--take asks before it takes, and nobody is there to answer", "give --yes")
    try:
        return click.confirm("Run this command?", default=False, err=True)
    except click.Abort:
        click.echo(err=True)  # behind the question
        say("nothing was taken", name)
        raise


def _looking(words: Sequence[str]) -> str:
    """The command that shows what became of the one with these words: ``-c URI VERB DOMAIN`` and more."""
    option, uri, verb, domain = words[:4]
    return shlex.join(["virsh", option, uri, _LISTS[verb], domain])


def _refuse_what_changed(reading: Reading, facts: HostFacts | None) -> None:
    """Between a plan and its answer may lie a day."""
    if reading.path is None:
        return
    now = source_now(reading)
    if now.read_bytes(reading.path.path) != reading.data:
        raise Problem("it has been changed since it was planned", _HINT, file=str(reading.path))
    known = now.host_facts(reading.path.path)
    if _standing(known) != _standing(facts):
        raise Problem(
            "it was started, stopped or snapshotted since it was planned", _HINT, file=str(reading.path)
        )


def _standing(facts: HostFacts | None) -> HostFacts | None:
    """Without the text it runs with, in which a port or the memory may change at any time."""
    return facts and facts._replace(live=None)


def _tell(text: str, tell: Callable[[str], None]) -> None:
    if text.strip():
        tell(visible_lines(text).rstrip("\n"))
