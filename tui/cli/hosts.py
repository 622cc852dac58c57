"""Other hosts, as the command line reaches them: asked for in the plain terminal, waited for as was set."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import click

from tui.cli.messages import say
from tui.storage import Limits, allow_questions, connect_hosts, is_far, limits_from

_MOST_NAMED = 3
NOT_RELOADED = "not read again by the host"
"""How files are counted that were saved, and whose host was to read them again and did not."""


def reach(addresses: Iterable[str]) -> None:
    """Connect to the hosts that are named, if any; what goes wrong is told where one is needed."""
    far = [address for address in addresses if is_far(address)]
    if far:
        prepare()
        connect_hosts(far, _say_who_is_waited_for)


def _say_who_is_waited_for(hosts: Sequence[str]) -> None:
    """Who sits before an empty terminal is told why it is."""
    if sys.stderr is not None and sys.stderr.isatty():
        more = f" and {len(hosts) - _MOST_NAMED} more" if len(hosts) > _MOST_NAMED else ""
        say(f"waiting for {', '.join(hosts[:_MOST_NAMED])}{more}; ctrl+c stops")


def prepare() -> None:
    """Let ssh ask here, where somebody sees it, and wait for hosts as long as the settings say."""
    from tui.cli.interrupts import end_tidily  # noqa: PLC0415 - only who asks a host needs it

    end_tidily()
    limits_from(_limits)
    allow_questions(sys.stderr is not None and sys.stderr.isatty())


def refuse_reload(addresses: Iterable[str], *, dry_run: bool) -> None:
    """An ESXi host is asked to read again what was saved there. Raises UsageError where nothing will be."""
    if dry_run:
        raise click.UsageError("--reload is about files that are saved: leave out --dry-run")
    if not any(is_far(address) for address in addresses):
        raise click.UsageError(
            "--reload is for files on ESXi hosts, such as ssh://root@esxi01/vmfs/volumes/…"
        )


def _limits() -> Limits:
    from tui.settings import load_settings  # noqa: PLC0415 - only who asks a host needs them

    return load_settings().ssh
