"""One table of keys: the key line, the help, the palette and the keymap all come from it."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.command import CommandList, CommandPalette, DiscoveryHit
from textual.screen import Screen
from textual.widget import Widget

from tests.app.helpers import WEB, copied, seated
from tui.app.app import DiskmodeApp
from tui.app.dialogs.choice import ChoiceList, ChoiceScreen
from tui.app.dialogs.help import HelpScreen
from tui.app.dialogs.prompt import PromptScreen
from tui.app.dialogs.review import ReviewScreen
from tui.app.editor.editor_screen import EditorScreen
from tui.app.palette import ActionCommands
from tui.app.widgets.disk_list import DiskList
from tui.app.widgets.document_view import DocumentView
from tui.keys.editor import EDITOR_KEYS
from tui.keys.moving import DISK_LIST_KEYS

OWNERS: tuple[type[Screen[object]] | type[Widget] | type[DiskmodeApp], ...] = (
    EditorScreen,
    ChoiceScreen,
    HelpScreen,
    PromptScreen,
    ReviewScreen,
    ChoiceList,
    DiskList,
    DocumentView,
)
BINDINGS = [binding for owner in OWNERS for binding in owner.__dict__["BINDINGS"]]


@pytest.mark.parametrize("binding", BINDINGS, ids=lambda binding: binding.id or binding.key)
def test_a_key_has_an_id_a_description_and_a_tooltip(binding: Binding) -> None:
    assert binding.id
    assert binding.description
    assert binding.tooltip


def test_no_two_keys_share_an_id() -> None:
    counted = Counter(binding.id for binding in BINDINGS)
    assert [name for name, times in counted.items() if times > 1] == []


def test_no_key_of_the_editor_stands_for_two_actions() -> None:
    keys = Counter(key for binding in EditorScreen.BINDINGS for key in binding.key.split(","))  # type: ignore[union-attr]
    assert [key for key, times in keys.items() if times > 1] == []


async def test_the_command_palette_offers_every_action_of_the_editor(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        provider = ActionCommands(seat.editor)
        hits = [hit async for hit in provider.discover()]
        told = {str(hit.help) for hit in hits if isinstance(hit, DiscoveryHit)}
        for binding in EditorScreen.BINDINGS:
            assert isinstance(binding, Binding)
            assert binding.tooltip in told, binding.id
        assert not any("Scroll" in str(hit.help) for hit in hits)
        moving = [str(hit.help) in {key.tooltip for key in DISK_LIST_KEYS} for hit in hits]
        assert moving == sorted(moving), "those that move come last"
        shown = [str(hit.help) for hit in hits]
        assert shown[:3] == [key.tooltip for key in EDITOR_KEYS[:3]], "the rest as the key line has them"


@pytest.mark.parametrize(
    ("typed", "action"),
    [
        ("backup", "Let the disk take part in snapshots, or leave it out"),
        ("convert", "Write the other format to a file"),
        ("config", "Tell where the settings are, and what can be set"),
        ("theme", "Choose the colours, and keep the choice"),
        ("log", "What was changed in this file, and undoing it"),
        ("search", "Show only the disks that match what is typed"),
    ],
)
async def test_a_command_is_found_by_what_it_means(typed: str, action: str, tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        provider = ActionCommands(seat.editor)
        hits = sorted([hit async for hit in provider.search(typed)], key=lambda hit: -hit.score)
        first = [f"{hit.prompt}: {hit.help}" for hit in hits][:2]
        told = next((one for one in first if action in one), "")
        assert told, first
        assert typed in told.lower(), "why it matches is seen"


async def test_the_history_is_found_by_its_name(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        hits = sorted(
            [hit async for hit in ActionCommands(seat.editor).search("history")], key=lambda hit: -hit.score
        )
        assert str(hits[0].help) == "What was changed in this file, and undoing it"


async def test_a_command_found_by_a_word_is_done(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("ctrl+p")
        assert isinstance(seat.screen, CommandPalette)
        await seat.press(*"snapshot")
        found = seat.screen.query_one(CommandList)
        deadline = time.monotonic() + 10
        while not found.option_count and time.monotonic() < deadline:
            await seat.pilot.pause(0.05)
        await seat.pilot.pause(0.2)
        found.highlighted = 0
        found.action_select()
        await seat.pilot.pause(0.2)
        if isinstance(seat.screen, CommandPalette):
            await seat.press("enter")
        await seat.pilot.pause(0.1)
        assert seat.policy(0) == (False, True)
