"""What is written: libvirt's own schema takes it, and the real virsh makes of it what was planned."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from lxml import etree

from tests.formats.samples import XML_SAMPLES, sample
from tests.libvirt.virsh import SCHEMAS, Question, answered, ask, need_virsh, needed
from tui.disks import Preset
from tui.disks.snapshot import Memory
from tui.formats.domainsnapshot import SnapshotDocument
from tui.machine import machine_in
from tui.planning import Planning
from tui.rules import Hypervisor

pytestmark = pytest.mark.libvirt

SCHEMA = SCHEMAS / "domainsnapshot.rng"
WORDS = (None, *Preset)
ORIGINS = {
    "new": SnapshotDocument().data,
    "with entries": (
        b"<domainsnapshot><description>x</description><disks>"
        b"<disk name='vda' snapshot='external' type='file'><driver type='qcow2'/><source file='/o'/></disk>"
        b"<disk name='vdb'/></disks></domainsnapshot>"
    ),
    "a sample": sample("domainsnapshot.xml"),
}


@pytest.fixture(scope="module")
def schema() -> etree.RelaxNG:
    needed(SCHEMA.exists(), "libvirt's domainsnapshot.rng")
    return etree.RelaxNG(etree.parse(SCHEMA))


@pytest.mark.parametrize("origin", ORIGINS)
def test_the_schema_takes_every_document_written(schema: etree.RelaxNG, origin: str) -> None:
    machine = machine_in(sample("kvm-app01.xml"))
    for one, other, memory, name in product(WORDS, WORDS, (None, *Memory), (None, "a <b> & 'c'")):
        planning = Planning(
            machine, SnapshotDocument(ORIGINS[origin]), {0: one, 1: other}, memory=memory, name=name
        )
        assert planning.written is not None
        assert schema.validate(etree.fromstring(planning.written.body)), schema.error_log


@pytest.mark.parametrize("file", [name for name in XML_SAMPLES if name.startswith(("kvm", "vmware"))])
def test_it_takes_one_for_every_disk_of_the_samples(schema: etree.RelaxNG, file: str) -> None:
    machine = machine_in(sample(file))
    for word in Preset:
        planning = Planning(machine, overrides={disk.index: word for disk in machine.disks})
        assert planning.written is not None
        assert schema.validate(etree.fromstring(planning.written.body)), schema.error_log


def test_virsh_makes_of_it_what_was_planned(tmp_path: Path) -> None:
    need_virsh()
    presets = ("", "no", "internal", "external")
    domains: list[str] = []
    plannings: list[Planning] = []
    for image in ("vda.img", "vdb.img"):
        (tmp_path / image).touch()
    for number, (one, other) in enumerate(product(presets, presets)):
        disks = "".join(
            f"<disk type='file'{preset and f' snapshot={preset!r}'}><source file='{tmp_path}/{target}.img'/>"
            f"<target dev='{target}' bus='virtio'/></disk>"
            for target, preset in (("vda", one), ("vdb", other))
        )
        domain = (
            f"<domain type='test'><name>w{number}</name><memory>1</memory><os><type>hvm</type></os>"
            f"<devices>{disks}</devices></domain>"
        )
        domains.append(domain)
        machine = machine_in(domain.encode())
        assert machine.hypervisor is Hypervisor.OTHER
        for words in product((None, Preset.NO, Preset.INTERNAL, Preset.EXTERNAL), repeat=2):
            for memory in (None, Memory.EXTERNAL):
                plannings.append(
                    Planning(
                        machine, overrides=dict(enumerate(words)), memory=memory, name=f"s{len(plannings)}"
                    )
                )
    questions = [
        Question(one.machine.configuration.name, one.written.body.decode())
        for one in plannings
        if one.written
    ]
    for planning, answer in zip(plannings, ask(domains, questions, tmp_path), strict=True):
        plan = planning.plan
        told = {one.disk.target: str(one.coverage) for one in plan.disks}
        found = answered(answer)
        if plan.refused is not None:
            assert found == plan.refused.message
        else:
            assert not isinstance(found, str), found
            assert {target: where for target, (where, _) in found.items()} == told
