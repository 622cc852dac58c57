"""What the editor's keys do to disks, and what is said of it: values, without a screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.helpers import machine_file
from tui.app.editor.disk_edits import DiskEdits
from tui.app.editor.status import EditorStatus, StatusMessage
from tui.editing import Aspect, Refusal, Turn
from tui.session import Choices, Session, open_reading
from tui.storage import read

_DISKS = ('scsi0.present = "TRUE"', 'scsi0:0.present = "TRUE"', 'scsi0:0.fileName = "a.vmdk"')
_TWO = (*_DISKS, 'scsi0:1.present = "TRUE"', 'scsi0:1.fileName = "b.vmdk"')
_LEFT_OUT = 'scsi0:1.mode = "independent-persistent"'


class Keys:
    """A session, and what its keys would say."""

    def __init__(self, folder: Path, *lines: str) -> None:
        session = open_reading(read(machine_file(folder, *lines)), Choices())
        assert isinstance(session, Session)
        self.session = session
        self.status = EditorStatus()
        self.edits = DiskEdits(session, self.status, lambda: None)

    @property
    def in_snapshots(self) -> list[bool | None]:
        return [disk.policy.snapshot for disk in self.session.editing.disks]

    def said(self) -> str:
        lines = self.status.lines(self.session.editing, 0, 80, 5, searched=False)
        return " ".join("".join(span.text for span in line).strip() for line in lines)


@pytest.mark.parametrize(("accepts", "wanted"), [(True, [True, True]), (False, [False, False])])
def test_marked_disks_that_differ_are_asked_about_and_turned_either_way(
    tmp_path: Path, accepts: bool, wanted: list[bool]
) -> None:
    keys = Keys(tmp_path, *_TWO, _LEFT_OUT)
    keys.edits.mark_all([0, 1])
    keys.edits.turn(Aspect.SNAPSHOT, 0)
    assert isinstance(keys.status.response, Turn)
    assert keys.in_snapshots == [True, False]
    assert "Which way?" in keys.said()
    if accepts:
        keys.edits.accept(0)
    else:
        keys.edits.override(0)
    assert keys.in_snapshots == wanted
    assert not isinstance(keys.status.response, Turn)


def test_only_disks_that_are_shown_are_marked_and_a_second_time_none(tmp_path: Path) -> None:
    keys = Keys(tmp_path, *_TWO)
    keys.edits.mark_all([1])
    assert keys.session.editing.marked == {1}
    keys.edits.mark_all([1])
    assert keys.session.editing.marked == set()


def test_a_refused_edit_is_insisted_on_only_while_it_is_shown(tmp_path: Path) -> None:
    (tmp_path / "made.vmx.lck").mkdir()
    keys = Keys(tmp_path, *_DISKS)
    look = keys.session.read_beside()
    keys.session.beside_read(look, look.run())
    keys.edits.turn(Aspect.SNAPSHOT, 0)
    assert isinstance(keys.status.response, Refusal)
    assert "o: edit all the same" in keys.said()
    keys.status.clear()
    keys.edits.override(0)
    assert keys.in_snapshots == [True]
    keys.edits.turn(Aspect.SNAPSHOT, 0)
    keys.edits.override(0)
    assert keys.in_snapshots == [False]


def test_with_nothing_to_undo_or_no_disk_that_is_said(tmp_path: Path) -> None:
    keys = Keys(tmp_path, *_DISKS)
    keys.edits.undo()
    assert "Nothing to undo" in keys.said()
    keys.edits.redo()
    assert "Nothing to redo" in keys.said()
    assert not keys.edits.mark(None)
    assert keys.status.response == StatusMessage("No disk matches.")


def test_another_disk_has_its_own_first_finding_and_no_old_answer(tmp_path: Path) -> None:
    keys = Keys(tmp_path, *_DISKS)
    keys.edits.say("something")
    keys.status.finding = 3
    keys.status.select()
    assert keys.status.response is None
    assert keys.status.finding == 0
