"""A fleet on another host: the questions people ask cost as many keys as at home."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.fleet_helpers import fleet, vm

pytestmark = pytest.mark.sshd


async def test_which_disks_backups_skip_is_one_key_and_taking_them_in_four_also_over_ssh(
    host: str, tmp_path: Path
) -> None:
    paths = [vm(tmp_path, f"vm{number}", None, "independent-persistent") for number in range(3)]
    async with fleet(f"{host}{tmp_path}") as seat:
        assert seat.sees("3 of 3 machines have 3 disks that snapshot backups skip")
        await seat.looked("1")
        assert {name for name, _ in seat.shown} == {"vm0", "vm1", "vm2"}
        await seat.press("ctrl+a")
        await seat.done("s")
        assert seat.sees("Take 3 disks in")
        await seat.done("enter")
        assert "3 files saved · u undo" in seat.said()
        assert seat.sees("Snapshot backups skip no disk of 3 machines")
    assert not [path for path in paths if b"independent" in path.read_bytes()]
