"""``diskmode plan``: what a snapshot will cover, and the ``<domainsnapshot>`` and command that take it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence

import click

from tui.cli.files import machine_of, problems_of, read_input, shown_name, write_output
from tui.cli.messages import Problem, Refused, Status, print_lines
from tui.cli.options import STDIN, domain_option, file_argument, force_option, hypervisor_option, out_option
from tui.cli.plan_text import lines_of, refusal_of, report_of
from tui.cli.policy_options import disks_meant
from tui.disks import Preset
from tui.disks.snapshot import Memory
from tui.formats.domainsnapshot import SnapshotDocument
from tui.machine import Machine
from tui.planning import Planning, snapshot_in
from tui.rules.planner import NO_DRIVER, PlanRefusal

_NARROWEST = 80
_DEFAULT = "default"
_WORDS = (*(preset.value for preset in Preset), _DEFAULT)
_MEMORY = tuple(word.value for word in Memory)
_UNNAMED = "SNAPSHOT.xml"


def _overrides(
    context: click.Context, param: click.Parameter, given: Sequence[str]
) -> list[tuple[str, Preset | None]]:
    """The DISK=WORD pairs; the last equals sign counts, as paths may hold others."""
    pairs = []
    for text in given:
        disk, equals, word = text.rpartition("=")
        if not equals or not disk or word.lower() not in _WORDS:
            raise click.BadParameter(
                f"{text} is not DISK=WORD; the words are {', '.join(_WORDS)}", context, param
            )
        pairs.append((disk, None if word.lower() == _DEFAULT else Preset(word.lower())))
    return pairs


@click.command("plan")
@file_argument
@click.option(
    "--snapshot-xml",
    type=click.Path(allow_dash=True),
    metavar="SNAP.xml",
    help="Start from this <domainsnapshot>; only what changes is rewritten.",
)
@click.option(
    "--override",
    "overrides",
    multiple=True,
    callback=_overrides,
    metavar="DISK=WORD",
    help="What this snapshot does with a disk: no, internal, external, manual; default drops its entry.",
)
@click.option("--disk-only", is_flag=True, help="Take the disks alone, into overlays.")
@click.option(
    "--memory", type=click.Choice(_MEMORY, case_sensitive=False), help="Where a running VM's memory goes."
)
@click.option("--memory-file", metavar="PATH", help="The file for external memory; otherwise one is named.")
@click.option("--running", is_flag=True, help="The VM runs; otherwise it is off.")
@click.option("--name", metavar="N", help="The snapshot's name; otherwise libvirt names it by the second.")
@hypervisor_option
@domain_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON (diskmode.plan/1) for programs.")
@click.option("--xml", "as_xml", is_flag=True, help="Print the <domainsnapshot> alone, byte for byte.")
@out_option
@force_option
def command(  # noqa: PLR0913 - one for each option
    *,
    file: str,
    snapshot_xml: str | None,
    overrides: Sequence[tuple[str, Preset | None]],
    disk_only: bool,
    memory: str | None,
    memory_file: str | None,
    running: bool,
    name: str | None,
    hypervisor: str | None,
    domain: str | None,
    as_json: bool,
    as_xml: bool,
    out: str | None,
    force: bool,
) -> Status:
    """Print what a snapshot of the machine in FILE will cover, disk by disk, and why.

    Below it stand the <domainsnapshot> that gives exactly that and the command that takes it, or why the
    hypervisor would refuse, and exit status 3. Nothing is taken. FILE is a VMX or a domain XML; one that is
    a <domainsnapshot> itself is started from. - reads standard input. DISK is an address, a target, a source
    path or all. -o OUT writes the <domainsnapshot> to OUT; with -o - it is printed alone, as with --xml.

    QEMU lets a snapshot override the presets. On VMware a disk's mode decides, so an override must match it;
    libvirt's ESX driver takes no list of disks, and Workstation's takes no snapshots: vmrun does.

    \b
    Examples:
      diskmode plan web01.xml --running --disk-only --name before
      diskmode plan web01.xml --disk-only --override vdb=no -o before.xml
      diskmode plan web01.xml --snapshot-xml before.xml --override vdb=default --xml
      diskmode plan web01.vmx --running --json | jq .refused
    """
    _refuse_senseless(as_json=as_json, as_xml=as_xml, out=out, force=force)
    if memory_file is not None and memory != Memory.EXTERNAL:
        raise click.UsageError("--memory-file goes with --memory external")
    if file == STDIN == snapshot_xml:
        raise click.UsageError("standard input is FILE already; name a file for --snapshot-xml")
    shown = shown_name(file)
    machine = machine_of(file, read_input(file), domain, hypervisor)
    planning = Planning(
        machine,
        snapshot_in(machine) if snapshot_xml is None else _snapshot_in(snapshot_xml),
        disk_only=disk_only,
        running=running,
        memory=None if memory is None else Memory(memory),
        memory_file=memory_file,
        name=_nameable(name),
    )
    for disk, word in overrides:
        for index in _indexes(machine, disk, shown):
            planning = planning.with_override(index, word)
    if as_json:
        target = out if out not in (None, STDIN) else snapshot_xml
        print_lines(json.dumps(report_of(planning, file, _file_named(target)), indent=2))
        return Status.DONE if planning.plan.refused is None else Status.REFUSED
    return _told(planning, shown, out=STDIN if as_xml else out, snapshot_xml=snapshot_xml, force=force)


def _refuse_senseless(*, as_json: bool, as_xml: bool, out: str | None, force: bool) -> None:
    if force and out is None:
        raise click.UsageError("--force goes with -o OUT")
    if (as_json or as_xml) and out is not None:
        raise click.UsageError(f"-o does not go with {'--json' if as_json else '--xml'}, which prints")
    if as_json and as_xml:
        raise click.UsageError("--json does not go with --xml: the JSON holds the XML")


def _told(
    planning: Planning, shown: str, *, out: str | None, snapshot_xml: str | None, force: bool
) -> Status:
    refused, written = planning.plan.refused, planning.written
    if out != STDIN:
        width = max(_NARROWEST, shutil.get_terminal_size().columns)
        print_lines("\n".join(lines_of(planning, shown, _file_named(out or snapshot_xml), width)))
    if refused is not None:
        raise _refused(refused, shown)
    if out is None:
        return Status.DONE
    if written is None:
        raise Refused(
            "there is no <domainsnapshot> for Workstation",
            f"libvirt's VMware driver says: {NO_DRIVER}; {planning.command('')} takes it",
            file=shown,
        )
    write_output(out, written.data, written.codec, force=force)
    return Status.DONE


def _refused(refusal: PlanRefusal, shown: str) -> Refused:
    return Refused(refusal_of(refusal), refusal.meaning, file=shown)


def _file_named(file: str | None) -> str:
    return _UNNAMED if file in (None, STDIN) or file is None else file


def _snapshot_in(file: str) -> SnapshotDocument:
    reading = read_input(file)
    with problems_of(file):
        return SnapshotDocument(reading.data)


def _nameable(name: str | None) -> str | None:
    if name is None:
        return None
    if not name:
        raise Problem("the name is empty", "leave out --name, and libvirt names it by the second")
    if not all(letter.isprintable() for letter in name):
        raise Problem("the name holds characters that no XML can", "give one of letters, digits and signs")
    return name


def _indexes(machine: Machine, name: str, shown: str) -> Sequence[int]:
    """The disks of an override: a source path, or what a DISK is elsewhere."""
    by_path = [disk.index for disk in machine.disks if disk.source and disk.source == name]
    return by_path or disks_meant(machine, [name], shown)
