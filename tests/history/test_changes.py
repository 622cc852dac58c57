"""Changes that are remembered: written down before the file is touched, read back, undone, forgotten."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.helpers import vmx
from tui import posix
from tui.app.history.history_presentation import review_of
from tui.history.change import Caller, Change, Outcome, Record
from tui.history.change_lines import change_line, read_change
from tui.history.change_store import OpenChange, forget_old, records, remembered
from tui.history.changes import Changes, State, superfluous
from tui.history.judging import objection_to_bytes
from tui.history.process import this_process
from tui.history.splices import diff_lines
from tui.history.state_folder import state_folder
from tui.history.taking_back import TakingBack
from tui.history.undoing import AlreadyUndone, RefusedUndo, Restoration, plan_undo, restore
from tui.history.unsaved import digest
from tui.storage import read, save

MODE = b'scsi0:1.mode = "independent-persistent"\n'


def changed(path: Path, change: OpenChange, data: bytes) -> None:
    """Save ``data`` as every face does."""
    with change.saving(str(path), path.read_bytes(), data):
        path.write_bytes(data)


def made(path: Path, data: bytes, caller: Caller = Caller.SET) -> Change:
    change = OpenChange(caller, "test")
    changed(path, change, data)
    change.end()
    return change.change


def state_of(change: Change) -> State:
    changes = remembered()
    return changes.state(changes.named(change.id)[0])


def in_another_process(work: Callable[..., None], *words: object) -> None:
    process = multiprocessing.get_context("fork").Process(target=_afresh, args=(work, *words))
    process.start()
    process.join()
    assert process.exitcode == 9


def _afresh(work: Callable[..., None], *words: object) -> None:
    this_process.cache_clear()
    work(*words)
    os._exit(9)


def undone(change: Change) -> list[object]:
    changes = remembered()
    undoing = OpenChange(Caller.UNDO, "", of=change.id)
    found = list(plan_undo(changes, changes.named(change.id)[0], objection_to_bytes))
    for one in found:
        if isinstance(one, Restoration):
            restore(one, undoing)
    undoing.end()
    return list(found)


def test_a_save_is_undone_and_done_again(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    before = path.read_bytes()
    change = made(path, before + MODE)
    assert state_of(change) is State.DONE
    undone(change)
    assert path.read_bytes() == before
    assert state_of(change) is State.UNDONE
    assert remembered().last() is None
    undone(remembered().changes[-1])
    assert path.read_bytes() == before + MODE
    assert state_of(change) is State.DONE
    assert remembered().last() == remembered().named(change.id)[0]


@pytest.mark.parametrize("doubt", [None, "the disk did not confirm it"])
def test_what_an_undo_leaves_in_doubt_or_cannot_keep_is_told(
    doubt: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = vmx(tmp_path)
    change = made(path, path.read_bytes() + MODE)
    monkeypatch.setattr("tui.history.undoing.save", lambda *words: save(*words)._replace(doubt=doubt))
    monkeypatch.setattr(posix, "not_kept", lambda: "something is lost")
    changes = remembered()
    taking = TakingBack.of(changes, changes.named(change.id)[0])
    assert taking.not_kept == ("something is lost",)
    assert "! Something is lost." in review_of(taking, "set").sentences
    assert taking.run().notes == ((f"{path}: {doubt}",) if doubt else ())


def test_a_file_that_moved_on_is_refused_with_what_would_have_to_change(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    change = made(path, path.read_bytes() + MODE)
    path.write_bytes(path.read_bytes() + b"x = 1\n")
    (found,) = undone(change)
    assert isinstance(found, RefusedUndo)
    assert "no longer has the bytes" in found.reason
    assert [line.text for line in found.lines] == [MODE.decode().strip()]


def test_a_file_that_a_later_change_holds_is_refused_by_its_name(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    first = made(path, path.read_bytes() + MODE)
    second = made(path, path.read_bytes().replace(b"-persistent", b"-nonpersistent"), Caller.EDITOR)
    (found,) = undone(first)
    assert isinstance(found, RefusedUndo)
    assert second.id in found.reason
    assert all(isinstance(one, Restoration) for one in (*undone(second), *undone(first)))


def test_a_file_put_back_by_hand_is_undone_already(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    before = path.read_bytes()
    change = made(path, before + MODE)
    path.write_bytes(before)
    assert undone(change) == [AlreadyUndone(str(path))]


def test_a_machine_that_was_powered_on_since_is_refused(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    change = made(path, path.read_bytes() + MODE)
    (tmp_path / "web.vmx.lck").mkdir()
    (found,) = undone(change)
    assert isinstance(found, RefusedUndo)
    assert "in use" in found.reason
    (insisted,) = plan_undo(remembered(), remembered().changes[0], objection_to_bytes, {"in-use"})
    assert isinstance(insisted, Restoration)


def test_a_file_that_is_gone_fails_and_the_others_are_put_back(tmp_path: Path) -> None:
    one, other = vmx(tmp_path, name="a.vmx"), vmx(tmp_path, name="b.vmx")
    before = other.read_bytes()
    change = OpenChange(Caller.FLEET, "")
    for path in (one, other):
        changed(path, change, path.read_bytes() + MODE)
    change.end()
    one.unlink()
    found = undone(change.change)
    assert [isinstance(each, RefusedUndo) for each in found] == [False, True]
    assert other.read_bytes() == before
    assert state_of(change.change) is State.PARTLY_UNDONE


def _killed_before(path: Path) -> None:
    change = OpenChange(Caller.SET_EACH, "words")
    with change.saving(str(path), path.read_bytes(), path.read_bytes() + MODE):
        os._exit(9)


def _killed_behind(path: Path) -> None:
    change = OpenChange(Caller.SET_EACH, "words")
    with change.saving(str(path), path.read_bytes(), path.read_bytes() + MODE):
        path.write_bytes(path.read_bytes() + MODE)
        os._exit(9)


@pytest.mark.parametrize(("kill", "outcome"), [(_killed_before, "failed"), (_killed_behind, "saved")])
def test_the_file_tells_what_became_of_it_where_the_program_was_killed(
    kill: Callable[[Path], None], outcome: str, tmp_path: Path
) -> None:
    path = vmx(tmp_path)
    in_another_process(kill, path)
    (change,) = records()
    assert change.records[0].outcome is Outcome(outcome)
    assert state_of(change) is State.INTERRUPTED


def test_a_killed_change_is_gone_on_with_by_the_same_words_alone(tmp_path: Path) -> None:
    paths = [vmx(tmp_path, name=f"{name}.vmx") for name in "abc"]
    before = {path: path.read_bytes() for path in paths}
    in_another_process(_killed_behind, paths[0])
    other = OpenChange(Caller.SET_EACH, "other words", resumes=True)
    changed(paths[2], other, before[paths[2]] + MODE)
    other.end()
    again = OpenChange(Caller.SET_EACH, "words", resumes=True)
    changed(paths[1], again, before[paths[1]] + MODE)
    again.end()
    first, second = records()
    assert (first.id, first.files) == (again.id, (str(paths[0]), str(paths[1])))
    assert second.files == (str(paths[2]),)
    assert state_of(first) is State.DONE
    undone(first)
    assert [path.read_bytes() == before[path] for path in paths] == [True, True, False]


def test_a_killed_change_that_was_taken_back_is_not_gone_on_with(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    before = path.read_bytes()
    in_another_process(_killed_behind, path)
    undone(records()[0])
    again = OpenChange(Caller.SET_EACH, "words", resumes=True)
    changed(path, again, before + MODE)
    again.end()
    assert again.id != records()[0].id
    undone(again.change)
    assert path.read_bytes() == before


def test_a_file_begun_twice_is_put_back_once(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    before = path.read_bytes()
    in_another_process(_killed_before, path)
    again = OpenChange(Caller.SET_EACH, "words", resumes=True)
    changed(path, again, before + MODE)
    again.end()
    assert [type(one) for one in undone(again.change)] == [Restoration]
    assert path.read_bytes() == before


def test_a_save_that_failed_is_not_undone(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    change = OpenChange(Caller.SET, "")
    with pytest.raises(OSError), change.saving(str(path), b"a", b"b"):
        raise OSError
    change.end()
    assert state_of(change.change) is State.FAILED
    assert undone(change.change) == []


def test_what_changes_nothing_is_not_remembered(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    made(path, path.read_bytes())
    assert records() == []


def test_changes_of_a_file_and_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in-not").mkdir()
    one, other = vmx(tmp_path / "in"), vmx(tmp_path / "in-not")
    for path in (one, other):
        made(path, path.read_bytes() + MODE)
    (tmp_path / "link").symlink_to(tmp_path / "in")
    assert [change.files for change in records(one)] == [(str(one),)]
    assert [change.files for change in records(tmp_path / "link")] == [(str(one),)]
    assert len(records(tmp_path)) == 2
    assert records(tmp_path / "none") == []


def test_a_running_change_is_told_from_a_killed_one(tmp_path: Path) -> None:
    change = OpenChange(Caller.FLEET, "")
    changed(vmx(tmp_path), change, b"x")
    assert state_of(records()[0]) is State.RUNNING


def test_old_changes_are_forgotten_and_running_ones_are_not(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    running = OpenChange(Caller.FLEET, "")
    changed(path, running, path.read_bytes() + b"# 0\n")
    kept = [made(path, path.read_bytes() + b"# %d\n" % number).id for number in range(5)]
    forget_old(90, 3)
    assert {one.id for one in records()} >= {running.id}
    assert len(records()) <= 4
    assert {one.id for one in records()} <= {running.id, *kept}
    for one in (state_folder() / "history").iterdir():
        one.rename(one.with_name("20200101-000000-" + one.name.rpartition("-")[2]))
    forget_old(90, 1000)
    assert [one.id for one in records()] == [running.id]


def test_the_newest_are_kept() -> None:
    assert superfluous(["1", "2", "3", "4"], "2", 2) == ["1", "2"]
    assert superfluous(["1", "2", "3"], "4", 9) == ["1", "2", "3"]
    assert superfluous([], "4", 9) == []


def _made(path: Path) -> None:
    made(path, path.read_bytes() + MODE)


def test_processes_write_side_by_side(tmp_path: Path) -> None:
    for number in range(4):
        path = vmx(tmp_path, name=f"{number}.vmx")
        in_another_process(_made, path)
    assert sorted(change.files for change in records()) == [
        (f"{tmp_path}/{number}.vmx",) for number in range(4)
    ]


def test_names_of_any_bytes_come_back(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"a\xff\n.vmx")
    path.write_bytes(b'displayName = "x"\n')
    change = made(path, path.read_bytes() + b"a = 1\n")
    assert remembered().changes[0].files == (str(path),)
    undone(change)
    assert read(path).data == b'displayName = "x"\n'


@pytest.mark.parametrize("line", [None, {}, {"begun": 1}, {"saved": 7}, {"begun": "x"}, [], {"schema": 1}])
def test_lines_that_say_nothing_are_left_out(line: object, tmp_path: Path) -> None:
    path = vmx(tmp_path)
    change = made(path, path.read_bytes() + MODE)
    (file,) = (state_folder() / "history").iterdir()
    lines: list[object] = [json.loads(one) for one in file.read_bytes().splitlines()]
    found = read_change([lines[0], line, *lines[1:]])
    assert found is not None
    assert found.files == change.files or found.files == (str(path),)
    assert diff_lines(found.records[0].splices)[0].text == MODE.decode().strip()


def test_where_nothing_can_be_written_the_work_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("DISKMODE_STATE", str(tmp_path / "file"))
    path = vmx(tmp_path)
    change = OpenChange(Caller.SET, "")
    changed(path, change, b"x = 1\n")
    change.end()
    assert path.read_bytes() == b"x = 1\n"
    assert change.trouble
    assert records() == []


INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("began", one) for one in [INF, -INF, NAN, -1.0, 1e300]),
        *(("pid", one) for one in [INF, NAN, 0, -1, 2**80]),
        *((name, None) for name in ("began", "pid", "host", "started")),
    ],
)
def test_a_damaged_change_is_none_and_ends_nothing(name: str, value: object) -> None:
    line = change_line(Change("a", Caller.SET, "", 1.0, this_process()))
    assert read_change([line]) is not None
    assert read_change([line | {name: value}]) is None
    again = {"resumed": True, **this_process().as_json(), "pid": INF}
    assert read_change([line, again, {"planned": INF}, {"planned": []}]) is not None


def chained(number: int) -> list[Change]:
    """A change, and as many undos, each of the one before."""
    record = Record("/a", "0", "1", (), Outcome.SAVED)
    ids = [str(one) for one in range(number)]
    return [
        Change(one, Caller.UNDO, "", 1.0, this_process(), of=of, records=(record,), ended=True)
        for one, of in zip(ids, [None, *ids], strict=False)
    ]


@pytest.mark.parametrize("number", [1, 2, 3, 5_000, 5_001])
def test_undos_may_follow_each_other_for_long(number: int) -> None:
    chain = chained(number)
    changes = Changes(chain)
    assert bool(changes.standing(chain[0])) is bool(number % 2)
    assert bool(changes.standing(chain[-1]))


def test_undos_in_a_circle_end_nothing() -> None:
    one, other = chained(2)
    for of in ("0", "1"):
        changes = Changes([Change(**{**_fields(one), "of": of}), other])
        for change in changes.changes:
            changes.state(change)
        assert changes.last() is None


def _fields(change: Change) -> dict[str, Any]:
    return {name: getattr(change, name) for name in Change.__slots__}


def test_a_later_change_is_known_by_its_bytes_where_the_clock_was_set_back(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    first = made(path, path.read_bytes() + MODE)
    second = made(path, path.read_bytes() + b"x = 1\n")
    found = remembered()
    by_clock = Changes([found.named(second.id)[0], found.named(first.id)[0]])
    later = by_clock.after(by_clock.changes[1], str(path))
    assert later is not None
    assert later.id == second.id


def test_a_file_that_became_a_link_is_not_written_through(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    change = made(path, path.read_bytes() + MODE)
    other = path.rename(tmp_path / "of-another.vmx")
    path.symlink_to(other)
    after = other.read_bytes()
    (found,) = undone(change)
    assert isinstance(found, RefusedUndo)
    assert "leads to another file now" in found.reason
    assert other.read_bytes() == after


def _of_another_machine(path: Path) -> Path:
    """The file of a change whose writer is of another host, and was killed behind its first file."""
    in_another_process(_killed_behind, path)
    (file,) = (state_folder() / "history").iterdir()
    file.write_text(file.read_text().replace(f'"host":"{this_process().host}"', '"host":"another"'))
    return file


def test_a_change_of_another_machine_is_running_until_it_was_silent_for_an_hour(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    before = path.read_bytes()
    file = _of_another_machine(path)
    assert [remembered().state(one) for one in remembered().changes] == [State.RUNNING]
    an_hour_ago = time.time() - 3601
    os.utime(file, (an_hour_ago, an_hour_ago))
    (change,) = remembered().changes
    assert remembered().state(change) is State.INTERRUPTED
    assert len(undone(change)) == 1
    assert path.read_bytes() == before


def test_of_two_that_continue_a_change_one_begins_another(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    in_another_process(_killed_behind, path)
    (killed,) = remembered().changes
    first, second = OpenChange.resuming(killed), OpenChange.resuming(killed)
    for change, name in ((first, "a.vmx"), (second, "b.vmx")):
        other = vmx(tmp_path, name=name)
        changed(other, change, other.read_bytes() + MODE)
        change.end()
    late = OpenChange.resuming(killed)
    changed(path, late, path.read_bytes() + b"x = 1\n")
    late.end()
    found = remembered()
    assert {first.id, killed.id} == {killed.id}
    assert len({killed.id, second.id, late.id}) == 3
    files = sorted(len(found.standing(change)) for change in found.changes)
    assert files == [1, 1, 2], "each record stands"


def test_what_was_stopped_is_interrupted_though_its_process_lives(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    change = OpenChange(Caller.FLEET, "")
    changed(path, change, path.read_bytes() + MODE)
    assert state_of(change.change) is State.RUNNING
    change.stop()
    assert state_of(change.change) is State.INTERRUPTED
    OpenChange.resuming(remembered().changes[0]).end()
    assert state_of(change.change) is State.DONE


def test_damaged_records_are_counted(tmp_path: Path) -> None:
    made(vmx(tmp_path), b"x = 1\n")
    (state_folder() / "history" / "19700101-000000-aa.jsonl").write_bytes(b"\x00" * 100)
    assert (len(remembered().changes), remembered().unreadable) == (1, 1)


def test_a_copy_of_a_record_counts_once(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    change = made(path, path.read_bytes() + MODE)
    (record,) = (state_folder() / "history").iterdir()
    for name in ("0-conflict.jsonl", "9-conflict.jsonl"):
        (record.parent / name).write_bytes(record.read_bytes().partition(b"\n")[0])
    assert [one.files for one in remembered().changes] == [(str(path),)]
    assert len(undone(change)) == 1


def test_the_disk_has_the_record_before_the_file_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    monkeypatch.setattr(posix, "flush", lambda _: happened.append("flushed"))
    path = vmx(tmp_path)
    change = OpenChange(Caller.SET, "")
    with change.saving(str(path), path.read_bytes(), MODE):
        happened.append("saved")
    change.doing(str(path), MODE, b"x = 1\n", lambda: happened.append("saved"), lambda _: True)
    assert happened == ["flushed", "saved"] * 2


def test_a_record_that_does_not_lead_to_the_bytes_of_before_is_refused(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    before = path.read_bytes()
    change = made(path, before + MODE)
    (record,) = (state_folder() / "history").iterdir()
    record.write_text(record.read_text().replace(digest(before), digest(b"")))
    (found,) = undone(change)
    assert isinstance(found, RefusedUndo)
    assert path.read_bytes() == before + MODE


def test_what_another_machine_is_at_is_not_gone_on_with(tmp_path: Path) -> None:
    file = _of_another_machine(vmx(tmp_path))
    (theirs,) = remembered().changes
    for age, same in ((0, False), (3601, True)):
        os.utime(file, (time.time() - age, time.time() - age))
        other = vmx(tmp_path, name=f"{age}.vmx")
        again = OpenChange(Caller.SET_EACH, "words", resumes=True)
        changed(other, again, other.read_bytes() + MODE)
        assert (again.id == theirs.id) is same
        if not same:
            again.end()
            (state_folder() / "history" / _name_of(again)).unlink()


def _name_of(change: OpenChange) -> str:
    return next(path.name for path in (state_folder() / "history").iterdir() if change.id in path.name)
