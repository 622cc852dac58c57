"""Pure judgement: what a finding is, whose rules apply, the table of rules and how it is asked."""

from tui.rules.finding import Finding, Severity
from tui.rules.hypervisors import Guess, Hypervisor, guess_hypervisor
from tui.rules.judge import (
    Judged,
    Judgement,
    Remedy,
    cautions,
    findings,
    locks,
    objections,
    outdated_word,
    override_of,
    remedy_for,
)
from tui.rules.rule import Change, Rule
from tui.rules.table import BY_ID, RULES

__all__ = [
    "BY_ID",
    "RULES",
    "Change",
    "Finding",
    "Guess",
    "Hypervisor",
    "Judged",
    "Judgement",
    "Remedy",
    "Rule",
    "Severity",
    "cautions",
    "findings",
    "guess_hypervisor",
    "locks",
    "objections",
    "outdated_word",
    "override_of",
    "remedy_for",
]
