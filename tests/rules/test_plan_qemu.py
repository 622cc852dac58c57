"""What the QEMU driver adds, cell by cell, against the table that was measured."""

from __future__ import annotations

import pytest

from tests.rules.plans import INDEPENDENT, disk, plan, said, vmx_disk
from tui.disks import UNSUPPORTED, Device, Disk, Preset, Transient
from tui.disks.snapshot import Listed, Memory
from tui.rules import Hypervisor

QEMU = Hypervisor.QEMU
MESSAGES = {
    "N": "nothing selected for snapshot",
    "A": "internal and full system snapshots require all disks to be selected for snapshot",
    "E": "active qemu domains require external disk snapshots; disk vda requested internal",
    "X": "mixing internal and external targets for a snapshot is not yet supported",
    "J": "block jobs are not supported on transient disk 'vda'",
    "G": "migration with transient disk is not supported",
}
HOW: dict[str, dict[str, object]] = {
    "inactive": {},
    "inactive, --disk-only": {"disk_only": True},
    "running": {"running": True},
    "running, --disk-only": {"running": True, "disk_only": True},
    "running, memory external": {"running": True, "memory": "external", "memory_file": "/m"},
}
# Columns: preset absent | no | internal | external | manual.
ORDINARY = {
    "inactive": "internal N internal external N",
    "inactive, --disk-only": "external N internal external N",
    "running": "internal A internal A A",
    "running, --disk-only": "external N E external N",
    "running, memory external": "external no X external manual",
}
TRANSIENT = {
    "inactive": ORDINARY["inactive"],
    "inactive, --disk-only": ORDINARY["inactive, --disk-only"],
    "running": "G A G J A",
    "running, --disk-only": "J N E J N",
    "running, memory external": "J G X J G",
}
CELLS = [
    (transient, how, preset, MESSAGES.get(word, word))
    for transient, table in ((None, ORDINARY), (Transient(), TRANSIENT))
    for how, row in table.items()
    for preset, word in zip((None, *Preset), row.split(), strict=True)
]


@pytest.mark.parametrize(("transient", "how", "preset", "told"), CELLS)
def test_one_disk_not_listed(transient: Transient | None, how: str, preset: Preset | None, told: str) -> None:
    made = plan(disk(transient=transient, preset=preset), hypervisor=QEMU, **HOW[how])  # type: ignore[arg-type]
    assert said(made) == told


def test_all_fifty_cells_are_there() -> None:
    assert len(CELLS) == 50


@pytest.mark.parametrize("how", ["running", "running, --disk-only", "running, memory external"])
@pytest.mark.parametrize("word", [*Preset, None])
@pytest.mark.parametrize("by_preset", [True, False])
def test_beside_a_transient_disk_only_disk_only_without_it_works(
    how: str, word: Preset | None, by_preset: bool
) -> None:
    vda = disk(transient=Transient(), preset=word if by_preset else None)
    listed = () if by_preset or word is None else (Listed("vda", word.value),)
    made = plan(vda, disk("vdb"), hypervisor=QEMU, listed=listed, **HOW[how])  # type: ignore[arg-type]
    works = how == "running, --disk-only" and word in (Preset.NO, Preset.MANUAL)
    assert (made.refused is None) == works


@pytest.mark.parametrize(
    ("disks", "told"),
    [
        ((disk(preset=Preset.NO), disk("vdb")), MESSAGES["A"]),
        ((disk(preset=Preset.MANUAL), disk("vdb")), MESSAGES["A"]),
        ((disk(preset=Preset.EXTERNAL), disk("vdb")), MESSAGES["X"]),
        ((disk(preset=Preset.NO, read_only=True), disk("vdb")), "no"),
        ((disk("hdc", source=""), disk("vdb")), "no"),
    ],
)
def test_two_disks_powered_off(disks: tuple[Disk, ...], told: str) -> None:
    assert said(plan(*disks, hypervisor=QEMU)) == told


@pytest.mark.parametrize(
    ("one", "word"),
    [("raw", "raw"), ("vmdk", "vmdk"), (None, "raw")],
)
def test_internal_needs_qcow2(one: str | None, word: str) -> None:
    made = plan(disk(file_format=one), hypervisor=QEMU)
    assert said(made) == f"internal snapshot for disk vda unsupported for storage type {word}"


@pytest.mark.parametrize("running", [True, False])
def test_a_shareable_disk_has_no_overlay(running: bool) -> None:
    shared = disk(shareable=True, file_format="raw")
    made = plan(shared, hypervisor=QEMU, disk_only=True, running=running)
    assert said(made) == "shared access for disk 'vda' requires use of supported storage format"
    assert made.refused is not None
    assert made.refused.disk == 0


def test_a_passed_through_lun_has_none_while_running() -> None:
    lun = disk("sda", device=Device.LUN, source_kind="block", source="/dev/x", preset=Preset.EXTERNAL)
    entry = (Listed("sda", "external", file="/over/lay"),)
    assert said(plan(lun, hypervisor=QEMU, disk_only=True, listed=entry)) == "external"
    assert said(plan(lun, hypervisor=QEMU, disk_only=True, listed=entry, running=True)) == (
        "external active snapshots are not supported on scsi passthrough devices"
    )


def test_an_overlay_is_qcow2_or_qed() -> None:
    for word, told in (("qcow2", "external"), ("qed", "external")):
        assert (
            said(plan(disk(), hypervisor=QEMU, disk_only=True, listed=(Listed("vda", file_format=word),)))
            == told
        )
    made = plan(disk(), hypervisor=QEMU, disk_only=True, listed=(Listed("vda", file_format="raw"),))
    assert said(made) == "external snapshot format for disk vda is unsupported: raw"


