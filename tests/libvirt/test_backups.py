"""Backups and checkpoints as they are planned, asked of libvirt's real QEMU driver: outcome and message.

The cells are drawn anew in every run from a seed that is printed (and taken from DISKMODE_SEED).
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pytest
from lxml import etree

from tests.libvirt.qemu import Session, Told, need_qemu, session
from tests.libvirt.test_qemu_driver import IMAGES, Machine, make_images
from tui.machine import machine_in
from tui.planning import BackupPlanning
from tui.rules.plan_values import BackupKind

pytestmark = [pytest.mark.libvirt, pytest.mark.qemu]

LEAST = 100
MOST_COPIED = 16
FIRSTS = ("qcow2", "raw", "transient", "read-only", "shareable raw", "cdrom", "empty cdrom", "floppy", "vmdk")
FIXED = (
    Machine("qcow2", "no", "raw", "manual"),
    Machine("transient", None, "qcow2", None),
    Machine("raw", None),
    Machine("read-only", None),
    Machine("empty cdrom", None, "qcow2", "no"),
)


class Cell(NamedTuple):
    """One question: a machine, what is asked for, which disks are to be in it or not, and its state."""

    machine: Machine
    kind: BackupKind
    wanted: tuple[bool | None, ...]
    running: bool

    def planning(self, xml: str, name: str) -> BackupPlanning:
        """What is planned."""
        said = {index: one for index, one in enumerate(self.wanted) if one is not None}
        return BackupPlanning(machine_in(xml.encode()), self.kind, said, self.running, name=name)

    def copies_with(self, xml: str) -> bool:
        """Whether data are copied, as the planner says."""
        return self.kind.copies and self.planning(xml, "c").plan.refused is None


def _drawn(draw: random.Random) -> list[Cell]:
    machines = [*FIXED]
    machines += [
        Machine(first, draw.choice((None, "no")), draw.choice((None, "qcow2", "raw"))) for first in FIRSTS
    ]
    cells = []
    for machine in machines:
        for kind in BackupKind:
            cells.append(Cell(machine, kind, (None,) * len(machine.targets), running=False))
            for first in (None, True, False):
                second = (draw.choice((None, True, False)),) if len(machine.targets) > 1 else ()
                cells.append(Cell(machine, kind, (first, *second), running=True))
    return cells


def _chosen(cells: Sequence[Cell], xmls: dict[Machine, str], draw: random.Random) -> list[Cell]:
    """Every cell but of the backups that work, each of which costs a start, only some; machine by machine."""
    working = [cell for cell in cells if cell.copies_with(xmls[cell.machine])]
    left = set(working) - set(draw.sample(working, min(MOST_COPIED, len(working))))
    machines = list(dict.fromkeys(cell.machine for cell in cells))
    return sorted(
        (cell for cell in cells if cell not in left),
        key=lambda cell: (machines.index(cell.machine), cell.running),
    )


def _commands(
    cells: Sequence[Cell], plans: Sequence[BackupPlanning], names: dict[Machine, str]
) -> tuple[list[str], list[int]]:
    """What virsh is told, and at which place each cell's answer is."""
    commands: list[str] = []
    places = []
    live: str | None = None
    for at, (cell, plan) in enumerate(zip(cells, plans, strict=True)):
        name = names[cell.machine]
        if live is not None and live != name:
            commands.append(f"destroy {live}")
            live = None
        if cell.running and live is None:
            # Twice, as QEMU may not get its images' locks the moment another one ends.
            commands += [f"start {name}", f"start {name}"]
            live = name
        places.append(len(commands))
        commands.append(plan.command(f"b{at}.xml", f"c{at}.xml").removeprefix("virsh "))
        if plan.plan.refused is None:
            commands += [f"checkpoint-dumpxml {name} c{at}"] if cell.kind.marks else []
            commands += [f"destroy {name}"] if cell.kind.copies else []
            commands += [f"checkpoint-delete {name} c{at} --metadata"] if cell.kind.marks else []
            live = None if cell.kind.copies else live
    return [*commands, *([f"destroy {live}"] if live else [])], places


