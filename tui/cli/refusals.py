"""Telling why an edit is refused: the sentence, the rule and its source, and what to give instead."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tui.cli.messages import Refused
from tui.disks import Policy
from tui.editing import Refusal
from tui.machine import Machine
from tui.rules import Finding

_MOST_LISTED = 5


def refuse_locked(machine: Machine, name: str) -> None:
    """Raise Refused where the whole file is locked."""
    reason = machine.configuration.locked
    if reason is not None:
        grave = tuple(one for one in machine.findings if one.disk is None and one.rule == "encrypted")
        raise refused(Refusal(reason, grave), name)


def refused(refusal: Refusal, name: str, overrides: Collection[str] = ()) -> Refused:
    """The objection, those to other disks, each rule with its source, and what to give instead."""
    if not refusal.findings:
        return Refused(refusal.reason, file=name)
    first, *others = firsts = _first_of_each_disk(refusal.findings)
    problem = Refused(first.sentence, first.advice, file=name)
    notes = [finding.sentence for finding in others[:_MOST_LISTED]]
    if len(others) > _MOST_LISTED:
        notes.append(f"and so for {len(others) - _MOST_LISTED} more")
    notes += [f"rule {rule}; source: {source}" for rule, source in _rules_of(firsts)]
    if refusal.remedy is not None:
        notes.append(f"to {refusal.remedy.offer}, give {_options_for(refusal.remedy.policy)}")
    if refusal.override is not None:
        notes.append(f"to edit all the same, where the sign is stale, give --override {refusal.override}")
    notes += [
        f"--override {rule} does not count here: it is for a stale sign, and the host itself says so"
        for rule, _ in _rules_of(firsts)
        if rule in overrides and refusal.override is None
    ]
    problem.notes = notes
    return problem


def _first_of_each_disk(findings: Sequence[Finding]) -> Sequence[Finding]:
    """What comes after it on the same disk only follows from it."""
    return list({finding.disk: finding for finding in reversed(findings)}.values())[::-1]


def _rules_of(findings: Sequence[Finding]) -> Sequence[tuple[str, str]]:
    """The rules behind the findings, each once, with its source."""
    return list(dict.fromkeys((finding.rule, finding.source) for finding in findings))


def _options_for(policy: Policy) -> str:
    return " ".join(
        f"--{name}" if value else f"--no-{name}"
        for name, value in (("snapshot", policy.snapshot), ("persistent", policy.persistent))
    )
