"""Cells of the plan, asked of libvirt's real QEMU driver: outcome, effect on each disk, and message.

A fixed list, and cells drawn anew in every run from a seed that is printed (and taken from DISKMODE_SEED).
Of the snapshots that the planner says work some are taken, as each costs time, by the very command that it
prints; of those it says are refused every one is asked. What only QEMU finds at run time is compared by its
words, not by the numbers it gives its nodes.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from uuid import NAMESPACE_DNS, uuid5

import pytest
from lxml import etree

from tests.libvirt.qemu import Session, Told, need_qemu, session
from tests.libvirt.virsh import version
from tui.disks import LibvirtVersion, Preset
from tui.disks.snapshot import Memory
from tui.formats.domainsnapshot import SnapshotDocument
from tui.machine import machine_in
from tui.planning import Planning
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
# An entry with a file of its own for the overlay.
SOURCE = "external, with a source"
# Entries that libvirt's parser has a word on, or that name no disk.
ODD = (
    *("<disk name='{}' type='bogus'/>", "<disk name='{}' type='dir'/>", "<disk name='{}' type=''/>"),
    *("<disk name='{}' type='network'><source/></disk>", "<disk name='{}' type='nvme'><source/></disk>"),
    *("<disk name='{}' snapshot='external' type='block'/>", "<disk name='{}' snapshot='x'/>"),
    *("<disk name='{}'><driver type='vmdk'/></disk>", "<disk name='{}'><driver type=''/></disk>"),
    *("<disk name='{}'><driver type='bogus'/></disk>", "<disk name='{}'><source file='o'/></disk>"),
    *("<disk name='vdz'/>", "<disk snapshot='no'/>", "<disk name='{}' snapshot='external' type='nvme'/>"),
    "<disk name='{}' snapshot='external' type='network'><source protocol='nbd' name='z'/></disk>",
)
WAYS = ("off", "off --disk-only", "off memory", "run", "run --disk-only", "run memory")
# Words of QEMU's own, which hold numbers it gives; the rest is compared to the letter.
NUMBERS = re.compile(r"libvirt-\d+-format|node '[^']*'|Device '[^']*'|\bs\d+\b")


class Image(NamedTuple):
    """A kind of disk: its device, format, image and what else it says; ``{}`` is the image's path."""

    device: str = "disk"
    kind: str = "qcow2"
    file: str = "a.qcow2"
    inside: str = ""
    bus: str = "virtio"
    type: str = "file"
    source: str = "<source file='{}'/>"


IMAGES = {
    "qcow2": Image(),
    "raw": Image(kind="raw", file="r.raw"),
    "vmdk": Image(kind="vmdk", file="v.vmdk"),
    "vdi": Image(kind="vdi", file="v.vdi"),
    "read-only vmdk": Image(kind="vmdk", file="v.vmdk", inside="<readonly/>"),
    "over vmdk": Image(
        file="o.qcow2",
        inside="<backingStore type='file'><format type='vmdk'/><source file='FOLDER/v.vmdk'/></backingStore>",
    ),
    "transient": Image(inside="<transient/>"),
    "raw transient": Image(kind="raw", file="r.raw", inside="<transient/>"),
    "read-only": Image(inside="<readonly/>"),
    "shareable raw": Image(kind="raw", file="r.raw", inside="<shareable/>"),
    "cdrom": Image("cdrom", "raw", "cd.iso", "<readonly/>", "sata"),
    "empty cdrom": Image("cdrom", "raw", "", "<readonly/>", "sata"),
    "floppy": Image("floppy", "raw", "fd.img", "", "fdc"),
    "empty floppy": Image("floppy", "raw", "", "", "fdc"),
}
# Kinds that are asked about while the machine is off alone: here they do not start.
OF_NO_START = {
    "data file": Image(
        file="d.qcow2",
        source="<source file='{}'><dataStore type='file'><format type='raw'/></dataStore></source>",
    ),
    "nbd": Image(type="network", source="<source protocol='nbd' name='e'><host name='h'/></source>"),
    "rbd": Image(
        kind="raw", type="network", source="<source protocol='rbd' name='p/e'><host name='h'/></source>"
    ),
    "block, a file": Image(type="block", source="<source dev='{}'/>"),
    "a device": Image(kind="raw", source="<source file='/dev/null'/>"),
    "usb": Image(bus="usb"),
    "sd": Image(bus="sd"),
}
IMAGES |= OF_NO_START
SECONDS = (None, "qcow2", "raw")
PFLASH = "<loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>"
FIRMWARE = {
    "": "",
    "uefi": f"{PFLASH}<nvram>FOLDER/NAME.fd</nvram>",
    "uefi, qcow2": f"{PFLASH}<nvram format='qcow2'>FOLDER/NAME-vars.qcow2</nvram>",
}
BUSES = {"virtio": "vd", "sata": "sd", "usb": "sd", "sd": "sd", "fdc": "fd"}


