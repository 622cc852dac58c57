"""A converted machine has the policy it had: ``compare`` finds nothing, and no drive raises a finding."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.convert.generated import as_vmx, machines
from tests.formats.samples import VMX_SAMPLES, sample
from tui.convert import Kvm, Options, to_domain_xml, to_vmx
from tui.disks import Configuration, LibvirtVersion
from tui.fleet.comparison import Facts, compare_machines, facts_of
from tui.formats.domain_xml import DomainDocument
from tui.formats.vmx import VmxDocument
from tui.machine import Machine

OPTIONS = (
    Options(vmx_path="/vm/vm.vmx"),
    Options(location="[ds] vm"),
    Options(vmx_path="/vm/vm.vmx", libvirt=LibvirtVersion(12, 4)),
    Options(vmx_path="/vm/vm.vmx", kvm=Kvm()),
)
NAMES = ("libvirt", "datastore", "libvirt 12.4", "qemu")


def _facts(told: Configuration) -> list[Facts]:
    return [facts_of(told, disk, "", "") for disk in told.disks if disk.is_disk and disk.controller_present]


def _drive_findings(machine: Machine) -> set[str]:
    return {
        finding.rule
        for finding in machine.findings
        if finding.disk is not None and not machine.disks[finding.disk].is_disk
    }


def _assert_same(source: VmxDocument, options: Options) -> None:
    result = DomainDocument(to_domain_xml(source, options).text.encode())
    assert not compare_machines(_facts(source.configuration), _facts(result.configuration))
    assert _drive_findings(Machine(result)) <= _drive_findings(Machine(source))


@pytest.mark.parametrize("options", OPTIONS, ids=NAMES)
@pytest.mark.parametrize("name", [name for name in VMX_SAMPLES if name != "encrypted.vmx"])
def test_a_sample_keeps_its_policy(name: str, options: Options) -> None:
    _assert_same(VmxDocument(sample(name)), options)


@given(machines(), st.sampled_from(OPTIONS))
@settings(max_examples=100, deadline=None)
def test_a_generated_machine_keeps_its_policy(keys: dict[str, str], options: Options) -> None:
    source = VmxDocument(as_vmx(keys))
    # On other buses and under other names, two images of one name cannot be told apart.
    names = [disk.source.rpartition("/")[2].lower() for disk in source.disks if disk.is_disk]
    assume(options.kvm is None or len(set(names)) == len(names))
    _assert_same(source, options)


@given(machines(), st.sampled_from(OPTIONS))
@settings(max_examples=100, deadline=None)
def test_a_generated_machine_keeps_its_policy_there_and_back(keys: dict[str, str], options: Options) -> None:
    source = VmxDocument(as_vmx(keys))
    there = DomainDocument(to_domain_xml(source, options).text.encode())
    back = VmxDocument(to_vmx(there).text.encode())
    assert not compare_machines(_facts(there.configuration), _facts(back.configuration))
