"""Every action of the screen in the command palette: those that can be done now."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.types import IgnoreReturnCallbackType


class _Command(NamedTuple):
    title: str
    help: str
    run: IgnoreReturnCallbackType


class ActionCommands(Provider):
    """Made from the bindings of the screen below the palette."""

    def _commands(self) -> Iterator[_Command]:
        seen: set[str] = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.system or not binding.id or binding.action in seen or not active.enabled:
                continue
            seen.add(binding.action)
            run = partial(self.app.run_action, binding.action, active.node)
            title = f"{binding.description} ({self.app.get_key_display(binding)})"
            yield _Command(title, binding.tooltip or binding.description, run)

    async def discover(self) -> Hits:
        """Everything, before a word is typed."""
        for command in self._commands():
            yield DiscoveryHit(command.title, command.run, help=command.help)

    async def search(self, query: str) -> Hits:
        """What matches the words typed."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(command.title)
            if score > 0:
                yield Hit(score, matcher.highlight(command.title), command.run, help=command.help)
