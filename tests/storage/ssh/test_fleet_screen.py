"""A fleet on another host: the questions people ask cost as many keys as at home."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.fleet_helpers import fleet, vm

pytestmark = pytest.mark.sshd


_VIM = """case $1 in
vmsvc/getallvms) echo "12 vm0 [ds1] vm0.vmx ubuntu64Guest vmx-20" ;;
vmsvc/power.getstate) echo "Powered off" ;;
vmsvc/snapshot.get) echo "Get Snapshot:" ;;
vmsvc/reload) echo "reloaded $2" ;;
esac"""


async def test_which_disks_backups_skip_is_one_key_and_taking_them_in_four_also_over_ssh(
    host: str, tmp_path: Path, tool: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.storage.ssh.neighbours.VOLUMES", str(tmp_path))
    folder = tmp_path / "ds1"
    folder.mkdir()
    paths = [vm(folder, f"vm{number}", None, "independent-persistent") for number in range(3)]
    tool("vim-cmd", _VIM)
    async with fleet(f"{host}{tmp_path}") as seat:
        assert seat.sees("3 of 3 machines have 3 disks that snapshot backups skip")
        await seat.looked("1")
        assert {name for name, _ in seat.shown} == {"vm0", "vm1", "vm2"}
        await seat.press("ctrl+a")
        await seat.done("s")
        assert seat.sees("3 disks in 3 files to change")
        assert seat.sees("r the host reads it again [ ]")
        await seat.press("r")
        assert seat.sees("r the host reads it again [x]")
        await seat.done("enter")
        assert seat.reads("the host 127.0.0.1 read it again: vim-cmd says"), seat.text()
        assert "3 files saved · u undo" in seat.said()
        assert seat.sees("Snapshot backups skip no disk of 3 machines")
    assert not [path for path in paths if b"independent" in path.read_bytes()]
