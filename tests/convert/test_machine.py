"""Name, UUID, memory, processors, firmware: both ways."""

from __future__ import annotations

import pytest

from tests.convert.machines import at, devices, element, from_vmx, from_xml, keys, loss, new_keys
from tui.convert import Options, to_domain_xml, to_vmx
from tui.formats.domain_xml import DomainDocument
from tui.formats.vmx import VmxDocument


def _said(path: str, keys: str) -> str | None:
    return element(from_vmx(keys)).findtext(path)


@pytest.mark.parametrize(
    ("keys", "path", "expected"),
    [
        ("", "name", "vm"),
        ("", "uuid", "00000000-0000-0000-0000-000000000000"),
        (
            'UUID.BIOS = "56 4D 9b ef ac d9 b4 e0-c8 f0 ae a8 b9 10 35 15"',
            "uuid",
            "564d9bef-acd9-b4e0-c8f0-aea8b9103515",
        ),
        ('vm.genid = "1"\nvm.genidX = "-1"', "genid", "00000000-0000-0001-ffff-ffffffffffff"),
        ('vm.genid = "0"\nvm.genidX = "0"', "genid", None),
        ('annotation = "a |22b|22|0Ac |7C d"', "description", 'a "b"\nc | d'),
        ("", "memory", "32768"),
        ("", "currentMemory", "32768"),
        ('memSize = "1024"', "memory", "1048576"),
        ('memsize = "1024"\nsched.mem.max = "512"', "currentMemory", "524288"),
        ('memsize = "1024"\nsched.mem.max = "4096"', "currentMemory", "1048576"),
        ('memsize = "1024"\nsched.mem.max = "UNLIMITED"', "currentMemory", "1048576"),
        ('memsize = "1024"\nsched.mem.max = "-1"', "currentMemory", "1048576"),
        ('memsize = "1024"\nsched.mem.max = "0"', "currentMemory", "1048576"),
        ('memsize = "1024"\nsched.mem.minSize = "256"', "memtune/min_guarantee", "262144"),
        ('memsize = "1024"\nsched.mem.minSize = "2048"', "memtune/min_guarantee", "1048576"),
        ('sched.mem.minSize = "0"', "memtune/min_guarantee", None),
        ("", "vcpu", "1"),
        ('numvcpus = "6"', "vcpu", "6"),
        ('numvcpus = "3"\nsched.cpu.shares = "LOW"', "cputune/shares", "1500"),
        ('numvcpus = "3"\nsched.cpu.shares = "normal"', "cputune/shares", "3000"),
        ('numvcpus = "3"\nsched.cpu.shares = "high"', "cputune/shares", "6000"),
        ('sched.cpu.shares = "1234"', "cputune/shares", "1234"),
        ("", "cputune/shares", None),
        ("", "on_crash", "destroy"),
    ],
)
def test_a_value_from_a_vmx(keys: str, path: str, expected: str | None) -> None:
    assert _said(path, keys) == expected


