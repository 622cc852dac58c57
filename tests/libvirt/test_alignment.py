"""Every cell of the alignment, planned and asked of the real virsh: the two must agree.

libvirt's test driver takes no --disk-only before 10.x, so memory in a file stands for it: the alignment is
the same (libvirt-behaviour: the qemu driver agrees, too).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.libvirt.virsh import Question, answered, ask, need_virsh
from tui.formats.domain_xml import DomainDocument
from tui.formats.domainsnapshot import SnapshotDocument
from tui.rules import Hypervisor
from tui.rules.planner import Plan, Request, make_plan

pytestmark = pytest.mark.libvirt

PRESETS = ("", "no", "internal", "external", "manual")
# What stands in <disks>: None is no entry; NAME is the overlay's, FOLDER where images lie.
SOURCE = "<source file='FOLDER/NAME.overlay'/>"
ENTRIES: dict[str, tuple[str, str] | None] = {
    "unlisted": None,
    "bare": ("", ""),
    "no": (" snapshot='no'", ""),
    "internal": (" snapshot='internal'", ""),
    "external": (" snapshot='external'", ""),
    "manual": (" snapshot='manual'", ""),
    "source": ("", SOURCE),
    "driver": ("", "<driver type='qcow2'/>"),
    "external+source": (" snapshot='external'", SOURCE),
    "internal+source": (" snapshot='internal'", SOURCE),
    "no+source": (" snapshot='no'", SOURCE),
}
MEMORY = {"internal": "", "external": "<memory snapshot='external' file='/NAME.memory'/>"}


class Kind(NamedTuple):
    """A kind of disk: the start of its element, its content, its target, and its path where it has one."""

    attributes: str
    inside: str
    target: str
    path: str = ""
    running: bool = False


KINDS = {
    "file": Kind("type='file' device='disk'", "<source file='FOLDER/a.b.img'/>", "vda", "FOLDER/a.b.img"),
    "file, running": Kind(
        "type='file' device='disk'", "<source file='FOLDER/a.b.img'/>", "vda", "FOLDER/a.b.img", running=True
    ),
    "no suffix": Kind("type='file' device='disk'", "<source file='FOLDER/image'/>", "vda", "FOLDER/image"),
    "read-only": Kind(
        "type='file' device='disk'", "<source file='FOLDER/a.b.img'/><readonly/>", "vda", "FOLDER/a.b.img"
    ),
    "transient": Kind(
        "type='file' device='disk'", "<source file='FOLDER/a.b.img'/><transient/>", "vda", "FOLDER/a.b.img"
    ),
    "cdrom": Kind("type='file' device='cdrom'", "<source file='FOLDER/a.b.img'/>", "hdc", "FOLDER/a.b.img"),
    "empty cdrom": Kind("type='file' device='cdrom'", "", "hdc"),
    "floppy": Kind("type='file' device='floppy'", "<source file='FOLDER/a.b.img'/>", "fda", "FOLDER/a.b.img"),
    "empty floppy": Kind("type='file' device='floppy'", "", "fda"),
    "block": Kind("type='block' device='disk'", "<source dev='/dev/null'/>", "vda", "/dev/null"),
    "lun": Kind("type='block' device='lun'", "<source dev='/dev/null'/>", "sda", "/dev/null"),
    "network": Kind(
        "type='network' device='disk'",
        "<source protocol='rbd' name='p/i'><host name='h' port='1'/></source>",
        "vda",
    ),
    "volume": Kind("type='volume' device='disk'", "<source pool='p' volume='v'/>", "vda"),
    "dir": Kind("type='dir' device='disk'", "<source dir='/tmp'/>", "vda", "/tmp"),
}
_BUSES = {"v": "virtio", "h": "ide", "f": "fdc", "s": "scsi"}


class Cell(NamedTuple):
    """One cell: a kind of disk with a preset, an entry by target or by path, a default location."""

    kind: str
    preset: str
    entry: str
    named: str
    default: str

    @property
    def domain_name(self) -> str:
        return f"k{list(KINDS).index(self.kind)}p{PRESETS.index(self.preset)}"

    def snapshot(self, folder: Path) -> str:
        """Its <domainsnapshot>, still with NAME in it."""
        return _snapshot(MEMORY[self.default], _entry(self), folder)


def _entry(cell: Cell) -> str:
    entry, kind = ENTRIES[cell.entry], KINDS[cell.kind]
    if entry is None:
        return ""
    name = kind.path if cell.named == "path" else kind.target
    return f"<disk name='{name}'{entry[0]}>{entry[1]}</disk>"


def _snapshot(memory: str, entries: str, folder: Path) -> str:
    text = f"<domainsnapshot><name>NAME</name>{memory}<disks>{entries}</disks></domainsnapshot>"
    return text.replace("FOLDER", str(folder))


def _domain(name: str, disks: str, folder: Path) -> str:
    return (
        f"<domain type='test'><name>{name}</name><memory>1</memory><os><type>hvm</type></os>"
        f"<devices>{disks}</devices></domain>"
    ).replace("FOLDER", str(folder))


def _disk(kind: Kind, preset: str, target: str = "") -> str:
    word = f" snapshot='{preset}'" if preset else ""
    target = target or kind.target
    bus = _BUSES[target[0]]
    return f"<disk {kind.attributes}{word}>{kind.inside}<target dev='{target}' bus='{bus}'/></disk>"


def _cells() -> Iterator[Cell]:
    for kind, preset, entry, default in product(KINDS, PRESETS, ENTRIES, MEMORY):
        yield Cell(kind, preset, entry, "target", default)
        if KINDS[kind].path and entry != "unlisted":
            yield Cell(kind, preset, entry, "path", default)


CELLS = tuple(_cells())
# Without the entries that say manual, which the test driver of 9.0 refuses as a word.
LEAST_CELLS = 2300


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with regular files for images, and for what virsh reads."""
    folder = tmp_path_factory.mktemp("images")
    for name in ("a.b.img", "image", "c.img", "d.img"):
        (folder / name).touch()
    return folder


