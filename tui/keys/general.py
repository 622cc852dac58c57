"""The keys that act on every screen."""

from __future__ import annotations

from tui.keys.key import Group, Key

APP_KEYS = (
    Key(
        "ctrl+l",
        "repaint",
        "redraw",
        "app.repaint",
        "Redraw the screen, where something else wrote over it",
        Group.PROGRAM,
        "refresh paint garbage",
        shown=False,
        first=True,
    ),
    Key(
        "ctrl+z",
        "suspend_process",
        "suspend",
        "app.suspend",
        "Stop here and go back to the shell; fg comes back",
        Group.PROGRAM,
        "shell background stop",
        shown=False,
        first=True,
    ),
    Key(
        "ctrl+c",
        "help_quit",
        "Quit",
        "app.interrupt",
        "Say which key leaves",
        Group.PROGRAM,
        shown=False,
        system=True,
    ),
    Key(
        "ctrl+q",
        "quit",
        "Quit",
        "app.quit-now",
        "Leave",
        Group.PROGRAM,
        shown=False,
        system=True,
    ),
)
