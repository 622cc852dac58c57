"""A document or a diff, drawn line by line: an edit repaints the lines that differ, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from tui.app.bindings import bindings, bound_keys
from tui.app.widgets.first_change import offset_of_change
from tui.app.widgets.line_widget import LineWidget
from tui.app.widgets.spans import LONGEST, Line, Span, plain
from tui.app.widgets.syntax import coloured
from tui.app.widgets.thin_bar import thumb
from tui.disks import Format
from tui.editing import PreviewLine, Whole
from tui.formats.text_diff import Sign
from tui.keys.moving import PREVIEW_KEYS

_SIGN_STYLES = {
    Sign.ADDED: "line--changed",
    Sign.CHANGED: "line--changed",
    Sign.REMOVED: "line--removed",
    Sign.REMOVED_BELOW: "line--removed",
}


# Lines of one disk that are no further apart belong together on the screen.
_NEAR = 4
_TAB = 4


class DocumentView(ScrollView, LineWidget, can_focus=True):
    """The rows of a preview, those of the selected disk marked and brought into view."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(PREVIEW_KEYS)

    def __init__(self, kind: Format, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.kind = kind
        self._rows: Sequence[PreviewLine] = ()
        self._selected: int | None = None
        self._number_width = 4
        self._followed: tuple[int | None, Sequence[int]] | None = None
        self._title = ""
        self.searched = ""
        self._matches: Sequence[int] = ()
        self._match = 0

    @property
    def rows(self) -> Sequence[PreviewLine]:
        """The lines of the whole document, of one disk, or of a diff; also those out of view."""
        return self._rows

    def show(self, rows: Sequence[PreviewLine], selected: int | None, *, title: str = "") -> None:
        """Show these rows, the disk ``selected`` marked; only visible lines that differ are painted again."""
        self._title = title
        old, was = self._rows, self._selected
        self._rows, self._selected = rows, selected
        numbers = max((row.number or 0 for row in rows[-1:]), default=0)
        number_width = max(len(str(max(len(rows), numbers + 1))), 3)
        width = number_width + 4 + min(_widest(rows), LONGEST)
        self._resize_to(Size(width, len(rows)))
        if number_width != self._number_width:
            self._number_width = number_width
            self.refresh()
        else:
            self._refresh_different(old, was)
        self._follow(moved=was != selected)
        if self.searched and (rows is not old):
            self._matches = matches_in(rows, self.searched)
        self._show_title()

    def _show_title(self, *, acts: bool | None = None) -> None:
        place = "not found"
        if self._matches:
            keys = bound_keys(self.app)
            ways = f"{keys['preview.next-match']} {keys['preview.match-before']}"
            place = f"{self._match + 1}/{len(self._matches)} · {ways}"
        title = f"{self._title} · /{self.searched} {place}" if self.searched else self._title
        acts = self.has_focus if acts is None else acts
        title = f"▌{title}" if acts else title  # as the row has that keys act on
        if str(self.border_title or "") != title:
            self.border_title = plain(title)

    def on_focus(self) -> None:
        """The title shows that keys act here."""
        self._show_title(acts=True)

    def on_blur(self) -> None:
        """The keys go elsewhere."""
        self._show_title(acts=False)

    # Searching

    def search(self, words: str) -> None:
        """Show where a text stands, letter case aside, from what is in view on; "" ends the search."""
        self.searched = words
        self._matches = matches_in(self._rows, words) if words else ()
        top = int(self.scroll_offset.y)
        self._match = next((place for place, y in enumerate(self._matches) if y >= top), 0)
        self._go_to_match()
        self.refresh()

    def action_match(self, step: int) -> None:
        """Go on to the next line that has what is searched."""
        if self._matches:
            self._match = (self._match + step) % len(self._matches)
            self._go_to_match()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a search the keys that go on with it are the screen's."""
        return bool(self.searched) if action == "match" else super().check_action(action, parameters)

    def _go_to_match(self) -> None:
        self._show_title()
        if not self._matches:
            return
        y, height = self._matches[min(self._match, len(self._matches) - 1)], self._page_height()
        top = int(self.scroll_offset.y)
        if not top <= y < top + height:
            self.scroll_to(y=max(y - height // 3, 0), animate=False, force=True, immediate=True)

    def show_change(self) -> None:
        """Scroll to the first change of a diff, and in a long line to the part of it that differs."""
        seen = self.scrollable_content_region.width - self._number_width - 4
        right, down = offset_of_change(self._rows, max(seen, 1), self._page_height())
        if right or down:
            self.scroll_to(x=right, y=down, animate=False, force=True, immediate=True)

    def _page_height(self) -> int:
        return max(self.scrollable_content_region.height, 1)

    def _resize_to(self, size: Size) -> None:
        """Take a new size; where the scroll bar stays, only it is painted again.

        Textual's own way lays the whole screen out anew, and so paints all of it.
        """
        if size == self.virtual_size:
            return
        if self.show_vertical_scrollbar and size.height > self.container_size.height:
            self.set_reactive(ScrollView.virtual_size, size)
            self._tell_bar(size.height)
            if self.scroll_offset.y > self.max_scroll_y:
                self.scroll_to(y=self.max_scroll_y, animate=False, force=True, immediate=True)
        else:
            self.virtual_size = size

    def _tell_bar(self, height: int) -> None:
        """Tell the scroll bar of the new height; it is painted again where its thumb moves."""
        bar = self.vertical_scrollbar
        window, position = int(bar.window_size), bar.position
        rows = self.container_size.height
        before = thumb(rows, bar.window_virtual_size, window, position)
        bar.set_reactive(ScrollBar.window_virtual_size, height)
        if thumb(rows, height, window, position) != before:
            bar.refresh()

    def _refresh_different(self, old: Sequence[PreviewLine], was: int | None) -> None:
        top = int(self.scroll_offset.y)
        for y in range(top, min(top + self.size.height, max(len(self._rows), len(old)))):
            if y >= len(old) or y >= len(self._rows):
                self.refresh_line(y)
                continue
            row = self._rows[y]
            marked = row.disk is not None and (row.disk == self._selected) != (row.disk == was)
            if marked or row != old[y]:
                self.refresh_line(y)

    def _follow(self, *, moved: bool) -> None:
        """Bring the selected disk's lines into view, all of them where they fit."""
        place = (self._selected, self._lines_to_follow())
        if not moved and place == self._followed:
            return
        self._followed = place
        height = self.scrollable_content_region.height
        lines = place[1]
        if not lines or not height:
            return
        first, last = lines[0], min(lines[-1], lines[0] + height - 1)
        top = int(self.scroll_offset.y)
        if first < top or last >= top + height:
            above = max((height - (last - first + 1)) // 3, 0)
            self.scroll_to(y=max(first - above, 0), animate=False, force=True, immediate=True)

    def _lines_to_follow(self) -> Sequence[int]:
        """The selected disk's lines; of scattered ones the changed group, else the largest."""
        groups: list[list[int]] = []
        for y in _lines_of(self._rows, self._selected):
            if groups and y - groups[-1][-1] <= _NEAR:
                groups[-1].append(y)
            else:
                groups.append([y])
        return max(
            groups,
            key=lambda group: (any(self._rows[y].sign is not Sign.SAME for y in group), len(group)),
            default=(),
        )

    def on_resize(self) -> None:
        """Keep the selected disk in view."""
        self._followed = None
        self._follow(moved=True)

    def render_line(self, y: int) -> Strip:
        place = int(self.scroll_offset.y) + y
        width = self.scrollable_content_region.width
        if place >= len(self._rows):
            return self.strip((), width)
        offset, gutter = int(self.scroll_offset.x), self._number_width + 4
        return self.strip(self._line(self._rows[place]), width, offset=offset, kept=gutter)

    def _line(self, row: PreviewLine) -> Line:
        number = "" if row.number is None else str(row.number + 1)
        style = _SIGN_STYLES.get(row.sign, "")
        mine = row.disk is not None and row.disk == self._selected
        # Neighbours in one style are sent as one: blanks take the style of what they stand beside.
        number_style = style or "line--dim"
        gutter = (
            Span(row.sign.value + number.rjust(self._number_width), number_style),
            Span(" ▌ ", "line--strong") if mine else Span("   ", number_style),
        )
        text = row.text[:LONGEST].expandtabs(_TAB)
        if self.searched and self.searched.lower() in text.lower():
            return (*gutter, *_found_in(text, self.searched, style))
        if row.sign in (Sign.ADDED, Sign.REMOVED, Sign.CHANGED):
            start, end = (len(row.text[:place].expandtabs(_TAB)) for place in row.part)
            part = Span(text[start:end], f"{style}-part")
            parts = (Span(text[:start], style), part, Span(text[end:], style))
            return (*gutter, *(one for one in parts if one.text))
        return (*gutter, *coloured(text, self.kind))


def matches_in(rows: Sequence[PreviewLine], words: str) -> Sequence[int]:
    """The rows (from 0) that have a text, letter case aside."""
    wanted = words.lower()
    return [y for y, row in enumerate(rows) if wanted in row.text[:LONGEST].expandtabs(_TAB).lower()]


def _found_in(text: str, words: str, style: str) -> list[Span]:
    """A line with what was searched standing out."""
    spans, done, folded = [], 0, text.lower()
    while words and (start := folded.find(words.lower(), done)) >= 0:
        spans += [Span(text[done:start], style), Span(text[start : start + len(words)], "line--found")]
        done = start + len(words)
    return [one for one in (*spans, Span(text[done:], style)) if one.text]


def _widest(rows: Sequence[PreviewLine]) -> int:
    return rows.widest if isinstance(rows, Whole) else max((len(row.text) for row in rows), default=0)


def _lines_of(rows: Sequence[PreviewLine], disk: int | None) -> Sequence[int]:
    """Where the rows of a disk are; of a whole text that is known without a look at them."""
    if isinstance(rows, Whole):
        return rows.lines_of(disk)
    return [y for y, row in enumerate(rows) if row.disk is not None and row.disk == disk]
