"""One change to many machines: what is planned and refused, one plan for each file."""

from __future__ import annotations

from pathlib import Path

from tests.cli.helpers import SAMPLES, copied, domain, vmx
from tui.disks import Mode
from tui.editing import PolicyChange
from tui.fleet.bulk_plan import ChosenDisks, FileChange, FilePlan, chosen_disks, plan_file
from tui.fleet.bulk_write import WriteState, apply
from tui.fleet.judge_file import judge
from tui.fleet.judged import JudgedMachine, Unread
from tui.fleet.query import QueryRow, parse
from tui.fleet.walk import Candidate
from tui.machine import machine_in

LEFT_OUT = 'scsi0:1.mode = "independent-persistent"'
TAKE_PART = PolicyChange(snapshot=True)


def planned(
    path: Path, where: str = "mode:independent-persistent", wanted: PolicyChange = TAKE_PART
) -> FilePlan:
    found = plan_file(Candidate(str(path), asked=True), wanted, parse(where))
    assert found is not None
    return found


def change_of(
    path: Path, where: str = "mode:independent-persistent", wanted: PolicyChange = TAKE_PART
) -> FileChange:
    one = planned(path, where, wanted)
    assert one.change is not None
    assert not one.refused
    return one.change


def chosen_in(path: Path) -> ChosenDisks:
    """Every disk of a file, as a person marks them."""
    judged = [one for one in judge(Candidate(str(path), asked=True)) if isinstance(one, JudgedMachine)]
    (chosen,) = chosen_disks([QueryRow(one, disk) for one in judged for disk in one.rows])
    return chosen


def test_only_picked_disks_change_and_only_their_bytes(tmp_path: Path) -> None:
    path = vmx(tmp_path, LEFT_OUT)
    before = path.read_bytes()
    change = change_of(path)
    (machine,) = change.machines
    assert machine.domain is None
    assert [(was.name, now.mode) for was, now in machine.disks] == [("scsi0:1 (sdb)", Mode.PERSISTENT)]
    assert change.data == before.replace(b"independent-persistent", b"persistent")
    assert [(line.sign.value, line.text) for line in change.diff() if line.sign.value.strip()] == [
        ("-", LEFT_OUT),
        ("+", LEFT_OUT.replace("independent-", "")),
    ]
    assert path.read_bytes() == before


def test_a_machine_without_a_picked_disk_is_no_part_of_the_plan(tmp_path: Path) -> None:
    found = Candidate(str(vmx(tmp_path)), asked=True)
    assert plan_file(found, TAKE_PART, parse("mode:independent-persistent")) is None


def test_a_machine_that_is_as_wanted_is_unchanged(tmp_path: Path) -> None:
    one = planned(vmx(tmp_path), "disk:scsi0:0")
    assert (one.change, one.refused, len(one.as_wanted)) == (None, (), 1)


def test_what_a_rule_refuses_is_told_and_nothing_of_that_machine_changes(tmp_path: Path) -> None:
    one = planned(vmx(tmp_path), "", PolicyChange(persistent=False))
    (refused,) = one.refused
    assert one.change is None
    assert not one.failed
    assert "snapshots" in refused.reason
    assert refused.refusal is not None


def test_locked_disks_are_refused_and_the_others_change(tmp_path: Path) -> None:
    path = vmx(tmp_path, 'scsi0:2.present = "TRUE"', 'scsi0:2.fileName = ""', LEFT_OUT)
    one = planned(path, "", PolicyChange(mode=Mode.PERSISTENT))
    assert [refused.disks for refused in one.refused] == [("scsi0:2 (sdc)",)]
    assert one.change is not None


def test_a_file_that_cannot_be_read_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "bad.xml").write_text("<domain>")
    unlisted = plan_file(Unread("a", "no-folder-permission", "it is locked", "open it"), TAKE_PART, parse(""))
    assert unlisted is not None
    for one in (planned(tmp_path / "bad.xml"), planned(tmp_path / "gone.vmx"), unlisted):
        assert one.failed
        assert one.change is None


def test_an_xml_about_something_else_is_no_part_of_the_plan(tmp_path: Path) -> None:
    (tmp_path / "net.xml").write_text("<network/>")
    assert plan_file(Candidate(str(tmp_path / "net.xml")), TAKE_PART, parse("")) is None


