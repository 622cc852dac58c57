"""The scenes that are looked at: what is opened, the keys pressed, and the sizes it is seen at.

The snapshot tests compare all of them; ``python -m tests.screenshots`` writes those the README shows.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest.mock import patch

from textual.pilot import Pilot
from textual.screen import Screen

from tests.standing import standing
from tui.app.app import DiskmodeApp
from tui.app.fleet.fleet_paths import FleetPaths
from tui.app.fleet.fleet_screen import FleetScreen
from tui.app.history import history_presentation
from tui.app.widgets.lines import Lines
from tui.history import change_store
from tui.history.change import Change
from tui.machine import machine
from tui.session import Choices, open_reading
from tui.settings import load_settings
from tui.storage import read

SAMPLES = Path(__file__).parents[1] / "sample_vms"
# Where the pictures say the files lie.
PRETENDED = "/vms"
SETTINGS = "~/.config/diskmode/config.toml"
# One sample, for the editor; or files and folders for the fleet, as seen from where the samples' folder lies.
Opened = str | tuple[str, ...]
EVERY: Opened = (SAMPLES.name,)
SOME: Opened = tuple(f"{SAMPLES.name}/{name}" for name in ("esxi8-web01.vmx", "rdm", "moved-away.vmx"))
_PATIENCE = 20.0


class Size(NamedTuple):
    """Columns and rows of a terminal."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


SMALL = Size(80, 24)
WIDE = Size(120, 40)
WIDEST = Size(160, 45)
BOTH = (SMALL, WIDE)


@dataclass(frozen=True, slots=True)
class Scene:
    """``shown`` are the sizes of which ``screenshots/`` keeps a picture."""

    name: str
    opened: Opened
    keys: tuple[str, ...] = ()
    sizes: tuple[Size, ...] = BOTH
    shown: tuple[Size, ...] = ()


_SAVED = ("s", "ctrl+s", "enter")
_LEFT_OUT = ("slash", *"rule:not-in-snapshots", "enter")
SCENES = (
    Scene("editor", "esxi8-web01.vmx", (), (*BOTH, WIDEST), BOTH),
    Scene("changed", "esxi8-web01.vmx", ("s",), BOTH, BOTH),
    Scene("refused", "esxi8-web01.vmx", ("p",), BOTH, (SMALL,)),
    Scene("independent", "esxi8-web01.vmx", ("down",), (*BOTH, WIDEST)),
    Scene("modes", "esxi8-web01.vmx", ("m",), BOTH, (SMALL,)),
    Scene("presets", "kvm-presets.xml", ("m",), (SMALL,)),
    Scene("review", "esxi8-web01.vmx", ("s", "down", "s", "ctrl+s"), BOTH, (SMALL,)),
    Scene("leaving", "esxi8-web01.vmx", ("s", "q"), (SMALL,)),
    Scene("filter", "sixty-disks.vmx", ("slash", *"scsi2"), (SMALL,), (SMALL,)),
    Scene("sixty", "sixty-disks.vmx", ("G",), BOTH, (WIDE,)),
    Scene("marked", "sixty-disks.vmx", ("down", "space", "space", "space", "s"), BOTH, (WIDE,)),
    Scene("which-way", "esxi8-web01.vmx", ("ctrl+a", "s"), (SMALL,)),
    Scene("mend", "bad-modes.vmx", ("F",), (SMALL,)),
    Scene("searched", "sixty-disks.vmx", ("tab", "slash", *"mode =", "enter"), (SMALL,)),
    Scene("held", "delta-snapshots/delta-snapshots.vmx", (), (SMALL,)),
    Scene("diff", "esxi8-db02.vmx", ("s", "down", "s", "v", "v"), BOTH, (WIDE,)),
    Scene("domain", "kvm-app01.xml", ("down", "down"), BOTH, BOTH),
    Scene("domain-to-vmx", "vmware-esx.xml", ("down", "tab"), (SMALL,)),
    Scene("legacy", "gsx-legacy.vmx", ("down",), (SMALL,)),
    Scene("gbk", "gbk-guest.vmx", ("down",), (SMALL,), (SMALL,)),
    Scene("encrypted", "encrypted.vmx", (), (SMALL,)),
    Scene("domains", "several-domains.xml", (), (SMALL,)),
    Scene("hypervisors", "esxi8-web01.vmx", ("h",), (SMALL,)),
    Scene("spellings", "kvm-app01.xml", ("x",), (SMALL,)),
    Scene("plan", "kvm-app01.xml", ("n", "tab", "down", "o"), BOTH, (SMALL,)),
    Scene("locked", "rdm/rdm.vmx", ("down",), (SMALL,), (SMALL,)),
    Scene("losses", "esxi8-web01.vmx", ("l",), (SMALL,)),
    Scene("findings", "cluster-multiwriter.vmx", ("down", "f"), (SMALL,)),
    Scene("help", "esxi8-web01.vmx", ("question_mark",), BOTH, (WIDE,)),
    Scene("history", "esxi8-web01.vmx", (*_SAVED, "down", *_SAVED, "H"), BOTH),
    Scene("history-undo", "esxi8-web01.vmx", (*_SAVED, "H", "u"), (SMALL,)),
    Scene("fleet", EVERY, (), BOTH, BOTH),
    Scene("fleet-disk", EVERY, ("down", "down"), (SMALL,)),
    Scene("fleet-filter", EVERY, ("slash", *"mode:indep"), (SMALL,)),
    Scene("fleet-by-vm", EVERY, ("g",), (SMALL,)),
    Scene("fleet-by-rule", EVERY, ("g", "g"), BOTH, (WIDE,)),
    Scene("fleet-marked", EVERY, (*_LEFT_OUT, "ctrl+a"), (SMALL,)),
    Scene("fleet-review", EVERY, (*_LEFT_OUT, "ctrl+a", "s"), BOTH, (SMALL,)),
    Scene("fleet-places", SOME, ("end",), (SMALL,)),
    Scene("fleet-history", SOME, ("1", "ctrl+a", "s", "enter", "H"), BOTH),
)
SIGHTS = tuple((scene, size) for scene in SCENES for size in scene.sizes)
PICTURES = tuple((scene, size) for scene in SCENES for size in scene.shown)