@pytest.mark.parametrize(
    ("keys", "path", "expected"),
    [
        ("", "os", ['<os><type arch="i686">hvm</type></os>']),
        ('guestOS = "ubuntu-64"', "os/type", ['<type arch="x86_64">hvm</type>']),
        ('guestOS = "darwin-64-guest"', "os/type", ['<type arch="i686">hvm</type>']),
        ('firmware = "EFI"', "os[@firmware='efi']/type", ['<type arch="i686">hvm</type>']),
        ('firmware = "bios"', "os[@firmware]", []),
        (
            'firmware = "efi"\nuefi.secureBoot.enabled = "TRUE"',
            "os/firmware/feature",
            [
                '<feature enabled="yes" name="enrolled-keys"/>',
                '<feature enabled="yes" name="secure-boot"/>',
            ],
        ),
        ('uefi.secureBoot.enabled = "TRUE"', "os/firmware/feature", []),
        ('smbios.reflectHost = "TRUE"', "os/smbios", ['<smbios mode="host"/>']),
        ('smbios.reflectHost = "FALSE"', "os/smbios", []),
        (
            'numvcpus = "8"\ncpuid.coresPerSocket = "2"',
            "cpu/topology",
            ['<topology sockets="4" dies="1" clusters="1" cores="2" threads="1"/>'],
        ),
        ('numvcpus = "8"\ncpuid.coresPerSocket = "1"', "cpu", []),
        (
            'numvcpus = "2"\nsched.cpu.affinity = "0, 2,3,7"',
            "vcpu",
            ['<vcpu placement="static" cpuset="0,2-3,7">2</vcpu>'],
        ),
        ('sched.cpu.affinity = "ALL"', "vcpu", ['<vcpu placement="static">1</vcpu>']),
        ("", "clock", ['<clock offset="utc"/>']),
    ],
)
def test_an_element_from_a_vmx(keys: str, path: str, expected: list[str]) -> None:
    assert at(from_vmx(keys), path) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("web |7Cprod|7C", "web |prod|"), ("a%2fb%5cc%25d", "a/b\\c%d"), ("100%", "100%"), ("a%ffb", "a%ffb")],
)
def test_a_name_is_decoded(name: str, expected: str) -> None:
    conversion = to_domain_xml(VmxDocument(f'displayName = "{name}"\n'.encode()))
    assert element(conversion).findtext("name") == expected


def test_a_vm_without_a_name_is_called_like_its_file() -> None:
    conversion = to_domain_xml(VmxDocument(b'memsize = "64"\n'), Options(vmx_path="/vms/web01.vmx"))
    assert element(conversion).findtext("name") == "web01"
    assert loss(conversion, "displayName").severity == "warning"


def test_text_is_read_in_the_encoding_the_file_declares() -> None:
    data = '.encoding = "windows-1252"\ndisplayName = "Büro €"\n'.encode("cp1252")
    assert element(to_domain_xml(VmxDocument(data))).findtext("name") == "Büro €"


@pytest.mark.parametrize("path", [None, "Berlin"])
def test_the_id_in_vcenter_stands_behind_the_datacenter(path: str | None) -> None:
    conversion = from_vmx("", Options(datacenter_path=path, moref="vm-42"))
    space = "{http://libvirt.org/schemas/domain/vmware/1.0}"
    tags = [(str(child.tag), child.text) for child in element(conversion)]
    found = [(tag.removeprefix(space), text) for tag, text in tags if tag.startswith(space)]
    assert found == [("datacenterpath", "Berlin")] * (path is not None) + [("moref", "vm-42")]


