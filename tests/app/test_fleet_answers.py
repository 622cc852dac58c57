"""The questions a tired administrator opens a fleet with, and the keys that each costs, opening it apart."""

from __future__ import annotations

from pathlib import Path

from tests.app.fleet_helpers import fleet, vm


async def test_which_disks_in_this_folder_do_my_backups_skip_is_one_key(tmp_path: Path) -> None:
    vm(tmp_path, "db01", None, "independent-persistent")
    vm(tmp_path, "web01", None, None)
    (tmp_path / "kvm.xml").write_text(
        "<domain type='kvm'><name>kvm</name><devices><disk type='file' device='disk' snapshot='no'>"
        "<source file='/a'/><target dev='vda' bus='virtio'/></disk></devices></domain>"
    )
    async with fleet(tmp_path) as seat:
        assert seat.sees("2 of 3 machines have 2 disks that snapshot backups skip")
        await seat.looked("1")
        assert seat.shown == [("db01", "scsi0:1"), ("kvm", "vda")]


async def test_to_take_the_disks_of_forty_machines_in_again_is_four_keys(tmp_path: Path) -> None:
    paths = [vm(tmp_path, f"vm{number:02}", None, "independent-persistent") for number in range(40)]
    async with fleet(tmp_path) as seat:
        await seat.looked("1")
        await seat.press("ctrl+a")
        await seat.done("s")
        assert seat.sees("40 disks in 40 files to change")
        await seat.done("enter")
        assert "40 files saved · u undo" in seat.said()
        assert seat.sees("Snapshot backups skip no disk of 40 machines")
        assert len(seat.shown) == 40, "what was changed stays in view"
    assert not [path for path in paths if b"independent" in path.read_bytes()]
