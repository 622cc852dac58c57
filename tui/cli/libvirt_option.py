"""``--libvirt VERSION``: which libvirt a machine is judged and planned for."""

from __future__ import annotations

import click

from tui.cli.messages import say
from tui.disks import NEWEST, LibvirtVersion


def _version(context: click.Context, param: click.Parameter, given: str | None) -> LibvirtVersion:
    """The version given, else the person's setting, else the newest known."""
    return version_given(context, param, given) or _from_settings()


def version_given(context: click.Context, param: click.Parameter, given: str | None) -> LibvirtVersion | None:
    """The version given; None where none is. Raises click.BadParameter."""
    if given is None:
        return None
    try:
        return LibvirtVersion.parse(given)
    except ValueError:
        raise click.BadParameter(f"{given} is no version such as {NEWEST}", context, param) from None


def _from_settings() -> LibvirtVersion:
    from tui.settings import load_settings  # noqa: PLC0415 - it needs no screen, and help needs no settings

    settings = load_settings()
    if settings.trouble:
        say(settings.trouble)
    return settings.libvirt or NEWEST


libvirt_option = click.option(
    "--libvirt",
    callback=_version,
    metavar="VERSION",
    help="Which libvirt it is for, such as 9.0; otherwise its host's, the setting, or the newest known.",
)


def version_text(version: LibvirtVersion) -> str:
    """``libvirt 12.5 (the newest known)``."""
    if version == NEWEST:
        return f"libvirt {version} (the newest known)"
    return f"libvirt {version}" + (f" (what {NEWEST} does is known, no more)" if version > NEWEST else "")
