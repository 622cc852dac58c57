"""Every face says of every way of asking what the one planner says, by hypervisor and libvirt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.formats.samples import ALL_SAMPLES, sample
from tui.app.editor.details import DiskDetails
from tui.cli import plan_text, show_json, show_text
from tui.disks import HostFacts, LibvirtVersion, Sidecars
from tui.formats.domainsnapshot import SnapshotDocument
from tui.formats.errors import FormatError
from tui.machine import Machine, machine_in
from tui.planning import Planning
from tui.planning.asking import Asking
from tui.rules import Hypervisor
from tui.rules.ways import WayAnswer

WIDE = 10_000
VERSIONS = tuple(LibvirtVersion(*one) for one in ((9, 0), (10, 9), (11, 3), (12, 5)))
# A libvirt host that says that there is a checkpoint: no file tells.
WITH_CHECKPOINT = Sidecars(host=HostFacts("kvm1", snapshots=(), checkpoints=("c1",), uri="qemu:///system"))


def machines_of(name: str) -> list[Machine]:
    """The machine of a sample as each hypervisor would take it, QEMU by libvirt; none of a broken file."""
    try:
        one = machine_in(sample(name))
    except FormatError:
        return []
    chosen = [replace(one, chosen=hypervisor) for hypervisor in Hypervisor]
    of_qemu = replace(one, chosen=Hypervisor.QEMU)
    known = [replace(of_qemu, sidecars=WITH_CHECKPOINT, libvirt=version) for version in VERSIONS]
    return chosen + [replace(of_qemu, libvirt=version) for version in VERSIONS] + known


@pytest.mark.parametrize("name", ALL_SAMPLES)
def test_show_plan_and_editor_say_of_every_way_what_the_planner_says(name: str) -> None:
    for machine in machines_of(name):
        planning = Planning.begun(machine, SnapshotDocument())
        answered = [_answer(one) for one in machine.ways]
        for report in (
            show_json.report_of(machine, "F", None),
            plan_text.report_of(planning, "F", None),
        ):
            assert [_reported(one) for one in report["ways"]] == answered
        shown = list(show_text.lines_of(machine, "F", None, WIDE))
        said = any(line.startswith(machine.ways_line) for line in shown)
        assert said or machine.configuration.hidden is not None
        asking = Asking.begun(planning)
        assert [_answer(one) for one in asking.answers] == answered
        for answer in machine.ways:
            by = asking.by(answer.way)
            assert by.refused == answer.refused


@pytest.mark.parametrize("name", ["kvm-app01.xml", "kvm-presets.xml", "esxi8-web01.vmx"])
def test_the_line_in_the_editor_is_the_one_that_show_prints(name: str) -> None:
    machine = machine_in(sample(name))
    lines = DiskDetails(machine, machine.disks[0], 0, lambda _: None).lines(WIDE, height=40)
    assert any(machine.ways_line in "".join(span.text for span in line) for line in lines)


def _answer(one: WayAnswer) -> tuple[object, ...]:
    refused = one.refused
    works = None if refused is not None and refused.is_unknown else one.works
    return one.way.call, one.way.running, works, refused and refused.message, list(one.warnings)


def _reported(one: dict[str, object]) -> tuple[object, ...]:
    refused = one["refused"]
    said = refused["message"] if isinstance(refused, dict) else None
    return one["call"], one["running"], one["works"], said, one["warnings"]
