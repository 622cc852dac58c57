"""The help: every key by what it is about, filtered as one types, then the signs and the words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

from textual import events
from textual.binding import BindingType
from textual.screen import Screen

from tui.app.bindings import bindings, bound_keys
from tui.app.dialogs.page import PageScreen, block
from tui.app.widgets.lines import WrappedLines
from tui.app.widgets.spans import Line, Span, fitted, plain, wrapped
from tui.disks import MODES
from tui.keys import Group, every_key
from tui.keys.dialogs import HELP_KEYS
from tui.settings import settings_path


class KeyHelp(NamedTuple):
    """A line of the help: keys as they are shown, what they do, and the id a keymap names them by."""

    keys: str
    text: str
    id: str
    group: Group
    words: str = ""

    def fits(self, typed: Sequence[str]) -> bool:
        """Whether it has every word typed, in any of its own or in one that means the same."""
        searched = f"{self.keys} {self.text} {self.id} {self.group} {self.words}".lower()
        return all(word in searched for word in typed)


class HelpEntry(NamedTuple):
    """A sign or a word, and what it means."""

    name: str
    text: str

    def fits(self, typed: Sequence[str]) -> bool:
        """Whether it has every word typed."""
        searched = f"{self.name} {self.text}".lower()
        return all(word in searched for word in typed)


_SIGNS = (
    HelpEntry("[x] [ ]", "yes and no: in snapshots, and keeps its writes"),
    HelpEntry("*", "changed since the file was read or saved"),
    HelpEntry("●", "marked"),
    HelpEntry("L S R", "locked, or not to be changed now; has snapshots; runs"),
    HelpEntry("✗ ! i", "an error, a warning, something to know"),
    HelpEntry("+ ~ _", "in a preview: a line added, changed, removed below"),
    HelpEntry("▌", "the selected disk"),
)
_WORDS = (
    HelpEntry("snapshot", "the disk takes part in snapshots, and so in backups made from them"),
    HelpEntry("persistent", "what the guest writes is kept at power-off"),
    *(
        HelpEntry(facts.mode.value, f"{facts.label}. {facts.effect}")
        for facts in MODES.values()
        if not facts.legacy
    ),
    HelpEntry(
        ", ".join(facts.mode.value for facts in MODES.values() if facts.legacy),
        "outdated modes: read, reported and kept, never newly set",
    ),
)
# Where what a key does begins, and what a word means: cells from the left edge.
_KEY_COLUMN = 12
_NAME_COLUMN = 28
# Bound, for they leave where no filter is being typed.
_LEAVING = frozenset("q?")


def keys_of(screen: Screen[Any]) -> list[KeyHelp]:
    """The keys that act on a screen, as they are now; those of one action together."""
    keys: dict[str, KeyHelp] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.system or not binding.id or not binding.description:
            continue  # Textual's own, for widgets in general
        shown = screen.app.get_key_display(binding)
        known = keys.get(binding.action)
        both = shown if known is None or shown in known.keys.split() else f"{known.keys} {shown}"
        row = every_key().get(binding.id)
        group, words = (row.group, row.words) if row else (Group.PROGRAM, "")
        keys[binding.action] = KeyHelp(both, binding.tooltip or binding.description, binding.id, group, words)
    worth = {name: place for place, name in enumerate(every_key())}  # Textual has keys of a keymap last
    return sorted(keys.values(), key=lambda one: worth.get(one.id, len(worth)))


def help_on(screen: Screen[Any], preface: str = "") -> HelpScreen:
    """Every key of a screen, and the signs and words it shows; ``preface`` is what else is to be known."""
    return HelpScreen(keys_of(screen), settings_path(), preface)


class HelpScreen(PageScreen):
    """Every key of a screen by group, with the ids a keymap names them by; then signs and words.

    A letter begins a filter, ``/`` too; ``q`` and ``?`` leave where none is being typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(HELP_KEYS)

    def __init__(self, keys: Sequence[KeyHelp], settings: str, preface: str = "") -> None:
        super().__init__("Help")
        self._keys = keys
        self._more = (*([HelpEntry("filter", preface)] if preface else []), *_WORDS)
        self._settings = settings
        self._typed: str | None = None

    def on_mount(self) -> None:
        """Say what can be typed."""
        super().on_mount()
        self._tell()

    def _tell(self) -> None:
        panel = self.query_one("#panel")
        panel.border_title = plain("Help" if self._typed is None else f"Help · find: {self._typed}▏")
        leave = "all" if self._typed is not None else "leave"
        panel.border_subtitle = (
            f"type to find  {bound_keys(self.app).arrows} scroll  {self.leaving_key} {leave}"
        )

    def on_key(self, event: events.Key) -> None:
        """Letters filter."""
        typed = self._typed_with(event)
        if typed is not None:
            self._filter(typed)

    def action_letter(self, letter: str) -> None:
        """A letter for the filter that is being typed; without one it leaves."""
        if self._typed is None:
            self.action_leave()
        else:
            self._filter(self._typed + letter)

    def action_leave(self) -> None:
        """Take the filter away; without one, close the page."""
        if self._typed is None:
            super().action_leave()
        else:
            self._filter(None)

    def _typed_with(self, event: events.Key) -> str | None:
        """What is typed with this key; None where it is not a letter to filter by."""
        if event.key == "backspace" and self._typed is not None:
            return self._typed[:-1]
        if event.character is None or not event.is_printable or event.character in _LEAVING:
            return None
        if self._typed is None and event.character == "/":
            return ""
        return (self._typed or "") + event.character

    def _filter(self, typed: str | None) -> None:
        self._typed = typed
        self._tell()
        self.query_one("#page", WrappedLines).fill_anew()
        self.query_one("#panel").scroll_home(animate=False)

    def page_lines(self, width: int) -> Iterator[Line]:
        """The keys by group, the signs, the words; of all those with the words typed."""
        typed = (self._typed or "").lower().split()
        parts = [*self._key_parts(typed, width), *_entry_parts(self._more, typed, width)]
        if not parts:
            yield from block([Span("No key, sign or word is called so.", "line--dim")], width)
        for place, part in enumerate(parts):
            if place:
                yield ()
            yield from part
        if not typed:
            yield ()
            yield from block(
                [Span(f"Every key can be changed by its id, in [keymap] of {self._settings}")], width
            )

    def _key_parts(self, typed: Sequence[str], width: int) -> Iterator[list[Line]]:
        for group in Group:
            keys = [key for key in self._keys if key.group is group and key.fits(typed)]
            if keys:
                rows = [line for key in keys for line in _key_lines(key, width)]
                yield [(Span(f" {group}", "line--strong"),), *rows]


