"""A domain of another hypervisor as a VMX: the guest, its controllers, its cards, and what else matters."""

from __future__ import annotations

import pytest

from tests.convert.machines import devices, element, from_vmx, from_xml, keys, loss
from tui.convert import Options, to_vmx
from tui.convert.paths import domain_path
from tui.disks import LibvirtVersion
from tui.formats.domain_xml import DomainDocument

_OSINFO = "http://libosinfo.org/xmlns/libvirt/domain/1.0"


def guest(identifier: str, arch: str = "x86_64", more: str = "") -> str:
    return (
        f"<metadata><o:libosinfo xmlns:o='{_OSINFO}'><o:os id='{identifier}'/></o:libosinfo></metadata>"
        f"<os><type arch='{arch}'>hvm</type></os>{more}"
    )


@pytest.mark.parametrize(
    ("identifier", "arch", "asked", "expected"),
    [
        ("http://microsoft.com/win/11", "x86_64", None, ("windows11-64", "20")),
        ("http://microsoft.com/win/11", "x86_64", 14, ("windows9-64", "14")),
        ("http://microsoft.com/win/10", "x86_64", None, ("windows9-64", "11")),
        ("http://microsoft.com/win/10", "x86_64", 9, ("windows8-64", "9")),
        ("http://microsoft.com/win/10", "i686", None, ("windows9", "11")),
        ("http://suse.com/sles/15.5", "x86_64", 13, ("sles12-64", "13")),
        ("http://libosinfo.org/linux/2022", "x86_64", None, ("other5xlinux-64", "18")),
        ("http://alpinelinux.org/alpinelinux/3.18", "x86_64", None, ("other5xlinux-64", "18")),
        ("http://archlinux.org/archlinux/rolling", "x86_64", 14, ("other4xlinux-64", "14")),
        ("http://centos.org/centos-stream/10", "x86_64", None, ("centos9-64", "18")),
        ("http://microsoft.com/win/2k22", "x86_64", None, ("windows2019srvnext-64", "18")),
        ("http://microsoft.com/win/2k8r2", "x86_64", None, ("windows7srv-64", "8")),
        ("http://redhat.com/rhel/9.3", "x86_64", None, ("rhel9-64", "18")),
        ("http://redhat.com/rhel/9.3", "x86_64", 14, ("rhel8-64", "14")),
        ("http://ubuntu.com/ubuntu/22.04", "x86_64", None, ("ubuntu-64", "8")),
        ("http://debian.org/debian/12", "x86_64", None, ("debian12-64", "20")),
        ("http://ubuntu.com/ubuntu/22.04", "aarch64", None, ("arm-ubuntu-64", "20")),
        ("http://debian.org/debian/12", "aarch64", None, ("arm-debian12-64", "20")),
        ("http://haiku-os.org/haiku/nightly", "x86_64", None, ("other-64", "8")),
    ],
)
def test_the_guest_is_named_as_its_hardware_version_can(
    identifier: str, arch: str, asked: int | None, expected: tuple[str, str]
) -> None:
    found = keys(from_xml(guest(identifier, arch), Options(hardware_version=asked), "kvm"))
    assert (found["guestOS"], found["virtualHW.version"]) == expected


@pytest.mark.parametrize("count", ["9" * 5000, "\u00b2", ""], ids=("long", "raised", "none"))
def test_a_count_of_processors_that_is_none_asks_for_no_newer_hardware(count: str) -> None:
    vmx = keys(from_xml(f"<vcpu>{count}</vcpu>", kind="kvm"))
    assert (vmx["numvcpus"], vmx["virtualHW.version"]) == ("1", "8")


def test_hyper_v_features_tell_of_windows() -> None:
    found = keys(from_xml("<os><type>hvm</type></os><features><hyperv/></features>", kind="kvm"))
    assert found["guestOS"] == "windows9-64"


