import errno
import io
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.storage.helpers import (
    NEW,
    NOBODY,
    OLD,
    as_ordinary_user,
    names,
    needs_root,
    old_file,
    open_folder,
)
from tui.storage import ConflictError, ErrorKind, SaveError, StorageError, read, read_stream
from tui.storage.drafts import draft_name
from tui.storage.save_steps import Steps
from tui.storage.writing import save

ANY_BYTES = st.binary(min_size=1, max_size=2048)
SHARED_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)


def as_file_name(name: bytes) -> str:
    return os.fsdecode(name.translate(None, b"\0/") or b"x")


def test_a_save_puts_the_new_bytes_in_place_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    saved = save(read(path), NEW)
    assert path.read_bytes() == NEW
    assert names(tmp_path) == ["web.vmx"]
    assert (str(saved.path), saved.data, saved.doubt) == (str(path), NEW, None)


def test_the_reading_a_save_returns_can_be_saved_again(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    saved = save(read(path), NEW)
    again = read(path)
    assert saved == again
    save(saved, OLD)
    assert path.read_bytes() == OLD


@given(before=ANY_BYTES, after=ANY_BYTES)
@SHARED_FOLDER
def test_any_bytes_replace_any_bytes(tmp_path: Path, before: bytes, after: bytes) -> None:
    path = tmp_path / "any"
    path.write_bytes(before)
    assert save(read(path), after).data == after
    assert read(path).data == after


@given(after=ANY_BYTES, pieces=st.lists(st.integers(1, 100), min_size=1))
@SHARED_FOLDER
def test_short_writes_are_carried_on(tmp_path: Path, after: bytes, pieces: list[int]) -> None:
    path = old_file(tmp_path)
    turn = iter(range(10**6))

    def write_a_piece(descriptor: int, rest: memoryview) -> int:
        return os.write(descriptor, rest[: pieces[next(turn) % len(pieces)]])

    save(read(path), after, steps=Steps(write=write_a_piece))
    assert path.read_bytes() == after


def test_equal_bytes_are_not_written(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    before = path.stat()
    reading = save(read(path), OLD, backup=True)
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns, before.st_ctime_ns) == (
        after.st_ino,
        after.st_mtime_ns,
        after.st_ctime_ns,
    )
    assert reading.data == OLD
    assert names(tmp_path) == ["web.vmx"]


def test_standard_input_cannot_be_saved() -> None:
    with pytest.raises(SaveError, match="cannot be written back"):
        save(read_stream(io.BytesIO(OLD), "-"), NEW)


# Links and names


def test_a_chain_of_symbolic_links_is_kept_and_its_end_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    path = old_file(tmp_path / "real")
    (tmp_path / "middle.vmx").symlink_to("real/web.vmx")
    link = tmp_path / "link.vmx"
    link.symlink_to(tmp_path / "middle.vmx")
    save(read(link), NEW, backup=True)
    assert link.is_symlink() and (tmp_path / "middle.vmx").is_symlink()
    assert not path.is_symlink() and path.read_bytes() == NEW
    assert names(tmp_path / "real") == ["web.vmx", "web.vmx~"]


def test_a_relative_path_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old_file(tmp_path)
    monkeypatch.chdir(tmp_path)
    save(read(Path("web.vmx")), NEW)
    assert path.read_bytes() == NEW


def test_a_file_with_two_names_is_left_alone(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    (tmp_path / "other").hardlink_to(path)
    with pytest.raises(SaveError, match="hard links") as caught:
        save(read(path), NEW)
    assert "another file" in caught.value.remedy
    assert path.read_bytes() == OLD
    assert path.samefile(tmp_path / "other")


@pytest.mark.parametrize("name", ["n" * 255, "ü" * 127, "n" * 240, "a\nb\x1b", os.fsdecode(b"\xff\xfe")])
def test_any_name_the_folder_takes_can_be_saved(tmp_path: Path, name: str) -> None:
    path = old_file(tmp_path, name)
    save(read(path), NEW)
    assert path.read_bytes() == NEW
    assert names(tmp_path) == [name]


@given(name=st.binary(min_size=1, max_size=255).map(as_file_name))
def test_a_draft_name_is_hidden_fresh_and_short_enough(name: str) -> None:
    draft = draft_name(name)
    assert draft.startswith(".") and draft != name
    assert len(os.fsencode(draft)) <= 255
    assert draft_name(name) != draft


def test_a_taken_draft_name_is_passed_over_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = iter([".theirs", ".ours"])
    monkeypatch.setattr("tui.storage.drafts.draft_name", lambda _: next(offered))
    path = old_file(tmp_path)
    (tmp_path / ".theirs").write_bytes(b"theirs")
    save(read(path), NEW)
    assert names(tmp_path) == [".theirs", "web.vmx"]
    assert (tmp_path / ".theirs").read_bytes() == b"theirs"


def test_a_save_gives_up_when_every_draft_name_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.storage.drafts.draft_name", lambda _: ".theirs")
    path = old_file(tmp_path)
    (tmp_path / ".theirs").touch()
    with pytest.raises(SaveError):
        save(read(path), NEW)
    assert names(tmp_path) == [".theirs", "web.vmx"]


# Conflicts


def test_a_file_changed_since_is_a_conflict_that_carries_its_bytes(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    reading = read(path)
    path.write_bytes(b"theirs")
    with pytest.raises(ConflictError, match="changed since") as caught:
        save(reading, NEW)
    assert caught.value.current == b"theirs"
    assert path.read_bytes() == b"theirs"


def test_a_change_that_hides_behind_the_old_time_is_a_conflict(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    os.utime(path, (1, 1))
    reading = read(path)
    with path.open("r+b") as file:
        file.write(b"X")
    os.utime(path, (1, 1))
    with pytest.raises(ConflictError):
        save(reading, NEW)


def test_a_file_emptied_since_is_a_conflict_with_no_bytes(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    reading = read(path)
    path.write_bytes(b"")
    with pytest.raises(ConflictError) as caught:
        save(reading, NEW)
    assert caught.value.current == b""


def test_a_file_removed_since_is_a_conflict_without_current_bytes(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    reading = read(path)
    path.unlink()
    with pytest.raises(ConflictError, match="removed") as caught:
        save(reading, NEW)
    assert caught.value.current is None
    assert names(tmp_path) == []


@pytest.mark.parametrize("theirs", [OLD, b"theirs"])
def test_a_file_replaced_by_a_link_to_another_is_a_conflict_even_with_equal_bytes(
    tmp_path: Path, theirs: bytes
) -> None:
    path = old_file(tmp_path)
    reading = read(path)
    other = tmp_path / "other.vmx"
    other.write_bytes(theirs)
    path.unlink()
    path.symlink_to(other)
    with pytest.raises(ConflictError, match="another file") as caught:
        save(reading, NEW)
    assert caught.value.current == theirs
    assert other.read_bytes() == theirs


def test_a_file_replaced_by_a_folder_is_not_saved(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    reading = read(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(SaveError, match="no longer be read"):
        save(reading, NEW)
    assert path.is_dir()


def test_a_change_in_the_middle_of_a_save_is_a_conflict(tmp_path: Path) -> None:
    path = old_file(tmp_path)

    def flush_while_another_writes(descriptor: int) -> None:
        os.fsync(descriptor)
        path.write_bytes(b"theirs")

    with pytest.raises(ConflictError) as caught:
        save(read(path), NEW, steps=Steps(flush=flush_while_another_writes))
    assert caught.value.current == b"theirs"
    assert path.read_bytes() == b"theirs"
    assert names(tmp_path) == ["web.vmx"]


def test_a_touch_or_a_copy_with_the_same_bytes_is_no_conflict(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    reading = read(path)
    path.rename(tmp_path / "away")
    path.write_bytes(OLD)
    os.utime(path, (5, 5))
    save(reading, NEW)
    assert path.read_bytes() == NEW


def test_the_same_change_made_by_another_is_no_conflict_and_not_written(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    reading = read(path)
    path.write_bytes(NEW)
    before = path.stat()
    assert save(reading, NEW).data == NEW
    assert path.stat().st_mtime_ns == before.st_mtime_ns


# Backups


def test_a_backup_keeps_the_old_bytes_and_mode(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    path.chmod(0o640)
    saved = save(read(path), NEW, backup=True)
    kept = tmp_path / "web.vmx~"
    assert saved.backup == str(kept)
    assert (path.read_bytes(), kept.read_bytes()) == (NEW, OLD)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640
    assert kept.stat().st_nlink == 1
    assert names(tmp_path) == ["web.vmx", "web.vmx~"]


@pytest.mark.parametrize(
    ("older", "kept"),
    [
        (["web.vmx~"], "web.vmx.~1~"),
        (["web.vmx~", "web.vmx.~1~"], "web.vmx.~2~"),
        (["web.vmx.~3~"], "web.vmx.~4~"),
        (["web.vmx~", "web.vmx.~9~", "web.vmx.~10~"], "web.vmx.~11~"),
        (["web.vmx.~x~", "webxvmx.~7~"], "web.vmx~"),
    ],
)
def test_a_backup_never_takes_the_name_of_an_older_one(tmp_path: Path, older: list[str], kept: str) -> None:
    path = old_file(tmp_path)
    for name in older:
        (tmp_path / name).write_bytes(b"older")
    saved = save(read(path), NEW, backup=True)
    assert saved.backup == str(tmp_path / kept)
    assert (tmp_path / kept).read_bytes() == OLD
    assert all((tmp_path / name).read_bytes() == b"older" for name in older)
    assert names(tmp_path) == sorted(["web.vmx", kept, *older])


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOTSUP])
def test_a_file_system_without_hard_links_numbers_backups_too(tmp_path: Path, number: int) -> None:
    def unlinkable(*_: object) -> None:
        raise OSError(number, "x")

    path = old_file(tmp_path)
    (tmp_path / "web.vmx~").write_bytes(b"older")
    save(read(path), NEW, backup=True, steps=Steps(keep_backup=unlinkable))
    assert (tmp_path / "web.vmx~").read_bytes() == b"older"
    assert (tmp_path / "web.vmx.~1~").read_bytes() == OLD
    assert names(tmp_path) == ["web.vmx", "web.vmx.~1~", "web.vmx~"]


def test_a_name_taken_while_the_backup_is_made_is_passed_over(tmp_path: Path) -> None:
    path = old_file(tmp_path)

    def link_after_another(draft: Path, kept: Path) -> None:
        if kept.name == "web.vmx~":
            kept.write_bytes(b"theirs")
        os.link(draft, kept)

    save(read(path), NEW, backup=True, steps=Steps(keep_backup=link_after_another))
    assert (tmp_path / "web.vmx~").read_bytes() == b"theirs"
    assert (tmp_path / "web.vmx.~1~").read_bytes() == OLD


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV, errno.EIO])
def test_no_backup_is_left_or_lost_where_nothing_was_saved(tmp_path: Path, number: int) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "x")

    path = old_file(tmp_path)
    (tmp_path / "web.vmx~").write_bytes(b"older")
    with pytest.raises(SaveError):
        save(read(path), NEW, backup=True, steps=Steps(rename=refuse))
    assert (path.read_bytes(), (tmp_path / "web.vmx~").read_bytes()) == (OLD, b"older")
    assert names(tmp_path) == ["web.vmx", "web.vmx~"]


def test_a_backup_stays_when_an_interrupt_comes_after_the_new_version_is_in_place(tmp_path: Path) -> None:
    def rename_then_interrupt(draft: Path, target: Path) -> None:
        draft.replace(target)
        raise KeyboardInterrupt

    path = old_file(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        save(read(path), NEW, backup=True, steps=Steps(rename=rename_then_interrupt))
    assert (path.read_bytes(), (tmp_path / "web.vmx~").read_bytes()) == (NEW, OLD)


@pytest.mark.parametrize("step", ["own", "permit"])
def test_what_a_file_system_only_pretends_to_set_is_noticed_before_the_file_is_replaced(
    tmp_path: Path, step: str
) -> None:
    path = old_file(tmp_path)
    path.chmod(0o640)
    if step == "own":
        if os.geteuid() != 0:
            pytest.skip("only root can give a file to another user")
        os.chown(path, 1234, 1234)
    pretending: dict[str, Any] = {step: lambda *_: None}
    steps = Steps(**pretending)
    for backup in (False, True):
        with pytest.raises(SaveError, match="pretends to set") as caught:
            save(read(path), NEW, backup=backup, steps=steps)
        assert caught.value.kind is ErrorKind.NOT_KEPT
        assert (path.read_bytes(), names(tmp_path)) == (OLD, ["web.vmx"])


def test_a_link_or_folder_at_the_backups_name_is_left_alone(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    precious = tmp_path / "precious"
    precious.write_bytes(b"precious")
    (tmp_path / "web.vmx~").symlink_to(precious)
    (tmp_path / "web.vmx.~1~").mkdir()
    save(read(path), NEW, backup=True)
    assert precious.read_bytes() == b"precious"
    assert (tmp_path / "web.vmx~").is_symlink()
    assert (tmp_path / "web.vmx.~2~").read_bytes() == OLD


def test_a_name_too_long_for_a_backup_stops_the_save(tmp_path: Path) -> None:
    path = old_file(tmp_path, "n" * 255)
    with pytest.raises(SaveError, match="too long to add"):
        save(read(path), NEW, backup=True)
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["n" * 255]


# Owner, mode, attributes


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o6755, 0o4755])
def test_the_mode_is_kept_whatever_the_umask(tmp_path: Path, mode: int) -> None:
    path = old_file(tmp_path)
    path.chmod(mode)
    before = os.umask(0o077)
    try:
        save(read(path), NEW)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == mode


@needs_root
def test_owner_group_and_mode_are_kept_on_file_and_backup(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    os.chown(path, 1234, 2345)
    path.chmod(0o4750)
    save(read(path), NEW, backup=True)
    for file in (path, tmp_path / "web.vmx~"):
        status = file.stat()
        assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 2345, 0o4750)


@needs_root
def test_a_group_the_user_is_in_is_kept() -> None:
    with open_folder() as folder:
        os.chown(folder, NOBODY, NOBODY)
        path = old_file(folder)
        os.chown(path, NOBODY, 4321)
        as_ordinary_user(lambda: save(read(path), NEW), groups=(4321,))
        assert (path.read_bytes(), path.stat().st_gid) == (NEW, 4321)


@needs_root
def test_a_group_that_cannot_be_kept_stops_the_save() -> None:
    with open_folder() as folder:
        os.chown(folder, NOBODY, NOBODY)
        path = old_file(folder)
        os.chown(path, NOBODY, 4321)
        with pytest.raises(SaveError, match="owner and group"):
            as_ordinary_user(lambda: save(read(path), NEW))
        assert (path.read_bytes(), names(folder)) == (OLD, ["web.vmx"])


@needs_root
def test_another_users_file_is_left_alone() -> None:
    with open_folder() as folder:
        folder.chmod(0o777)
        path = old_file(folder)
        path.chmod(0o666)
        with pytest.raises(SaveError, match="another user"):
            as_ordinary_user(lambda: save(read(path), NEW))
        assert (path.read_bytes(), names(folder)) == (OLD, ["web.vmx"])


def test_a_file_made_read_only_since_it_was_read_is_left_alone() -> None:
    with open_folder() as folder:
        path = old_file(folder)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
            os.chown(path, NOBODY, NOBODY)
        reading = read(path)
        path.chmod(0o444)
        with pytest.raises(SaveError, match="no permission to write to it"):
            as_ordinary_user(lambda: save(reading, NEW))
        assert (path.read_bytes(), names(folder)) == (OLD, ["web.vmx"])


def test_an_error_names_the_file_as_its_user_did(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    (tmp_path / "other").hardlink_to(path)
    link = tmp_path / "link.vmx"
    link.symlink_to(path)
    with pytest.raises(StorageError) as caught:
        save(read(link), NEW)
    assert caught.value.path == str(link)
