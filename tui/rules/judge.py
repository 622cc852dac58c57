"""Judging: what is wrong with a machine, and whether an edit of it may be made."""

from __future__ import annotations

from dataclasses import dataclass

from tui.disks import DEPENDENT, DISCARDING, Configuration, Disk, Policy, Remark
from tui.rules.finding import Finding, Severity
from tui.rules.hypervisors import Hypervisor
from tui.rules.rule import Change, Rule
from tui.rules.table import BY_ID, RULES


def findings(configuration: Configuration, hypervisor: Hypervisor) -> tuple[Finding, ...]:
    """Everything the rules find, those on the machine first, then disk by disk, the gravest first."""
    found = [
        _finding(rule, rule.severity, configuration, remark)
        for rule in RULES
        if hypervisor in rule.hypervisors
        for remark in rule.finds(configuration)
    ]
    return tuple(sorted(found, key=lambda one: (-1 if one.disk is None else one.disk, one.severity.rank)))


def _finding(rule: Rule, severity: Severity, configuration: Configuration, remark: Remark) -> Finding:
    disk = None if remark.disk is None else configuration.disks[remark.disk]
    words = {"detail": remark.text, "disk": disk.name if disk else ""}
    return Finding(
        rule=rule.id,
        severity=severity,
        disk=remark.disk,
        disk_name=disk.name if disk else None,
        message=rule.message.format_map(words),
        advice=rule.advice.format_map(words),
        source=rule.source,
        line=remark.line,
    )


def objections(change: Change, hypervisor: Hypervisor) -> tuple[Finding, ...]:
    """Why an edit is refused; nothing where it may be made.

    Only the disks it changes count, and only what it makes worse: a broken file can be mended step by step.
    """
    touched = {
        after.index
        for before, after in zip(change.before.disks, change.after.disks, strict=True)
        if before != after
    }
    standing = {(one.rule, one.disk) for one in findings(change.before, hypervisor)}
    refused = [
        one
        for one in findings(change.after, hypervisor)
        if one.severity is Severity.ERROR and one.disk in touched and (one.rule, one.disk) not in standing
    ]
    known = {(one.rule, one.disk) for one in refused}
    refused += [
        one
        for rule in RULES
        if hypervisor in rule.hypervisors and rule.forbids is not None
        for index in sorted(touched)
        if (one := _forbidden(rule, change, change.after.disks[index])) and (one.rule, one.disk) not in known
    ]
    return tuple(sorted(refused, key=lambda one: -1 if one.disk is None else one.disk))


def _forbidden(rule: Rule, change: Change, disk: Disk) -> Finding | None:
    detail = rule.forbids(change, disk) if rule.forbids else None
    if detail is None:
        return None
    return _finding(rule, Severity.ERROR, change.after, Remark(detail, disk=disk.index))


def outdated_word(configuration: Configuration, disk: Disk, word: str) -> Finding:
    """The objection to setting an outdated mode where the format has no word for it."""
    return _finding(BY_ID["legacy-mode"], Severity.ERROR, configuration, Remark(word, disk=disk.index))


@dataclass(frozen=True, slots=True)
class Remedy:
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
