"""A save over SSH that is struck: a few of the points of ``python -m tests.benchmarks.remote_faults``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interrupts import hear_interrupts
from tests.storage.ssh.cuts import NEW, FarHost, Point, Strike
from tests.storage.ssh.far_side import needs_busybox
from tui.storage.ssh.connections import CONNECTIONS


@pytest.fixture
def far_host(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[FarHost]:
    needs_busybox()
    host = FarHost(tmp_path_factory.mktemp("far"))
    monkeypatch.setenv("DISKMODE_SSH", str(host.ssh))
    CONNECTIONS.close()
    yield host
    CONNECTIONS.close()


@pytest.mark.parametrize(
    "point",
    [
        Point(Strike.SHELL, 6, behind=True),
        Point(Strike.SHELL, 8, backup=True),
        Point(Strike.SHELL, 12, behind=True),
        Point(Strike.LINK, 1),
        Point(Strike.LINK, 6),
        Point(Strike.LINK, 12),
        Point(Strike.LINK, 12, behind=True),
        Point(Strike.FULL, 5),
        Point(Strike.FULL, 9, backup=True),
        Point(Strike.CUT, 0),
        Point(Strike.CUT, len(NEW) - 1, backup=True),
    ],
    ids=lambda one: f"{one.strike.name}-{'behind' if one.behind else 'at'}-{one.at}{'-backup' * one.backup}",
)
def test_a_save_that_is_struck_keeps_its_promises(far_host: FarHost, tmp_path: Path, point: Point) -> None:
    left = far_host.struck(tmp_path, point)
    if point.strike in (Strike.FULL, Strike.CUT):
        assert not left.in_place
        assert left.draft is None


VMX = b'config.version = "8"\nscsi0.present = "TRUE"\nscsi0:0.present = "TRUE"\nscsi0:0.fileName = "a.vmdk"\n'


@pytest.mark.parametrize("call", [2, 8, 12, 15, 18])
def test_a_save_that_is_interrupted_leaves_either_version_and_says_so(
    far_host: FarHost, tmp_path: Path, call: int
) -> None:
    """From the look before the save to its last step: status 130, one draft at most, what is said is true."""
    path = tmp_path / "web01.vmx"
    path.write_bytes(VMX)
    far_host.arm(Point(Strike.KEY, call))
    done = subprocess.run(
        [sys.executable, "-m", "tui", "set", f"ssh://far{path}", "scsi0:0", "--no-snapshot"],
        env={**os.environ, "DISKMODE_STATE": str(tmp_path / "state")},
        preexec_fn=hear_interrupts,
        capture_output=True,
        text=True,
        check=False,
    )
    far_host.wait()
    assert done.returncode == 130, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    saved = path.read_bytes() != VMX
    assert path.read_bytes() in (VMX, VMX + b'scsi0:0.mode = "independent-persistent"\n')
    assert ("is now left out" in done.stderr) == saved, done.stderr
    left = {one.name for one in tmp_path.iterdir()} - {"web01.vmx", "state"}
    assert len(left) <= 1
    assert all(".diskmode-" in name for name in left)
