"""``diskmode plan --backup`` and ``--checkpoint``: what QEMU copies or marks, and the command."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click

from tui.cli.files import shown_name, write_output
from tui.cli.libvirt_option import version_text
from tui.cli.messages import Refused, Status, lines_width, print_lines
from tui.cli.options import STDIN
from tui.cli.plan_text import SCHEMA, disk_report, refusal_of, refusal_report, table_of
from tui.cli.take import STDIN_FILE
from tui.cli.ways_text import report_of as ways_report
from tui.counting import counted
from tui.machine import Machine
from tui.planning import BackupPlanning
from tui.rules.plan_values import BackupKind, possible
from tui.storage import Reading, source_of
from tui.visible import visible, visible_lines

_NAMES = {
    BackupKind.BACKUP: "BACKUP.xml",
    BackupKind.CHECKPOINT: "CHECKPOINT.xml",
    BackupKind.BOTH: "BACKUP.xml",
}


class BackupOptions(NamedTuple):
    """What the options say; ``wanted`` is by disk index."""

    backup: bool
    checkpoint: bool
    wanted: Mapping[int, bool]
    incremental: str | None
    name: str | None

    @property
    def kind(self) -> BackupKind:
        """Which of the three it is."""
        if self.backup:
            return BackupKind.BOTH if self.checkpoint else BackupKind.BACKUP
        return BackupKind.CHECKPOINT


def print_backup_plan(  # noqa: PLR0913 - one for each option
    as_it_stands: Machine,
    options: BackupOptions,
    reading: Reading,
    file: str,
    *,
    as_json: bool,
    out: str | None,
    force: bool,
    taking: Callable[[str, bytes], Status] | None = None,
) -> Status:
    """Print the plan, write its XML where it is wanted; refused it ends with status 3.

    ``taking`` runs the command, with its XML on standard input.
    """
    machine = as_it_stands.as_it_runs
    runs = None if machine.sidecars.host is None else machine.sidecars.host.runs
    planning = BackupPlanning(
        machine, options.kind, options.wanted, runs is not False, options.incremental, options.name
    ).seen_from(source_of(reading))
    shown, refused = shown_name(file), planning.plan.refused
    names = _file_names(options.kind, out)
    by_stdin = taking is not None and out is None
    if by_stdin:
        if options.kind is BackupKind.BOTH:
            raise click.UsageError("a backup with a checkpoint takes two files: name the first with -o OUT")
        names = (STDIN_FILE, names[1])
    if as_json:
        print_lines(json.dumps(_report_of(planning, as_it_stands, file, names), indent=2))
        return Status.DONE if refused is None else Status.REFUSED
    if out != STDIN:
        width = lines_width()
        print_lines("\n".join(_lines_of(planning, names, width)))
    if refused is not None:
        raise Refused(refusal_of(refused), refused.meaning, file=shown)
    if out is not None:
        for name, data in zip(names, _documents(planning), strict=False):
            write_output(STDIN if out == STDIN else name, data, "utf-8", force=force, caller="plan")
    if taking is None:
        return Status.DONE
    data = next(_documents(planning)) if by_stdin else b""
    return taking(planning.command(*names), data)


def _documents(planning: BackupPlanning) -> Iterator[bytes]:
    """The backup's, then the checkpoint's."""
    return (data for data in (planning.backup, planning.checkpoint) if data is not None)


def _file_names(kind: BackupKind, out: str | None) -> tuple[str, str]:
    """What the documents are called: OUT, and beside it the checkpoint of a backup."""
    if out in (None, STDIN) or out is None:
        return _NAMES[kind], "CHECKPOINT.xml"
    path = Path(out)
    return out, str(path.with_name(f"{path.stem}-checkpoint{path.suffix or '.xml'}"))


def _lines_of(planning: BackupPlanning, names: tuple[str, str], width: int) -> Iterator[str]:
    machine, plan = planning.machine, planning.plan
    name = machine.configuration.name or "a machine without a name"
    since = f", since {planning.incremental}" if planning.incremental else ""
    yield visible(
        f"{name}: a {planning.kind} by {machine.hypervisor.label}, {version_text(machine.libvirt)}, "
        f"{'running' if planning.running else 'powered off'}{since}"
    )
    taken = len(plan.copied if planning.kind.copies else plan.marked)
    of_all = f"{taken} of {counted(possible(plan.disks), 'disk')} in it"
    yield of_all if plan.refused is None else "refused: no disk is in it"
    yield from table_of(plan.disks, width)
    yield ""
    for one in plan.disks:
        if one.disk.preset is not None or one.disk.transient is not None:
            yield visible(f"{one.disk.name}: {one.reason}")
            yield ""
    if plan.refused is not None:
        yield click.style("Refused.", fg="red") + f" No such {planning.kind} is made."
        return
    for warning in plan.warnings:
        yield visible(f"! {warning.message}")
        yield ""
    for data in _documents(planning):
        yield visible_lines(data.decode()).rstrip("\n")
        yield ""
    yield visible(planning.command(*names))


def _report_of(
    planning: BackupPlanning, as_it_stands: Machine, file: str, names: tuple[str, str]
) -> dict[str, Any]:
    machine, plan = planning.machine, planning.plan
    taken = plan.refused is None
    return {
        "schema": SCHEMA,
        "file": file,
        "format": machine.configuration.format.value,
        "name": machine.configuration.name,
        "hypervisor": machine.hypervisor.value,
        "libvirt": str(machine.libvirt),
        "ways": ways_report(as_it_stands.ways),
        "kind": planning.kind.value,
        "incremental": planning.incremental,
        "disks": [disk_report(one) for one in plan.disks],
        "refused": plan.refused and refusal_report(machine, plan.refused),
        "warnings": [warning.message for warning in plan.warnings],
        "xml": _text(planning.backup or planning.checkpoint) if taken else None,
        "checkpoint_xml": _text(planning.checkpoint) if taken else None,
        "command": planning.command(*names) if taken else None,
    }


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode()
