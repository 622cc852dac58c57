"""The alignment, cell by cell, against the tables that were measured: no libvirt needed."""

from __future__ import annotations

from itertools import product

import pytest

from tests.rules.plans import disk, machine, plan, said
from tui.disks import Device, Preset
from tui.disks.snapshot import Listed
from tui.rules import Hypervisor
from tui.rules.plan_align import ALIGNED, in_libvirts_order
from tui.rules.planner import Why

REFUSED = "disk 'vda' must use snapshot mode 'internal'"
# Rows: the preset. Columns: not listed | listed, no attribute | no | internal | external | <source>.
INTERNAL_TABLE = """
absent    internal internal X  internal X X
no        no       no       no internal X X
internal  internal internal X  internal X X
external  external internal X  internal X X
manual    manual   internal X  internal X X
"""
EXTERNAL_TABLE = """
absent    external external no internal external external
no        no       no       no internal external external
internal  internal internal no internal external external
external  external external no internal external external
manual    manual   manual   no internal external external
"""
ENTRIES: tuple[Listed | None, ...] = (
    None,
    Listed("vda"),
    Listed("vda", "no"),
    Listed("vda", "internal"),
    Listed("vda", "external"),
    Listed("vda", file="/img/overlay"),
)


def cells(table: str) -> list[tuple[Preset | None, Listed | None, str]]:
    found = []
    for row in table.strip().splitlines():
        preset, *words = row.split()
        found += [
            (None if preset == "absent" else Preset(preset), entry, REFUSED if word == "X" else word)
            for entry, word in zip(ENTRIES, words, strict=True)
        ]
    return found


@pytest.mark.parametrize(("preset", "entry", "told"), cells(INTERNAL_TABLE))
@pytest.mark.parametrize("running", [False, True])
def test_a_plain_snapshot_covers_what_the_table_says(
    preset: Preset | None, entry: Listed | None, told: str, running: bool
) -> None:
    made = plan(disk(preset=preset), listed=(entry,) if entry else (), running=running)
    assert said(made) == told


@pytest.mark.parametrize(("preset", "entry", "told"), cells(EXTERNAL_TABLE))
@pytest.mark.parametrize(
    "how", [{"disk_only": True}, {"memory_file": "/m"}, {"memory": "external", "memory_file": "/m"}]
)
def test_disk_only_and_memory_in_a_file(
    preset: Preset | None, entry: Listed | None, told: str, how: dict[str, object]
) -> None:
    made = plan(disk(preset=preset), listed=(entry,) if entry else (), **how)  # type: ignore[arg-type]
    assert said(made) == told


@pytest.mark.parametrize(
    ("preset", "default"), list(product((None, *Preset), (Preset.INTERNAL, Preset.EXTERNAL)))
)
def test_manual_is_an_override_like_external(preset: Preset | None, default: Preset) -> None:
    made = plan(disk(preset=preset), listed=(Listed("vda", "manual"),), disk_only=default is Preset.EXTERNAL)
    assert said(made) == ("manual" if default is Preset.EXTERNAL else REFUSED)


def test_the_tables_are_whole() -> None:
    assert {preset for row in ALIGNED.values() for preset in row} == {None, *Preset}
    assert set(ALIGNED) == {Preset.INTERNAL, Preset.EXTERNAL}


@pytest.mark.parametrize("disk_only", [False, True])
@pytest.mark.parametrize("silent", [disk(read_only=True), disk("hdc", device=Device.CDROM, read_only=True)])
def test_a_read_only_disk_without_a_preset_is_left_out(silent: object, disk_only: bool) -> None:
    made = plan(silent, disk_only=disk_only)  # type: ignore[arg-type]
    assert said(made) == "no"
    assert made.disks[0].why is Why.READ_ONLY
    assert made.disks[0].preset is None


def test_a_read_only_disk_with_a_preset_takes_part() -> None:
    assert said(plan(disk(read_only=True, preset=Preset.INTERNAL))) == "internal"