def test_all_domains_of_a_file_change_in_one_change_of_the_file(tmp_path: Path) -> None:
    path = copied("several-domains.xml", tmp_path)
    change = change_of(path, "", PolicyChange(snapshot=False))
    assert [machine.domain for machine in change.machines] == [1, 2]
    assert all(not now.policy.snapshot for one in change.machines for _, now in one.disks)
    assert apply(change).state is WriteState.SAVED
    for number in (1, 2, 3):
        machine = machine_in(path.read_bytes(), str(path), str(number))
        assert not any(disk.policy.snapshot for disk in machine.disks if machine.locked(disk.index) is None)


def test_a_refusal_in_one_domain_leaves_the_others_changed_in_the_same_change(tmp_path: Path) -> None:
    disk = "<disk type='file' device='disk'{}><source file='/{}'/><target dev='vda'/>{}</disk>"
    text = "<node>"
    for name, more in (("a", ""), ("b", "<transient/>"), ("c", "")):
        text += f"<domain type='kvm'><name>{name}</name><devices>"
        text += disk.format(" snapshot='no'", name, more) + "</devices></domain>"
    path = tmp_path / "three.xml"
    path.write_text(text + "</node>")
    one = planned(path, "*")
    assert [refused.vm for refused in one.refused] == ["b"]
    assert one.change is not None
    assert [(machine.vm, machine.domain) for machine in one.change.machines] == [("a", 1), ("c", 3)]
    assert one.change.data.count(b"snapshot=") == 1


def test_disks_of_one_name_in_two_domains_are_chosen_each_by_itself(tmp_path: Path) -> None:
    path = copied("domainsnapshot.xml", tmp_path)
    judged = [one for one in judge(Candidate(str(path), asked=True)) if isinstance(one, JudgedMachine)]
    first, second = judged[:2]
    assert first.vm == second.vm
    disk = next(one for one in second.rows if one.policy.snapshot)
    (chosen,) = chosen_disks([QueryRow(second, disk)])
    one = chosen.plan(Candidate(str(path), asked=True), PolicyChange(snapshot=False), None)
    assert one.change is not None
    assert [machine.domain for machine in one.change.machines] == [2]


def test_a_chosen_disk_that_is_not_there_any_more_is_a_failure(tmp_path: Path) -> None:
    path = vmx(tmp_path, LEFT_OUT)
    chosen = chosen_in(path)
    path.write_bytes(path.read_bytes().replace(b"scsi0:1.fileName", b"scsi0:3.fileName"))
    one = chosen.plan(Candidate(str(path), asked=True), TAKE_PART, None)
    assert one.failed
    assert "no longer holds" in one.refused[-1].reason


def test_an_encrypted_machine_is_never_changed(tmp_path: Path) -> None:
    copied("encrypted.vmx", tmp_path)
    found = plan_file(Candidate(str(tmp_path / "encrypted.vmx")), TAKE_PART, parse(""))
    assert found is None or found.change is None


def test_a_domain_changes_in_its_own_words(tmp_path: Path) -> None:
    change = change_of(domain(tmp_path), "vdb", PolicyChange(snapshot=False))
    assert b"snapshot='no'" in change.data
    assert [was.target for machine in change.machines for was, _ in machine.disks] == ["vdb"]


def test_a_disk_that_a_rule_objects_to_is_refused_and_the_others_of_its_machine_are_changed(
    tmp_path: Path,
) -> None:
    path = vmx(
        tmp_path,
        'scsi0:0.mode = "independent-nonpersistent"',
        'scsi0:1.mode = "independent-persistent"',
    )
    planned = chosen_in(path).plan(Candidate(str(path), asked=True), TAKE_PART, None)
    (refused,) = planned.refused
    assert refused.disks == ("scsi0:0 (sda)",)
    assert refused.refusal is not None
    assert refused.refusal.remedy is not None
    assert planned.change is not None
    (machine,) = planned.change.machines
    assert [after.name for _, after in machine.disks] == ["scsi0:1 (sdb)"]


def test_what_is_asked_of_a_machine_is_worked_out_for_a_query_as_in_the_fleet(tmp_path: Path) -> None:
    assert planned(SAMPLES / "cluster-multiwriter.vmx", "is:no-snapshot").change
    found = Candidate(str(vmx(tmp_path, LEFT_OUT)), asked=True)
    assert plan_file(found, TAKE_PART, parse("is:no-snapshot")) is None
    assert plan_file(found, TAKE_PART, parse(f"-is:no-snapshot path:{found.address}")) is not None
