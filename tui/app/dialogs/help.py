"""The help: what the signs mean and every key, made from the bindings themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.app.dialogs.page import PageScreen, block
from tui.app.settings import settings_path
from tui.app.widgets.spans import Line, Span, fitted, wrapped
from tui.disks import MODES


class KeyHelp(NamedTuple):
    """A line of the key table: keys as they are shown, what they do, and the id a keymap names them by."""

    keys: str
    text: str
    id: str


_TOGGLES = (
    "Each disk has two toggles. Snapshot: it takes part in snapshots, and so in backups made from them. "
    "Persistent: what the guest writes is kept at power-off."
)
_SIGNS = (
    "* changed   ● marked   ✗ error   ! warning   i info. "
    "In a preview: + added   ~ changed   _ removed below   ▌ the selected disk."
)
_MODE_WORDS = 28
_KEY_WORDS = 18


def keys_of(screen: Screen[Any]) -> list[KeyHelp]:
    """The keys that act on a screen, as they are now; those of one action together."""
    keys: dict[str, KeyHelp] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.system or not binding.id or not binding.description:
            continue  # Textual's own, for widgets in general
        shown = screen.app.get_key_display(binding)
        known = keys.get(binding.action)
        both = f"{known.keys} {shown}" if known else shown
        keys[binding.action] = KeyHelp(both, binding.tooltip or binding.description, binding.id)
    return list(keys.values())


def _key_lines(key: KeyHelp, width: int) -> Iterator[Line]:
    """A key, and beside it what it does and its id, over as many lines as they take."""
    parts = wrapped([Span(f"{key.text}  "), Span(key.id, "line--dim")], max(width - _KEY_WORDS, 20))
    for place, part in enumerate(parts):
        head = f" {key.keys}" if place == 0 else ""
        yield (Span(fitted(head, _KEY_WORDS), "line--key"), *part)


def help_on(screen: Screen[None], preface: str = "") -> HelpScreen:
    """Every key of a screen, and the signs it shows, below what is to be known first."""
    return HelpScreen(keys_of(screen), str(settings_path()), preface)


class HelpScreen(PageScreen):
    """What the signs mean and every key of a screen, with the ids that a keymap names them by."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "leave", "Leave", id="help.leave", tooltip="Leave the help"),
    ]

    def __init__(self, keys: Sequence[KeyHelp], settings: str, preface: str = "") -> None:
        super().__init__("Help")
        self._keys = keys
        self._settings = settings
        self._preface = preface

    def page_lines(self, width: int) -> Iterator[Line]:
        """What is to be known first, the toggles, the signs, the modes, the keys."""
        for text in filter(None, (self._preface, _TOGGLES, _SIGNS)):
            yield from block([Span(text)], width)
            yield ()
        for facts in MODES.values():
            head = Span(fitted(f" {facts.mode.value}", _MODE_WORDS), "line--key")
            parts = wrapped([Span(f"{facts.label}. {facts.effect}")], max(width - _MODE_WORDS, 20))
            for place, part in enumerate(parts):
                yield (head if place == 0 else Span(" " * _MODE_WORDS), *part)
        yield ()
        for key in self._keys:
            yield from _key_lines(key, width)
        yield ()
        yield from block(
            [Span(f"Every key can be changed by its id, in [keymap] of {self._settings}")], width
        )
