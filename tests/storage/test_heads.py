"""Reading the first bytes of what may be very large, or no file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.storage import UnreadableError
from tui.storage.local_reading import read_head


def test_no_more_than_was_asked_for_is_read(tmp_path: Path) -> None:
    path = tmp_path / "disk.vmdk"
    path.write_bytes(b"0123456789")
    assert read_head(str(path), 4) == b"0123"


def test_a_short_file_gives_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "disk.vmdk"
    path.write_bytes(b"01")
    assert read_head(str(path), 4) == b"01"


def test_a_file_larger_than_memory_is_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "disk.vmdk"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    assert read_head(str(path), 4) == b"\0\0\0\0"


def test_what_is_no_regular_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path in (
        fifo,
        tmp_path,
        tmp_path / "missing",
        Path("/dev/zero"),
        Path("a\0b"),
        tmp_path / ("x" * 300),
    ):
        with pytest.raises(UnreadableError):
            read_head(str(path), 4)


def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(UnreadableError):
        read_head(str(loop), 4)