class Machine(NamedTuple):
    """A domain of a cell: the kind and the preset of its first disk, of its second, and its firmware."""

    first: str
    preset: str | None
    second: str | None = None
    second_preset: str | None = None
    firmware: str = ""
    third: str | None = None

    def xml(self, name: str, folder: Path) -> str:
        """Its ``<domain>``; every one has images of its own."""
        disks = _disk(name, IMAGES[self.first], self.preset, "a")
        if self.second is not None:
            disks += _disk(name, IMAGES[self.second], self.second_preset, "b")
        if self.third is not None:
            disks += _disk(name, IMAGES[self.third], None, "c")
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
        return [f"{BUSES[IMAGES[kind].bus]}{letter}" for kind, letter in zip(self.kinds, "abc", strict=False)]

    @property
    def kinds(self) -> list[str]:
        """The kinds of its disks."""
        return [one for one in (self.first, self.second, self.third) if one is not None]

    def path(self, place: int, name: str, folder: Path) -> str | None:
        """What a disk may be named by besides its target: where its image lies, or None."""
        image = IMAGES[self.kinds[place]]
        if not image.file or image.type == "network" or "{}" not in image.source:
            return None
        return f"{folder}/{name}-{'abc'[place]}-{image.file}"


def _disk(name: str, image: Image, preset: str | None, letter: str) -> str:
    word = "" if preset is None else f" snapshot='{preset}'"
    source = image.source.format(f"FOLDER/{name}-{letter}-{image.file}") if image.file else ""
    return (
        f"<disk type='{image.type}' device='{image.device}'{word}><driver name='qemu' type='{image.kind}'/>"
        f"{source}<target dev='{BUSES[image.bus]}{letter}' bus='{image.bus}'/>{image.inside}</disk>"
    )


def _entry(name: str, word: str, overlay: str) -> str:
    if word in ODD:
        return word.format(name)
    if word == SOURCE:
        return f"<disk name='{name}' snapshot='external'><source file='{overlay}'/></disk>"
    said = f" snapshot='{word}'" if word else ""
    return f"<disk name='{name}'{said}/>"


class Cell(NamedTuple):
    """One question: a machine, what its snapshot says of each disk, and how it is asked.

    ``by_path``: an entry names its disk by its image's path, where it has one.
    """

    machine: Machine
    entries: tuple[str | None, ...]
    way: str
    by_path: bool = False

    def snapshot(self, name: str, folder: Path, domain: str) -> str:
        """Its ``<domainsnapshot>`` of a domain."""
        listed = "".join(
            _entry(self._named(place, domain, folder), word, f"{folder}/{name}-{place}.overlay")
            for place, word in enumerate(self.entries)
            if word is not None
        )
        memory = (
            f"<memory snapshot='external' file='{folder}/{name}.memory'/>" if "memory" in self.way else ""
        )
        return f"<domainsnapshot><name>{name}</name>{memory}<disks>{listed}</disks></domainsnapshot>"

    def printed(self, name: str, folder: Path, domain: str) -> str | None:
        """The command that a person is told, where that needs no file; without ``virsh``."""
        if self.by_path or not all(word is None or word in PRESETS for word in self.entries):
            return None
        said = {at: Preset(word) for at, word in enumerate(self.entries) if word}
        memory = Memory.EXTERNAL if "memory" in self.way else None
        planning = Planning(
            machine_in(self.machine.xml(domain, folder).encode()),
            overrides=said,
            disk_only=self.disk_only,
            running=self.running,
            memory=memory,
            memory_file=None if memory is None else f"{folder}/{name}.memory",
            name=name,
        )
        return planning.command().removeprefix("virsh ")

    def _named(self, place: int, domain: str, folder: Path) -> str:
        path = self.machine.path(place, domain, folder) if self.by_path else None
        return path or self.machine.targets[place]

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
) + tuple(
    Cell(Machine(first, None, second), (None,) * (2 if second else 1), way)
    for first, second in (("read-only vmdk", "qcow2"), ("over vmdk", None))
    for way in ("run", "run memory")
)


def _machines(draw: random.Random) -> list[Machine]:
    """Some of all the machines there are: each kind with each preset, some with a second disk or UEFI."""
    found = [Machine(first, preset) for first in IMAGES if first not in OF_NO_START for preset in PRESETS]
    for _ in range(90):
        second = draw.choice(SECONDS[1:])
        kind = draw.choice([one for one in IMAGES if one not in OF_NO_START])
        found.append(Machine(kind, draw.choice(PRESETS), second, draw.choice(PRESETS)))
    found += [Machine("qcow2", preset, None, None, one) for preset in PRESETS for one in list(FIRMWARE)[1:]]
    return found


