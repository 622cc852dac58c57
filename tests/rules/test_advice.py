"""No sentence names a way of asking that the planner itself would refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from tests.formats.samples import VMX_SAMPLES, XML_SAMPLES, sample
from tests.rules.cases import domain_of, xml_disk
from tui.cli.policy_options import policy_change_of
from tui.disks import LibvirtVersion, Mode, PolicyChange, Preset, mode_named
from tui.disks.snapshot import Memory
from tui.editing import Refusal, edit
from tui.fleet.skipped import why_no_snapshot
from tui.formats.domainsnapshot import SnapshotDocument
from tui.machine import Machine, SeveralDomainsError, machine_in, machine_to_look_at
from tui.planning import Planning
from tui.rules.hypervisors import VMWARE, Hypervisor
from tui.rules.plan_advice import only_by_name
from tui.rules.plan_values import possible
from tui.rules.ways import WayAnswer, ways

_KINDS = ("qcow2", "raw", "vmdk")
_INSIDE = ("", "<transient/>", "<readonly/>", "<shareable/>")
_PRESETS = ("", *(f" snapshot='{word}'" for word in Preset))
# "--disk-only --override vda=external works", "memory external while it runs works".
_SAID = re.compile(
    r"(?P<call>--disk-only|plain|memory external|backup-begin|with memory|without memory|quiesced)"
    r"(?P<named>( --override \S+)*)(?P<state> while it (runs|is off))? works"
)
# "set vda vdb --preset default": the disks and the options.
_STEP = re.compile(r"set ((?:\w+ )+)((?:--\w+(?: [\w-]+)? ?)+)$")
_HEAD = 'vc.uuid = "52 4c"\nscsi0.present = "TRUE"\nscsi0:0.present = "TRUE"\nscsi0:0.fileName = "a.vmdk"\n'
_LEFT_OUT = (
    'scsi0:0.mode = "independent-persistent"\n',
    'scsi0:0.mode = "independent-nonpersistent"\n',
)
_FIRMWARE = (
    "",
    "<os><loader type='pflash'>/x</loader><nvram>/n</nvram></os>",
    "<os firmware='efi'/>",
)


def _machines() -> Iterator[Machine]:
    for kind, inside, preset, second in product(_KINDS, _INSIDE, _PRESETS, (None, *_PRESETS)):
        disks = [xml_disk(preset, f"<driver name='qemu' type='{kind}'/>{inside}", file="/i/a")]
        if second is not None:
            disks.append(xml_disk(second, "<driver name='qemu' type='qcow2'/>", "vdb", "/i/b"))
        yield domain_of(*disks)
    for name in (*VMX_SAMPLES, *XML_SAMPLES):
        with suppress(SeveralDomainsError):
            yield machine_in(sample(name))
    for firmware, version in product(_FIRMWARE, ((9, 0), (11, 3))):
        text = f"<domain type='kvm'>{firmware}<devices>{xml_disk(file='/i/a')}</devices></domain>"
        yield replace(machine_in(text.encode()), libvirt=LibvirtVersion(*version))


@cache
def _all() -> tuple[Machine, ...]:
    return tuple(_machines())


def _planned(machine: Machine, answer: WayAnswer) -> Planning:
    way = answer.way
    memory = Memory.EXTERNAL if way.memory_file else None
    return Planning(
        machine, disk_only=way.disk_only, running=way.running, quiesced=way.quiesced, memory=memory
    )


def _takes(machine: Machine, match: re.Match[str], *, running: bool) -> bool:
    """Whether the planner takes what a sentence names, of a machine in the state it names."""
    state = {None: running, "runs": True, "is off": False}[match[5]]
    if not match["named"]:
        answers = ways(machine.configuration, machine.hypervisor)
        return any(
            one.works and one.covered
            for one in answers
            if (one.way.call, one.way.running) == (match["call"], state)
        )
    planning = Planning(machine, disk_only=True, running=state)
    for target, word in re.findall(r"--override (\S+)=(\w+)", match["named"]):
        index = next(disk.index for disk in machine.disks if disk.target == target)
        planning = planning.with_override(index, Preset(word))
    return planning.plan.refused is None and bool(planning.plan.covered)


@pytest.mark.parametrize("running", [False, True])
def test_what_a_refusal_names_is_taken(running: bool) -> None:
    said = 0
    for machine in _all():
        for answer in ways(machine.configuration, machine.hypervisor):
            if answer.works or answer.way.kind is not None or answer.way.running is not running:
                continue
            remedy = _planned(machine, answer).remedy
            for match in _SAID.finditer(remedy):
                said += 1
                assert _takes(machine, match, running=running), (remedy, machine.document.data)
            assert "--disk-only" not in _SAID.sub("", remedy), remedy
    assert said > 100


def test_what_a_finding_names_is_taken() -> None:
    said = 0
    for machine in _all():
        for finding in machine.findings:
            if finding.rule != "plain-snapshot-refused":
                continue
            told = finding.message.rpartition("; ")[2]
            said += 1
            call = told.removesuffix(" works").removesuffix(" of the running VM")
            answers = ways(machine.configuration, machine.hypervisor)
            assert any(one.works and one.covered for one in answers if one.way.call == call), told
    assert said > 10


def _asked(words: str) -> PolicyChange:
    """The change that options of ``set`` say, as a finding prints them."""
    given = dict(re.findall(r"--(\w+)(?: ([\w-]+))?", words))
    mode = mode_named(given["mode"]) if "mode" in given else None
    keeps = True if "persistent" in given else None
    return policy_change_of(None, keeps, mode, given.get("preset"), given.get("spelling"))


def test_what_a_finding_says_to_set_is_not_refused_and_mends_it() -> None:
    said = 0
    for machine in _all():
        for finding in machine.findings:
            step = _STEP.search(finding.advice)
            if step is None:
                continue
            said += 1
            disks = [disk.index for disk in machine.disks if disk.target in step[1].split()]
            assert disks, finding
            outcome = edit(machine, machine, _asked(step[2]), disks)
            assert not isinstance(outcome, Refusal), (finding, machine.document.data)
            left = {(one.rule, one.disk) for one in outcome.findings}
            assert (finding.rule, finding.disk) not in left, (finding, machine.document.data)
    assert said > 20


def test_who_is_told_to_take_disks_in_has_one_that_can_be() -> None:
    machines = [*_all(), *(machine_in(f"{_HEAD}{lines}".encode()) for lines in _LEFT_OUT)]
    told = [
        machine for machine in machines if any("--mode persistent)" in one.advice for one in machine.findings)
    ]
    for machine in told:
        takes = (
            edit(machine, machine, PolicyChange(mode=Mode.PERSISTENT), [one.index]) for one in machine.disks
        )
        assert any(isinstance(one, Machine) for one in takes), machine.document.data
    assert len(told) > 1


def test_vmware_is_asked_for_no_option_of_libvirts() -> None:
    for machine in _all():
        if machine.hypervisor in VMWARE:
            for answer in ways(machine.configuration, machine.hypervisor):
                remedy = _planned(machine, answer).remedy
                assert "--override" not in remedy


def test_a_machine_taken_once_disks_are_named_is_not_one_without_any_snapshot() -> None:
    machine = machine_in(sample("kvm-presets.xml"))
    call = only_by_name(machine.configuration, machine.hypervisor, running=False)
    assert call is not None
    assert call.startswith("--disk-only --override ")
    assert why_no_snapshot(machine.configuration, machine.hypervisor) is None
    assert "--disk-only only by naming disks" in machine.ways_line
    said = Planning(machine, disk_only=True).with_override(8, Preset.NO)
    assert "with nothing said" not in said.remedy
    assert "--override sdb=no" in said.remedy


def test_what_is_hidden_is_not_known() -> None:
    machine = machine_in(sample("encrypted.vmx"))
    assert machine.ways_line == "snapshots: not known: what is hidden cannot be planned"
    for answer in ways(machine.configuration, machine.hypervisor):
        assert answer.word == "?"


def test_a_drive_does_not_count_as_left_uncovered() -> None:
    drive = "<disk device='cdrom'><source file='/a.iso'/><target dev='sda' bus='sata'/></disk>"
    machine = domain_of(xml_disk("", "<driver name='qemu' type='qcow2'/>", file="/i/a"), drive)
    plan = Planning(machine).plan
    assert (len(plan.covered), possible(plan.disks), len(plan.disks)) == (1, 1, 2)


def test_the_status_file_says_whether_the_machine_runs() -> None:
    text = sample("domstatus.xml")
    assert Planning.begun(machine_in(text), SnapshotDocument()).power == "running (status file)"
    off = machine_in(text.replace(b"domstatus state='running'", b"domstatus state='shutoff'"))
    assert Planning.begun(off, SnapshotDocument()).power == "powered off (status file)"


def test_an_export_is_judged_like_a_machine() -> None:
    beside = Path(__file__).parents[2] / "sample_vms" / "rvtools" / "RVTools_tabvDisk.csv"
    names = {"web01": False, "node1": True}
    for name, refused in names.items():
        machine = machine_to_look_at(beside.read_bytes(), str(beside), name)
        assert (why_no_snapshot(machine.configuration, machine.hypervisor) is not None) is refused
        assert ("without memory yes" in machine.ways_line) is not refused


def test_esxis_advice_names_its_own_way() -> None:
    document = (
        b'scsi0.present = "TRUE"\n'
        b'scsi0:0.present = "TRUE"\nscsi0:0.fileName = "a.vmdk"\n'
        b'scsi0:1.present = "TRUE"\nscsi0:1.fileName = "b.vmdk"\nscsi0:1.mode = "independent-persistent"\n'
    )
    machine = replace(machine_in(document), chosen=Hypervisor.ESXI)
    said = Planning(machine, running=True).with_override(1, Preset.NO)
    assert said.remedy.endswith("; without memory works")
