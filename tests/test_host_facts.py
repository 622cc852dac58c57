"""What a machine's host says beats what the files let one guess, and reaches rules, edits and plans."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tui.disks import NEWEST, HostFacts, LibvirtVersion, Policy, Power
from tui.disks.snapshot import Memory
from tui.editing import PolicyChange, Refusal, edit
from tui.machine import Machine, machine_in, with_sidecars
from tui.planning import Planning, snapshot_in
from tui.planning.asking import Asking
from tui.planning.backups import BackupPlanning
from tui.rules import Hypervisor
from tui.rules.planner import Standing
from tui.rules.ways import BACKUP, DISK_ONLY
from tui.storage import LOCAL
from tui.storage.local_files import LocalFiles

VMX = b"""config.version = "8"
virtualHW.version = "19"
displayName = "web01"
scsi0.present = "TRUE"
scsi0:0.present = "TRUE"
scsi0:0.fileName = "web01.vmdk"
"""
DOMAIN = b"""<domain type='kvm'><name>web01</name><devices>
<disk type='file' device='disk'><source file='/none/web01.qcow2'/><target dev='vda' bus='virtio'/></disk>
</devices></domain>"""
UUID, OTHER = "5c9f2a1e-0000-4000-8000-00000000aaaa", "0b5c1a7e-0000-4000-8000-00000000bbbb"
ONE_SNAPSHOT = b'snapshot.numSnapshots = "1"\n'


@dataclass(frozen=True, slots=True)
class Told(LocalFiles):
    """Local files of a host that speaks."""

    facts: HostFacts

    def host_facts(self, path: str) -> HostFacts | None:  # noqa: ARG002 - one machine
        """What it says, whatever the file."""
        return self.facts


def vm(folder: Path, facts: HostFacts, *, locked: bool = False) -> Machine:
    path = folder / "web01.vmx"
    path.write_bytes(VMX)
    (folder / "web01.vmsd").write_bytes(ONE_SNAPSHOT)
    if locked:
        (folder / "web01.vmx.lck").mkdir()
    machine = replace(machine_in(VMX, str(path)), chosen=Hypervisor.ESXI)
    return with_sidecars(machine, Told(facts))


def messages(machine: Machine, rule: str) -> list[str]:
    return [one.message for one in machine.findings if one.rule == rule]


LEFT_OUT = PolicyChange(snapshot=False)


@pytest.mark.parametrize("power", [Power.RUNNING, Power.SUSPENDED, Power.PAUSED])
def test_a_machine_that_its_host_runs_is_in_use_and_that_is_said_as_a_fact(
    tmp_path: Path, power: Power
) -> None:
    machine = vm(tmp_path, HostFacts("esxi01", power=power, snapshots=()))
    assert messages(machine, "in-use") == [f"the VM is {power} (host)"]
    refused = edit(machine, machine, LEFT_OUT, [0])
    assert isinstance(refused, Refusal)
    assert f"is {power} (host)" in refused.reason


def test_nobody_may_insist_against_what_the_host_itself_says(tmp_path: Path) -> None:
    told = vm(tmp_path, HostFacts("esxi01", power=Power.RUNNING, snapshots=()))
    refused = edit(told, told, LEFT_OUT, [0], {"in-use"})
    assert isinstance(refused, Refusal)
    assert refused.override is None
    assert "stale" not in refused.findings[0].advice
    guessed = vm(tmp_path, HostFacts("esxi01", snapshots=()), locked=True)
    refused = edit(guessed, guessed, LEFT_OUT, [0])
    assert isinstance(refused, Refusal)
    assert refused.override == "in-use"
    assert isinstance(edit(guessed, guessed, LEFT_OUT, [0], {"in-use"}), Machine)


def test_a_lock_of_a_machine_that_its_host_says_is_off_is_stale(tmp_path: Path) -> None:
    machine = vm(tmp_path, HostFacts("esxi01", power=Power.OFF, snapshots=()), locked=True)
    assert messages(machine, "in-use") == []
    assert isinstance(edit(machine, machine, LEFT_OUT, [0]), Machine)


def test_a_lock_counts_where_the_host_does_not_know_the_machine_s_power(tmp_path: Path) -> None:
    machine = vm(tmp_path, HostFacts("esxi01"), locked=True)
    assert messages(machine, "in-use") == ["the VM seems to be in use: web01.vmx.lck lies beside the file"]


def test_the_host_s_count_of_snapshots_beats_the_record_s(tmp_path: Path) -> None:
    assert messages(vm(tmp_path, HostFacts("esxi01", snapshots=())), "has-snapshots") == []
    two = vm(tmp_path, HostFacts("esxi01", snapshots=("one", "two")))
    assert messages(two, "has-snapshots")[0].startswith("the VM has 2 snapshots (host)")


def test_what_the_host_does_not_say_the_files_do(tmp_path: Path) -> None:
    told = messages(vm(tmp_path, HostFacts("esxi01", power=Power.OFF)), "has-snapshots")
    assert told[0].startswith("the VM has 1 snapshot, the newest")


def test_a_host_s_libvirt_is_what_is_judged_for_unless_a_person_chose_one() -> None:
    facts = HostFacts("kvm1", libvirt=LibvirtVersion(9, 0))
    machine = machine_in(DOMAIN, "/none/web01.xml")
    assert with_sidecars(machine, Told(facts)).configuration.libvirt == LibvirtVersion(9, 0)
    chosen = replace(machine, libvirt=LibvirtVersion(11, 3))
    assert with_sidecars(chosen, Told(facts)).configuration.libvirt == LibvirtVersion(11, 3)
    assert with_sidecars(machine, LOCAL).configuration.libvirt == NEWEST


@pytest.mark.parametrize(
    ("facts", "running", "has"),
    [
        (HostFacts("kvm1"), False, set()),
        (HostFacts("kvm1", power=Power.RUNNING), True, set()),
        (HostFacts("kvm1", power=Power.OFF, checkpoints=("c",)), False, {Standing.CHECKPOINT}),
        (HostFacts("kvm1", snapshots=("a", "b")), False, set()),
        (
            HostFacts("kvm1", snapshots=("a", "b"), external=frozenset("a")),
            False,
            {Standing.EXTERNAL, Standing.INTERNAL},
        ),
        (HostFacts("kvm1", snapshots=("a",), external=frozenset()), False, {Standing.INTERNAL}),
        (HostFacts("kvm1", snapshots=("a",), external=frozenset("a")), False, {Standing.EXTERNAL}),
    ],
)
def test_a_plan_begins_as_the_host_says_that_the_machine_stands(
    facts: HostFacts, running: bool, has: set[Standing]
) -> None:
    machine = with_sidecars(machine_in(DOMAIN, "/none/web01.xml"), Told(facts))
    planning = Planning.begun(machine, snapshot_in(machine))
    assert (planning.running, planning.has) == (running, frozenset(has))


def planned(folder: Path, power: Power, *there: str) -> Planning:
    """A domain of this computer's libvirt, whose image and these further files lie in ``folder``."""
    for name in there:
        (folder / name).write_bytes(b"in the way")
    (folder / "web01.empty").touch()
    data = DOMAIN.replace(b"/none", bytes(folder))
    facts = HostFacts("qemu:///system", power=power, snapshots=(), uri="qemu:///system")
    machine = with_sidecars(machine_in(data, f"{folder}/web01.xml"), Told(facts))
    return replace(Planning.begun(machine, snapshot_in(machine)), disk_only=True, name="before")


