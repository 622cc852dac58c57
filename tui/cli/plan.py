"""``diskmode plan``: what a snapshot will cover, and the ``<domainsnapshot>`` and command that take it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import click

from tui.cli.files import machine_of, problems_of, read_input, shown_name, write_output
from tui.cli.libvirt_option import libvirt_option
from tui.cli.libvirt_uri import connect_option, domain_or_file
from tui.cli.messages import Problem, Refused, Status, lines_width, print_lines, say
from tui.cli.options import STDIN, domain_option, file_argument, force_option, hypervisor_option, out_option
from tui.cli.plan_text import lines_of, refusal_of, report_of
from tui.cli.policy_options import disks_meant
from tui.cli.take import STDIN_FILE, refuse_other_state, refuse_senseless, take
from tui.disks import LibvirtVersion, Preset
from tui.disks.snapshot import Memory
from tui.formats.domainsnapshot import SnapshotDocument
from tui.machine import Machine, with_sidecars
from tui.planning import Planning, snapshot_in
from tui.rules.hypervisors import VMWARE
from tui.rules.planner import NO_DRIVER, Standing
from tui.storage import Reading, source_of

_DEFAULT = "default"
_YES = "yes"
_WORDS = (*(preset.value for preset in Preset), _YES, _DEFAULT)
_HAS = tuple(one.value for one in Standing if one is not Standing.ASLEEP)  # a host alone says it
_MEMORY = tuple(word.value for word in Memory)


def _overrides(context: click.Context, param: click.Parameter, given: Sequence[str]) -> list[tuple[str, str]]:
    """The DISK=WORD pairs; the last equals sign counts, as paths may hold others."""
    pairs = []
    for text in given:
        disk, equals, word = text.rpartition("=")
        if not equals or not disk or word.lower() not in _WORDS:
            raise click.BadParameter(
                f"{text} is not DISK=WORD; the words are {', '.join(_WORDS)}", context, param
            )
        pairs.append((disk, word.lower()))
    return pairs


@click.command("plan")
@file_argument
@connect_option
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
    help="What this snapshot does with a disk: no, internal, external, manual; default drops its entry. "
    "In a backup or checkpoint: yes or no.",
)
@click.option("--disk-only", is_flag=True, help="Take the disks alone, into overlays.")
@click.option(
    "--memory", type=click.Choice(_MEMORY, case_sensitive=False), help="Where a running VM's memory goes."
)
@click.option("--memory-file", metavar="PATH", help="The file for external memory; otherwise one is named.")
@click.option("--running", is_flag=True, help="The VM runs; otherwise it is off. A backup needs it running.")
@click.option("--quiesced", is_flag=True, help="VMware Tools still the guest's file systems.")
@click.option("--backup", is_flag=True, help="A backup by QEMU (backup-begin) instead of a snapshot.")
@click.option("--checkpoint", is_flag=True, help="A checkpoint, by itself or with --backup.")
@click.option("--incremental", metavar="CHECKPOINT", help="Back up what changed since this checkpoint.")
@click.option(
    "--has",
    type=click.Choice(_HAS, case_sensitive=False),
    multiple=True,
    help="The machine has such snapshots, or a checkpoint, already: no XML says so.",
)
@click.option("--name", metavar="N", help="The snapshot's name; otherwise libvirt names it by the second.")
@hypervisor_option
@libvirt_option
@domain_option
@click.option("--take", "taken", is_flag=True, help="Run the command, after a question; with -c URI.")
@click.option("--yes", is_flag=True, help="Take it without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON (diskmode.plan/1) for programs.")
@click.option("--xml", "as_xml", is_flag=True, help="Print the <domainsnapshot> alone, byte for byte.")
@out_option
@force_option
def command(  # noqa: PLR0913 - one for each option
    *,
    file: str,
    connect: str | None,
    snapshot_xml: str | None,
    overrides: Sequence[tuple[str, str]],
    disk_only: bool,
    memory: str | None,
    memory_file: str | None,
    running: bool,
    quiesced: bool,
    backup: bool,
    checkpoint: bool,
    incremental: str | None,
    has: Sequence[str],
    name: str | None,
    hypervisor: str | None,
    libvirt: LibvirtVersion,
    domain: str | None,
    taken: bool,
    yes: bool,
    as_json: bool,
    as_xml: bool,
    out: str | None,
    force: bool,
) -> Status:
    """Print what a snapshot of the machine in FILE will cover, disk by disk, and why.

    Without options it begins with every way to ask for one, off and running: which works, and the first
    reason why not. Below the plan stand the <domainsnapshot> that gives exactly that and the command that
    takes it, or why the hypervisor would refuse, and exit status 3. Nothing is taken but with --take, which
    asks first. FILE is a VMX, a domain XML, or with -c URI the name of a domain; one that is a
    <domainsnapshot> itself is started from. - reads standard input. DISK is an address, a target, a source
    path or all. -o OUT writes the <domainsnapshot> to OUT; with -o - it is printed alone, as with --xml.

    QEMU lets a snapshot override the presets. On VMware a disk's mode decides, so an override must match it;
    libvirt's ESX driver takes no list of disks, and Workstation's takes no snapshots: vmrun does.

    --backup and --checkpoint plan what QEMU itself copies or marks (<domainbackup>, <domaincheckpoint>):
    snapshot='no' leaves no disk out there.

    \b
    Examples:
      diskmode plan web01.xml
      diskmode plan web01.xml --running --disk-only --name before
      diskmode plan web01.xml --disk-only --override vdb=no -o before.xml
      diskmode plan web01.xml --libvirt 9.0 --running
      diskmode plan -c qemu:///system web01 --disk-only --name before --take
      diskmode plan web01.xml --backup --override vdb=no -o backup.xml
      diskmode plan web01.vmx --running --json | jq .refused
    """
    _refuse_senseless(as_json=as_json, as_xml=as_xml, out=out, force=force)
    refuse_senseless(connect, prints=as_json or as_xml or out == STDIN, yes=yes, take=taken)
    if memory_file is not None and memory != Memory.EXTERNAL:
        raise click.UsageError("--memory-file goes with --memory external")
    if file == STDIN == snapshot_xml:
        raise click.UsageError("standard input is FILE already; name a file for --snapshot-xml")
    if incremental is not None and not backup:
        raise click.UsageError("--incremental goes with --backup")
    of_snapshots = disk_only or memory is not None or snapshot_xml is not None or quiesced
    if (backup or checkpoint) and of_snapshots:
        raise click.UsageError("--backup and --checkpoint take no snapshot: leave out what is about one")
    file = domain_or_file(connect, file)
    shown = shown_name(file)
    reading = read_input(file)
    machine = machine_of(file, reading, domain, hypervisor, libvirt=libvirt)
    as_it_stands = with_sidecars(machine, source_of(reading))
    machine = _as_it_runs(as_it_stands, shown)
    _refuse_tools(machine, shown, quiesced=quiesced)
    if backup or checkpoint:
        from tui.cli.plan_backup import BackupOptions, print_backup_plan  # noqa: PLC0415 - for backups alone

        wanted = {
            index: _wanted(word) for disk, word in overrides for index in _indexes(machine, disk, shown)
        }
        options = BackupOptions(backup, checkpoint, wanted, incremental, _nameable(name))
        taking = partial(take, reading, machine.sidecars.host, yes=yes) if taken else None
        out = STDIN if as_xml else out
        return print_backup_plan(
            as_it_stands, options, reading, file, as_json=as_json, out=out, force=force, taking=taking
        )
    origin = snapshot_in(machine) if snapshot_xml is None else _snapshot_in(snapshot_xml)
    begun = Planning.begun(as_it_stands, origin)
    planning = replace(
        begun,
        disk_only=disk_only,
        running=running or begun.running,
        memory=None if memory is None else Memory(memory),
        memory_file=memory_file,
        name=_nameable(name),
        has=begun.has.union(map(Standing, has)),
        quiesced=quiesced,
    )
    for disk, word in overrides:
        for index in _indexes(machine, disk, shown):
            planning = planning.with_override(index, _preset(word))
    planning = planning.seen_from(source_of(reading))
    target = out if out not in (None, STDIN) else snapshot_xml
    if as_json:
        print_lines(json.dumps(report_of(planning, file, target), indent=2))
        return Status.DONE if planning.plan.refused is None else Status.REFUSED
    matrix = not (of_snapshots or running or overrides or taken)
    output = _Output(STDIN if as_xml else out, snapshot_xml, force)
    if not taken:
        return _print_plan(planning, shown, output, matrix=matrix)
    return _taken(planning, shown, output, reading, yes=yes)


def _as_it_runs(machine: Machine, shown: str) -> Machine:
    """What a snapshot taken now is of; what is configured may count from the next start only."""
    if machine.until_next_start:
        say(f"planned by what it runs with: until its next start {machine.until_next_start}", shown)
    return machine.as_it_runs


def _refuse_tools(machine: Machine, shown: str, *, quiesced: bool) -> None:
    if quiesced and machine.hypervisor not in VMWARE:
        what = f"--quiesced asks VMware Tools, and {machine.hypervisor.label} has none"
        raise Problem(what, "the guest's agent is asked by virsh itself, with --quiesce", file=shown)


def _taken(planning: Planning, shown: str, output: _Output, reading: Reading, *, yes: bool) -> Status:
    """The plan as ever, and then the command of virsh among those shown."""
    refuse_other_state(planning.machine, running=planning.running)
    if output.file is None and any(one.file for one in planning.commands()):
        output = output._replace(stdin=True)
    _print_plan(planning, shown, output, matrix=False)
    if planning.losses:
        raise Refused(planning.losses[0].message, file=shown)
    commands = [one.text for one in planning.commands(output.file) if one.tool == "virsh"]
    if not commands:
        raise Refused("no command of virsh takes it", "type the one that is shown", file=shown)
    data = planning.written.data if output.stdin and planning.written is not None else b""
    return take(reading, planning.machine.sidecars.host, commands[0], data, yes=yes)


def _preset(word: str) -> Preset | None:
    if word == _YES:
        raise click.UsageError("yes goes with --backup and --checkpoint; a snapshot is internal or external")
    return None if word == _DEFAULT else Preset(word)


def _wanted(word: str) -> bool:
    if word not in (_YES, Preset.NO):
        raise click.UsageError(f"{word} goes with snapshots; a backup or a checkpoint knows yes and no")
    return word == _YES


def _refuse_senseless(*, as_json: bool, as_xml: bool, out: str | None, force: bool) -> None:
    if force and out is None:
        raise click.UsageError("--force goes with -o OUT")
    if (as_json or as_xml) and out is not None:
        raise click.UsageError(f"-o does not go with {'--json' if as_json else '--xml'}, which prints")
    if as_json and as_xml:
        raise click.UsageError("--json does not go with --xml: the JSON holds the XML")


class _Output(NamedTuple):
    """Where the ``<domainsnapshot>`` goes, and where it came from."""

    out: str | None
    snapshot_xml: str | None
    force: bool
    stdin: bool = False

    @property
    def file(self) -> str | None:
        """What the command calls it, where it lies in a file, or is given on standard input."""
        if self.stdin:
            return STDIN_FILE
        named = self.out or self.snapshot_xml
        return None if named == STDIN else named


def _print_plan(planning: Planning, shown: str, output: _Output, *, matrix: bool) -> Status:
    refused, written = planning.plan.refused, planning.written
    if output.out != STDIN:
        width = lines_width()
        print_lines("\n".join(lines_of(planning, shown, output.file, width, matrix=matrix)))
    if refused is not None:
        raise Refused(refusal_of(refused), planning.remedy, file=shown)
    if output.out is None:
        return Status.DONE
    if written is None:
        raise Refused(
            "there is no <domainsnapshot> for Workstation",
            f"libvirt's VMware driver says: {NO_DRIVER}; {planning.command()} takes it",
            file=shown,
        )
    write_output(output.out, written.data, written.codec, force=output.force, caller="plan")
    return Status.DONE


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
