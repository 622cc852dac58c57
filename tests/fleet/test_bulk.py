"""One change to many machines: what is planned, refused and saved, and what an undo takes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helpers import copied, domain, vmx
from tui.disks import Mode
from tui.editing import PolicyChange
from tui.fleet.bulk import (
    Applied,
    FileChange,
    Planned,
    RefusedChange,
    State,
    Unchanged,
    apply,
    by_file,
    plan,
    undo,
)
from tui.fleet.query import parse
from tui.fleet.records import Unread
from tui.fleet.walk import Candidate, walk
from tui.machine import machine_in
from tui.storage import StorageError
from tui.storage.writing import save

LEFT_OUT = 'scsi0:1.mode = "independent-persistent"'
TAKE_PART = PolicyChange(snapshot=True)


def planned(
    path: Path, where: str = "mode:independent-persistent", wanted: PolicyChange = TAKE_PART
) -> list[Planned]:
    return list(plan(Candidate(str(path), asked=True), wanted, parse(where)))


def change_of(
    path: Path, where: str = "mode:independent-persistent", wanted: PolicyChange = TAKE_PART
) -> FileChange:
    (one,) = planned(path, where, wanted)
    assert isinstance(one, FileChange)
    return one


def test_only_picked_disks_change_and_only_their_bytes(tmp_path: Path) -> None:
    path = vmx(tmp_path, LEFT_OUT)
    before = path.read_bytes()
    change = change_of(path)
    assert [(was.name, now.mode) for was, now in change.pairs] == [("scsi0:1 (sdb)", Mode.PERSISTENT)]
    assert change.data == before.replace(b"independent-persistent", b"persistent")
    assert [(line.sign.value, line.text) for line in change.diff() if line.sign.value.strip()] == [
        ("-", LEFT_OUT),
        ("+", LEFT_OUT.replace("independent-", "")),
    ]
    assert path.read_bytes() == before


def test_a_machine_without_a_picked_disk_is_no_part_of_the_plan(tmp_path: Path) -> None:
    assert planned(vmx(tmp_path)) == []


def test_a_machine_that_is_as_wanted_is_unchanged(tmp_path: Path) -> None:
    (one,) = planned(vmx(tmp_path), "disk:scsi0:0")
    assert isinstance(one, Unchanged)


def test_what_a_rule_refuses_is_told_and_nothing_of_that_machine_changes(tmp_path: Path) -> None:
    (one,) = planned(vmx(tmp_path), "", PolicyChange(persistent=False))
    assert isinstance(one, RefusedChange)
    assert not one.failed
    assert "snapshots" in one.reason
    assert one.refusal is not None


def test_locked_disks_are_refused_and_the_others_change(tmp_path: Path) -> None:
    path = vmx(tmp_path, 'scsi0:2.present = "TRUE"', 'scsi0:2.fileName = ""', LEFT_OUT)
    refused, change = planned(path, "", PolicyChange(mode=Mode.PERSISTENT))
    assert isinstance(refused, RefusedChange)
    assert refused.disks == ("scsi0:2 (sdc)",)
    assert isinstance(change, FileChange)


def test_a_file_that_cannot_be_read_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "bad.xml").write_text("<domain>")
    (one,) = planned(tmp_path / "bad.xml")
    (gone,) = planned(tmp_path / "gone.vmx")
    (unlisted,) = plan(Unread("a", "no-folder-permission", "it is locked", "open it"), TAKE_PART, parse(""))
    for refused in (one, gone, unlisted):
        assert isinstance(refused, RefusedChange)
        assert refused.failed


def test_an_xml_about_something_else_is_no_part_of_the_plan(tmp_path: Path) -> None:
    (tmp_path / "net.xml").write_text("<network/>")
    assert list(plan(Candidate(str(tmp_path / "net.xml")), TAKE_PART, parse(""))) == []


def test_each_domain_of_a_file_changes_upon_the_one_before(tmp_path: Path) -> None:
    path = copied("several-domains.xml", tmp_path)
    changes = [one for one in planned(path, "", PolicyChange(snapshot=False)) if isinstance(one, FileChange)]
    assert len(changes) > 1
    (last,) = by_file(changes)
    assert apply(last).state is State.SAVED
    for number in range(1, len(changes) + 1):
        machine = machine_in(path.read_bytes(), str(path), str(number))
        assert not any(disk.policy.snapshot for disk in machine.disks if machine.locked(disk.index) is None)


def test_an_undo_gives_the_bytes_back_and_nothing_else_is_touched(tmp_path: Path) -> None:
    path = vmx(tmp_path, LEFT_OUT)
    before = path.read_bytes()
    saved = apply(change_of(path))
    assert saved.state is State.SAVED
    assert path.read_bytes() != before
    assert undo(saved).state is State.RESTORED
    assert path.read_bytes() == before


def test_an_undo_keeps_what_somebody_changed_since(tmp_path: Path) -> None:
    path = vmx(tmp_path, LEFT_OUT)
    saved = apply(change_of(path))
    path.write_text("theirs")
    kept = undo(saved)
    assert (kept.state, kept.reason) == (State.KEPT, "it was changed since")
    assert path.read_text() == "theirs"
    path.unlink()
    assert undo(saved).reason == "it is gone"


def test_what_was_not_saved_cannot_be_undone() -> None:
    assert undo(Applied("a", State.FAILED, "why")).state is State.KEPT


def test_a_file_changed_since_the_plan_is_left_alone(tmp_path: Path) -> None:
    path = vmx(tmp_path, LEFT_OUT)
    change = change_of(path)
    path.write_text("theirs")
    done = apply(change)
    assert done.state is State.FAILED
    assert "changed since" in (done.reason or "")
    assert path.read_text() == "theirs"


def test_a_failure_stops_nothing_and_all_that_was_saved_can_be_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = []
    for name in "abc":
        (tmp_path / name).mkdir()
        paths.append(vmx(tmp_path / name, LEFT_OUT))
    before = [path.read_bytes() for path in paths]
    changes = [
        one
        for found in walk([str(tmp_path)])
        for one in plan(found, TAKE_PART, parse("mode:indep"))
        if isinstance(one, FileChange)
    ]

    def full(reading: object, data: bytes, *, backup: bool = False) -> object:
        if "/b/" in str(reading.path):  # type: ignore[attr-defined]
            raise StorageError("b", "the disk is full", "free some space")
        return save(reading, data, backup=backup)  # type: ignore[arg-type]

    monkeypatch.setattr("tui.fleet.bulk.save", full)
    done = [apply(change) for change in changes]
    assert [one.state for one in done] == [State.SAVED, State.FAILED, State.SAVED]
    monkeypatch.undo()
    assert [undo(one).state for one in done] == [State.RESTORED, State.KEPT, State.RESTORED]
    assert [path.read_bytes() for path in paths] == before


def test_a_backup_is_kept_where_it_is_asked_for(tmp_path: Path) -> None:
    path = vmx(tmp_path, LEFT_OUT)
    before = path.read_bytes()
    apply(change_of(path), backup=True)
    assert path.with_name("web.vmx~").read_bytes() == before


def test_an_encrypted_machine_is_never_changed(tmp_path: Path) -> None:
    copied("encrypted.vmx", tmp_path)
    assert not [one for one in planned(tmp_path / "encrypted.vmx", "") if isinstance(one, FileChange)]


def test_a_domain_changes_in_its_own_words(tmp_path: Path) -> None:
    change = change_of(domain(tmp_path), "vdb", PolicyChange(snapshot=False))
    assert b"snapshot='no'" in change.data
    assert [was.target for was, _ in change.pairs] == ["vdb"]