def test_the_datacenter_is_written_in_its_namespace() -> None:
    conversion = from_vmx("", Options(datacenter_path="folder/dc <1>"))
    path = "{http://libvirt.org/schemas/domain/vmware/1.0}datacenterpath"
    assert element(conversion).findtext(path) == "folder/dc <1>"


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (
            "<uuid>564D9BEF-acd9-b4e0-c8f0-aea8b9103515</uuid>",
            {"uuid.bios": "56 4d 9b ef ac d9 b4 e0-c8 f0 ae a8 b9 10 35 15"},
        ),
        ("<uuid>00000000-0000-0000-0000-000000000000</uuid>", {}),
        (
            "<genid>ffffffff-ffff-fffe-0000-000000000007</genid>",
            {"vm.genid": "-2", "vm.genidX": "7"},
        ),
        ('<description>a "b"\nc | d</description>', {"annotation": 'a "b"\nc | d'}),
        ("<memory unit='MiB'>30</memory>", {"sched.mem.max": "30"}),
        ("<memory unit='b'>4194305</memory>", {"memsize": "8", "sched.mem.max": "5"}),
        (
            "<memory>65536</memory><currentMemory>32768</currentMemory>",
            {"memsize": "64", "sched.mem.max": "32"},
        ),
        ("<memory unit='GB'>1</memory>", {"memsize": "956", "sched.mem.max": "954"}),
        ("<memtune><min_guarantee unit='KiB'>1025</min_guarantee></memtune>", {"sched.mem.minsize": "2"}),
        ("<vcpu cpuset='0-3,^2'>2</vcpu>", {"numvcpus": "2", "sched.cpu.affinity": "0,1,3"}),
        (
            "<vcpu>4</vcpu><cputune><shares>2000</shares></cputune>",
            {"numvcpus": "4", "sched.cpu.shares": "low"},
        ),
        (
            "<vcpu>4</vcpu><cputune><shares>4000</shares></cputune>",
            {"numvcpus": "4", "sched.cpu.shares": "normal"},
        ),
        (
            "<vcpu>4</vcpu><cputune><shares>8000</shares></cputune>",
            {"numvcpus": "4", "sched.cpu.shares": "high"},
        ),
        ("<cputune><shares>77</shares></cputune>", {"sched.cpu.shares": "77"}),
        (
            "<vcpu>8</vcpu><cpu><topology sockets='2' cores='4' threads='1'/></cpu>",
            {"numvcpus": "8", "cpuid.coresPerSocket": "4"},
        ),
        (
            "<vcpu>8</vcpu><cpu><topology sockets='1' dies='2' cores='2' threads='2'/></cpu>",
            {"numvcpus": "8", "cpuid.coresPerSocket": "8"},
        ),
        ("<os><type arch='x86_64'>hvm</type></os>", {"guestOS": "other-64"}),
        ("<os><type>hvm</type><smbios mode='host'/></os>", {"smbios.reflecthost": "true"}),
        ("<os firmware='efi'><type>hvm</type></os>", {"firmware": "efi"}),
        (
            (
                "<os firmware='efi'><type>hvm</type><firmware>"
                "<feature name='secure-boot' enabled='yes'/></firmware></os>"
            ),
            {"firmware": "efi", "uefi.secureBoot.enabled": "true"},
        ),
        (
            "<os><type>hvm</type><loader type='pflash' secure='yes'>/usr/share/OVMF.fd</loader></os>",
            {"firmware": "efi", "uefi.secureBoot.enabled": "true"},
        ),
    ],
)
def test_keys_from_a_domain(inner: str, expected: dict[str, str]) -> None:
    assert new_keys(from_xml(inner)) == expected


def test_an_empty_machine_has_what_every_vmx_has() -> None:
    assert keys(from_xml("")) == {
        ".encoding": "UTF-8",
        "config.version": "8",
        "virtualHW.version": "8",
        "guestOS": "other",
        "uuid.action": "create",
        "displayName": "vm",
        "memsize": "32",
        "numvcpus": "1",
        "floppy0.present": "false",
        "floppy1.present": "false",
        "vmci0.present": "true",
    }


def test_a_name_is_encoded_for_the_file() -> None:
    data = b"<domain type='vmware'><name> a/b\\c %d | \"e\" </name><memory>4096</memory></domain>"
    text = to_vmx(DomainDocument(data)).text
    assert 'displayName = " a%2fb%5cc %25d |7c |22e|22 "' in text


@pytest.mark.parametrize(("bus", "expected"), [("ide", "8"), ("scsi", "8"), ("sata", "10"), ("nvme", "13")])
def test_the_hardware_version_is_what_the_disks_need(bus: str, expected: str) -> None:
    target = {"ide": "hda", "scsi": "sda", "sata": "sda", "nvme": "nvme0n1"}[bus]
    disk = devices(f"<disk><source file='/a.vmdk'/><target dev='{target}' bus='{bus}'/></disk>")
    assert keys(from_xml(disk))["virtualHW.version"] == expected
    asked = from_xml(disk, Options(hardware_version=7))
    assert keys(asked)["virtualHW.version"] == "7"
    assert any(loss.value == "7" for loss in asked.losses) == (bus in ("sata", "nvme"))
