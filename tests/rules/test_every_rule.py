"""Every rule: what raises it, what just does not, and the edit it blocks."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.rules.cases import BLOCKED, NEVER_CREATED, Blocked, Case
from tests.rules.more_cases import CASES
from tui.editing import Refusal, cautions_of, edit
from tui.machine import Machine
from tui.rules import Finding, Hypervisor, PolicyEdit, Severity, cautions, findings, objections
from tui.rules.all_rules import BY_ID, RULES
from tui.rules.rule import Rule

REFERENCE = re.compile(r"[a-z]+(?:-[a-z0-9]+)*")


def raised(machine: Machine, hypervisor: Hypervisor) -> list[Finding]:
    return list(findings(machine.configuration, hypervisor))


def judged(machine: Machine, case: Case) -> list[Finding]:
    """What is said of a machine, or where the rule judges changes, of the change."""
    machine = replace(machine, chosen=case.hypervisor)
    if case.wanted is None:
        return raised(machine, case.hypervisor)
    outcome = edit(machine, machine, case.wanted, [0])
    if isinstance(outcome, Refusal):
        return list(outcome.findings)
    return list(cautions_of(machine, machine, outcome))


def of(rule: str, found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.rule == rule]


def named(case: Case | Blocked) -> str:
    return case.rule


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_rule_speaks_where_it_should_and_nowhere_else(case: Case) -> None:
    assert of(case.rule, judged(case.raises, case))
    assert not of(case.rule, judged(case.silent, case))


def test_every_rule_of_the_table_has_a_case() -> None:
    assert {case.rule for case in CASES} == set(BY_ID)


def test_every_rule_that_can_refuse_an_edit_is_seen_to_refuse_one() -> None:
    refusing = {
        rule.id
        for rule in RULES
        for severities in (rule.severity, rule.change_severity or {})
        if Severity.ERROR in severities.values()
    }
    assert {one.rule for one in BLOCKED} == refusing - NEVER_CREATED


@pytest.mark.parametrize("case", BLOCKED, ids=named)
def test_an_edit_that_would_create_it_is_blocked(case: Blocked) -> None:
    machine = replace(case.machine, chosen=case.hypervisor)
    outcome = edit(machine, machine, case.wanted, [0])
    assert isinstance(outcome, Refusal)
    (finding,) = of(case.rule, list(outcome.findings))
    assert finding.severity is Severity.ERROR
    assert finding.disk == 0
    assert finding.disk_name == machine.disks[0].name
    assert finding.message in outcome.reason or finding is not outcome.findings[0]
    assert finding.advice
    assert finding.source == BY_ID[case.rule].source


@pytest.mark.parametrize("case", [case for case in CASES if case.wanted is None], ids=named)
def test_a_finding_is_as_grave_as_the_table_says_and_only_for_its_hypervisors(case: Case) -> None:
    for hypervisor in Hypervisor:
        severities = {one.severity for one in of(case.rule, raised(case.raises, hypervisor))}
        expected = BY_ID[case.rule].severity.get(hypervisor)
        assert severities == ({expected} if expected else set())


@pytest.mark.parametrize("case", [case for case in CASES if case.wanted is not None], ids=named)
def test_a_change_is_judged_as_gravely_as_the_table_says(case: Case) -> None:
    assert case.wanted is not None
    before = case.raises
    document = before.document
    after = before.with_document(document.with_policy(0, case.wanted.policy_for(before.disks[0])))
    change = PolicyEdit(before.configuration, before.configuration, after.configuration)
    for hypervisor in Hypervisor:
        refused = of(case.rule, list(objections(change, hypervisor)))
        cautioned = of(case.rule, list(cautions(change, hypervisor)))
        expected = BY_ID[case.rule].severity_of_change(hypervisor)
        assert bool(refused) is (expected is Severity.ERROR)
        assert [one.severity for one in cautioned] == ([expected] if expected is Severity.WARNING else [])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_condition_message_advice_and_source(rule: Rule) -> None:
    assert REFERENCE.fullmatch(rule.id)
    assert rule.severity
    for text in (rule.condition, rule.message, rule.advice, rule.source):
        assert text == text.strip()
        assert text
        assert not text.endswith(".")
    assert rule.overridable is (rule.id == "in-use"), "no other rule may be insisted against"
    assert not rule.is_transition or rule.forbids is not None
    assert rule.severity_of_change(Hypervisor.QEMU) is None or rule.forbids is not None


def test_the_severities_of_the_reference() -> None:
    """Those that differ from one hypervisor to the next."""
    told = {
        rule.id: {hypervisor.value: severity.value for hypervisor, severity in rule.severity.items()}
        for rule in RULES
    }
    assert BY_ID["has-snapshots"].change_severity == {
        Hypervisor.ESXI: Severity.ERROR,
        Hypervisor.WORKSTATION: Severity.WARNING,
    }
    assert told["bad-address"] == {"esxi": "error"}
    assert told["host-disk"] == {"workstation": "warning"}
    assert told["snapshots-refused"] == {"qemu": "warning"}
    assert told["transient-unsupported"] == {"other": "error"}
