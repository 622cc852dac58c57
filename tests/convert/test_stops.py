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


def _documents() -> list[VmxDocument]:
    found = [
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
        # Its own driver makes VMX files of it and has no other machine; what is refused of disks is the same.
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
