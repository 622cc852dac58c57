"""Judging: what is wrong with a machine, and whether an edit of it may be made."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from tui.disks import DEPENDENT, DISCARDING, Configuration, Disk, Policy, Remark
from tui.rules.finding import Finding, Severity
from tui.rules.hypervisors import Hypervisor
from tui.rules.rule import Change, Rule
from tui.rules.table import BY_ID, RULES


def findings(configuration: Configuration, hypervisor: Hypervisor) -> tuple[Finding, ...]:
    """Everything the rules find, those on the machine first, then disk by disk, the gravest first."""
    found = [
        _finding(rule, rule.severity[hypervisor], configuration, remark)
        for rule in RULES
        if hypervisor in rule.severity
        for remark in rule.finds(configuration)
    ]
    return tuple(sorted(found, key=lambda one: (_place(one), one.severity.rank)))


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
        message=rule.message.format_map(words),
        advice=rule.advice.format_map(words),
        source=rule.source,
        line=remark.line,
    )


def locks(configuration: Configuration, hypervisor: Hypervisor) -> Mapping[int, str]:
    """The disks that cannot be edited for this hypervisor, by index, each with the reason."""
    return {
        remark.disk: _finding(rule, rule.severity[hypervisor], configuration, remark).message
        for rule in RULES
        if rule.locks and hypervisor in rule.severity
        for remark in rule.finds(configuration)
        if remark.disk is not None
    }


def objections(
    change: Change, hypervisor: Hypervisor, overrides: Collection[str] = frozenset()
) -> tuple[Finding, ...]:
    """Why an edit is refused; nothing where it may be made.

    Only the disks it changes count, and only what it makes worse: a broken file can be mended step by step.
    ``overrides`` are the rules a person insists against, where a rule lets them.
    """
    touched = _touched(change)
    standing = {(one.rule, one.disk) for one in findings(change.before, hypervisor)}
    # What the file had may be brought back, as a toggle off and on again does.
    brought_back = {index for index in touched if change.found.disks[index] == change.after.disks[index]}
    standing |= {
        (one.rule, one.disk) for one in findings(change.found, hypervisor) if one.disk in brought_back
    }
    refused = [
        one
        for one in findings(change.after, hypervisor)
        if one.severity is Severity.ERROR and one.disk in touched and (one.rule, one.disk) not in standing
    ]
    known = {(one.rule, one.disk) for one in refused}
    refused += [
        one
        for one in _on_change(change, hypervisor, touched)
        if one.severity is Severity.ERROR
        and (one.rule, one.disk) not in known
        and not (one.rule in overrides and BY_ID[one.rule].overridable)
    ]
    return tuple(sorted(refused, key=_place))


def cautions(change: Change, hypervisor: Hypervisor) -> tuple[Finding, ...]:
    """What the rules say of an edit that may be made all the same."""
    found = _on_change(change, hypervisor, _touched(change))
    return tuple(sorted((one for one in found if one.severity is not Severity.ERROR), key=_place))


def _touched(change: Change) -> set[int]:
    pairs = zip(change.before.disks, change.after.disks, strict=True)
    return {after.index for before, after in pairs if before != after}


def _on_change(change: Change, hypervisor: Hypervisor, touched: Collection[int]) -> list[Finding]:
    """What the rules that judge changes say of each disk a change touches."""
    return [
        _finding(rule, severity, change.after, Remark(detail, disk=index))
        for rule in RULES
        if rule.forbids is not None and (severity := rule.severity_of_change(hypervisor))
        for index in sorted(touched)
        if (detail := rule.forbids(change, change.after.disks[index])) is not None
    ]


def override_of(refused: Collection[Finding]) -> str | None:
    """The rule a person may insist against to have a refused edit made, or None."""
    rules = {one.rule for one in refused}
    return rules.pop() if len(rules) == 1 and all(BY_ID[rule].overridable for rule in rules) else None


def outdated_word(configuration: Configuration, disk: Disk, word: str) -> Finding:
    """The objection to setting an outdated mode where the format has no word for it."""
    return _finding(BY_ID["legacy-mode"], Severity.ERROR, configuration, Remark(word, disk=disk.index))


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
