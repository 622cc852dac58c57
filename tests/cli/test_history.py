"""``diskmode history`` and ``diskmode undo``: in another process, days later."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.helpers import program, run, vmx
from tests.fleet.test_interrupted import killed  # noqa: F401 - a fixture
from tests.history.test_journal import FIRST, TEXT, killed_editor
from tui.cli.interrupts import stoppable
from tui.fleet import bulk_write
from tui.fleet.bulk_plan import FileChange
from tui.history.state_folder import state_folder


def ids(*words: str | Path) -> list[str]:
    return [one["id"] for one in json.loads(run("history", *words, "--json").text)["changes"]]


def left_out(folder: Path, **names: str) -> Path:
    path = vmx(folder, **names)
    assert run("set", path, "sdb", "--no-snapshot").status == 0
    return path


def test_a_save_is_listed_and_taken_back(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    before = path.read_bytes()
    left_out(tmp_path)
    listed = run("history", path)
    assert listed.status == 0
    assert [word in listed.text for word in ("ID", "set", "done", str(path)[-20:])] == [True] * 4
    undone = run("undo", "--last", "--yes")
    assert (undone.status, undone.out) == (0, b"")
    assert "1 file put back" in undone.err
    assert path.read_bytes() == before
    assert "undone" in run("history").text
    assert run("undo", "--last", "--yes").status == 2


def test_the_real_program_takes_back_what_another_process_did(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    before = path.read_bytes()
    assert program("set", path, "sdb", "--no-snapshot").status == 0
    assert path.read_bytes() != before
    assert program("undo", "--last", "--yes").status == 0
    assert path.read_bytes() == before


def test_a_dry_run_prints_what_patch_takes(tmp_path: Path) -> None:
    before = vmx(tmp_path).read_bytes()
    path = left_out(tmp_path)
    after = path.read_bytes()
    outcome = run("undo", "--last", "--dry-run")
    assert outcome.status == 0
    assert path.read_bytes() == after
    subprocess.run(["patch", "-p0", "-d", "/"], input=outcome.out, check=True, capture_output=True)
    assert path.read_bytes() == before


def test_the_first_letters_of_an_id_will_do(tmp_path: Path) -> None:
    left_out(tmp_path)
    (one,) = ids()
    assert run("undo", one[:5], "--yes").status == 0
    assert len(ids()) == 2


def test_a_path_stands_for_the_last_change_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    kept = vmx(tmp_path / "a").read_bytes()
    path, other = left_out(tmp_path / "a"), left_out(tmp_path / "b")
    beside = other.read_bytes()
    monkeypatch.chdir(path.parent)
    assert str(path) in run("undo", path.name, "--dry-run").text
    assert run("undo", path.name, "--yes").status == 0
    assert (path.read_bytes(), other.read_bytes()) == (kept, beside)
    outcome = run("undo", path, "--yes")
    assert outcome.status == 2
    assert "no change of it is remembered that could be taken back" in outcome.err


def test_of_a_bulk_change_a_path_takes_back_its_own_files_alone(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    one, other = vmx(tmp_path / "a"), vmx(tmp_path / "b")
    before = one.read_bytes()
    words = ("set", "--each", tmp_path, "--where", "is:disk", "--no-snapshot", "--yes")
    assert run(*words).status == 0
    changed = other.read_bytes()
    assert changed != before
    assert "1 file put back" in run("undo", one.parent, "--yes").err
    assert (one.read_bytes(), other.read_bytes()) == (before, changed)


def test_a_path_that_may_be_an_id_is_asked_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = left_out(tmp_path)
    (name,) = (one[:3] for one in ids())
    (tmp_path / name).mkdir()
    left_out(tmp_path / name)
    after = other.read_bytes()
    monkeypatch.chdir(tmp_path)
    outcome = run("undo", name, "--yes")
    assert outcome.status == 2
    assert f"give ./{name}" in outcome.err
    assert run("undo", f"./{name}", "--yes").status == 0
    assert other.read_bytes() == after


def test_to_undo_an_undo_is_to_do_it_again(tmp_path: Path) -> None:
    path = left_out(tmp_path)
    after = path.read_bytes()
    run("undo", "--last", "--yes")
    assert run("undo", ids()[0], "--yes").status == 0
    assert path.read_bytes() == after


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--last",), "either --dry-run"),
        (("--yes",), "either the ID"),
        (("--yes", "--last", "abc"), "either the ID"),
        (("--yes", "nope"), "no change nope"),
        (("--yes", "--last"), "could be taken back"),
    ],
)
def test_what_is_not_understood_is_told(words: tuple[str, ...], said: str) -> None:
    outcome = run("undo", *words)
    assert outcome.status == 2
    assert said in outcome.err


def test_an_id_that_may_be_two_is_asked_about(tmp_path: Path) -> None:
    for number in range(17):
        left_out(tmp_path, name=f"{number}.vmx")
    first = next(one for one in ids() if sum(other[0] == one[0] for other in ids()) > 1)
    outcome = run("undo", first[0], "--yes")
    assert outcome.status == 2
    assert "changes begin with" in outcome.err


def test_a_file_that_moved_on_is_refused_with_its_difference(tmp_path: Path) -> None:
    path = left_out(tmp_path)
    path.write_bytes(path.read_bytes() + b"# mine\n")
    outcome = run("undo", "--last", "--yes")
    assert outcome.status == 3
    assert "no longer has the bytes" in outcome.err
    _, _, by_hand = outcome.err.partition("To take it back by hand, this has to change:\n")
    assert '- scsi0:1.mode = "independent-persistent"' in by_hand
    assert path.read_bytes().endswith(b"# mine\n")


def test_a_machine_in_use_is_refused_as_set_refuses_it(tmp_path: Path) -> None:
    path = left_out(tmp_path)
    (tmp_path / f"{path.name}.lck").mkdir()
    outcome = run("undo", "--last", "--yes")
    assert outcome.status == 3
    assert "in use" in outcome.err
    assert run("undo", "--last", "--yes", "--override", "in-use").status == 0


def test_json_tells_everything(tmp_path: Path) -> None:
    path = left_out(tmp_path)
    report = json.loads(run("history", "--json").text)
    assert report["schema"] == "diskmode.history/1"
    (change,) = report["changes"]
    assert (change["caller"], change["state"], change["undoes"]) == ("set", "done", None)
    (file,) = change["files"]
    assert (file["file"], file["outcome"], file["standing"]) == (str(path), "saved", True)
    assert len(file["before"]) == len(file["after"]) == 64


def test_where_nothing_is_remembered_that_is_told(tmp_path: Path) -> None:
    assert "no change is remembered" in run("history").err
    assert json.loads(run("history", tmp_path, "--json").text)["changes"] == []


def test_a_name_that_would_act_on_the_terminal_is_made_visible(tmp_path: Path) -> None:
    left_out(tmp_path, name="a\x1b[31m.vmx")
    assert "\x1b" not in run("history").text
    assert "\x1b" not in run("undo", "--last", "--yes").err


def test_where_it_cannot_be_remembered_the_save_stands_and_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    path = vmx(tmp_path)
    before = path.read_bytes()
    outcome = run("set", path, "sdb", "--no-snapshot", env={"DISKMODE_STATE": str(tmp_path / "state")})
    assert outcome.status == 0
    assert path.read_bytes() != before
    assert "not remembered" in outcome.err


def test_what_the_fleet_was_killed_over_is_finished_by_its_id(
    tmp_path: Path,
    killed: dict[str, bytes],  # noqa: F811 - the fixture
) -> None:
    folder = tmp_path / "vms"
    (name,) = ids()
    assert "interrupted" in run("history").text
    looked = run("undo", "--last", "--finish", "--dry-run")
    assert (looked.status, looked.text.count("+++ ")) == (0, 2)
    assert "2 files would be changed" in looked.err
    assert [(folder / one).read_bytes() == killed[one] for one in ("c.vmx", "d.vmx")] == [True, True]
    (folder / "c.vmx").write_bytes(killed["c.vmx"] + b"# somebody else\n")
    done = run("undo", name, "--finish", "--yes")
    assert done.status == 3
    assert "1 file changed, 1 refused" in done.err
    assert b'mode = "persistent"' in (folder / "d.vmx").read_bytes()
    assert (folder / "c.vmx").read_bytes() == killed["c.vmx"] + b"# somebody else\n"
    assert "interrupted" not in run("history").text
    again = run("undo", name, "--finish", "--yes")
    assert (again.status, "there is nothing to finish" in again.err) == (2, True)
    assert "no change is remembered" in run("undo", "--last", "--finish", "--yes").err
    assert run("undo", name, "--yes").status == 0
    assert (folder / "d.vmx").read_bytes() == killed["d.vmx"]


def test_unsaved_edits_that_wait_are_listed(tmp_path: Path) -> None:
    here, there = tmp_path / "a", tmp_path / "b"
    killed_editor(str(here / "a.vmx"), TEXT, FIRST)
    killed_editor("ssh://esxi01/ds/b.vmx", TEXT, FIRST)
    listed = run("history")
    assert (listed.status, listed.text.count("unsaved edits")) == (0, 2)
    assert run("history", here).text.count("unsaved edits") == 1
    assert "no change is remembered" in run("history", there).err
    assert "ssh://esxi01/ds/b.vmx" in run("history", "ssh://esxi01/ds").text
    (one,) = json.loads(run("history", here, "--json").text)["unsaved"]
    assert (one["file"], one["named"], one["edits"], one["open"]) == (str(here / "a.vmx"), None, 1, False)


def test_unsaved_edits_of_a_domain_are_listed_by_its_name() -> None:
    killed_editor("qemu:///system 1-a", TEXT, FIRST, named="qemu:///system web")
    connection = ("-c", "qemu:///system")
    for words in ((), connection, (*connection, "web"), (*connection, "1-A")):
        assert "unsaved edits  qemu:///system web" in run("history", *words).text
    assert "no change is remembered" in run("history", *connection, "db").err


def test_a_damaged_record_is_told_of_and_ends_nothing(tmp_path: Path) -> None:
    left_out(tmp_path)
    (record,) = (state_folder() / "history").iterdir()
    (record.parent / "0.jsonl").write_text(re.sub('"pid":[0-9]+', '"pid":Infinity', record.read_text()))
    listed = run("history")
    assert listed.status == 0
    assert "1 record cannot be read" in listed.err
    assert json.loads(run("history", "--json").text)["unreadable"] == 1
    assert run("undo", "--last", "--yes").status == 0


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_a_bulk_change_ends_behind_its_file_with_the_status_of_the_signal(
    number: int,
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    for name in ("a.vmx", "b.vmx", "c.vmx"):
        vmx(tmp_path, name=name)
    before = signal.signal(number, signal.default_int_handler)  # whoever started us may have it ignored
    request.addfinalizer(lambda: signal.signal(number, before))
    apply = bulk_write.apply

    def struck(change: FileChange, *, backup: bool, reload: bool) -> bulk_write.FileOutcome:
        os.kill(os.getpid(), number)
        return apply(change, backup=backup, reload=reload)

    monkeypatch.setattr("tui.cli.set_each.apply", struck)
    words = ("set", "--each", tmp_path, "--where", "is:disk", "--no-snapshot", "--yes")
    assert run(*words).status == status
    assert "interrupted" in run("history").text
    assert sum(b"independent" in path.read_bytes() for path in tmp_path.glob("?.vmx")) == 1
    monkeypatch.setattr("tui.cli.set_each.apply", apply)
    assert run(*words).status == 0
    assert run("undo", "--last", "--yes").status == 0
    assert not any(b"independent" in path.read_bytes() for path in tmp_path.glob("?.vmx"))


def test_a_signal_ignored_at_the_start_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stoppable() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not stop.asked
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_file_written_over_as_a_whole_is_listed_and_not_put_back(tmp_path: Path) -> None:
    one, other = vmx(tmp_path, name="a.vmx"), vmx(tmp_path, name="b.vmx")
    assert run("set", one, "sdb", "--no-snapshot", "-o", other, "--force").status == 0
    (change,) = json.loads(run("history", other, "--json").text)["changes"]
    assert (change["caller"], change["files"][0]["replaced"]) == ("set", True)
    (record,) = (state_folder() / "history").iterdir()
    assert b"fileName" not in record.read_bytes(), "no text is kept"
    written = other.read_bytes()
    undone = run("undo", other, "--yes")
    assert (undone.status, "written over the whole of it" in undone.err) == (3, True)
    assert other.read_bytes() == written
    for name in ("c.xml", "c.xml"):
        assert run("convert", one, "--to", "xml", "-o", tmp_path / name, "--force").status == 0
    assert len(ids()) == 1, "a new file, and the same bytes once more, are no change"
    (tmp_path / "c.xml").write_text("other")
    assert run("convert", one, "--to", "xml", "-o", tmp_path / "c.xml", "--force").status == 0
    assert len(ids(tmp_path / "c.xml")) == 1


def test_a_result_written_over_its_own_file_is_a_save_like_any_other(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    before = path.read_bytes()
    assert run("set", path, "sdb", "--no-snapshot", "-o", path).status == 2
    assert run("set", path, "sdb", "--no-snapshot", "-o", tmp_path / "." / path.name, "--force").status == 0
    assert path.read_bytes() != before
    assert run("undo", "--last", "--yes").status == 0
    assert path.read_bytes() == before


def test_a_file_that_is_gone_fails_with_the_status_of_what_cannot_be_read(tmp_path: Path) -> None:
    gone, other = vmx(tmp_path, name="a.vmx"), vmx(tmp_path, name="b.vmx")
    before = other.read_bytes()
    assert run("set", "--each", tmp_path, "--where", "is:disk", "--no-snapshot", "--yes").status == 0
    gone.unlink()
    undone = run("undo", "--last", "--yes")
    assert (undone.status, "1 file put back, 1 failed" in undone.err) == (2, True)
    assert other.read_bytes() == before


@pytest.mark.parametrize(
    "words", [("set", "a.vmx", "sdb", "--no-snapshot"), ("convert", "a.vmx", "--to", "xml")]
)
def test_what_failed_is_not_told_as_interrupted(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    vmx(tmp_path, name="a.vmx")
    (tmp_path / "out.xml").write_text("old")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tui.storage.writing.fill", full)
    out = ("-o", "out.xml", "--force") if words[0] == "convert" else ()
    assert run(*words, *out).status == 2
    (change,) = json.loads(run("history", "--json").text)["changes"]
    assert (change["state"], change["files"][0]["outcome"]) == ("nothing saved", "failed")