def planned(domain: DomainDocument, snapshot: str, name: str) -> Plan:
    document = SnapshotDocument(snapshot.replace("NAME", name).encode())
    return make_plan(Request(domain.configuration, Hypervisor.OTHER, document.value))


def told_of(plan: Plan) -> dict[str, tuple[str, str]] | str:
    """The plan in virsh's words: by target the location and the overlay, or why not."""
    if plan.refused:
        return plan.refused.message
    return {
        one.disk.target: (str(one.coverage), one.file if one.coverage == "external" else "")
        for one in plan.disks
    }


# It refuses the word in an entry before it aligns anything; a preset manual it takes.
NO_MANUAL = "'manual' snapshot mode is not supported by the test driver"


def test_every_cell_of_the_alignment_is_what_virsh_makes_of_it(images: Path) -> None:
    need_virsh()
    domains = {
        name: _domain(name, _disk(kind, preset), images)
        for place, kind in enumerate(KINDS.values())
        for number, preset in enumerate(PRESETS)
        for name in [f"k{place}p{number}"]
    }
    running = [cell.domain_name for cell in CELLS if KINDS[cell.kind].running]
    questions = [Question(cell.domain_name, cell.snapshot(images)) for cell in CELLS]
    answers = ask(list(domains.values()), questions, images, running=tuple(dict.fromkeys(running)))
    documents = {name: DomainDocument(text.encode()) for name, text in domains.items()}
    compared, differing = 0, []
    for number, (cell, answer) in enumerate(zip(CELLS, answers, strict=True)):
        if cell.entry == "manual" and answered(answer) == NO_MANUAL:
            continue
        compared += 1
        told = told_of(planned(documents[cell.domain_name], questions[number].snapshot, f"s{number}"))
        if answered(answer) != told:
            differing.append((cell, answered(answer), told))
    assert not differing, f"{len(differing)} of {compared}: {differing[:5]}"
    assert compared >= LEAST_CELLS


