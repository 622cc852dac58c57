"""The run of an audit: what becomes of results, what is counted, and what a run that was stopped tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tests.cli.helpers import vmx
from tui.fleet.accept import read_acceptances
from tui.fleet.audit import AuditRun, Judging
from tui.fleet.judged import CRASHED, Result
from tui.fleet.walk import Candidate, Found, walk

LEFT_OUT = 'scsi0:1.mode = "independent-persistent"'
ACCEPT = (
    b'[[accept]]\nrule = "not-in-snapshots"\nreason = "ours"\n[[accept]]\nrule = "none"\nreason = "gone"\n'
)
TODAY = date(2026, 6, 1)


def name_of(result: Result) -> str:
    return result.path.rpartition("/")[2]


def three(folder: Path) -> Path:
    for name in ("a.vmx", "b.vmx", "c.vmx"):
        vmx(folder, LEFT_OUT, name=name)
    return folder


def test_each_result_is_given_as_it_is_viewed_and_all_are_counted(tmp_path: Path) -> None:
    (three(tmp_path) / "bad.vmx").write_bytes(b"\0")
    run = AuditRun(walk([str(tmp_path)]), Judging(name_of), workers=1)
    assert [view for part in run.parts() for view in part.views] == [
        *("a.vmx", "b.vmx", "bad.vmx", "c.vmx"),
        *("a.vmx", "b.vmx", "c.vmx"),  # then, late, those that name one image
    ]
    totals = run.totals()
    assert totals.complete
    assert (totals.tally.machines, totals.tally.files_unread, run.files) == (3, 1, 4)
    assert totals.tally.rules["warning", "not-in-snapshots"] == 3


def test_accepted_findings_are_set_apart_and_what_accepts_nothing_is_counted(tmp_path: Path) -> None:
    judging = Judging(name_of, acceptances=read_acceptances(ACCEPT), today=TODAY)
    run = AuditRun(walk([str(three(tmp_path))]), judging, workers=1)
    list(run.parts())
    totals = run.totals()
    assert totals.tally.rules["warning", "not-in-snapshots"] == 0
    assert totals.tally.accepted["warning", "not-in-snapshots"] == 3
    assert [one.rule for one in totals.leftovers] == ["accept-unused"]
    assert totals.tally.rules["warning", "accept-unused"] == 1
    assert run.totals().tally.rules == totals.tally.rules, "asked twice, it is counted once"


def test_a_run_that_is_stopped_tells_so_and_blames_no_entry(tmp_path: Path) -> None:
    judging = Judging(name_of, acceptances=read_acceptances(ACCEPT), today=TODAY)
    ended = []

    def found() -> Iterator[Found]:
        try:
            yield from walk([str(three(tmp_path))])
        finally:
            ended.append(True)

    run = AuditRun(found(), judging, workers=1)
    for _ in run.parts():
        run.stop()
    totals = run.totals()
    assert (run.files, totals.tally.machines, totals.complete, totals.leftovers) == (1, 1, False, ())
    assert ended, "the walk ended with it"


def test_a_run_that_is_stopped_before_it_begins_reads_nothing(tmp_path: Path) -> None:
    run = AuditRun(walk([str(three(tmp_path))]), Judging(name_of), workers=1)
    run.stop()
    assert list(run.parts()) == []
    assert not run.totals().complete


def test_what_can_be_compared_later_is_remembered_only_where_it_is_asked_for(tmp_path: Path) -> None:
    three(tmp_path)
    for remember, disks in ((False, 0), (True, 6)):
        run = AuditRun(walk([str(tmp_path)]), Judging(name_of, remember=remember), workers=1)
        list(run.parts())
        assert len(run.facts) == disks


def test_a_file_over_which_a_process_died_is_a_result() -> None:
    part = Judging(lambda result: result).lost(Candidate("a.vmx", link="l"), "it was killed")
    (lost,) = part.views
    assert (lost.path, lost.link, part.tally.unread[CRASHED]) == ("a.vmx", "l", 1)
