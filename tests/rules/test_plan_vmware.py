"""On VMware a disk's mode decides; an override may only say the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.rules.plans import INDEPENDENT, disk, machine, plan, said, vmx_disk
from tui.disks import Chain, Controller, Device, Image, Participation, Preset, Remark, Sidecars, Snapshots
from tui.disks.snapshot import Listed, Memory
from tui.rules import Hypervisor
from tui.rules.planner import NO_DRIVER, Why

ESXI, WORKSTATION = Hypervisor.ESXI, Hypervisor.WORKSTATION
BOTH = (vmx_disk(0), vmx_disk(1, INDEPENDENT))


@pytest.mark.parametrize("hypervisor", [ESXI, WORKSTATION])
def test_the_modes_are_the_presets_and_silence_is_yes(hypervisor: Hypervisor) -> None:
    made = plan(*BOTH, hypervisor=hypervisor)
    assert made.refused is None
    assert [one.coverage for one in made.disks] == ["yes", "no"]
    assert [one.preset for one in made.disks] == ["yes", "no"]
    assert {one.why for one in made.disks} == {Why.MODE}


@pytest.mark.parametrize("hypervisor", [ESXI, WORKSTATION])
@pytest.mark.parametrize("name", ["scsi0:0", "sda"])
@pytest.mark.parametrize("word", list(Preset))
def test_an_override_must_match(hypervisor: Hypervisor, name: str, word: Preset) -> None:
    made = plan(*BOTH, hypervisor=hypervisor, listed=(Listed(name, word.value),))
    assert (made.refused is None) == (word is not Preset.NO)
    other = plan(*BOTH, hypervisor=hypervisor, listed=(Listed("sdb", word.value),))
    assert (other.refused is None) == (word is Preset.NO)
    refused = made.refused or other.refused
    assert refused is not None
    assert refused.message == ("disk snapshots not supported yet" if hypervisor is ESXI else NO_DRIVER)
    assert "change its mode" in refused.meaning


def test_an_entry_without_a_word_asks_for_nothing() -> None:
    assert plan(*BOTH, hypervisor=ESXI, listed=(Listed("sda"), Listed("sdb"))).refused is None


def test_an_unknown_disk_is_one_here_too() -> None:
    assert said(plan(*BOTH, hypervisor=ESXI, listed=(Listed("sdz", "no"),))) == "no disk named 'sdz'"


def test_drives_are_left_out() -> None:
    drive = vmx_disk(1, device=Device.CDROM, source="x.iso")
    made = plan(vmx_disk(0), drive, hypervisor=ESXI)
    assert (made.disks[1].coverage, made.disks[1].why, made.disks[1].preset) == ("no", Why.DRIVE, None)


def test_a_domain_of_type_vmware_keeps_its_presets_word() -> None:
    made = plan(disk("sda", preset=Preset.EXTERNAL), hypervisor=ESXI)
    assert (made.disks[0].preset, made.disks[0].coverage) == ("external", "yes")


def test_memory_and_an_independent_disk_do_not_go_together() -> None:
    made = plan(*BOTH, hypervisor=ESXI, running=True)
    assert made.refused is not None
    assert (made.refused.message, made.refused.is_quote) == ("MemorySnapshotOnIndependentDisk", True)
    assert plan(*BOTH, hypervisor=ESXI, running=True, disk_only=True).refused is None
    without = plan(*BOTH, hypervisor=ESXI, running=True, memory="no")
    assert (without.refused, without.memory) == (None, Memory.NO)
    assert plan(vmx_disk(0), hypervisor=ESXI, running=True).memory is Memory.INTERNAL


@pytest.mark.parametrize("hypervisor", [ESXI, WORKSTATION])
def test_memory_goes_to_no_file(hypervisor: Hypervisor) -> None:
    made = plan(vmx_disk(0), hypervisor=hypervisor, running=True, memory_file="/m")
    assert said(made) == "memory goes to no file of its own"


def test_workstation_wants_the_vm_off_where_modes_differ() -> None:
    made = plan(*BOTH, hypervisor=WORKSTATION, running=True)
    assert made.refused is not None
    assert (made.refused.message, made.refused.is_quote) == ("disks in different modes", False)
    assert plan(vmx_disk(0), hypervisor=WORKSTATION, running=True).refused is None


def test_vmrun_cannot_leave_the_memory_out() -> None:
    made = plan(vmx_disk(0), hypervisor=WORKSTATION, running=True, disk_only=True)
    assert said(made) == "vmrun snapshot has no such option"


@pytest.mark.parametrize("hypervisor", [ESXI, WORKSTATION])
def test_a_vm_that_forbids_snapshots_has_none(hypervisor: Hypervisor) -> None:
    forbidding = machine(vmx_disk(0), snapshots_disabled=Remark('snapshot.maxSnapshots = "0"', 7))
    made = plan(configuration=forbidding, hypervisor=hypervisor)
    assert said(made) == ("SnapshotDisabled" if hypervisor is ESXI else "snapshots are switched off")
    assert made.refused is not None
    assert "maxSnapshots" in made.refused.meaning


@pytest.mark.parametrize("hypervisor", [ESXI, WORKSTATION])
@pytest.mark.parametrize(("count", "refused"), [(2, False), (3, True), (4, True)])
def test_no_more_snapshots_are_taken_than_the_vm_allows(
    hypervisor: Hypervisor, count: int, refused: bool
) -> None:
    limit = (3, Remark('snapshot.maxSnapshots = "3"', 7))
    full = machine(vmx_disk(0), snapshot_limit=limit, sidecars=Sidecars(snapshots=Snapshots(count)))
    made = plan(configuration=full, hypervisor=hypervisor)
    assert (said(made) == "no more than 3 snapshots") is refused
    assert (made.refused is None) is not refused


def test_an_encrypted_machine_cannot_be_planned() -> None:
    made = plan(configuration=machine(encrypted="encryption.data"), hypervisor=ESXI)
    assert made.refused is not None
    assert (made.refused.by, made.refused.message) == ("diskmode", "what is hidden cannot be planned")
    assert "encryption.data" in made.refused.meaning


def test_nothing_to_take_is_said() -> None:
    assert said(plan(vmx_disk(0, INDEPENDENT), hypervisor=ESXI)) == "no disk takes part"


@pytest.mark.parametrize("hypervisor", [ESXI, WORKSTATION])
@pytest.mark.parametrize("running", [False, True])
def test_nothing_is_promised_of_an_unknown_mode(hypervisor: Hypervisor, running: bool) -> None:
    asked = (vmx_disk(0), replace(vmx_disk(1), mode_word="independent_persistent"))
    made = plan(*asked, hypervisor=hypervisor, running=running)
    assert made.refused is not None
    assert made.refused.is_unknown
    assert 'the mode "independent_persistent"' in made.refused.message
    assert "scsi0:1" in made.refused.meaning
    assert [(one.coverage, one.preset, one.effect) for one in made.disks] == [
        ("yes", "yes", "yes"),
        (None, None, "unknown"),
    ]
    assert [one.disk.index for one in made.covered] == [0]


def test_what_is_refused_for_sure_is_said_before_what_is_unknown() -> None:
    forbidding = machine(
        replace(vmx_disk(0), mode_word="bogus"), snapshots_disabled=Remark("snapshot.disabled", 7)
    )
    assert said(plan(configuration=forbidding, hypervisor=ESXI)) == "SnapshotDisabled"


@pytest.mark.parametrize(("number", "disk_named"), [(0, 0), (1, None)])
def test_a_shared_bus_refuses_also_where_no_disk_is_on_it(number: int, disk_named: int | None) -> None:
    sharing = machine(vmx_disk(0), controllers=(Controller("scsi", number, "pvscsi", "physical"),))
    made = plan(configuration=sharing, hypervisor=ESXI)
    assert said(made) == f"scsi{number} shares its bus (physical)"
    assert made.refused is not None
    assert made.refused.disk == disk_named


@pytest.mark.parametrize("running", [False, True])
def test_no_snapshot_is_taken_with_a_pci_device_of_the_host(running: bool) -> None:
    passing = machine(vmx_disk(0), passed_through=Remark('pciPassthru0.present = "TRUE"', 7))
    assert "PCI device of the host" in said(plan(configuration=passing, hypervisor=ESXI, running=running))
    assert plan(configuration=passing, hypervisor=WORKSTATION, running=running).refused is None


@pytest.mark.parametrize("hypervisor", [ESXI, WORKSTATION])
def test_a_vm_with_a_key_twice_is_not_even_opened(hypervisor: Hypervisor) -> None:
    twice = machine(vmx_disk(0), duplicate_keys=(Remark("scsi0:0.mode stands on lines 4, 9", 9, 0),))
    made = plan(configuration=twice, hypervisor=hypervisor)
    assert said(made) == "scsi0:0.mode stands on lines 4, 9"
    assert made.refused is not None
    assert (made.refused.by, made.refused.disk) == ("VMware", 0)


def test_a_disk_without_its_controller_is_told_to_be_in_no_snapshot() -> None:
    unseen = machine(replace(vmx_disk(1), controller_present=False))
    (one,) = unseen.disks
    assert unseen.participation_of(one) is Participation.NO
    assert "does not see the disk" in unseen.effect_of(one)


def test_a_disk_without_its_controller_is_in_no_snapshot() -> None:
    unseen = replace(vmx_disk(1), controller_present=False)
    made = plan(vmx_disk(0), unseen, hypervisor=ESXI)
    assert [(one.coverage, one.why) for one in made.disks] == [("yes", Why.MODE), ("no", Why.UNSEEN)]
    assert said(plan(unseen, hypervisor=ESXI)) == "no disk takes part"


@pytest.mark.parametrize("hypervisor", [ESXI, WORKSTATION])
def test_a_device_of_the_host_is_in_no_snapshot(hypervisor: Hypervisor) -> None:
    passed = vmx_disk(1, device=Device.LUN, source="/vmfs/devices/generic/vmhba1:0:0")
    both = replace(machine(vmx_disk(0), passed), domain_type="vmware")
    made = plan(configuration=both, hypervisor=hypervisor)
    assert [(one.coverage, one.why) for one in made.disks] == [("yes", Why.MODE), ("no", Why.RAW_DEVICE)]
    alone = replace(machine(passed), domain_type="vmware")
    assert said(plan(configuration=alone, hypervisor=hypervisor)) == "no disk takes part"


def test_of_a_template_nothing_is_taken_while_it_runs() -> None:
    template = machine(vmx_disk(0), sidecars=Sidecars(template=True))
    assert said(plan(configuration=template, hypervisor=ESXI, running=True)) == "NotSupported"
    assert plan(configuration=template, hypervisor=ESXI).refused is None


@pytest.mark.parametrize("hypervisor", [ESXI, WORKSTATION])
@pytest.mark.parametrize(
    "beside",
    [
        Sidecars(missing={1: "web_1.vmdk"}),
        Sidecars(chains={1: Chain(("a.vmdk", "web_1.vmdk"), "web_1.vmdk")}),
    ],
)
def test_a_disk_that_cannot_be_opened_gets_no_delta(hypervisor: Hypervisor, beside: Sidecars) -> None:
    broken = machine(vmx_disk(0), vmx_disk(1), sidecars=beside)
    made = plan(configuration=broken, hypervisor=hypervisor)
    assert said(made) == "web_1.vmdk of scsi0:1 (sdb) is not there"
    assert made.refused is not None
    assert made.refused.disk == 1
    left_out = machine(vmx_disk(0), vmx_disk(1, INDEPENDENT), sidecars=beside)
    assert plan(configuration=left_out, hypervisor=hypervisor).refused is None


@pytest.mark.parametrize(("deltas", "refused"), [(31, False), (32, True)])
def test_a_chain_has_no_more_levels_than_vsphere_takes(deltas: int, refused: bool) -> None:
    chain = Chain(tuple(f"web-{number:06}.vmdk" for number in range(deltas + 1)))
    long = machine(vmx_disk(0), sidecars=Sidecars(chains={0: chain}))
    assert (said(plan(configuration=long, hypervisor=ESXI)) == "TooManySnapshotLevels") is refused
    assert plan(configuration=long, hypervisor=WORKSTATION).refused is None


def test_memory_beside_a_raw_device_is_warned_of_and_not_refused() -> None:
    raw = {1: Image(None, "vmfsPassthroughRawDeviceMap")}
    mapped = machine(vmx_disk(0), vmx_disk(1), sidecars=Sidecars(images=raw))
    made = plan(configuration=mapped, hypervisor=ESXI, running=True)
    assert [(one.disk, "not confirmed" in one.message) for one in made.warnings] == [(1, True)]
    for calm in ({}, {"running": True, "memory": "no"}, {"running": True, "disk_only": True}):
        assert plan(configuration=mapped, hypervisor=ESXI, **calm).warnings == ()


@pytest.mark.parametrize("hypervisor", [ESXI, WORKSTATION])
def test_a_second_snapshot_of_one_name_is_warned_of(hypervisor: Hypervisor) -> None:
    known = machine(vmx_disk(0), sidecars=Sidecars(snapshots=Snapshots(1, names=("before",))))
    (warning,) = plan(configuration=known, hypervisor=hypervisor, name="before").warnings
    assert warning.message.startswith('the VM has a snapshot "before" already')
    assert plan(configuration=known, hypervisor=hypervisor, name="after").warnings == ()


@pytest.mark.parametrize(("hypervisor", "warned"), [(WORKSTATION, True), (ESXI, False)])
def test_a_name_that_vmrun_takes_for_a_path_is_warned_of(hypervisor: Hypervisor, warned: bool) -> None:
    assert bool(plan(vmx_disk(0), hypervisor=hypervisor, name="a/b").warnings) is warned
    assert plan(vmx_disk(0), hypervisor=hypervisor, name="a b").warnings == ()
