"""The real libvirt: its schema, its test driver, its own VMX driver.

Known differences, left out of the comparison: libvirt gives SATA disks targets that SCSI disks may have too,
and then defines no such domain; libvirt 9 knows no ``clusters`` (10.1.0) and no NVMe bus
(11.5.0); its VMX driver loses ``independent-persistent``, NVMe and USB disks, multi-writer sharing, Secure
Boot and a ``checkMACAddress`` in capitals, decodes escapes in the name and the annotation only, adds
``<boot dev='hd'/>``, keeps the VNC password to itself, and makes up SATA addresses six to a controller and,
from hardware version 13, SCSI addresses 64 to a controller.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from lxml import etree

from tests.convert.generated import as_vmx, machines
from tests.formats.samples import VMX_SAMPLES, sample
from tui.convert import Options, to_domain_xml, to_vmx
from tui.formats.domain_xml import DomainDocument
from tui.formats.vmx import VmxDocument

pytestmark = pytest.mark.libvirt
SCHEMA = Path("/usr/share/libvirt/schemas/domain.rng")
BUSES = ("scsi", "ide", "sata")
_BATCH = 50
_STAND_INS = {
    "vmrun": "#!/bin/sh\necho 'Total running VMs: 0'\n",
    "vmplayer": "#!/bin/sh\necho 'VMware Player 16.2.4 build-1'\n",
}


def _needs(what: str, there: bool) -> None:
    if there:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{what} is not installed")
    pytest.skip(f"{what} is not installed")


@pytest.fixture(scope="module")
def schema() -> etree.RelaxNG:
    _needs("libvirt's domain.rng", SCHEMA.exists())
    return etree.RelaxNG(etree.parse(SCHEMA))


@pytest.fixture(scope="module")
def virsh() -> str:
    path = shutil.which("virsh")
    _needs("virsh", path is not None)
    return str(path)


def _of_libvirt_9(text: str, knows_clusters: bool) -> etree._Element:
    """The domain without what the installed libvirt may be too old for."""
    element = etree.fromstring(text.encode())
    for topology in element.iterfind("cpu/topology"):
        if not knows_clusters:
            topology.attrib.pop("clusters", None)
    return element


@pytest.fixture(scope="module")
def knows_clusters() -> bool:
    return any("clusters" in path.read_text() for path in SCHEMA.parent.glob("*.rng"))


@given(machines(BUSES))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_generated_vms_validate_against_libvirts_schema(
    schema: etree.RelaxNG, knows_clusters: bool, keys: dict[str, str]
) -> None:
    element = _of_libvirt_9(to_domain_xml(VmxDocument(as_vmx(keys))).text, knows_clusters)
    schema.assertValid(element)


@pytest.mark.parametrize("name", VMX_SAMPLES)
def test_samples_validate_against_libvirts_schema(
    schema: etree.RelaxNG, knows_clusters: bool, name: str
) -> None:
    options = Options(location="[datastore] folder")  # the schema takes no bare file name
    element = _of_libvirt_9(to_domain_xml(VmxDocument(sample(name)), options).text, knows_clusters)
    for found in element.xpath("devices/disk[target/@bus='nvme'] | devices/controller[@type='nvme']"):
        found.getparent().remove(found)
    schema.assertValid(element)


def _examples() -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    @given(machines(BUSES))
    @settings(max_examples=_BATCH, deadline=None, phases=[Phase.generate], derandomize=True, database=None)
    def collect(keys: dict[str, str]) -> None:
        found.append(keys)

    collect()
    return found


def test_generated_vms_are_defined_by_the_real_test_driver(
    virsh: str, tmp_path: Path, knows_clusters: bool
) -> None:
    commands = []
    for number, keys in enumerate(_examples()):
        keys["displayName"] = f"vm{number}"
        keys["uuid.bios"] = f"{'00 ' * 7}00-{'00 ' * 6}{number // 256:02x} {number % 256 or 255:02x}"
        element = _of_libvirt_9(to_domain_xml(VmxDocument(as_vmx(keys))).text, knows_clusters)
        element.set("type", "test")
        for interface in element.xpath("devices/interface[@type='vds' or mac/@type='generated']"):
            interface.getparent().remove(interface)  # the test driver is no VMware
        path = tmp_path / f"{number}.xml"
        path.write_bytes(etree.tostring(element))
        commands.append(f"define {path}")
    done = subprocess.run(
        [virsh, "-c", "test:///default", "; ".join(commands)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert not done.stderr.strip()
    assert done.stdout.count(" defined from ") == len(commands)


# libvirt's own VMX driver


@pytest.fixture(scope="module")
def native(virsh: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Native]:
    folder = tmp_path_factory.mktemp("vmware")
    for name, script in _STAND_INS.items():
        path = folder / name
        path.write_text(script)
        path.chmod(0o755)
    yield _Native(virsh, folder)


class _Native:
    """``virsh domxml-from-native`` with two stand-ins for VMware Player's programs first in PATH."""

    def __init__(self, virsh: str, folder: Path) -> None:
        self._command = [virsh, "-q", "-c", "vmwareplayer:///session"]
        self._folder = folder
        self._environment = os.environ | {
            "PATH": f"{folder}:{os.environ.get('PATH', '')}",
            "HOME": str(folder),
        }

    def convert(self, data: bytes) -> tuple[str, str]:
        """The domain of a file and nothing, or nothing and libvirt's complaint."""
        path = self._folder / "vm.vmx"
        path.write_bytes(data)
        command = [*self._command, "domxml-from-native", "vmware-vmx", str(path)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=False, env=self._environment
        )
        return (done.stdout, "") if done.returncode == 0 else ("", done.stderr)


