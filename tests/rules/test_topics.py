"""What a rule is about, and the audit that looks at one topic alone."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.helpers import run, vmx
from tui.rules import topics
from tui.rules.all_rules import BY_ID
from tui.rules.topics import Topic, topics_of


def test_the_table_names_every_rule_there_is_and_every_topic_has_some() -> None:
    assert set(topics._TOPICS) == set(BY_ID)
    assert {topic for rule in BY_ID for topic in topics_of(rule)} == set(Topic)


def found(*words: str | Path) -> set[str]:
    report = json.loads(run("audit", *words, "--format", "json", "--hypervisor", "esxi").out)
    rows = [row for one in report["results"] for row in (one, *one["disks"])]
    return {finding["rule"] for row in rows for finding in row["findings"]}


def test_an_audit_of_a_topic_leaves_the_others_out(tmp_path: Path) -> None:
    vmx(tmp_path, 'scsi0:1.mode = "independent-persistent"', 'scsi0:0.ctkEnabled = "TRUE"')
    every = found(tmp_path)
    for topic in Topic:
        assert found(tmp_path, "--topic", topic) == {rule for rule in every if topic in topics_of(rule)}
    assert {"not-in-snapshots"} <= found(tmp_path, "--topic", "migration") < every
