"""Reports for pipelines and monitoring, read by the libraries that read them elsewhere."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from junitparser import Error, Failure, JUnitXml, Skipped
from prometheus_client.parser import text_string_to_metric_families

from tests.cli.helpers import run, vmx
from tests.reports.conftest import ACCEPT, STALE, written
from tui.fleet.tally import Tally, Totals
from tui.reports import WITHOUT_SUMMARY
from tui.reports.gitlab import Gitlab
from tui.reports.junit import Junit
from tui.reports.nagios import Limit, LimitError, Nagios, ServiceState, limit_of
from tui.reports.prometheus import Prometheus

# After GitLab's documentation of the report, which is stricter than the schema GitLab reads it with.
ISSUES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": "^\\./"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
LEFT_OUT = 'scsi0:1.mode = "independent-persistent"'
UNKNOWN = 'scsi0:1.mode = "no-mode"'


def metrics(text: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    families = list(text_string_to_metric_families(text))
    assert len({one.name for one in families}) == len(families)
    assert {one.type for one in families} == {"gauge"}
    return {one.name: [(sample.labels, sample.value) for sample in one.samples] for one in families}


def issues(text: str) -> list[dict[str, Any]]:
    found = json.loads(text)
    jsonschema.Draft202012Validator(ISSUES).validate(found)
    return found  # type: ignore[no-any-return]


def test_prometheus_reads_the_totals(tree: Path) -> None:
    read = metrics(written(Prometheus(), tree, accept=ACCEPT))
    total = json.loads(run("audit", tree, "--format", "json", "--fail-on", "never").text)["totals"]
    assert read["diskmode_machines"] == [({}, 2)] == [({}, total["machines"])]
    assert read["diskmode_disks"] == [({}, total["disks"])]
    assert read["diskmode_accepted_findings"] == [({}, 1)]
    assert read["diskmode_unread_by_error"] == [({"error": "broken-xml"}, 1)]
    by_rule = sum(value for _, value in read["diskmode_rule_findings"])
    assert by_rule == sum(value for _, value in read["diskmode_findings"]) > 0


def test_prometheus_has_every_severity_where_nothing_was_found() -> None:
    read = metrics(Prometheus().tail(Totals(Tally(), complete=False)))
    assert [value for _, value in read["diskmode_findings"]] == [0, 0, 0]
    assert read["diskmode_audit_complete"] == [({}, 0)]


def test_junit_counts_what_it_holds(samples: Path, tree: Path) -> None:
    read = JUnitXml.fromstring(written(Junit(), samples, tree, accept=STALE).encode())
    ended: Counter[type] = Counter()
    for suite in read:
        cases = list(suite)
        ends = Counter(type(one) for case in cases for one in case.result)
        assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (
            len(cases),
            ends[Failure],
            ends[Error],
            ends[Skipped],
        )
        ended += ends
    assert ended[Failure] > 0
    assert ended[Error] == 1
    assert ended[Skipped] > 0


def test_junit_of_nothing_is_a_document() -> None:
    assert list(JUnitXml.fromstring((Junit().head() + Junit().tail(Totals(Tally()))).encode())) == []


def test_junit_passes_a_disk_that_nothing_is_wrong_with(tmp_path: Path) -> None:
    vmx(tmp_path, UNKNOWN)
    (suite,) = JUnitXml.fromstring(run("audit", tmp_path, "--format", "junit").out)
    assert {case.name for case in suite if not case.result and not case.system_out} == {"scsi0:0"}


def test_gitlab_reads_each_finding_as_an_issue(samples: Path, tree: Path) -> None:
    found = issues(written(Gitlab(), samples, tree, accept=ACCEPT))
    assert {"critical", "major", "info", "blocker"} == {one["severity"] for one in found}
    assert len({one["fingerprint"] for one in found}) == len(found)


def test_gitlab_is_told_paths_of_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vms").mkdir()
    path = vmx(tmp_path / "vms", UNKNOWN)
    monkeypatch.chdir(tmp_path)
    for named in (path, "./vms", "vms"):
        found = issues(run("audit", named, "--format", "gitlab").text)
        assert {one["location"]["path"] for one in found} == {"vms/web.vmx"}


@pytest.mark.parametrize(
    ("lines", "options", "state"),
    [
        ((), ("--warning", "999"), ServiceState.OK),
        ((LEFT_OUT,), (), ServiceState.WARNING),
        ((UNKNOWN,), (), ServiceState.CRITICAL),
        ((UNKNOWN,), ("--critical", "999", "--warning", "999"), ServiceState.OK),
        ((LEFT_OUT,), ("--critical", "not-in-snapshots"), ServiceState.CRITICAL),
        ((LEFT_OUT,), ("--critical", "not-in-snapshots=1"), ServiceState.WARNING),
        ((LEFT_OUT,), ("--critical", "0"), ServiceState.CRITICAL),
    ],
)
def test_a_plugin_ends_as_its_line_says(
    tmp_path: Path, lines: tuple[str, ...], options: tuple[str, ...], state: ServiceState
) -> None:
    vmx(tmp_path, *lines)
    outcome = run("audit", tmp_path, "--format", "nagios", *options)
    assert outcome.status == state
    (line,) = outcome.text.splitlines()
    told, performance = line.split(" | ")
    assert told.startswith(f"DISKMODE {state.name} - 1 machine, 2 disks: ")
    for one in performance.split(" "):
        name, values = one.split("=")
        assert name.strip("'").isidentifier()
        assert len(values.split(";")) == 4


def test_a_plugin_that_could_not_look_does_not_know(tmp_path: Path) -> None:
    vmx(tmp_path)
    assert run("audit", tmp_path, tmp_path / "none.vmx", "--format", "nagios").status == ServiceState.UNKNOWN
    lenient = run("audit", tmp_path, tmp_path / "none.vmx", "--format", "nagios", "--keep-going")
    assert lenient.status != ServiceState.UNKNOWN
    (tmp_path / "web.vmx").unlink()
    assert run("audit", tmp_path, "--format", "nagios").text.startswith("DISKMODE UNKNOWN - 0 machines")


@pytest.mark.parametrize(
    "words",
    [
        ("--warning", "no-such-rule"),
        ("--critical", "not-in-snapshots=x"),
        ("--fail-on", "warning"),
        ("--accept", "nowhere.toml"),
    ],
)
def test_a_plugin_that_is_misused_does_not_know(tmp_path: Path, words: tuple[str, ...]) -> None:
    outcome = run("audit", vmx(tmp_path), "--format", "nagios", *words)
    assert outcome.status == ServiceState.UNKNOWN
    assert outcome.text.startswith("DISKMODE UNKNOWN - ")
    assert outcome.err


def test_limits_go_with_the_plugin_only(tmp_path: Path) -> None:
    outcome = run("audit", vmx(tmp_path), "--warning", "3")
    assert outcome.status == 2
    assert "--format nagios" in outcome.err


@pytest.mark.parametrize("name", WITHOUT_SUMMARY)
def test_what_has_no_totals_or_nothing_else_has_no_summary(name: str, tmp_path: Path) -> None:
    outcome = run("audit", vmx(tmp_path), "--format", name, "--summary")
    assert outcome.status in {2, ServiceState.UNKNOWN}
    assert "--summary does not go with" in outcome.err


def test_a_limit_is_a_number_a_rule_or_both() -> None:
    assert limit_of("3") == Limit(None, 3)
    assert limit_of("in-use") == Limit("in-use", 0)
    assert limit_of("in-use=2") == Limit("in-use", 2)
    for limit in ("9" * 5000, f"in-use={'9' * 5000}", "in-use=\u00b2"):
        with pytest.raises(LimitError, match="is no"):
            limit_of(limit)
    assert "'findings'=0;1;5;0" in Nagios((Limit(None, 1),), (Limit(None, 5),)).tail(
        Totals(Tally(machines=1))
    )
