"""One machine: opened, named, judged, and told in the other format."""

from __future__ import annotations

import pytest

from tests.scenes import SAMPLES
from tui.disks import DOCUMENT_FORMATS
from tui.formats.errors import FormatError
from tui.formats.opening import open_document
from tui.machine import Machine, SeveralDomainsError, machine_in
from tui.rules import Hypervisor

FILES = sorted(
    path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*") if path.suffix in (".vmx", ".xml")
)


def _machine(name: str) -> Machine:
    return machine_in((SAMPLES / name).read_bytes(), domain="1" if name.endswith(".xml") else None)


def test_of_several_domains_one_must_be_named_by_name_or_number() -> None:
    data = (SAMPLES / "several-domains.xml").read_bytes()
    with pytest.raises(SeveralDomainsError) as caught:
        machine_in(data)
    names = caught.value.names
    assert len(names) == 3
    for number, name in enumerate(names, 1):
        assert machine_in(data, domain=name).configuration.name == name
        assert machine_in(data, domain=str(number)).configuration.name == name
    for wrong in ("0", "4", "no such domain", ""):
        with pytest.raises(FormatError, match="there is no domain"):
            machine_in(data, domain=wrong)


@pytest.mark.parametrize("name", FILES)
def test_both_texts_know_every_disks_lines(name: str) -> None:
    machine = _machine(name)
    for kind in DOCUMENT_FORMATS:
        text = machine.text(kind)
        for disk in machine.disks:
            lines = text.disk_lines.get(disk.index, ())
            assert all(0 <= number < len(text.lines) for number in lines)
            if kind is machine.configuration.format:
                assert lines


@pytest.mark.parametrize("name", FILES)
def test_the_other_text_is_a_machine_of_the_other_format(name: str) -> None:
    machine = _machine(name)
    other = open_document(machine.conversion.text.encode())
    assert other.configuration.format is machine.other_format


@pytest.mark.parametrize("name", FILES)
def test_a_disk_is_found_by_its_address_whatever_the_letter_case(name: str) -> None:
    machine = _machine(name)
    for disk in machine.disks:
        if disk.address:
            assert disk in machine.disks_named(disk.address.upper())
        assert disk in machine.disks_named(disk.target)


def test_all_disks_are_those_that_can_be_edited() -> None:
    machine = _machine("esxi8-web01.vmx")
    assert [disk.index for disk in machine.disks_named("all")] == [0, 1, 3]
    assert machine.disks_named("scsi9:9") == ()


@pytest.mark.parametrize(
    ("name", "hypervisor"),
    [
        ("esxi8-web01.vmx", Hypervisor.ESXI),
        ("workstation-dev.vmx", Hypervisor.WORKSTATION),
        ("fusion-mac.vmx", Hypervisor.WORKSTATION),
        ("kvm-app01.xml", Hypervisor.QEMU),
        ("vmware-esx.xml", Hypervisor.ESXI),
    ],
)
def test_the_hypervisor_is_guessed_from_the_file_and_the_reason_is_told(
    name: str, hypervisor: Hypervisor
) -> None:
    machine = _machine(name)
    assert machine.hypervisor is hypervisor
    assert machine.guess.reason
