"""Keys in turn: none is lost, none waits for ever, and none is aimed before the one before it is done."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.app import ComposeResult
from textual.widget import Widget

from tui.app import typed_ahead
from tui.app.typed_ahead import KeysInTurn


class Swallowing(Widget, can_focus=True):
    """Hears every key, and keeps some to itself."""

    def __init__(self, swallowed: str) -> None:
        super().__init__()
        self.heard: list[str] = []
        self._swallowed = swallowed

    def on_key(self, event: events.Key) -> None:
        self.heard.append(event.key)
        if event.key in self._swallowed:
            event.stop()


class App(KeysInTurn):
    """One widget, and a key whose work goes on until it ``may_end``."""

    AWAITED = frozenset(("slow",))
    BINDINGS = [("w", "work", "Work")]  # noqa: RUF012 - Textual declares it without ClassVar

    def __init__(self, swallowed: str = "") -> None:
        super().__init__()
        self.widget = Swallowing(swallowed)
        self.is_at_work, self.may_end = asyncio.Event(), asyncio.Event()
        self.done: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def action_work(self) -> None:
        self.run_worker(self._work(), group="slow")

    async def _work(self) -> None:
        self.is_at_work.set()
        await self.may_end.wait()
        self.done = list(self.widget.heard)


async def _heard(app: App, keys: str) -> None:
    async with asyncio.timeout(60):
        while app.widget.heard != list(keys):
            await asyncio.sleep(0.01)


def _type(app: App, keys: str) -> None:
    for key in keys:
        app.post_message(events.Key(key, key))


async def test_keys_behind_those_that_a_widget_keeps_to_itself_do_not_wait_for_another() -> None:
    app = App(swallowed="xy")
    async with app.run_test() as pilot:
        await pilot.pause()
        _type(app, "axybc")
        await _heard(app, "axybc")


async def test_a_key_waits_for_the_work_that_the_one_before_it_began(monkeypatch: pytest.MonkeyPatch) -> None:
    for patience in ("_PATIENCE", "_WORK_PATIENCE"):
        monkeypatch.setattr(typed_ahead, patience, 60)
    app = App()
    async with app.run_test() as pilot:
        await pilot.pause()
        _type(app, "awb")
        await app.is_at_work.wait()
        await asyncio.sleep(0.1)  # b could have come by now
        app.may_end.set()
        await _heard(app, "awb")
    assert app.done == ["a", "w"], "b came when the work was done"


async def test_a_key_does_not_wait_long_for_slow_work() -> None:
    app = App()
    async with app.run_test() as pilot:
        await pilot.pause()
        _type(app, "awb")
        await _heard(app, "awb")
        app.may_end.set()
        await app.workers.wait_for_complete()
    assert app.done == list("awb"), "b came while the work went on"
