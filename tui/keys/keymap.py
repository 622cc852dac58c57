"""A person's keymap checked: unknown ids, impossible keys, one key for two actions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from tui.keys import every_key
from tui.keys.editor import EDITOR_KEYS
from tui.keys.fleet import FLEET_KEYS
from tui.keys.general import APP_KEYS
from tui.keys.history import HISTORY_KEYS
from tui.keys.key import Key
from tui.keys.moving import (
    CHANGE_LIST_KEYS,
    DISK_LIST_KEYS,
    MACHINE_LIST_KEYS,
    PLAN_LIST_KEYS,
    WAY_LIST_KEYS,
)
from tui.keys.plan import PLAN_KEYS

_MODIFIERS = ("ctrl", "shift", "alt", "super", "meta", "hyper")
_NAMED = (
    *("escape", "enter", "tab", "space", "backspace", "insert", "delete"),
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *(f"f{number}" for number in range(1, 25)),
)
# What Textual calls some of the characters that no keyboard lacks; the others by their names in Unicode.
_RENAMED = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
# A character and its name are one key.
_NAMES = {
    sign: _RENAMED.get(name, name)
    for sign in map(chr, range(0x21, 0x7F))
    if not sign.isalnum()
    for name in [re.sub("[ -]", "_", unicodedata.name(sign).lower())]
}
_SIGNS = {name: sign for sign, name in _NAMES.items()}

# The keys that act on one screen at a time.
_SCREENS = (
    (*EDITOR_KEYS, *DISK_LIST_KEYS, *APP_KEYS),
    (*FLEET_KEYS, *MACHINE_LIST_KEYS, *APP_KEYS),
    (*PLAN_KEYS, *PLAN_LIST_KEYS, *WAY_LIST_KEYS, *APP_KEYS),
    (*HISTORY_KEYS, *CHANGE_LIST_KEYS, *APP_KEYS),
)


def mistakes_in(keymap: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """An id and what is wrong with it, for each that gives no key to an action of ours."""
    for name, keys in keymap.items():
        if name not in every_key():
            yield name, f"no action is called {name}{nearest(name, tuple(every_key()))}"
            continue
        for key in map(str.strip, keys.split(",")):
            if not is_key(key):
                words = (*_NAMED, *_SIGNS)
                *held, last = key.lower().split("+")
                near = nearest(last, words, before="".join(f"{one}+" for one in held if one in _MODIFIERS))
                yield name, f'no key is called "{key}"{near}'


def is_key(name: str) -> bool:
    """Whether a keyboard has such a key, as Textual calls it: ``ctrl+s``, ``f5``, ``?``, ``slash``."""
    *held, last = name.split("+") if name != "+" else ["+"]
    if not all(one in _MODIFIERS for one in held):
        return False
    return len(last) == 1 or last in _NAMED or last in _SIGNS


def sign_called(name: str) -> str:
    """The character that Textual calls so: ``full_stop`` is ``.``; the name itself where it calls none so."""
    return _SIGNS.get(name, name)


def nearest(word: str, known: Sequence[str], *, before: str = "") -> str:
    """``: WORD?`` with the known word that is most like it; nothing where none is."""
    from difflib import get_close_matches  # noqa: PLC0415 - for mistakes alone

    found = get_close_matches(word.lower(), known, 1, 0.6)
    return f": {before}{found[0]}?" if found else ""


def clashes_in(keymap: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """An id of the keymap and what is wrong with it, for each that takes a key another action has.

    Of two ids that want one key it is the later that is wrong. Without all these no key has two actions.
    """
    left = dict(keymap)
    while (found := _first_clash(left)) is not None:
        name, key, other = found
        del left[name]
        yield name, f"one key for two actions: {name} may not have {key}, which {other} has"


def _first_clash(keymap: Mapping[str, str]) -> tuple[str, str, str] | None:
    order = list(keymap)
    for table in _SCREENS:
        shared = _wanted(table, {})  # by lists of which one has the focus
        for key, ids in _wanted(table, keymap).items():
            given = [one for one in order if one in ids]
            if len(ids) > 1 and given and not set(ids) <= set(shared.get(key, ())):
                return given[-1], key, next(one for one in ids if one != given[-1])
    return None


def _wanted(table: Sequence[Key], keymap: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    """Each key, and the ids that want it."""
    wanted: dict[str, list[str]] = {}
    for row in table:
        for key in dict.fromkeys(map(str.strip, keymap.get(row.id, row.keys).split(","))):
            wanted.setdefault(_NAMES.get(key, key), []).append(row.id)
    return wanted
