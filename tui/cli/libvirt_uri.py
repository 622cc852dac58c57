"""``-c URI``: domains of a libvirt connection where else files stand, as virsh's own users write it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tui.cli.messages import Problem

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_SYSTEMS = ("qemu:///system", "qemu:///session")
# The person who presses tab waits for it.
_COMPLETION_SECONDS = 5.0


def _complete_uri(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - a shell alone asks

    return [CompletionItem(one) for one in _SYSTEMS if one.startswith(incomplete)]


def complete_file(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """The connection's domains where one was given, else files."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - a shell alone asks

    given = context.params.get("connect")
    if not given:
        return [CompletionItem(incomplete, type="file")]
    from tui.storage import StorageError, connect  # noqa: PLC0415 - for a connection alone

    try:
        names = [
            name
            for uri in ([given] if isinstance(given, str) else given)
            for name in connect(uri).names(_COMPLETION_SECONDS)
        ]
    except StorageError:
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete) and name.isprintable()]


_HELP = "Name a domain of this libvirt connection, or its UUID, in place of a file; URI as virsh -c takes it."


def _only_one(context: click.Context, param: click.Parameter, given: Sequence[str]) -> str | None:
    if len(given) > 1:
        raise click.BadParameter("give one; audit and compare take several", context, param)
    return given[0] if given else None


connect_option = click.option(
    "-c",
    "--connect",
    "connect",
    multiple=True,  # click would take the last of several without a word
    metavar="URI",
    callback=_only_one,
    shell_complete=_complete_uri,
    help=_HELP,
)
connects_option = click.option(
    "-c",
    "--connect",
    "connect",
    multiple=True,
    metavar="URI",
    shell_complete=_complete_uri,
    help="Domains of this libvirt connection, as virsh -c takes it: all, or those named.",
)


def domain_or_file(uri: str | None, name: str) -> str:
    """The address of a FILE, or of the domain of this name where a connection was given."""
    return name if uri is None else _address(uri, name)


def domains_or_files(uris: Sequence[str], names: Sequence[str]) -> Sequence[str]:
    """The addresses of FILEs, or of each connection's domains: all, or those of these names."""
    return [_address(uri, name) for uri in uris for name in names or ("",)] if uris else names


def greet(uris: Sequence[str]) -> None:
    """Ask each connection once before a screen opens: what it asks in return can be answered here.

    Raises Problem where the only one cannot be reached; of several each is told in its place.
    """
    from tui.storage import StorageError, connect  # noqa: PLC0415 - for a connection alone

    for uri in uris:
        try:
            connect(uri).names()
        except StorageError as error:
            if len(uris) == 1:
                raise Problem(error.what, error.remedy, file=uri) from error


def _address(uri: str, name: str) -> str:
    from tui.cli.hosts import prepare  # noqa: PLC0415 - for a connection alone
    from tui.storage import StorageError, connect  # noqa: PLC0415

    prepare()
    try:
        return connect(uri).address(name)
    except StorageError as error:
        raise Problem(error.what, error.remedy, file=error.path) from error