def test_an_overlay_is_planned_over_no_file_that_holds_something(tmp_path: Path) -> None:
    planning = planned(tmp_path, Power.OFF, "web01.before").seen_from(LOCAL)
    assert planning.plan.refused is not None
    assert planning.plan.refused.message.endswith(f"is not a block device: {tmp_path}/web01.before")
    assert planning.is_name_refused
    for name in ("after", "empty"):
        assert replace(planning, name=name).seen_from(LOCAL).plan.refused is None


def test_what_libvirt_takes_and_spoils_a_snapshot_by_is_warned_of(tmp_path: Path) -> None:
    saved = planned(tmp_path, Power.SUSPENDED)
    (loss,) = saved.losses
    assert loss in saved.plan.warnings
    assert (
        f"its state is saved: it resumes writing into what {tmp_path}/web01.before builds on" in loss.message
    )
    for harmless in (replace(saved, disk_only=False), planned(tmp_path, Power.OFF)):
        assert harmless.losses == ()
    memory = replace(planned(tmp_path, Power.RUNNING, "kept"), disk_only=False, memory=Memory.EXTERNAL)
    over, beside = (
        replace(memory, memory_file=f"{tmp_path}/{name}").seen_from(LOCAL) for name in ("kept", "new")
    )
    assert over.plan.refused is None
    assert ["kept is there" in one.message for one in over.losses] == [True]
    assert beside.losses == ()


def test_a_backup_is_planned_over_no_older_one(tmp_path: Path) -> None:
    machine = planned(tmp_path, Power.RUNNING, "web01.qcow2.monday").machine
    monday, tuesday = (
        BackupPlanning(machine, name=name).seen_from(LOCAL).plan.refused for name in ("monday", "tuesday")
    )
    assert monday is not None
    assert monday.message == f"store '{tmp_path}/web01.qcow2.monday' for backup of 'vda' exists"
    assert tuesday is None


def test_what_is_asked_for_on_the_screen_is_seen_from_the_host_too(tmp_path: Path) -> None:
    machine = planned(tmp_path, Power.RUNNING, "web01.before", "web01.qcow2.before").machine
    begun = Asking.begun(Planning(machine, running=True, name="before"))
    ways = {one.way.call: one.way for one in begun.answers if one.way.running}
    for call in (DISK_ONLY, BACKUP):
        asking = begun.by(ways[call])
        seen = asking.seen_from(LOCAL)
        assert asking.refused is None
        assert seen.refused is not None
        assert "exists" in seen.refused.message
        assert seen.with_name("after").seen_from(LOCAL).refused is None


