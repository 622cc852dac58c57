"""The table of rules: every family of them, in the order findings of one gravity are told."""

from __future__ import annotations

from tui.rules import (
    change_rules,
    define_rules,
    device_rules,
    file_rules,
    migration_rules,
    policy_rules,
    qemu_rules,
    running_rules,
    snapshot_rules,
    spelling_rules,
    state_rules,
    vmware_rules,
)
from tui.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    *policy_rules.RULES,
    *spelling_rules.RULES,
    *change_rules.RULES,
    *state_rules.RULES,
    *vmware_rules.RULES,
    *running_rules.RULES,
    *define_rules.RULES,
    *device_rules.RULES,
    *qemu_rules.RULES,
    *snapshot_rules.RULES,
    *migration_rules.RULES,
    *file_rules.RULES,
)

# Rules on what lies beside the file: it is learnt late, and may forbid what was edited meanwhile.
HOLDING = frozenset(rule.id for rule in change_rules.RULES)

BY_ID = {rule.id: rule for rule in RULES}
