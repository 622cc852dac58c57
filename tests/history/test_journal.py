"""The journal of an open file: what a killed editor leaves behind, and who finds it."""

from __future__ import annotations

import errno
import multiprocessing
import os
import stat
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from tui import posix
from tui.history.journal import Journal, Left, editors_of, forget_old_edits, journals_of, waiting
from tui.history.process import Process, this_process
from tui.history.state_folder import lines_of, state_folder
from tui.history.unsaved import Base, Unsaved, edit_line, opened_line, read_unsaved, saved_line

TEXT = b"a\nmode = one\nb\n"
FIRST, SECOND = TEXT.replace(b"one", b"two"), TEXT.replace(b"one", b"three")


def _edit_and_die(file: str | None, named: str | None, *texts: bytes) -> None:
    journal = Journal(file, texts[0], named)
    for before, after in pairwise(texts):
        journal.edited(before, after)
    os._exit(9)


def killed_editor(file: str | None, *texts: bytes, named: str | None = None) -> None:
    """An editor in a process of its own, which goes through ``texts`` and is gone."""
    process = multiprocessing.get_context("fork").Process(target=_fresh, args=(file, named, *texts))
    process.start()
    process.join()
    assert process.exitcode == 9


def _fresh(file: str | None, named: str | None, *texts: bytes) -> None:
    this_process.cache_clear()
    _edit_and_die(file, named, *texts)


def offered(file: str | None, data: bytes) -> list[bytes | None]:
    return [left.unsaved.made_on(data) for left in journals_of(file, data)]


def test_the_edits_of_a_killed_editor_are_found_and_make_the_same_text(tmp_path: Path) -> None:
    file = str(tmp_path / "a.vmx")
    killed_editor(file, TEXT, FIRST, SECOND)
    assert offered(file, TEXT) == [SECOND]
    assert offered(str(tmp_path / "b.vmx"), TEXT[1:]) == []


def test_they_are_made_on_the_same_bytes_only(tmp_path: Path) -> None:
    file = str(tmp_path / "a.vmx")
    killed_editor(file, TEXT, FIRST)
    assert offered(file, TEXT + b"c\n") == [None]


def test_dropped_they_are_offered_no_more(tmp_path: Path) -> None:
    file = str(tmp_path / "a.vmx")
    killed_editor(file, TEXT, FIRST)
    journals_of(file, TEXT)[0].drop()
    assert journals_of(file, TEXT) == []


def test_an_editor_that_left_by_choice_leaves_nothing(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / "a.vmx"), TEXT)
    journal.edited(TEXT, FIRST)
    journal.drop()
    assert list((state_folder() / "edits").iterdir()) == []


def test_an_editor_that_was_killed_before_any_edit_leaves_nothing(tmp_path: Path) -> None:
    file = str(tmp_path / "a.vmx")
    killed_editor(file, TEXT)
    assert journals_of(file, TEXT) == []
    assert list((state_folder() / "edits").iterdir()) == []


def test_what_killed_editors_of_other_files_left_without_an_edit_is_taken_away(tmp_path: Path) -> None:
    edited, looked_at = str(tmp_path / "edited.vmx"), str(tmp_path / "looked-at.vmx")
    killed_editor(edited, TEXT, FIRST)
    killed_editor(looked_at, TEXT)
    folder = state_folder() / "edits"
    cut, begun = folder / "cut-1-0.jsonl", folder / "begun-1-0.jsonl"
    for path in (cut, begun):
        path.write_bytes(b'{"schema": "diskmo')
    os.utime(cut, (0, 0))
    assert len(list(folder.iterdir())) == 4
    assert journals_of(str(tmp_path / "other.vmx"), b"x") == []
    left = set(folder.iterdir())
    assert begun in left
    assert len(left) == 2
    assert offered(edited, TEXT) == [FIRST]


def test_the_disk_has_the_edits_and_the_name_when_a_flush_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[object] = []
    monkeypatch.setattr(posix, "flush", lambda descriptor: flushed.append(os.fstat(descriptor).st_size))
    monkeypatch.setattr(posix, "flush_folder", flushed.append)
    journal = Journal(str(tmp_path / "a.vmx"), TEXT)
    journal.edited(TEXT, FIRST)
    assert flushed == []
    journal.flush()
    assert flushed == [journal.path.stat().st_size, journal.path.parent]
    journal.drop()
    journal.flush()
    assert len(flushed) == 2


def test_what_was_saved_is_not_offered_and_what_was_edited_while_it_was_is(tmp_path: Path) -> None:
    file = str(tmp_path / "a.vmx")
    journal = Journal(file, TEXT)
    journal.edited(TEXT, FIRST)
    journal.edited(FIRST, SECOND)
    journal.saved(FIRST, SECOND)
    journal.keep()
    (left,) = journals_of(file, FIRST)
    assert left.unsaved.made_on(FIRST) == SECOND
    assert left.unsaved.made_on(TEXT) is None


