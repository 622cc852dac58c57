"""Keys in turn: each is handled completely before the next is dispatched.

Textual aims a key at what has the focus when it comes. Over a slow line several come at once, and the first
of them may open the filter's line or a menu: the keys behind it would act on the disks instead.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from textual import events
from textual.app import App
from textual.message import Message
from textual.widget import Widget
from textual.worker import Worker

from tui.app.textual_insides import DrivenApp
from tui.visible import visible

# Keys are held back no longer than this, in seconds: the answer to a key is lost when its widget is removed.
_PATIENCE = 0.5
# Nor for work that a key began, say on a slow disk; and how often, in seconds, that is checked.
_WORK_PATIENCE = 0.2
_POLL = 0.01
_NOT_SHOWN = "\ufffd"


class _Behind(Message):
    """Follows a key through the message queues, behind the messages it sent.

    When it is back, those are handled.
    """

    def __init__(self, key: int) -> None:
        super().__init__()
        self.key = key


class KeysInTurn(DrivenApp):
    """An application that dispatches a key, or pasted text, once the one before was handled.

    ``AWAITED`` are the groups of workers whose work belongs to the key that began it.
    """

    AWAITED: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._typed: deque[events.Key | events.Paste] = deque()
        self._handed_on = 0
        self._target: Widget | None = None
        self._busy_since: float | None = None
        self._begun: frozenset[Worker[Any]] = frozenset()
        self._has_worked = False

    @property
    def turn(self) -> int:
        """How many keys were handed on so far."""
        return self._handed_on

    def typed_since(self, turn: int) -> bool:
        """Whether another key was typed since: the person has gone on."""
        return bool(self._typed) or turn != self._handed_on

    async def typed(self, event: events.Key | events.Paste) -> None:
        """Put a key in line."""
        self._typed.append(_harmless(event))
        if self._busy_since is None or time.monotonic() - self._busy_since > _PATIENCE:
            await self._hand_on()
        elif len(self._typed) == 1:
            self._lose_patience_later()

    async def answered(self) -> None:
        """A key has been handled by the widgets."""
        await self._wait_for_what_it_did()

    def popped(self) -> None:
        """A screen that was removed answers no key any more.

        What its answer begins, by a callback of whoever asked, comes before the next key.
        """
        answered = partial(self.call_later, self._answered, self._handed_on)
        below = self.screen
        asked_by = below.focused or below
        asked_by.call_later(below.call_later, answered)

    async def on__behind(self, message: _Behind) -> None:
        """The key and the messages it sent are answered."""
        await self._answered(message.key)

    async def _wait_for_what_it_did(self) -> None:
        if self._target is None or not self._target.post_message(_Behind(self._handed_on)):
            await self._answered(self._handed_on)

    async def _answered(self, key: int) -> None:
        """Hand on the next key, unless work that this one began goes on."""
        if key != self._handed_on or self._busy_since is None:
            return
        waited = time.monotonic() - self._busy_since
        if waited < _WORK_PATIENCE and not self._goes_on_typing() and self._awaited() - self._begun:
            self._has_worked = True
            self.set_timer(_POLL, partial(self._answered, key))
        elif self._has_worked:  # what the work has sent is to be answered too
            self._has_worked = False
            await self._wait_for_what_it_did()
        else:
            await self._hand_on()

    def _goes_on_typing(self) -> bool:
        """Whether the next key is a letter for the focused input: it need not wait for work."""
        if not self._typed or self.focused is None:
            return False
        event = self._typed[0]
        return isinstance(event, events.Key) and self.focused.check_consume_key(event.key, event.character)

    def _awaited(self) -> frozenset[Worker[Any]]:
        return frozenset(one for one in self.workers if one.group in self.AWAITED and not one.is_finished)

    async def _hand_on(self) -> None:
        self._busy_since = None
        while self._typed and self._busy_since is None:
            if not self.screen.is_mounted:  # it has not said yet where its focus is
                self._busy_since = time.monotonic()
                self.screen.call_later(self.call_later, self._hand_on)
                self._lose_patience_later()
                return
            await self._send(self._typed.popleft())

    async def _send(self, event: events.Key | events.Paste) -> None:
        self._target = target = self.focused or self.screen
        self._begun, self._has_worked = self._awaited(), False
        self._handed_on += 1
        self._busy_since = time.monotonic()
        if self._typed:
            self._lose_patience_later()
        await self.hand_on(event)
        kept = isinstance(event, events.Paste) or target.check_consume_key(event.key, event.character)
        if kept or not event.is_forwarded:  # the target has it for itself, or a binding before all widgets
            await self._wait_for_what_it_did()

    def _lose_patience_later(self) -> None:
        self.set_timer(_PATIENCE, partial(self._lose_patience, self._handed_on))

    async def _lose_patience(self, key: int) -> None:
        if key == self._handed_on and self._busy_since is not None:
            await self._hand_on()


def typed_from_now(app: App[Any]) -> Callable[[], bool]:
    """What tells whether a key was typed since now: the person has gone on, and is not to be interrupted."""
    return partial(app.typed_since, app.turn) if isinstance(app, KeysInTurn) else lambda: False


def _harmless(event: events.Key | events.Paste) -> events.Key | events.Paste:
    """What was pasted, with a sign in place of each letter that would act on the terminal or not be seen."""
    if isinstance(event, events.Key):
        return event
    shown = (one if one in "\r\n" or visible(one) == one else _NOT_SHOWN for one in event.text.expandtabs(1))
    return events.Paste("".join(shown))
