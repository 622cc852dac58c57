"""The painter: whatever it leaves out, a terminal shows what the whole frames would have shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.app.terminal.parse import is_unseen, parse
from tui.app.terminal.screen_diff import ScreenDiff
from tui.app.terminal.style import PLAIN, on_blank, sgr, style_of

WIDTH, HEIGHT = 40, 12
CODES = (
    "",
    "1",
    "2",
    "1;2",
    "3;4",
    "7",
    "9;31",
    "38;5;110",
    "1;38;2;1;2;3",
    "48;2;18;18;18",
    "44",
    "38;2;95;135;175",
)


class Cell(NamedTuple):
    """What is seen of a cell: on a blank neither its colour nor whether it is bold."""

    letter: str
    back: str
    reverse: bool
    underscore: bool
    strikethrough: bool
    ink: tuple[str, bool, bool] | None


def cells(screen: pyte.Screen) -> list[list[Cell]]:
    return [[_cell(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)]


def _cell(char: pyte.screens.Char) -> Cell:
    ink = None
    if char.data.strip():
        ink = (char.fg, char.bold, char.italics)
    elif char.underscore or char.strikethrough or char.reverse:
        ink = (char.fg, False, False)
    return Cell(char.data, char.bg, char.reverse, char.underscore, char.strikethrough, ink)


class Terminals:
    """One that is told everything, and one that is told what the painter says."""

    def __init__(self, erases_in_colour: bool = True, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.painter = ScreenDiff(width, height, erases_in_colour=erases_in_colour)
        self._screens = [pyte.Screen(width, height), pyte.Screen(width, height)]
        self._whole, self._lean = (pyte.Stream(screen) for screen in self._screens)
        for screen in self._screens:
            screen.reset_mode(pyte.modes.DECAWM)

    def show(self, data: str) -> str:
        """Draw a frame on both; what the painter wrote."""
        frame = parse(data)
        assert frame is not None
        painted = self.painter.diff(frame)
        self._whole.feed(data)
        self._lean.feed(painted)
        return painted

    def forget(self) -> None:
        """Have something else write over the lean terminal, and the painter told of it."""
        self._lean.feed("\x1b[m\x1b[5H\x1b[2Ksomething else\x1b[31m")
        self.painter.resize(WIDTH, HEIGHT)
        self._whole.feed("\x1b[m\x1b[5H\x1b[2Ksomething else")

    def assert_alike(self) -> None:
        whole, lean = map(cells, self._screens)
        assert whole == lean


def segment(text: str, codes: str) -> str:
    return f"\x1b[{codes}m{text}\x1b[0m" if codes else text


def row_of(number: int, *parts: tuple[str, str], column: int = 0) -> str:
    """A row as Textual writes it."""
    return f"\x1b[{number + 1};{column + 1}H" + "".join(segment(text, codes) for text, codes in parts)


def page(rows: Sequence[str], codes: str = "", width: int = WIDTH) -> str:
    return "\n".join(row_of(number, (text.ljust(width)[:width], codes)) for number, text in enumerate(rows))


_texts = st.text(st.sampled_from("ab   x1│▌é"), min_size=1, max_size=30)
_odd_texts = st.text(st.sampled_from("ab  漢字…é\u0300🙂"), min_size=1, max_size=12)


@st.composite
def row_at(draw: st.DrawFn, number: int, *, odd: bool) -> str:
    """A row, or a part of it, that ends within the terminal."""
    column = draw(st.sampled_from((0, 0, 7, 30)))
    texts = _texts | _odd_texts if odd else _texts
    parts = draw(st.lists(st.tuples(texts, st.sampled_from(CODES)), min_size=1, max_size=4))
    # A letter first: what joins another, at the start of a row, joins what no two terminals agree on.
    kept, room = [("x", "")], WIDTH - column - 1
    for text, codes in parts:
        fitting = next(text[:end] for end in range(len(text), -1, -1) if cell_len(text[:end]) <= room)
        if fitting:
            kept.append((fitting, codes))
            room -= cell_len(fitting)
    return row_of(number, *kept, column=column)


@st.composite
def patches(draw: st.DrawFn, *, odd: bool) -> str:
    """Some rows from the top down, as Textual writes those that changed."""
    numbers = draw(st.sets(st.integers(0, HEIGHT - 1), min_size=1, max_size=6))
    return "\n".join(draw(row_at(number, odd=odd)) for number in sorted(numbers))


@st.composite
def scrolled(draw: st.DrawFn) -> str:
    """Numbered rows from some place of a text on, as a view that scrolls shows them."""
    top, first = draw(st.integers(0, 30)), draw(st.integers(0, 4))
    lines = [f"{top + one:3} line {(top + one) * 37 % 23} of it" for one in range(HEIGHT - first)]
    codes = draw(st.sampled_from(CODES))
    return "\n".join(
        row_of(first + number, (line.ljust(WIDTH - 1), codes), ("│", "38;5;240"))
        for number, line in enumerate(lines)
    )


narrow_frames = st.lists(patches(odd=False) | scrolled(), max_size=8)
odd_frames = st.lists(patches(odd=True) | scrolled(), max_size=5)


@given(narrow_frames | odd_frames, st.booleans(), st.integers(0, 8))
@settings(max_examples=250, deadline=None)
def test_a_terminal_shows_what_the_whole_frames_would_have_shown(
    drawn: list[str], erases_in_colour: bool, forgotten: int
) -> None:
    terminals = Terminals(erases_in_colour)
    terminals.show(page([""] * HEIGHT, "48;2;18;18;18"))
    for number, data in enumerate(drawn):
        if number == forgotten:
            terminals.forget()
        if parse(data) is not None:
            terminals.show(data)
            terminals.assert_alike()


def test_a_frame_that_is_shown_already_writes_nothing() -> None:
    terminals = Terminals()
    terminals.show(page(["one", "two"], "1;31"))
    assert terminals.show(page(["one", "two"], "1;31")) == ""


def test_one_letter_is_one_letter() -> None:
    terminals = Terminals()
    terminals.show(page(["scsi0:0 [x]", "two"]))
    assert terminals.show(page(["scsi0:0 [ ]", "two"])) == "\x1b[1;10H "
    assert terminals.show(page(["scsi0:0 [x]", "two"])) == "\x1b[1;10Hx"


def test_a_terminal_that_erases_without_colour_is_not_asked_to_erase_coloured_blanks() -> None:
    lines = [f"a line of its own, number {number * 7}" for number in range(8)]
    terminals = Terminals(erases_in_colour=False)
    written = terminals.show(page(lines, "44")) + terminals.show(page(["new", *lines], "44"))
    assert "\x1b[K" not in written
    assert "\x1b[K" in terminals.show(page(lines))
    terminals.assert_alike()


@pytest.mark.parametrize("before", CODES)
@pytest.mark.parametrize("after", CODES)
def test_the_way_from_a_style_to_another_gives_that_style_and_no_other(before: str, after: str) -> None:
    one, other = style_of(before), style_of(after)
    assert one is not None
    assert other is not None
    told, straight = pyte.Screen(4, 1), pyte.Screen(4, 1)
    pyte.Stream(told).feed(f"{sgr(None, one)}a{sgr(one, other)}b")
    pyte.Stream(straight).feed(f"{sgr(None, other)}ab")
    assert told.buffer[0][1] == straight.buffer[0][1]
    assert sgr(other, other) == ""


def test_in_reverse_a_blank_shows_the_ink_and_so_whether_that_is_bold() -> None:
    plain, bold = style_of("7;31"), style_of("1;7;31")
    assert plain is not None
    assert bold is not None
    assert on_blank(plain) != on_blank(bold)


def test_a_colour_of_the_palette_is_told_by_its_number_but_not_one_that_people_redefine() -> None:
    assert style_of("38;2;95;135;175") == style_of("38;5;67")
    assert style_of("48;2;18;18;18") == style_of("48;5;233")
    assert style_of("38;2;95;135;176") != style_of("38;5;67")
    for codes in ("38;2;0;0;0", "48;2;0;0;95", "38;2;0;0;255"):
        style = style_of(codes)
        assert style is not None
        assert codes in sgr(PLAIN, style)


@pytest.mark.parametrize("codes", ["38;7;1", "38;2;1", "58;5;1", "x", "1;108"])
def test_an_unknown_style_is_no_style(codes: str) -> None:
    assert style_of(codes) is None
    assert parse(f"\x1b[1;1H\x1b[{codes}mx\x1b[0m") is None


@pytest.mark.parametrize(
    "data",
    [
        "x",
        "",
        "\x1b[1;1H",
        "\x1b[1;1Hx\x1b[2J",
        "\x1b[1;1H\x1b[31mx\x1b[1my",
        "\x1b[1;1Hx\ty",
        "\x1b[1;1H\x9b1m",
    ],
)
def test_what_is_no_frame_is_not_taken_for_one(data: str) -> None:
    assert parse(data) is None


@pytest.mark.parametrize(
    ("data", "unseen"),
    [
        ("\x1b[?25l", True),
        ("\x1b[?1000h\x1b[?1006h", True),
        ("\x1b[?2026$p", True),
        ("\x1b[>25u", True),
        ("\x1b]52;c;YWJj\x07", True),
        ("\x1b]2;title\x1b\\", True),
        ("\x07", True),
        ("\x1b[?1049h", False),
        ("\x1b[2J", False),
        ("text", False),
    ],
)
def test_what_leaves_the_screen_as_it_is_is_known(data: str, unseen: bool) -> None:
    assert is_unseen(data) is unseen


def test_plain_writing_is_what_the_painter_leaves_behind() -> None:
    painter = ScreenDiff(WIDTH, HEIGHT, erases_in_colour=True)
    frame = parse(row_of(0, ("red", "31")))
    assert frame is not None
    assert painter.diff(frame).endswith("red")
    assert painter.reset() == "\x1b[m"
    assert painter.reset() == ""
    assert sgr(style_of("31"), PLAIN) == "\x1b[m"


@pytest.mark.parametrize("letter", ["漢", "é\u0300", "🙂", "\ufdfa", "\u200d", "\uff57", "🇩🇪"])
def test_letters_of_odd_width_are_written_with_all_that_textual_wrote_of_their_row(letter: str) -> None:
    painter = ScreenDiff(WIDTH, HEIGHT, erases_in_colour=True)
    for text in (f"one {letter} two", f"one {letter} tvo"):
        frame = parse(page([text + " " * (WIDTH - cell_len(text))]))
        assert frame is not None
        written = painter.diff(frame)
    assert f"one {letter} tvo" in written


@pytest.mark.parametrize("narrow", [True, False])
def test_letters_of_disputed_width_move_nothing_but_their_own_row(
    narrow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wide for Rich; terminals of before Unicode 16 give this letter one cell."""
    letter = "\u2630"
    width = pyte.screens.wcwidth
    monkeypatch.setattr(pyte.screens, "wcwidth", lambda one: 2 - narrow if one == letter else width(one))
    whole, lean = pyte.Screen(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)
    for screen in (whole, lean):
        screen.reset_mode(pyte.modes.DECAWM)
    painter = ScreenDiff(WIDTH, HEIGHT, erases_in_colour=True)
    name = f"{letter} name"
    for lines in (["x" * 20] * 4, ["x" * 20, name, "xxxxxxxY" + "x" * 12, "x" * 9], ["x", name + "s", "Y"]):
        drawn = page([line + " " * (WIDTH - cell_len(line)) for line in lines])
        frame = parse(drawn)
        assert frame is not None
        pyte.Stream(whole).feed(drawn)
        pyte.Stream(lean).feed(painter.diff(frame))
        assert [line.rstrip() for line in lean.display] == [line.rstrip() for line in whole.display]


