"""A table of keys as Textual's bindings, and the keys that sentences name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.app import App
from textual.binding import Binding, BindingType

from tui.app.textual_insides import keymap_of, writes_utf8
from tui.keys.bound import BoundKeys
from tui.keys.key import Key


def bindings(keys: Iterable[Key]) -> list[BindingType]:
    """A binding for each key, in the same order."""
    return [
        Binding(
            key.keys,
            key.action,
            key.description,
            show=key.shown,
            priority=key.first,
            tooltip=key.tooltip,
            id=key.id,
            system=key.system,
            key_display=key.display or None,
        )
        for key in keys
    ]


def bound_keys(app: App[Any]) -> BoundKeys:
    """The keys as the person has them, for sentences that name one."""
    return BoundKeys(keymap_of(app), in_ascii=not writes_utf8())
