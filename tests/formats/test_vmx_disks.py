from __future__ import annotations

import pytest

from tests.formats.samples import VMX_SAMPLES, sample, vmx
from tui.disks import DEPENDENT, DISCARDING, INDEPENDENT, UNSUPPORTED, Device, Disk, Mode, Policy, Signs
from tui.formats.errors import EditError
from tui.formats.opening import open_document
from tui.formats.vmx import VmxDocument
from tui.rules import Hypervisor, guess_hypervisor


def disk_of(*lines: str) -> Disk:
    (disk,) = vmx(*lines).disks
    return disk


def device(place: str, file_name: str, *more: str) -> tuple[str, ...]:
    return (
        f'{place}.present = "TRUE"',
        f'{place}.fileName = "{file_name}"',
        *(f"{place}.{line}" for line in more),
    )


@pytest.mark.parametrize(
    ("place", "target", "bus"),
    [
        ("usb_xhci:1", "sdb", "usb"),
        ("scsi0:0", "sda", "scsi"),
        ("scsi0:8", "sdh", "scsi"),
        ("scsi3:0", "sdat", "scsi"),
        ("sata0:29", "sdad", "sata"),
        ("ide1:1", "hdd", "ide"),
        ("nvme0:0", "nvme0n1", "nvme"),
    ],
)
def test_a_vmdk_on_any_bus_is_a_disk(place: str, target: str, bus: str) -> None:
    document = vmx(*device(place, "a.VMDK"))
    (disk,) = document.disks
    assert (disk.address, disk.target, disk.bus, disk.device) == (place, target, bus, Device.DISK)
    assert disk.file_format == "vmdk"
    assert disk.locked is None
    assert document.with_policy(0, DISCARDING).disks[0].policy == DISCARDING


def test_a_usb_disk_is_a_disk_and_a_usb_hub_is_none() -> None:
    document = vmx(
        *device("usb_xhci:0", "stick.vmdk", 'mode = ""'),
        'usb_xhci:4.present = "TRUE"',
        'usb_xhci:4.deviceType = "hid"',
        'usb:0.present = "TRUE"',
        'usb:0.deviceType = "hub"',
    )
    (disk,) = document.disks
    assert disk.source == "stick.vmdk"
    assert disk.bus == "usb"
    assert disk.policy == DEPENDENT
    assert disk.locked is None


@pytest.mark.parametrize(
    ("file_name", "more"),
    [
        ("x.iso", ()),
        ("X.ISO", ('deviceType = "cdrom-image"',)),
        ("emptyBackingString", ()),
        ("auto detect", ()),
        ("/dev/cdrom", ('deviceType = "atapi-cdrom"',)),
        ("E:", ('deviceType = "CDROM-raw"',)),
    ],
)
def test_a_cdrom_is_listed_and_locked_with_the_reason(file_name: str, more: tuple[str, ...]) -> None:
    disk = disk_of(*device("sata0:1", file_name, *more, 'mode = "independent-nonpersistent"'))
    assert disk.device == Device.CDROM
    assert disk.read_only
    assert disk.mode_word is None, "libvirt and VMware ignore a mode there"
    assert "CD-ROM" in (disk.locked or "")


def test_an_empty_drive_has_no_source() -> None:
    assert disk_of(*device("ide1:0", "emptyBackingString", 'deviceType = "cdrom-raw"')).empty


def test_a_floppy_is_listed_and_locked_with_the_reason() -> None:
    disk = disk_of(*device("floppy0", "a.flp"))
    assert (disk.device, disk.target, disk.bus, disk.address) == (Device.FLOPPY, "fda", "fdc", "floppy0")
    assert "floppy" in (disk.locked or "")


@pytest.mark.parametrize("present", ["FALSE", "false", "0", ""])
def test_a_device_that_is_not_present_is_none(present: str) -> None:
    assert vmx(f'scsi0:0.present = "{present}"', 'scsi0:0.fileName = "a.vmdk"').disks == ()


def test_a_device_without_a_present_key_is_none() -> None:
    assert vmx('scsi0:0.fileName = "a.vmdk"').disks == ()


@pytest.mark.parametrize(
    "key", ["scsi00:0", "scsi0:00", "scsi0", "scsix:0", "scsi0:0000", "myscsi0:0", "ide0:0:0"]
)
def test_a_key_that_is_no_unit_makes_no_disk(key: str) -> None:
    assert vmx(f'{key}.present = "TRUE"', f'{key}.fileName = "a.vmdk"').disks == ()


