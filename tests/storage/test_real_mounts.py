"""Saves on mounts of their own kind: a file system that pretends, access lists, one file mounted alone.

Skipped, with the reason, where such a thing cannot be mounted here.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.storage.helpers import NEW, OLD, names, needs_root, old_file
from tui.storage import ErrorKind, SaveError, read, save, write_new
from tui.storage.save_steps import SYSTEM, Steps
from tui.storage.writing import save as save_local


def _run(*words: str) -> None:
    """Run a command; where it cannot be, skip with what it said."""
    if shutil.which(words[0]) is None:
        pytest.skip(f"no {words[0]} here")
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{words[0]}: {done.stderr.strip()}")


@contextmanager
def mounted_again(folder: Path, *options: str) -> Iterator[Path]:
    """The folder once more, by bindfs with these options."""
    if not Path("/dev/fuse").exists():
        pytest.skip("no FUSE here")
    here = folder.with_name("again")
    here.mkdir()
    _run("bindfs", *options, str(folder), str(here))
    try:
        yield here
    finally:
        subprocess.run(["umount", here], check=True)


@needs_root
@pytest.mark.parametrize(
    ("option", "owner", "mode"), [("--chmod-ignore", 0, 0o640), ("--chown-ignore", 1234, 0o600)]
)
def test_a_mode_or_owner_that_is_only_pretended_is_refused_before_the_rename(
    tmp_path: Path, option: str, owner: int, mode: int
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = old_file(folder)
    path.chmod(mode)
    os.chown(path, owner, owner)
    with mounted_again(folder, option) as here:
        for backup in (False, True):
            with pytest.raises(SaveError, match="pretends to set") as caught:
                save(read(here / "web.vmx"), NEW, backup=backup)
            assert caught.value.kind is ErrorKind.NOT_KEPT
    assert (path.read_bytes(), names(folder)) == (OLD, ["web.vmx"])
    assert (path.stat().st_uid, stat.S_IMODE(path.stat().st_mode)) == (owner, mode)


@needs_root
def test_a_new_file_written_twice_in_a_second_has_one_name_on_fuse_too(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with mounted_again(folder) as here:
        write_new(here / "new.vmx", OLD)
        write_new(here / "new.vmx", NEW, overwrite=True)
        save(read(here / "new.vmx"), OLD, backup=True)
        save(read(here / "new.vmx"), NEW, backup=True)
    assert names(folder) == ["new.vmx", "new.vmx.~1~", "new.vmx~"]


@needs_root
def test_no_backup_is_left_of_a_file_that_is_mounted_alone(tmp_path: Path) -> None:
    path, other = old_file(tmp_path), tmp_path / "other"
    other.write_bytes(OLD)
    (tmp_path / "web.vmx~").write_bytes(b"older")
    _run("mount", "--bind", str(other), str(path))
    try:
        with pytest.raises(SaveError) as caught:
            save(read(path), NEW, backup=True)
        assert caught.value.kind is ErrorKind.BUSY
        assert path.read_bytes() == OLD
        assert (tmp_path / "web.vmx~").read_bytes() == b"older"
    finally:
        subprocess.run(["umount", path], check=True)
    assert names(tmp_path) == ["other", "web.vmx", "web.vmx~"]


def _access_list(path: Path) -> str:
    done = subprocess.run(["getfacl", "-cnp", path], capture_output=True, text=True, check=True)
    return done.stdout


def test_the_mode_is_set_after_the_access_list_so_that_no_moment_lets_the_group_in(tmp_path: Path) -> None:
    """The mode's group bits are the list's mask (acl(5)): without its list the draft would be the group's."""
    path = old_file(tmp_path)
    path.chmod(0o600)
    _run("setfacl", "-m", "u:1234:r,g::-", str(path))
    before, mode = _access_list(path), stat.S_IMODE(path.stat().st_mode)
    assert mode == 0o640
    seen: list[tuple[str, int, bool]] = []

    def looked_at(name: str, call: Callable[..., None]) -> Callable[..., None]:
        def done(*arguments: Any) -> None:
            call(*arguments)
            draft = arguments[1] if name == "attributes" else arguments[0]
            listed = "system.posix_acl_access" in os.listxattr(draft)
            seen.append((name, stat.S_IMODE(os.fstat(draft).st_mode) & 0o077, listed))

        return done

    steps = Steps(
        attributes=looked_at("attributes", SYSTEM.attributes), permit=looked_at("permit", SYSTEM.permit)
    )
    save_local(read(path), NEW, backup=True, steps=steps)
    assert {name for name, _, _ in seen} == {"attributes", "permit"}
    assert all(listed or not others for _, others, listed in seen), seen
    for file in (path, tmp_path / "web.vmx~"):
        assert (_access_list(file), stat.S_IMODE(file.stat().st_mode)) == (before, mode)


def test_a_folders_default_access_list_does_not_change_the_mode(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    path.chmod(0o664)
    _run("setfacl", "-d", "-m", "u:1234:rwx", str(tmp_path))
    before = _access_list(path)
    save(read(path), NEW)
    assert (_access_list(path), stat.S_IMODE(path.stat().st_mode)) == (before, 0o664)
