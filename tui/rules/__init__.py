"""Pure judgement: what a finding is, whose rules apply, the table of rules and how it is asked."""

from tui.rules.finding import Finding, Severity
from tui.rules.hypervisors import Guess, Hypervisor, guess_hypervisor
from tui.rules.in_force import HOLDING
from tui.rules.judge import (
    Judgement,
    Remedy,
    StateFindings,
    cautions,
    findings,
    findings_of,
    holds,
    locks,
    objections,
    outdated_word,
    override_of,
    remedy_for,
)
from tui.rules.rule import PolicyEdit, Rule

__all__ = [
    "HOLDING",
    "Finding",
    "Guess",
    "Hypervisor",
    "Judgement",
    "PolicyEdit",
    "Remedy",
    "Rule",
    "Severity",
    "StateFindings",
    "cautions",
    "findings",
    "findings_of",
    "guess_hypervisor",
    "holds",
    "locks",
    "objections",
    "outdated_word",
    "override_of",
    "remedy_for",
]
