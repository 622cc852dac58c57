"""The keys that actions are bound to now, as sentences name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tui.keys import every_key

_WRITTEN = {"escape": "esc", "slash": "/", "question_mark": "?"}
_ARROWS = {"up": "↑", "down": "↓", "left": "←", "right": "→"}
_NOTHING_SET: Mapping[str, str] = {}


class BoundKeys:
    """An action's key by the action's id: the first that the ``keymap`` gives it, else that of our tables.

    Each action has one: a keymap that gives it none is passed over where the settings are read. A sentence
    with places like ``{key[file.save]}`` is filled by `str.format`. With ``in_ascii`` an arrow is written as
    a word: its sign would become that of another key.
    """

    def __init__(self, keymap: Mapping[str, str] = _NOTHING_SET, *, in_ascii: bool = False) -> None:
        self._keymap = keymap
        self._signs = _WRITTEN if in_ascii else _WRITTEN | _ARROWS

    def __getitem__(self, name: str) -> str:
        """The first key; KeyError where no action has this id."""
        return self.all_of(name)[0]

    def all_of(self, name: str) -> list[str]:
        """Every key of the action, the one shown first in front; KeyError where no action has this id."""
        given = self._keymap.get(name)
        if not given:
            return [self._written(key) for key in every_key()[name].keys.split(",")]
        from tui.keys.keymap import sign_called  # noqa: PLC0415 - for the names that a person may give

        return [self._written(key.strip(), sign_called) for key in given.split(",")]

    @property
    def arrows(self) -> str:
        """The keys that scroll a page, which nobody binds to anything else."""
        return self._beside(self._written("up"), self._written("down"))

    def pair(self, one: str, other: str) -> str:
        """The keys of two actions beside each other: ``↑↓``, ``f5 f6``."""
        return self._beside(self[one], self[other])

    def _beside(self, *keys: str) -> str:
        return ("" if all(len(key) == 1 for key in keys) else " ").join(keys)

    def _written(self, key: str, sign_of: Callable[[str], str] = str) -> str:
        """A key of Textual's names as sentences write it: ``ctrl+s``, ``esc``, ``/``."""
        held, plus, last = key.rpartition("+") if key != "+" else ("", "", key)
        return f"{held}{plus}{self._signs.get(last) or sign_of(last)}"


DEFAULT_KEYS = BoundKeys()
