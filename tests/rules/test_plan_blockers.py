"""What stops a snapshot in QEMU, or in where an overlay would lie; measured with libvirt 9.0 and QEMU 7.2."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.rules.plans import disk, machine, plan, said
from tui.disks import Attached, Device, Disk, Image, LibvirtVersion, Part, Preset, Sidecars, Transient
from tui.disks.snapshot import DomainSnapshot, Listed
from tui.machine import machine_in
from tui.rules import Hypervisor
from tui.rules.plan_advice import only_by_name
from tui.rules.plan_backup import BackupRequest, plan_backup
from tui.rules.plan_blockers import has_job
from tui.rules.plan_values import BackupKind
from tui.rules.planner import Request, Standing, make_plan

QEMU = Hypervisor.QEMU
MIRRORED = b"""<domain type='kvm'><devices><disk><source file='/a'/><target dev='vda' bus='virtio'/>
<mirror type='file' job='copy'><format type='raw'/><source file='/b'/></mirror></disk></devices></domain>"""
INVTSC = "<feature policy='require' name='invtsc'/>"
VDI = disk("vdb", file_format="vdi", preset=Preset.NO)
VMDK = Part("backingStore/format", "file", "", {"type": "vmdk"}, "", ())
NO_MIGRATION = "The {} format used by node 'libvirt-{}-format' does not support live migration"


@pytest.mark.parametrize(
    ("disks", "reasons"),
    [
        ((disk(), VDI), [NO_MIGRATION.format("vdi", 1)]),
        ((disk(file_format="qcow"),), [NO_MIGRATION.format("qcow", 1)]),
        ((disk(), disk("vdb", file_format="vpc", read_only=True)), [NO_MIGRATION.format("vpc", 1)]),
        ((disk(parts=(VMDK,)),), [NO_MIGRATION.format("vmdk", 2)]),
        (
            (disk(parts=(VMDK,)), VDI, disk("sda", file_format="ploop")),
            [NO_MIGRATION.format(*one) for one in (("vmdk", 4), ("vdi", 2), ("Parallels", 1))],
        ),
    ],
)
def test_an_image_that_qemu_cannot_migrate_lets_no_memory_be_saved(
    disks: tuple[Disk, ...], reasons: list[str]
) -> None:
    made = plan(*disks, hypervisor=QEMU, running=True, memory_file="/m")
    assert said(made) == f"cannot migrate domain: {'; '.join(reasons)}"
    assert said(plan(*disks, hypervisor=QEMU, running=True, disk_only=True)) != said(made)


def test_what_an_image_itself_says_that_it_builds_on_counts_where_the_domain_says_nothing() -> None:
    beside = Sidecars(images={0: Image(backing_format="vmdk")})
    told = f"cannot migrate domain: {NO_MIGRATION.format('vmdk', 2)}"
    made = machine(disk(), sidecars=beside)
    assert said(plan(configuration=made, hypervisor=QEMU, running=True)) == told
    on_raw = Part("backingStore/format", "file", "", {"type": "raw"}, "", ())
    made = machine(disk(parts=(on_raw,)), sidecars=beside)
    assert plan(configuration=made, hypervisor=QEMU, running=True).refused is None


def test_a_read_only_vmdk_disk_stops_a_plain_snapshot_while_it_runs_only() -> None:
    disks = (disk(), disk("sda", device=Device.CDROM, read_only=True, file_format="vmdk"))
    assert said(plan(*disks, hypervisor=QEMU, running=True)) == (
        f"cannot migrate domain: {NO_MIGRATION.format('vmdk', 1)}"
    )
    assert said(plan(*disks, hypervisor=QEMU)) == "internal"


@pytest.mark.parametrize(
    ("attached", "told"),
    [
        (Attached(virgl=True), "cannot migrate domain: virgl is not yet migratable"),
        (Attached(sev=True), "cannot migrate domain: SEV: Migration is not implemented"),
        (Attached(invariant_tsc=True), "domain has 'invtsc' CPU feature but TSC frequency is not specified"),
    ],
)
def test_what_stays_with_the_hosts_hardware_is_not_saved(attached: Attached, told: str) -> None:
    made = machine(disk(), attached=attached)
    for memory_file in (None, "/m"):
        assert said(plan(configuration=made, hypervisor=QEMU, running=True, memory_file=memory_file)) == told
    assert plan(configuration=made, hypervisor=QEMU).refused is None
    assert plan(configuration=made, hypervisor=QEMU, running=True, disk_only=True).refused is None


def test_shared_memory_is_told_with_the_images_and_before_a_transient_disk() -> None:
    shared = machine(disk(transient=Transient()), VDI, attached=Attached(shmem=("a", "b")))
    peer = "Migration is disabled when using feature 'peer mode' in device 'ivshmem'"
    made = plan(
        configuration=shared, hypervisor=QEMU, running=True, memory_file="/m", listed=(Listed("vda", "no"),)
    )
    assert said(made) == f"cannot migrate domain: {NO_MIGRATION.format('vdi', 1)}; {peer}; {peer}"


def test_memory_in_an_encrypted_image_ends_the_machine_with_an_old_qemu_and_is_warned_of_with_a_new_one() -> (
    None
):
    disks = (disk(encrypted=True), disk("vdb"))
    old = machine(*disks, libvirt=LibvirtVersion(9, 0))
    assert said(plan(configuration=old, hypervisor=QEMU, running=True)) == (
        "Unable to read from monitor: Connection reset by peer"
    )
    made = plan(*disks, hypervisor=QEMU, running=True)
    assert made.refused is None
    assert any("encrypted" in one.message for one in made.warnings)
    behind = plan(disks[1], replace(disks[0], target="vdc"), hypervisor=QEMU, running=True)
    assert not any("encrypted" in one.message for one in behind.warnings)


@pytest.mark.parametrize(
    ("kind", "running", "told"),
    [
        ("network", False, "external inactive snapshots are not supported on 'network' disks"),
        ("nvme", False, "external inactive snapshots are not supported on 'nvme' disks"),
        ("vhostuser", True, "external active snapshots are not supported on 'vhostuser' disks"),
        ("network", True, "external"),
        ("block", False, "external"),
    ],
)
def test_where_an_overlay_may_lie_hangs_on_whether_the_machine_runs(
    kind: str, running: bool, told: str
) -> None:
    entry = Listed("vda", "external", kind, "/o", source_words=frozenset(("protocol", "type")))
    assert said(plan(disk(), hypervisor=QEMU, disk_only=True, running=running, listed=(entry,))) == told


@pytest.mark.parametrize("running", [True, False])
def test_a_transient_disk_is_named_by_its_overlays_path_while_it_runs(running: bool) -> None:
    named = Listed("/img/vda.qcow2", "no")
    disks = (disk(transient=Transient()), disk("vdb"))
    made = plan(*disks, hypervisor=QEMU, disk_only=True, running=running, listed=(named,))
    assert said(made) == ("no disk named '/img/vda.qcow2'" if running else "no")
    made = plan(*disks, memory_file="/m", running=running, listed=(named,))
    assert said(made) == "no", "only QEMU's driver makes an overlay"
    overlay = Listed("/img/vda.qcow2.TRANSIENT-web", "no")
    made = plan(*disks, hypervisor=QEMU, disk_only=True, running=running, listed=(overlay,))
    assert (made.refused is None) is running


@pytest.mark.parametrize("running", [True, False])
def test_no_overlay_is_made_over_an_image_that_qemu_calls_otherwise(running: bool) -> None:
    made = said(plan(disk(file_format="ploop"), hypervisor=QEMU, disk_only=True, running=running))
    assert made.endswith(
        "'backing-fmt' does not accept value 'ploop'"
        if running
        else "qemu-img: /img/vda.s1: Unknown driver 'ploop'"
    )


@pytest.mark.parametrize(
    ("word", "running", "told"),
    [
        ("external", False, "memory state cannot be saved with offline or disk-only snapshot"),
        ("external", True, "memory snapshot file path () must be absolute"),
        (None, True, "memory snapshot file path () must be absolute"),
        ("internal", True, "memory filename '' requires external snapshot"),
    ],
)
def test_an_empty_memory_file_is_one_that_is_said(word: str | None, running: bool, told: str) -> None:
    assert said(plan(disk(), hypervisor=QEMU, running=running, memory=word, memory_file="")) == told


@pytest.mark.parametrize("kind", list(BackupKind))
def test_a_domain_that_libvirt_does_not_define_has_no_backup_either(kind: BackupKind) -> None:
    odd = machine(disk(bad_preset="snapshot='bogus'"), disk("vdb"))
    made = plan_backup(BackupRequest(odd, QEMU, kind))
    assert made.refused is not None
    assert made.refused.message == "Invalid value for attribute 'snapshot' in element 'disk': 'bogus'."
    dropped = machine(disk(bad_preset="snapshot_mode='bogus'"))  # which libvirt does not read
    assert plan_backup(BackupRequest(dropped, QEMU, kind)).refused is None


COPIED = disk("vdb", words={"mirror": "yes"})


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "disk 'vdb' already in active block job"),
        ({"disk_only": True}, "disk 'vdb' already in active block job"),
        ({"disk_only": True, "listed": (Listed("vdb", "no"),)}, "external"),
        ({"memory_file": "/m", "listed": (Listed("vdb", "no"),)}, "domain has active block job"),
    ],
)
def test_a_disk_that_is_being_copied_is_in_no_snapshot_of_the_running_machine(
    asked: dict[str, Any], told: str
) -> None:
    assert said(plan(disk(), COPIED, hypervisor=QEMU, running=True, **asked)) == told
    assert plan(disk(), COPIED, hypervisor=QEMU, disk_only=True).refused is None
    named = only_by_name(machine(disk(), COPIED), QEMU, running=True)
    assert named == "--disk-only --override vdb=no"


def test_a_disk_that_is_being_copied_is_in_no_backup_and_may_be_in_a_checkpoint() -> None:
    machines = machine(disk(), COPIED)
    refused = plan_backup(BackupRequest(machines, QEMU)).refused
    assert refused is not None
    assert refused.message == "disk 'vdb' has a blockjob assigned"
    assert plan_backup(BackupRequest(machines, QEMU, wanted={1: False})).refused is None
    assert plan_backup(BackupRequest(machines, QEMU, BackupKind.CHECKPOINT)).refused is None


def test_a_running_domains_document_tells_of_a_job_on_a_disk() -> None:
    (read,) = machine_in(MIRRORED).disks
    assert has_job(read)
    assert not has_job(disk())


@pytest.mark.parametrize(
    ("said_of_it", "devices", "expected"),
    [
        (
            "",
            "<video><model type='virtio'><acceleration accel3d='yes'/></model></video>",
            Attached(virgl=True),
        ),
        ("", "<video><model type='qxl'><acceleration accel3d='yes'/></model></video>", Attached()),
        ("", "<video><model type='virtio'><acceleration accel3d='no'/></model></video>", Attached()),
        ("<launchSecurity type='sev-snp'/>", "", Attached(sev=True)),
        ("<launchSecurity type='s390-pv'/>", "", Attached()),
        (f"<cpu>{INVTSC}</cpu>", "", Attached(invariant_tsc=True)),
        (f"<cpu>{INVTSC.replace('require', 'disable')}</cpu>", "", Attached()),
        (f"<cpu>{INVTSC}</cpu><clock><timer name='tsc' frequency='1000000'/></clock>", "", Attached()),
        (f"<cpu>{INVTSC}</cpu><clock><timer name='tsc'/></clock>", "", Attached(invariant_tsc=True)),
    ],
)
def test_a_domain_tells_what_stays_with_the_hosts_hardware(
    said_of_it: str, devices: str, expected: Attached
) -> None:
    text = f"<domain type='kvm'>{said_of_it}<devices>{devices}</devices></domain>"
    assert machine_in(text.encode()).configuration.attached == expected


@pytest.mark.parametrize("name", ["a b", "a/b", ".a", "é", "", "a\n"])
def test_a_checkpoint_has_a_name_of_few_letters(name: str) -> None:
    told = {
        (kind, running): made.refused and made.refused.message.partition(":")[0]
        for kind in BackupKind
        for running in (True, False)
        for made in (plan_backup(BackupRequest(machine(disk()), QEMU, kind, running, name=name)),)
    }
    invalid = "XML document failed to validate against schema"
    assert told == {
        (BackupKind.BACKUP, True): None,  # which has no name of its own
        (BackupKind.BACKUP, False): "cannot perform disk backup for inactive domain",
        (BackupKind.CHECKPOINT, True): invalid,
        (BackupKind.CHECKPOINT, False): "cannot create checkpoint for inactive domain",
        (BackupKind.BOTH, True): invalid,
        (BackupKind.BOTH, False): invalid,
    }
    fine = BackupRequest(machine(disk()), QEMU, BackupKind.CHECKPOINT, name="-a_b.1")
    assert plan_backup(fine).refused is None


MARKED = frozenset({Standing.CHECKPOINT})


@pytest.mark.parametrize(
    ("asked", "old", "new"),
    [
        ({}, True, None),
        ({"disk_only": True}, True, "support for offline external snapshots while checkpoint exists"),
        ({"snapshot": DomainSnapshot("a/b", "bogus")}, True, "Invalid value for attribute 'snapshot'"),
        ({"running": True}, False, None),
    ],
)
def test_an_old_libvirt_takes_no_snapshot_of_a_machine_that_is_off_and_has_a_checkpoint(
    asked: dict[str, Any], old: bool, new: str | None
) -> None:
    told = {
        version: make_plan(Request(machine(disk(), libvirt=version), QEMU, has=MARKED, **asked)).refused
        for version in (LibvirtVersion(9, 0), LibvirtVersion(11, 3))
    }
    first, second = (one and one.message for one in told.values())
    assert (first == "cannot perform block operations while checkpoint exists") is old
    assert (second is None) if new is None else str(second).startswith(new)
