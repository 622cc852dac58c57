"""Everything the program does with bytes that somebody else wrote, and what must hold of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import NamedTuple

from tui.convert import Options
from tui.disks import Policy, Preset, Spelling
from tui.disks.snapshot import Memory
from tui.editing import Aspect, Done, Editing, View
from tui.formats.disk_image import read_image
from tui.formats.document import Document
from tui.formats.domain_xml import DomainDocument
from tui.formats.domainsnapshot import SnapshotDocument
from tui.formats.errors import FormatError
from tui.formats.opening import open_document
from tui.formats.vmsd import read_vmsd
from tui.machine import Machine, machine_in
from tui.planning import Planning
from tui.rules import Hypervisor
from tui.visible import visible

POLICIES = tuple(Policy(snapshot, persistent) for snapshot in (True, False) for persistent in (True, False))
SPELLINGS: tuple[Spelling | None, ...] = (None, *Spelling)
HYPERVISORS: tuple[Hypervisor | None, ...] = (None, *Hypervisor)
PRESETS: tuple[Preset | None, ...] = (None, *Preset)
OPTIONS = (
    Options(),
    Options(location="[datastore1] web"),
    Options(location="../odd [x", datacenter_path="a/b"),
    Options(vmx_path="/vmfs/volumes/x/web/web.vmx", hardware_version=8),
)
_MACHINE = b"""<domain type='kvm'><name>web</name><devices>
<disk type='file' device='disk'><driver type='qcow2'/><source file='/img/a.qcow2'/><target dev='vda'/></disk>
<disk type='file' device='disk'><source file='/img/b'/><target dev='vdb'/><transient/></disk>
<disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk></devices></domain>"""
_MOST_VIEWS = 3
_MOST_DISKS = 4


class Choice(NamedTuple):
    """Which of the ways through the program an input takes; ``number`` picks each."""

    number: int

    @property
    def policy(self) -> Policy:
        return POLICIES[self.number % 4]

    @property
    def spelling(self) -> Spelling | None:
        return SPELLINGS[self.number // 4 % len(SPELLINGS)]

    @property
    def hypervisor(self) -> Hypervisor | None:
        return HYPERVISORS[self.number // 3 % len(HYPERVISORS)]

    @property
    def preset(self) -> Preset | None:
        return PRESETS[self.number // 2 % len(PRESETS)]

    @property
    def options(self) -> Options:
        return OPTIONS[self.number // 5 % len(OPTIONS)]


def exercise(data: bytes, choice: Choice, only: int | None = None) -> bool:
    """Take ``data`` for a machine and do everything with it; False where it was refused.

    Only what the program promises to raise is caught, and each result is held to what it promises. ``only``
    picks one of the things done (modulo their number), for many inputs in little time.
    """
    try:
        document = open_document(data)
    except FormatError as error:
        assert error.what
        assert error.remedy
        return False
    domains = len(document.domain_names) if isinstance(document, DomainDocument) else 0
    for ordinal in range(min(domains or 1, _MOST_VIEWS)):
        machine = machine_in(data, "/vms/web.vmx", str(ordinal + 1) if domains else None)
        steps: tuple[Callable[[], None], ...] = (
            partial(_look, machine.document, data),
            partial(_judge, machine, choice),
            partial(_edit, machine.document, choice),
            partial(_use_editor, machine, choice),
            partial(_convert, Machine(machine.document, options=choice.options)),
            partial(_plan, machine, SnapshotDocument(), choice),
        )
        for step in steps if only is None else (steps[only % len(steps)],):
            step()
    return True


def exercise_snapshot(data: bytes, choice: Choice) -> bool:
    """Take ``data`` for a ``<domainsnapshot>``; False where it was refused."""
    try:
        snapshot = SnapshotDocument(data)
    except FormatError:
        return False
    assert len(snapshot.text_lines) == len(snapshot.lines)
    _plan(machine_in(_MACHINE), snapshot, choice)
    return True


def exercise_neighbour(data: bytes) -> bool:
    """Take ``data`` for a ``.vmsd`` and for the head of a disk's image; False where it was refused."""
    image = read_image(data)
    assert image is None or image.size is None or image.size >= 0
    try:
        assert read_vmsd(data).count >= 0
    except FormatError:
        return image is not None
    return True


