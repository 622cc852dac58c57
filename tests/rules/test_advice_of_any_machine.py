"""What any sentence advises is taken by the planner, of machines made at random.

They are drawn anew in every run from a seed that is printed (and taken from DISKMODE_SEED).
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from tests.rules.test_advice import _SAID, _planned, _takes
from tui.disks import LibvirtVersion, PolicyChange, Preset
from tui.disks.snapshot import DomainSnapshot, Listed
from tui.editing import Refusal, cautions_of, edit, remedy_of
from tui.machine import Machine, machine_in
from tui.rules import Finding, Hypervisor, Severity
from tui.rules.plan_advice import only_by_name
from tui.rules.plan_values import Request
from tui.rules.planner import make_plan
from tui.rules.ways import WayAnswer, calls_that_work, ways

MANY = 60
SOURCES = {
    "file": "<source file='/i/{}.img'/>",
    "block": "<source dev='/dev/vg/{}'/>",
    "network": "<source protocol='rbd' name='p/{}'><host name='h'/></source>",
    "volume": "<source pool='p' volume='{}'/>",
    "vhostuser": "<source type='unix' path='/{}'/>",
}
PFLASH = "<loader readonly='yes' type='pflash'>/x</loader>"
FIRMWARE = ("", "", f"{PFLASH}<nvram>/n</nvram>", f"{PFLASH}<nvram format='qcow2'>/n</nvram>")
BESIDE = (
    "",
    "",
    "<hostdev mode='subsystem' type='pci'/>",
    "<filesystem type='mount'><driver type='virtiofs'/></filesystem>",
)
VERSIONS = ((9, 0), (9, 5), (10, 9), (11, 3), (12, 5))
DRIVES = {
    "cdrom": ("sd", "sata", "<readonly/>"),
    "floppy": ("fd", "fdc", ""),
    "lun": ("sd", "scsi", ""),
}
# What is said of a call that works with other words on some disks, and of one that is left.
OTHERWISE = re.compile(
    r"; with (snapshot='no'|no snapshot='internal'|no <transient/>|no preset) for ([\w, ]+?) "
    r"((?:plain|--disk-only|memory external|and| )+) works?$"
)
WITH_SOURCES = re.compile(r"--disk-only with a <source> for ([\w, ]+?) works")
LEFT = re.compile(r"(.+?)( while it is off)? works$")
CHANGES = {
    "snapshot='no'": PolicyChange(preset=Preset.NO),
    "no snapshot='internal'": PolicyChange(no_preset=True),
    "no preset": PolicyChange(no_preset=True),
    "no <transient/>": PolicyChange(persistent=True),
}


def _disk(draw: random.Random, letter: str) -> str:
    device = draw.choice(["disk"] * 9 + ["cdrom", "lun"] + (["floppy"] if letter == "a" else []))
    kind = "block" if device == "lun" else draw.choice(["file"] * 5 + list(SOURCES))
    inside = draw.choice([""] * 6 + ["<transient/>", "<readonly/>", "<shareable/>"])
    start, bus = "vd", "virtio"
    if device != "disk":
        start, bus, inside = DRIVES[device]
        kind = kind if device == "lun" else "file"
    image = draw.choice(("qcow2", "qcow2", "qcow2", "raw", "vmdk")) if device == "disk" else "raw"
    preset = draw.choice([""] * 4 + [f" snapshot='{word}'" for word in Preset])
    if kind == "vhostuser":
        preset, inside, image = "", "", "raw"
    source = "" if device in ("cdrom", "floppy") and draw.random() < 0.5 else SOURCES[kind]
    target = f"{start}{letter}"
    return (
        f"<disk type='{kind}' device='{device}'{preset}><driver name='qemu' type='{image}'/>"
        f"{source.format(target)}<target dev='{target}' bus='{bus}'/>{inside}</disk>"
    )


@cache
def _all() -> tuple[Machine, ...]:
    seed = os.environ.get("DISKMODE_SEED") or str(random.SystemRandom().randrange(10**9))
    print(f"DISKMODE_SEED={seed}")  # noqa: T201 - who reads the log can draw them again
    draw = random.Random(seed)
    return tuple(_machine(draw) for _ in range(MANY))


def _machine(draw: random.Random) -> Machine:
    disks = "".join(_disk(draw, letter) for letter in "abc"[: draw.choice((1, 2, 2, 3))])
    text = (
        f"<domain type='kvm'><os>{draw.choice(FIRMWARE)}</os>"
        f"<devices>{disks}{draw.choice(BESIDE)}</devices></domain>"
    )
    return replace(machine_in(text.encode()), libvirt=LibvirtVersion(*draw.choice(VERSIONS)))


def _answers(machine: Machine) -> tuple[WayAnswer, ...]:
    return ways(machine.configuration, machine.hypervisor)


def _works(machine: Machine, call: str, *states: bool) -> bool:
    return any(
        one.works and one.covered
        for one in _answers(machine)
        if one.way.call == call and one.way.running in states
    )


def _takes_sources(machine: Machine, targets: str, *, running: bool) -> bool:
    listed = tuple(Listed(one, "external", file=f"/overlay-{one}") for one in targets.split(", "))
    asked = Request(
        machine.configuration, Hypervisor.QEMU, DomainSnapshot(listed=listed), disk_only=True, running=running
    )
    plan = make_plan(asked)
    return plan.refused is None and bool(plan.covered)


def _is_taken(machine: Machine, sentence: str, *, running: bool) -> bool:
    """Whether everything a sentence says works does."""
    sources = all(_takes_sources(machine, one[1], running=running) for one in WITH_SOURCES.finditer(sentence))
    rest = WITH_SOURCES.sub("", sentence)
    return sources and all(_takes(machine, one, running=running) for one in _SAID.finditer(rest))


def test_what_a_refusal_of_any_way_names_is_taken() -> None:
    for machine in _all():
        for answer in _answers(machine):
            if answer.works or answer.way.kind is not None:
                continue
            remedy = _planned(machine, answer).remedy
            assert _is_taken(machine, remedy, running=answer.way.running), (remedy, machine.document.data)
            rest = WITH_SOURCES.sub("", _SAID.sub("", remedy))
            assert not re.search(r"--disk-only|leave (it|the disk) out", rest), remedy


def test_what_a_finding_on_snapshots_names_is_taken() -> None:
    said = 0
    for machine in _all():
        for finding in machine.findings:
            if finding.rule not in ("snapshots-refused", "no-snapshot-by-itself"):
                continue
            said += 1
            otherwise = OTHERWISE.search(finding.message)
            if otherwise is None:
                assert _is_taken(machine, finding.message, running=True), finding
                continue
            disks = [disk.index for disk in machine.disks if disk.target in otherwise[2].split(", ")]
            edited = edit(machine, machine, CHANGES[otherwise[1]], disks)
            assert not isinstance(edited, Refusal), (finding, machine.document.data)
            for call in otherwise[3].split(" and "):
                assert _works(edited, call, True), (finding, machine.document.data)
    assert said > MANY / 10


def test_whoever_is_told_to_name_disks_gets_a_snapshot_of_those() -> None:
    for machine in _all():
        for finding in machine.findings:
            configuration = machine.configuration
            if finding.rule == "snapshots-refused":
                named = only_by_name(configuration, Hypervisor.QEMU, running=True)
                assert ("name the disks" in finding.advice) <= (named is not None), machine.document.data
            elif finding.rule == "snapshots-by-name" and not calls_that_work(configuration, Hypervisor.QEMU):
                sources = WITH_SOURCES.search(f"{finding.advice} works")
                taken = (
                    _takes_sources(machine, sources[1], running=True)
                    if sources
                    else only_by_name(configuration, Hypervisor.QEMU) is not None
                )
                assert taken, (finding, machine.document.data)


def test_a_remedy_mends_brings_no_error_and_loses_no_way() -> None:
    for machine in _all():
        before = {(one.rule, one.disk) for one in machine.findings}
        for finding in machine.findings:
            offer = remedy_of(machine, machine, finding)
            if offer is None:
                continue
            edited = edit(machine, machine, offer.change, offer.disks)
            assert not isinstance(edited, Refusal), offer
            assert (finding.rule, finding.disk) not in {(one.rule, one.disk) for one in edited.findings}
            errors = {(one.rule, one.disk) for one in edited.findings if one.severity is Severity.ERROR}
            assert errors <= before, (offer, machine.document.data)
            pairs = zip(_answers(machine), _answers(edited), strict=True)
            assert all(now.works or not was.works for was, now in pairs if was.way.kind is None), offer


def _lost(machine: Machine) -> Iterator[tuple[Machine, Finding]]:
    changes = (PolicyChange(snapshot=False), *(PolicyChange(preset=word) for word in Preset))
    for disk in machine.disks:
        for change in changes if machine.locked(disk.index) is None else ():
            edited = edit(machine, machine, change, [disk.index])
            if isinstance(edited, Machine) and edited.document.data != machine.document.data:
                found = cautions_of(machine, machine, edited)
                yield from ((edited, one) for one in found if one.rule == "way-lost")


def test_the_way_that_a_toggle_says_is_left_works_and_the_one_it_takes_does_not() -> None:
    said = 0
    for machine in _all():
        for edited, finding in _lost(machine):
            said += 1
            left = finding.message.rpartition("; ")[2]
            if left.startswith("no snapshot works"):
                kinds = [one for one in _answers(edited) if one.way.kind is None]
                assert not any(one.works and one.covered for one in kinds), finding
                continue
            match = LEFT.fullmatch(left)
            assert match, finding
            states = (False,) if match[2] else (False, True)
            assert _works(edited, match[1], *states), (finding, edited.document.data)
    assert said > MANY / 2
