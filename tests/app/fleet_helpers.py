"""A person before the fleet screen: a folder of machines made for the test, keys pressed, rows read back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.app.helpers import Seat
from tests.scenes import SMALL, Size, fleet_is_scanned
from tui.app.app import DiskmodeApp
from tui.app.fleet.bulk_page import BulkPage
from tui.app.fleet.bulk_review import BulkReview
from tui.app.fleet.fleet_paths import FleetPaths
from tui.app.fleet.fleet_screen import FleetScreen
from tui.app.widgets.entry_list import EntryList
from tui.app.widgets.machine_list import MachineList, MachineRow
from tui.fleet.accept import Acceptance
from tui.settings import load_settings

PATIENCE = 20.0


def vm(
    folder: Path, name: str, *modes: str | None, more: Sequence[str] = (), title: str | None = None
) -> Path:
    """A VMX whose SCSI disks have these modes (None: no such key)."""
    lines = ['config.version = "8"', f'displayName = "{title or name}"', 'scsi0.present = "TRUE"']
    for unit, mode in enumerate(modes):
        lines += [f'scsi0:{unit}.present = "TRUE"', f'scsi0:{unit}.fileName = "{name}_{unit}.vmdk"']
        lines += [f'scsi0:{unit}.mode = "{mode}"'] if mode else []
    path = folder / f"{name}.vmx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("\n".join((*lines, *more, "")).encode())
    return path


def three(folder: Path) -> Path:
    """Two machines with five disks, and a file that is no machine."""
    vm(folder, "db01", None, "independent-persistent", None)
    vm(folder, "web01", "persistent", "independent-nonpersistent")
    (folder / "broken.vmx").write_bytes(b"\x00\x01\x02 nothing of the kind")
    return folder


class FleetSeat(Seat):
    """What a person sees of the fleet."""

    @property
    def fleet(self) -> FleetScreen:
        """The fleet, also below another screen."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, FleetScreen))

    @property
    def at_home(self) -> bool:
        """Whether the fleet itself is on top."""
        return isinstance(self.screen, FleetScreen)

    @property
    def machines(self) -> MachineList:
        """The table."""
        return self.fleet.query_one("#machines", MachineList)

    @property
    def shown(self) -> list[tuple[str, str]]:
        """VM and disk of each row."""
        return [(row.vm, row.address) for row in self.machines.rows]

    @property
    def here(self) -> MachineRow:
        """The row under the cursor."""
        row = self.machines.selected
        assert row is not None
        return row

    def said(self) -> str:
        """What the lines below the table say, as one text."""
        lines = self.fleet.query_one("#details").lines  # type: ignore[attr-defined]
        return " ".join("".join(span.text for span in line).strip() for line in lines)

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for something."""
        deadline = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < deadline, "\n".join(self.seen())
            await asyncio.sleep(0.005)
        await self.pilot.pause()

    async def scanned(self) -> None:
        """Wait for the end of the scan, and until its rows are shown."""
        await self.until(lambda: fleet_is_scanned(self.fleet))
        await self.settle()

    async def looked(self, *keys: str) -> None:
        """Press keys and wait until what they began is shown."""
        await self.press(*keys)
        await self.settle()

    async def done(self, *keys: str) -> None:
        """Press keys and wait until the work they began has ended."""
        await self.press(*keys)
        await self.settle()
        await self.until(lambda: " files  x stops" not in self.said())
        await self.settle()

    async def go(self, vm_name: str, disk: str) -> None:
        """Put the cursor on a row."""
        self.machines.move_to(self.shown.index((vm_name, disk)))
        await self.pilot.pause()

    def text(self) -> str:
        """What the screen on top, a bulk change's, says."""
        screen = self.screen
        if isinstance(screen, BulkReview):
            rows = screen.query_one("#entries", EntryList).rows
            return "\n".join(f"{row.vm} {row.disk} {row.refused or row.change}" for row in rows)
        assert isinstance(screen, BulkPage)
        lines = screen.query_one("#text").lines  # type: ignore[attr-defined]
        return "\n".join("".join(span.text for span in line) for line in lines)


@asynccontextmanager
async def fleet(
    *paths: Path | str, size: Size = SMALL, scan: bool = True, acceptances: tuple[Acceptance, ...] = ()
) -> AsyncIterator[FleetSeat]:
    """Sit down before the fleet of some places, and wait until it is scanned."""
    of = FleetPaths(tuple(str(path) for path in paths), workers=1, acceptances=acceptances)
    app = DiskmodeApp(of, load_settings())
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        seat = FleetSeat(app, pilot)
        if scan:
            await seat.scanned()
        yield seat
