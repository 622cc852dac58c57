"""One line for those who never used the editor, until they put it away or save."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tui.app.bindings import bound_keys
from tui.app.keyed_screen import KeyedScreen
from tui.history.first_run import is_first_run, remember_run

_HINT = (
    "{key[disk.snapshot]} leaves a disk out, {key[disk.persistent]} makes it forget, "
    "{key[file.save]} shows what changes and saves"
)


class FirstRun:
    """Tells the line where it is ``wanted``, and remembers that it is not to be told again."""

    def __init__(self, *, wanted: bool) -> None:
        self._is_wanted = wanted
        self._is_shown = False

    def begin(self, screen: KeyedScreen[Any], is_quiet: Callable[[], bool]) -> None:
        """Tell it, where it was never put away and ``is_quiet`` by then. A thread asks the disk."""
        if self._is_wanted:
            screen.run_worker(self._show(screen, is_quiet), group="explain")

    async def _show(self, screen: KeyedScreen[Any], is_quiet: Callable[[], bool]) -> None:
        if await asyncio.to_thread(is_first_run) and is_quiet():
            self._is_shown = True
            screen.say(_HINT.format(key=bound_keys(screen.app)), "line--key")

    def end(self) -> None:
        """The person has seen it: do not tell it again."""
        if self._is_shown:
            self._is_shown = False
            asyncio.get_running_loop().run_in_executor(None, remember_run)
