"""``diskmode rules``: every rule, or one, for a person or a program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from tests.cli.helpers import run
from tui.cli import main
from tui.cli.messages import Status
from tui.cli.options import OVERRIDABLE
from tui.rules.all_rules import BY_ID, RULES


def test_every_rule_is_told_in_80_columns() -> None:
    outcome = run("rules")
    assert outcome.status == Status.DONE
    assert outcome.err == ""
    heads = [line for line in outcome.text.splitlines() if line and not line.startswith(" ")]
    assert heads == [rule.id for rule in RULES]
    assert max(len(line) for line in outcome.text.splitlines()) <= 80
    assert "{" not in outcome.text.replace("{{", "")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_one_rule_is_told_whole(rule: object) -> None:
    row = next(one for one in RULES if one is rule)
    text = " ".join(run("rules", row.id.upper()).text.split())
    for part in (row.condition, row.message.replace("{detail}", "…"), row.advice, row.source):
        assert part in text


def test_severities_differ_by_hypervisor() -> None:
    text = run("rules", "has-snapshots").text
    assert "✗ error" in text
    assert "esxi (as a change)" in text
    assert "workstation (as a change)" in text
    assert "i info  esxi, workstation (in a file)" in text


def test_what_locks_and_what_may_be_insisted_on_is_told() -> None:
    assert "cannot be edited" in run("rules", "physical-rdm").text
    assert "--override in-use" in run("rules", "in-use").text


def test_the_json_holds_every_rule_whole() -> None:
    report = json.loads(run("rules", "--json").out)
    assert report["schema"] == "diskmode.rules/1"
    assert [rule["id"] for rule in report["rules"]] == list(BY_ID)
    (one,) = json.loads(run("rules", "legacy-mode", "--json").out)["rules"]
    assert list(one) == [
        *("id", "severity", "severity_of_change", "condition", "message", "advice", "source", "topics"),
        *("locks", "overridable"),
    ]
    assert one["severity"] == {"esxi": "warning", "workstation": "warning"}
    assert one["severity_of_change"] == {"esxi": "error", "workstation": "error"}
    (change,) = json.loads(run("rules", "has-snapshots", "--json").out)["rules"]
    assert change["severity"] == {"esxi": "info", "workstation": "info"}
    assert change["severity_of_change"] == {"esxi": "error", "workstation": "warning"}


@pytest.mark.parametrize(
    ("word", "near"),
    [("has-snapshot", "has-snapshots"), ("rdm", "physical-rdm"), ("qqqq", "diskmode rules lists them")],
)
def test_an_unknown_rule_is_answered_with_those_near_it(word: str, near: str) -> None:
    outcome = run("rules", word)
    assert outcome.status == Status.BAD_INPUT
    assert f"no rule is called {word}" in outcome.err
    assert near in outcome.err


def test_a_rules_id_is_completed() -> None:
    found = ShellComplete(main, {}, "diskmode", "_D").get_completions(["rules"], "is-")
    assert [item.value for item in found] == ["is-delta"]


def test_what_the_option_takes_is_what_the_table_lets_one_insist_against() -> None:
    assert set(OVERRIDABLE) == {rule.id for rule in RULES if rule.overridable}


def test_the_page_of_rules_is_current() -> None:
    page = Path(__file__).parents[2] / "tui" / "rules" / "README.md"
    assert page.read_text("utf-8") == run("rules", "--format", "markdown").text, (
        "print it anew: diskmode rules --format markdown > tui/rules/README.md"
    )
    assert all(f"## {rule}\n" in page.read_text("utf-8") for rule in BY_ID)
