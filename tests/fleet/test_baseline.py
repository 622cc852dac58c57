"""What an audit finds that an earlier one did not: whatever moved, was reworded or came in another order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.helpers import domain, vmx
from tui.fleet.audit import AuditRun, Judging
from tui.fleet.baseline import Baseline, NewsOnlyError, read_baseline
from tui.fleet.judged import Result, Unread
from tui.fleet.tally import Totals
from tui.fleet.walk import walk
from tui.fleet.written import AuditError
from tui.reports.report import Report, Summary
from tui.reports.structured import Json, JsonLines
from tui.rules.topics import Topic

LEFT_OUT = 'scsi0:1.mode = "independent-persistent"'
UNKNOWN = 'scsi0:1.mode = "no-mode"'
GRAVE = {
    "schema": "diskmode.audit/1",
    "results": [
        {
            "kind": "machine",
            "file": "a",
            "vm": "b",
            "domain": None,
            "disks": [],
            "findings": [{"rule": "x", "severity": "grave", "message": "", "accepted": None}],
        }
    ],
    "accept": [],
    "totals": {},
}


def audited(
    folder: Path, report: Report, baseline: Baseline | None = None, topic: Topic | None = None
) -> tuple[str, Totals]:
    judging = Judging(report.part, baseline=baseline, topic=topic)
    run = AuditRun(walk([str(folder)]), judging, workers=1)
    parts = [text for part in run.parts() for text in part.views if text]
    return report.head() + report.separator.join(parts) + report.tail(run.totals()), run.totals()


def baseline_of(folder: Path, report: Report | None = None) -> Baseline:
    found = read_baseline(audited(folder, report or Json())[0].encode(), "then.json")
    assert found is not None
    return found


def news(folder: Path, baseline: Baseline) -> set[tuple[str, str | None, str]]:
    """The machine, disk and rule of whatever is told."""
    text, _ = audited(folder, JsonLines(), baseline)
    rows = [json.loads(line) for line in text.splitlines()]
    return {
        (row["vm"], row.get("address") or row.get("target"), one["rule"])
        for row in rows
        if row["kind"] in ("machine", "disk")
        for one in row["findings"]
    }


@pytest.mark.parametrize("report", [Json(), JsonLines()])
def test_what_was_found_before_is_no_news(tmp_path: Path, report: Report) -> None:
    vmx(tmp_path, UNKNOWN)
    domain(tmp_path)
    baseline = baseline_of(tmp_path, report)
    text, totals = audited(tmp_path, JsonLines(), baseline)
    assert [json.loads(line)["kind"] for line in text.splitlines()] == ["total"]
    assert (totals.tally.machines, totals.tally.rules.total()) == (2, 0)
    assert totals.since is not None
    assert (totals.since.gone, totals.since.not_met) == ((), 0)


def test_only_what_is_new_is_told_and_counted(tmp_path: Path) -> None:
    vmx(tmp_path, UNKNOWN)
    vmx(tmp_path, name="b.vmx", display="b")
    baseline = baseline_of(tmp_path)
    vmx(tmp_path, LEFT_OUT, name="b.vmx", display="b")
    found = news(tmp_path, baseline)
    assert ("b", "scsi0:1", "not-in-snapshots") in found
    assert {vm for vm, _, _ in found} == {"b"}
    assert audited(tmp_path, Json(), baseline)[1].tally.rules.total() == len(found)


def test_lines_and_order_may_move(tmp_path: Path) -> None:
    path = vmx(tmp_path, LEFT_OUT, 'scsi0:0.mode = "independent-persistent"', "no line", "none either")
    baseline = baseline_of(tmp_path)
    first, *rest = path.read_text().splitlines()
    path.write_text("\n".join(["# moved", "", *reversed(rest), first, ""]))
    assert not news(tmp_path, baseline)


def test_one_more_of_a_kind_is_news(tmp_path: Path) -> None:
    path = vmx(tmp_path, "no line")
    baseline = baseline_of(tmp_path)
    path.write_text(path.read_text() + "another\n")
    assert news(tmp_path, baseline) == {("web", None, "malformed-line")}


def test_domains_of_one_file_are_told_by_their_names(tmp_path: Path) -> None:
    one = domain(tmp_path, "<disk type='file' snapshot='no'><source file='/a'/><target dev='vda'/></disk>")
    body = one.read_text()
    path = tmp_path / "web.xml"
    path.write_text(f"<node>{body}{body.replace('web', 'other')}</node>")
    baseline = baseline_of(tmp_path)
    path.write_text(f"<node>{body.replace('web', 'other')}{body}</node>")
    assert not news(tmp_path, baseline)
    path.write_text(f"<node>{body.replace('web', 'third')}{body}</node>")
    assert {vm for vm, _, _ in news(tmp_path, baseline)} == {"third"}


def test_a_machine_with_a_new_name_is_the_same(tmp_path: Path) -> None:
    vmx(tmp_path, LEFT_OUT)
    baseline = baseline_of(tmp_path)
    vmx(tmp_path, LEFT_OUT, display="renamed")
    assert not news(tmp_path, baseline)


def test_a_disk_that_was_put_elsewhere_is_the_same_by_its_image(tmp_path: Path) -> None:
    path = vmx(tmp_path, LEFT_OUT)
    baseline = baseline_of(tmp_path)
    path.write_text(path.read_text().replace("scsi0:1", "scsi0:5"))
    assert not news(tmp_path, baseline)


def test_what_is_gone_is_told_of_machines_that_were_met(tmp_path: Path) -> None:
    vmx(tmp_path, LEFT_OUT)
    vmx(tmp_path, LEFT_OUT, name="b.vmx", display="b")
    baseline = baseline_of(tmp_path)
    vmx(tmp_path)
    (tmp_path / "b.vmx").unlink()
    since = audited(tmp_path, Json(), baseline)[1].since
    assert since is not None
    assert {(one.vm, one.rule) for one in since.gone} >= {("web", "not-in-snapshots")}
    assert {one.vm for one in since.gone} == {"web"}
    assert since.not_met == 1


def test_what_another_topic_is_about_is_not_gone(tmp_path: Path) -> None:
    vmx(tmp_path, LEFT_OUT, "no line")
    since = audited(tmp_path, Json(), baseline_of(tmp_path), Topic.MIGRATION)[1].since
    assert since is not None
    assert not since.gone


def test_a_file_that_cannot_be_read_is_news_once_and_its_findings_are_not_gone(tmp_path: Path) -> None:
    path = vmx(tmp_path, LEFT_OUT)
    before = baseline_of(tmp_path)
    path.write_bytes(b"\0")
    totals = audited(tmp_path, Json(), before)[1]
    assert totals.tally.files_unread == 1
    assert totals.since is not None
    assert (totals.since.gone, totals.since.not_met) == ((), 0)
    assert audited(tmp_path, Json(), baseline_of(tmp_path))[1].tally.files_unread == 0


def test_a_run_remembers_what_its_report_would_tell(tmp_path: Path) -> None:
    vmx(tmp_path, UNKNOWN, "no line")
    (tmp_path / "bad.xml").write_text("<domain>")
    shared = [vmx(tmp_path, name=f"{name}.vmx", display=name) for name in "bc"]
    assert all(path.exists() for path in shared)

    def nothing(_: Result) -> None:
        return None

    run = AuditRun(walk([str(tmp_path)]), Judging(nothing, remember=True), workers=1)
    assert len(list(run.parts())) > 3
    read = baseline_of(tmp_path)
    kept = run.record(read.name)
    assert kept is not None
    assert set(kept.machines) == set(read.machines)
    assert sorted(kept.findings) == sorted(read.findings)
    assert kept.unread == read.unread


def test_news_and_counts_are_no_baseline(tmp_path: Path) -> None:
    vmx(tmp_path, UNKNOWN)
    for text in (
        audited(tmp_path, Json(), baseline_of(tmp_path))[0],
        audited(tmp_path, JsonLines(), baseline_of(tmp_path))[0],
        audited(tmp_path, Summary(Json()))[0],
    ):
        with pytest.raises(NewsOnlyError):
            read_baseline(text.encode(), "then.json")


@pytest.mark.parametrize(
    "data",
    [
        b'{"schema": "other"}',
        b'{"schema": "diskmode.audit/1"}',
        b'{"schema": "diskmode.audit/1", "kind": "disk"}',
        b'{"schema": "diskmode.audit/1", "kind": "unread", "file": 1, "error": "x"}',
        b'{"schema": "diskmode.audit/1", "kind": ["a"]}',
        b'{"schema": "diskmode.audit/1", "results": 1}',
        json.dumps(GRAVE).encode(),
        b'{"a":' * 100_000,
    ],
)
def test_what_is_no_audit_is_told(data: bytes) -> None:
    with pytest.raises(AuditError):
        read_baseline(data, "x")


def test_what_is_no_json_is_none() -> None:
    assert read_baseline(b"displayName", "x") is None


def test_an_audit_without_its_end_is_not_complete(tmp_path: Path) -> None:
    vmx(tmp_path)
    text = audited(tmp_path, JsonLines())[0]
    cut = read_baseline(b"".join(text.encode().splitlines(keepends=True)[:-1]), "x")
    assert cut is not None
    assert not cut.complete


def test_unread_is_a_result_of_its_own() -> None:
    unread = Unread("/a", "missing", "gone", "look")
    assert Baseline().news(unread)[0] is unread
    assert Baseline(unread=frozenset({("/a", "missing")})).news(unread)[0] is None
    assert Baseline(unread=frozenset({("/a", "denied")})).news(unread)[0] is unread


def test_two_machines_of_one_name_in_a_file_are_two(tmp_path: Path) -> None:
    path = tmp_path / "RVTools_tabvDisk.csv"
    path.write_text("VM,Disk Mode,VM ID\nweb,append,a\nweb,persistent,b\n")
    baseline = baseline_of(tmp_path)
    assert len(baseline.machines) == 2
    assert not news(tmp_path, baseline)
    path.write_text("VM,Disk Mode,VM ID\nweb,append,a\nweb,append,b\n")
    assert {rule for _, _, rule in news(tmp_path, baseline)} == {"legacy-mode"}
