"""The rules that judge a machine, by its hypervisor.

Those of libvirt's drivers are twice as many as all others. They are loaded, and libvirt's half of the planner
with them, with the first machine of such a driver: `show` of a VMX needs none of them, and would take a tenth
longer.
"""

from __future__ import annotations

from functools import cache

from tui.rules import (
    change_rules,
    file_rules,
    migration_rules,
    policy_rules,
    running_rules,
    spelling_rules,
    state_rules,
    vmware_rules,
    way_rules,
)
from tui.rules.hypervisors import LIBVIRT, Hypervisor
from tui.rules.rule import Rule

# In the order findings of one gravity are told: those before libvirt's tables, and those behind.
_BEFORE = (
    *policy_rules.RULES,
    *spelling_rules.RULES,
    *change_rules.RULES,
    *state_rules.RULES,
    *vmware_rules.RULES,
    *running_rules.RULES,
)
_BEHIND = (
    *way_rules.RULES,
    *migration_rules.RULES,
    *file_rules.RULES,
)
_BY_ID = {rule.id: rule for rule in (*_BEFORE, *_BEHIND)}

# Rules on what lies beside the file: it is learnt late, and may forbid what was edited meanwhile.
HOLDING = frozenset(rule.id for rule in change_rules.RULES)


@cache
def rules_of_libvirt() -> tuple[Rule, ...]:
    """What libvirt refuses to define, and what makes a snapshot fail: of no machine of VMware's."""
    from tui.rules import define_rules, device_rules, qemu_rules, snapshot_rules  # noqa: PLC0415 - as above

    return (*define_rules.RULES, *device_rules.RULES, *qemu_rules.RULES, *snapshot_rules.RULES)


def every_rule() -> tuple[Rule, ...]:
    """The whole table."""
    return (*_BEFORE, *rules_of_libvirt(), *_BEHIND)


@cache
def rules_of(hypervisor: Hypervisor) -> tuple[Rule, ...]:
    """The rules that judge a hypervisor's machines, or changes of them, in the order of the table."""
    table = every_rule() if hypervisor in LIBVIRT else (*_BEFORE, *_BEHIND)
    return tuple(rule for rule in table if hypervisor in rule.severity or rule.severity_of_change(hypervisor))


def rule_named(rule_id: str) -> Rule:
    """The rule of an id. Raises KeyError where there is none."""
    known = _BY_ID.get(rule_id)
    return _libvirts_by_id()[rule_id] if known is None else known


@cache
def _libvirts_by_id() -> dict[str, Rule]:
    return {rule.id: rule for rule in rules_of_libvirt()}
