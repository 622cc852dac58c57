"""One line for those who never used the editor, until they put it away or save."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tui.history.first_run import is_first_run, remember_run

HINT = "s leaves a disk out, p makes it forget, ctrl+s shows what changes and saves"


class FirstRun:
    """Tells the line, and remembers that it is not to be told again."""

    def __init__(self) -> None:
        self._is_told = False

    async def begin(self, tell: Callable[[str, str], None]) -> None:
        """Tell it, where it was never put away. Waits for the disk in a thread."""
        if await asyncio.to_thread(is_first_run):
            self._is_told = True
            tell(HINT, "line--key")

    def end(self) -> None:
        """It is known now."""
        if self._is_told:
            self._is_told = False
            asyncio.get_running_loop().run_in_executor(None, remember_run)
