"""The fleet opens where a bulk change was killed: what is to become of it is asked."""

from __future__ import annotations

from pathlib import Path

from tests.app.fleet_helpers import fleet
from tests.fleet.test_interrupted import killed

__all__ = ["killed"]


async def test_what_was_interrupted_is_offered_and_finished_after_a_look(
    tmp_path: Path, killed: dict[str, bytes]
) -> None:
    folder = tmp_path / "vms"
    async with fleet(folder) as seat:
        assert seat.sees("Take 4 in")
        assert seat.sees("2 files were not reached")
        await seat.press("escape")
    async with fleet(folder) as seat:
        await seat.done("enter")
        assert seat.text() == (
            "c scsi0:0 (sda) independent-persistent -> persistent\n"
            "d scsi0:0 (sda) independent-persistent -> persistent"
        )
        await seat.done("enter")
        await seat.scanned()
        assert seat.at_home
        assert seat.sees("skip no disk of 4 machines")
        assert seat.sees("u undo")
    async with fleet(folder) as seat:
        assert seat.at_home, "it is finished, and asked about no more"