def test_two_editors_on_one_file_know_of_each_other(tmp_path: Path) -> None:
    file = str(tmp_path / "a.vmx")
    mine, other = Journal(file, TEXT), Journal(file, TEXT)
    (left,) = journals_of(file, TEXT, own=mine)
    assert left.path == other.path
    assert left.runs
    assert left.unsaved.editor.pid == os.getpid()


def test_a_process_of_another_machine_cannot_be_asked() -> None:
    assert Process(os.getpid(), "elsewhere.example").runs is None


def test_a_pid_that_another_process_has_now_is_not_the_editor() -> None:
    mine = this_process()
    assert mine.runs
    assert mine._replace(started="1").runs is False
    assert Process(2**22 + 1, mine.host).runs is False


def test_standard_input_is_known_by_its_text() -> None:
    killed_editor(None, TEXT, FIRST)
    assert offered(None, TEXT) == [FIRST]
    assert offered(None, FIRST) == []


def test_a_file_of_another_name_each_time_is_known_by_its_text(tmp_path: Path) -> None:
    """As ``virsh edit`` does it: the file of last time is gone."""
    old, new = tmp_path / "virshAB12CD.xml", str(tmp_path / "virshEF34GH.xml")
    old.write_bytes(TEXT)
    killed_editor(str(old), TEXT, FIRST)
    assert offered(new, TEXT) == []
    old.unlink()
    assert offered(new, TEXT) == [FIRST]


def test_only_the_person_can_read_it(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / "a.vmx"), TEXT)
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(journal.path.parent.stat().st_mode) == 0o700


def test_it_holds_the_edits_and_not_the_text(tmp_path: Path) -> None:
    text = b'password = "secret"\n' * 20 + TEXT
    journal = Journal(str(tmp_path / "a.vmx"), text)
    journal.edited(text, text.replace(b"one", b"two"))
    assert b"secret" not in journal.path.read_bytes()
    assert b"two" in journal.path.read_bytes()


def test_where_nothing_can_be_written_it_says_so_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("DISKMODE_STATE", str(tmp_path / "file"))
    journal = Journal(str(tmp_path / "a.vmx"), TEXT)
    journal.edited(TEXT, FIRST)
    journal.saved(FIRST, FIRST)
    journal.drop()
    assert "file" in (journal.trouble or "")
    assert journals_of(str(tmp_path / "a.vmx"), TEXT) == []


@pytest.mark.parametrize("cut", range(0, 40, 7))
def test_a_line_cut_short_by_a_kill_loses_only_itself(cut: int, tmp_path: Path) -> None:
    file = str(tmp_path / "a.vmx")
    killed_editor(file, TEXT, FIRST, SECOND)
    (left,) = journals_of(file, TEXT)
    data = left.path.read_bytes().rstrip(b"\n")
    left.path.write_bytes(data[: data.rindex(b"\n") + 1 + cut])
    assert offered(file, TEXT) == [FIRST]


OPENED = opened_line(Unsaved(Base("/a", "0" * 64), this_process(), 1.0))


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [1, "a", None],
        [{"schema": "another/1"}],
        [{**OPENED, "pid": "x"}],
        [{**OPENED, "file": 3}],
        [{name: value for name, value in OPENED.items() if name != "sha256"}],
    ],
)
def test_what_is_no_journal_says_nothing(lines: list[object]) -> None:
    assert read_unsaved(lines) is None


def test_edits_behind_one_that_cannot_be_read_do_not_count() -> None:
    good, bad = edit_line([]), {"edit": [[1]]}
    found = read_unsaved([OPENED, good, bad, good])
    assert found is not None
    assert found.edits == ((),)


def test_a_save_begins_anew() -> None:
    found = read_unsaved([OPENED, edit_line([]), saved_line("1" * 64, [])])
    assert found is not None
    assert (found.base.sha256, found.edits) == ("1" * 64, ())