def _entry_parts(more: Sequence[HelpEntry], typed: Sequence[str], width: int) -> Iterator[list[Line]]:
    for title, entries, column in (("Signs", _SIGNS, _KEY_COLUMN), ("Words", more, _NAME_COLUMN)):
        found = [one for one in entries if one.fits(typed)]
        if found:
            rows = [line for one in found for line in _entry_lines(one, column, width)]
            yield [(Span(f" {title}", "line--strong"),), *rows]


def _key_lines(key: KeyHelp, width: int) -> Iterator[Line]:
    """A key, and beside it what it does and its id, over as many lines as they take."""
    text = [Span(f"{key.text}  "), Span(key.id, "line--dim")]
    yield from _beside(f" {key.keys}", text, _KEY_COLUMN, width)


def _entry_lines(entry: HelpEntry, column: int, width: int) -> Iterator[Line]:
    if len(entry.name) < column - 2:
        yield from _beside(f" {entry.name}", [Span(entry.text)], column, width)
    else:
        yield from block([Span(f"{entry.name}: ", "line--key"), Span(entry.text)], width)


def _beside(head: str, text: Line, column: int, width: int) -> Iterator[Line]:
    for place, part in enumerate(wrapped(text, max(width - column, 20))):
        yield (Span(f"{fitted(head if place == 0 else '', column - 1)} ", "line--key"), *part)
