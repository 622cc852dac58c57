"""An error finding exactly where libvirt's real QEMU driver refuses to define a domain.

A fixed list, and machines made at random in every run from a seed that is printed (and taken from
DISKMODE_SEED).
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from tests.libvirt.made_disks import Made, Maker, domain
from tests.libvirt.qemu import Session, need_qemu, session
from tests.libvirt.virsh import version
from tui.disks import LibvirtVersion
from tui.machine import machine_in
from tui.rules import Finding, Hypervisor, Severity, findings

pytestmark = [pytest.mark.libvirt, pytest.mark.qemu]

EACH = 500
# This one is the project's own choice: libvirt takes it.
OWN = "snapshot-without-persistence"

QCOW2 = "<driver name='qemu' type='qcow2'/><source file='/x/{0}'/><target dev='{0}' bus='{1}'/>"
VDA, VDB, SDA, HDA = (
    QCOW2.format(*one) for one in (("vda", "virtio"), ("vdb", "virtio"), ("sda", "scsi"), ("hda", "ide"))
)
BARE = "<source file='/x/{0}'/><target dev='{0}' bus='virtio'/>"
UNIT = "<address type='drive' controller='0' bus='0' target='0' unit='{}'/>"
EFI = "<source file='/x/vda'/><target dev='vda' bus='virtio'/>"
ON_VDA = "<target dev='vda' bus='virtio'/>"
FIXED = (
    f"<disk>{VDA}</disk>",
    f"<disk snapshot='yes'>{VDA}</disk>",
    f"<disk snapshot='manual'>{VDA}<transient/></disk>",
    f"<disk>{VDA}</disk><disk>{VDB}</disk>",
    f"<disk>{VDA}</disk><disk>{VDA}</disk>",
    f"<disk>{VDA}<boot order='1'/></disk><disk>{VDB}<boot order='1'/></disk>",
    f"<disk>{SDA}{UNIT.format(0)}</disk><disk>{SDA.replace('sda', 'sdb')}{UNIT.format(0)}</disk>",
    f"<disk>{SDA}{UNIT.format(0)}</disk><disk>{SDA.replace('sda', 'sdb')}{UNIT.format(1)}</disk>",
    f"<disk>{HDA}</disk>",
    f"<disk>{HDA.replace('hda', 'hde')}</disk>",
    f"<disk>{BARE.format('vda')}<shareable/></disk>",
    "<disk type='volume'><source pool='p' volume='v'/><target dev='vda' bus='virtio'/><shareable/></disk>",
    "<disk type='vhostuser'><source type='unix' path='/v'/><target dev='vda' bus='virtio'/></disk>",
    "<disk type='network'><source protocol='rbd'/><target dev='vda' bus='virtio'/></disk>",
    "<disk type='network'><source protocol='nbd'><host name='h'/></source><target dev='vda'/></disk>",
    "<disk device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>",
    "<disk device='cdrom' type='vhostuser' snapshot='internal'><target dev='sda' bus='sata'/></disk>",
    "<disk device='cdrom'><target dev='vda' bus='virtio'/></disk>",
    "<disk device='floppy'><target dev='fdc' bus='fdc'/></disk>",
    f"<disk device='floppy'><target dev='fdc' bus='fdc'/>{UNIT.format(0)}</disk>",
    f"<disk type='dir'><driver type='fat'/><source dir='/x'/>{ON_VDA}</disk>",
    f"<disk type='dir'><driver type='fat'/><source dir='/x'/>{ON_VDA}<readonly/></disk>",
    f"<disk type='volume'><driver type='fat'/><source pool='p' volume='v'/>{ON_VDA}</disk>",
    f"<disk type='vhostuser'><driver cache='default'/><source type='unix' path='/v'/>{ON_VDA}</disk>",
)


@pytest.fixture(scope="module")
def qemu() -> Iterator[Session]:
    need_qemu()
    with session() as one:
        yield one


def _errors(made: Made) -> list[Finding]:
    configuration = replace(
        machine_in(made.xml.encode()).configuration, libvirt=LibvirtVersion(*version()[:2])
    )
    found = findings(configuration, Hypervisor.QEMU)
    return [one for one in found if one.severity is Severity.ERROR and one.rule != OWN]


def _refusals(qemu: Session, machines: Sequence[Made]) -> list[str]:
    commands = []
    for made in machines:
        (qemu.images / f"{made.name}.xml").write_text(made.xml)
        commands += [f"define {made.name}.xml", f"undefine {made.name}"]
    qemu.own()
    return [one.error for one in qemu.ask(commands)[::2]]


def test_an_error_is_found_exactly_where_define_refuses(qemu: Session) -> None:
    seed = os.environ.get("DISKMODE_SEED") or str(random.SystemRandom().randrange(10**9))
    print(f"DISKMODE_SEED={seed}")  # noqa: T201 - who reads the log can draw them again
    draw = random.Random(seed)
    machines = [domain(f"f{at}", one, "pc") for at, one in enumerate(FIXED)]
    machines += [
        Maker(draw, odd).machine(f"m{odd * 100:.0f}-{at}") for odd in (0.05, 0.15, 0.3) for at in range(EACH)
    ]
    refusals = _refusals(qemu, machines)
    differing = []
    for made, refusal in zip(machines, refusals, strict=True):
        told = _errors(made)
        if bool(told) is not bool(refusal):
            differing.append((refusal, [one.rule for one in told], made.xml))
    refused = sum(map(bool, refusals))
    print(f"{len(machines)} defined, {refused} refused, {len(differing)} differ")  # noqa: T201 - as above
    assert not differing, f"seed {seed}: {len(differing)}: {differing[:3]}"
    assert min(refused, len(machines) - refused) > EACH / 2, "neither side is missing"
