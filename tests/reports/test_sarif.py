"""SARIF: valid against OASIS' own schema, and findings known again from run to run.

sarif-schema-2.1.0.json is the schema of SARIF 2.1.0 errata 01 as OASIS publishes it, unchanged.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema

from tests.reports.conftest import ACCEPT, STALE, written
from tui.fleet.tally import Tally, Totals
from tui.reports.sarif import Sarif
from tui.rules.all_rules import BY_ID

SCHEMA = json.loads((Path(__file__).parent / "sarif-schema-2.1.0.json").read_text())


def valid(text: str) -> dict[str, Any]:
    log = json.loads(text)
    jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER).validate(log)
    (run,) = log["runs"]
    return run  # type: ignore[no-any-return]


def test_the_samples_make_a_valid_log(samples: Path) -> None:
    run = valid(written(Sarif(), samples, accept=STALE))
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert set(BY_ID) | {"accept-unused", "accept-expired"} == rules
    assert {one["ruleId"] for one in run["results"]} <= rules | {"unread/broken-xml"}
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert [one["descriptor"]["id"] for one in invocation["toolConfigurationNotifications"]] == [
        "accept-unused"
    ]


def test_hostile_names_make_a_valid_log(tree: Path) -> None:
    text = written(Sarif(), tree)
    assert text.isascii()
    uris = {
        one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in valid(text)["results"]
    }
    assert all(uri.isprintable() and " " not in uri for uri in uris)


def test_an_empty_log_is_valid() -> None:
    run = valid(Sarif().head() + Sarif().tail(Totals(Tally())))
    assert run["invocations"][0]["executionSuccessful"] is True


def test_an_accepted_finding_is_suppressed_with_its_reason(tree: Path) -> None:
    suppressed = [
        one for one in valid(written(Sarif(), tree, accept=ACCEPT))["results"] if "suppressions" in one
    ]
    assert [one["ruleId"] for one in suppressed] == ["not-in-snapshots"]
    assert suppressed[0]["suppressions"][0]["justification"] == "=ours, | known"


def test_a_finding_is_known_again_when_lines_move(tree: Path) -> None:
    def prints() -> set[str]:
        results = valid(written(Sarif(), tree / "web.vmx"))["results"]
        return {one["partialFingerprints"]["diskmode/v1"] for one in results if "partialFingerprints" in one}

    before = prints()
    path = tree / "web.vmx"
    path.write_text("# a line\n" + path.read_text())
    assert prints() == before
    assert before
