"""Which rules judge a machine, by its hypervisor, and what of the table a start loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.scenes import SAMPLES
from tui.rules import Hypervisor
from tui.rules.all_rules import BY_ID, RULES
from tui.rules.hypervisors import LIBVIRT
from tui.rules.in_force import rule_named, rules_of, rules_of_libvirt


@pytest.mark.parametrize("hypervisor", Hypervisor)
def test_all_rules_with_a_severity_there_are_in_force_in_the_order_of_the_table(
    hypervisor: Hypervisor,
) -> None:
    said = [
        rule for rule in RULES if hypervisor in rule.severity or hypervisor in (rule.change_severity or ())
    ]
    assert list(rules_of(hypervisor)) == said


def test_what_libvirt_refuses_to_define_is_said_of_no_other_machine() -> None:
    for rule in rules_of_libvirt():
        assert {*rule.severity, *(rule.change_severity or ())} <= LIBVIRT


def test_each_rule_is_found_by_its_id() -> None:
    assert {one: rule_named(one) for one in BY_ID} == BY_ID
    with pytest.raises(KeyError):
        rule_named("no-such-rule")


def test_a_look_at_a_vmx_loads_none_of_what_libvirt_refuses_to_define() -> None:
    words = ("show", str(SAMPLES / "esxi8-web01.vmx"))
    code = (
        f"import sys; sys.argv = ['diskmode', *{words!r}]\n"
        "from tui.cli import main\n"
        "try: main()\n"
        "except SystemExit: print([one for one in sys.modules if one.startswith('tui.rules.de')])"
    )
    printed = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True).stdout
    assert printed.splitlines()[-1] == "[]"