def _copy(opened: Opened, folder: Path) -> None:
    """A sample, with what lies beside it where that is a folder of its own; or all samples, for the fleet."""
    if not isinstance(opened, str):
        shutil.copytree(SAMPLES, folder / SAMPLES.name, ignore=shutil.ignore_patterns("rvtools"))
        return
    beside = (SAMPLES / opened).parent
    for one in (SAMPLES / opened,) if beside == SAMPLES else beside.iterdir():
        shutil.copyfile(one, folder / one.name)


def _numbered() -> Callable[..., Change]:
    """Makes changes with names that follow one another in the place of random ones."""
    numbers = count(1)
    return lambda _, *rest: Change(f"{next(numbers):08x}", *rest)


@contextmanager
def among_samples(opened: Opened) -> Iterator[Path]:
    """A folder of copies to be in, so that no scene tells where, when and under which names it was made."""
    before = Path.cwd()
    with TemporaryDirectory() as name, TemporaryDirectory() as state, ExitStack() as stack:
        folder = Path(name)
        _copy(opened, folder)
        os.chdir(folder)
        stack.callback(os.chdir, before)
        for of, what, instead in (
            (machine, "full_name", lambda path: f"{PRETENDED}/{path}"),
            (history_presentation, "local_minute", lambda _: "2026-11-28 09:30"),
            (change_store, "Change", _numbered()),
        ):
            stack.enter_context(patch.object(of, what, instead))
        stack.enter_context(patch.dict(os.environ, {"DISKMODE_CONFIG": SETTINGS, "DISKMODE_STATE": state}))
        yield folder


def scene_app(scene: Scene) -> DiskmodeApp:
    """The program on a scene's copies, which lie in the current folder; the theme the default one."""
    opened = scene.opened
    what = (
        open_reading(read(Path(Path(opened).name)), Choices())
        if isinstance(opened, str)
        else FleetPaths(opened, workers=1)
    )
    app = DiskmodeApp(what, load_settings())
    app.theme = "diskmode"
    app.animation_level = "none"
    return app


def player(scene: Scene) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Who presses a scene's keys, and waits for what the program reads in the background."""

    async def play(pilot: Pilot[None]) -> None:
        await standing(pilot.app)
        if not isinstance(scene.opened, str):
            await _scanned(pilot)
        await pilot.app.workers.wait_for_complete()
        for key in scene.keys:
            await pilot.press(key)
            await pilot.app.workers.wait_for_complete()
            await standing(pilot.app)
        await standing(pilot.app)

    return play


async def _scanned(pilot: Pilot[None]) -> None:
    """Wait for the end of the fleet's scan, and until all that it found is shown."""

    async with asyncio.timeout(_PATIENCE):
        while not fleet_is_scanned(pilot.app.screen):
            await asyncio.sleep(0.01)
    await pilot.app.workers.wait_for_complete()


def fleet_is_scanned(screen: Screen[Any]) -> bool:
    """Whether the title of a fleet says that its scan has ended."""
    if not isinstance(screen, FleetScreen):
        return False
    title = "".join(span.text for line in screen.query_one("#title", Lines).lines for span in line)
    return any(noun in title for noun in (" file", " domain")) and "scanning" not in title


def picture(scene: Scene, size: Size) -> str:
    """The scene as an SVG: the same bytes on every machine, and nothing to be fetched to look at it."""

    async def drawn() -> str:
        app = scene_app(scene)
        async with app.run_test(size=size) as pilot:
            await player(scene)(pilot)
            return app.export_screenshot(title="diskmode", simplify=True)

    with among_samples(scene.opened):
        return published(scene.name, asyncio.run(drawn()))


def published(name: str, svg: str) -> str:
    """Rich's picture as the README shows it: ids by the picture's name, and no font to be fetched."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code", "'DejaVu Sans Mono', 'Fira Code'")
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)  # else librsvg drops the blanks at the ends
    return re.sub(r"\bterminal-(?:\d+-)?", f"{name}-", svg)