@pytest.mark.parametrize(
    ("kind", "source", "named"),
    [
        ("network", "rbd/pool/image", "'network' disks using 'rbd' protocol"),
        ("nvme", "pci/1", "'nvme' disks"),
    ],
)
def test_only_local_disks_are_snapshotted_while_off(kind: str, source: str, named: str) -> None:
    protocol, _, name = source.partition("/") if kind == "network" else ("", "", "")
    one = disk(source_kind=kind, source=source, file_format="qcow2", protocol=protocol, network_name=name)
    inside = plan(one, hypervisor=QEMU, listed=(Listed("vda", "internal"),))
    assert said(inside) == f"internal inactive snapshots are not supported on {named}"
    outside = plan(one, hypervisor=QEMU, disk_only=True, listed=(Listed("vda", file="/over"),))
    assert said(outside) == f"external inactive snapshots are not supported on {named}"
    running = plan(one, hypervisor=QEMU, disk_only=True, running=True, listed=(Listed("vda", file="/over"),))
    assert said(running) == "external"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a/b", "invalid snapshot name 'a/b': name can't contain '/'"),
        (".a", "invalid snapshot name '.a': name can't start with '.'"),
        ("a.b", "internal"),
        ("n" * 247, "internal"),
        ("ü" * 124, f"unable to save metadata for snapshot {'ü' * 124}"),
    ],
)
def test_names_are_file_names(name: str, told: str) -> None:
    assert said(plan(disk(), hypervisor=QEMU, name=name)) == told
    assert said(plan(disk(), hypervisor=Hypervisor.OTHER, name=name)) == "internal"


@pytest.mark.parametrize("memory", ["internal", "external"])
@pytest.mark.parametrize("how", ["inactive", "inactive, --disk-only", "running, --disk-only"])
def test_memory_there_is_none_of_cannot_be_kept(memory: str, how: str) -> None:
    file = "/m" if memory == "external" else None
    made = plan(disk(), hypervisor=QEMU, memory=memory, memory_file=file, **HOW[how])  # type: ignore[arg-type]
    assert said(made) == "memory state cannot be saved with offline or disk-only snapshot"


def test_a_running_vms_memory_is_kept_or_left_with_disk_only() -> None:
    made = plan(disk(), hypervisor=QEMU, running=True, memory="no")
    assert said(made) == "internal snapshot of a running VM must include the memory state"
    assert plan(disk(), hypervisor=QEMU, running=True).memory is Memory.INTERNAL
    assert plan(disk(), hypervisor=QEMU, running=True, disk_only=True).memory is Memory.NO
    external = plan(disk(), hypervisor=QEMU, running=True, memory_file="/m")
    assert external.memory is Memory.EXTERNAL


def test_only_what_discards_its_writes_blocks_a_running_snapshot() -> None:
    kept = plan(vmx_disk(0), hypervisor=QEMU, disk_only=True, running=True)
    assert said(kept) == "external"
    discards = vmx_disk(0, UNSUPPORTED)
    assert said(plan(discards, hypervisor=QEMU, disk_only=True, running=True)) == (
        "block jobs are not supported on transient disk 'sda'"
    )
    unread = disk(policy=UNSUPPORTED)  # a spelling libvirt does not read
    assert said(plan(unread, hypervisor=QEMU, disk_only=True, running=True)) == "external"


def test_a_vmx_is_planned_for_qemu_by_its_modes() -> None:
    made = plan(vmx_disk(0), vmx_disk(1, INDEPENDENT), hypervisor=QEMU, disk_only=True)
    assert [one.coverage for one in made.disks] == ["external", "no"]
    assert [one.preset for one in made.disks] == [None, "no"]
    assert said(plan(vmx_disk(0), hypervisor=QEMU)) == (
        "internal snapshot for disk sda unsupported for storage type vmdk"
    )


@pytest.mark.parametrize("running", [False, True])
@pytest.mark.parametrize("disk_only", [False, True])
def test_a_machine_without_disks_is_told_so(running: bool, disk_only: bool) -> None:
    drive = disk("sda", device=Device.CDROM, source="", read_only=True)
    for disks in ((), (drive,)):
        made = plan(*disks, hypervisor=QEMU, running=running, disk_only=disk_only)
        assert made.refused is not None
        assert "it has no disks" in made.refused.meaning


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        (Listed("vda", kind="bogus"), "Invalid value for attribute 'type' in element 'disk': 'bogus'."),
        (
            Listed("vda", kind="network", source_words=frozenset()),
            "Missing required attribute 'protocol' in element 'source'",
        ),
        (Listed("vda", kind="nvme", source_words=frozenset()), "missing 'type' attribute to disk source"),
        (Listed("vdz", kind="dir"), "unsupported disk snapshot type 'dir'"),
    ],
)
def test_an_entry_is_read_before_anything_is_asked_of_its_disk(listed: Listed, told: str) -> None:
    assert said(plan(disk(), hypervisor=QEMU, disk_only=True, listed=(listed,))) == told


def test_memory_that_cannot_be_kept_is_refused_before_its_path_and_the_entries_are_read() -> None:
    bad = (Listed("vda", "bogus"),)
    off = "memory state cannot be saved with offline or disk-only snapshot"
    assert said(plan(disk(), hypervisor=QEMU, memory_file="rel", listed=bad)) == off
    running = plan(disk(), hypervisor=QEMU, memory_file="rel", listed=bad, running=True)
    assert said(running) == "memory snapshot file path (rel) must be absolute"
