"""Cells of the plan, asked of libvirt's real QEMU driver: outcome, effect on each disk, and message.

A fixed list, and cells drawn anew in every run from a seed that is printed (and taken from DISKMODE_SEED).
Of the snapshots that the planner says work some are taken, as each costs time; of those it says are refused
every one is asked. What only QEMU finds at run time is compared by its words, not by the
numbers it gives its nodes.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from uuid import NAMESPACE_DNS, uuid5

import pytest
from lxml import etree

from tests.libvirt.qemu import Session, Told, need_qemu, session
from tests.libvirt.virsh import version
from tui.disks import LibvirtVersion
from tui.formats.domainsnapshot import SnapshotDocument
from tui.machine import machine_in
from tui.rules import Hypervisor
from tui.rules.planner import Plan, Request, make_plan

pytestmark = [pytest.mark.libvirt, pytest.mark.qemu]

LEAST = 2000
# A snapshot that works costs the most: of those this many are taken.
RUNNING_THAT_WORK = 6
OFF_THAT_WORK = 100
PRESETS = (None, "no", "internal", "external", "manual")
# None is no entry, "" an entry without a word.
ENTRIES = (None, "", "no", "internal", "external", "manual")
WAYS = ("off", "off --disk-only", "off memory", "run", "run --disk-only", "run memory")
# Words of QEMU's own, which hold numbers it gives; the rest is compared to the letter.
NUMBERS = re.compile(r"libvirt-\d+-format|node '[^']*'|Device '[^']*'")


class Image(NamedTuple):
    """A kind of disk: its device, format, image and what else its element says."""

    device: str = "disk"
    kind: str = "qcow2"
    file: str = "a.qcow2"
    inside: str = ""
    bus: str = "virtio"


IMAGES = {
    "qcow2": Image(),
    "raw": Image(kind="raw", file="r.raw"),
    "vmdk": Image(kind="vmdk", file="v.vmdk"),
    "transient": Image(inside="<transient/>"),
    "raw transient": Image(kind="raw", file="r.raw", inside="<transient/>"),
    "read-only": Image(inside="<readonly/>"),
    "shareable raw": Image(kind="raw", file="r.raw", inside="<shareable/>"),
    "cdrom": Image("cdrom", "raw", "cd.iso", "<readonly/>", "sata"),
    "empty cdrom": Image("cdrom", "raw", "", "<readonly/>", "sata"),
    "floppy": Image("floppy", "raw", "fd.img", "", "fdc"),
    "empty floppy": Image("floppy", "raw", "", "", "fdc"),
}
SECONDS = (None, "qcow2", "raw")
PFLASH = "<loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>"
FIRMWARE = {
    "": "",
    "uefi": f"{PFLASH}<nvram>FOLDER/NAME.fd</nvram>",
    "uefi, qcow2": f"{PFLASH}<nvram format='qcow2'>FOLDER/NAME-vars.qcow2</nvram>",
}
BUSES = {"virtio": "vd", "sata": "sd", "fdc": "fd"}


class Machine(NamedTuple):
    """A domain of a cell: the kind and the preset of its first disk, of its second, and its firmware."""

    first: str
    preset: str | None
    second: str | None = None
    second_preset: str | None = None
    firmware: str = ""

    def xml(self, name: str, folder: Path) -> str:
        """Its ``<domain>``; every one has images of its own."""
        disks = _disk(name, IMAGES[self.first], self.preset, "a")
        if self.second is not None:
            disks += _disk(name, IMAGES[self.second], self.second_preset, "b")
        firmware = FIRMWARE[self.firmware].replace("NAME", name)
        return (
            f"<domain type='qemu'><name>{name}</name><uuid>{uuid5(NAMESPACE_DNS, name)}</uuid>"
            f"<memory unit='MiB'>32</memory>"
            f"<os><type arch='x86_64' machine='q35'>hvm</type>{firmware}</os>"
            "<features><acpi/></features>"
            f"<devices>{disks}</devices></domain>"
        ).replace("FOLDER", str(folder))

    @property
    def targets(self) -> list[str]:
        """The names of its disks."""
        kinds = [self.first] + ([self.second] if self.second else [])
        return [f"{BUSES[IMAGES[kind].bus]}{letter}" for kind, letter in zip(kinds, "ab", strict=False)]


def _disk(name: str, image: Image, preset: str | None, letter: str) -> str:
    word = "" if preset is None else f" snapshot='{preset}'"
    source = f"<source file='FOLDER/{name}-{letter}-{image.file}'/>" if image.file else ""
    return (
        f"<disk type='file' device='{image.device}'{word}><driver name='qemu' type='{image.kind}'/>{source}"
        f"<target dev='{BUSES[image.bus]}{letter}' bus='{image.bus}'/>{image.inside}</disk>"
    )


class Cell(NamedTuple):
    """One question: a machine, what its snapshot says of each disk, and how it is asked."""

    machine: Machine
    entries: tuple[str | None, ...]
    way: str

    def snapshot(self, name: str, folder: Path) -> str:
        """Its ``<domainsnapshot>``."""
        listed = "".join(
            f"<disk name='{target}'{word and f' snapshot={chr(39)}{word}{chr(39)}'}/>"
            for target, word in zip(self.machine.targets, self.entries, strict=True)
            if word is not None
        )
        memory = (
            f"<memory snapshot='external' file='{folder}/{name}.memory'/>" if "memory" in self.way else ""
        )
        return f"<domainsnapshot><name>{name}</name>{memory}<disks>{listed}</disks></domainsnapshot>"

    @property
    def running(self) -> bool:
        """Whether the machine runs."""
        return self.way.startswith("run")

    @property
    def disk_only(self) -> bool:
        """Whether it is asked with --disk-only."""
        return "--disk-only" in self.way


FIXED = tuple(
    Cell(Machine(first, preset, second, None, firmware), (None,) * (2 if second else 1), way)
    for first, preset, second, firmware in (
        ("qcow2", None, None, ""),
        ("qcow2", None, None, "uefi"),
        ("qcow2", None, None, "uefi, qcow2"),
        ("qcow2", "no", "qcow2", ""),
        ("qcow2", "external", "qcow2", ""),
        ("raw", None, "qcow2", ""),
        ("transient", "no", "qcow2", ""),
    )
    for way in WAYS
)


def _machines(draw: random.Random) -> list[Machine]:
    """Some of all the machines there are: each kind with each preset, some with a second disk or UEFI."""
    found = [Machine(first, preset) for first in IMAGES for preset in PRESETS]
    for _ in range(90):
        second = draw.choice(SECONDS[1:])
        found.append(Machine(draw.choice(list(IMAGES)), draw.choice(PRESETS), second, draw.choice(PRESETS)))
    found += [Machine("qcow2", preset, None, None, one) for preset in PRESETS for one in list(FIRMWARE)[1:]]
    return found


def _drawn(draw: random.Random) -> Iterator[Cell]:
    machines = _machines(draw)
    live = set(draw.sample(machines, 6))
    for machine in machines:
        entries = list(ENTRIES)
        for way in WAYS:
            if way.startswith("run") and machine not in live:
                continue
            for word in entries:
                yield Cell(machine, (word, draw.choice(ENTRIES))[: len(machine.targets)], way)


def _plan(cell: Cell, xml: str, snapshot: str) -> Plan:
    configuration = replace(machine_in(xml.encode()).configuration, libvirt=LibvirtVersion(*version()[:2]))
    return make_plan(
        Request(
            configuration,
            Hypervisor.QEMU,
            SnapshotDocument(snapshot.encode()).value,
            disk_only=cell.disk_only,
            running=cell.running,
        )
    )


def _told(plan: Plan) -> dict[str, str] | str:
    if plan.refused:
        return NUMBERS.sub("N", plan.refused.message)
    return {one.disk.target: str(one.coverage) for one in plan.disks}


def _answered(create: Told, dumped: Told) -> dict[str, str] | str:
    if create.error:
        return NUMBERS.sub("N", create.error)
    dump = re.search(r"<domainsnapshot>.*</domainsnapshot>", dumped.out, re.DOTALL)
    root = etree.fromstring(dump[0] if dump else "<nothing/>")
    return {one.get("name") or "": one.get("snapshot") or "" for one in root.iterfind("disks/disk")}


def make_images(one: Session, names: Sequence[str]) -> None:
    """An image of each kind, copied for each machine."""
    one.run(["qemu-img", "create", "-q", "-f", "qcow2", "a.qcow2", "1M"])
    one.run(["qemu-img", "create", "-q", "-f", "raw", "r.raw", "1M"])
    one.run(["qemu-img", "create", "-q", "-f", "vmdk", "v.vmdk", "1M"])
    for name in ("cd.iso", "fd.img"):
        one.run(["qemu-img", "create", "-q", "-f", "raw", name, "1440K"])
    files = ("a.qcow2", "r.raw", "v.vmdk", "cd.iso", "fd.img")
    for name in names:
        for letter in "ab":
            for file in files:
                (one.images / f"{name}-{letter}-{file}").write_bytes((one.images / file).read_bytes())
    variables = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")
    one.run(["qemu-img", "convert", "-O", "qcow2", str(variables), "vars.qcow2"])
    for name in names:
        (one.images / f"{name}.fd").write_bytes(variables.read_bytes())
        (one.images / f"{name}-vars.qcow2").write_bytes((one.images / "vars.qcow2").read_bytes())
    one.own()


@pytest.fixture(scope="module")
def qemu() -> Iterator[Session]:
    need_qemu()
    with session() as one:
        yield one


def test_every_cell_is_what_the_qemu_driver_makes_of_it(qemu: Session) -> None:
    seed = os.environ.get("DISKMODE_SEED") or str(random.SystemRandom().randrange(10**9))
    print(f"DISKMODE_SEED={seed}")  # noqa: T201 - who reads the log can draw them again
    draw = random.Random(seed)
    cells = list(dict.fromkeys([*FIXED, *_drawn(draw)]))
    machines = list(dict.fromkeys(cell.machine for cell in cells))
    names = {machine: f"m{place}" for place, machine in enumerate(machines)}
    xmls = {machine: machine.xml(names[machine], qemu.images) for machine in machines}
    asked = _asked(cells, xmls, names, qemu.images, draw)
    for machine in machines:
        (qemu.images / f"{names[machine]}.xml").write_text(xmls[machine])
    make_images(qemu, list(names.values()))
    commands, places = _commands(asked, names, qemu.images)
    qemu.own()
    answers = qemu.ask(commands)
    differing = []
    for (cell, told), place in zip(asked, places, strict=True):
        answer = _answered(answers[place], answers[place + 1])
        if answer != told:
            differing.append((cell, answer, told))
    compared = len(asked)
    print(f"{compared} cells compared, {len(differing)} differ")  # noqa: T201 - as above
    assert not differing, f"seed {seed}: {len(differing)} of {compared}: {differing[:6]}"
    assert compared >= LEAST


def _asked(
    cells: Sequence[Cell],
    xmls: dict[Machine, str],
    names: dict[Machine, str],
    folder: Path,
    draw: random.Random,
) -> list[tuple[Cell, dict[str, str] | str]]:
    """The cells, each with what the planner says; of a running machine's that work only some."""
    asked: list[tuple[Cell, dict[str, str] | str]] = []
    working: dict[bool, list[tuple[Cell, dict[str, str] | str]]] = {True: [], False: []}
    for place, cell in enumerate(cells):
        told = _told(_plan(cell, xmls[cell.machine], cell.snapshot(f"s{place}", folder)))
        one = (cell, told)
        works = not isinstance(told, str) and cell not in FIXED
        (working[cell.running] if works else asked).append(one)
    for running, most in ((True, RUNNING_THAT_WORK), (False, OFF_THAT_WORK)):
        asked += draw.sample(working[running], min(most, len(working[running])))
    return asked


