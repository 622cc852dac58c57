"""A bulk change as it goes: file by file, stopped, undone and done again, and nothing forgotten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.helpers import vmx
from tests.fleet.test_bulk_plan import LEFT_OUT, TAKE_PART, change_of, chosen_in
from tui import posix
from tui.app.history.history_presentation import lines_of
from tui.disks import Mode
from tui.editing import PolicyChange
from tui.fleet.bulk_plan import plan_file
from tui.fleet.bulk_run import BulkRun, Step, StepError
from tui.fleet.bulk_write import WriteState, apply, undo
from tui.fleet.proposals import UndoProposal
from tui.fleet.query import parse
from tui.fleet.walk import Candidate
from tui.history.change_store import remembered
from tui.history.changes import State
from tui.rules import Hypervisor
from tui.storage import Reading, StorageError
from tui.storage.writing import save

OLD, NEW = b"independent-persistent", b"persistent"


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    found = []
    for name in "abc":
        (tmp_path / name).mkdir()
        found.append(vmx(tmp_path / name, LEFT_OUT))
    return found


def run_of(paths: list[Path]) -> BulkRun:
    return BulkRun([chosen_in(path) for path in paths], TAKE_PART)


def to_end(run: BulkRun) -> list[WriteState]:
    while run.advance():
        pass
    return [one.state for one in run.outcomes]


def saved(paths: list[Path]) -> BulkRun:
    run = run_of(paths)
    to_end(run)
    run.save()
    to_end(run)
    return run


def changed(paths: list[Path]) -> list[bool]:
    return [OLD not in path.read_bytes() for path in paths]


def failing(monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    """From now on nothing can be saved in a folder."""

    def full(reading: Reading, data: bytes, *, backup: bool = False) -> Reading:
        if f"/{folder}/" in str(reading.path):
            raise StorageError(folder, "the disk is full", "free some space")
        return save(reading, data, backup=backup)

    monkeypatch.setattr("tui.fleet.bulk_write.save", full)


# One file


def test_an_undo_gives_the_bytes_back_and_nothing_else_is_touched(tmp_path: Path) -> None:
    path = vmx(tmp_path, LEFT_OUT)
    before = path.read_bytes()
    done = apply(change_of(path))
    assert done.state is WriteState.SAVED
    assert path.read_bytes() != before
    assert done.written is not None
    assert undo(done.written).state is WriteState.RESTORED
    assert path.read_bytes() == before


def test_a_file_changed_since_the_plan_is_left_alone(tmp_path: Path) -> None:
    path = vmx(tmp_path, LEFT_OUT)
    change = change_of(path)
    path.write_text("theirs")
    done = apply(change)
    assert (done.state, done.written) == (WriteState.FAILED, None)
    assert (
        done.reason == "it has been changed since it was read; look at it as it is now, and change it again"
    )
    assert path.read_text() == "theirs"


def test_a_backup_is_kept_where_it_is_asked_for(tmp_path: Path) -> None:
    path = vmx(tmp_path, LEFT_OUT)
    before = path.read_bytes()
    apply(change_of(path), backup=True)
    assert path.with_name("web.vmx~").read_bytes() == before


def powered_on(path: Path) -> None:
    (path.parent / f"{path.name}.lck").mkdir()


def with_a_snapshot(path: Path) -> None:
    lines = ("# Disk DescriptorFile", "version=1", "CID=1", "parentCID=2")
    more = ('parentFileNameHint="base.vmdk"', 'createType="vmfsSparse"', "")
    (path.parent / "web_1.vmdk").write_text("\n".join((*lines, *more)))


MEANWHILE = (powered_on, with_a_snapshot)


@pytest.mark.parametrize("happens", MEANWHILE)
def test_what_happened_beside_a_file_since_the_plan_is_judged_before_it_is_written(
    happens: Callable[[Path], None], tmp_path: Path
) -> None:
    path = vmx(tmp_path, LEFT_OUT)
    change = change_of(path)
    before = path.read_bytes()
    happens(path)
    done = apply(change)
    assert done.state is WriteState.REFUSED
    assert "in use" in (done.reason or "") or "is a delta" in (done.reason or "")
    assert path.read_bytes() == before


@pytest.mark.parametrize("happens", MEANWHILE)
def test_what_happened_beside_a_file_since_the_save_is_judged_before_an_undo(
    happens: Callable[[Path], None], tmp_path: Path
) -> None:
    run = saved([path := vmx(tmp_path, LEFT_OUT)])
    after = path.read_bytes()
    happens(path)
    run.undo()
    assert to_end(run) == [WriteState.REFUSED]
    assert path.read_bytes() == after
    assert run.can_undo, "it can be tried again once the VM is off"


# Many files


def test_a_run_plans_saves_undoes_and_does_again(paths: list[Path]) -> None:
    before = [path.read_bytes() for path in paths]
    run = run_of(paths)
    assert run.changes == []
    to_end(run)
    assert [change.path for change in run.changes] == [str(path) for path in paths]
    assert changed(paths) == [False] * 3
    run.save()
    assert to_end(run) == [WriteState.SAVED] * 3
    assert changed(paths) == [True] * 3
    after = [path.read_bytes() for path in paths]
    assert (run.can_undo, run.can_redo) == (True, False)
    for _ in range(2):
        run.undo()
        assert to_end(run) == [WriteState.RESTORED] * 3
        assert [path.read_bytes() for path in paths] == before
        assert (run.can_undo, run.can_redo) == (False, True)
        run.redo()
        assert to_end(run) == [WriteState.SAVED] * 3
        assert [path.read_bytes() for path in paths] == after
        assert (run.can_undo, run.can_redo) == (True, False)


def test_the_history_counts_the_disks_that_were_changed_and_tells_an_undo_from_a_redo(tmp_path: Path) -> None:
    (tmp_path / "refused").mkdir()
    refused = vmx(tmp_path / "refused", 'scsi0:1.mode = "independent-nonpersistent"')
    run = BulkRun(
        [chosen_in(one) for one in (vmx(tmp_path, LEFT_OUT), refused)], TAKE_PART, what="Take {} in"
    )
    to_end(run)
    for step in (run.save, run.undo, run.redo, run.undo):
        step()
        assert to_end(run)
    changes = remembered()
    assert [(changes.done_by(one), one.what) for one in changes.changes] == [
        (by, "Take 1 disk in") for by in ("fleet", "undo", "redo", "undo")
    ]


def test_what_a_save_leaves_in_doubt_and_an_undo_cannot_keep_is_told(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posix, "not_kept", lambda: "something is lost")

    def unconfirmed(reading: Reading, data: bytes, *, backup: bool = False) -> Reading:
        return save(reading, data, backup=backup)._replace(doubt="not confirmed")

    monkeypatch.setattr("tui.fleet.bulk_write.save", unconfirmed)
    run = saved(paths)
    assert {one.reason for one in run.outcomes} == {"not confirmed"}
    assert UndoProposal("Undo", run, Step.UNDO, ()).warnings == ("something is lost",)


def test_a_failed_save_stops_nothing_and_what_was_saved_is_undone(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        failing(patched, "b")
        run = saved(paths)
    assert [one.state for one in run.outcomes] == [WriteState.SAVED, WriteState.FAILED, WriteState.SAVED]
    assert changed(paths) == [True, False, True]
    (change,) = remembered().changes
    assert (change.counted, len(change.saved)) == ("2 of 3 files", 2)
    told = [line.text for line in lines_of(change) if line.text.endswith(("web.vmx", "saved"))]
    assert [text.rpartition("web.vmx")[2] for text in told] == ["", ": not saved", ""]
    run.undo()
    assert to_end(run) == [WriteState.RESTORED] * 2
    assert changed(paths) == [False] * 3


def test_a_failed_undo_is_not_forgotten(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    run = saved(paths)
    with monkeypatch.context() as patched:
        failing(patched, "b")
        run.undo()
        assert to_end(run) == [WriteState.RESTORED, WriteState.FAILED, WriteState.RESTORED]
    assert run.can_undo
    run.undo()
    assert run.total == 1
    assert to_end(run) == [WriteState.RESTORED]
    assert changed(paths) == [False] * 3
    assert not run.can_undo


def test_a_failed_redo_is_not_forgotten(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    run = saved(paths)
    run.undo()
    to_end(run)
    with monkeypatch.context() as patched:
        failing(patched, "a")
        run.redo()
        assert to_end(run) == [WriteState.FAILED, WriteState.SAVED, WriteState.SAVED]
    run.redo()
    assert to_end(run) == [WriteState.SAVED]
    assert changed(paths) == [True] * 3


def test_a_save_that_is_stopped_leaves_the_rest_and_undoes_what_it_did(paths: list[Path]) -> None:
    run = run_of(paths)
    to_end(run)
    run.save()
    assert run.advance()
    run.stop()
    assert not run.advance()
    assert (changed(paths), run.not_reached) == ([True, False, False], 2)
    history = remembered()
    assert history.state(history.changes[0]) is State.INTERRUPTED, "though its process lives"
    run.undo()
    assert to_end(run) == [WriteState.RESTORED]
    assert changed(paths) == [False] * 3


def test_an_undo_that_is_stopped_goes_on_with_the_rest(paths: list[Path]) -> None:
    run = saved(paths)
    run.undo()
    run.advance()
    run.stop()
    assert (run.advance(), run.not_reached) == (False, 2)
    assert changed(paths) == [False, True, True]
    assert (run.can_undo, run.can_redo) == (True, True)
    run.undo()
    assert run.total == 2
    assert to_end(run) == [WriteState.RESTORED] * 2
    assert changed(paths) == [False] * 3


def test_an_undo_keeps_what_somebody_changed_since_and_does_not_offer_it_again(paths: list[Path]) -> None:
    run = saved(paths)
    paths[0].write_text("theirs")
    paths[1].unlink()
    run.undo()
    assert to_end(run) == [WriteState.KEPT, WriteState.KEPT, WriteState.RESTORED]
    assert [one.reason for one in run.outcomes[:2]] == ["it was changed since", "it is gone"]
    assert paths[0].read_text() == "theirs"
    assert not run.can_undo


def test_a_redo_keeps_what_somebody_changed_since(paths: list[Path]) -> None:
    run = saved(paths)
    run.undo()
    to_end(run)
    paths[0].write_text("theirs")
    run.redo()
    assert to_end(run) == [WriteState.KEPT, WriteState.SAVED, WriteState.SAVED]
    assert paths[0].read_text() == "theirs"
    assert not run.can_redo


def test_a_plan_that_was_stopped_cannot_be_saved(paths: list[Path]) -> None:
    run = run_of(paths)
    run.advance()
    run.stop()
    assert run.changes == []
    with pytest.raises(StepError):
        run.save()
    assert changed(paths) == [False] * 3


def test_steps_are_taken_one_at_a_time(paths: list[Path]) -> None:
    run = run_of(paths)
    for step in (run.save, run.undo, run.redo):
        with pytest.raises(StepError):
            step()
    to_end(run)
    run.save()
    run.advance()
    assert run.step is Step.SAVE
    assert not run.can_undo, "a save is under way"
    for step in (run.save, run.undo, run.redo):
        with pytest.raises(StepError):
            step()
    assert to_end(run) == [WriteState.SAVED] * 3
    with pytest.raises(StepError):
        run.save()


def test_an_undo_brings_back_a_word_that_could_not_be_set(tmp_path: Path) -> None:
    path = vmx(tmp_path, 'scsi0:1.mode = "no-mode"')
    before = path.read_bytes()
    run = BulkRun([chosen_in(path)], PolicyChange(mode=Mode.PERSISTENT))
    to_end(run)
    run.save()
    assert to_end(run) == [WriteState.SAVED]
    assert path.read_bytes() != before
    run.undo()
    assert to_end(run) == [WriteState.RESTORED]
    assert path.read_bytes() == before


def test_a_disk_that_became_a_physical_mapping_since_the_plan_is_locked(tmp_path: Path) -> None:
    path = vmx(tmp_path, LEFT_OUT)
    found = Candidate(str(path), asked=True)
    planned = plan_file(found, TAKE_PART, parse("disk:scsi0:1"), Hypervisor.ESXI)
    assert planned is not None
    assert planned.change is not None
    lines = ("# Disk DescriptorFile", "version=1", "CID=1", "parentCID=ffffffff")
    kind = 'createType="vmfsPassthroughRawDeviceMap"'
    (tmp_path / "web_1.vmdk").write_text("\n".join((*lines, kind, "")))
    done = apply(planned.change)
    assert done.state is WriteState.REFUSED
    assert "is locked: a physical raw device mapping" in (done.reason or "")
    assert LEFT_OUT.encode() in path.read_bytes()