@pytest.mark.parametrize(("system", "word"), [("firmware='efi'", "windows9-64"), ("", "other-64")])
def test_a_clock_in_local_time_tells_of_windows_that_starts_by_uefi(system: str, word: str) -> None:
    inner = f"<os {system}><type arch='x86_64'>hvm</type></os><clock offset='localtime'/>"
    assert keys(from_xml(inner, kind="kvm"))["guestOS"] == word


def test_a_domain_of_vmware_is_left_as_libvirt_has_it() -> None:
    found = keys(from_xml(guest("http://microsoft.com/win/11")))
    assert (found["guestOS"], found["virtualHW.version"]) == ("other-64", "8")


@pytest.mark.parametrize(
    ("inner", "version"),
    [
        (
            (
                "<os firmware='efi'><type>hvm</type><firmware>"
                "<feature enabled='yes' name='secure-boot'/></firmware></os>"
            ),
            "13",
        ),
        (devices("<tpm model='tpm-crb'><backend type='emulator'/></tpm>"), "14"),
        ("<vcpu>64</vcpu>", "10"),
        ("<vcpu>200</vcpu>", "17"),
    ],
)
def test_the_hardware_version_is_what_is_used(inner: str, version: str) -> None:
    assert keys(from_xml(inner, kind="kvm"))["virtualHW.version"] == version


DISK = "<disk><source file='/a.vmdk'/><target dev='{}' bus='{}'/></disk>"


@pytest.mark.parametrize(
    ("identifier", "model", "device"),
    [
        ("http://microsoft.com/win/10", "virtio-scsi", "lsisas1068"),
        ("http://microsoft.com/win/10", "lsilogic", "lsisas1068"),
        ("http://microsoft.com/win/10", "vmpvscsi", "pvscsi"),
        ("http://debian.org/debian/12", "virtio-scsi", "pvscsi"),
        ("http://debian.org/debian/12", "lsilogic", "lsilogic"),
        ("http://haiku-os.org/haiku/nightly", "virtio-scsi", "lsilogic"),
        ("http://alpinelinux.org/alpinelinux/3.18", "virtio-scsi", "pvscsi"),
    ],
)
@pytest.mark.parametrize(("dev", "bus"), [("sda", "scsi"), ("vda", "virtio")])
def test_the_controller_is_one_the_guest_has_a_driver_for(
    identifier: str, model: str, device: str, dev: str, bus: str
) -> None:
    inner = devices(DISK.format(dev, bus) + f"<controller type='scsi' index='0' model='{model}'/>")
    assert keys(from_xml(guest(identifier, more=inner), kind="kvm"))["scsi0.virtualDev"] == device


@pytest.mark.parametrize(
    ("model", "card", "told"),
    [
        ("e1000-82545em", "e1000", False),
        ("e1000", "e1000", False),
        ("pcnet", "vlance", False),
        ("vmxnet3", "vmxnet3", False),
        ("virtio", "vmxnet3", True),
        ("rtl8139", "e1000", True),
    ],
)
def test_a_network_card_is_the_same_one_or_it_is_said(model: str, card: str, told: bool) -> None:
    inner = f"<interface type='user'><model type='{model}'/></interface>"
    conversion = from_xml(devices(inner), kind="kvm")
    assert keys(conversion)["ethernet0.virtualDev"] == card
    assert any("such card" in loss.why for loss in conversion.losses) == told


@pytest.mark.parametrize(
    "device",
    [
        "<tpm model='tpm-crb'><backend type='emulator'/></tpm>",
        "<hostdev mode='subsystem' type='pci'><source/></hostdev>",
        "<vsock model='virtio'/>",
    ],
)
def test_what_a_guest_may_not_start_without_is_a_warning_by_name(device: str) -> None:
    name = device[1:].split(maxsplit=1)[0]
    losses = from_xml(devices(device), kind="kvm").losses
    assert [loss.severity for loss in losses if loss.key == f"devices/{name}"] == ["warning"]


