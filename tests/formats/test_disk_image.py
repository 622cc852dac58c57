"""The size a disk image's first bytes tell."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.formats.disk_image import HEAD_BYTES, read_image

GIB = 1024**3
DESCRIPTOR = b"# Disk DescriptorFile\nversion=1\nCID=12345678\n"


def image_size(head: bytes) -> int | None:
    image = read_image(head)
    return None if image is None else image.size


def test_a_descriptor_tells_the_sum_of_its_extents() -> None:
    head = DESCRIPTOR + b'RW 4192256 SPARSE "a-s001.vmdk"\nRW 2048 SPARSE "a-s002.vmdk"\n'
    assert image_size(head) == (4192256 + 2048) * 512


def test_extents_that_cannot_be_written_count_as_well() -> None:
    assert image_size(DESCRIPTOR + b"RDONLY 10 ZERO\nNOACCESS 6 ZERO\n") == 16 * 512


def test_line_ends_of_windows_do_not_matter() -> None:
    assert image_size(b'# Disk DescriptorFile\r\nRW 100 FLAT "a-flat.vmdk" 0\r\n') == 51200


def test_a_descriptor_without_extents_tells_nothing() -> None:
    assert image_size(DESCRIPTOR) is None


def test_a_word_that_only_ends_in_rw_is_no_extent() -> None:
    assert image_size(DESCRIPTOR + b"XRW 100 FLAT\n") is None


def test_a_sparse_image_tells_its_capacity() -> None:
    head = struct.pack("<4sIIQQQQ", b"KDMV", 1, 3, 40 * GIB // 512, 128, 1, 20).ljust(512, b"\0")
    assert image_size(head) == 40 * GIB


def test_an_esx_delta_tells_its_capacity() -> None:
    head = struct.pack("<4sIII", b"COWD", 1, 3, 20 * GIB // 512).ljust(512, b"\0")
    assert image_size(head) == 20 * GIB


def test_a_qcow2_image_tells_its_virtual_size() -> None:
    head = struct.pack(">4sIQIIQ", b"QFI\xfb", 3, 0, 0, 16, 8 * GIB).ljust(104, b"\0")
    assert image_size(head) == 8 * GIB


def qcow2(version: int, extensions: bytes, backing: int = 512) -> bytes:
    """The head of a qcow2 image that builds on another, whose name lies at ``backing``; 0: on none."""
    head = struct.pack(">4sIQIIQ", b"QFI\xfb", version, backing, 5, 16, GIB)
    head = (
        head.ljust(72, b"\0")
        if version == 2
        else head.ljust(100, b"\0") + struct.pack(">I", 112).ljust(12, b"\0")
    )
    return head + extensions


FEATURES = struct.pack(">II", 0x6803F857, 5) + b"names".ljust(8, b"\0")
ON_VMDK = struct.pack(">II", 0xE2792ACA, 4) + b"vmdk".ljust(8, b"\0")
END = struct.pack(">II", 0, 0)


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (qcow2(2, ON_VMDK + END), "vmdk"),
        (qcow2(3, FEATURES + ON_VMDK + END), "vmdk"),
        (qcow2(3, ON_VMDK + END, backing=0), None),
        (qcow2(3, FEATURES + END + ON_VMDK), None),
        (qcow2(3, ON_VMDK[:6]), None),
        (qcow2(3, struct.pack(">II", 1, 2**32 - 1)), None),
    ],
)
def test_a_qcow2_image_tells_the_format_of_what_it_builds_on(head: bytes, found: str | None) -> None:
    image = read_image(head)
    assert image is not None
    assert (image.size, image.backing_format) == (GIB, found)


@pytest.mark.parametrize("head", [b"", b"KDMV", b"QFI\xfb", b"COWD\0\0", b"\0" * 4096])
def test_what_is_cut_short_or_something_else_tells_nothing(head: bytes) -> None:
    assert image_size(head) is None


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"KDMV", b"COWD", b"QFI\xfb", DESCRIPTOR, b"# Disk DescriptorFile\nRW "]),
)
def test_any_bytes_are_taken(rest: bytes, start: bytes) -> None:
    size = image_size((start + rest)[:HEAD_BYTES])
    assert size is None or size >= 0