def _comparable(text: str) -> list[str]:
    """The domain in canonical form, without the differences that are known."""
    root = etree.fromstring(text.encode(), etree.XMLParser(remove_blank_text=True))
    for path in (
        "os/boot",
        "devices/disk[target/@bus='nvme']",
        "devices/controller[@type='nvme']",
        "devices/disk[target/@bus='usb']",
        "os/firmware",
    ):
        for found in root.xpath(path):
            found.getparent().remove(found)
    for target in root.xpath("devices/disk/target[@bus='sata']"):
        target.attrib.pop("dev")
    _drop(root, "devices/disk", "snapshot")
    _drop(root, "cpu/topology", "clusters")
    _drop(root, "devices/graphics", "passwd")
    for shared in root.xpath("devices/disk/shareable"):
        shared.getparent().remove(shared)
    for found in root.xpath("devices/disk[target/@bus='sata' or target/@bus='scsi']/address"):
        found.getparent().remove(found)
    for found in root.xpath("devices/controller[@type='sata' or @type='scsi']"):
        found.getparent().remove(found)
    for found in root.xpath("devices/*/source[@file or @path]"):
        for name in ("file", "path"):
            if name in found.attrib:
                # The driver for the hosted products leaves the paths of ESX as they are.
                found.set(name, re.sub(r"^/vmfs/volumes/([^/]+)/", r"[\1] ", found.get(name)))
    return re.sub(r">\s*<", ">\n<", etree.tostring(root, method="c14n").decode()).splitlines()


def _drop(root: etree._Element, path: str, attribute: str) -> None:
    for found in root.iterfind(path):
        found.attrib.pop(attribute, None)


def _plain(keys: dict[str, str]) -> dict[str, str]:
    """A machine libvirt's driver reads as it is meant: no escapes it does not decode, nothing it refuses."""
    for name, value in keys.items():
        if re.search(r'[|"%/\\\n\t]', value) and (name.endswith(".guestName") or name == "displayName"):
            keys[name] = "plain"
    refused = [name for name, value in keys.items() if value == "hostonly"]
    for name in refused:
        keys[name] = "nat"
    keys.pop("uefi.secureBoot.enabled", None)
    return keys


def test_generated_vms_agree_with_libvirts_own_driver(native: _Native) -> None:
    for keys in _examples():
        data = as_vmx(_plain(keys))
        theirs, complaint = native.convert(data)
        assert not complaint, data.decode()
        assert _comparable(to_domain_xml(VmxDocument(data)).text) == _comparable(theirs)


# What libvirt's driver says to the samples it refuses; this converter takes them all.
_REFUSED = {
    "crlf-windows1252.vmx": "Missing essential config entry 'ethernet0.networkName'",
    "encrypted.vmx": "Missing essential config entry 'config.version'",
    "gsx-legacy.vmx": "Expecting VMX entry 'config.version' to be 8 but found 6",
    "latin1-bare-cr.vmx": "expecting a name",
    "shebang-comments.vmx": "numbers not allowed in VMX format",
}


@pytest.mark.parametrize("name", VMX_SAMPLES)
def test_samples_agree_with_libvirts_own_driver(native: _Native, name: str) -> None:
    theirs, complaint = native.convert(sample(name))
    ours = to_domain_xml(VmxDocument(sample(name)))
    if name in _REFUSED:
        assert _REFUSED[name] in complaint
    else:
        assert _comparable(ours.text) == _comparable(theirs)


@pytest.mark.parametrize("name", ["spelling-vmx-mode.xml", "vmware-esx.xml"])
def test_a_vmx_from_a_sample_domain_is_read_by_libvirts_own_driver(native: _Native, name: str) -> None:
    vmx = to_vmx(DomainDocument(sample(name)))
    theirs, complaint = native.convert(vmx.text.encode())
    assert not complaint
    assert _comparable(to_domain_xml(VmxDocument(vmx.text.encode())).text) == _comparable(theirs)
