"""Keys in turn: each does its work before the next is aimed at anything.

Textual aims a key at what has the focus when it comes. Over a slow line several come at once, and the first
of them may open the filter's line or a menu: the keys behind it would act on the disks instead.
"""

from __future__ import annotations

import time
from collections import deque
from functools import partial
from typing import Any

from textual import events
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.message import Message
from textual.widget import Widget

# Nothing holds keys back for longer: a widget that is taken away may take a key with it. Seconds.
_PATIENCE = 0.5


class _Behind(Message):
    """Goes the way of a key, behind it and behind what it set going: when it is back, all that is done."""

    def __init__(self, key: int) -> None:
        super().__init__()
        self.key = key


class KeysInTurn(App[None]):
    """An application that hands on a key, or what was pasted, when the one before has done its work."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._typed: deque[events.Key | events.Paste] = deque()
        self._handed_on = 0
        self._target: Widget | None = None
        self._busy_since: float | None = None

    async def on_event(self, event: events.Event) -> None:
        """Put a key in line; one that is back from its way through the widgets has been answered."""
        if not isinstance(event, (events.Key, events.Paste)):
            await super().on_event(event)
        elif event.is_forwarded:
            await super().on_event(event)
            await self._wait_for_what_it_did()
        else:
            self._typed.append(event)
            if self._busy_since is None or time.monotonic() - self._busy_since > _PATIENCE:
                await self._hand_on()
            elif len(self._typed) == 1:
                self.set_timer(_PATIENCE, partial(self._done, self._handed_on))

    def pop_screen(self) -> AwaitComplete:
        """As the base does. What was on the screen tells of no key any more."""
        self.call_later(self._done, self._handed_on)
        return super().pop_screen()

    async def on__behind(self, message: _Behind) -> None:
        """The key and what it set going are done."""
        await self._done(message.key)

    async def _wait_for_what_it_did(self) -> None:
        if self._target is None or not self._target.post_message(_Behind(self._handed_on)):
            await self._hand_on()

    async def _done(self, key: int) -> None:
        if key == self._handed_on and self._busy_since is not None:
            await self._hand_on()

    async def _hand_on(self) -> None:
        self._busy_since = None
        while self._typed and self._busy_since is None:
            if not self.screen.is_mounted:  # it has not said yet where its focus is
                self._busy_since = time.monotonic()
                self.screen.call_later(self.call_later, self._hand_on)
                return
            await self._send(self._typed.popleft())

    async def _send(self, event: events.Key | events.Paste) -> None:
        self._target = target = self.focused or self.screen
        self._handed_on += 1
        self._busy_since = time.monotonic()
        await super().on_event(event)
        kept = isinstance(event, events.Paste) or target.check_consume_key(event.key, event.character)
        if kept or not event.is_forwarded:  # the target has it for itself, or a binding before all widgets
            await self._wait_for_what_it_did()
