"""Reading the first bytes of what may be very large, or no file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.storage import MissingError, UnreadableError
from tui.storage.local_folder import LocalFolder
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


def _as_listed(folder: Path) -> LocalFolder:
    """A folder as it was when it held a disk and a machine, and nothing else."""
    return LocalFolder(f"{folder}/", frozenset(("a.vmdk", "a.vmx")), frozenset(("a.vmdk", "a.vmx")))


def test_a_listed_file_that_is_gone_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingError):
        _as_listed(tmp_path).read_head(f"{tmp_path}/a.vmdk", 4)
    with pytest.raises(MissingError):
        _as_listed(tmp_path).read_bytes(f"{tmp_path}/a.vmx")


def test_a_link_that_took_a_listed_files_place_is_judged_as_a_link(tmp_path: Path) -> None:
    folder, outside, inside = tmp_path / "vm", tmp_path / "outside", tmp_path / "vm" / "inside"
    folder.mkdir()
    for file in (outside, inside):
        file.write_bytes(b"0123")
    path = folder / "a.vmdk"
    path.symlink_to(inside)
    assert _as_listed(folder).read_head(str(path), 4, within=str(folder)) == b"0123"
    path.unlink()
    path.symlink_to(outside)
    with pytest.raises(UnreadableError, match="leads out of the machine's folder"):
        _as_listed(folder).read_head(str(path), 4, within=str(folder))


def test_what_took_a_listed_files_place_and_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    for name in ("a.vmdk", "a.vmx"):
        os.mkfifo(tmp_path / name)
    for read in (lambda path: _as_listed(tmp_path).read_head(path, 4), _as_listed(tmp_path).read_bytes):
        for name in ("a.vmdk", "a.vmx"):
            with pytest.raises(UnreadableError, match="named pipe"):
                read(f"{tmp_path}/{name}")
