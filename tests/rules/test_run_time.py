"""Where the plan knows less than the host, or says more than a bare call: each by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helpers import run
from tests.rules.plans import disk, machine, plan, said
from tui.disks import Device, Disk, Firmware, HostFacts, LibvirtVersion, Loader, Preset, Sidecars, Transient
from tui.disks.snapshot import Listed
from tui.rules import Hypervisor
from tui.rules.plan_advice import advice_for
from tui.rules.plan_backup import BackupRequest, plan_backup
from tui.rules.plan_values import BackupKind, Request

QEMU = Hypervisor.QEMU
EXPORT = disk(source_kind="network", source="nbd://h/e", protocol="nbd", network_name="e")
RAW = disk("vdb", source="/img/b.raw", file_format="raw")
BLOCK = disk(source_kind="block", source="/dev/vg/a", file_format="raw")
DISCARDING = disk("vdb", transient=Transient())
NOT_REGULAR = "source for disk 'vda' is not a regular file; refusing to generate external snapshot name"


def test_an_export_that_may_be_too_small_for_the_memory_is_warned_of() -> None:
    made = plan(EXPORT, hypervisor=QEMU, running=True, listed=(Listed("vda", "internal"),))
    assert made.refused is None
    assert any("ram_save_setup failed" in one.message for one in made.warnings)
    assert not any(
        "ram_save_setup" in one.message for one in plan(disk(), hypervisor=QEMU, running=True).warnings
    )


@pytest.mark.parametrize(
    ("disks", "kind", "copied", "marked"),
    [
        ((BLOCK,), BackupKind.BACKUP, (0,), ()),
        ((disk(), RAW), BackupKind.BOTH, (0, 1), (0,)),
        ((disk(), DISCARDING), BackupKind.CHECKPOINT, (), (0,)),
    ],
)
def test_a_backup_that_lists_its_disks_works_where_a_bare_call_does_not(
    disks: tuple[Disk, ...], kind: BackupKind, copied: tuple[int, ...], marked: tuple[int, ...]
) -> None:
    made = plan_backup(BackupRequest(machine(*disks), QEMU, kind))
    assert (made.refused, made.copied, made.marked) == (None, copied, marked)
    assert made.warnings


def test_an_incremental_backup_copies_whole_what_no_checkpoint_can_hold() -> None:
    made = plan_backup(BackupRequest(machine(disk(), RAW), QEMU, incremental="c1"))
    assert (made.refused, made.copied, made.whole) == (None, (0, 1), (1,))
    assert [one.message for one in made.warnings] == [
        "vdb is raw and can be in no checkpoint: it is copied whole"
    ]
    assert plan_backup(BackupRequest(machine(disk(), RAW), QEMU)).whole == ()
    fixed = BackupRequest(
        machine(disk(), disk("vdb", read_only=True)), QEMU, wanted={1: True}, incremental="c1"
    )
    assert plan_backup(fixed).whole == (1,)
    assert [one.message for one in plan_backup(fixed).warnings] == [
        "vdb is read-only and can be in no checkpoint: it is copied whole"
    ]


def test_a_block_device_in_a_checkpoint_is_refused_for_its_format() -> None:
    made = plan_backup(BackupRequest(machine(BLOCK), QEMU, BackupKind.BOTH))
    assert made.refused is not None
    assert made.refused.message == "checkpoint for disk vda unsupported for storage type raw"


@pytest.mark.parametrize("running", [True, False])
@pytest.mark.parametrize(
    ("one", "told"),
    [
        (disk(source_kind="block", source="/srv/a.qcow2"), "external"),
        (disk(source_kind="block", source="/srv/a.raw", file_format="raw"), "external"),
        (disk(source_kind="block", source="/rhev/data-center/mnt/images/0a/1b"), NOT_REGULAR),
        (disk(source_kind="block", source="/dev/mapper/a.img"), NOT_REGULAR),
        (disk(source="/dev/vg/a"), NOT_REGULAR),
    ],
)
def test_what_lies_at_a_path_decides_and_not_the_disks_type(one: Disk, told: str, running: bool) -> None:
    assert said(plan(one, hypervisor=QEMU, disk_only=True, running=running)) == told


def test_an_overlay_over_an_empty_drive_fails_in_qemu_img() -> None:
    drive = disk("hda", source="", file_format="raw")
    made = plan(disk(), drive, hypervisor=QEMU, disk_only=True, listed=(Listed("hda", file="/o"),))
    assert said(made) == (
        "Child process (qemu-img create -f qcow2 -o backing_fmt=raw,backing_file= /o) unexpected exit status "
        "1: qemu-img: /o: Expected backing file name, got empty string"
    )
    assert made.refused is not None
    old = machine(disk(), drive, libvirt=LibvirtVersion(9, 0))
    assert plan(configuration=old, hypervisor=QEMU, disk_only=True).refused is None


LUN = disk("sda", device=Device.LUN, source_kind="block", source="/dev/sdz", file_format="raw")
RBD = disk(source_kind="network", source="rbd/p/i", protocol="rbd", network_name="p/i", file_format="raw")


def advised(*disks: Disk, running: bool = True) -> str | None:
    return advice_for(Request(machine(*disks), QEMU, disk_only=True, running=running))


@pytest.mark.parametrize(
    ("disks", "running", "advice"),
    [
        ((BLOCK,), True, "--disk-only with a <source> for vda works (--snapshot-xml)"),
        ((BLOCK,), False, "--disk-only with a <source> for vda works (--snapshot-xml)"),
        ((RBD,), True, "--disk-only with a <source> for vda works (--snapshot-xml)"),
        ((RBD,), False, "backup-begin while it runs works"),
        ((LUN,), True, "backup-begin while it runs works"),
        ((RBD, disk("vdb")), True, "--disk-only --override vda=no works"),
        ((), True, None),
    ],
)
def test_who_may_name_an_overlay_is_told_so_and_nobody_else(
    disks: tuple[Disk, ...], running: bool, advice: str | None
) -> None:
    assert advised(*disks, running=running) == advice


_LEFT_OUT = (
    "every disk is left out, or left to you: take in each disk it should hold (m, set --mode persistent)"
)


@pytest.mark.parametrize(
    ("disks", "meaning"),
    [
        ((), "it has no disks: there is nothing a snapshot could keep"),
        ((disk(read_only=True),), "every disk is read-only or an empty drive: there is nothing to keep"),
        (
            (disk("hda", source="", device=Device.CDROM),),
            "it has no disks: there is nothing a snapshot could keep",
        ),
        (
            (disk(preset=Preset.NO),),
            _LEFT_OUT,
        ),
    ],
)
def test_why_nothing_is_selected_is_said_as_it_is(disks: tuple[Disk, ...], meaning: str) -> None:
    refused = plan(*disks, hypervisor=QEMU, disk_only=True).refused
    assert refused is not None
    assert (refused.message, refused.meaning) == ("nothing selected for snapshot", meaning)


def test_a_disk_that_the_call_leaves_out_is_not_to_be_taken_in_by_its_preset() -> None:
    refused = plan(disk(), hypervisor=QEMU, disk_only=True, listed=(Listed("vda", "no"),)).refused
    assert refused is not None
    assert refused.meaning == "every disk is left out, or left to you"


MADE_FROM_RAW = Firmware(Loader.PFLASH, nvram=True, nvram_format="qcow2", template_format="raw")
CONVERSION = "conversion of the nvram template to another target format is not supported"


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({}, CONVERSION),
        ({"runs": True}, "internal"),
        ({"sidecars": Sidecars(nvram=True)}, "internal"),
        ({"sidecars": Sidecars(host=HostFacts("kvm1", uri="qemu:///system"))}, "internal"),
        ({"sidecars": Sidecars(host=HostFacts("esx1"))}, CONVERSION),
    ],
)
def test_an_nvram_that_is_there_need_not_be_made_from_its_template(
    known: dict[str, object], told: str
) -> None:
    one = machine(disk(), firmware=MADE_FROM_RAW, **known)
    assert said(plan(configuration=one, hypervisor=QEMU, running=True)) == told


@pytest.mark.parametrize("there", [True, False])
def test_an_nvram_is_looked_for_where_the_domain_says(tmp_path: Path, there: bool) -> None:
    nvram = tmp_path / "web.qcow2"
    if there:
        nvram.write_bytes(b"")
    path = tmp_path / "web.xml"
    path.write_text(
        "<domain type='kvm'><name>web</name><os><loader type='pflash'>/code</loader>"
        f"<nvram template='/vars' templateFormat='raw' format='qcow2'>{nvram}</nvram></os><devices><disk>"
        "<driver type='qcow2'/><source file='/x'/><target dev='vda' bus='virtio'/></disk></devices></domain>"
    )
    made = run("plan", "--running", path)
    assert (CONVERSION in made.text + made.err) is not there