@pytest.mark.parametrize("preset", [None, *Preset])
@pytest.mark.parametrize("disk_only", [False, True])
def test_an_empty_drive_is_left_out_unless_listed(preset: Preset | None, disk_only: bool) -> None:
    empty = disk("hdc", source="", device=Device.CDROM, read_only=True, preset=preset)
    made = plan(empty, disk_only=disk_only)
    assert (said(made), made.disks[0].why) == ("no", Why.EMPTY)
    assert said(plan(empty, disk_only=disk_only, listed=(Listed("hdc", "internal"),))) == "internal"


def test_external_on_an_empty_drive_is_refused() -> None:
    empty = disk("hdc", source="")
    made = plan(empty, disk_only=True, listed=(Listed("hdc", "external"),))
    assert said(made) == "cannot generate external snapshot name for disk 'hdc' without source"


@pytest.mark.parametrize(
    ("source", "overlay"),
    [
        ("/img/a.img", "/img/a.s1"),
        ("/img/a.b.img", "/img/a.b.s1"),
        ("/img/a", "/img/a.s1"),
        ("/img.d/a", "/img.d/a.s1"),
        ("/img/.a", "/img/.s1"),
        ("/img/a.", "/img/a.s1"),
    ],
)
def test_an_overlays_name_is_made_of_the_disks_file(source: str, overlay: str) -> None:
    assert plan(disk(source=source), disk_only=True).disks[0].file == overlay


def test_an_overlay_without_a_snapshots_name_waits_for_the_second() -> None:
    assert plan(disk(), disk_only=True, name=None).disks[0].file == "/img/vda.<time>"


def test_the_entrys_own_file_is_the_overlay() -> None:
    made = plan(disk(), disk_only=True, listed=(Listed("/img/vda.qcow2", file="/over/lay"),))
    assert made.disks[0].file == "/over/lay"
    assert made.disks[0].override == "external"


def test_internal_stays_in_the_disks_own_file_and_no_has_none() -> None:
    assert plan(disk()).disks[0].file == "/img/vda.qcow2"
    assert plan(disk(preset=Preset.NO)).disks[0].file == ""


REFUSALS: dict[str, tuple[tuple[Listed, ...], str]] = {
    "unknown": ((Listed("vdz"),), "no disk named 'vdz'"),
    "unknown path": ((Listed("/img/other"),), "no disk named '/img/other'"),
    "twice": ((Listed("vda"), Listed("vda")), "disk 'vda' specified twice"),
    "twice by path": ((Listed("vda"), Listed("/img/vda.qcow2")), "disk '/img/vda.qcow2' specified twice"),
    "too many": (
        (Listed("vda"), Listed("vdb"), Listed("vdc")),
        "too many disk snapshot requests for domain",
    ),
    "a file for another place": (
        (Listed("vda", "internal", file="/x"),),
        "file '/x' for disk 'vda' requires use of external snapshot mode",
    ),
    "no name": ((Listed(None),), "missing name from disk snapshot element"),
    "bad word": ((Listed("vda", "yes"),), "Invalid value for attribute 'snapshot' in element 'disk': 'yes'."),
    "bad kind": ((Listed("vda", kind="dir"),), "unsupported disk snapshot type 'dir'"),
    "bad format": ((Listed("vda", file_format="x"),), "unknown disk snapshot driver 'x'"),
    "relative": ((Listed("vda", file="x"),), "disk snapshot image path 'x' must be absolute"),
}


@pytest.mark.parametrize("name", REFUSALS)
@pytest.mark.parametrize("hypervisor", [Hypervisor.OTHER, Hypervisor.QEMU])
def test_what_libvirt_refuses_in_its_own_words(name: str, hypervisor: Hypervisor) -> None:
    listed, message = REFUSALS[name]
    made = plan(disk(), disk("vdb"), listed=listed, hypervisor=hypervisor)
    assert said(made) == message
    assert made.refused is not None
    assert made.refused.meaning


