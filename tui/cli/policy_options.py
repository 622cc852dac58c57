"""What the options of ``diskmode set`` and its DISK arguments ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from tui.cli.completion_values import complete_mode
from tui.cli.messages import Problem, Refused, say
from tui.cli.options import refuse_clashing
from tui.disks import MODES, Disk, Format, Mode, PolicyChange, Preset, Spelling, mode_named
from tui.machine import Machine

ALL = "all"
DEFAULT = "default"
ASPECTS = ("snapshot", "persistent", "mode", "preset", "spelling")

# Pairs of options that cannot be given together, by parameter name, and why.
_CLASHES = (
    ("mode", "snapshot", "a mode says both aspects"),
    ("mode", "persistent", "a mode says both aspects"),
    ("mode", "preset", "a mode says both aspects"),
    ("preset", "snapshot", "a preset says whether the disk takes part"),
    ("dry_run", "out", "a dry run writes nothing"),
    ("dry_run", "backup", "a dry run writes nothing"),
    ("backup", "out", "FILE is left alone, so there is nothing to back up"),
)
_FLAGS = {
    "snapshot": "--snapshot/--no-snapshot",
    "persistent": "--persistent/--no-persistent",
    "dry_run": "--dry-run",
    "backup": "--backup",
    "force": "--force",
    "out": "-o",
    "mode": "--mode",
    "preset": "--preset",
}
_MOST_NAMED = 12
_Command = TypeVar("_Command", bound="Callable[..., Any] | click.Command")


def name_of(disk: Disk) -> str | None:
    """What a DISK argument would call it."""
    return disk.address or disk.target or None


def mode_meant(context: click.Context, param: click.Parameter, word: str | None) -> Mode | None:
    """The mode a word of --mode names, whosever word it is; a usage error that lists them for another."""
    mode = None if word is None else mode_named(word)
    if word is not None and mode is None:
        current = ", ".join(mode for mode, facts in MODES.items() if not facts.legacy)
        raise click.BadParameter(f"no mode is called {word}; there are {current}", context, param)
    return mode


_WANTED = (
    click.option("--snapshot/--no-snapshot", default=None, help="Take part in snapshots, or be left out."),
    click.option("--persistent/--no-persistent", default=None, help="Keep what is written, or discard it."),
    click.option(
        "--mode", callback=mode_meant, metavar="MODE", shell_complete=complete_mode, help="Both at once."
    ),
    click.option(
        "--preset",
        type=click.Choice((*Preset, DEFAULT), case_sensitive=False),
        help="libvirt's snapshot attribute; default removes it.",
    ),
)


def policy_change_option(command: _Command) -> _Command:
    """The options that say what is wanted of a disk: both aspects, a mode for both, libvirt's preset."""
    for option in reversed(_WANTED):
        command = option(command)
    return command


def options_given(context: click.Context) -> set[str]:
    """The names of the parameters that the command line gives."""
    return {
        name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }


def refuse_clashes(given: set[str]) -> None:
    """A usage error for options that contradict each other, or where nothing is asked for."""
    refuse_clashing(given, _CLASHES, _FLAGS)
    if "force" in given and "out" not in given:
        raise click.UsageError("--force goes with -o OUT: FILE itself is always replaced")
    if not given & set(ASPECTS):
        raise click.UsageError(
            "nothing was asked for: give --[no-]snapshot, --[no-]persistent, --mode, --preset or --spelling"
        )


def refuse_foreign(machine: Machine, given: set[str], file: str) -> None:
    """A problem for options that mean nothing in a VMX."""
    if machine.configuration.format is Format.DOMAIN_XML:
        return
    for option in ("preset", "spelling"):
        if option in given:
            raise Problem(
                f"a VMX has no {option}s, they are of domain XMLs",
                f"leave out --{option}; --mode says both aspects",
                file=file,
            )


def policy_change_of(
    snapshot: bool | None,
    persistent: bool | None,
    mode: Mode | None,
    preset: str | None,
    spelling: str | None,
) -> PolicyChange:
    """The change the options say."""
    return PolicyChange(
        snapshot=snapshot,
        persistent=persistent,
        mode=mode,
        preset=None if preset in (None, DEFAULT) else Preset(preset),
        no_preset=preset == DEFAULT,
        spelling=None if spelling is None else Spelling(spelling),
    )


def disks_meant(machine: Machine, names: Sequence[str], file: str) -> list[int]:
    """The disks of the DISK arguments, each once, in their order."""
    found = {disk.index: None for name in names for disk in _disks_meant(machine, name, file)}
    return list(found)


def _disks_meant(machine: Machine, name: str, file: str) -> Sequence[Disk]:
    disks = machine.disks_named(name) if name else ()
    if name.lower() == ALL:
        _tell_of_left(machine, file)
        if not disks:
            raise Refused("no disk of it is meant by all" if machine.disks else "it has no disks", file=file)
        return disks
    if not disks:
        raise Problem(f"there is no disk {name}", _what_there_is(machine), file=file)
    if len(disks) > 1:
        raise Problem(
            f"{len(disks)} disks are called {name}: {', '.join(disk.name for disk in disks)}",
            "say which by its address",
            file=file,
        )
    return disks


def _tell_of_left(machine: Machine, file: str) -> None:
    """Which disks ``all`` does not mean, and why."""
    for disk in machine.disks:
        reason = machine.locked(disk.index)
        if reason is None and disk.read_only:
            reason = "the guest only reads it; name it to change it"
        if reason is not None:
            say(f"{disk.name} is left as it is: {reason}", file)


def _what_there_is(machine: Machine) -> str:
    names = [name for disk in machine.disks if (name := name_of(disk))]
    if not names:
        return "the machine has none"
    more = len(names) - _MOST_NAMED
    named = [disk.name for disk in machine.disks if name_of(disk)][:_MOST_NAMED]
    return f"there are {', '.join(named)}" + (f" and {more} more" if more > 0 else "")