def test_a_controllers_presence_is_told() -> None:
    document = VmxDocument(sample("bad-modes.vmx"))
    present = {disk.address: disk.controller_present for disk in document.disks}
    assert present == {
        "scsi0:0": True,
        "scsi0:1": True,
        "scsi0:3": True,
        "scsi1:0": False,
        "scsi2:0": False,
        "sata0:1": True,
    }
    assert disk_of(*device("ide0:0", "a.vmdk")).controller_present, "IDE has no such key"
    assert disk_of('usb_xhci.present = "true"', *device("usb_xhci:0", "a.vmdk")).controller_present


def test_disks_are_ordered_by_bus_controller_and_unit() -> None:
    places = ["nvme0:0", "scsi1:0", "scsi0:10", "sata0:0", "scsi0:2", "ide0:0"]
    document = vmx(*(line for place in places for line in device(place, "a.vmdk")))
    assert [disk.address for disk in document.disks] == [
        "scsi0:2",
        "scsi0:10",
        "scsi1:0",
        "sata0:0",
        "ide0:0",
        "nvme0:0",
    ]
    assert [disk.index for disk in document.disks] == list(range(6))


@pytest.mark.parametrize(
    ("word", "policy", "mode"),
    [
        ("persistent", DEPENDENT, Mode.PERSISTENT),
        ("Independent-Persistent", INDEPENDENT, Mode.INDEPENDENT_PERSISTENT),
        ("INDEPENDENT-NONPERSISTENT", DISCARDING, Mode.INDEPENDENT_NONPERSISTENT),
        ("undoable", DEPENDENT, Mode.UNDOABLE),
        ("nonpersistent", UNSUPPORTED, Mode.NONPERSISTENT),
        ("append", DEPENDENT, Mode.APPEND),
        ("", DEPENDENT, Mode.PERSISTENT),
        ("independent_persistent", DEPENDENT, None),
        ("independent-persistent ", DEPENDENT, None),
        ("independent|2Dpersistent", INDEPENDENT, Mode.INDEPENDENT_PERSISTENT),
    ],
)
def test_the_policy_is_that_of_the_mode_and_an_unknown_word_is_the_default(
    word: str, policy: Policy, mode: Mode | None
) -> None:
    disk = disk_of(*device("scsi0:0", "a.vmdk", f'mode = "{word}"'))
    assert (disk.policy, disk.mode, disk.snapshot_said) == (policy, mode, True)


def test_no_mode_key_is_the_default_left_unsaid() -> None:
    disk = disk_of(*device("scsi0:0", "a.vmdk"))
    assert (disk.policy, disk.mode_word, disk.mode, disk.snapshot_said) == (
        DEPENDENT,
        None,
        Mode.PERSISTENT,
        False,
    )


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("scsi0:0.present = true",), "no disk file"),
        (device("scsi0:0", ""), "no disk file"),
        (device("scsi0:0", "/dev/sdb", 'deviceType = "rawDisk"'), "device of the host"),
    ],
)
def test_what_is_no_virtual_disk_is_locked_with_the_reason(lines: tuple[str, ...], reason: str) -> None:
    document = vmx(*lines)
    assert reason in (document.disks[0].locked or "")
    with pytest.raises(EditError, match=reason):
        document.with_policy(0, INDEPENDENT)
    with pytest.raises(EditError, match=reason):
        document.with_modes({0: Mode.PERSISTENT})


@pytest.mark.parametrize("key", ["mode", "fileName"])
def test_a_key_that_stands_twice_locks_its_disk_and_no_other(key: str) -> None:
    document = vmx(
        *device("scsi0:0", "a.vmdk", 'mode = "persistent"'),
        f'SCSI0:0.{key.upper()} = "b.vmdk"',
        *device("scsi0:1", "c.vmdk"),
    )
    assert "stands on lines" in (document.disks[0].locked or "")
    assert document.disks[1].locked is None
    with pytest.raises(EditError, match="stands on lines"):
        document.with_policy(0, INDEPENDENT)


def test_a_disks_lines_are_all_lines_of_its_keys() -> None:
    document = vmx(
        "scsi0:0.present = true", "x = 1", "SCSI0:0.fileName = a.vmdk", "scsi0:1.redo = 1", "scsi0:0.redo ="
    )
    assert document.configuration.disk_lines[0] == (1, 3, 5)


