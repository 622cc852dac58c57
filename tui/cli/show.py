"""``diskmode show``: the disks, their policy, and what the rules find; for a person or a program."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tui.cli.files import machine_of, read_input
from tui.cli.libvirt_option import libvirt_option
from tui.cli.libvirt_uri import connect_option, domain_or_file
from tui.cli.messages import Status, lines_width, print_lines
from tui.cli.options import SEVERITIES, domain_option, file_argument, hypervisor_option
from tui.cli.show_text import lines_of
from tui.disks import LibvirtVersion
from tui.machine import with_sidecars
from tui.rules import Finding, Severity
from tui.storage import source_of


@click.command("show")
@file_argument
@connect_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON (diskmode.show/1) for programs.")
@domain_option
@hypervisor_option
@libvirt_option
@click.option(
    "--fail-on",
    type=click.Choice((*SEVERITIES, "never"), case_sensitive=False),
    default="never",
    show_default=True,
    help="Exit with 1 where a finding is at least that grave.",
)
def command(  # noqa: PLR0913 - one for each option
    *,
    file: str,
    connect: str | None,
    as_json: bool,
    domain: str | None,
    hypervisor: str | None,
    libvirt: LibvirtVersion,
    fail_on: str,
) -> Status:
    """Print the disks of FILE, their policy, and what the rules find.

    FILE is a VMX or a domain XML, or with -c URI the name of a domain; - reads standard input. It may also be
    an export of RVTools, of which --domain says which machine is meant. Nothing is written.

    \b
    Examples:
      diskmode show web01.vmx
      virsh dumpxml web01 | diskmode show -
      diskmode show -c qemu:///system web01
      diskmode show web01.vmx --json | jq '.disks[] | select(.participates | not)'
      diskmode show web01.vmx --hypervisor esxi --fail-on error
    """
    file = domain_or_file(connect, file)
    reading = read_input(file)
    machine = machine_of(file, reading, domain, hypervisor, libvirt=libvirt, to_look_at=True)
    machine = with_sidecars(machine, source_of(reading))
    # Standard input cannot be written back to, but that makes nothing read-only.
    read_only = machine.configuration.locked or (reading.why_not if reading.path else None)
    if as_json:
        from tui.cli.show_json import json_of  # noqa: PLC0415 - for programs only

        print_lines(json_of(machine, file, read_only))
    else:
        width = lines_width()
        print_lines("\n".join(lines_of(machine, file, read_only, width)))
    return _status_at(machine.findings, fail_on)


def _status_at(findings: Sequence[Finding], level: str) -> Status:
    if level == "never":
        return Status.DONE
    found = any(finding.severity.rank <= Severity(level).rank for finding in findings)
    return Status.FINDINGS if found else Status.DONE
