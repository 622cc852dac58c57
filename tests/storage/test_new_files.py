import errno
import os
import shutil
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.storage.helpers import NEW, OLD, names, old_file
from tests.storage.test_faults import failing
from tui.storage import ExistsError, SaveError
from tui.storage.writing import write_new


def test_a_new_file_is_written_whole_with_the_mode_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        written = write_new(tmp_path / "new.vmx", NEW)
    finally:
        os.umask(before)
    assert written == (tmp_path / "new.vmx").resolve()
    assert written.read_bytes() == NEW
    assert stat.S_IMODE(written.stat().st_mode) == 0o640
    assert written.stat().st_nlink == 1
    assert names(tmp_path) == ["new.vmx"]


def test_a_file_that_exists_is_left_alone(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    with pytest.raises(ExistsError, match="already a file"):
        write_new(path, NEW)
    assert (path.read_bytes(), names(tmp_path)) == (OLD, ["web.vmx"])


def test_a_link_to_nothing_counts_as_taken(tmp_path: Path) -> None:
    (tmp_path / "link.vmx").symlink_to("nowhere.vmx")
    with pytest.raises(ExistsError):
        write_new(tmp_path / "link.vmx", NEW)
    assert names(tmp_path) == ["link.vmx"]


def test_a_file_that_appears_in_the_middle_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "new.vmx"
    with pytest.raises(ExistsError):
        write_new(path, NEW, steps=failing("link", FileExistsError(errno.EEXIST, "x")))
    assert names(tmp_path) == []


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOTSUP])
def test_a_file_system_without_hard_links_gets_the_file_too(tmp_path: Path, number: int) -> None:
    steps = failing("link", OSError(number, "x"))
    assert write_new(tmp_path / "new.vmx", NEW, steps=steps).read_bytes() == NEW
    assert names(tmp_path) == ["new.vmx"]


@pytest.mark.parametrize("error", [OSError(errno.EIO, "x"), KeyboardInterrupt()])
def test_where_there_are_no_hard_links_a_failure_leaves_no_empty_file_behind(
    tmp_path: Path, error: BaseException
) -> None:
    steps = replace(failing("link", OSError(errno.EPERM, "x")), rename=failing("rename", error).rename)
    with pytest.raises((SaveError, KeyboardInterrupt)):
        write_new(tmp_path / "new.vmx", NEW, steps=steps)
    assert names(tmp_path) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="no such folder"):
        write_new(tmp_path / "absent" / "new.vmx", NEW)


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize(("name", "sentence"), [("n" * 256, "too long"), ("a\0b", "no file can have")])
def test_an_impossible_name_is_told(tmp_path: Path, name: str, sentence: str, overwrite: bool) -> None:
    with pytest.raises(SaveError, match=sentence):
        write_new(tmp_path / name, NEW, overwrite=overwrite)
    assert names(tmp_path) == []


def test_overwriting_keeps_mode_and_links(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    path.chmod(0o640)
    link = tmp_path / "link.vmx"
    link.symlink_to(path)
    assert write_new(link, NEW, overwrite=True) == path.resolve()
    assert link.is_symlink()
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (NEW, 0o640)
    assert names(tmp_path) == ["link.vmx", "web.vmx"]


def test_overwriting_nothing_makes_a_new_file(tmp_path: Path) -> None:
    assert write_new(tmp_path / "new.vmx", NEW, overwrite=True).read_bytes() == NEW
    assert names(tmp_path) == ["new.vmx"]


def test_only_a_regular_file_is_overwritten(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SaveError, match="named pipe"):
        write_new(tmp_path / "pipe", NEW, overwrite=True)
    with pytest.raises(SaveError, match="folder"):
        write_new(tmp_path, NEW, overwrite=True)
    assert names(tmp_path) == ["pipe"]


def test_a_circle_of_links_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("a")
    with pytest.raises(SaveError, match="circle"):
        write_new(tmp_path / "a", NEW, overwrite=True)
    assert (tmp_path / "a").is_symlink()


def test_a_file_with_two_names_is_not_overwritten(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    (tmp_path / "other").hardlink_to(path)
    with pytest.raises(SaveError, match="hard links"):
        write_new(path, NEW, overwrite=True)
    assert path.read_bytes() == OLD


@pytest.mark.skipif(shutil.which("bindfs") is None, reason="bindfs is not installed")
def test_a_file_just_made_on_fuse_has_one_name(tmp_path: Path) -> None:
    real, mounted = tmp_path / "real", tmp_path / "mounted"
    real.mkdir()
    mounted.mkdir()
    if subprocess.run(["bindfs", real, mounted], check=False, capture_output=True).returncode:
        pytest.skip("bindfs may not mount here")
    try:
        out = mounted / "out"
        write_new(out, b"one")
        write_new(out, b"two", overwrite=True)
        assert out.read_bytes() == b"two"
    finally:
        subprocess.run(["fusermount", "-u", mounted], check=True)
