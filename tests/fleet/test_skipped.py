"""Which disks snapshot backups skip, counted over machines of both kinds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.app.fleet_helpers import vm
from tests.rules.plans import machine as machine_of
from tests.rules.plans import vmx_disk
from tests.scenes import SAMPLES
from tui.app.fleet.rows import rows_of, state_of
from tui.disks import HostFacts, Image, Participation, Power, Sidecars, Snapshots
from tui.fleet.comparison import facts_of
from tui.fleet.judge_file import judge
from tui.fleet.judged import JudgedMachine, Unread
from tui.fleet.query import QueryRow, parse
from tui.fleet.skipped import Skips, is_skipped, lock_of, with_snapshot_answer
from tui.fleet.walk import Candidate
from tui.rules import Hypervisor
from tui.rules.planner import Request, Why, make_plan

DOMAIN = (
    "<domain type='kvm'><name>kvm</name><devices>"
    "<disk type='file' device='disk' snapshot='no'><source file='/a'/><target dev='vda' bus='virtio'/></disk>"
    "<disk type='file' device='disk' snapshot='manual'><source file='/b'/>"
    "<target dev='vdb' bus='virtio'/></disk>"
    "<disk type='file' device='disk'><source file='/c'/><target dev='vdc' bus='virtio'/></disk>"
    "<disk type='file' device='cdrom' snapshot='no'><target dev='hda' bus='ide'/></disk>"
    "</devices></domain>"
)


def judged(path: Path) -> JudgedMachine:
    (result,) = judge(Candidate(str(path)))
    assert isinstance(result, JudgedMachine)
    return with_snapshot_answer(result)


def test_disks_of_both_kinds_are_counted_and_drives_are_not(tmp_path: Path) -> None:
    (tmp_path / "kvm.xml").write_text(DOMAIN)
    machines = [
        judged(tmp_path / "kvm.xml"),
        judged(vm(tmp_path, "web", None, "independent-persistent")),
        judged(vm(tmp_path, "db", None)),
        judged(vm(tmp_path, "none", "independent-nonpersistent", "independent-persistent")),
    ]
    skips = Skips()
    for machine in machines:
        skips.take(machine)
    skips.take(Unread("x", "missing", "it is gone", "look"))
    assert skips == Skips(machines=4, skipping=3, disks=5, on_purpose=0, impossible=1)
    fitting = [
        disk
        for one in machines
        for disk in one.configuration.disks
        if parse("is:skipped").fits(QueryRow(one, disk))
    ]
    assert len(fitting) == skips.disks
    for machine in machines:
        skips.take(machine, -1)
    assert skips == Skips()


def test_what_was_accepted_for_backups_is_on_purpose(tmp_path: Path) -> None:
    machine = judged(vm(tmp_path, "web", "independent-persistent", None))
    (skipping,) = (one for one in machine.findings if one.rule == "not-in-snapshots")
    rest = tuple(one for one in machine.findings if one is not skipping)
    machine = replace(machine, findings=rest, accepted=((skipping, "scratch"),))
    skips = Skips()
    skips.take(machine)
    assert (skips.disks, skips.on_purpose) == (1, 1)
    row = QueryRow(machine, machine.configuration.disks[0])
    assert parse("is:on-purpose accepted:not-in-snapshots is:skipped -rule:not-in-snapshots").fits(row)
    assert not parse("is:on-purpose").fits(QueryRow(machine, machine.configuration.disks[1]))


def test_a_physical_mapping_is_skipped_and_locked_also_after_what_lay_beside_it_is_let_go() -> None:
    machine = judged(SAMPLES / "rdm" / "rdm.vmx")
    locked = [disk for disk in machine.configuration.disks if lock_of(machine, disk)]
    assert [disk.address for disk in locked] == ["scsi1:0"]
    assert is_skipped(machine, locked[0])
    assert parse("is:locked is:skipped").fits(QueryRow(machine, locked[0]))


@pytest.mark.parametrize(
    ("name", "said"),
    [("esxi8-web01.vmx", None), ("encrypted.vmx", None), ("cluster-multiwriter.vmx", "bus")],
)
def test_why_no_snapshot_can_be_taken_at_all_is_the_planner_s_word(name: str, said: str | None) -> None:
    why = judged(SAMPLES / name).no_snapshot
    assert (why is None) == (said is None)
    assert said is None or said in str(why)


def test_signs_of_use_and_snapshots_can_be_asked_for() -> None:
    machine = judged(SAMPLES / "delta-snapshots" / "delta-snapshots.vmx")
    row = QueryRow(machine, machine.configuration.disks[0])
    assert parse("is:has-snapshots -is:in-use is:disk").fits(row)
    used = replace(machine.configuration, suspended="a.vmss")
    assert parse("is:in-use").fits(QueryRow(replace(machine, configuration=used), row.disk))


def test_what_a_host_says_has_its_place_in_a_row_that_never_moves(tmp_path: Path) -> None:
    (tmp_path / "kvm.xml").write_text(DOMAIN)
    machine = judged(tmp_path / "kvm.xml")
    disk = machine.configuration.disks[0]
    places = {}
    for power in Power:
        facts = HostFacts("kvm01", power=power, live=b"<domain/>")
        known = machine.configuration
        beside = known.sidecars._replace(host=facts, snapshots=Snapshots(12))
        told = with_snapshot_answer(replace(machine, configuration=replace(known, sidecars=beside)))
        assert told.configuration.sidecars.host == facts._replace(live=None)
        places[power] = state_of(told, disk)
    assert places == {
        Power.RUNNING: "  + R",
        Power.PAUSED: "  + P",
        Power.ASLEEP: "  + P",
        Power.OFF: "  + -",
        Power.SUSPENDED: "  + Z",
    }
    waiting = replace(machine, pending=frozenset({disk.index}))
    assert state_of(waiting, disk) == "    N"
    assert parse("is:pending").fits(QueryRow(waiting, disk))
    assert state_of(machine, disk) == ""


def test_a_raw_device_takes_no_part_whatever_its_mode_says_and_everything_says_so() -> None:
    raw = Image(create_type="vmfsPassthroughRawDeviceMap")
    told = machine_of(vmx_disk(0), vmx_disk(1)).with_sidecars(Sidecars(images={1: raw}))
    mapped = told.disks[1]
    made = make_plan(Request(told, Hypervisor.ESXI))
    assert (made.disks[1].coverage, made.disks[1].why) == ("no", Why.RAW_DEVICE)
    assert told.participation_of(mapped) is Participation.NO
    assert "raw device" in told.effect_of(mapped)
    judged = JudgedMachine("vm.vmx", told, Hypervisor.ESXI, ())
    assert [one.row.snapshot for one in rows_of(judged)] == [True, False]
    assert facts_of(told, mapped, "vm.vmx", "vm").snapshot is False
