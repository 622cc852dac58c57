"""What is looked at before many disks are changed: a line for each, refused ones first, some left out."""

from __future__ import annotations

from pathlib import Path

from tests.app.fleet_helpers import vm
from tui.editing import PolicyChange
from tui.fleet.bulk_plan import chosen_disks
from tui.fleet.bulk_run import BulkRun, Step
from tui.fleet.bulk_write import WriteState
from tui.fleet.judge_file import judge
from tui.fleet.judged import JudgedMachine
from tui.fleet.proposals import ChangeProposal, UndoProposal, entries_of_undo
from tui.fleet.query import QueryRow
from tui.storage import candidate_at

DOMAIN = (
    "<domain type='kvm'><name>kvm</name><devices>"
    "<disk type='file' device='disk' snapshot='no'><source file='/a'/><target dev='vda' bus='virtio'/></disk>"
    "</devices></domain>"
)


def rows_in(folder: Path) -> list[QueryRow]:
    found = []
    for path in sorted(folder.iterdir()):
        for judged in judge(candidate_at(str(path))):
            assert isinstance(judged, JudgedMachine)
            found += [QueryRow(judged, disk) for disk in judged.configuration.disks]
    return found


def proposed(folder: Path, wanted: PolicyChange) -> ChangeProposal:
    run = BulkRun(list(chosen_disks(rows_in(folder))), wanted)
    to_end(run)
    return ChangeProposal("Take them in", run)


def to_end(run: BulkRun) -> list[WriteState]:
    while run.advance():
        pass
    return [one.state for one in run.outcomes]


def said(proposal: ChangeProposal | UndoProposal) -> list[tuple[str, ...]]:
    return [
        (one.vm, one.disk.split(" ")[0], proposal.why_not(one) or f"{one.was} -> {one.now}")
        for one in proposal.entries
    ]


def test_refused_disks_come_first_with_the_reason_then_a_line_for_each_disk(tmp_path: Path) -> None:
    vm(tmp_path, "web", "independent-persistent", "independent-persistent")
    vm(tmp_path, "zzz", "independent-nonpersistent")
    (tmp_path / "kvm.xml").write_text(DOMAIN)
    proposal = proposed(tmp_path, PolicyChange(snapshot=True))
    (refused, *changing) = said(proposal)
    assert refused[:2] == ("zzz", "scsi0:0")
    assert "cannot take part in snapshots" in refused[2]
    assert proposal.entries[0].other_way == "keep its writes as well"
    assert changing == [
        ("kvm", "vda", "snapshot=no -> no preset"),
        ("web", "scsi0:0", "independent-persistent -> persistent"),
        ("web", "scsi0:1", "independent-persistent -> persistent"),
    ]
    assert (proposal.files, proposal.counts) == (2, (3, 1, 0))


def test_a_disk_that_is_left_out_is_not_written_and_may_be_taken_in_again(tmp_path: Path) -> None:
    path = vm(tmp_path, "web", "independent-persistent", "independent-persistent")
    proposal = proposed(tmp_path, PolicyChange(snapshot=True))
    first, second = proposal.entries
    proposal.toggle(first)
    assert proposal.is_left_out(first)
    assert proposal.counts == (1, 0, 1)
    assert [line.text for line in proposal.diff(str(path)) if line.sign.value == "+"] == [
        'scsi0:1.mode = "persistent"'
    ]
    proposal.toggle(second)
    assert (proposal.files, proposal.counts) == (0, (0, 0, 2))
    assert list(proposal.diff(str(path))) == []
    proposal.toggle(second)
    proposal.begin(backup=True)
    assert to_end(proposal.run) == [WriteState.SAVED]
    assert b'scsi0:0.mode = "independent-persistent"' in path.read_bytes()
    assert b'scsi0:1.mode = "persistent"' in path.read_bytes()
    assert len(list(tmp_path.iterdir())) == 2, "the backup beside it"


def test_undo_and_redo_are_looked_at_too_and_what_does_not_stand_is_refused_first(tmp_path: Path) -> None:
    paths = [vm(tmp_path, name, "independent-persistent") for name in ("a", "b", "c")]
    before = [path.read_bytes() for path in paths]
    run = proposed(tmp_path, PolicyChange(snapshot=True)).run
    run.save()
    to_end(run)
    paths[1].write_bytes(paths[1].read_bytes() + b"# somebody else\n")
    entries = [line for one in run.written for line in entries_of_undo(one)]
    undoing = UndoProposal("Undo", run, Step.UNDO, sorted(entries, key=lambda one: one.refused is None))
    assert said(undoing) == [
        ("b", "scsi0:0", "it was changed since"),
        ("a", "scsi0:0", "persistent -> independent-persistent"),
        ("c", "scsi0:0", "persistent -> independent-persistent"),
    ]
    undoing.toggle(undoing.entries[2])
    undoing.toggle(undoing.entries[0])
    assert (undoing.files, undoing.counts) == (1, (1, 1, 1))
    undoing.begin(backup=False)
    to_end(run)
    assert paths[0].read_bytes() == before[0]
    assert paths[2].read_bytes() != before[2]
    assert run.can_undo, "what was left out may be undone later"
    (again,) = (line for one in run.restored for line in entries_of_undo(one))
    assert (again.was, again.now) == ("independent-persistent", "persistent")
    paths[0].unlink()
    assert entries_of_undo(run.restored[0])[0].refused == "it is gone"
