"""Telling what a conversion lost, and what the rules find in its result, on standard error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain

from tui.cli.messages import say, say_lines
from tui.cli.policy_options import name_of
from tui.cli.show_json import finding_report
from tui.convert import Conversion
from tui.disks import Format
from tui.machine import Machine
from tui.planning import Planning
from tui.rules import Finding, Hypervisor, Severity
from tui.rules.topics import Topic, topics_of

SCHEMA = "diskmode.convert/1"
_WAYS = (
    ("a plain snapshot while it is off", False, False),
    ("a plain snapshot while it runs", True, False),
    ("a snapshot with --disk-only while it runs", True, True),
)


def tell_as_json(conversion: Conversion, machine: Machine, result: Machine | None) -> None:
    """Everything, for a program, in ASCII; ``result`` is the machine that was made, where it is judged."""
    disks = machine.disks
    report = {
        "schema": SCHEMA,
        "losses": [
            {
                "key": loss.key,
                "value": loss.value,
                "why": loss.why,
                "line": loss.line,
                "severity": loss.severity,
                "disk": None if loss.disk is None else name_of(disks[loss.disk]),
                "stops_define": loss.stops,
            }
            for loss in conversion.losses
        ],
        "findings": [finding_report(result, finding) for finding in result.findings] if result else [],
        "before_the_move": [finding_report(machine, finding) for finding in in_the_way(machine)],
        "snapshots": list(_refused_snapshots(result)),
    }
    say_lines(json.dumps(report, indent=2))


def in_the_way(machine: Machine) -> tuple[Finding, ...]:
    """What of a VMX's disks stops the tools that move it, or surprises whoever does."""
    if machine.configuration.format is not Format.VMX:
        return ()
    return tuple(
        one
        for one in machine.findings
        if one.severity is not Severity.INFO and Topic.MIGRATION in topics_of(one.rule)
    )


def tell_as_text(
    conversion: Conversion, machine: Machine, result: Machine | None, name: str, *, everything: bool
) -> None:
    """What stops a define first, then a line for each loss, those of one reason together.

    The mere infos only where ``everything`` is wanted, otherwise how many losses there are.
    """
    for loss in chain.from_iterable(conversion.groups):
        if everything or loss.severity != "info":
            value = f' = "{loss.value}"' if loss.value else ""
            what = "stops virsh define" if loss.stops else loss.severity
            say(f"{what}: {loss.key}{value}: {loss.why}", name, loss.line)
    for finding in in_the_way(machine):
        say(f"before the move: {finding.sentence}; {finding.advice}", name)
    for finding in result.findings if result else ():
        if everything or finding.severity is not Severity.INFO:
            say(f"{finding.severity} in the result: {finding.sentence}; {finding.advice}", name)
    for sentence in _refused_snapshots(result):
        say(f"of the result: {sentence}", name)
    untold = not everything and any(loss.severity == "info" for loss in conversion.losses)
    if untold or conversion.stopping:
        say(conversion.summary + ("; --report text lists them all" if untold else ""), name)


def _refused_snapshots(result: Machine | None) -> Iterator[str]:
    """The ways of taking a snapshot that QEMU will refuse of the machine that was made."""
    if result is None or result.hypervisor is not Hypervisor.QEMU:
        return
    for way, running, disk_only in _WAYS:
        planning = Planning(result, running=running, disk_only=disk_only)
        if planning.plan.refused is not None:
            yield f"{way} is refused: {planning.remedy}"