def _marked(told: Told) -> set[str]:
    dump = re.search(r"<domaincheckpoint>.*?</domaincheckpoint>", told.out, re.DOTALL)
    root = etree.fromstring(dump[0] if dump else "<nothing/>")
    return {one.get("name") or "" for one in root.iterfind("disks/disk") if one.get("checkpoint") == "bitmap"}


@pytest.fixture(scope="module")
def qemu() -> Iterator[Session]:
    need_qemu()
    with session() as one:
        yield one


def test_every_backup_that_is_planned_is_taken_and_every_other_refused_in_these_words(qemu: Session) -> None:
    seed = os.environ.get("DISKMODE_SEED") or str(random.SystemRandom().randrange(10**9))
    print(f"DISKMODE_SEED={seed}")  # noqa: T201 - who reads the log can draw them again
    draw = random.Random(seed)
    drawn = list(dict.fromkeys(_drawn(draw)))
    names = {one: f"k{at}" for at, one in enumerate(dict.fromkeys(cell.machine for cell in drawn))}
    xmls = {one: one.xml(name, qemu.images) for one, name in names.items()}
    cells = _chosen(drawn, xmls, draw)
    plans = [cell.planning(xmls[cell.machine], f"c{at}") for at, cell in enumerate(cells)]
    make_images(qemu, names)
    for at, plan in enumerate(plans):
        first, second = (plan.backup, plan.checkpoint) if plan.backup else (plan.checkpoint, None)
        (qemu.images / f"b{at}.xml").write_bytes(first or b"")
        (qemu.images / f"c{at}.xml").write_bytes(second or b"")
    for one, name in names.items():
        (qemu.images / f"{name}.xml").write_text(xmls[one])
    qemu.own()
    defined = qemu.ask([f"define {name}.xml" for name in names.values()])
    assert not any(one.error for one in defined), defined
    commands, places = _commands(cells, plans, names)
    answers = qemu.ask(commands)
    starts = [told.error for words, told in zip(commands, answers, strict=True) if words.startswith("start ")]
    pairs = zip(starts[::2], starts[1::2], strict=True)
    assert all("already active" in second or (first and not second) for first, second in pairs), starts
    differing = []
    for cell, plan, place in zip(cells, plans, places, strict=True):
        told, dumped = answers[place : place + 2]
        refused = plan.plan.refused
        if told.error != ("" if refused is None else refused.message):
            differing.append((cell, told.error, refused))
        elif refused is None and cell.kind.marks:
            marked = {plan.machine.disks[index].target for index in plan.plan.marked}
            if marked != _marked(dumped):
                differing.append((cell, dumped.out, None))
    print(f"{len(cells)} backups compared, {len(differing)} differ")  # noqa: T201 - as above
    assert not differing, f"seed {seed}: {len(differing)} of {len(cells)}: {differing[:6]}"
    assert len(cells) >= LEAST
    assert set(FIRSTS) <= set(IMAGES)


def test_an_incremental_backup_that_is_planned_is_taken_beside_disks_in_no_checkpoint(qemu: Session) -> None:
    machine = Machine("qcow2", None, "raw", None, "", "read-only")
    xml = machine.xml("inc", qemu.images)
    make_images(qemu, {machine: "inc"})
    (qemu.images / "inc.xml").write_text(xml)
    marking = BackupPlanning(machine_in(xml.encode()), BackupKind.CHECKPOINT, name="c1")
    since = BackupPlanning(
        machine_in(xml.encode()), BackupKind.BACKUP, {2: True}, incremental="c1", name="i1"
    )
    (qemu.images / "c1.xml").write_bytes(marking.checkpoint or b"")
    (qemu.images / "i1.xml").write_bytes(since.backup or b"")
    qemu.own()
    commands = [
        one.command(file).removeprefix("virsh ") for one, file in ((marking, "c1.xml"), (since, "i1.xml"))
    ]
    told = qemu.ask(["define inc.xml", "start inc", *commands, "backup-dumpxml inc", "destroy inc"])
    assert not any(one.error for one in told[:4]), told
    assert since.plan.whole == (1, 2)
