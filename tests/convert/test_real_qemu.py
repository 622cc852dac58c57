"""The real qemu driver of libvirt takes what is converted for it, and QEMU starts it.

As an ordinary user, with HOME and XDG_RUNTIME_DIR of its own, without KVM. What the test changes for that:
the domain's type, name and UUID, the TPM where there is no swtpm, and to start it the memory, the number of
processors, and the networks, ports and TPM of a host that is not this one.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from lxml import etree

from tests.convert.generated import as_vmx, machines
from tests.formats.samples import VMX_SAMPLES, sample
from tests.libvirt.qemu import Session, need_qemu, session
from tui.convert import DiskFormat, Kvm, Options, to_domain_xml
from tui.formats.vmx import VmxDocument

pytestmark = pytest.mark.qemu
_GENERATED = 100
_STARTED = 20
# What the guest is connected to on a host that is not this one.
_OTHER_HOST = ("serial", "parallel", "tpm", "graphics", "console")


@pytest.fixture(scope="module")
def driver() -> Iterator[Session]:
    need_qemu()
    with session() as one:
        yield one


def _virsh(driver: Session, *commands: str) -> subprocess.CompletedProcess[str]:
    """Some commands in one process."""
    return driver.run(["virsh", "-q", "-c", "qemu:///session", "; ".join(commands)])


def _generated() -> list[VmxDocument]:
    found: list[VmxDocument] = []

    @given(machines())
    @settings(
        max_examples=_GENERATED, deadline=None, phases=[Phase.generate], derandomize=True, database=None
    )
    def collect(keys: dict[str, str]) -> None:
        found.append(VmxDocument(as_vmx(keys)))

    collect()
    return found


def _plain(text: str, name: str) -> etree._Element:
    domain = etree.fromstring(text.encode())
    domain.set("type", "qemu")
    for child in domain.findall("uuid"):
        domain.remove(child)
    element = domain.find("name")
    assert element is not None
    element.text = name
    devices = domain.find("devices")
    if shutil.which("swtpm") is None and devices is not None:  # a host without it defines no TPM at all
        devices[:] = [device for device in devices if device.tag != "tpm"]
    return domain


def _written(driver: Session, domain: etree._Element, name: str) -> Path:
    path = driver.images / f"{name}.xml"
    path.write_bytes(etree.tostring(domain))
    path.chmod(0o644)
    return path


def _defined(driver: Session, texts: Sequence[str], prefix: str) -> None:
    commands = []
    for number, text in enumerate(texts):
        name = f"{prefix}{number}"
        commands.append(f"define {_written(driver, _plain(text, name), name)} --validate")
        commands.append(f"undefine --nvram {name}")
    done = _virsh(driver, *commands)
    assert not done.stderr.strip()
    assert done.returncode == 0


# The way a sample is wanted: as it is, and with everything else than what is usual.
WANTED = [Kvm(), Kvm(DiskFormat.RAW, "/images", virtio=True)]


@pytest.mark.parametrize("wanted", WANTED, ids=["vmware", "virtio"])
def test_every_sample_is_defined(driver: Session, wanted: Kvm) -> None:
    texts = [
        to_domain_xml(VmxDocument(sample(name)), Options(vmx_path=f"/vm/{name}", kvm=wanted)).text
        for name in VMX_SAMPLES
    ]
    _defined(driver, texts, "sample")


def test_every_generated_machine_is_defined(driver: Session) -> None:
    ways = [Kvm(kind, None if kind is DiskFormat.VMDK else "/images") for kind in DiskFormat]
    ways.append(Kvm(virtio=True))
    documents = _generated()
    assert len(documents) >= _GENERATED
    texts = [
        to_domain_xml(document, Options(vmx_path="/vm/vm.vmx", kvm=ways[number % len(ways)])).text
        for number, document in enumerate(documents)
    ]
    _defined(driver, texts, "generated")


def _startable(driver: Session, text: str, name: str) -> etree._Element:
    """The domain with empty disks of 1 MiB, and without what it is connected to on another host."""
    domain = _plain(text, name)
    for path, value in (("memory", "65536"), ("vcpu", "1")):
        found = domain.find(path)
        assert found is not None
        found.text = value
    for topology in domain.findall("cpu/topology"):
        domain[:] = [child for child in domain if child.tag != "cpu" or topology not in child]
    for number, disk in enumerate(domain.findall("devices/disk")):
        source, kind = disk.find("source"), disk.find("driver")
        if source is None or kind is None or disk.get("device") != "disk":
            continue
        image = driver.images / f"{name}-{number}.img"
        driver.run(["qemu-img", "create", "-q", "-f", str(kind.get("type")), str(image), "1M"])
        source.set("file", str(image))
    devices = domain.find("devices")
    assert devices is not None
    for card in devices.findall("interface"):
        card.set("type", "user")
        for source in card.findall("source"):
            card.remove(source)
    devices[:] = [device for device in devices if device.tag not in _OTHER_HOST]
    return domain


def test_machines_start(driver: Session) -> None:
    documents = [VmxDocument(sample(name)) for name in VMX_SAMPLES]
    documents = (documents + _generated())[: max(_STARTED, len(documents))]
    for number, document in enumerate(documents):
        wanted = Kvm(list(DiskFormat)[number % 3], "/images", virtio=number % 5 == 4)
        text = to_domain_xml(document, Options(vmx_path="/vm/vm.vmx", kvm=wanted)).text
        name = f"start{number}"
        path = _written(driver, _startable(driver, text, name), name)
        done = _virsh(driver, f"create {path} --validate --paused", f"domstate {name}", f"destroy {name}")
        assert not done.stderr.strip(), text
        assert "paused" in done.stdout
