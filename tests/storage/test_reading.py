import errno
import fcntl
import io
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.storage.helpers import NEW, OLD, as_ordinary_user, names, needs_root, old_file, open_folder
from tui.storage import (
    MAX_BYTES,
    ErrorKind,
    MissingError,
    SaveError,
    StorageError,
    UnreadableError,
    current,
    from_here,
    read,
    read_stream,
    regular,
    save,
)
from tui.storage.local_reading import read_bytes


def test_reading_gives_the_bytes_and_where_they_are_from(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    reading = read(path)
    assert (str(reading.path), reading.target, reading.data) == (str(path), str(path.resolve()), OLD)
    assert reading.writable and reading.why_not is None and reading.doubt is None


@given(data=st.binary(min_size=1, max_size=4096))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_as_they_are(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any"
    path.write_bytes(data)
    assert read(path).data == data
    assert read_stream(io.BytesIO(data), "-").data == data


def _missing(folder: Path) -> Path:
    return folder / "absent.vmx"


def _empty(folder: Path) -> Path:
    path = folder / "empty.vmx"
    path.touch()
    return path


def _folder(folder: Path) -> Path:
    return folder


def _fifo(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def _socket(folder: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as unix:
        here = Path.cwd()
        os.chdir(folder)
        try:
            unix.bind("socket")
        finally:
            os.chdir(here)
    return folder / "socket"


def _device(_: Path) -> Path:
    return Path("/dev/zero")


def _large(folder: Path) -> Path:
    with (folder / "large.vmx").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    return folder / "large.vmx"


def _circle(folder: Path) -> Path:
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    return folder / "a"


def _dangling(folder: Path) -> Path:
    (folder / "link.vmx").symlink_to("nowhere.vmx")
    return folder / "link.vmx"


def _long(folder: Path) -> Path:
    return folder / ("n" * 256)


def _through_a_file(folder: Path) -> Path:
    return old_file(folder) / "inside"


def _with_nul(folder: Path) -> Path:
    return folder / "a\0b"


REFUSALS: list[tuple[Callable[[Path], Path], str, str]] = [
    (_missing, "no such file", "missing"),
    (_empty, "empty", "empty"),
    (_folder, "a folder", "not-a-file"),
    (_fifo, "named pipe", "not-a-file"),
    (_socket, "socket", "not-a-file"),
    (_device, "character device", "not-a-file"),
    (_large, "64 MiB", "too-large"),
    (_circle, "circle", "link-loop"),
    (_dangling, "symbolic link to nowhere.vmx", "missing"),
    (_long, "too long", "io-error"),
    (_through_a_file, "not a folder", "missing"),
    (_with_nul, "no file can have this name", "io-error"),
]


@pytest.mark.parametrize(
    ("make", "sentence", "kind"), REFUSALS, ids=[make.__name__[1:] for make, _, _ in REFUSALS]
)
def test_what_is_no_readable_file_is_refused_in_its_own_words(
    tmp_path: Path, make: Callable[[Path], Path], sentence: str, kind: str
) -> None:
    path = make(tmp_path)
    for reader in (_with_all_a_save_needs, _whole):
        with pytest.raises(UnreadableError) as caught:
            reader(path)
        assert sentence in caught.value.what
        assert caught.value.remedy
        assert caught.value.path == str(path)
        assert caught.value.kind is ErrorKind(kind)


@pytest.mark.parametrize("make", [_missing, _dangling])
def test_nothing_at_the_path_is_told_apart(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    with pytest.raises(MissingError):
        read(make(tmp_path))


def test_a_file_without_read_permission_is_refused() -> None:
    with open_folder() as folder:
        path = old_file(folder)
        path.chmod(0)
        with pytest.raises(UnreadableError, match="no permission to read"):
            as_ordinary_user(lambda: read(path))


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE, errno.ENODEV])
def test_any_system_error_becomes_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    path = old_file(tmp_path)

    def fail(*_: object) -> bytes:
        raise OSError(number, "x")

    with monkeypatch.context() as patch, pytest.raises(UnreadableError) as caught:
        patch.setattr(os, "read", fail)
        read(path)
    assert isinstance(caught.value.__cause__, OSError)


def test_a_pipe_put_in_place_after_the_first_look_neither_blocks_nor_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = old_file(tmp_path)
    honest = os.open

    def swap_then_open(name: str, flags: int) -> int:
        path.unlink()
        os.mkfifo(path)
        return honest(name, flags)

    with monkeypatch.context() as patch, pytest.raises(UnreadableError, match="named pipe"):
        patch.setattr(os, "open", swap_then_open)
        read(path)


def test_a_file_of_exactly_the_limit_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regular, "MAX_BYTES", len(OLD))
    assert read(old_file(tmp_path)).data == OLD


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")
def test_the_limit_holds_for_a_file_whose_size_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    lying = Path("/proc/self/status")
    assert lying.stat().st_size == 0
    assert read(lying).data
    monkeypatch.setattr(regular, "MAX_BYTES", 10)
    with pytest.raises(UnreadableError, match="64 MiB"):
        read(lying)


def test_a_file_that_keeps_changing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old_file(tmp_path)
    honest = os.read

    def grow(descriptor: int, size: int) -> bytes:
        chunk = honest(descriptor, size)
        with path.open("ab") as file:
            file.write(b"x")
        return b"" if len(chunk) == 1 else chunk

    with monkeypatch.context() as patch, pytest.raises(UnreadableError, match="writing to it"):
        patch.setattr(os, "read", grow)
        read(path)


def _whole(path: Path) -> bytes | None:
    return read_bytes(str(path))


def _with_all_a_save_needs(path: Path) -> bytes | None:
    return read(path).data


@pytest.mark.parametrize("reader", [_whole, _with_all_a_save_needs])
def test_a_file_rewritten_in_its_own_length_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: Callable[[Path], bytes | None]
) -> None:
    path = tmp_path / "web.vmx"
    path.write_bytes(b"first")
    os.utime(path, (1, 1))
    honest = os.read
    again = iter([True])

    def rewrite_after_the_first(descriptor: int, size: int) -> bytes:
        chunk = honest(descriptor, size)
        if next(again, False):
            path.write_bytes(b"later")
        return chunk

    with monkeypatch.context() as patch:
        patch.setattr(os, "read", rewrite_after_the_first)
        assert reader(path) == b"later"


def test_a_close_that_fails_where_obstacles_are_looked_for_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = old_file(tmp_path)
    honest, asked = os.close, fcntl.ioctl
    marks: list[int] = []

    def note(descriptor: int, *arguments: Any) -> Any:
        marks.append(descriptor)
        return asked(descriptor, *arguments)

    def fail(descriptor: int) -> None:
        honest(descriptor)
        if descriptor in marks:
            marks.clear()
            raise OSError(errno.EIO, "x")

    monkeypatch.setattr(fcntl, "ioctl", note)
    with monkeypatch.context() as patch:
        patch.setattr(os, "close", fail)
        reading = read(path)
        assert not reading.writable
        assert reading.why_not == "the disk failed while it was written"
        with pytest.raises(SaveError, match="nothing was saved"):
            save(reading, NEW)
    assert (path.read_bytes(), names(tmp_path)) == (OLD, ["web.vmx"])


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    before = len(names(Path("/proc/self/fd")))
    read(old_file(tmp_path))
    with pytest.raises(UnreadableError):
        read(_empty(tmp_path))
    assert len(names(Path("/proc/self/fd"))) == before


# Standard input


def test_a_stream_cannot_be_written_back_to() -> None:
    reading = read_stream(io.BytesIO(OLD), "standard input")
    assert (reading.path, reading.target, reading.writable) == (None, None, False)
    assert reading.why_not is not None and "standard input" in reading.why_not


class Dribble(io.RawIOBase):
    """A stream that gives one byte at a time, and fails or falters at the end when told to."""

    def __init__(self, data: bytes, end: bytes | OSError | None = b"") -> None:
        self.rest = data
        self.end = end

    def read(self, size: int = -1, /) -> bytes | None:
        if self.rest:
            byte, self.rest = self.rest[: min(size, 1)], self.rest[1:]
            return byte
        if isinstance(self.end, OSError):
            raise self.end
        return self.end


def test_a_stream_that_comes_in_pieces_is_read_to_its_end() -> None:
    assert read_stream(Dribble(OLD), "-").data == OLD


@pytest.mark.parametrize(
    ("stream", "sentence"),
    [
        (io.BytesIO(b""), "empty"),
        (Dribble(OLD, OSError(errno.EISDIR, "x")), "a folder"),
        (Dribble(OLD, None), "no bytes are ready"),
    ],
)
def test_a_stream_without_a_whole_content_is_refused(stream: io.BytesIO | Dribble, sentence: str) -> None:
    with pytest.raises(UnreadableError, match=sentence) as caught:
        read_stream(stream, "standard input")
    assert caught.value.path == "standard input"


def test_a_stream_beyond_the_limit_is_refused_and_one_at_the_limit_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(regular, "MAX_BYTES", 5)
    assert read_stream(io.BytesIO(b"12345"), "-").data == b"12345"
    with pytest.raises(UnreadableError, match="64 MiB"):
        read_stream(io.BytesIO(b"123456"), "-")


# Whether it could be saved


def _why_not(path: Path) -> str | None:
    reading = as_ordinary_user(lambda: read(path))
    assert reading.writable == (reading.why_not is None)
    return reading.why_not


def _given(path: Path) -> Path:
    if os.geteuid() == 0:
        os.chown(path, 65534, 65534)
    return path


def test_a_read_only_file_is_readable_not_writable() -> None:
    with open_folder() as folder:
        _given(folder)
        path = _given(old_file(folder))
        assert _why_not(path) is None
        path.chmod(0o444)
        assert _why_not(path) == "you have no permission to write to it"


def test_a_file_in_a_folder_that_takes_no_new_file_is_not_writable() -> None:
    with open_folder() as folder:
        _given(folder)
        path = _given(old_file(folder))
        folder.chmod(0o555)
        assert "folder is not writable" in str(_why_not(path))


@needs_root
def test_another_users_file_is_not_writable_even_when_its_mode_allows_it() -> None:
    with open_folder() as folder:
        folder.chmod(0o777)
        path = old_file(folder)
        path.chmod(0o666)
        assert "another user" in str(_why_not(path))


def test_a_file_on_a_read_only_file_system_is_not_writable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class ReadOnly:
        f_flag = os.ST_RDONLY

    monkeypatch.setattr(os, "statvfs", lambda _: ReadOnly)
    assert read(old_file(tmp_path)).why_not == "the file system is read-only"


def test_a_file_with_two_names_is_not_writable(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    (tmp_path / "other").hardlink_to(path)
    assert "hard links" in str(read(path).why_not)


def test_where_marks_are_unknown_none_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> bytes:
        raise OSError(errno.ENOTTY, "x")

    monkeypatch.setattr(fcntl, "ioctl", unknown)
    assert read(old_file(tmp_path)).writable


# What is there now


def test_what_stands_there_now_can_be_read(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    reading = read(path)
    path.write_bytes(NEW)
    now = current(reading)
    assert now is not None and now.data == NEW


def test_a_file_that_is_gone_has_no_current_reading(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    reading = read(path)
    path.unlink()
    assert current(reading) is None


def test_a_file_replaced_by_a_folder_cannot_be_read_again(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    reading = read(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(StorageError):
        current(reading)


def test_standard_input_stays_what_it_was() -> None:
    reading = read_stream(io.BytesIO(OLD), "-")
    assert current(reading) is reading


def test_a_path_below_the_current_folder_is_told_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert from_here(f"{tmp_path}/vms/a.vmx") == "vms/a.vmx"
    assert from_here(f"{tmp_path}x/a.vmx") == f"{tmp_path}x/a.vmx"
    assert from_here("ssh://host/vms/a.vmx") == "ssh://host/vms/a.vmx"