MEMORY = {
    ("manual", None): "'manual' memory snapshot mode not supported",
    ("bogus", None): "Invalid value for attribute 'snapshot' in element 'memory': 'bogus'.",
    ("internal", "/m"): "memory filename '/m' requires external snapshot",
    ("external", None): "external memory snapshots require a filename",
    ("external", "m"): "memory snapshot file path (m) must be absolute",
}


@pytest.mark.parametrize("word", MEMORY)
def test_memory_that_libvirt_refuses(word: tuple[str, str | None]) -> None:
    assert said(plan(disk(), memory=word[0], memory_file=word[1], running=True)) == MEMORY[word]


def test_a_path_two_disks_share_names_neither() -> None:
    both = (disk(source="/a"), disk("vdb", source="/a"))
    assert said(plan(*both, listed=(Listed("/a"),))) == "no disk named '/a'"


def test_generated_names_may_not_collide() -> None:
    made = plan(disk(source="/a.img"), disk("vdb", source="/a.raw"), disk_only=True)
    assert said(made) == ("cannot generate external snapshot name for disk 'vdb': collision with disk 'vda'")


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("block", "source for disk 'vda' is not a regular file; refusing to generate external snapshot name"),
        (
            "network",
            "source for disk 'vda' is not a regular file; refusing to generate external snapshot name",
        ),
        ("dir", "source for disk 'vda' is not a regular file; refusing to generate external snapshot name"),
        ("volume", "cannot generate external snapshot name for disk 'vda' without source"),
        ("nvme", "cannot generate external snapshot name for disk 'vda' without source"),
    ],
)
def test_names_are_generated_for_regular_files_alone(kind: str, message: str) -> None:
    assert (
        said(plan(disk(source_kind=kind, network_name="image", source="/dev/vg/a"), disk_only=True))
        == message
    )


def test_a_network_source_without_a_name_is_none_to_make_a_name_of() -> None:
    message = "cannot generate external snapshot name for disk 'vda' without source"
    assert said(plan(disk(source_kind="network", source="nbd"), disk_only=True)) == message


def test_a_name_is_generated_for_a_file_overlay_alone() -> None:
    made = plan(disk(), disk_only=True, listed=(Listed("vda", "external", kind="block"),))
    assert said(made) == "cannot generate external snapshot name for disk 'vda' on a 'block' device"


def test_a_silent_vhost_user_disk_is_left_out() -> None:
    made = plan(disk(source_kind="vhostuser"))
    assert (said(made), made.disks[0].why) == ("no", Why.VHOST)


def test_a_preset_libvirt_does_not_know_is_no_domain() -> None:
    made = plan(disk(bad_preset="snapshot='bogus'"))
    assert said(made) == "Invalid value for attribute 'snapshot' in element 'disk': 'bogus'."


def test_a_machine_without_disks_has_a_plan_without_disks() -> None:
    assert plan().disks == ()
    assert plan().refused is None


def test_libvirt_keeps_disks_bus_by_bus() -> None:
    disks = machine(disk("fda"), disk("vdb"), disk("vda"), disk("fdb"), disk("vdaa")).disks
    assert [one.target for one in in_libvirts_order(disks)] == ["fda", "fdb", "vda", "vdb", "vdaa"]


@pytest.mark.parametrize(
    ("one", "listed", "why"),
    [
        (disk(), (), Why.DEFAULT),
        (disk(preset=Preset.EXTERNAL), (), Why.PRESET),
        (disk(), (Listed("vda"),), Why.LISTED),
        (disk(), (Listed("vda", "internal"),), Why.OVERRIDE),
        (disk(), (Listed("vda", "no"),), Why.REFUSED),
    ],
)
def test_every_coverage_has_its_reason(one: object, listed: tuple[Listed, ...], why: Why) -> None:
    planned = plan(one, listed=listed).disks[0]  # type: ignore[arg-type]
    assert planned.why is why
    assert planned.reason.endswith(".")
    assert "{" not in planned.reason
