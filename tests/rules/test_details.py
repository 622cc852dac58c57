"""What a rule says of the one case at hand: the number, the name, the line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.formats.samples import vmx
from tests.rules.cases import (
    CHILD,
    DELTA,
    DISCARD,
    ESXI,
    INDEPENDENT,
    LEAVE_OUT,
    LOCKED,
    NO_HINT,
    OTHER,
    OUT,
    QEMU,
    SAID,
    TAKE_PART,
    TWO,
    WORKSTATION,
    at,
    disk_at,
    domain_of,
    machine,
    one_disk,
    pictured,
    sampled,
    snapshots,
    versioned,
    xml_disk,
)
from tui.disks import Configuration, Disk, Format, Mode, Preset, Remark, Sidecars, Snapshots
from tui.editing import Aspect, Done, Editing, PolicyChange, Refusal, edit
from tui.machine import Machine
from tui.rules import (
    Finding,
    Hypervisor,
    PolicyEdit,
    Severity,
    cautions,
    findings,
    locks,
    objections,
    override_of,
)
from tui.rules.all_rules import BY_ID

SHARING = "<transient shareBacking='yes'/>"


def message(one: Machine, rule: str, hypervisor: Hypervisor) -> str:
    return next(
        finding.message for finding in findings(one.configuration, hypervisor) if finding.rule == rule
    )


def independent_at(place: str) -> tuple[str, ...]:
    return (*disk_at(place), f'{place}.mode = "independent-persistent"')


@pytest.mark.parametrize(
    ("one", "rule", "hypervisor", "detail"),
    [
        (at("scsi0:7"), "bad-address", ESXI, ": SCSI unit 7 is the controller itself"),
        (at("scsi4:0"), "bad-address", ESXI, ": scsi controllers go from 0 to 3"),
        (at("ide3:0"), "bad-address", ESXI, ": ide controllers go from 0 to 1"),
        (at("sata0:31"), "bad-address", ESXI, ": units go from 0 to 29"),
        (at("scsi0:70", 'scsi0.virtualDev = "pvscsi"'), "bad-address", ESXI, ": units go from 0 to 64"),
        (versioned(8, "sata0:0"), "bad-address", ESXI, ": SATA needs hardware version 10, the VM has 8"),
        (versioned(8, "nvme0:0"), "bad-address", ESXI, ": NVMe needs hardware version 13, the VM has 8"),
        (
            machine(INDEPENDENT),
            "no-memory-snapshot",
            ESXI,
            "independent: scsi0:0 (sda); without memory none works either",
        ),
        (
            machine(INDEPENDENT, *independent_at("scsi0:1")),
            "no-memory-snapshot",
            ESXI,
            "independent: scsi0:0 (sda) and 1 more; without memory none works either",
        ),
        (
            machine(INDEPENDENT, *independent_at("scsi0:1"), *independent_at("scsi0:2"), *disk_at("scsi0:3")),
            "no-memory-snapshot",
            ESXI,
            "independent: scsi0:0 (sda) and 2 more; without memory one works",
        ),
        (
            machine(*disk_at("scsi0:1"), INDEPENDENT),
            "mixed-modes",
            WORKSTATION,
            "modes: independent-persistent, persistent; powered off one works",
        ),
        (
            machine(*disk_at("scsi0:1"), INDEPENDENT, 'snapshot.disabled = "TRUE"'),
            "mixed-modes",
            WORKSTATION,
            "modes: independent-persistent, persistent; powered off none works either",
        ),
        (machine('scsi0.sharedBus = "Virtual"'), "bus-sharing", ESXI, ': scsi0.sharedBus = "virtual"'),
        (pictured("fullDevice"), "host-disk", WORKSTATION, "(createType fulldevice)"),
        (machine('scsi0:0.deviceType = "rawDisk"'), "host-disk", WORKSTATION, "(deviceType rawdisk)"),
        (
            machine('snapshot.maxSnapshots = "0"'),
            "snapshots-disabled",
            ESXI,
            ': snapshot.maxSnapshots = "0"',
        ),
        (machine(sidecars=snapshots(1, frozenset())), "not-covered", ESXI, '"nightly"'),
        (one_disk(OUT, "<transient/>", "vz"), "transient-unsupported", OTHER, "libvirt's vz driver"),
        (
            domain_of(xml_disk(OUT, SHARING, "xx").replace(" bus='virtio'", "")),
            "transient-sharebacking-bus",
            QEMU,
            "not on unknown",
        ),
        (one_disk(" device='lun' snapshot='no'", "<transient/>"), "transient-not-disk", QEMU, "not a lun"),
    ],
)
def test_a_finding_names_what_it_is_about(
    one: Machine, rule: str, hypervisor: Hypervisor, detail: str
) -> None:
    assert detail in message(one, rule, hypervisor)
    assert "and 0 more" not in message(one, rule, hypervisor)


@pytest.mark.parametrize(
    ("one", "rule", "detail"),
    [
        (machine(sidecars=TWO), "has-snapshots", "the VM has 2 snapshots; and"),
        (machine(sidecars=snapshots(1)), "has-snapshots", "the VM has 1 snapshot; and"),
        (
            machine(sidecars=Sidecars(snapshots=Snapshots(2, clones=1))),
            "has-snapshots",
            "the VM has 2 snapshots, and 1 linked clone builds on them; and",
        ),
        (machine(sidecars=CHILD), "is-delta", "a delta of base.vmdk:"),
        (machine(sidecars=NO_HINT), "is-delta", "a delta of the disk with the content ID 1234abcd:"),
        (machine(file=DELTA), "is-delta", f"a delta of another, as its name {DELTA} tells:"),
        (machine(sidecars=LOCKED), "in-use", ": web.vmx.lck lies beside the file"),
        (machine('checkpoint.vmState = "a.vmss"'), "in-use", ": it is suspended in a.vmss"),
    ],
)
def test_a_refusal_names_what_it_is_about(one: Machine, rule: str, detail: str) -> None:
    one = replace(one, chosen=ESXI)
    outcome = edit(one, one, LEAVE_OUT, [0])
    assert isinstance(outcome, Refusal)
    assert [finding.rule for finding in outcome.findings] == [rule]
    assert detail in outcome.reason


def test_a_machines_findings_have_the_line_they_are_about() -> None:
    one = machine('scsi0.sharedBus = "physical"', 'snapshot.disabled = "TRUE"')
    lines = {finding.rule: finding.line for finding in findings(one.configuration, ESXI)}
    assert lines["bus-sharing"] == 5
    assert lines["snapshots-disabled"] == 6


def test_presets_that_clash_are_told_once_a_machine_with_what_works() -> None:
    inside = "<driver type='qcow2'/>"
    one = domain_of(xml_disk(SAID, inside), xml_disk(" snapshot='external'", inside, "vdb", "b.img"))
    (told,) = [one for one in findings(one.configuration, QEMU) if one.rule == "snapshots-refused"]
    assert told.disk == 0
    assert "disk vda requested internal" in told.message
    assert "with no snapshot='internal' for vda --disk-only and memory external work" in told.message


def test_a_disks_lock_is_its_rules_message_and_for_its_hypervisor_only() -> None:
    configuration = sampled("rdm/rdm.vmx").configuration
    assert locks(findings(configuration, ESXI)) == {1: BY_ID["physical-rdm"].message}
    for other in (WORKSTATION, QEMU, OTHER):
        assert locks(findings(configuration, other)) == {}


# Changes


def changed(one: Machine, wanted: PolicyChange, disks: tuple[int, ...] = (0,)) -> PolicyEdit:
    document = one.document
    for index in disks:
        document = document.with_policy(index, wanted.policy_for(document.disks[index]))
    return PolicyEdit(one.configuration, one.configuration, one.with_document(document).configuration)


def two_disks(sidecars: Sidecars) -> Machine:
    return machine(*disk_at("scsi0:1", "b.vmdk"), sidecars=sidecars)


def test_each_disk_a_change_touches_is_judged_and_no_other() -> None:
    one = two_disks(TWO)
    assert [finding.disk for finding in objections(changed(one, LEAVE_OUT), ESXI)] == [0]
    assert [finding.disk for finding in objections(changed(one, LEAVE_OUT, (1,)), ESXI)] == [1]
    assert [finding.disk for finding in objections(changed(one, LEAVE_OUT, (0, 1)), ESXI)] == [0, 1]
    told = cautions(changed(one, LEAVE_OUT, (1, 0)), WORKSTATION)
    assert [finding.disk for finding in told if finding.rule == "has-snapshots"] == [0, 1]


def test_objections_are_told_disk_by_disk() -> None:
    one = machine(*disk_at("scsi0:1", DELTA), file="c-000001.vmdk", sidecars=TWO)
    found = objections(changed(one, LEAVE_OUT, (0, 1)), ESXI)
    assert [(finding.disk, finding.rule) for finding in found] == [
        (0, "has-snapshots"),
        (0, "is-delta"),
        (1, "has-snapshots"),
        (1, "is-delta"),
    ]


def test_an_error_found_by_both_its_state_and_its_change_is_told_once() -> None:
    change = changed(one_disk(SAID), PolicyChange(persistent=False))
    assert [finding.rule for finding in objections(change, QEMU)] == ["snapshot-without-persistence"]


def test_insisting_counts_only_for_the_rule_insisted_against() -> None:
    change = changed(machine(sidecars=LOCKED), LEAVE_OUT)
    assert objections(change, ESXI, {"in-use"}) == ()
    assert [one.rule for one in objections(change, ESXI, {"has-snapshots"})] == ["in-use"]
    both = changed(machine(sidecars=LOCKED._replace(snapshots=TWO.snapshots)), LEAVE_OUT)
    assert [one.rule for one in objections(both, ESXI, {"in-use", "has-snapshots"})] == ["has-snapshots"]


def finding(rule: str) -> Finding:
    return Finding(rule, Severity.ERROR, 0, "sda", "", "", "")


def test_one_may_insist_where_nothing_but_an_overridable_rule_objects() -> None:
    known = machine(sidecars=LOCKED).configuration
    assert override_of([finding("in-use"), finding("in-use")], known) == "in-use"
    assert override_of([finding("in-use"), finding("is-delta")], known) is None
    assert override_of([finding("is-delta")], known) is None
    assert override_of([], known) is None


def test_what_stays_as_bad_as_it_was_found_is_not_refused_again() -> None:
    one = replace(one_disk(SAID, "<transient/>"), chosen=QEMU)
    assert isinstance(edit(one, one, PolicyChange(preset=Preset.EXTERNAL), [0]), Machine)


@pytest.mark.parametrize("wanted", [LEAVE_OUT, DISCARD])
def test_what_is_sound_is_not_refused(wanted: PolicyChange) -> None:
    one = replace(one_disk(), chosen=QEMU)
    assert isinstance(edit(one, one, wanted, [0]), Machine)


def test_hypervisors_are_called_what_people_call_them() -> None:
    assert [one.label for one in Hypervisor] == [
        "ESXi",
        "Workstation/Fusion",
        "QEMU/KVM",
        "other libvirt driver",
    ]


def test_the_first_sign_of_an_esx_host_is_the_one_that_is_told() -> None:
    one = machine('sched.cpu.units = "mhz"', 'vc.uuid = "52"', 'migrate.hostLog = "x"')
    assert one.guess.reason == "the file has sched.cpu.units"


def test_mending_an_unknown_word_is_no_change_of_mode() -> None:
    one = replace(machine('scsi0:0.mode = "sideways"', sidecars=TWO), chosen=ESXI)
    mended = edit(one, one, PolicyChange(mode=Mode.PERSISTENT), [0])
    assert isinstance(mended, Machine)
    assert mended.disks[0].mode_word == "persistent"
    assert isinstance(edit(one, one, LEAVE_OUT, [0]), Refusal)


def test_coming_back_to_the_outdated_mode_that_was_found_is_no_change() -> None:
    one = replace(machine('scsi0:0.mode = "undoable"', sidecars=TWO), chosen=WORKSTATION)
    editing = Editing(one)
    left = editing.toggle(Aspect.SNAPSHOT, 0)
    assert isinstance(left, Done)
    assert [caution.rule for caution in left.cautions] == ["has-snapshots", "way-lost"]
    back = editing.toggle(Aspect.SNAPSHOT, 0)
    assert isinstance(back, Done)
    assert back.cautions == ()
    assert not editing.is_changed


def test_leaving_an_outdated_mode_is_a_change_though_the_policy_stays() -> None:
    one = replace(machine('scsi0:0.mode = "undoable"', sidecars=TWO), chosen=ESXI)
    assert isinstance(edit(one, one, PolicyChange(mode=Mode.PERSISTENT), [0]), Refusal)


@pytest.mark.parametrize("wanted", [LEAVE_OUT, DISCARD])
def test_going_from_one_mode_to_another_is_judged_from_the_mode_found(wanted: PolicyChange) -> None:
    one = replace(machine(INDEPENDENT, sidecars=TWO), chosen=ESXI)
    outcome = edit(one, one, wanted, [0])
    assert isinstance(outcome, Refusal) is (wanted is DISCARD)


def test_a_delta_that_changes_back_is_not_refused() -> None:
    found = Machine(vmx(*disk_at("scsi0:0", DELTA)), chosen=ESXI)
    away = found.with_document(found.document.with_policy(0, LEAVE_OUT.policy_for(found.disks[0])))
    assert isinstance(edit(away, found, TAKE_PART, [0]), Machine)
    assert isinstance(edit(found, found, LEAVE_OUT, [0]), Refusal)


def test_a_domain_judged_for_esxi_knows_no_files_and_is_refused_nothing_by_them() -> None:
    one = replace(one_disk(kind="vmware"), chosen=ESXI)
    assert isinstance(edit(one, one, LEAVE_OUT, [0]), Machine)


def test_a_machine_by_itself_knows_no_sidecars() -> None:
    document = vmx(*disk_at("scsi0:0"))
    assert document.configuration.sidecars == Sidecars()
    assert document.configuration.with_sidecars(Sidecars()) == document.configuration


def test_what_is_beside_unknown_is_told_of_its_disk() -> None:
    one = machine(sidecars=Sidecars(unknown=(Remark("a.vmdk: it is a folder", disk=0), Remark("b"))))
    found = [f for f in findings(one.configuration, ESXI) if f.rule == "beside-unknown"]
    assert [(f.disk, f.line) for f in found] == [(None, None), (0, None)]
    assert found[1].message.endswith("a.vmdk: it is a folder")


def test_editing_remembers_what_was_insisted_on_only_after_it_was() -> None:
    editing = Editing(machine(sidecars=LOCKED))
    assert editing.overrides == frozenset()
    refusal = editing.make(LEAVE_OUT, [0])
    assert isinstance(refusal, Refusal)
    assert editing.overrides == frozenset()
    editing.override(refusal)
    assert editing.overrides == {"in-use"}


def test_a_configuration_finds_the_controller_of_a_place() -> None:
    configuration = at("scsi1:0", 'scsi1.virtualDev = "LsiLogic"').configuration
    place = configuration.disks[0].place
    assert place is not None
    controller = configuration.controller_of(place)
    assert controller is not None
    assert (str(controller), controller.model, controller.shared_bus) == ("scsi1", "lsilogic", "")
    assert configuration.controller_of(place._replace(controller=0)) is None
    both = at("scsi1:0", 'scsi0.present = "TRUE"', 'scsi1.virtualDev = "pvscsi"').configuration
    second_one = both.controller_of(place)
    assert [str(one) for one in both.controllers] == ["scsi1", "scsi0"]
    assert second_one is not None
    assert second_one.model == "pvscsi"
    first_one = both.controller_of(place._replace(controller=0))
    assert first_one is not None
    assert first_one.model == ""
    assert configuration.controller_of(place._replace(bus="sata")) is None
    assert isinstance(configuration, Configuration)
    assert configuration.format is Format.VMX
    assert isinstance(configuration.disks[0], Disk)
