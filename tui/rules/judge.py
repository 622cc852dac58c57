"""Judging: what is wrong with a machine, and whether an edit of it may be made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from tui.disks import DEPENDENT, DISCARDING, Configuration, Disk, Format, Policy, Remark
from tui.rules.finding import Finding, Severity
from tui.rules.hypervisors import Hypervisor
from tui.rules.in_force import HOLDING, rule_named, rules_of
from tui.rules.rule import EachDisk, PolicyEdit, Rule


class _InForce(NamedTuple):
    """The rules that judge a state of a document for one hypervisor, and how grave each is there.

    ``order`` is each rule's place by its id, ``by_disk`` are those that look at one disk alone.
    """

    judging: tuple[tuple[Rule, Severity], ...]
    order: Mapping[str, int]
    by_disk: frozenset[str]


@cache
def _in_force(hypervisor: Hypervisor, document: Format) -> _InForce:
    rules = rules_of(hypervisor)
    return _InForce(
        tuple(
            (rule, rule.severity[hypervisor])
            for rule in rules
            if hypervisor in rule.severity and not rule.is_transition and rule.of in (None, document)
        ),
        {rule.id: place for place, rule in enumerate(rules)},
        frozenset(rule.id for rule in rules if isinstance(rule.finds, EachDisk)),
    )


class Judgement(NamedTuple):
    """A machine and everything the rules find in it."""

    configuration: Configuration
    findings: tuple[Finding, ...]


def findings(
    configuration: Configuration, hypervisor: Hypervisor, known: Judgement | None = None
) -> tuple[Finding, ...]:
    """Everything the rules find, those on the machine first, then disk by disk, the gravest first.

    ``known`` is a judgement of the same machine, for the same hypervisor, before an edit. What rules that
    look at one disk alone found on a disk that is the same object now is not looked for again.
    """
    in_force = _in_force(hypervisor, configuration.format)
    if known is None:
        found = [
            _finding(rule, severity, configuration, remark)
            for rule, severity in in_force.judging
            for remark in rule.finds(configuration)
        ]
    else:
        found = _found_anew(configuration, in_force, known)
    return tuple(sorted(found, key=lambda one: (_place(one), one.severity.rank, in_force.order[one.rule])))


def findings_of(rule_id: str, configuration: Configuration, hypervisor: Hypervisor) -> tuple[Finding, ...]:
    """What one rule finds by itself, disk by disk; nothing where it does not judge that hypervisor's."""
    judging = (one for one in _in_force(hypervisor, configuration.format).judging if one[0].id == rule_id)
    return tuple(
        _finding(rule, severity, configuration, remark)
        for rule, severity in judging
        for remark in rule.finds(configuration)
    )


def _found_anew(configuration: Configuration, in_force: _InForce, known: Judgement) -> list[Finding]:
    pairs = zip(configuration.disks, known.configuration.disks, strict=True)
    standing = {now.index for now, was in pairs if now is was}
    changed = [disk for disk in configuration.disks if disk.index not in standing]
    found = [
        _finding(rule, severity, configuration, remark)
        for rule, severity in in_force.judging
        for remark in (
            rule.finds.among(changed) if isinstance(rule.finds, EachDisk) else rule.finds(configuration)
        )
    ]
    return found + [one for one in known.findings if one.disk in standing and one.rule in in_force.by_disk]


def _place(finding: Finding) -> int:
    return -1 if finding.disk is None else finding.disk


def _finding(rule: Rule, severity: Severity, configuration: Configuration, remark: Remark) -> Finding:
    name = None if remark.disk is None else configuration.disks[remark.disk].name
    words = {"detail": remark.text, "disk": name or ""}
    return Finding(
        rule=rule.id,
        severity=severity,
        disk=remark.disk,
        disk_name=name,
        message=_filled(rule.message, words),
        advice=remark.advice or _filled(rule.advice, words),
        source=rule.source,
        line=remark.line,
    )


def _filled(text: str, words: Mapping[str, str]) -> str:
    """A rule's text with what was found; most have no place for it."""
    return text.format_map(words) if "{" in text else text


