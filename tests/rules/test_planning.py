"""A plan being made: what a person changes, what is written, and the command that takes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.samples import sample
from tui.disks import HostFacts, Preset, Sidecars
from tui.disks.snapshot import Memory
from tui.formats.domainsnapshot import SnapshotDocument
from tui.machine import Machine, machine_in
from tui.planning import Planning
from tui.planning.asking import Asking
from tui.rules import Hypervisor

LEDGER = "domainsnapshot.xml"


def planning(file: str = "kvm-app01.xml", origin: bytes | None = None, **changes: Any) -> Planning:
    domain = "1" if file == LEDGER else None
    machine = machine_in(sample(file), path=f"/vms/{Path(file).name}", domain=domain)
    document = SnapshotDocument() if origin is None else SnapshotDocument(origin)
    return Planning(machine, document, **changes)


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from((None, *Preset))), max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_walk_of_overrides_comes_home_to_the_bytes_it_left(
    steps: list[tuple[int, Preset | None]],
) -> None:
    data = sample(LEDGER)
    plan = planning(LEDGER, data, disk_only=True)
    for index, word in steps:
        plan = plan.with_override(index, word)
    for index, word in enumerate((Preset.EXTERNAL, Preset.EXTERNAL, Preset.NO)):
        plan = plan.with_override(index, word)
    assert plan.document.data == data


def test_the_cycle_goes_round_and_brings_the_entry_back() -> None:
    plan = planning(LEDGER, sample(LEDGER), disk_only=True)
    seen = []
    for _ in range(5):
        plan = plan.with_next_override(0)
        seen.append(plan.plan.disks[0].override)
    assert seen == ["manual", None, "no", "internal", "external"]
    assert plan.document.data == sample(LEDGER)
    assert not plan.overrides


def test_a_bare_entry_comes_back_from_the_cycle() -> None:
    bare = b"<domainsnapshot><disks><disk name='vda'/></disks></domainsnapshot>"
    plan = planning(origin=bare, disk_only=True)
    for _ in range(5):
        plan = plan.with_next_override(0)
    assert plan.document.data == bare
    assert plan.with_override(0, None).document.value.listed == ()


def test_on_vmware_the_cycle_knows_taking_part_and_not() -> None:
    plan = planning("esxi8-web01.vmx")
    seen = []
    for _ in range(3):
        plan = plan.with_next_override(1)
        seen.append(plan.plan.disks[1].override)
    assert seen == ["no", "external", None]


def test_disks_that_libvirt_counts_from_sda_on_each_bus_are_told_apart() -> None:
    plan = planning("workstation-dev.vmx")
    last = len(plan.machine.disks) - 1
    assert plan.machine.disks[last].target != plan.machine.disks[0].target
    changed = plan.with_override(last, Preset.NO)
    assert changed.plan.disks[0].override is None
    assert changed.plan.disks[last].override == "no"


def test_esx_gets_no_disks_and_workstation_no_document() -> None:
    esx = planning("esxi8-web01.vmx", name="a").with_override(1, Preset.NO)
    assert esx.written is not None
    assert esx.written.data == b"<domainsnapshot>\n  <name>a</name>\n</domainsnapshot>\n"
    assert esx.plan.refused is None
    assert planning("workstation-dev.vmx").written is None


@pytest.mark.parametrize(
    ("name", "changes", "command"),
    [
        ("kvm-app01.xml", {}, "virsh snapshot-create-as kvm-app01"),
        (
            "kvm-app01.xml",
            {"disk_only": True, "name": "s"},
            "virsh snapshot-create-as kvm-app01 s --disk-only",
        ),
        (
            "kvm-app01.xml",
            {"disk_only": True, "name": "s", "overrides": {0: Preset.NO}},
            "virsh snapshot-create-as kvm-app01 s --disk-only --diskspec vda,snapshot=no",
        ),
        (
            "kvm-app01.xml",
            {"running": True, "memory": Memory.EXTERNAL, "memory_file": "/m,x", "name": "-s"},
            "virsh snapshot-create-as kvm-app01 --name=-s --memspec file=/m,,x,snapshot=external",
        ),
        ("esxi8-web01.vmx", {"name": "a b"}, "vim-cmd vmsvc/snapshot.create VMID 'a b' '' 0 0"),
        (
            "esxi8-web01.vmx",
            {"running": True, "quiesced": True, "name": "s"},
            "vim-cmd vmsvc/snapshot.create VMID s '' 0 1",
        ),
        ("workstation-dev.vmx", {"name": "a b"}, "vmrun snapshot /vms/workstation-dev.vmx 'a b'"),
        ("workstation-dev.vmx", {}, "vmrun snapshot /vms/workstation-dev.vmx snapshot"),
    ],
)
def test_the_command_is_that_of_the_hypervisor(name: str, changes: dict[str, Any], command: str) -> None:
    assert planning(name, **changes).command() == command


def test_a_file_is_named_where_there_is_one_and_where_virsh_cannot_say_it_all() -> None:
    assert planning().command("s.xml") == "virsh snapshot-create kvm-app01 s.xml"
    kept = planning(origin=b"<domainsnapshot><description>x</description></domainsnapshot>")
    assert kept.command() == "virsh snapshot-create kvm-app01 SNAPSHOT.xml"
    silent = planning(running=True, memory=Memory.NO)
    assert silent.command() == "virsh snapshot-create kvm-app01 SNAPSHOT.xml"


def test_an_esxi_host_is_told_in_each_of_its_tools_words() -> None:
    told = planning("esxi8-web01.vmx", name="it's").commands()
    assert [one.tool for one in told] == ["ESXi's shell", "PowerCLI", "virsh"]
    assert told[1].text == "New-Snapshot -VM 'esxi8-web01' -Name 'it''s'"
    assert "getallvms" in told[0].note
    silent = planning("esxi8-web01.vmx", memory=Memory.NO, name="s").commands()
    # What keeps no memory says so, also of a VM that is off: without it libvirt's driver asks for the memory.
    for made in (silent, planning("esxi8-web01.vmx", name="s").commands()):
        assert made[2].text == "virsh -c esx://HOST/ snapshot-create-as esxi8-web01 s --disk-only"
    kept = planning("esxi8-web01.vmx", running=True, name="s").commands()
    assert kept[2].text == "virsh -c esx://HOST/ snapshot-create-as esxi8-web01 s"


@pytest.mark.parametrize(
    ("host", "uri"), [("esxi01", "esx://esxi01/"), ("fe80::1%eth0", "'esx://[fe80::1%25eth0]/'")]
)
def test_a_host_that_said_it_has_the_machine_is_named_in_the_commands(host: str, uri: str) -> None:
    plan = planning("esxi8-web01.vmx", name="s", memory=Memory.NO)
    machine = replace(plan.machine, sidecars=Sidecars(host=HostFacts(host, vm="12")))
    vim, _, virsh = replace(plan, machine=machine).commands()
    assert (vim.text, vim.note) == ("vim-cmd vmsvc/snapshot.create 12 s '' 0 0", f"on {host}")
    assert virsh.text == f"virsh -c {uri} snapshot-create-as esxi8-web01 s --disk-only"


def test_a_description_that_was_read_is_told_to_each_tool() -> None:
    told = b"<domainsnapshot><description>it's\n  mine</description></domainsnapshot>"
    vim, power, virsh = planning("esxi8-web01.vmx", told, name="s").commands()
    assert vim.text == """vim-cmd vmsvc/snapshot.create VMID s 'it'"'"'s mine' 0 0"""
    assert power.text == "New-Snapshot -VM 'esxi8-web01' -Name 's' -Description 'it''s mine'"
    assert virsh.file


@pytest.mark.parametrize("name", ["", "a|0Ab", "a\u202eb"])
def test_a_name_that_nobody_can_type_is_a_word_for_it(name: str) -> None:
    data = sample("esxi8-web01.vmx").replace(b'"esxi8-web01"', f'"{name}"'.encode())
    _, power, virsh = Planning(machine_in(data, path="/vms/a.vmx"), name="s").commands()
    assert (power.text, power.note) == ("New-Snapshot -VM VM -Name 's'", "VM stands for its name")
    assert virsh.text == "virsh -c esx://HOST/ snapshot-create-as DOMAIN s --disk-only"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("C:\\My VMs\\a.vmx", 'vmrun snapshot "C:\\My VMs\\a.vmx" "it\'s"'),
        ("-a.vmx", "vmrun snapshot ./-a.vmx 'it'\"'\"'s'"),
    ],
)
def test_vmrun_is_quoted_for_the_shells_of_the_paths_system(path: str, said: str) -> None:
    vm = machine_in(sample("workstation-dev.vmx"), path=path)
    assert Planning(vm, name="it's").command() == said


@pytest.mark.parametrize("name", ["web*", "web?", "web[1]", "web`1"])
def test_a_name_that_powercli_would_take_for_a_pattern_names_one_vm(name: str) -> None:
    vm = machine_in(
        sample("esxi8-web01.vmx").replace(b'"esxi8-web01"', f'"{name}"'.encode()), path="/vms/a.vmx"
    )
    told = Planning(vm, name="s[1]").commands()[1].text
    assert told == f"New-Snapshot -VM (Get-VM | Where-Object Name -CEQ '{name}') -Name 's[1]'"


def named(name: str) -> Machine:
    return machine_in(f"<domain type='kvm'><name>{name}</name></domain>".encode())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a b;rm -rf /", "'a b;rm -rf /'"),
        ("-x", "--domain=-x"),
        ("$(id)", "'$(id)'"),
        ("", "DOMAIN"),
        ("it's", "'it'\"'\"'s'"),
    ],
)
def test_hostile_names_are_quoted(name: str, said: str) -> None:
    assert Planning(named(name)).command("-s.xml") == f"virsh snapshot-create {said} ./-s.xml"


def test_external_memory_gets_a_file_beside_the_first_disk() -> None:
    plan = planning(memory=Memory.EXTERNAL, running=True, name="a/b")
    assert plan.document.value.memory_file == "/var/lib/libvirt/images/kvm-app01.a-b.memory"
    given_one = planning(memory=Memory.EXTERNAL, memory_file="/m", running=True)
    assert given_one.document.value.memory_file == "/m"
    assert Planning(named("x"), memory=Memory.EXTERNAL).document.value.memory_file == (
        "/var/lib/libvirt/qemu/save/x.snapshot.memory"
    )
    kept = planning(origin=b"<domainsnapshot><memory file='/k'/></domainsnapshot>", memory=Memory.EXTERNAL)
    assert kept.document.value.memory_file == "/k"


def test_the_memory_that_is_asked_for_comes_and_goes_without_a_trace() -> None:
    plan = Asking.begun(planning())
    assert plan.with_memory(Memory.INTERNAL).with_memory(None).planning.document == plan.planning.document
    for memory in Memory:
        assert plan.with_memory(memory).planning.memory is memory


def test_every_way_that_is_asked_by_is_answered_as_the_matrix_says() -> None:
    for name in ("kvm-app01.xml", "kvm-presets.xml", "esxi8-web01.vmx", "workstation-dev.vmx"):
        asking = Asking.begun(planning(name))
        assert asking.refused is None or not any(one.works for one in asking.answers)
        for answer in asking.answers:
            by = asking.by(answer.way)
            assert (by.refused is None) == answer.works
            assert [one.disk.index for one in by.plan.disks if one.covered and answer.works] == [
                *answer.covered
            ]


def test_the_plan_follows_the_hypervisor_chosen() -> None:
    plan = planning("esxi8-web01.vmx", disk_only=True, name="s1")
    qemu = replace(plan, machine=replace(plan.machine, chosen=Hypervisor.QEMU))
    assert qemu.plan.disks[0].coverage == "external"
    assert qemu.hypervisor is Hypervisor.QEMU


def test_each_disks_entry_is_found_in_what_is_written() -> None:
    plan = planning(LEDGER, sample(LEDGER))
    assert plan.lines == {0: (10, 11, 12, 13), 1: (14, 15, 16, 17), 2: (18,)}
    assert planning("workstation-dev.vmx").lines == {}