def test_the_bios_uuid_of_a_newer_domain_is_kept() -> None:
    bios, vcenter = "42256ec1-e066-9364-3dd1-36a0b75263dd", "50250f27-538b-5091-a43b-a50ce95f2382"
    found = keys(from_xml(f"<uuid>{vcenter}</uuid><hwuuid>{bios}</hwuuid>"))
    assert found["uuid.bios"] == "42 25 6e c1 e0 66 93 64-3d d1 36 a0 b7 52 63 dd"
    assert found["vc.uuid"] == "50 25 0f 27 53 8b 50 91-a4 3b a5 0c e9 5f 23 82"
    source = "".join(f'{key} = "{found[key]}"\n' for key in ("uuid.bios", "vc.uuid"))
    named = ((LibvirtVersion(12, 4), vcenter), (LibvirtVersion(12, 3), bios), (None, bios))
    for release, uuid in named:
        text = from_vmx(source, Options(libvirt=release)).text
        assert f"<uuid>{uuid}</uuid>" in text
        assert (f"<hwuuid>{bios}</hwuuid>" in text) == (release == (12, 4))


def test_libvirt_12_4_tells_nvram_pci_addresses_and_idle_controllers() -> None:
    source = (
        'firmware = "efi"\nnvram = "vm.nvram"\nscsi1.present = "TRUE"\nscsi1.pciSlotNumber = "1184"\n'
        'ethernet0.present = "TRUE"\nethernet0.pciSlotNumber = "192"\n'
    )
    text = from_vmx(source, Options(vmx_path="/vm/vm.vmx", libvirt=LibvirtVersion(12, 4))).text
    assert "<nvram>/vm/vm.nvram</nvram>" in text
    assert "<controller type='scsi' index='1'>\n" in text
    assert "bus='0x05' slot='0x00' function='0x1'/>" in text
    assert "bus='0x06' slot='0x00' function='0x0'/>" in text
    plain = from_vmx(source, Options(vmx_path="/vm/vm.vmx")).text
    assert not [word for word in ("nvram", "'pci'", "<controller") if word in plain]


@pytest.mark.parametrize(
    ("name", "folder", "expected"),
    [
        ("..\\..\\x.iso", "/home/me/vms/vm/", "/home/me/x.iso"),
        ("..\\..\\x.iso", "C:\\VMs\\vm\\", "C:\\x.iso"),
        (".\\x.vmdk", "/vm/", "/vm/x.vmdk"),
        ("sub\\x.vmdk", "D:\\vm\\", "D:\\vm\\sub\\x.vmdk"),
        ("C:\\iso\\x.iso", "/vm/", "C:\\iso\\x.iso"),
        ("\\\\server\\share\\x.iso", "/vm/", "\\\\server\\share\\x.iso"),
    ],
)
def test_a_windows_path_is_what_vmware_takes_it_for(name: str, folder: str, expected: str) -> None:
    assert domain_path(name, folder) == expected


def test_a_drive_letter_is_a_drive_of_the_host() -> None:
    source = 'ide1:0.present = "TRUE"\nide1:0.fileName = "D:"\nide1:0.deviceType = "cdrom-image"\n'
    assert "<disk type='block' device='cdrom'>\n      <source dev='D:'/>" in from_vmx(source).text


def test_it_starts_from_the_disk_it_started_from() -> None:
    inner = devices(DISK.format("sda", "sata") + DISK.format("sdb", "scsi"))
    found = keys(from_xml(f"<os><type>hvm</type><boot dev='cdrom'/><boot dev='hd'/></os>{inner}", kind="kvm"))
    assert (found["bios.bootOrder"], found["bios.hddOrder"]) == ("cdrom,hdd", "sata0:0,scsi0:1")
    assert "bios.hddOrder" not in keys(from_xml(inner))


