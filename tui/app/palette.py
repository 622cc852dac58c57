"""Every action of the screen in the command palette: those that can be done now, found by what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.types import IgnoreReturnCallbackType

from tui.keys import Group, every_key
from tui.keys.key import Key


class _KeylessCommand(NamedTuple):
    """What no key does."""

    title: str
    help: str
    action: str
    words: str


_KEYLESS = (
    _KeylessCommand(
        "theme",
        "Choose the colours, and keep the choice",
        "app.change_theme",
        "colour color contrast light dark look",
    ),
    _KeylessCommand(
        "settings",
        "Tell where the settings are, and what can be set",
        "app.settings",
        "config configuration keymap keys preferences options history theme",
    ),
    _KeylessCommand(
        "screenshot",
        "Write a picture of the screen, an SVG, to a file",
        "app.picture",
        "image print export",
    ),
)
# A title that matches is worth more than a word that means the same; within either the table's order counts.
_BY_TITLE, _BY_WORD = 1.0, 0.4
_STEP = 0.001


class _Command(NamedTuple):
    title: str
    help: str
    run: IgnoreReturnCallbackType
    words: str
    moves: bool


def _sentence_matching(query: str, command: _Command) -> str | None:
    """The command's sentence, with the words of its meaning that were typed and do not stand in it.

    None where a word typed begins neither a word of the sentence nor one that people look for it by.
    """
    shown = [*_words(command.title), *_words(command.help)]
    by = []
    for word in query.lower().split():
        if any(one.startswith(word) for one in shown):
            continue
        found = next((one for one in _words(command.words) if one.startswith(word)), None)
        if found is None:
            return None
        by.append(found)
    return f"{command.help} (found by: {', '.join(dict.fromkeys(by))})" if by else command.help


def _words(text: str) -> list[str]:
    return text.lower().replace(",", " ").split()


class ActionCommands(Provider):
    """Made from the bindings of the screen below the palette; those that move come last."""

    def _commands(self) -> Iterator[_Command]:
        found = list(self._found())
        yield from (one for one in found if not one.moves)
        for more in _KEYLESS:
            run = partial(self.app.run_action, more.action)
            yield _Command(more.title, more.help, run, more.words, moves=False)
        yield from (one for one in found if one.moves)

    def _found(self) -> Iterator[_Command]:
        """In the order of the tables of keys, by worth: Textual's begins with what it knows itself."""
        worth = {name: place for place, name in enumerate(every_key())}
        seen: set[str] = set()
        bound = self.screen.active_bindings.values()
        for active in sorted(bound, key=lambda one: worth.get(one.binding.id or "", len(worth))):
            binding = active.binding
            if binding.system or not binding.id or binding.action in seen or not active.enabled:
                continue
            seen.add(binding.action)
            run = partial(self.app.run_action, binding.action, active.node)
            title = f"{binding.description} ({self.app.get_key_display(binding)})"
            key: Key | None = every_key().get(binding.id)
            words, moves = (key.words, key.group is Group.MOVE) if key else ("", True)
            yield _Command(title, binding.tooltip or binding.description, run, words, moves)

    async def discover(self) -> Hits:
        """Everything, before a word is typed."""
        for command in self._commands():
            yield DiscoveryHit(command.title, command.run, help=command.help)

    async def search(self, query: str) -> Hits:
        """What matches the words typed, by its title or by its meaning."""
        matcher = self.matcher(query)
        for place, command in enumerate(self._commands()):
            score = matcher.match(command.title)
            if score > 0 and query.lower() in command.title.lower():
                yield Hit(
                    score + _BY_TITLE - place * _STEP,
                    matcher.highlight(command.title),
                    command.run,
                    help=command.help,
                )
            elif (sentence := _sentence_matching(query, command)) is not None:
                yield Hit(_BY_WORD - place * _STEP, command.title, command.run, help=sentence)
