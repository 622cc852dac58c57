"""The command line: what is asked for, what is said, and the exit status. Opens the screen when asked to."""

import gc

# What is loaded stays, so looking for garbage among it finds none: a tenth of the wait for an answer.
gc.disable()
from tui.cli.program import main  # noqa: E402

gc.freeze()
gc.enable()

__all__ = ["main"]
