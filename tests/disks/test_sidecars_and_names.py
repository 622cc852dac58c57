"""Names of places at their edges, and what an image's descriptor means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tui.disks import DEPENDENT, Device, Disk, Image, UnitAddress, target_name

DISK = Disk(1, None, "", Device.DISK, "virtio", "a.img", DEPENDENT)


@pytest.mark.parametrize(
    ("place", "target"),
    [
        (UnitAddress("scsi", 0, 6), "sdg"),
        (UnitAddress("scsi", 0, 7), "sdh"),
        (UnitAddress("scsi", 0, 8), "sdh"),
        (UnitAddress("scsi", 1, 1), "sdq"),
        (UnitAddress("sata", 1, 2), "sdag"),
        (UnitAddress("ide", 1, 1), "hdd"),
        (UnitAddress("ide", 1, 2), "hde"),
        (UnitAddress("nvme", 0, 1), "nvme0n2"),
        (UnitAddress("nvme", 2, 0), "nvme2n1"),
        (UnitAddress("floppy", 0, 1), "fdb"),
        (UnitAddress("usb", 0, 2), "sdc"),
    ],
)
def test_a_place_has_the_target_libvirt_gives_it(place: UnitAddress, target: str) -> None:
    assert target_name(place) == target


@pytest.mark.parametrize(
    ("place", "address"),
    [
        (UnitAddress("floppy", 0, 1), "floppy1"),
        (UnitAddress("usb_xhci", 0, 3), "usb_xhci:3"),
        (UnitAddress("scsi", 2, 3), "scsi2:3"),
    ],
)
def test_a_place_is_written_as_the_vmx_writes_it(place: UnitAddress, address: str) -> None:
    assert str(place) == address


def test_a_disk_without_a_name_is_called_by_its_number() -> None:
    assert DISK.name == "disk 2"
    assert replace(DISK, target="vda").name == "vda"
    assert replace(DISK, place=UnitAddress("scsi", 0, 0)).name == "scsi0:0"
    assert replace(DISK, place=UnitAddress("scsi", 0, 0), target="sda").name == "scsi0:0 (sda)"


def test_a_disk_is_nothing_that_is_not_said_of_it() -> None:
    assert not any(
        (DISK.snapshot_said, DISK.vmx_modes, DISK.read_only, DISK.shareable, DISK.tracked, DISK.sharing)
    )
    assert DISK.controller_present


def test_an_images_parent_is_its_hint_or_else_its_content_id() -> None:
    assert Image().parent is None
    assert Image(parent_cid="FFFFffff").parent is None
    assert Image(parent_cid="0").parent == "the disk with the content ID 0"
    assert Image(parent_cid="ffffffff", parent_hint="a.vmdk").parent == "a.vmdk"


@pytest.mark.parametrize(
    ("word", "physical"),
    [("vmfsRDMP", True), ("VMFSPASSTHROUGHRAWDEVICEMAP", True), ("vmfsRawDeviceMap", False), (None, False)],
)
def test_a_physical_mapping_is_told_by_its_kind(word: str | None, physical: bool) -> None:
    assert Image(create_type=word).is_physical_rdm is physical
