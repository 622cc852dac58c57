"""What a change does to a machine, or why it may not be made, and the one step that mends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from tui.disks import MODES, Disk, Format, Participation, PolicyChange, Sidecars, Spelling, mode_of
from tui.machine import Machine
from tui.rules import (
    HOLDING,
    Finding,
    PolicyEdit,
    Remedy,
    Severity,
    StateFindings,
    cautions,
    objections,
    outdated_word,
    override_of,
    remedy_for,
)
from tui.rules.all_rules import BY_ID

if TYPE_CHECKING:
    from tui.formats.domain_xml import DomainDocument
    from tui.formats.vmx import VmxDocument
    from tui.rules.remedies import Offer

OVERRIDABLE = frozenset(rule.id for rule in BY_ID.values() if rule.overridable)


class Refusal(NamedTuple):
    """Why an edit was not made, and the one step that gets the person what they wanted, if there is one.

    ``override`` is the rule they may insist against instead, and ``wanted`` what they wanted of ``disks``.
    """

    reason: str
    findings: tuple[Finding, ...] = ()
    remedy: Remedy | None = None
    disks: tuple[int, ...] = ()
    override: str | None = None
    wanted: PolicyChange | None = None


def edit(
    machine: Machine,
    found: Machine,
    wanted: PolicyChange,
    disks: Sequence[int],
    overrides: Collection[str] = frozenset(),
) -> Machine | Refusal:
    """``machine`` with ``wanted`` done to each of ``disks``, or why not: wholly, or not at all.

    ``found`` is the machine as it was read: a word the file had may be brought back, also an outdated one.
    ``overrides`` are the rules the person insists against; only those that let them count.
    """
    for index in disks:
        reason = machine.locked(index)
        if reason is not None:
            return Refusal(f"{machine.disks[index].name} is locked: {reason}", disks=(index,))
    document = machine.document
    if document.format is Format.VMX:
        document = _granted_in_vmx(document, wanted, disks)
    elif wanted.mode is not None and MODES[wanted.mode].legacy:
        finding = outdated_word(machine.configuration, machine.disks[disks[0]], wanted.mode.value)
        return Refusal(finding.message, (finding,), disks=tuple(disks))
    else:
        document = _granted_in_domain(document, wanted, disks, wanted.spelling or machine.spelling)
    edited = machine.with_document(document)
    change = PolicyEdit(found.configuration, machine.configuration, edited.configuration)
    judged = StateFindings(found.findings, machine.findings, edited.findings)
    refused = objections(change, machine.hypervisor, overrides, judged)
    if refused:
        return _refusal(machine, found, refused, wanted, disks)
    return edited


def objection_to(
    whole: Machine, then: Machine, overrides: Collection[str] = frozenset(), *, states: bool
) -> str | None:
    """Why a machine, with what lies beside its file, may not become ``then``, or None.

    Without ``states`` only locks and the rules that judge a change count: what a file held once it may hold.
    """
    after = replace(then, chosen=whole.chosen, sidecars=whole.sidecars)
    if len(whole.disks) != len(after.disks):
        return "it holds another number of disks"
    for was, is_now in zip(whole.disks, after.disks, strict=True):
        if was != is_now and (reason := whole.locked(was.index)):
            return f"{was.name} is locked: {reason}"
    change = PolicyEdit(whole.configuration, whole.configuration, after.configuration)
    refused = objections(change, whole.hypervisor, overrides)
    counting = (one for one in refused if states or one.rule in HOLDING)
    return next((f"{one.sentence}; {one.advice}" for one in counting), None)


def refused_beside(
    found: Machine, edited: Machine, sidecars: Sidecars, overrides: Collection[str] = frozenset()
) -> Refusal | None:
    """Why edits that were made may not stand where ``sidecars`` lie beside the file, or None.

    ``found`` is the machine as it was read, ``edited`` with all edits. Each was judged when it was made: to
    be asked where something else lies beside the file than was known then.
    """
    before, after = found.knowing(sidecars), edited.knowing(sidecars)
    changed = tuple(now.index for was, now in zip(before.disks, after.disks, strict=True) if was != now)
    for index in changed:
        if reason := after.locked(index):
            return Refusal(f"{after.disks[index].name} is locked: {reason}", disks=(index,))
    change = PolicyEdit(before.configuration, before.configuration, after.configuration)
    refused = objections(change, after.hypervisor, overrides)
    if not refused:
        return None
    reason = refused[0].sentence if len(changed) > 1 else refused[0].message
    return Refusal(reason, refused, disks=changed, override=override_of(refused, after.configuration))


def cautions_of(before: Machine, found: Machine, after: Machine) -> tuple[Finding, ...]:
    """What a person should know of an edit that was made; ``found`` is the machine as it was read.

    First the errors it brings: what neither the file had nor the machine before the edit.
    """
    known = {(one.rule, one.disk) for machine in (found, before) for one in machine.findings}
    errors = (one for one in after.findings if one.severity is Severity.ERROR)
    brought = tuple(one for one in errors if (one.rule, one.disk) not in known)
    change = PolicyEdit(found.configuration, before.configuration, after.configuration)
    return (*brought, *cautions(change, after.hypervisor))


def remedy_of(machine: Machine, found: Machine, finding: Finding) -> Offer | None:
    """What mends a finding, tried before it is offered, or None.

    The edit may be made, what was found is gone then, nothing new is found beside what the offer tells of,
    and no way of asking for a snapshot is lost.
    """
    from tui.rules.remedies import offers  # noqa: PLC0415 - a screen offers them

    return next(
        (
            one
            for one in offers(machine.configuration, finding)
            if _with_offer(machine, found, one, finding) is not None
        ),
        None,
    )


def _with_offer(machine: Machine, found: Machine, offer: Offer, finding: Finding) -> Machine | None:
    """The machine with an offer taken, where that mends the finding and brings nothing bad; else None."""
    outcome = edit(machine, found, offer.change, offer.disks)
    if isinstance(outcome, Refusal):
        return None
    before = {(one.rule, one.disk) for one in machine.findings}
    now = {(one.rule, one.disk) for one in outcome.findings if one.severity is not Severity.INFO}
    left = any((one.rule, one.disk) == (finding.rule, finding.disk) for one in outcome.findings)
    bad = any(one not in before and one[0] not in offer.brings for one in now)
    return outcome if not left and not bad and not cautions_of(machine, found, outcome) else None


class Mended(NamedTuple):
    """A machine with every safe remedy taken, and which these were."""

    machine: Machine
    taken: tuple[Offer, ...]


def mended(machine: Machine, found: Machine) -> Mended:
    """``machine`` with every remedy applied that contradicts no intention, one after the other."""
    from tui.rules.remedies import SAFELY_MENDED  # noqa: PLC0415 - as above

    taken: list[Offer] = []
    tried: set[tuple[str, int | None]] = set()
    while True:
        left = (one for one in machine.findings if one.rule in SAFELY_MENDED)
        finding = next((one for one in left if (one.rule, one.disk) not in tried), None)
        if finding is None:
            return Mended(machine, tuple(taken))
        tried.add((finding.rule, finding.disk))
        offer = remedy_of(machine, found, finding)
        outcome = _with_offer(machine, found, offer, finding) if offer is not None and offer.safe else None
        if offer is not None and outcome is not None:
            machine = outcome
            taken.append(offer)


def _granted_in_vmx(document: VmxDocument, wanted: PolicyChange, disks: Sequence[int]) -> VmxDocument:
    if wanted.mode is not None:
        return document.with_modes(dict.fromkeys(disks, wanted.mode))
    policies = {index: wanted.policy_for(document.disks[index]) for index in disks}
    changed = document.with_policies(policies)
    unknown = [one for one in disks if wanted.says_snapshot and _is_unknown(document.disks[one])]
    modes = {index: mode for index in unknown if (mode := mode_of(policies[index])) is not None}
    return changed.with_modes(modes) if modes else changed


def _is_unknown(disk: Disk) -> bool:
    """Whether nobody knows what it says of snapshots: it is neither in nor out, whatever is asked for."""
    return disk.participation is Participation.UNKNOWN


def _granted_in_domain(
    document: DomainDocument, wanted: PolicyChange, disks: Sequence[int], spelling: Spelling | None
) -> DomainDocument:
    policies = {index: wanted.policy_for(document.disks[index]) for index in disks}
    changed = document.with_policies(policies, spelling)
    if wanted.preset is not None or wanted.no_preset:
        changed = changed.with_presets(disks, wanted.preset)
    else:
        without = _to_take_in(document, wanted, disks)
        changed = changed.with_presets(without, None)
        # A read-only disk takes part by a word of its own only.
        changed = changed.with_policies({index: policies[index] for index in without}, spelling)
        changed = changed.settled(_unsettled(document, wanted, disks))
    # A mode says both aspects: set in a chosen spelling it is written so, also where it is the same.
    respelt = spelling if wanted.mode is not None else wanted.spelling
    return changed if respelt is None else changed.with_spelling(disks, respelt)


def _to_take_in(document: DomainDocument, wanted: PolicyChange, disks: Sequence[int]) -> list[int]:
    """The disks left to the administrator that are asked to take part: without a preset writable ones do."""
    takes_in = wanted.snapshot or (wanted.mode is not None and MODES[wanted.mode].policy.snapshot)
    return [one for one in disks if takes_in and document.disks[one].participation is Participation.MANUAL]


def _unsettled(document: DomainDocument, wanted: PolicyChange, disks: Sequence[int]) -> list[int]:
    """The disks whose words contradict each other, or are none: what is asked for is said by them alone."""
    asked = wanted.says_snapshot or wanted.persistent is not None
    return [
        index
        for index in disks
        if (asked and document.disks[index].contradictions)
        or (wanted.says_snapshot and _is_unknown(document.disks[index]))
    ]


def _refusal(
    machine: Machine, found: Machine, refused: tuple[Finding, ...], wanted: PolicyChange, disks: Sequence[int]
) -> Refusal:
    first = refused[0]
    remedy = None
    if first.disk is not None:
        disk = machine.disks[first.disk]
        remedy = remedy_for(disk, wanted.policy_for(disk))
    if remedy and isinstance(
        edit(machine, found, PolicyChange(policy=remedy.policy), disks, OVERRIDABLE), Refusal
    ):
        remedy = None
    reason = first.sentence if len(disks) > 1 else first.message
    return Refusal(reason, refused, remedy, tuple(disks), override_of(refused, machine.configuration), wanted)
