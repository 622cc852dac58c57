"""Waiting until nothing on a screen is under way, and what is seen then.

Here tests of screens read Textual's insides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from textual.app import App
from textual.message_pump import MessagePump
from textual.strip import Strip

from tui.app.typed_ahead import KeysInTurn

# Seconds; no more than a guard against a program that never comes to rest.
_PATIENCE = 60.0
# A handler that waits for nothing but the loop has its turn again within these rounds.
_ROUNDS = 5


def _pumps(app: App[None]) -> Iterator[MessagePump]:
    yield app
    for screen in app.screen_stack:
        yield from screen.walk_children(with_self=True)


def _is_idle(pump: MessagePump) -> bool:
    return pump._is_mounted and pump.message_queue_size == 0 and not pump._next_callbacks


def has_ended(app: App[None]) -> bool:
    """Whether the application is over, or about to be."""
    return app._exit or not app.is_running


def painted(app: App[None]) -> Sequence[Strip]:
    """Every line of the terminal, with its styles."""
    return app.screen._compositor.render_strips()


def _stands(app: App[None]) -> bool:
    """Whether every message is answered, every key handed on, and what is seen laid out and painted."""
    if has_ended(app):
        return True
    if isinstance(app, KeysInTurn) and (app._typed or app._busy_since is not None):
        return False
    # Some versions of Textual answer a resize without a timer.
    if app._resize_event is not None or getattr(app, "_resize_timer", None) is not None:
        return False
    screen = app.screen
    waits = screen._layout_required or screen._callbacks or screen._dirty_widgets or screen._repaint_required
    return not waits and all(map(_is_idle, _pumps(app)))


async def standing(app: App[None]) -> None:
    """Come back when nothing on the screen is under way any more; work in threads may still be."""
    async with asyncio.timeout(_PATIENCE):
        rounds = 0
        while rounds < _ROUNDS:
            await asyncio.sleep(0)
            if _stands(app):
                rounds += 1
            else:
                rounds = 0
                await asyncio.sleep(0.002)
