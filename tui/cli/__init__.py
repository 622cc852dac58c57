"""The command line: what is asked for, what is said, and the exit status. Opens the screen when asked to."""

from tui.cli.program import main

__all__ = ["main"]
