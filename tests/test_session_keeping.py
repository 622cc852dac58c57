"""A session's journal: what is kept of a pipe, and what happens to the journal while a file is open."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from tests.app.test_left_edits import edited, killed_editor
from tests.cli.helpers import vmx
from tests.test_session import edit, opened, piped, question, told
from tui.history.journal import Left, journals_of
from tui.history.state_folder import lines_of, state_folder
from tui.history.unsaved import read_unsaved
from tui.session import Leave, Notice, NoticeKind, Question, QuestionKind, Reply, Session, Step, Work


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return vmx(tmp_path)


@pytest.fixture
def session(path: Path) -> Session:
    return opened(path)


def recalled(session: Session) -> Step | None:
    return session.recalled(session.recall().run())


def journals() -> list[bytes]:
    folder = state_folder() / "edits"
    return [path.read_bytes() for path in sorted(folder.iterdir())] if folder.exists() else []


def test_what_was_accepted_stays_in_the_journal_until_standard_output_has_it(path: Path) -> None:
    session = piped(path.read_bytes())
    recalled(session)
    edit(session, 0)
    leaving = question(session.leave(), QuestionKind.LEAVE)
    assert isinstance(session.answered(leaving, Reply.ACCEPT_AND_LEAVE), Leave)
    session.note_edits()
    assert b"independent-persistent" in journals()[0]
    session.given_back()
    assert journals() == []


def test_of_a_pipe_that_a_signal_ended_only_what_was_not_accepted_is_kept(path: Path) -> None:
    session = piped(path.read_bytes())
    recalled(session)
    edit(session, 0)
    session.answered(question(session.save(), QuestionKind.ACCEPT), Reply.ACCEPT)
    edit(session, 1)
    session.note_edits()
    session.given_back()
    (path,) = (state_folder() / "edits").iterdir()
    unsaved = read_unsaved(lines_of(path))
    assert unsaved is not None
    assert unsaved.made_on(session.accepted) == session.editing.machine.document.data


def test_of_a_pipe_that_was_left_without_accepting_nothing_is_kept(path: Path) -> None:
    session = piped(path.read_bytes())
    recalled(session)
    edit(session, 0)
    session.note_edits()
    session.answered(question(session.leave(), QuestionKind.LEAVE), Reply.DISCARD)
    assert journals() == []


def test_what_is_recovered_is_in_the_new_journal_before_the_old_one_is_gone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_editor(path, path.read_bytes(), edited(path.read_bytes()))
    session = opened(path)
    offered = recalled(session)
    assert isinstance(offered, Question)
    kept: list[bytes] = []
    monkeypatch.setattr(Left, "drop", lambda left: kept.extend(set(journals()) - {left.path.read_bytes()}))
    assert told(session.answered(offered, Reply.RECOVER)) is NoticeKind.RECOVERED
    assert [b"independent-persistent" in one for one in kept] == [True]


# The journal while the file is open


def test_a_kill_after_a_save_whose_outcome_was_not_taken_leaves_only_later_edits(
    session: Session, path: Path
) -> None:
    recalled(session)
    edit(session, 0)
    begun = session.answered(question(session.save(), QuestionKind.SAVE), Reply.SAVE)
    assert isinstance(begun, Work)
    edit(session, 1)
    session.note_edits()
    begun.run()
    (journal,) = (state_folder() / "edits").iterdir()
    left = read_unsaved(lines_of(journal))
    assert left is not None
    assert left.settled(path.read_bytes()).made_on(path.read_bytes()) == session.editing.machine.document.data


def flushed(session: Session) -> Step | None:
    session.note_edits()
    flush = session.flush_edits()
    assert flush is not None
    return session.flushed(flush())


def test_a_journal_that_somebody_took_away_is_begun_anew_with_every_edit(
    session: Session, path: Path
) -> None:
    recalled(session)
    edit(session, 0)
    assert flushed(session) is None
    shutil.rmtree(state_folder())
    edit(session, 1)
    assert flushed(session) is None
    assert b"independent-persistent" in journals()[0]
    session.note_edits()
    (left,) = journals_of(str(path), path.read_bytes())
    assert left.unsaved.made_on(path.read_bytes()) == session.editing.machine.document.data
    session.answered(question(session.leave(), QuestionKind.LEAVE), Reply.DISCARD)
    assert journals() == []


def test_a_disk_that_fills_up_while_a_file_is_edited_is_told_of_once(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    recalled(session)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tui.history.state_folder.os.write", full)
    edit(session, 0)
    told = flushed(session)
    assert isinstance(told, Notice)
    assert (told.kind, "No space left" in told.about) == (NoticeKind.EDITS_NOT_KEPT, True)
    edit(session, 1)
    assert flushed(session) is None


def test_who_opens_the_file_later_is_told_of_at_the_next_edit_and_once(session: Session, path: Path) -> None:
    assert recalled(session) is None
    second = opened(path)
    assert told(recalled(second)) is NoticeKind.OPEN_ELSEWHERE
    edit(session, 0)
    assert told(flushed(session)) is NoticeKind.OPEN_ELSEWHERE
    edit(session, 1)
    assert flushed(session) is None
    edit(second, 0)
    assert flushed(second) is None, "it was told at the beginning"


def test_edits_of_an_editor_that_runs_are_its_own(session: Session, path: Path) -> None:
    recalled(session)
    edit(session, 0)
    session.note_edits()
    assert told(recalled(opened(path))) is NoticeKind.OPEN_ELSEWHERE
    assert len(journals()) == 2