def _look(document: Document, data: bytes) -> None:
    assert document.data == data
    assert len(document.text_lines) == len(document.lines)
    assert document.configuration.disks == document.disks
    for disk in document.disks:
        assert disk.name
        assert disk.effect
    assert len(document.configuration.disk_lines) == len(document.disks)
    for lines in document.configuration.disk_lines:
        assert all(0 <= line < len(document.lines) for line in lines)
    for line in islice(document.text_lines, 50):
        assert len(visible(line).encode()) >= len(line)


def _judge(machine: Machine, choice: Choice) -> None:
    for one in (machine, Machine(machine.document, chosen=choice.hypervisor)):
        for finding in one.findings:
            assert finding.message
            assert finding.source
            assert finding.disk is None or 0 <= finding.disk < len(one.disks)
            assert finding.line is None or 1 <= finding.line <= len(machine.document.lines)


def _editable(document: Document) -> list[int]:
    if document.configuration.locked:
        return []
    return [disk.index for disk in document.disks if not disk.locked][:_MOST_DISKS]


def _put(document: Document, index: int, policy: Policy, spelling: Spelling | None) -> Document:
    if isinstance(document, DomainDocument):
        return document.with_policy(index, policy, spelling)
    return document.with_policy(index, policy)


def _edit(document: Document, choice: Choice) -> None:
    """Every policy of one disk, one policy of the next ones, and each time back to the file's own bytes."""
    for place, index in enumerate(_editable(document)):
        first = document.disks[index].policy
        for policy in POLICIES if place == 0 else (choice.policy,):
            edited = _put(document, index, policy, choice.spelling)
            assert edited.disks[index].policy == policy
            others = [disk.policy for disk in edited.disks if disk.index != index]
            assert others == [disk.policy for disk in document.disks if disk.index != index]
            assert _put(edited, index, first, None).data == document.data
        if isinstance(document, DomainDocument):
            preset = document.with_presets([index], choice.preset)
            assert preset.disks[index].preset == choice.preset


def _use_editor(machine: Machine, choice: Choice) -> None:
    editing = Editing(machine)
    for index in range(min(len(editing.disks), 2)):
        done = editing.toggle(Aspect.SNAPSHOT, index)
        for kind in (machine.configuration.format, machine.other_format):
            for view in View:
                assert all(
                    row.number is None or row.number >= 0 for row in editing.preview(kind, view, index)
                )
        editing.review()
        if isinstance(done, Done) and done.summary.startswith("Changed"):
            assert editing.is_changed
            editing.undo()
            assert not editing.is_changed


def _convert(machine: Machine) -> None:
    conversion = machine.conversion
    lines = len(conversion.text.split("\n"))
    assert all(0 <= line < lines for held in conversion.disk_lines.values() for line in held)
    for loss in conversion.losses:
        assert loss.why
    again = open_document(conversion.text.encode())
    assert len(again.disks) <= max(2 * len(machine.disks) + 2, 1)
    assert Machine(again).conversion.text


def _plan(machine: Machine, snapshot: SnapshotDocument, choice: Choice) -> None:
    """The plan, and one with an override; an edit of what cannot be edited is refused, never half done."""
    number = choice.number
    planning = Planning(
        Machine(machine.document, chosen=choice.hypervisor),
        snapshot,
        disk_only=bool(number & 1),
        running=bool(number & 2),
        memory=(None, *Memory)[number % (len(Memory) + 1)],
        name=(None, "s1", "<&'\"\u202e]]>")[number % 3],
    )
    for index in range(min(len(machine.disks), 2)):
        planning = planning.with_override(index, choice.preset)
    plan = planning.plan
    assert plan.refused or len(plan.disks) == len(machine.disks)
    assert planning.command("s1.xml") is not None
    if planning.written is not None:
        assert len(planning.written.text_lines) == len(planning.written.lines)
