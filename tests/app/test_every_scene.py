"""Every scene in the themes of both sorts of terminal, without colours, and in ASCII: it can be read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rich.color import ColorType
from rich.style import Style
from textual.filter import NoColor

from tests.app.helpers import Seat
from tests.app.test_looks import too_faint
from tests.scenes import SCENES, SMALL, Scene, among_samples, player, scene_app
from tests.standing import painted
from tui.app.ascii_signs import in_ascii
from tui.app.widgets.cursor_list import CursorList
from tui.settings import ANSI_THEME, OWN_THEME


async def _in_theme(seat: Seat, theme: str) -> None:
    seat.app.theme = theme
    await seat.settle()


def _styles(seat: Seat) -> Iterator[tuple[str, Style]]:
    for strip in painted(seat.app):
        for text, style, _ in strip:
            if style is not None:
                yield text, style


def _coloured(seat: Seat) -> list[str]:
    """The texts that would be in a colour."""
    return [
        f"{text!r}: {style}"
        for text, style in _styles(seat)
        for colour in (style.color, style.bgcolor)
        if colour is not None and colour.type is not ColorType.DEFAULT
    ]


def _row_under_the_cursor(seat: Seat) -> list[Style | None]:
    """The styles of the row that keys act on; empty where the focus is in no table."""
    table = seat.app.focused
    if not isinstance(table, CursorList) or not table.row_count():
        return []
    y = 1 + table.cursor - int(table.scroll_offset.y)
    return [segment.style for segment in table.render_line(y)]


def _signs(seat: Seat) -> set[str]:
    """What is seen that is neither ASCII nor a letter, of which files have any."""
    return {one for line in seat.seen() for one in line if not one.isascii() and not one.isalpha()}


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_a_scene_can_be_read_in_few_colours_in_none_and_in_ascii(scene: Scene) -> None:
    with among_samples(scene.opened):
        app = scene_app(scene)
        async with app.run_test(size=SMALL) as pilot:
            await player(scene)(pilot)
            seat = Seat(app, pilot)
            faint = list(too_faint(seat, OWN_THEME))
            await _in_theme(seat, ANSI_THEME)
            faint += too_faint(seat, ANSI_THEME)
            assert not faint, "\n".join(faint)
            app.no_color = True
            app._filters.append(NoColor())
            await _in_theme(seat, OWN_THEME)
            await _in_theme(seat, ANSI_THEME)
            assert not _coloured(seat)
            assert all(style is not None and style.reverse for style in _row_under_the_cursor(seat))
            assert not [one for one in _signs(seat) if in_ascii(one) == "?"]
