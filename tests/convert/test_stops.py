"""What is said to stop a define of libvirt's own form is what stops it, and nothing else does."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from lxml import etree

from tests.convert.generated import as_vmx, machines
from tests.formats.samples import VMX_SAMPLES, sample
from tests.libvirt.virsh import need_virsh, version
from tui.convert import Options, to_domain_xml
from tui.disks import LibvirtVersion
from tui.formats.vmx import VmxDocument

pytestmark = pytest.mark.libvirt

_GENERATED = 150


# What libvirt does and does not define beside disks, on both sides of each bound.
_BOUNDS = (
    'sched.cpu.shares = "0"',
    'sched.cpu.shares = "1"',
    'sched.cpu.shares = "2"',
    'sched.cpu.shares = "262144"',
    'sched.cpu.shares = "262145"',
    'numvcpus = "132"\nsched.cpu.shares = "high"',
    'serial0.present = "TRUE"',
    'serial0.present = "TRUE"\nserial0.fileName = ""',
    'serial0.present = "TRUE"\nserial0.fileType = "pipe"',
    'serial0.present = "TRUE"\nserial0.fileType = "file"',
    'parallel0.present = "TRUE"',
    'parallel0.present = "TRUE"\nparallel0.fileName = "/dev/parport0"',
    'ide0:0.present = "TRUE"\nide0:0.deviceType = "cdrom-raw"',
    'ide0:0.present = "TRUE"\nide0:0.deviceType = "cdrom-raw"\nide0:0.autodetect = "TRUE"',
    'ide0:0.present = "TRUE"\nide0:0.deviceType = "cdrom-raw"\nide0:0.fileName = "/dev/sr0"',
    'ide0:0.present = "TRUE"\nide0:0.deviceType = "atapi-cdrom"',
    *(
        f'ethernet0.present = "TRUE"\nethernet0.dvs.switchId = "{"50 " * 7}34-{"1d " * 7}40"\n{group}'
        for group in ("", 'ethernet0.dvs.portgroupId = "dvportgroup-1"')
    ),
    *(
        'ethernet0.present = "TRUE"\nethernet0.networkName = "n"\nethernet0.addressType = "static"\n'
        f'ethernet0.address = "{address}"'
        for address in ("01:00:5e:00:00:01", "02:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00")
    ),
)


def _documents() -> list[VmxDocument]:
    found = [VmxDocument(f'displayName = "v"\n{keys}\n'.encode()) for keys in _BOUNDS]
    found += [
        document for name in VMX_SAMPLES if not (document := VmxDocument(sample(name))).configuration.locked
    ]

    @given(machines())
    @settings(max_examples=_GENERATED, deadline=None, phases=[Phase.generate], database=None)
    def collect(keys: dict[str, str]) -> None:
        found.append(VmxDocument(as_vmx(keys)))

    collect()
    return found


def test_what_stops_a_define_is_said_and_nothing_else_is(tmp_path: Path) -> None:
    need_virsh()
    options = Options(vmx_path="/vm/vm.vmx", libvirt=LibvirtVersion(*version()[:2]))
    conversions = [to_domain_xml(document, options) for document in _documents()]
    commands = []
    for number, conversion in enumerate(conversions):
        domain = etree.fromstring(conversion.text.encode())
        # Its own driver makes VMX files of it and has no other machine; what is refused is the same.
        domain.set("type", "test")
        domain[:] = [child for child in domain if child.tag != "uuid"]
        name = domain.find("name")
        assert name is not None
        name.text = f"v{number}"
        (tmp_path / f"{number}.xml").write_bytes(etree.tostring(domain))
        commands += [f"define {tmp_path / f'{number}.xml'}", "echo --err answered"]
    done = subprocess.run(
        ["virsh", "-q", "-c", "test:///default"],
        input="\n".join(commands) + "\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    answers = done.stderr.split("error: answered\n")[:-1]
    assert len(answers) == len(conversions)
    stopped = 0
    for conversion, answer in zip(conversions, answers, strict=True):
        assert bool(conversion.stopping) is bool(answer.strip()), (answer, conversion.text)
        stopped += bool(answer.strip())
    assert 0 < stopped < len(conversions)
