"""Telling what a conversion lost, and what the rules find in its result, on standard error."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from tui.cli.messages import counted, say, say_lines
from tui.cli.show_json import finding_report, name_of
from tui.convert import Loss
from tui.disks import Disk
from tui.machine import Machine
from tui.rules import Severity

SCHEMA = "diskmode.convert/1"


def tell_as_json(losses: Iterable[Loss], disks: Sequence[Disk], result: Machine | None) -> None:
    """Everything, for a program, in ASCII; ``result`` is the machine that was made, where it is judged."""
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
            }
            for loss in losses
        ],
        "findings": [finding_report(result, finding) for finding in result.findings] if result else [],
    }
    say_lines(json.dumps(report, indent=2))


def tell_as_text(losses: Sequence[Loss], result: Machine | None, name: str, *, everything: bool) -> None:
    """One line each; the mere infos only where ``everything`` is wanted, otherwise their number."""
    for loss in losses:
        if everything or loss.severity != "info":
            value = f' = "{loss.value}"' if loss.value else ""
            say(f"{loss.severity}: {loss.key}{value}: {loss.why}", name, loss.line)
    for finding in result.findings if result else ():
        if everything or finding.severity is not Severity.INFO:
            say(f"{finding.severity} in the result: {finding.sentence}; {finding.advice}", name)
    infos = sum(loss.severity == "info" for loss in losses)
    if infos and not everything:
        say(f"{counted(infos, 'value')} without a counterpart left out; --report text lists them", name)