def test_an_encrypted_file_is_locked_as_a_whole() -> None:
    configuration = open_document(sample("encrypted.vmx")).configuration
    assert configuration.disks == ()
    assert "encryption" in (configuration.locked or "")
    hidden = vmx('encryption.keySafe = "x"', *device("scsi0:0", "a.vmdk"))
    with pytest.raises(EditError, match="encrypted"):
        hidden.with_policy(0, INDEPENDENT)


def test_a_partially_encrypted_file_can_be_edited() -> None:
    document = open_document(sample("vtpm-partial.vmx"))
    assert isinstance(document, VmxDocument)
    configuration = document.configuration
    assert (configuration.encrypted, configuration.partially_encrypted) == (None, "vmx.encryptionType")
    index = next(disk.index for disk in document.disks if disk.is_disk)
    assert document.with_policy(index, DISCARDING).disks[index].policy == DISCARDING


ESX_SAMPLES = {
    "cluster-multiwriter.vmx",
    "esxi8-db02.vmx",
    "esxi8-web01.vmx",
    "rdm/rdm.vmx",
    "shebang-comments.vmx",
    "sixty-disks.vmx",
    "delta-snapshots/delta-snapshots.vmx",
}


@pytest.mark.parametrize("name", VMX_SAMPLES)
def test_the_samples_of_esx_hosts_show_it(name: str) -> None:
    guess = guess_hypervisor(open_document(sample(name)).configuration)
    assert (guess.hypervisor is Hypervisor.ESXI) == (name in ESX_SAMPLES)


@pytest.mark.parametrize(
    ("line", "signs"),
    [
        ('VC.uuid = "52"', Signs(esx="VC.uuid")),
        ('vc.uuid = ""', Signs()),
        ('sched.mem.min = "0"', Signs(esx="sched.mem.min", either="sched.mem.min")),
        ('sched.mem.shares = "normal"', Signs(esx="sched.mem.shares", either="sched.mem.shares")),
        ('sched.cpu.units = "mhz"', Signs(esx="sched.cpu.units", either="sched.cpu.units")),
        ('sched.mem.pshare.enable = "FALSE"', Signs(either="sched.mem.pshare.enable")),
        ('migrate.hostlog = "./x.hlog"', Signs(either="migrate.hostlog")),
        ('ethernet0.networkName = "VM Network"', Signs(esx="ethernet0.networkName")),
        ('ethernet10.dvs.portId = "7"', Signs(esx="ethernet10.dvs.portId")),
        ('ethernet0.networkName = ""', Signs()),
        ('ethernet0.connectionType = "nat"', Signs(hosted="ethernet0.connectionType")),
        ('gui.lastPoweredViewMode = "windowed"', Signs(hosted="gui.lastPoweredViewMode")),
        ('sound.virtualDev = "hdaudio"', Signs(hosted="sound.virtualDev")),
        ('sound.present = "TRUE"', Signs()),
        ('vmx.allowNested = "TRUE"', Signs(hosted="vmx.allowNested")),
        ('a = "/vmfs/volumes/x"', Signs(esx="a under /vmfs/")),
        ('a = "|2Fvmfs/volumes/x"', Signs(esx="a under /vmfs/")),
        ('a = "vmfs"', Signs()),
        ('a = "/Volumes/vms/a.iso"', Signs(hosted="a under /Volumes/")),
        ('ethernet1.opaqueNetwork.id = "7"', Signs(esx="ethernet1.opaqueNetwork.id")),
        ('ethernet1.vnet = "vmnet8"', Signs(hosted="ethernet1.vnet")),
        ('a = "C:\\vm\\a.iso"', Signs(hosted="a under C:\\")),
        ('a = "d:/vm/a.iso"', Signs(hosted="a under d:/")),
        ('fileSearchPath = ".; /vmfs/volumes/x"', Signs(esx="fileSearchPath under /vmfs/")),
        ('a = ".;/vmfs/volumes/x"', Signs()),
        ('a = ".\\a.vswp"', Signs(hosted="a under .\\")),
        ('guestinfo.home = "C:\\Users"', Signs()),
        ('annotation = "/vmfs/volumes is full"', Signs()),
    ],
)
def test_each_sign_of_a_product_is_named_as_the_file_spells_it(line: str, signs: Signs) -> None:
    assert vmx(line).configuration.signs == signs