def locks(found: Iterable[Finding]) -> Mapping[int, str]:
    """The disks that cannot be edited for what was found, by index, each with the reason."""
    return {one.disk: one.message for one in found if one.disk is not None and rule_named(one.rule).locks}


def holds(finding: Finding, hypervisor: Hypervisor) -> bool:
    """Whether what was found forbids that a mode is changed, as long as it is so."""
    rule = rule_named(finding.rule)
    return rule.id in HOLDING and rule.severity_of_change(hypervisor) is Severity.ERROR


class StateFindings(NamedTuple):
    """What the rules find in the three states of a change."""

    found: Sequence[Finding]
    before: Sequence[Finding]
    after: Sequence[Finding]


def objections(
    change: PolicyEdit,
    hypervisor: Hypervisor,
    overrides: Collection[str] = frozenset(),
    judged: StateFindings | None = None,
) -> tuple[Finding, ...]:
    """Why an edit is refused; nothing where it may be made.

    Only the disks it changes count, and only what it makes worse: a broken file can be mended step by step.
    ``overrides`` are the rules a person insists against, where a rule lets them. ``judged`` is what is found
    in the change's three states, where that is known already.
    """
    found, before, after = judged or StateFindings(*(findings(one, hypervisor) for one in change[:3]))
    touched = _touched(change)
    standing = {(one.rule, one.disk) for one in before}
    # What the file had may be brought back, as a toggle off and on again does.
    brought_back = {index for index in touched if change.found.disks[index] == change.after.disks[index]}
    standing |= {(one.rule, one.disk) for one in found if one.disk in brought_back}
    refused = [
        one
        for one in after
        if one.severity is Severity.ERROR
        and one.disk in touched
        and (one.rule, one.disk) not in standing
        and rule_named(one.rule).blocks
    ]
    known = {(one.rule, one.disk) for one in refused}
    refused += [
        one
        for one in _on_change(change, hypervisor, touched)
        if one.severity is Severity.ERROR
        and (one.rule, one.disk) not in known
        and not (one.rule in overrides and rule_named(one.rule).yields(change.after))
    ]
    return tuple(sorted(refused, key=_place))


def cautions(change: PolicyEdit, hypervisor: Hypervisor) -> tuple[Finding, ...]:
    """What the rules say of an edit that may be made all the same."""
    found = _on_change(change, hypervisor, _touched(change))
    return tuple(sorted((one for one in found if one.severity is not Severity.ERROR), key=_place))


def _touched(change: PolicyEdit) -> set[int]:
    pairs = zip(change.before.disks, change.after.disks, strict=True)
    return {after.index for before, after in pairs if before is not after and before != after}


def _on_change(change: PolicyEdit, hypervisor: Hypervisor, touched: Collection[int]) -> list[Finding]:
    """What the rules that judge changes say of each disk a change touches."""
    change = change._replace(hypervisor=hypervisor)
    return [
        _finding(rule, severity, change.after, Remark(detail, disk=index))
        for rule in rules_of(hypervisor)
        if rule.forbids is not None and (severity := rule.severity_of_change(hypervisor))
        for index in sorted(touched)
        if (detail := rule.forbids(change, change.after.disks[index])) is not None
    ]


def override_of(refused: Collection[Finding], configuration: Configuration) -> str | None:
    """The rule a person may insist against to have a refused edit made in this machine, or None."""
    rules = {one.rule for one in refused}
    return (
        rules.pop()
        if len(rules) == 1 and all(rule_named(one).yields(configuration) for one in rules)
        else None
    )


def outdated_word(configuration: Configuration, disk: Disk, word: str) -> Finding:
    """The objection to setting an outdated mode where the format has no word for it."""
    return _finding(rule_named("legacy-mode"), Severity.ERROR, configuration, Remark(word, disk=disk.index))


class Remedy(NamedTuple):
    """The one step that reaches what the person wanted, where the wanted edit is refused."""

    policy: Policy
    offer: str


def remedy_for(before: Disk, wanted: Policy) -> Remedy | None:
    """What to offer where ``wanted`` is refused because it discards writes yet takes part in snapshots."""
    if wanted.supported:
        return None
    if before.policy.persistent:
        return Remedy(DISCARDING, "leave it out of snapshots as well")
    return Remedy(DEPENDENT, "keep its writes as well")
