"""A fault at every step of a save: an error, an interrupt, or the end of the process."""

import errno
import os
import signal
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from tests.storage.helpers import NEW, OLD, killed, names, old_file
from tui.storage import SaveError, StorageError, read
from tui.storage.save_steps import SYSTEM, Steps
from tui.storage.writing import save, write_new

# A save links nothing, and has nothing to remove but after an error.
KILLED_AT = [field.name for field in fields(Steps) if field.name not in {"link", "remove"}]
CHANGES_NOTHING_IF_IT_FAILS = [
    "create",
    "write",
    "own",
    "attributes",
    "permit",
    "flush",
    "close",
    "keep_backup",
    "rename",
]


def with_step(name: str, call: Callable[..., Any]) -> Steps:
    changes: dict[str, Any] = {name: call}
    return replace(SYSTEM, **changes)


def failing(name: str, error: BaseException) -> Steps:
    def fail(*_: object) -> None:
        raise error

    return with_step(name, fail)


def foreign_group(path: Path) -> None:
    """Make the save need a change of owner, so that this step is reached."""
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to another user")
    os.chown(path, 1234, 1234)


def prepared(folder: Path, step: str) -> Path:
    path = old_file(folder)
    if step == "own":
        foreign_group(path)
    return path


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("step", CHANGES_NOTHING_IF_IT_FAILS)
def test_an_error_at_any_step_leaves_the_old_bytes_and_no_litter(
    tmp_path: Path, step: str, number: int
) -> None:
    path = prepared(tmp_path, step)
    before = path.stat()
    with pytest.raises(SaveError) as caught:
        save(read(path), NEW, backup=True, steps=failing(step, OSError(number, "x")))
    assert "so nothing was saved" in caught.value.what
    assert path.read_bytes() == OLD
    assert (path.stat().st_ino, path.stat().st_mode) == (before.st_ino, before.st_mode)
    assert names(tmp_path) == ["web.vmx"]


@pytest.mark.parametrize("step", CHANGES_NOTHING_IF_IT_FAILS)
def test_an_interrupt_at_any_step_leaves_the_old_bytes_and_no_litter(tmp_path: Path, step: str) -> None:
    path = prepared(tmp_path, step)
    with pytest.raises(KeyboardInterrupt):
        save(read(path), NEW, steps=failing(step if step != "keep_backup" else "flush", KeyboardInterrupt()))
    assert (path.read_bytes(), names(tmp_path)) == (OLD, ["web.vmx"])


def test_an_interrupt_just_after_the_draft_is_made_leaves_no_litter(tmp_path: Path) -> None:
    def make_then_interrupt(path: Path, mode: int) -> int:
        os.close(SYSTEM.create(path, mode))
        raise KeyboardInterrupt

    path = old_file(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        save(read(path), NEW, steps=with_step("create", make_then_interrupt))
    assert (path.read_bytes(), names(tmp_path)) == (OLD, ["web.vmx"])


@pytest.mark.parametrize("step", ["create", "write", "flush", "close", "attributes", "permit"])
def test_an_error_while_the_backup_is_made_leaves_the_old_bytes_and_the_older_backup(
    tmp_path: Path, step: str
) -> None:
    path = old_file(tmp_path)
    (tmp_path / "web.vmx~").write_bytes(b"older")
    calls: list[int] = []
    honest: Callable[..., Any] = getattr(SYSTEM, step)

    def fail_the_second_time(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "x")
        return honest(*arguments)

    with pytest.raises(SaveError) as caught:
        save(read(path), NEW, backup=True, steps=with_step(step, fail_the_second_time))
    assert caught.value.path.endswith("web.vmx~")
    assert (path.read_bytes(), (tmp_path / "web.vmx~").read_bytes()) == (OLD, b"older")
    assert names(tmp_path) == ["web.vmx", "web.vmx~"]


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EACCES])
def test_an_unconfirmed_folder_is_a_doubt_and_no_failure(tmp_path: Path, number: int) -> None:
    path = old_file(tmp_path)
    saved = save(read(path), NEW, steps=failing("flush_folder", OSError(number, "x")))
    assert saved.doubt is not None and "power cut" in saved.doubt
    assert (path.read_bytes(), names(tmp_path)) == (NEW, ["web.vmx"])


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_never_confirms_folders_raises_no_doubt(tmp_path: Path, number: int) -> None:
    path = old_file(tmp_path)
    assert save(read(path), NEW, steps=failing("flush_folder", OSError(number, "x"))).doubt is None


def test_a_write_that_makes_no_headway_is_an_error_and_not_an_endless_loop(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    with pytest.raises(SaveError, match="disk failed"):
        save(read(path), NEW, steps=with_step("write", lambda *_: 0))
    assert (path.read_bytes(), names(tmp_path)) == (OLD, ["web.vmx"])


def test_the_first_error_is_told_when_the_draft_cannot_be_removed_either(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    steps = replace(
        failing("flush", OSError(errno.ENOSPC, "x")), remove=failing("remove", OSError(errno.EIO, "x")).remove
    )
    with pytest.raises(SaveError, match="disk is full"):
        save(read(path), NEW, steps=steps)
    assert path.read_bytes() == OLD


def test_a_folder_gone_before_the_rename_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = old_file(folder)

    def rename_away(_: int) -> None:
        folder.rename(tmp_path / "moved")

    with pytest.raises(StorageError):
        save(read(path), NEW, steps=with_step("flush", rename_away))
    assert (tmp_path / "moved" / "web.vmx").read_bytes() == OLD


def test_the_descriptors_of_a_failed_save_are_closed(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    before = len(names(Path("/proc/self/fd")))
    for step in ("write", "attributes", "permit", "flush", "rename"):
        with pytest.raises(SaveError):
            save(read(path), NEW, steps=failing(step, OSError(errno.EIO, "x")))
    assert len(names(Path("/proc/self/fd"))) == before


@pytest.mark.parametrize("step", KILLED_AT)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_at_any_step_leaves_old_or_new_bytes_whole(
    tmp_path: Path, step: str, moment: str
) -> None:
    path = prepared(tmp_path, step)
    honest: Callable[..., Any] = getattr(SYSTEM, step)

    def kill(*arguments: object) -> None:
        if moment == "after":
            honest(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    assert killed(lambda: save(read(path), NEW, backup=True, steps=with_step(step, kill)))
    in_place = step == "flush_folder" or (step, moment) == ("rename", "after")
    assert path.read_bytes() == (NEW if in_place else OLD)
    kept = tmp_path / "web.vmx~"
    assert not kept.exists() or kept.read_bytes() == OLD
    assert all(".diskmode-" in name for name in names(tmp_path) if name not in {"web.vmx", "web.vmx~"})
    save(read(path), b"next", backup=True)
    assert path.read_bytes() == b"next"


@pytest.mark.parametrize("step", ["create", "write", "flush", "close", "link"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_an_error_at_any_step_of_a_new_file_leaves_nothing(tmp_path: Path, step: str, number: int) -> None:
    with pytest.raises(SaveError, match="nothing was saved"):
        write_new(tmp_path / "new.vmx", NEW, steps=failing(step, OSError(number, "x")))
    assert names(tmp_path) == []


@pytest.mark.parametrize("step", ["create", "write", "flush", "close", "link", "flush_folder", "remove"])
def test_a_process_killed_while_it_writes_a_new_file_leaves_none_or_all_of_it(
    tmp_path: Path, step: str
) -> None:
    path = tmp_path / "new.vmx"

    def kill(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    assert killed(lambda: write_new(path, NEW, steps=with_step(step, kill)))
    assert not path.exists() or path.read_bytes() == NEW
