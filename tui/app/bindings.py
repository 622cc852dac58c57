"""A table of keys as Textual's bindings."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding, BindingType

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
