"""A save over SSH that is struck: a few of the points of ``python -m tests.benchmarks.remote_faults``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

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