def _commands(
    asked: Sequence[tuple[Cell, dict[str, str] | str]], names: dict[Machine, str], folder: Path
) -> tuple[list[str], list[int]]:
    """What virsh is told, and at which place each cell's answer is."""
    commands: list[str] = []
    ordered = sorted(range(len(asked)), key=lambda at: (names[asked[at][0].machine], asked[at][0].running))
    found: dict[int, int] = {}
    defined: set[str] = set()
    live: str | None = None
    for at in ordered:
        cell, _ = asked[at]
        name, snapshot = names[cell.machine], f"s{at}"
        if name not in defined:
            commands += [f"destroy {live}"] if live else []
            commands.append(f"define {name}.xml")
            defined.add(name)
            live = None
        if cell.running and live != name:
            commands.append(f"start {name}")
            live = name
        (folder / f"{snapshot}.xml").write_text(cell.snapshot(snapshot, folder))
        found[at] = len(commands)
        flag = " --disk-only" if cell.disk_only else ""
        commands += [
            f"snapshot-create {name} {snapshot}.xml{flag}",
            f"snapshot-dumpxml {name} {snapshot}",
        ]
        if not isinstance(asked[at][1], str):
            commands += [f"destroy {name}"] if cell.running else []
            commands += [f"snapshot-delete {name} {snapshot} --metadata", f"define {name}.xml"]
            live = None if cell.running else live
    commands += [f"destroy {live}"] if live else []
    return commands, [found[at] for at in range(len(asked))]
