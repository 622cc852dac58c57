"""Keys in turn: none is lost, none waits for ever, and none is aimed before the one before it is done."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.app import ComposeResult
from textual.widget import Widget

from tui.app import typed_ahead
from tui.app.typed_ahead import KeysInTurn

# Seconds; only against a key that never comes.
_GUARD = 60.0


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
    """One widget, and a key whose work takes a while."""

    AWAITED = frozenset(("slow",))
    BINDINGS = [("w", "work", "Work")]  # noqa: RUF012 - Textual declares it without ClassVar

    def __init__(self, swallowed: str = "", works_until: int = 0) -> None:
        """``works_until`` so many keys were heard its work goes on, and a little longer."""
        super().__init__()
        self.widget = Swallowing(swallowed)
        self.works_until = works_until
        self.done: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def action_work(self) -> None:
        self.run_worker(self._work(), group="slow")

    async def _work(self) -> None:
        while len(self.widget.heard) < self.works_until:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        self.done = list(self.widget.heard)


async def _typed(app: App, keys: str) -> list[str]:
    async with app.run_test() as pilot:
        await pilot.pause()
        for key in keys:
            app.post_message(events.Key(key, key))
        async with asyncio.timeout(_GUARD):
            while len(app.widget.heard) < len(keys):
                await asyncio.sleep(0.01)
        await app.workers.wait_for_complete()
    return app.widget.heard


async def test_keys_behind_those_that_a_widget_keeps_to_itself_do_not_wait_for_another() -> None:
    assert await _typed(App(swallowed="xy"), "axybc") == list("axybc")


async def test_a_key_waits_for_the_work_that_the_one_before_it_began(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed_ahead, "_PATIENCE", _GUARD)  # however long this machine takes for it
    monkeypatch.setattr(typed_ahead, "_WORK_PATIENCE", _GUARD)
    app = App()
    assert await _typed(app, "awb") == list("awb")
    assert app.done == ["a", "w"], "b came when the work was done"


async def test_a_key_does_not_wait_for_ever_for_slow_work() -> None:
    app = App(works_until=3)
    await _typed(app, "awb")
    assert app.done == list("awb"), "b came while the work went on"