def test_a_file_of_anything_is_read_as_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\xff\x00\n[1]\n" + b"[" * 100_000 + b"\n{\n" + b"9" * 5_000 + b"\n2\n")
    assert list(lines_of(path)) == [[1], 2]
    assert list(lines_of(tmp_path / "none")) == []


def test_left_of_a_stranger_is_not_taken_away(tmp_path: Path) -> None:
    """Whose editor cannot be asked may still be at work."""
    file = str(tmp_path / "a.vmx")
    journal = Journal(file, TEXT)
    journal.keep()
    data = journal.path.read_bytes().replace(this_process().host.encode(), b"elsewhere.example")
    journal.path.write_bytes(data)
    (left,) = journals_of(file, TEXT)
    assert isinstance(left, Left)
    assert left.runs is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("began", float("nan")), ("began", 1e300), ("pid", float("inf")), ("pid", 0), ("host", 1)],
)
def test_a_damaged_journal_is_none_and_ends_nothing(name: str, value: object) -> None:
    line = opened_line(Unsaved(Base("/a", "0"), this_process(), 1.0))
    assert read_unsaved([line]) is not None
    assert read_unsaved([line | {name: value}]) is None


def test_a_journal_that_was_taken_away_is_noticed(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / "a.vmx"), TEXT)
    assert not journal.is_gone
    journal.path.unlink()
    assert journal.is_gone
    journal.drop()
    assert not journal.is_gone


def test_a_disk_that_does_not_take_the_edits_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(number: int) -> Callable[[int], None]:
        def flush(_: int) -> None:
            raise OSError(number, os.strerror(number))

        return flush

    journal = Journal(str(tmp_path / "a.vmx"), TEXT)
    monkeypatch.setattr(posix, "flush", fail(errno.EINVAL))
    journal.flush()
    assert journal.trouble is None
    monkeypatch.setattr(posix, "flush", fail(errno.EIO))
    journal.flush()
    assert "Input/output error" in str(journal.trouble)


def test_who_has_a_file_open_besides_is_found(tmp_path: Path) -> None:
    file = str(tmp_path / "a.vmx")
    mine, other, beside = Journal(file, TEXT), Journal(file, FIRST), Journal(str(tmp_path / "b.vmx"), TEXT)
    killed_editor(file, TEXT, SECOND)
    assert [left.path for left in editors_of(file, mine)] == [other.path]
    assert editors_of(None, beside) == []


def aged(days: float) -> None:
    then = time.time() - days * 86_400
    for path in (state_folder() / "edits").iterdir():
        os.utime(path, (then, then))


def test_unsaved_edits_are_kept_as_long_as_the_history(tmp_path: Path) -> None:
    file = str(tmp_path / "a.vmx")
    killed_editor(file, TEXT, FIRST)
    open_still = Journal(str(tmp_path / "b.vmx"), TEXT)
    open_still.edited(TEXT, FIRST)
    aged(29.9)
    forget_old_edits(30)
    assert offered(file, TEXT) == [FIRST]
    aged(30.1)
    forget_old_edits(30)
    assert offered(file, TEXT) == []
    assert [left.path for left in waiting()] == [open_still.path]


def test_what_waits_is_found_without_opening_its_file(tmp_path: Path) -> None:
    one, other, saved = (tmp_path / name for name in ("a.vmx", "b.vmx", "c.vmx"))
    killed_editor(str(one), TEXT, FIRST)
    killed_editor(str(other), TEXT)
    killed_editor(None, TEXT, SECOND)
    saved.write_bytes(FIRST)
    journal = Journal(str(saved), TEXT)
    journal.edited(TEXT, FIRST)
    journal.saving(FIRST)
    assert [(left.unsaved.base.file, left.runs) for left in waiting()] == [(str(one), False), (None, False)]
    saved.write_bytes(TEXT)
    assert len(waiting()) == 3


def test_edits_of_a_file_on_another_host_are_kept_for_it(tmp_path: Path) -> None:
    far = "ssh://root@esxi01/vmfs/volumes/ds1/a.vmx"
    killed_editor(far, TEXT, FIRST)
    assert offered(str(tmp_path / "copy.vmx"), TEXT) == []
    assert offered("ssh://root@esxi02/vmfs/volumes/ds1/a.vmx", TEXT) == []
    assert offered(far, TEXT) == [FIRST]


def test_what_is_no_regular_file_blocks_no_reader(tmp_path: Path) -> None:
    folder = state_folder() / "edits"
    folder.mkdir(parents=True)
    (folder / "folder.jsonl").mkdir()
    (folder / "link.jsonl").symlink_to("/etc/passwd")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "stdin-1-1.jsonl")
    assert [list(lines_of(path)) for path in folder.iterdir()] == [[]] * len(list(folder.iterdir()))
    assert waiting() == []
    assert journals_of(None, TEXT) == []


def test_lines_of_any_length_are_read_and_no_more_than_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "long.jsonl"
    path.write_bytes(b"1\n" * 10 + b"[" * 200 + b"\n2\n3")
    assert list(lines_of(path)) == [1] * 10 + [2, 3]
    monkeypatch.setattr("tui.history.state_folder._LARGEST", 10)
    assert list(lines_of(path)) == [1] * 5
