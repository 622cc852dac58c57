"""What an image's head tells beside its size: its kind and its parent."""

from __future__ import annotations

import struct

import pytest

from tests.formats.samples import sample
from tui.disks import Image
from tui.formats.disk_image import HEAD_BYTES, read_image

DESCRIPTOR = (
    b"# Disk DescriptorFile\nversion=1\nCID=0e6bd4c2\n%s"
    b'createType="monolithicSparse"\nRW 2048 SPARSE "a.vmdk"\n'
)


def sparse(descriptor: bytes, offset: int = 1, sectors: int = 20, magic: bytes = b"KDMV") -> bytes:
    head = struct.pack("<4sIIQQQQ", magic, 1, 3, 2048, 128, offset, sectors).ljust(512, b"\0")
    return (head + descriptor.ljust(20 * 512, b"\0")).ljust(HEAD_BYTES, b"\0")


def image(head: bytes) -> Image:
    found = read_image(head)
    assert found is not None
    return found


def test_a_disk_of_its_own_has_no_parent() -> None:
    found = image(DESCRIPTOR % b"parentCID=ffffffff\n")
    assert found == Image(1048576, "monolithicSparse", "ffffffff")
    assert found.parent is None


@pytest.mark.parametrize("word", [b"ffffffff", b"FFFFFFFF", b'"ffffffff"', b""])
def test_no_content_id_of_a_parent_in_any_spelling(word: bytes) -> None:
    assert image(DESCRIPTOR % (b"parentCID=" + word + b"\n")).parent is None


def test_a_delta_names_its_parent_by_hint_or_by_content_id() -> None:
    both = image(DESCRIPTOR % b'parentCID=0E6BD4C2\nparentFileNameHint="base.vmdk"\n')
    assert both.parent == "base.vmdk"
    assert both.parent_cid == "0E6BD4C2"
    assert image(DESCRIPTOR % b"parentCID=0e6bd4c2\n").parent == "the disk with the content ID 0e6bd4c2"


def test_a_descriptor_embedded_in_a_sparse_image_is_found() -> None:
    found = image(sparse(DESCRIPTOR % b"parentCID=1234abcd\n"))
    assert found == Image(1048576, "monolithicSparse", "1234abcd")


@pytest.mark.parametrize(
    "head",
    [
        sparse(b""),
        sparse(b"no descriptor"),
        sparse(DESCRIPTOR % b"", offset=0),
        sparse(DESCRIPTOR % b"", offset=1 << 60, sectors=1 << 60),
        sparse(DESCRIPTOR % b"", sectors=0),
        sparse(DESCRIPTOR % b"", magic=b"COWD"),
    ],
)
def test_without_a_descriptor_at_hand_only_the_size_is_told(head: bytes) -> None:
    found = image(head)
    assert found.create_type is None
    assert found.parent is None
    assert found.size


def test_the_samples_tell_their_kind_and_parent() -> None:
    kinds = {
        "rdm/rdm_1.vmdk": ("vmfsPassthroughRawDeviceMap", None),
        "rdm/rdm_2.vmdk": ("vmfsRawDeviceMap", None),
        "delta-snapshots/delta-snapshots-000002.vmdk": ("vmfsSparse", "delta-snapshots-000001.vmdk"),
        "delta-snapshots/delta-snapshots_2.vmdk": ("vmfs", None),
    }
    for name, expected in kinds.items():
        found = image(sample(name))
        assert (found.create_type, found.parent) == expected


def test_a_qcow2_image_has_no_vmware_kind() -> None:
    head = struct.pack(">4sIQIIQ", b"QFI\xfb", 3, 0, 0, 16, 8 << 30).ljust(104, b"\0")
    assert read_image(head) == Image(8 << 30)


@pytest.mark.parametrize("head", [b"", b"KDMV", b"x" * 512])
def test_what_is_no_image_is_none(head: bytes) -> None:
    assert read_image(head) is None
