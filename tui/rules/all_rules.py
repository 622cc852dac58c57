"""The table of rules, whole: for those who tell of them. A machine is judged by those in force."""

from __future__ import annotations

from tui.rules.in_force import every_rule

RULES = every_rule()
BY_ID = {rule.id: rule for rule in RULES}
