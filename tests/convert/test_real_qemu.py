"""The real qemu driver of libvirt takes what is converted for it, and QEMU starts it.

As an ordinary user, with HOME and XDG_RUNTIME_DIR of its own, without KVM. What the test changes for that:
the domain's type, name and UUID, and to start it the memory, the number of processors, and the networks,
ports and TPM of a host that is not this one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import Phase, given, settings
from lxml import etree

from tests.convert.generated import as_vmx, machines
from tests.formats.samples import VMX_SAMPLES, sample
from tui.convert import DiskFormat, Kvm, Options, to_domain_xml
from tui.formats.vmx import VmxDocument

pytestmark = pytest.mark.qemu
# Root has no session of its own: nobody has.
_USER = 65534 if os.geteuid() == 0 else None
_GENERATED = 100
_STARTED = 20
_SOCKET = "libvirt/libvirt-sock"
_COMPONENTS = ("libvirtd", "virsh", "qemu-img", "qemu-system-x86_64")
# What the guest is connected to on a host that is not this one.
_OTHER_HOST = ("serial", "parallel", "tpm", "graphics", "console")


class Driver(NamedTuple):
    """The qemu driver of a libvirt of its own, and a folder that it may read."""

    folder: Path
    environment: dict[str, str]

    def virsh(self, *commands: str) -> subprocess.CompletedProcess[str]:
        """Some commands in one process."""
        return subprocess.run(
            ["virsh", "-q", "-c", "qemu:///session", "; ".join(commands)],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            env=self.environment,
            user=_USER,
            group=_USER,
        )


def _opened(path: Path) -> Path:
    if _USER is not None:
        os.chown(path, _USER, _USER)
    return path


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    missing = [name for name in _COMPONENTS if shutil.which(name) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"{missing[0]} is not installed")
    if missing:
        pytest.skip(f"{missing[0]} is not installed")
    # A socket's name may be 107 bytes long, which pytest's own folders come near.
    with tempfile.TemporaryDirectory(prefix="dm-", ignore_cleanup_errors=True) as name:
        folder = _opened(Path(name))
        home, run = folder / "home", folder / "run"
        for one in (home, run):
            one.mkdir(mode=0o700)
            _opened(one)
        environment = os.environ | {"HOME": str(home), "XDG_RUNTIME_DIR": str(run)}
        for key in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            environment.pop(key, None)
        daemon = subprocess.Popen(
            ["libvirtd", "-t", "60"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=_USER,
            group=_USER,
        )
        try:
            while daemon.poll() is None and not (run / _SOCKET).exists():
                time.sleep(0.05)
            yield Driver(folder, environment)
        finally:
            daemon.terminate()
            daemon.wait(60)


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
    return domain


def _written(driver: Driver, domain: etree._Element, name: str) -> Path:
    path = driver.folder / f"{name}.xml"
    path.write_bytes(etree.tostring(domain))
    path.chmod(0o644)
    return path


def _defined(driver: Driver, texts: Sequence[str], prefix: str) -> None:
    commands = []
    for number, text in enumerate(texts):
        name = f"{prefix}{number}"
        commands.append(f"define {_written(driver, _plain(text, name), name)} --validate")
        commands.append(f"undefine --nvram {name}")
    done = driver.virsh(*commands)
    assert not done.stderr.strip()
    assert done.returncode == 0


# The way a sample is wanted: as it is, and with everything else than what is usual.
WANTED = [Kvm(), Kvm(DiskFormat.RAW, "/images", virtio=True)]


@pytest.mark.parametrize("wanted", WANTED, ids=["vmware", "virtio"])
def test_every_sample_is_defined(driver: Driver, wanted: Kvm) -> None:
    texts = [
        to_domain_xml(VmxDocument(sample(name)), Options(vmx_path=f"/vm/{name}", kvm=wanted)).text
        for name in VMX_SAMPLES
    ]
    _defined(driver, texts, "sample")


def test_every_generated_machine_is_defined(driver: Driver) -> None:
    ways = [Kvm(kind, None if kind is DiskFormat.VMDK else "/images") for kind in DiskFormat]
    ways.append(Kvm(virtio=True))
    documents = _generated()
    assert len(documents) >= _GENERATED
    texts = [
        to_domain_xml(document, Options(vmx_path="/vm/vm.vmx", kvm=ways[number % len(ways)])).text
        for number, document in enumerate(documents)
    ]
    _defined(driver, texts, "generated")


def _startable(driver: Driver, text: str, name: str) -> etree._Element:
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
        image = driver.folder / f"{name}-{number}.img"
        subprocess.run(
            ["qemu-img", "create", "-q", "-f", str(kind.get("type")), image, "1M"], check=True, timeout=60
        )
        source.set("file", str(_opened(image)))
    devices = domain.find("devices")
    assert devices is not None
    for card in devices.findall("interface"):
        card.set("type", "user")
        for source in card.findall("source"):
            card.remove(source)
    devices[:] = [device for device in devices if device.tag not in _OTHER_HOST]
    return domain


def test_machines_start(driver: Driver) -> None:
    documents = [VmxDocument(sample(name)) for name in VMX_SAMPLES]
    documents = (documents + _generated())[: max(_STARTED, len(documents))]
    for number, document in enumerate(documents):
        wanted = Kvm(list(DiskFormat)[number % 3], "/images", virtio=number % 5 == 4)
        text = to_domain_xml(document, Options(vmx_path="/vm/vm.vmx", kvm=wanted)).text
        name = f"start{number}"
        path = _written(driver, _startable(driver, text, name), name)
        done = driver.virsh(f"create {path} --validate --paused", f"domstate {name}", f"destroy {name}")
        assert not done.stderr.strip(), text
        assert "paused" in done.stdout
