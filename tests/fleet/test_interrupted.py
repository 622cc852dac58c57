"""A bulk change that was killed in the middle: found at the next opening, finished or taken back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.fleet_helpers import vm
from tests.fleet.test_proposals import rows_in, to_end
from tui.editing import PolicyChange
from tui.fleet.bulk_plan import chosen_disks
from tui.fleet.bulk_run import BulkRun, Step
from tui.fleet.bulk_write import WriteState
from tui.fleet.interrupted import HistoryProposal, HistoryRun, last_interrupted, leave_as_it_is

_KILLED_BEHIND_TWO = """
import os, signal, sys
from pathlib import Path
from tests.fleet.test_interrupted import begun
run = begun(Path(sys.argv[1]))
run.advance(), run.advance()
os.kill(os.getpid(), signal.SIGKILL)
"""


def begun(folder: Path) -> BulkRun:
    run = BulkRun(list(chosen_disks(rows_in(folder))), PolicyChange(snapshot=True), what="Take 4 in")
    to_end(run)
    run.save()
    return run


@pytest.fixture
def killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Four files in vms/, of which two were saved when the program was killed: their bytes before."""
    monkeypatch.setenv("DISKMODE_STATE", str(tmp_path / "state"))
    folder = tmp_path / "vms"
    paths = [vm(folder, name, "independent-persistent") for name in "abcd"]
    before = {path.name: path.read_bytes() for path in paths}
    command = [sys.executable, "-c", _KILLED_BEHIND_TWO, str(folder)]
    ended = subprocess.run(command, check=False, env=os.environ)
    assert ended.returncode == -signal.SIGKILL
    assert [path.read_bytes() != before[path.name] for path in paths] == [True, True, False, False]
    return before


def proposed(folder: Path, step: Step) -> HistoryProposal:
    found = last_interrupted([str(folder)])
    assert found is not None
    run = HistoryRun(*found, step)
    to_end(run)
    return HistoryProposal("Go on", run, step)


def test_it_is_finished_as_it_was_planned_but_for_what_was_changed_since(
    tmp_path: Path, killed: dict[str, bytes]
) -> None:
    folder = tmp_path / "vms"
    assert last_interrupted([str(tmp_path / "elsewhere")]) is None
    other = killed["c.vmx"] + b"# somebody else\n"
    (folder / "c.vmx").write_bytes(other)
    proposal = proposed(folder, Step.SAVE)
    assert [(one.vm, one.refused) for one in proposal.entries] == [
        ("c.vmx", "it was changed since this was planned"),
        ("d", None),
    ]
    assert [line.text for line in proposal.diff(proposal.entries[1].path) if line.sign.value == "+"] == [
        'scsi0:0.mode = "persistent"'
    ]
    proposal.begin(backup=False)
    assert to_end(proposal.run) == [WriteState.SAVED]
    assert (folder / "c.vmx").read_bytes() == other
    assert b'"independent-persistent"' not in (folder / "d.vmx").read_bytes()
    assert last_interrupted([str(folder)]) is None
    assert proposal.run.can_undo


def test_it_is_taken_back_and_one_may_be_left_out(tmp_path: Path, killed: dict[str, bytes]) -> None:
    folder = tmp_path / "vms"
    proposal = proposed(folder, Step.UNDO)
    assert [(one.vm, one.was, one.now) for one in proposal.entries] == [
        ("b", "persistent", "independent-persistent"),
        ("a", "persistent", "independent-persistent"),
    ]
    proposal.toggle(proposal.entries[0])
    proposal.begin(backup=False)
    assert to_end(proposal.run) == [WriteState.RESTORED]
    assert (folder / "a.vmx").read_bytes() == killed["a.vmx"]
    assert last_interrupted([str(folder)]) is not None, "b still stands"
    again = proposed(folder, Step.UNDO)
    again.begin(backup=False)
    to_end(again.run)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == killed
    assert last_interrupted([str(folder)]) is None


def test_left_as_it_is_it_is_not_offered_again(tmp_path: Path, killed: dict[str, bytes]) -> None:
    found = last_interrupted([str(tmp_path / "vms")])
    assert found is not None
    assert found[1].what == "Take 4 in"
    leave_as_it_is(found[1])
    assert last_interrupted([str(tmp_path / "vms")]) is None
