"""Whether somebody has used the editor before: a file in the state folder, of no contents."""

from __future__ import annotations

from contextlib import suppress

from tui.history.state_folder import make_folder, state_folder

_NAME = "editor-is-known"


def is_first_run() -> bool:
    """Whether the first line was never put away; False where the folder cannot be read."""
    try:
        return not (state_folder() / _NAME).exists()
    except OSError:
        return False


def remember_run() -> None:
    """Do not show it again; where the folder cannot be written it is shown again, and no harm is done."""
    with suppress(OSError):
        make_folder(state_folder())
        (state_folder() / _NAME).touch(mode=0o600)