def test_a_plan_without_a_host_begins_powered_off() -> None:
    machine = with_sidecars(machine_in(DOMAIN, "/none/web01.xml"))
    planning = Planning.begun(machine, snapshot_in(machine))
    assert (planning.running, planning.has) == (False, frozenset())
    assert Policy(snapshot=True, persistent=True) == machine.disks[0].policy


@pytest.mark.parametrize(
    ("facts", "hypervisor"),
    [
        (HostFacts("esxi01", "12", Power.OFF), Hypervisor.ESXI),
        (HostFacts("esxi01", power=Power.RUNNING), Hypervisor.ESXI),
        (HostFacts("nas01"), Hypervisor.WORKSTATION),
    ],
)
def test_a_vmx_is_for_esxi_where_an_esxi_host_has_the_vm(
    tmp_path: Path, facts: HostFacts, hypervisor: Hypervisor
) -> None:
    machine = replace(vm(tmp_path, facts), chosen=None)
    assert machine.hypervisor is hypervisor
    assert (facts.host in machine.guess.reason) is (hypervisor is Hypervisor.ESXI)


def test_the_hypervisor_of_a_domain_is_its_own_whatever_its_host_says() -> None:
    facts = HostFacts("esx://vc01", power=Power.RUNNING)
    assert with_sidecars(machine_in(DOMAIN, None), Told(facts)).hypervisor is Hypervisor.QEMU


@pytest.mark.parametrize(
    ("power", "found"), [(Power.RUNNING, 0), (Power.PAUSED, 0), (Power.OFF, 1), (Power.SUSPENDED, 1)]
)
def test_the_overlay_of_a_transient_disk_is_left_over_only_where_the_machine_does_not_run(
    tmp_path: Path, power: Power, found: int
) -> None:
    (tmp_path / "web01.qcow2").write_bytes(b"")
    (tmp_path / "web01.qcow2.TRANSIENT-web01").write_bytes(b"")
    data = DOMAIN.replace(b"/none", str(tmp_path).encode()).replace(b"</disk>", b"<transient/></disk>")
    machine = with_sidecars(machine_in(data, f"{tmp_path}/web01.xml"), Told(HostFacts("here", power=power)))
    assert len(messages(machine, "transient-leftover")) == found


@pytest.mark.parametrize(("state", "found"), [("running", 0), ("shutoff", 1)])
def test_a_status_file_tells_that_an_overlay_is_in_use(tmp_path: Path, state: str, found: int) -> None:
    (tmp_path / "web01.qcow2").write_bytes(b"")
    (tmp_path / "web01.qcow2.TRANSIENT-web01").write_bytes(b"")
    data = DOMAIN.replace(b"/none", str(tmp_path).encode()).replace(b"</disk>", b"<transient/></disk>")
    status = b"<domstatus state='%s'>%s</domstatus>" % (state.encode(), data)
    machine = with_sidecars(machine_in(status, f"{tmp_path}/web01.xml"))
    assert len(messages(machine, "transient-leftover")) == found


def test_a_disk_that_is_plugged_in_or_out_is_told_apart_from_one_whose_policy_changes() -> None:
    live = DOMAIN.replace(b"</disk>", b"</disk><disk><target dev='vdb'/><transient/></disk>")
    later = DOMAIN.replace(b"<disk ", b"<disk snapshot='no' ", 1).replace(
        b"</disk>", b"</disk><disk><target dev='vdc'/></disk>"
    )
    machine = with_sidecars(
        machine_in(later, "/web01.xml"), Told(HostFacts("here", power=Power.RUNNING, live=live))
    )
    assert machine.until_next_start == (
        "other policies hold: vda persistent; it also has vdb independent-nonpersistent; it is without vdc"
    )
    assert machine.pending == ("vda",)
    off = with_sidecars(machine_in(later, "/web01.xml"), Told(HostFacts("here", power=Power.OFF, live=live)))
    assert off.until_next_start == ""


@pytest.mark.parametrize("name", ["web01", "7", " 7", "+7", OTHER, OTHER.replace("-", "") + "----", "a&#9;b"])
def test_a_command_names_a_domain_so_that_virsh_takes_it_for_no_other(name: str) -> None:
    facts = HostFacts("qemu:///system", vm=UUID, power=Power.OFF, uri="qemu:///system")
    machine = with_sidecars(
        machine_in(DOMAIN.replace(b">web01<", f">{name}<".encode()), "/web01.xml"), Told(facts)
    )
    command = Planning.begun(machine, snapshot_in(machine)).commands()[0].text
    assert command.split()[4] == (name if name == "web01" else UUID)


def test_no_snapshot_is_planned_of_a_guest_that_sleeps() -> None:
    facts = HostFacts("qemu:///system", power=Power.ASLEEP, uri="qemu:///system")
    machine = with_sidecars(machine_in(DOMAIN, "/web01.xml"), Told(facts))
    refused = Planning.begun(machine, snapshot_in(machine)).plan.refused
    assert refused is not None
    assert refused.message == "qemu doesn't support taking snapshots of PMSUSPENDED guests"
    works = {one.way.call for one in machine.ways if one.way.running and one.works}
    assert works == {"backup-begin"}
