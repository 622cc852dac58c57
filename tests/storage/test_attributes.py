import errno
import os
import shutil
import stat
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.storage.helpers import NEW, OLD, names, old_file
from tui.storage import SaveError, read
from tui.storage.writing import save

ACCESS_LIST = "system.posix_acl_access"
DEFAULT_LIST = "system.posix_acl_default"
NO_ID = 0xFFFFFFFF


def access_list(user: int, rights: int) -> bytes:
    """An access list that lets one more user in, as linux/posix_acl_xattr.h lays it out."""
    entries = [(1, 6, NO_ID), (2, rights, user), (4, 4, NO_ID), (0x10, rights | 4, NO_ID), (0x20, 0, NO_ID)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def attach(path: Path, name: str, value: bytes) -> None:
    try:
        os.setxattr(path, name, value)
    except OSError as error:
        pytest.skip(f"no {name} here: {error.strerror}")


def test_users_attributes_are_kept_on_file_and_backup(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    attach(path, "user.note", b"do not touch \x00\xff")
    save(read(path), NEW, backup=True)
    assert os.getxattr(path, "user.note") == b"do not touch \x00\xff"
    assert os.getxattr(tmp_path / "web.vmx~", "user.note") == b"do not touch \x00\xff"


def test_an_access_list_is_kept_with_its_mode(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    attach(path, ACCESS_LIST, access_list(1234, 6))
    before = stat.S_IMODE(path.stat().st_mode)
    save(read(path), NEW)
    assert os.getxattr(path, ACCESS_LIST) == access_list(1234, 6)
    assert stat.S_IMODE(path.stat().st_mode) == before


def test_a_folders_default_access_list_lets_nobody_new_in(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    path.chmod(0o660)
    attach(tmp_path, DEFAULT_LIST, access_list(1234, 6))
    save(read(path), NEW)
    assert ACCESS_LIST not in os.listxattr(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_a_security_label_is_kept(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    attach(path, "security.diskmode", b"label")
    save(read(path), NEW)
    assert os.getxattr(path, "security.diskmode") == b"label"


@pytest.mark.parametrize("number", [errno.ENOTSUP, errno.ENOSYS])
def test_a_file_system_without_attributes_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def unsupported(_: object) -> list[str]:
        raise OSError(number, "x")

    path = old_file(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "listxattr", unsupported)
        save(read(path), NEW)
    assert path.read_bytes() == NEW


def test_a_system_without_attributes_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old_file(tmp_path)
    with monkeypatch.context() as patch:
        patch.delattr(os, "listxattr")
        save(read(path), NEW)
    assert path.read_bytes() == NEW


def test_an_attribute_that_cannot_be_kept_stops_the_save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(errno.EPERM, "x")

    path = old_file(tmp_path)
    attach(path, "user.note", b"x")
    with monkeypatch.context() as patch, pytest.raises(SaveError, match="attributes could not be kept"):
        patch.setattr(os, "setxattr", forbidden)
        save(read(path), NEW)
    assert (path.read_bytes(), names(tmp_path)) == (OLD, ["web.vmx"])


def test_checksums_the_kernel_computes_are_not_carried_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = old_file(tmp_path)
    monkeypatch.setattr(
        "tui.posix.attributes_of",
        lambda file: {"security.ima": b"hash"} if isinstance(file, Path) else {},
    )
    save(read(path), NEW)
    assert "security.ima" not in os.listxattr(path)


@contextmanager
def marked(path: Path, mark: str) -> Iterator[None]:
    """Mark the inode with chattr, as the super user may on most file systems."""
    if shutil.which("chattr") is None:
        pytest.skip("no chattr here")
    if subprocess.run(["chattr", f"+{mark}", str(path)], capture_output=True, check=False).returncode != 0:
        pytest.skip("no marks can be set here")
    try:
        yield
    finally:
        subprocess.run(["chattr", f"-{mark}", str(path)], check=True)


@pytest.mark.parametrize(("mark", "sentence"), [("i", "marked immutable"), ("a", "marked append-only")])
def test_a_marked_file_is_told_when_read_and_left_alone_when_saved(
    tmp_path: Path, mark: str, sentence: str
) -> None:
    path = old_file(tmp_path)
    with marked(path, mark):
        reading = read(path)
        assert sentence in str(reading.why_not)
        with pytest.raises(SaveError, match=sentence) as caught:
            save(reading, NEW)
    assert f"chattr -{mark}" in caught.value.remedy
    assert (path.read_bytes(), names(tmp_path)) == (OLD, ["web.vmx"])


@pytest.mark.parametrize("mark", ["i", "a"])
def test_a_file_in_a_marked_folder_is_left_alone(tmp_path: Path, mark: str) -> None:
    path = old_file(tmp_path)
    with marked(tmp_path, mark), pytest.raises(SaveError, match="folder is marked"):
        save(read(path), NEW)
    assert (path.read_bytes(), names(tmp_path)) == (OLD, ["web.vmx"])
