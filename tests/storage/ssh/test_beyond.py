"""What a save over SSH would lose is told when the file is read: access lists and extended attributes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.storage.ssh.conftest import Tool
from tests.storage.ssh.far_side import FarSide
from tui.storage import place_of
from tui.storage.ssh.answers import looked
from tui.storage.ssh.scripts import LOOK, SMALL, VOLUMES


def beyond(far: FarSide, path: Path) -> str:
    done = far.run(LOOK, str(path), "1000000", str(SMALL // 512 + 1), VOLUMES)
    assert (done.returncode, done.stderr) == (0, b"")
    return looked(done.stdout, "far").beyond


def have(far: FarSide, *names: str) -> None:
    """Let the far side have programs of this computer."""
    for name in names:
        program = shutil.which(name)
        if program is None:
            if os.environ.get("CI"):
                pytest.fail(f"{name} is missing, and CI installs it")
            pytest.skip(f"{name} is not installed")
        (far.tools / name).unlink(missing_ok=True)
        (far.tools / name).symlink_to(program)


def test_where_no_program_tells_of_them_that_is_told(far: FarSide, vm: Path) -> None:
    assert beyond(far, vm) == "AX"


def test_a_file_with_neither_has_neither(far: FarSide, vm: Path) -> None:
    have(far, "getfacl", "getfattr")
    assert beyond(far, vm) == ""
    (far.tools / "getfacl").unlink()
    have(far, "ls")
    assert beyond(far, vm) == ""


@pytest.mark.parametrize("tells", ["ls", "getfacl"])
def test_an_access_list_and_an_attribute_are_seen(far: FarSide, vm: Path, tells: str) -> None:
    have(far, tells, "getfattr", "setfacl", "setfattr")
    for words in (["setfacl", "-m", "u:65534:r"], ["setfattr", "-n", "user.note", "-v", "x"]):
        if subprocess.run([*words, str(vm)], capture_output=True, check=False).returncode:
            pytest.skip("this file system keeps none")
    assert beyond(far, vm) == "ax"


def test_an_esxi_host_is_not_asked(far: FarSide, vm: Path) -> None:
    far.tool("vim-cmd", ":")
    far.tool("getfacl", "echo user:x:r")
    assert beyond(far, vm) == ""


@pytest.mark.sshd
def test_what_a_save_would_lose_stands_in_the_reading(host: str, vm: Path, tool: Tool) -> None:
    place, path = place_of(f"{host}{vm}")
    assert "does not tell whether the file has an access list" in str(place.read(path).not_kept)
    tool("getfattr", "echo '# file: x'; echo user.note")
    tool("getfacl", "echo user:nobody:r--")
    assert place.read(path).not_kept == (
        "over SSH its access list and its extended attributes cannot be kept: "
        "saved, it has those of a new file"
    )
    tool("getfattr", "")
    tool("getfacl", "")
    assert place.read(path).not_kept is None
