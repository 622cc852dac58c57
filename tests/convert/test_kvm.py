"""A VMX as a domain for QEMU/KVM: devices, disks, networks, and what is said of the rest."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.convert.machines import at, element, from_vmx
from tui.convert import Conversion, DiskFormat, Kvm, Network, Options
from tui.disks import LibvirtVersion

SCSI = 'scsi0.present = "TRUE"\nscsi0.virtualDev = "pvscsi"\n'


def disk(place: str, name: str = "a.vmdk", **leaves: str) -> str:
    keys = {"present": "TRUE", "fileName": name} | leaves
    return "".join(f'{place}.{leaf} = "{value}"\n' for leaf, value in keys.items())


def to_qemu(keys: str, wanted: Kvm | None = None, libvirt: LibvirtVersion | None = None) -> Conversion:
    return from_vmx(keys, Options(vmx_path="/vm/vm.vmx", kvm=wanted or Kvm(), libvirt=libvirt))


def place(conversion: Conversion) -> list[tuple[str | None, ...]]:
    """Bus, target, and the numbers of the address of each disk."""
    found = []
    for one in element(conversion).iterfind("devices/disk"):
        target, address = one.find("target"), one.find("address")
        assert target is not None
        numbers = () if address is None else map(address.get, ("controller", "bus", "target", "unit"))
        found.append((target.get("bus"), target.get("dev"), *numbers))
    return found


@pytest.mark.parametrize(
    ("keys", "machine"),
    [
        ('guestOS = "other"\n', "pc"),
        ('firmware = "efi"\n', "q35"),
        ('ethernet0.present = "TRUE"\nethernet0.virtualDev = "e1000e"\n', "q35"),
        ('ethernet0.present = "TRUE"\nethernet0.virtualDev = "vmxnet3"\n' + disk("ide0:0"), "pc"),
        (SCSI + disk("scsi0:0"), "q35"),
        ('guestOS = "arm-ubuntu-64"\n', "virt"),
    ],
)
def test_the_machine_is_one_that_has_its_devices(keys: str, machine: str) -> None:
    kind = element(to_qemu(keys)).find("os/type")
    assert kind is not None
    assert (kind.get("machine"), kind.get("arch")) == (machine, "aarch64" if machine == "virt" else "x86_64")


@pytest.mark.parametrize("secure", ["yes", "no"])
def test_secure_boot_is_as_the_vmx_says(secure: str) -> None:
    keys = 'firmware = "efi"\nuefi.secureBoot.enabled = "TRUE"\n' if secure == "yes" else 'firmware = "efi"\n'
    assert at(to_qemu(keys), "os/firmware/feature") == [
        f'<feature enabled="{secure}" name="{name}"/>' for name in ("enrolled-keys", "secure-boot")
    ]


@pytest.mark.parametrize(
    ("device", "model", "unit", "expected"),
    [
        ("pvscsi", "vmpvscsi", 15, ("scsi", "sdo", "0", "0", "15", "0")),
        ("lsisas1068", "lsisas1068", 3, ("scsi", "sdd", "0", "0", "3", "0")),
        ("lsisas1068", "lsisas1068", 15, ("scsi", "sda", "0", "0", "0", "0")),
        ("lsilogic", "lsilogic", 3, ("scsi", "sdd", "0", "0", "0", "3")),
        ("buslogic", "lsilogic", 3, ("scsi", "sdd", "0", "0", "0", "3")),
    ],
)
def test_a_scsi_disk_stays_where_the_controller_reaches(
    device: str, model: str, unit: int, expected: tuple[str, ...]
) -> None:
    keys = f'scsi0.present = "TRUE"\nscsi0.virtualDev = "{device}"\n' + disk(f"scsi0:{unit}")
    conversion = to_qemu(keys)
    assert place(conversion) == [expected]
    controllers = element(conversion).iterfind("devices/controller[@type='scsi']")
    assert [one.get("model") for one in controllers] == [model]


def test_what_a_controller_does_not_reach_is_on_another_of_its_kind() -> None:
    keys = 'scsi0.present = "TRUE"\nscsi0.virtualDev = "lsisas1068"\n'
    full = keys + "".join(disk(f"scsi0:{unit}", f"{unit}.vmdk") for unit in (0, 1, 2, 3, 4, 5, 6, 8))
    assert place(to_qemu(full))[-1][2:] == ("1", "0", "0", "0")


def test_sata_disks_fill_controllers_of_six_ports() -> None:
    keys = 'sata0.present = "TRUE"\n' + disk("sata0:5", "a.vmdk") + disk("sata0:6", "b.vmdk")
    assert [one[2:] for one in place(to_qemu(keys))] == [("0", "0", "0", "5"), ("0", "0", "0", "0")]


def test_nvme_stays_where_libvirt_has_it() -> None:
    keys = 'nvme0.present = "TRUE"\n' + disk("nvme0:0")
    assert place(to_qemu(keys, libvirt=LibvirtVersion(11, 5)))[0][:2] == ("nvme", "nvme0n1")
    before = to_qemu(keys, libvirt=LibvirtVersion(11, 4))
    assert place(before)[0][:2] == ("sata", "sda")
    assert any("11.5" in loss.why and loss.severity == "warning" for loss in before.losses)


def test_virtio_is_had_by_asking() -> None:
    keys = SCSI + disk("scsi0:1") + 'sata0.present = "TRUE"\n' + disk("sata0:0", "b.vmdk")
    keys += 'ethernet0.present = "TRUE"\nethernet0.virtualDev = "vmxnet3"\n'
    conversion = to_qemu(keys, Kvm(virtio=True))
    assert [one[0] for one in place(conversion)] == ["scsi", "scsi"]
    assert at(conversion, "devices/controller[@type='scsi']/[@model='virtio-scsi']")
    assert at(conversion, "devices/interface/model") == ['<model type="virtio"/>']


@pytest.mark.parametrize(
    ("mode", "snapshot", "transient"),
    [("", None, False), ("independent-persistent", "no", False), ("independent-nonpersistent", "no", True)],
)
def test_the_policy_is_kept(mode: str, snapshot: str | None, transient: bool) -> None:
    keys = SCSI + disk("scsi0:0", **({"mode": mode} if mode else {}))
    found = element(to_qemu(keys)).find("devices/disk")
    assert found is not None
    assert (found.get("snapshot"), found.find("transient") is not None) == (snapshot, transient)


def test_a_shared_disk_is_shared_where_it_is_raw() -> None:
    keys = SCSI + disk("scsi0:0", sharing="multi-writer")
    refused = to_qemu(keys)
    assert not at(refused, "devices/disk/shareable")
    assert any(loss.key == "scsi0:0.sharing" and loss.severity == "warning" for loss in refused.losses)
    raw = to_qemu(keys, Kvm(DiskFormat.RAW, "/images"))
    assert at(raw, "devices/disk/shareable")
    assert at(raw, "devices/disk/driver") == ['<driver name="qemu" type="raw" cache="none"/>']


NIC = 'ethernet0.present = "TRUE"\nethernet0.generatedAddress = "00:0C:29:AA:bb:01"\n'


@pytest.mark.parametrize(
    ("keys", "networks", "source"),
    [
        ('ethernet0.networkName = "VM Network"\n', {"VM Network": Network("bridge", "br0")}, 'bridge="br0"'),
        ('ethernet0.networkName = "VM Network"\n', {}, 'network="default"'),
        ('ethernet0.connectionType = "bridged"\n', {"bridged": Network("network", "lan")}, 'network="lan"'),
        ('ethernet0.vnet = "VMnet2"\n', {"VMnet2": Network("bridge", "br2")}, 'bridge="br2"'),
    ],
)
def test_a_network_card_leads_where_the_mapping_says(
    keys: str, networks: dict[str, Network], source: str
) -> None:
    conversion = to_qemu(NIC + keys, Kvm(networks=networks))
    assert at(conversion, "devices/interface/source") == [f"<source {source}/>"]
    assert at(conversion, "devices/interface/mac") == ['<mac address="00:0c:29:aa:bb:01"/>']
    asked = [loss for loss in conversion.losses if "--network" in loss.why]
    assert bool(asked) == (not networks)


@pytest.mark.parametrize(
    ("keys", "path", "expected"),
    [
        ('vtpm.present = "TRUE"\n', "devices/tpm", '<tpm model="tpm-crb">'),
        ('sound.present = "TRUE"\nsound.virtualDev = "hdaudio"\n', "devices/sound", '<sound model="ich6"/>'),
        ('usb_xhci.present = "TRUE"\n', "devices/controller[@type='usb']", "qemu-xhci"),
        ('ehci.present = "TRUE"\n', "devices/controller[@type='usb']", "ich9-ehci1"),
        ('guestOS = "windows9-64"\n', "clock", 'offset="localtime"'),
        ('uuid.bios = "56 4d 00 01 02 03 04 05-06 07 08 09 0a 0b 0c 0d"\n', "uuid", "564d0001-0203-0405"),
        ('numvcpus = "4"\ncpuid.coresPerSocket = "2"\n', "cpu/topology", 'sockets="2" dies="1" cores="2"'),
        ('vm.genid = "1"\n', "genid", "00000000-0000-0001"),
        ('annotation = "of|22the"\n', "description", 'of"the'),
        (
            (
                'serial0.present = "TRUE"\nserial0.fileType = "pipe"\nserial0.fileName = "/run/p"\n'
                'serial0.pipe.endPoint = "server"\n'
            ),
            "devices/serial",
            '<serial type="unix"><source mode="bind" path="/run/p"/>',
        ),
    ],
)
def test_a_device_or_a_setting(keys: str, path: str, expected: str) -> None:
    found = at(to_qemu(keys), path)
    assert found
    assert expected in found[0]


def test_a_device_that_stays_behind_is_a_warning_by_name() -> None:
    losses = to_qemu('pciPassthru0.present = "TRUE"\n').losses
    assert [loss.key for loss in losses if loss.severity == "warning"] == ["pciPassthru0.present"]


# The files, and the script that makes them


def test_disks_are_named_as_a_kvm_host_finds_them() -> None:
    keys = (
        SCSI + disk("scsi0:0") + disk("scsi0:1", "/vmfs/volumes/ds/o/a.vmdk") + disk("scsi0:2", r"C:\a.vmdk")
    )
    conversion = to_qemu(keys)
    sources = [one.get("file") for one in element(conversion).iterfind("devices/disk/source")]
    assert sources == [
        "/vm/a.vmdk",
        "/var/lib/libvirt/images/a.vmdk",
        "/var/lib/libvirt/images/a-1.vmdk",
    ]
    assert sum("--disk-folder" in loss.why for loss in conversion.losses) == 2
    assert not conversion.script


def test_the_script_makes_what_the_domain_names() -> None:
    conversion = to_qemu(SCSI + disk("scsi0:0", "it's $a.vmdk"), Kvm(DiskFormat.QCOW2, "/images"))
    (source,) = (one.get("file") for one in element(conversion).iterfind("devices/disk/source"))
    assert source == "/images/it's $a.qcow2"
    assert conversion.script.endswith(
        "one_disk '/vm/it'\"'\"'s $a.vmdk' '/images/it'\"'\"'s $a.qcow2' qcow2\n"
    )


def test_a_disk_on_a_snapshot_is_an_error() -> None:
    losses = to_qemu(SCSI + disk("scsi0:0", "a-000001.vmdk")).losses
    assert losses[0].severity == "error"
    assert "snapshot" in losses[0].why


def _run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh"], input=script, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.qemu
@pytest.mark.parametrize("kind", list(DiskFormat))
def test_the_script_runs_and_refuses_snapshots(kind: DiskFormat, tmp_path: Path) -> None:
    if shutil.which("qemu-img") is None:
        pytest.skip("qemu-img is not installed")
    there, made = tmp_path / "vm", tmp_path / "made"
    there.mkdir()
    made.mkdir()
    subprocess.run(["qemu-img", "create", "-q", "-f", "vmdk", there / "a.vmdk", "1M"], check=True, timeout=60)
    keys = SCSI + disk("scsi0:0")
    options = Options(vmx_path=str(there / "vm.vmx"), kvm=Kvm(kind, str(made)))
    script = from_vmx(keys, options).script
    record = there / "vm.vmsd"
    record.write_text('snapshot.numSnapshots = "1"\n')
    refused = _run(script)
    assert refused.returncode != 0
    assert "records snapshots" in refused.stderr
    record.write_text('snapshot.numSnapshots = "0"\n')
    assert _run(script).returncode == 0
    (image,) = made.iterdir()
    assert re.fullmatch(r"a\.(vmdk|qcow2|img)", image.name)
    assert "is there already" in _run(script).stderr
    image.unlink()
    data = (there / "a.vmdk").read_bytes()
    (there / "a.vmdk").write_bytes(data.replace(b"parentCID=ffffffff", b"parentCID=12345678"))
    assert "stands on another disk" in _run(script).stderr


def test_a_disk_whose_file_is_named_loses_nothing() -> None:
    losses = to_qemu('sata0.present = "TRUE"\n' + disk("sata0:0", "/vm/a.vmdk")).losses
    assert not [loss for loss in losses if loss.key == "sata0:0.fileName"]
