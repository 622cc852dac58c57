"""Every key of every screen, as data: key line, help, palette and keymap come from it.

Knows no Textual: the command line checks a person's keymap against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tui.keys.key import Group, Key

__all__ = ["Group", "Key", "every_key"]


@cache
def every_key() -> Mapping[str, Key]:
    """The keys by the ids that a keymap names them by."""
    from tui.keys import dialogs, editor, fleet, general, history, moving, plan  # noqa: PLC0415 - a screen has its own

    tables = (
        *(editor.EDITOR_KEYS, fleet.FLEET_KEYS, plan.PLAN_KEYS, history.HISTORY_KEYS, general.APP_KEYS),
        *dialogs.TABLES,
        *moving.TABLES,
    )
    return {key.id: key for table in tables for key in table}