def _drawn_off(draw: random.Random) -> Iterator[Cell]:
    """Machines that do not start here, and some of three disks, asked while off, each disk named or not."""
    machines = [Machine(one, preset) for one in OF_NO_START for preset in PRESETS]
    for _ in range(25):
        others = [one for one in IMAGES if IMAGES[one].bus != "fdc"]  # there is one floppy drive, fda
        second, third = draw.choice(others), draw.choice([None, *others])
        machines.append(
            Machine(
                draw.choice(list(OF_NO_START)), draw.choice(PRESETS), second, draw.choice(PRESETS), "", third
            )
        )
    for machine in dict.fromkeys(one for one in machines if len(set(one.targets)) == len(one.targets)):
        for way in WAYS[:3]:
            for _ in range(3):
                words = tuple(draw.choice((*ENTRIES, SOURCE, draw.choice(ODD))) for _ in machine.kinds)
                yield Cell(machine, words, way, by_path=draw.random() < 0.4)


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


def _alike(message: str) -> str:
    """Without QEMU's own numbers; qemu-img by its name, and what it says as QEMU 10 says it."""
    words = message.replace("/usr/bin/qemu-img", "qemu-img")
    return NUMBERS.sub("N", words.replace("-95 (Operation not supported)", "Operation not supported"))


def _told(plan: Plan) -> dict[str, str] | str:
    if plan.refused:
        return _alike(plan.refused.message)
    return {one.disk.target: str(one.coverage) for one in plan.disks}


def _answered(create: Told, dumped: Told) -> dict[str, str] | str:
    if create.error:
        return _alike(create.error)
    dump = re.search(r"<domainsnapshot>.*</domainsnapshot>", dumped.out, re.DOTALL)
    root = etree.fromstring(dump[0] if dump else "<nothing/>")
    return {one.get("name") or "": one.get("snapshot") or "" for one in root.iterfind("disks/disk")}


def make_images(one: Session, names: Mapping[Machine, str]) -> None:
    """An image of each kind, copied for each machine that has a disk of it."""
    for kind, file in (("qcow2", "a.qcow2"), ("raw", "r.raw"), ("vmdk", "v.vmdk"), ("vdi", "v.vdi")):
        one.run(["qemu-img", "create", "-q", "-f", kind, file, "1M"])
    for file in ("cd.iso", "fd.img"):
        one.run(["qemu-img", "create", "-q", "-f", "raw", file, "1440K"])
    one.run(["qemu-img", "create", "-q", "-f", "qcow2", "-o", "data_file=d.raw", "d.qcow2", "1M"])
    one.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "vmdk", "-b", "v.vmdk", "o.qcow2"])
    variables = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")
    one.run(["qemu-img", "convert", "-O", "qcow2", str(variables), "vars.qcow2"])
    for machine, name in names.items():
        for place in range(len(machine.kinds)):
            path = machine.path(place, name, one.images)
            if path is not None:
                kept = IMAGES[machine.kinds[place]].file
                Path(path).write_bytes((one.images / kept).read_bytes())
        if machine.firmware:
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
    cells = list(dict.fromkeys([*FIXED, *_drawn(draw), *_drawn_off(draw)]))
    machines = list(dict.fromkeys(cell.machine for cell in cells))
    names = {machine: f"m{place}" for place, machine in enumerate(machines)}
    xmls = {machine: machine.xml(names[machine], qemu.images) for machine in machines}
    asked = _asked(cells, xmls, names, qemu.images, draw)
    for machine in machines:
        (qemu.images / f"{names[machine]}.xml").write_text(xmls[machine])
    make_images(qemu, names)
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
        told = _told(_plan(cell, xmls[cell.machine], cell.snapshot(f"s{place}", folder, names[cell.machine])))
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
        (folder / f"{snapshot}.xml").write_text(cell.snapshot(snapshot, folder, name))
        found[at] = len(commands)
        flag = " --disk-only" if cell.disk_only else ""
        printed = None if isinstance(asked[at][1], str) else cell.printed(snapshot, folder, name)
        commands += [
            printed or f"snapshot-create {name} {snapshot}.xml{flag}",
            f"snapshot-dumpxml {name} {snapshot}",
        ]
        if not isinstance(asked[at][1], str):
            commands += [f"destroy {name}"] if cell.running else []
            commands += [f"snapshot-delete {name} {snapshot} --metadata", f"define {name}.xml"]
            live = None if cell.running else live
    commands += [f"destroy {live}"] if live else []
    return commands, [found[at] for at in range(len(asked))]
