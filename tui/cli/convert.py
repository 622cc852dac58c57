"""``diskmode convert``: the whole machine in the other format, and what that format cannot say."""

from __future__ import annotations

from dataclasses import replace

import click
from click.core import ParameterSource

from tui.cli.convert_options import kvm_wanted, result_options
from tui.cli.files import machine_of, problems_of, read_input, shown_name, write_output
from tui.cli.libvirt_uri import connect_option, domain_or_file
from tui.cli.losses import tell_as_json, tell_as_text
from tui.cli.messages import Problem, print_bytes, say_lines
from tui.cli.options import (
    HYPERVISORS,
    SPELLINGS,
    STDIN,
    domain_option,
    file_argument,
    force_option,
    out_option,
)
from tui.cli.refusals import refuse_locked
from tui.convert import Conversion, Network, Options
from tui.disks import FORMAT_NAMES, Format, LibvirtVersion
from tui.machine import Machine, machine_in
from tui.rules import Hypervisor
from tui.storage import is_same
from tui.visible import visible_lines

_TARGETS = {"vmx": Format.VMX, "xml": Format.DOMAIN_XML}
# What vCenter's inventory says of a VM, for which libvirt's own form alone has a word.
_OF_VCENTER = ("datacenter_path", "moref")
# Options that say something of one target only.
_ONLY_FOR = {
    "spelling": Format.DOMAIN_XML,
    "datacenter_path": Format.DOMAIN_XML,
    "moref": Format.DOMAIN_XML,
    "libvirt": Format.DOMAIN_XML,
    "purpose": Format.DOMAIN_XML,
    "hardware_version": Format.VMX,
}


@click.command("convert")
@file_argument
@connect_option
@click.option(
    "--to", "target", type=click.Choice(tuple(_TARGETS)), required=True, help="The format to print."
)
@out_option
@force_option
@click.option(
    "--spelling",
    type=click.Choice(SPELLINGS, case_sensitive=False),
    help="How the XML says a disk's policy; otherwise libvirt's way.",
)
@click.option("--location", metavar="TEXT", help="Where bare disk names lie: '[datastore] folder'.")
@click.option("--datacenter-path", metavar="TEXT", help="vCenter's path of the datacenter.")
@click.option("--moref", metavar="ID", help="vCenter's id of the VM: vm-42.")
@click.option(
    "--hardware-version",
    type=click.IntRange(4, 22),
    metavar="N",
    help="What the VMX says; otherwise what its disks need, at least 8.",
)
@click.option(
    "--hypervisor",
    type=click.Choice(HYPERVISORS, case_sensitive=False),
    help="Judge the result by its rules, and report that as well.",
)
@result_options
@domain_option
@click.option(
    "--report",
    type=click.Choice(("text", "json")),
    help="Report everything the result does not say; JSON is diskmode.convert/1.",
)
@click.pass_context
def command(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    file: str,
    connect: str | None,
    target: str,
    out: str | None,
    force: bool,
    spelling: str | None,
    location: str | None,
    datacenter_path: str | None,
    moref: str | None,
    hardware_version: int | None,
    hypervisor: str | None,
    domain: str | None,
    report: str | None,
    purpose: str | None,
    libvirt: LibvirtVersion | None,
    devices: str,
    networks: tuple[tuple[str, Network], ...],
    disk_format: str | None,
    disk_folder: str | None,
) -> None:
    """Print the machine in FILE in the other format: a VMX as domain XML, a domain XML as VMX.

    FILE - reads standard input. The result goes to standard output, or to OUT; what it cannot say is
    reported on standard error: what stops a define first, errors and warnings one by one, the rest counted
    unless --report asks for it. Where --for qemu needs disks made, a shell script that makes them follows: on
    standard output where -o takes the XML, else on standard error. An encrypted VMX is refused.

    \b
    Examples:
      diskmode convert web01.vmx --to xml
      diskmode convert web01.vmx --to xml --location '[datastore1] web01' -o web01.xml
      diskmode convert web01.vmx --to xml --for qemu --network 'VM Network=bridge:br0' -o web01.xml
      diskmode convert web.vmx --to xml --for qemu --disk-format raw --disk-folder /vm -o web.xml > disks.sh
      virsh dumpxml web01 | diskmode convert - --to vmx --hypervisor esxi > web01.vmx
      diskmode convert web01.vmx --to xml --report json 2> lost.json
    """
    _refuse_senseless(context, _TARGETS[target], force=force, out=out)
    kvm = kvm_wanted(purpose, devices, networks, disk_format, disk_folder)
    file = domain_or_file(connect, file)
    name = shown_name(file)
    reading = read_input(file)
    machine = machine_of(file, reading, domain, spelling=spelling)
    if machine.configuration.format is _TARGETS[target]:
        raise Problem(
            f"it is a {FORMAT_NAMES[_TARGETS[target]]} already", "ask for the other format", file=name
        )
    refuse_locked(machine, name)
    machine = replace(
        machine,
        options=Options(
            location=location,
            datacenter_path=datacenter_path,
            moref=moref,
            hardware_version=hardware_version,
            libvirt=libvirt,
            kvm=kvm,
        ),
    )
    if out not in (None, STDIN) and is_same(reading, out):
        raise Problem(
            "it is the file that was read, and the result is another format", "choose another name", file=out
        )
    conversion = machine.conversion
    write_output(out, conversion.text.encode(), "utf-8", force=force, caller="convert")
    result = _judged(conversion, hypervisor or purpose, name)
    if report == "json":
        tell_as_json(conversion, machine, result)
    else:
        tell_as_text(conversion, machine, result, name, everything=report == "text")
    if conversion.script:
        _print_script(conversion.script, out)


def _print_script(script: str, out: str | None) -> None:
    """Where it does not mix with the XML."""
    if out is None or out == STDIN:
        say_lines(visible_lines(script))
    else:
        print_bytes(script.encode())


def _refuse_senseless(context: click.Context, target: Format, *, force: bool, out: str | None) -> None:
    for option, meant in _ONLY_FOR.items():
        given = context.get_parameter_source(option) is ParameterSource.COMMANDLINE
        if given and meant is not target:
            flag = "--for" if option == "purpose" else "--" + option.replace("_", "-")
            raise click.UsageError(f"{flag} says something of a {FORMAT_NAMES[meant]} only")
    for option in _OF_VCENTER:
        if context.params["purpose"] and context.params[option]:
            raise click.UsageError(f"--{option.replace('_', '-')} says nothing of a domain for QEMU")
    if force and out is None:
        raise click.UsageError("--force goes with -o OUT")


def _judged(conversion: Conversion, hypervisor: str | None, name: str) -> Machine | None:
    """The machine that was made, to be judged by the rules of the hypervisor it moves to."""
    if hypervisor is None:
        return None
    with problems_of(name):
        result = machine_in(conversion.text.encode())
    return replace(result, chosen=Hypervisor(hypervisor))
