"""The keys that move a cursor or scroll: no key line shows them, no palette begins with them."""

from __future__ import annotations

from tui.keys.key import Group, Key


def _moving(keys: str, action: str, description: str, name: str, tooltip: str) -> Key:
    return Key(keys, action, description, name, tooltip, Group.MOVE, shown=False)


DISK_LIST_KEYS = (
    _moving("up,k", "move(-1)", "Up", "list.up", "The disk above"),
    _moving("down,j", "move(1)", "Down", "list.down", "The disk below"),
    _moving("pageup", "move_page(-1)", "Page up", "list.page-up", "A page up"),
    _moving("pagedown", "move_page(1)", "Page down", "list.page-down", "A page down"),
    _moving("home,g", "move_to_end(-1)", "First", "list.first", "The first disk"),
    _moving("end,G", "move_to_end(1)", "Last", "list.last", "The last disk"),
)
PLAN_LIST_KEYS = (
    _moving("up,k", "move(-1)", "Up", "plan-list.up", "The disk above"),
    _moving("down,j", "move(1)", "Down", "plan-list.down", "The disk below"),
    _moving("home,g", "move_to_end(-1)", "First", "plan-list.first", "The first disk"),
    _moving("end,G", "move_to_end(1)", "Last", "plan-list.last", "The last disk"),
)
WAY_LIST_KEYS = (
    _moving("up,k", "move(-1)", "Up", "ways.up", "The way of asking above"),
    _moving("down,j", "move(1)", "Down", "ways.down", "The way of asking below"),
    _moving("left", "state('off')", "Off", "ways.off", "The same while the machine is powered off"),
    _moving("right", "state('running')", "Running", "ways.running", "The same while it runs"),
)
CHANGE_LIST_KEYS = (
    _moving("up,k", "move(-1)", "Up", "changes.up", "The change above"),
    _moving("down,j", "move(1)", "Down", "changes.down", "The change below"),
    _moving("home,g", "move_to_end(-1)", "First", "changes.first", "The newest change"),
    _moving("end,G", "move_to_end(1)", "Last", "changes.last", "The oldest change"),
)
MACHINE_LIST_KEYS = (
    _moving("up,k", "move(-1)", "Up", "machines.up", "The row above"),
    _moving("down,j", "move(1)", "Down", "machines.down", "The row below"),
    _moving("pageup", "move_page(-1)", "Page up", "machines.page-up", "A page up"),
    _moving("pagedown", "move_page(1)", "Page down", "machines.page-down", "A page down"),
    _moving("home", "move_to_end(-1)", "First", "machines.first", "The first row"),
    _moving("end,G", "move_to_end(1)", "Last", "machines.last", "The last row"),
)
ENTRY_LIST_KEYS = (
    _moving("up,k", "move(-1)", "Up", "entries.up", "The line above"),
    _moving("down,j", "move(1)", "Down", "entries.down", "The line below"),
    _moving("pageup", "move_page(-1)", "Page up", "entries.page-up", "A page up"),
    _moving("pagedown", "move_page(1)", "Page down", "entries.page-down", "A page down"),
    _moving("home,g", "move_to_end(-1)", "First", "entries.first", "The first line"),
    _moving("end,G", "move_to_end(1)", "Last", "entries.last", "The last line"),
)
PREVIEW_KEYS = (
    _moving("up,k", "scroll_up", "Scroll up", "preview.up", "A line up"),
    _moving("down,j", "scroll_down", "Scroll down", "preview.down", "A line down"),
    _moving("left", "scroll_left", "Scroll left", "preview.left", "To the left"),
    _moving("right", "scroll_right", "Scroll right", "preview.right", "To the right, where lines are long"),
    _moving("pageup", "page_up", "Page up", "preview.page-up", "A page up"),
    _moving("pagedown", "page_down", "Page down", "preview.page-down", "A page down"),
    _moving("home,g", "scroll_home", "Top", "preview.top", "The first line"),
    _moving("end,G", "scroll_end", "Bottom", "preview.bottom", "The last line"),
    _moving("n", "match(1)", "Next match", "preview.next-match", "The next line that has what was searched"),
    _moving("N", "match(-1)", "Match before", "preview.match-before", "The line before that has it"),
)
TEXT_KEYS = (
    _moving("up,k", "scroll_up", "Scroll up", "text.up", "A line up"),
    _moving("down,j", "scroll_down", "Scroll down", "text.down", "A line down"),
    _moving("left", "scroll_left", "Scroll left", "text.left", "To the left"),
    _moving("right", "scroll_right", "Scroll right", "text.right", "To the right"),
    _moving("pageup", "page_up", "Page up", "text.page-up", "A page up"),
    _moving("pagedown", "page_down", "Page down", "text.page-down", "A page down"),
    _moving("home,g", "scroll_home", "Top", "text.top", "The first line"),
    _moving("end,G", "scroll_end", "Bottom", "text.bottom", "The last line"),
)
TABLES = (
    CHANGE_LIST_KEYS,
    DISK_LIST_KEYS,
    PLAN_LIST_KEYS,
    WAY_LIST_KEYS,
    MACHINE_LIST_KEYS,
    ENTRY_LIST_KEYS,
    PREVIEW_KEYS,
    TEXT_KEYS,
)
