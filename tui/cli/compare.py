"""``diskmode compare``: which disks' policies drifted apart, in two files of one VM or in two audits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

import click

from tui.beside import exported
from tui.cli.files import machine_of, problems_of, read_input
from tui.cli.libvirt_uri import connects_option, domain_or_file
from tui.cli.messages import Problem, Status, print_lines
from tui.cli.options import STDIN, domain_option
from tui.counting import counted
from tui.fleet.comparison import (
    Drift,
    Facts,
    compare_audits,
    compare_machines,
    facts_of,
    key_of,
    read_audit,
)
from tui.fleet.written import AuditError
from tui.reports.drift import SCHEMA, drift_lines, drift_values
from tui.storage import LOCAL, Reading, source_of

Audit = dict[tuple[str, ...], Facts]


class Exported(NamedTuple):
    """The machines of an RVTools export: each disk by its machine and its own name."""

    disks: Audit

    def of(self, vm: str, file: str) -> list[Facts]:
        """One machine's. Raises Problem where there is none of that name, or several."""
        found = {key: facts for key, facts in self.disks.items() if facts.vm == vm}
        if len({key[:2] for key in found}) > 1:
            raise Problem(f"the export tells of several machines {vm}", "look at them with show", file=file)
        if not found:
            raise Problem(f"the export tells of no machine {vm}", "say which with --domain", file=file)
        return list(found.values())


@click.command("compare")
@click.argument("one", metavar="A", type=click.Path(readable=False, allow_dash=True))
@click.argument("other", metavar="B", type=click.Path(readable=False, allow_dash=True))
@connects_option
@domain_option
@click.option("--json", "as_json", is_flag=True, help=f"Print JSON ({SCHEMA}) for programs.")
def command(one: str, other: str, connect: Sequence[str], domain: str | None, as_json: bool) -> Status:
    """Tell whose policies differ: in a VM's VMX and domain XML, or in yesterday's audit and today's.

    A and B are two descriptions of one VM, two audits in json or jsonl, or two exports of RVTools. Disks of a
    VM are matched by address, then target, then the name of their image; what counts is what a disk does,
    however a format words it. One of A and B may be an export, and the other a VM that it tells of. With -c
    URI they are names of domains; one of them may be a file that is there, or -.

    \b
    Examples:
      diskmode compare web01.vmx web01.xml
      virsh dumpxml web01 | diskmode compare web01.vmx -
      diskmode compare -c qemu:///system web01.vmx web01
      diskmode compare -c qemu+ssh://kvm1/system -c qemu+ssh://kvm2/system web01 web01
      diskmode compare monday.jsonl tuesday.jsonl
      diskmode compare web01.vmx RVTools_tabvDisk.csv

    \b
    Exit status:
      0 the same    1 drifted apart    2 bad input
    """
    if one == other == STDIN:
        raise click.UsageError("only one of A and B can be standard input")
    one, other = _addresses(connect, one, other)
    drifts = _compared(one, other, domain)
    if as_json:
        values = [drift_values(drift) for drift in drifts]
        print_lines(json.dumps({"schema": SCHEMA, "a": one, "b": other, "differences": values}, indent=2))
    else:
        print_lines("\n".join(_lines(drifts, (one, other))))
    return Status.FINDINGS if drifts else Status.DONE


def _addresses(connect: Sequence[str], one: str, other: str) -> tuple[str, str]:
    """Both names as addresses. With one connection a file that is there may be compared with a domain."""
    if not connect:
        return one, other
    if len(connect) > 2:
        raise click.UsageError("two machines are compared: give -c once, or once for each of A and B")
    if len(connect) == 2:
        return domain_or_file(connect[0], one), domain_or_file(connect[1], other)
    is_file = _may_be_file(one), not _may_be_file(one) and _may_be_file(other)
    return (
        domain_or_file(None if is_file[0] else connect[0], one),
        domain_or_file(None if is_file[1] else connect[0], other),
    )


def _may_be_file(name: str) -> bool:
    return name == STDIN or LOCAL.is_there(name)


def _compared(one: str, other: str, domain: str | None) -> Sequence[Drift]:
    left, right = _read(one, domain), _read(other, domain)
    if isinstance(left, Exported) and isinstance(right, Exported):
        return compare_audits(left.disks, right.disks)
    if isinstance(left, Exported) and isinstance(right, list):
        left = left.of(domain or _name_of(right), one)
    elif isinstance(right, Exported) and isinstance(left, list):
        right = right.of(domain or _name_of(left), other)
    if isinstance(left, Exported) or isinstance(right, Exported):
        raise Problem("an audit cannot be compared with an export", "audit the export, and give that audit")
    if isinstance(left, dict) and isinstance(right, dict):
        return compare_audits(left, right)
    if isinstance(left, dict) or isinstance(right, dict):
        raise Problem(
            f"{one if isinstance(left, dict) else other} is an audit, and the other is none",
            "give two audits, or two files of one VM",
        )
    return compare_machines(left, right)


def _name_of(disks: Sequence[Facts]) -> str:
    return disks[0].vm if disks else ""


def _exported(file: str, reading: Reading) -> Exported | None:
    """The machines of an export; None where it is none."""
    path = None if reading.path is None else reading.path.path
    with problems_of(file):
        export = exported(reading.data, path, source_of(reading))
    if export is None:
        return None
    found: Audit = {}
    for place, key in enumerate(export.keys):
        one = export.of_domain(place).configuration
        for disk in one.disks:
            facts = facts_of(one, disk, file, one.name)
            found[(*key, *key_of(facts)[1:])] = facts
    return Exported(found)


def _read(file: str, domain: str | None) -> Audit | Exported | list[Facts]:
    reading = read_input(file)
    try:
        audit = read_audit(reading.data)
    except AuditError as error:
        raise Problem(
            str(error), "give what diskmode audit --format json or jsonl wrote", file=file
        ) from error
    if audit is not None:
        return audit
    export = _exported(file, reading)
    if export is not None:
        return export
    wanted = domain if reading.data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else None
    machine = machine_of(file, reading, wanted)
    return [
        facts_of(machine.configuration, disk, file, machine.configuration.name or file)
        for disk in machine.disks
        if disk.is_disk and disk.controller_present
    ]


def _lines(drifts: Sequence[Drift], names: tuple[str, str]) -> Sequence[str]:
    lines = [line for drift in drifts for line in drift_lines(drift, names)]
    return [*lines, counted(len(drifts), "difference") if drifts else "no difference"]