TWO = _disk(KINDS["file"], "") + _disk(KINDS["no suffix"], "", "vdb")
# By what they are about: the domain's disks, and what stands in the snapshot.
OTHERS: dict[str, tuple[str, str]] = {
    "unknown target": (TWO, "<disks><disk name='vdz'/></disks>"),
    "unknown path": (TWO, "<disks><disk name='/nowhere'/></disks>"),
    "target with a slash": (TWO, "<disks><disk name='FOLDER/vda'/></disks>"),
    "no name": (TWO, "<disks><disk snapshot='internal'/></disks>"),
    "empty name": (TWO, "<disks><disk name=''/></disks>"),
    "twice": (TWO, "<disks><disk name='vda'/><disk name='vda'/></disks>"),
    "twice, by path": (TWO, "<disks><disk name='vdb'/><disk name='FOLDER/image'/></disks>"),
    "twice, then unknown": (TWO, "<disks><disk name='vdb'/><disk name='vdb'/></disks>"),
    "too many": (TWO, "<disks><disk name='vda'/><disk name='vdb'/><disk name='vdc'/></disks>"),
    "one path, two disks": (
        _disk(KINDS["file"], "") + _disk(KINDS["file"], "", "vdb"),
        "<disks><disk name='FOLDER/a.b.img'/></disks>",
    ),
    "names that collide": (
        _disk(KINDS["file"], "") + _disk(KINDS["file"], "", "vdb"),
        "<memory file='/m'/>",
    ),
    "names that collide, in libvirt's order": (
        _disk(KINDS["floppy"], "")
        + _disk(KINDS["file"], "", "vdc")
        + _disk(KINDS["file"], "", "vdb")
        + _disk(KINDS["floppy"], "", "fdb"),
        "<memory file='/m'/>",
    ),
    "a file that collides": (
        TWO.replace("image", "d.img"),
        "<memory file='/m'/><disks><disk name='vda'><source file='FOLDER/d.NAME'/></disk></disks>",
    ),
    "a later file that collides": (
        TWO,
        "<memory file='/m'/><disks><disk name='vdb'><source file='FOLDER/a.b.NAME'/></disk></disks>",
    ),
    "two <disks>, and odd names": (
        TWO,
        "<disks><!-- c --><x name='vda' snapshot='internal'/></disks><disks><disk name='vdb'/></disks>",
    ),
    "bad word": (TWO, "<disks><disk name='vda' snapshot='yes'/></disks>"),
    "empty word": (TWO, "<disks><disk name='vda' snapshot=''/></disks>"),
    "word in capitals": (TWO, "<disks><disk name='vda' snapshot='NO'/></disks>"),
    "relative file": (TWO, "<disks><disk name='vda'><source file='x'/></disk></disks>"),
    "bad driver": (TWO, "<disks><disk name='vda'><driver type='bogus'/></disk></disks>"),
    "no driver": (TWO, "<disks><disk name='vda'><driver type='none'/></disk></disks>"),
    "kind volume": (TWO, "<disks><disk name='vda' type='volume'/></disks>"),
    "kind dir": (TWO, "<disks><disk name='vda' type='dir'/></disks>"),
    "kind block": (
        TWO,
        "<memory file='/m'/><disks><disk name='vda' snapshot='external' type='block'/></disks>",
    ),
    "kind block, with its device": (
        TWO,
        "<memory file='/m'/><disks><disk name='vda' type='block'><source dev='/dev/x'/></disk></disks>",
    ),
    "memory in a file alone": (TWO, "<memory file='/m'/>"),
    "memory external, no file": (TWO, "<memory snapshot='external'/>"),
    "memory internal, a file": (TWO, "<memory snapshot='internal' file='/m'/>"),
    "memory no": (TWO, "<memory snapshot='no'/>"),
    "memory no, a file": (TWO, "<memory snapshot='no' file='/m'/>"),
    "memory manual": (TWO, "<memory snapshot='manual'/>"),
    "memory bogus": (TWO, "<memory snapshot='bogus'/>"),
    "memory in a relative file": (TWO, "<memory snapshot='external' file='m'/>"),
    "nothing at all": (TWO, ""),
    "no disks": ("", "<disks/>"),
    "no disks, one entry": ("", "<disks><disk name='vda'/></disks>"),
    "a silent vhost-user disk": (
        _disk(Kind("type='vhostuser'", "<driver/><source type='unix' path='/v.sock'/>", "vda"), ""),
        "",
    ),
}


def test_what_is_odd_is_refused_in_virshs_own_words(images: Path) -> None:
    need_virsh()
    domains = [_domain(f"o{place}", disks, images) for place, (disks, _) in enumerate(OTHERS.values())]
    questions = [
        Question(
            f"o{place}",
            f"<domainsnapshot><name>NAME</name>{inside}</domainsnapshot>".replace("FOLDER", str(images)),
        )
        for place, (_, inside) in enumerate(OTHERS.values())
    ]
    answers = ask(domains, questions, images)
    for number, name in enumerate(OTHERS):
        document = DomainDocument(domains[number].encode())
        told = told_of(planned(document, questions[number].snapshot, f"s{number}"))
        assert told == answered(answers[number]), name
