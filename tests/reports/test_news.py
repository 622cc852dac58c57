"""What each format tells beside a baseline: what is new, what is gone, and an exit status of news only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from junitparser import JUnitXml

from tests.cli.helpers import Outcome, run, vmx
from tests.reports.test_pipelines import issues, metrics
from tests.reports.test_sarif import valid
from tui.reports import FORMATS, WITHOUT_SUMMARY

OLD = 'scsi0:0.mode = "no-mode"'
NEW = 'scsi0:1.mode = "none-either"'


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    """An audit in which one disk has an error; and another has one now instead."""
    (tmp_path / "vms").mkdir()
    vmx(tmp_path / "vms", OLD)
    path = tmp_path / "then.json"
    run("audit", tmp_path / "vms", "-o", path)
    vmx(tmp_path / "vms", NEW)
    return path


def told(baseline: Path, kind: str, *words: str) -> Outcome:
    return run("audit", baseline.parent / "vms", "--changed-since", baseline, "--format", kind, *words)


@pytest.mark.parametrize("kind", FORMATS)
def test_nothing_new_is_no_failure_in_any_format(baseline: Path, kind: str) -> None:
    vmx(baseline.parent / "vms", OLD)
    outcome = told(baseline, kind)
    assert outcome.status == 0
    # SARIF names every rule in its head.
    assert kind == "sarif" or "unknown-mode" not in outcome.text


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "nagios"])
def test_what_is_new_fails(baseline: Path, kind: str) -> None:
    assert told(baseline, kind).status == 1


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind not in WITHOUT_SUMMARY])
def test_counts_alone_are_news_too(baseline: Path, kind: str) -> None:
    assert told(baseline, kind, "--summary").status == 1


def test_the_table_tells_what_is_new_and_gone(baseline: Path) -> None:
    lines = told(baseline, "table").text.splitlines()
    assert any("scsi0:1 unknown-mode" in line for line in lines)
    assert any(line.startswith("  - web, scsi0:0: unknown-mode") for line in lines)
    assert any(line.startswith("since the baseline: ") and " gone" in line for line in lines)


def test_json_tells_what_is_gone(baseline: Path) -> None:
    whole = json.loads(told(baseline, "json").text)
    assert ("scsi0:0", "unknown-mode") in {(one["disk"], one["rule"]) for one in whole["gone"]}
    since = whole["totals"]["since"]
    assert since == {
        "baseline": str(baseline),
        "new": sum(one["count"] for one in whole["totals"]["findings"]),
        "gone": len(whole["gone"]),
        "machines_not_met": 0,
    }
    lines = [json.loads(line) for line in told(baseline, "jsonl").text.splitlines()]
    gone = [line for line in lines if line["kind"] == "gone"]
    assert [{key: line[key] for key in line if key not in ("schema", "kind")} for line in gone] == whole[
        "gone"
    ]


def test_sarif_says_new_and_absent(baseline: Path) -> None:
    results = valid(told(baseline, "sarif").text)["results"]
    found = {(one["ruleId"], one["baselineState"]) for one in results}
    assert {("unknown-mode", "new"), ("unknown-mode", "absent")} <= found
    vmx(baseline.parent / "vms")
    results = valid(told(baseline, "sarif", "--fail-on", "never").text)["results"]
    assert {one["baselineState"] for one in results} <= {"absent", "new"}
    assert ("unknown-mode", "absent") in {(one["ruleId"], one["baselineState"]) for one in results}


def test_junit_passes_what_is_gone(baseline: Path) -> None:
    cases = [case for suite in JUnitXml.fromstring(told(baseline, "junit").out) for case in suite]
    assert {case.name for case in cases if case.result} >= {"scsi0:1: unknown-mode"}
    assert "web, scsi0:0: unknown-mode" in {case.name for case in cases if not case.result}


def test_monitoring_counts_news_under_names_of_its_own(baseline: Path) -> None:
    read = metrics(told(baseline, "prometheus").text)
    assert "diskmode_findings" not in read
    assert ({"severity": "error"}, 1) in read["diskmode_new_findings"]
    assert read["diskmode_gone_findings"][0][1] >= 1
    line = told(baseline, "nagios")
    assert line.status == 2
    assert ": new: 1 unknown-mode (error)" in line.text
    assert "'gone'=" in line.text


def test_gitlab_and_markdown_and_csv_hold_only_news(baseline: Path) -> None:
    assert {one["check_name"] for one in issues(told(baseline, "gitlab").text)} >= {"unknown-mode"}
    assert "## Gone since `" in told(baseline, "markdown").text
    rows = told(baseline, "csv").text.splitlines()
    assert "scsi0:0" not in "".join(rows)
    assert "scsi0:1" in rows[1]


def test_a_file_that_could_not_be_read_before_does_not_change_the_status(tmp_path: Path) -> None:
    (tmp_path / "bad.xml").write_text("<domain>")
    then = tmp_path / "then.jsonl"
    assert run("audit", tmp_path, "-o", then).status == 2
    assert run("audit", tmp_path, "--changed-since", then).status == 0


def test_a_fault_of_the_accept_file_is_news_once(tmp_path: Path) -> None:
    vmx(tmp_path)
    accept = tmp_path / "accept.toml"
    accept.write_text('[[accept]]\nrule = "unknown-mode"\nreason = "x"\n')
    then = tmp_path / "then.json"
    words = ("audit", tmp_path, "--accept", accept, "--fail-on", "warning")
    assert run(*words, "-o", then).status == 1
    assert run(*words, "--changed-since", then).status == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('displayName = "web"', "it is no JSON; give what diskmode audit"),
        ("{}", "no audit this program wrote"),
    ],
)
def test_what_is_no_baseline_is_bad_input(tmp_path: Path, text: str, told: str) -> None:
    then = tmp_path / "then.json"
    then.write_text(text)
    outcome = run("audit", vmx(tmp_path), "--changed-since", then)
    assert outcome.status == 2
    assert told in outcome.err


def test_the_baseline_can_be_standard_input(baseline: Path) -> None:
    words = ("audit", baseline.parent / "vms", "--changed-since", "-")
    assert run(*words, data=baseline.read_bytes()).status == 1
    assert "only one of" in run(*words, "--files-from", "-").err


def test_a_baseline_that_was_cut_short_is_told(baseline: Path) -> None:
    whole = json.loads(baseline.read_text())
    whole["totals"]["complete"] = False
    baseline.write_text(json.dumps(whole))
    assert "did not come to its end" in told(baseline, "json").err
