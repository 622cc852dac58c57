"""Every key of the history of changes, by worth, in the order its key line shows them."""

from __future__ import annotations

from tui.keys.key import Group, Key

HISTORY_KEYS = (
    Key("u", "undo", "undo", "history.undo", "Show what undoing it would do, and ask", Group.EDITS, "back"),
    Key("tab", "app.focus_next", "pane", "history.pane", "To the lines it changed, and back", Group.LOOK),
    Key("r", "reload", "read again", "history.reload", "Read again what was changed", Group.LOOK, "refresh"),
    Key("question_mark", "help", "help", "history.help", "Every key and sign", Group.PROGRAM, "keys manual"),
    Key("escape,q,H", "leave", "back", "history.leave", "Back to where it was opened", Group.PROGRAM, "quit"),
)
