"""Every fault at every step of every kind of save: old or new bytes, whole, and nothing lying about."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from itertools import count
from pathlib import Path

import pytest

from tests.storage.faults import Fault, Scene, has_attributes, points, strike
from tests.storage.helpers import NEW, OLD, names, old_file
from tui.storage import SaveError, read
from tui.storage.save_steps import Steps
from tui.storage.writing import save, write_new


@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.name.lower())
@pytest.mark.parametrize("scene", Scene, ids=lambda scene: scene.name.lower())
def test_a_fault_at_any_step_leaves_old_or_new_bytes_whole(
    tmp_path: Path, scene: Scene, fault: Fault
) -> None:
    if scene is Scene.ATTRIBUTES and not has_attributes(tmp_path):
        pytest.skip("this file system knows no attributes")
    rooms = count()
    every = list(points(tmp_path, (scene,)))
    trace = tuple(point.step for point in every if point.fault is Fault.NO_SPACE)
    struck = [point for point in every if point.fault is fault]
    for point in struck:
        room = tmp_path / str(next(rooms))
        room.mkdir()
        left = strike(point, room, trace)
        assert left.error or left.in_place, f"{point}: neither done nor told"
    assert struck


def test_at_least_two_hundred_faults_are_tried_and_no_step_is_left_out(tmp_path: Path) -> None:
    every = list(points(tmp_path))
    assert len(every) >= 200
    needs_root = set() if os.geteuid() == 0 else {"own"}
    assert {point.step for point in every} == {field.name for field in fields(Steps)} - needs_root
    assert {point.fault for point in every} == set(Fault)


@contextmanager
def small_file_system(folder: Path) -> Iterator[Path]:
    """A file system of 64 KiB, where one may be mounted; a note of why not, elsewhere."""
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=64k", "diskmode-test", str(folder)]
    try:
        done = subprocess.run(mounting, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"no file system can be mounted here ({error}); the injected errors stand for it")
    if done.returncode:
        pytest.skip(
            f"no file system can be mounted here ({done.stderr.strip()}); injected errors stand for it"
        )
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def _full_but_for(folder: Path, kibibytes: int) -> None:
    with (folder / "ballast").open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 1024):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC
        file.truncate(max(file.tell() - kibibytes * 1024, 0))


def test_a_disk_that_is_really_full_leaves_the_old_bytes(tmp_path: Path) -> None:
    with small_file_system(tmp_path / "small") as folder:
        path = old_file(folder)
        reading = read(path)
        large = NEW + b"#" * 40_000
        for room, backup in ((0, False), (0, True), (4, False), (4, True), (12, True)):
            _full_but_for(folder, room)
            with pytest.raises(SaveError, match="disk is full, so nothing was saved"):
                save(reading, large, backup=backup)
            assert path.read_bytes() == OLD
            assert set(names(folder)) <= {"ballast", "web.vmx"}
        with pytest.raises(SaveError, match="disk is full"):
            write_new(folder / "new.vmx", large)
        assert names(folder) == ["ballast", "web.vmx"]
        (folder / "ballast").unlink()
        save(reading, large, backup=True)
        assert (path.read_bytes(), (folder / "web.vmx~").read_bytes()) == (large, OLD)


def test_a_file_system_made_read_only_between_reading_and_saving_is_told(tmp_path: Path) -> None:
    with small_file_system(tmp_path / "small") as folder:
        path = old_file(folder)
        reading = read(path)
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        with pytest.raises(SaveError, match="read-only"):
            save(reading, NEW, backup=True)
        with pytest.raises(SaveError, match="read-only"):
            write_new(folder / "new.vmx", NEW)
        assert (path.read_bytes(), names(folder)) == (OLD, ["web.vmx"])
