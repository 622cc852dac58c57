"""json and jsonl: the schema's promises."""

from __future__ import annotations

import json
from pathlib import Path

from tests.reports.conftest import ACCEPT, HOSTILE, STALE, UNREAD, written
from tui.fleet.comparison import read_audit
from tui.fleet.tally import Tally, Totals
from tui.fleet.written import SCHEMA
from tui.reports.structured import Json, JsonLines

DISK = {
    "schema",
    "kind",
    "file",
    "link",
    "domain",
    "vm",
    "format",
    "hypervisor",
    "address",
    "target",
    "device",
    "bus",
}
DISK |= {"source", "size", "mode", "preset", "participates", "persistent", "findings"}
TOTAL = {"complete", "machines", "disks", "not_in_snapshots", "discarding", "unread", "findings", "accepted"}
DISK |= {"snapshots", "locked", "chain"}
TOTAL |= {"left_to_you", "unknown", "since"}


def test_each_line_is_an_object_of_the_schema(samples: Path) -> None:
    lines = [json.loads(line) for line in written(JsonLines(), samples, accept=STALE).splitlines()]
    assert {line["schema"] for line in lines} == {SCHEMA}
    assert {line["kind"] for line in lines} == {"disk", "machine", "unread", "accept", "total"}
    assert all(set(line) == DISK for line in lines if line["kind"] == "disk")
    assert [line["kind"] for line in lines].index("total") == len(lines) - 1
    assert set(lines[-1]) == TOTAL | {"schema", "kind"}


def test_both_tell_the_same(samples: Path) -> None:
    whole = json.loads(written(Json(), samples, accept=ACCEPT))
    lines = [json.loads(line) for line in written(JsonLines(), samples, accept=ACCEPT).splitlines()]
    assert whole["schema"] == SCHEMA
    disks = [
        {
            **{
                key: one[key]
                for key in ("file", "link", "domain", "vm", "format", "hypervisor", "snapshots", "locked")
            },
            **disk,
        }
        for one in whole["results"]
        if one["kind"] == "machine"
        for disk in one["disks"]
    ]
    told = [line for line in lines if line["kind"] == "disk"]
    assert disks == [{key: line[key] for key in DISK - {"schema", "kind"}} for line in told]
    assert whole["totals"] == {key: lines[-1][key] for key in TOTAL}
    machines = {(one["file"], one["domain"]) for one in whole["results"] if one["kind"] == "machine"}
    assert whole["totals"]["machines"] == len(machines)  # one that shares an image is told of once more, late


def test_an_audit_reads_back_as_what_it_is_compared_by(samples: Path) -> None:
    one, other = (
        read_audit(written(Json(), samples).encode()),
        read_audit(written(JsonLines(), samples).encode()),
    )
    assert one
    assert one == other


def test_hostile_text_comes_back_whole_and_acts_on_nothing(tree: Path) -> None:
    text = written(JsonLines(), tree)
    assert text.isascii()
    assert "\x1b" not in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert {line["vm"] for line in lines if line["kind"] == "disk"} == {"web", f"={HOSTILE}"}
    (unread,) = (line for line in lines if line["kind"] == "unread")
    assert (unread["file"], unread["error"], unread["line"]) == (UNREAD.path, "broken-xml", 7)


def test_accepted_findings_are_shown_as_such(tree: Path) -> None:
    lines = [json.loads(line) for line in written(JsonLines(), tree, accept=ACCEPT).splitlines()]
    accepted = [
        one for line in lines if line["kind"] == "disk" for one in line["findings"] if one["accepted"]
    ]
    assert [(one["rule"], one["accepted"]) for one in accepted] == [("not-in-snapshots", "=ours, | known")]
    assert lines[-1]["accepted"] == [{"rule": "not-in-snapshots", "severity": "warning", "count": 1}]
    assert "not-in-snapshots" not in {one["rule"] for one in lines[-1]["findings"]}


def test_an_audit_of_nothing_is_whole() -> None:
    assert json.loads(Json().head() + Json().tail(Totals(Tally())))["results"] == []
