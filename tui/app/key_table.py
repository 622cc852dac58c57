"""Every key with an id, as the manual tells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from textual.binding import Binding, BindingType

from tui.app.app import DiskmodeApp
from tui.app.editor.editor_keys import EDITOR_KEYS
from tui.app.fleet.fleet_keys import FLEET_KEYS

_WRITTEN = {"slash": "/", "question_mark": "?"}
_SCREENS: Mapping[str, Sequence[BindingType]] = {
    "editor": [*EDITOR_KEYS, *DiskmodeApp.BINDINGS],
    "fleet": FLEET_KEYS,
}


class KeyRow(NamedTuple):
    """An action: the keys as they are printed on a keyboard, what it does, and the id a keymap names."""

    keys: Sequence[str]
    text: str
    id: str


def key_rows(screen: str) -> Iterator[KeyRow]:
    """The actions of the ``editor`` or the ``fleet``, in the order of their key line."""
    for one in _SCREENS[screen]:
        if isinstance(one, Binding) and one.id and not one.system:
            keys = [_WRITTEN.get(key, key) for key in one.key.split(",")]
            yield KeyRow(keys, one.tooltip or one.description, one.id)
