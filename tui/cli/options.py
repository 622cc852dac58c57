"""The options and arguments several commands share.

The words are written out here, so that asking for help loads nothing: a test holds them to the enumerations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import click

from tui.cli.completion_values import complete_domain
from tui.cli.libvirt_uri import complete_file

HYPERVISORS = ("esxi", "workstation", "qemu", "other")
SPELLINGS = ("libvirt", "attributes", "elements", "vmx-mode")
SEVERITIES = ("error", "warning", "info")
OVERRIDABLE = ("in-use",)

STDIN = "-"

file_argument = click.argument(
    "file",
    type=click.Path(allow_dash=True, readable=False),
    metavar="FILE",
    shell_complete=complete_file,
)

files_argument = click.argument(
    "files",
    type=click.Path(allow_dash=True, readable=False),
    metavar="FILE",
    nargs=-1,
    shell_complete=complete_file,
)

domain_option = click.option(
    "--domain",
    metavar="NAME",
    shell_complete=complete_domain,
    help="Which domain, by name or number, where FILE holds several.",
)
hypervisor_option = click.option(
    "--hypervisor",
    type=click.Choice(HYPERVISORS, case_sensitive=False),
    help="Whose rules apply; otherwise guessed from FILE.",
)
spelling_option = click.option(
    "--spelling",
    type=click.Choice(SPELLINGS, case_sensitive=False),
    help="How XML says a policy; otherwise as each disk already does, or libvirt's way.",
)
override_option = click.option(
    "--override",
    "overrides",
    type=click.Choice(OVERRIDABLE),
    multiple=True,
    help="Insist against this rule: the lock is stale.",
)
out_option = click.option(
    "-o",
    "--out",
    type=click.Path(allow_dash=True, readable=False),
    metavar="OUT",
    help="Write the result to OUT, or - for standard output.",
)
hosts_option = click.option(
    "--hosts-at-once",
    "hosts",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Of other hosts (ssh://) so many are asked at a time; otherwise the setting, or 16.",
)
follow_option = click.option("--follow", is_flag=True, help="Follow symbolic links wherever they lead.")
force_option = click.option("--force", is_flag=True, help="Let OUT replace a file that is there.")


Clash = tuple[str, str, str]


def refuse_clashing(given: Collection[str], clashes: Iterable[Clash], flags: Mapping[str, str]) -> None:
    """A usage error where two options that clash are given; ``clashes``: their parameters' names, and why."""
    for one, other, why in clashes:
        if one in given and other in given:
            raise click.UsageError(f"{flags[one]} does not go with {flags[other]}: {why}")
