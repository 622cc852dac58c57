"""Every key with an id, as the manual tells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tui.keys.editor import EDITOR_KEYS
from tui.keys.fleet import FLEET_KEYS
from tui.keys.general import APP_KEYS
from tui.keys.key import Key

_WRITTEN = {"slash": "/", "question_mark": "?"}
_SCREENS: Mapping[str, Sequence[Key]] = {"editor": (*EDITOR_KEYS, *APP_KEYS), "fleet": FLEET_KEYS}


class KeyRow(NamedTuple):
    """An action: the keys as they are printed on a keyboard, what it does, and the id a keymap names."""

    keys: Sequence[str]
    text: str
    id: str


def key_rows(screen: str) -> Iterator[KeyRow]:
    """The actions of the ``editor`` or the ``fleet``, in the order of their key line."""
    for one in _SCREENS[screen]:
        if not one.system:
            yield KeyRow([_WRITTEN.get(key, key) for key in one.keys.split(",")], one.tooltip, one.id)