def test_a_boot_order_is_there_after_both_ways() -> None:
    disk = "<disk><source file='/{0}.vmdk'/><target dev='{0}' bus='scsi'/><boot order='{1}'/></disk>"
    card = "<interface type='user'><boot order='1'/></interface>"
    found = keys(from_xml(devices(disk.format("sda", 3) + disk.format("sdb", 2) + card)))
    assert (found["bios.bootOrder"], found["bios.hddOrder"]) == ("ethernet0,hdd", "scsi0:1,scsi0:0")


@pytest.mark.parametrize(
    ("device", "target", "suffix"), [("cdrom", "sda' bus='sata", "iso"), ("floppy", "fda' bus='fdc", "flp")]
)
def test_a_medium_on_a_server_is_to_be_fetched_as_it_is(device: str, target: str, suffix: str) -> None:
    disk = (
        f"<disk type='network' device='{device}'><source protocol='http' name='/a/boot.{suffix}'>"
        f"<host name='repo.example'/></source><target dev='{target}'/></disk>"
    )
    conversion = from_xml(devices(disk), kind="kvm")
    assert f'"boot.{suffix}" # fetch it from http://repo.example/a/boot.{suffix}' in conversion.text
    assert not any("VMDK" in loss.why for loss in conversion.losses)


def test_a_network_card_keeps_its_place_in_the_boot_order() -> None:
    cards = "".join(f'ethernet{n}.present = "TRUE"\nethernet{n}.connectionType = "nat"\n' for n in (0, 1))
    disk = 'ide0:0.present = "TRUE"\nide0:0.fileName = "a.vmdk"\n'
    source = disk + cards + 'bios.bootOrder = "ethernet1,hdd"\n'
    orders = [boot.get("order") for boot in element(from_vmx(source)).iterfind("devices/interface/boot")]
    assert orders == ["1"]
    back = keys(to_vmx(DomainDocument(from_vmx(source).text.encode())))
    assert back["bios.bootOrder"] == "ethernet1,hdd"


def test_a_controller_that_the_hypervisor_chooses_is_no_error() -> None:
    source = 'scsi0.present = "TRUE"\nscsi0.virtualDev = "auto"\nscsi0:0.present = "TRUE"\n'
    source += 'scsi0:0.fileName = "a.vmdk"\n'
    conversion = from_vmx(source)
    models = [one.get("model") for one in element(conversion).iterfind("devices/controller")]
    assert models == ["auto"]
    assert not [loss for loss in conversion.losses if loss.severity == "error"]


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ('fileSearchPath = "../other;."', "warning"),
        ('workingDir = "/vmfs/volumes/b/vm"', "warning"),
        ('workingDir = "."', "info"),
        ('fileSearchPath = ".;"', "info"),
    ],
)
def test_a_folder_that_vmware_searches_is_told_of(line: str, severity: str) -> None:
    disk = 'ide0:0.present = "TRUE"\nide0:0.fileName = "a.vmdk"\n'
    losses = from_vmx(f"{disk}{line}\n").losses
    assert [loss.severity for loss in losses if loss.key == line.split(maxsplit=1)[0]] == [severity]


def test_a_lun_of_another_hypervisor_is_a_disk_and_not_a_raw_cdrom_drive() -> None:
    source = "<source dev='/dev/sdb'/><target dev='sda' bus='scsi'/>"
    disk = f"<disk type='block' device='lun' snapshot='no'>{source}</disk>"
    conversion = from_xml(devices(disk), kind="kvm")
    found = keys(conversion)
    assert (found["scsi0:0.deviceType"], found["scsi0:0.mode"]) == ("scsi-hardDisk", "independent-persistent")
    assert '# scsi0:0.fileName = "sdb.vmdk"' in conversion.text
    assert "map the device" in loss(conversion, "devices/disk/source").why
    assert keys(from_xml(devices(disk)))["scsi0:0.deviceType"] == "cdrom-raw"