def test_a_part_of_a_row_of_odd_letters_is_written_over_it_and_the_rest_stays() -> None:
    terminals = Terminals()
    terminals.show(page(["漢字 name" + " " * (WIDTH - 9), "two"]))
    for part in ("nom ", "漢  ", "nom "):
        assert part in terminals.show(row_of(0, (part, "31"), column=5))
        terminals.assert_alike()


def test_a_row_of_odd_letters_among_rows_that_moved_stays_where_it_is() -> None:
    lines = [f"{chr(ord('a') + number) * 30} {number}" for number in range(12)]
    terminals = Terminals()
    terminals.show(page(lines[:10]))
    terminals.show(row_of(4, ("漢字 name" + " " * (WIDTH - 9), "")))
    moved = page(lines[1:11]).split("\n")
    terminals.show("\n".join(moved[:4] + moved[5:]))
    terminals.assert_alike()


def test_the_cursor_is_put_back_where_a_line_is_typed_into() -> None:
    painter, screen = ScreenDiff(WIDTH, HEIGHT, erases_in_colour=True), pyte.Screen(WIDTH, HEIGHT)
    for text in ("\x1b[1;1Habc\x1b[6;11H", "\x1b[3;1Hlater\x1b[6;11H"):
        frame = parse(text)
        assert frame is not None
        pyte.Stream(screen).feed(painter.diff(frame))
        assert (screen.cursor.x, screen.cursor.y) == (10, 5)


@pytest.mark.parametrize("up", [1, -1, 3, -3])
@pytest.mark.parametrize("bar", ["│", "┃"])
def test_rows_that_moved_are_moved_by_the_terminal(up: int, bar: str) -> None:
    lines = [f"{chr(ord('a') + number) * 30} {number}" for number in range(20)]
    terminals = Terminals()
    for top in (4, 4 + up):
        shown = ["the title", *(line.ljust(WIDTH - 1) + bar for line in lines[top : top + 10]), "keys"]
        written = terminals.show(page(shown, "48;2;18;18;18"))
        terminals.assert_alike()
    assert "\x1b[2;11r" in written
    assert len(written) < 30 + abs(up) * 50


def test_other_rows_are_not_taken_for_rows_that_moved() -> None:
    terminals = Terminals()
    for first in ("one", "two"):
        written = terminals.show(page([f"{first} {number * 7}" for number in range(10)]))
        terminals.assert_alike()
    assert "r" not in written
