"""The keys that move a cursor or scroll: no key line shows them, no palette begins with them."""

from __future__ import annotations

from tui.keys.key import Group, Key


def _moving(keys: str, action: str, description: str, name: str, tooltip: str) -> Key:
    return Key(keys, action, description, name, tooltip, Group.MOVE, shown=False)


def _rows(name: str, row: str) -> tuple[Key, ...]:
    """To the row above and below."""
    return (
        _moving("up,k", "move(-1)", "Up", f"{name}.up", f"The {row} above"),
        _moving("down,j", "move(1)", "Down", f"{name}.down", f"The {row} below"),
    )


def _pages(name: str) -> tuple[Key, ...]:
    return (
        _moving("pageup", "move_page(-1)", "Page up", f"{name}.page-up", "A page up"),
        _moving("pagedown", "move_page(1)", "Page down", f"{name}.page-down", "A page down"),
    )


def _ends(name: str, first: str, last: str, home: str = "home,g") -> tuple[Key, ...]:
    return (
        _moving(home, "move_to_end(-1)", "First", f"{name}.first", f"The {first}"),
        _moving("end,G", "move_to_end(1)", "Last", f"{name}.last", f"The {last}"),
    )


def _scrolling(name: str, right: str) -> tuple[Key, ...]:
    """Of a text, line by line, page by page, to its ends."""
    return (
        _moving("up,k", "scroll_up", "Scroll up", f"{name}.up", "A line up"),
        _moving("down,j", "scroll_down", "Scroll down", f"{name}.down", "A line down"),
        _moving("left", "scroll_left", "Scroll left", f"{name}.left", "To the left"),
        _moving("right", "scroll_right", "Scroll right", f"{name}.right", right),
        _moving("pageup", "page_up", "Page up", f"{name}.page-up", "A page up"),
        _moving("pagedown", "page_down", "Page down", f"{name}.page-down", "A page down"),
        _moving("home,g", "scroll_home", "Top", f"{name}.top", "The first line"),
        _moving("end,G", "scroll_end", "Bottom", f"{name}.bottom", "The last line"),
    )


DISK_LIST_KEYS = (*_rows("list", "disk"), *_pages("list"), *_ends("list", "first disk", "last disk"))
PLAN_LIST_KEYS = (*_rows("plan-list", "disk"), *_ends("plan-list", "first disk", "last disk"))
WAY_LIST_KEYS = (
    *_rows("ways", "way of asking"),
    _moving("left", "state('off')", "Off", "ways.off", "The same while the machine is powered off"),
    _moving("right", "state('running')", "Running", "ways.running", "The same while it runs"),
)
CHANGE_LIST_KEYS = (*_rows("changes", "change"), *_ends("changes", "newest change", "oldest change"))
# g groups the rows here.
MACHINE_LIST_KEYS = (
    *_rows("machines", "row"),
    *_pages("machines"),
    *_ends("machines", "first row", "last row", home="home"),
)
ENTRY_LIST_KEYS = (
    *_rows("entries", "line"),
    *_pages("entries"),
    *_ends("entries", "first line", "last line"),
)
PREVIEW_KEYS = (
    *_scrolling("preview", "To the right, where lines are long"),
    _moving("n", "match(1)", "Next match", "preview.next-match", "The next line that has what was searched"),
    _moving("N", "match(-1)", "Match before", "preview.match-before", "The line before that has it"),
)
TEXT_KEYS = _scrolling("text", "To the right")
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
