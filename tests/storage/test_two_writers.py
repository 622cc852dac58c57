"""Somebody else writes the same file: they are told, and never silently overwritten."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.app.helpers import WEB, copied, seated
from tests.storage.helpers import NEW, OLD, names, old_file
from tui.disks import Policy
from tui.machine import machine_in
from tui.storage import ConflictError, StorageError, UnreadableError, read
from tui.storage.save_steps import SYSTEM, Steps
from tui.storage.writing import save

THEIRS = b'scsi0:0.mode = "independent-nonpersistent"\n'
SECONDS = 2.5


def _at(step: str, action: Callable[[], object]) -> Steps:
    """The system's steps, with somebody else at work just before one of them."""
    honest: Callable[..., Any] = getattr(SYSTEM, step)

    def interrupted(*arguments: Any) -> Any:
        action()
        return honest(*arguments)

    changes: dict[str, Any] = {step: interrupted}
    return replace(SYSTEM, **changes)


def _in_place(path: Path) -> None:
    path.write_bytes(THEIRS)


def _by_rename(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(THEIRS)
    other.replace(path)


def _by_append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"# theirs\n")


def _by_truncation(path: Path) -> None:
    os.truncate(path, 0)


def _by_link(path: Path) -> None:
    elsewhere = path.with_name("elsewhere")
    elsewhere.write_bytes(THEIRS)
    path.unlink()
    path.symlink_to(elsewhere)


def _by_link_to_the_same_bytes(path: Path) -> None:
    elsewhere = path.with_name("elsewhere")
    elsewhere.write_bytes(OLD)
    path.unlink()
    path.symlink_to(elsewhere)


def _by_link_to_nothing(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def _by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _by_removal(path: Path) -> None:
    path.unlink()


CHANGES = (
    *(_in_place, _by_rename, _by_append, _by_truncation, _by_link, _by_link_to_the_same_bytes),
    *(_by_link_to_nothing, _by_pipe, _by_folder, _by_removal),
)


def _state(folder: Path) -> list[tuple[str, int, object]]:
    found = []
    for entry in sorted(folder.iterdir()):
        status = entry.lstat()
        kind = status.st_mode
        held: object = os.readlink(entry) if entry.is_symlink() else None  # noqa: PTH115 - its bytes
        if entry.is_file() and not entry.is_symlink():
            held = entry.read_bytes()
        found.append((entry.name, kind, held))
    return found


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_a_file_changed_between_reading_and_saving_is_left_alone(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    path = old_file(tmp_path)
    reading = read(path)
    change(path)
    theirs = _state(tmp_path)
    for backup in (False, True):
        with pytest.raises(StorageError) as caught:
            save(reading, NEW, backup=backup)
        assert isinstance(caught.value, ConflictError) or "so nothing was saved" in caught.value.what
        assert _state(tmp_path) == theirs


@pytest.mark.parametrize("step", ["create", "write", "flush", "close", "permit", "attributes"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_a_file_changed_while_the_save_goes_on_is_left_alone(
    tmp_path: Path, change: Callable[[Path], None], step: str
) -> None:
    path = old_file(tmp_path)
    reading = read(path)
    theirs: list[list[tuple[str, int, object]]] = []

    def once() -> None:
        if not theirs:
            drafts = {entry.name for entry in tmp_path.iterdir() if ".diskmode-" in entry.name}
            change(path)
            theirs.append([one for one in _state(tmp_path) if one[0] not in drafts])

    with pytest.raises(StorageError):
        save(reading, NEW, steps=_at(step, once))
    assert _state(tmp_path) == theirs[0]


def test_of_two_editors_the_second_to_save_is_told(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    first, second = read(path), read(path)
    mine = save(first, NEW)
    with pytest.raises(ConflictError) as caught:
        save(second, THEIRS)
    assert caught.value.current == NEW
    assert path.read_bytes() == NEW
    save(mine, THEIRS)
    with pytest.raises(ConflictError):
        save(second, b"x")
    assert path.read_bytes() == THEIRS


async def test_of_two_editors_on_screen_the_second_to_save_is_told(tmp_path: Path) -> None:
    path = copied(WEB, tmp_path)
    async with seated(path) as seat:
        await seat.press("s")
        other = machine_in(path.read_bytes()).document
        theirs = other.with_policy(1, Policy(snapshot=True, persistent=True)).data
        theirs = theirs if theirs != other.data else other.data + b"# theirs\n"
        save(read(path), theirs)
        await seat.press("ctrl+s", "enter")
        await seat.settle()
        assert path.read_bytes() == theirs


_REWRITER = """
import itertools, os, random, sys, time
path, manner = sys.argv[1:]
for number in itertools.count():
    data = b'config.version = "8"\\nwriter = "%d"\\n' % number + b'# filler\\n' * 400
    if manner == "rename":
        time.sleep(random.random() / 100)
        with open(path + ".other", "wb") as file:
            file.write(data)
        os.replace(path + ".other", path)
    else:
        with open(path, "r+b") as file:
            file.write(data)
            file.truncate()
"""


@contextmanager
def _rewriting(path: Path, manner: str) -> Iterator[subprocess.Popen[bytes]]:
    writer = subprocess.Popen([sys.executable, "-c", _REWRITER, path, manner])
    try:
        yield writer
    finally:
        writer.send_signal(signal.SIGCONT)
        writer.kill()
        writer.wait()


def _stopped(writer: subprocess.Popen[bytes]) -> None:
    writer.send_signal(signal.SIGSTOP)
    while Path(f"/proc/{writer.pid}/stat").read_bytes().rsplit(b")", 1)[1][1:2] != b"T":
        time.sleep(0.0001)


def test_a_save_in_a_race_is_done_exactly_when_nobody_wrote_since_the_reading(tmp_path: Path) -> None:
    """The other process runs until the draft is whole, and stands still from the last look to the rename.

    There is no lock that VMware or virsh would heed.
    """
    path = tmp_path / "web.vmx"
    path.write_bytes(b'config.version = "8"\nwriter = "first"\n')
    told: dict[bool, int] = {True: 0, False: 0}
    with _rewriting(path, "rename") as writer:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            there: list[bytes] = []

            def stop_and_look(there: list[bytes] = there) -> None:
                _stopped(writer)
                there.append(path.read_bytes())

            try:
                reading = read(path)
            except UnreadableError:
                continue
            mine = reading.data + b"# mine\n"
            try:
                save(reading, mine, steps=_at("close", stop_and_look))
                done = True
            except StorageError:
                done = False
            if there:
                assert done == (there[0] == reading.data)
                assert path.read_bytes() == (mine if done else there[0])
                told[done] += 1
            writer.send_signal(signal.SIGCONT)
        assert writer.poll() is None
    assert all(told.values()), told
    assert set(names(tmp_path)) <= {"web.vmx", "web.vmx.other"}


@pytest.mark.parametrize("manner", ["rename", "in place"])
def test_what_is_read_while_another_process_rewrites_it_is_one_version_or_told(
    tmp_path: Path, manner: str
) -> None:
    path = tmp_path / "web.vmx"
    path.write_bytes(b'config.version = "8"\nwriter = "first"\n')
    whole = torn = 0
    with _rewriting(path, manner):
        end = time.monotonic() + 1.0
        while time.monotonic() < end:
            try:
                data = read(path).data
            except UnreadableError:
                continue
            torn += data.count(b"config.version") != 1 or not data.endswith(b"\n")
            whole += 1
    assert whole
    assert not torn
