"""What a text looks like: its contrast in our themes, on the palettes of terminals, and signs in ASCII."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.color import Color, ColorType
from rich.style import Style
from textual.keys import format_key

from tests.app.helpers import KVM, Seat, copied, seated
from tests.standing import painted
from tui.app.ascii_signs import in_ascii, key_word, speaks_utf8
from tui.app.launch import has_few_colours, has_no_colours, theme_for
from tui.app.widgets.spans import STYLES
from tui.keys import every_key
from tui.settings import ANSI_LIGHT_THEME, ANSI_THEME, OWN_THEMES

# As WCAG 2.1 wants it of texts (1.4.3).
LEAST = 4.5
RGB = tuple[int, int, int]


def _palette(*numbers: int) -> tuple[RGB, ...]:
    return tuple((one >> 16, one >> 8 & 255, one & 255) for one in numbers)


# The sixteen colours as XTerm-col.ad, PuTTY's default session and the kernel's drivers/tty/vt/vt.c have them.
PALETTES = {
    "xterm": _palette(
        *(0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5),
        *(0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF),
    ),
    "PuTTY": _palette(
        *(0x000000, 0xBB0000, 0x00BB00, 0xBBBB00, 0x0000BB, 0xBB00BB, 0x00BBBB, 0xBBBBBB),
        *(0x555555, 0xFF5555, 0x55FF55, 0xFFFF55, 0x5555FF, 0xFF55FF, 0x55FFFF, 0xFFFFFF),
    ),
    "Linux console": _palette(
        *(0x000000, 0xAA0000, 0x00AA00, 0xAA5500, 0x0000AA, 0xAA00AA, 0x00AAAA, 0xAAAAAA),
        *(0x555555, 0xFF5555, 0x55FF55, 0xFFFF55, 0x5555FF, 0xFF55FF, 0x55FFFF, 0xFFFFFF),
    ),
}
_DARK_GROUND, _LIGHT_GROUND = ((170, 170, 170), (0, 0, 0)), ((0, 0, 0), (255, 255, 255))


def luminance(colour: RGB) -> float:
    """Relative luminance, as WCAG 2.1 defines it."""
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: RGB, other: RGB) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_the_contrast_of_a_text_is_worked_out_as_wcag_does() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((0, 0, 0xAA), (0, 0, 0)) == pytest.approx(1.58, abs=0.01), "blue on black"


def _inks(colour: Color | None, default: RGB, palette: tuple[RGB, ...], *, bold: bool) -> Iterator[RGB]:
    """What a colour may look like: bold is bright on many terminals."""
    if colour is None or colour.type is ColorType.DEFAULT:
        yield default
    elif colour.type is ColorType.STANDARD:
        number = colour.number or 0
        yield palette[number]
        if bold and number < 8:
            yield palette[number + 8]
    else:
        yield tuple(colour.get_truecolor())  # type: ignore[misc]


def contrasts(style: Style, theme: str) -> Iterator[tuple[str, float]]:
    """The contrast of a text in a style, on each palette where the theme is in the terminal's colours."""
    ink, ground = _LIGHT_GROUND if theme == ANSI_LIGHT_THEME else _DARK_GROUND
    names = PALETTES if theme in (ANSI_THEME, ANSI_LIGHT_THEME) else {"own": PALETTES["xterm"]}
    for name, palette in names.items():
        inks = list(_inks(style.color, ink, palette, bold=bool(style.bold)))
        grounds = list(_inks(style.bgcolor, ground, palette, bold=False))
        for one, other in itertools.product(inks, grounds):
            yield name, contrast(one, other)


def _texts(seat: Seat) -> Iterator[tuple[str, Style]]:
    for strip in painted(seat.app):
        for segment in strip:
            text = segment.text.strip(" │┃─━╭╮╰╯▔▁▊▎█┌┐└┘")
            if text and segment.style is not None:
                yield text, segment.style


def too_faint(seat: Seat, theme: str) -> Iterator[str]:
    """The texts seen that do not stand out."""
    for text, style in _texts(seat):
        for palette, value in contrasts(style, theme):
            if value < LEAST:
                yield f"{text!r}: {style} on {palette}: {value:.1f}"


def _styles_on_grounds(seat: Seat, theme: str) -> Iterator[str]:
    """The styles of lines that do not stand out on every ground there is, the cursor's too."""
    screen = seat.screen
    grounds = {widget.rich_style.bgcolor for widget in screen.query("Lines, DiskList, DocumentView")}
    grounds.add(screen.get_component_rich_style("line--cursor").bgcolor)
    for name, ground in itertools.product(sorted(STYLES), grounds):
        ink = screen.get_component_rich_style(name)
        style = ink.without_color + Style(color=ink.color, bgcolor=ground)
        for palette, value in contrasts(style, theme):
            if value < LEAST:
                yield f"{name}: {style} on {palette}: {value:.1f}"


_STOPS = (
    ("down", "s"),
    ("down", "p"),
    ("escape", "tab"),
    ("m", "down"),
    ("escape", "question_mark"),
    ("escape", "n"),
    ("escape", "slash"),
    ("escape", "ctrl+p", "down"),
)


@pytest.mark.parametrize("theme", OWN_THEMES)
async def test_every_text_in_our_themes_stands_out(
    theme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISKMODE_CONFIG", str(tmp_path / "config.toml"))
    async with seated(copied(KVM, tmp_path)) as seat:
        seat.app.theme = theme
        await seat.settle()
        found = list(_styles_on_grounds(seat, theme))
        for keys in _STOPS:
            await seat.press(*keys)
            found += too_faint(seat, theme)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("told", "theme"),
    [
        ({"TERM": "xterm-256color"}, "diskmode"),
        ({"TERM": "linux"}, ANSI_THEME),
        ({"TERM": "xterm", "COLORFGBG": "0;15"}, ANSI_LIGHT_THEME),
        ({"TERM": "xterm", "COLORFGBG": "15;default;0"}, ANSI_THEME),
    ],
)
def test_a_terminal_of_sixteen_colours_gets_a_theme_of_them(told: dict[str, str], theme: str) -> None:
    assert theme_for(told, None) == theme


def test_a_theme_that_was_chosen_stays_where_the_terminal_has_its_colours() -> None:
    assert theme_for({"TERM": "xterm-256color"}, "nord") == "nord"
    assert theme_for({"TERM": "linux"}, "nord") == ANSI_THEME
    assert theme_for({"TERM": "linux"}, ANSI_LIGHT_THEME) == ANSI_LIGHT_THEME


@pytest.mark.parametrize("term", ["vt100", "vt220", "xterm-mono"])
def test_a_terminal_that_had_no_colours_gets_none(term: str) -> None:
    assert has_no_colours({"TERM": term})
    assert has_few_colours({"TERM": term, "COLORTERM": "truecolor"})
    assert not has_no_colours({"TERM": "xterm"})


@pytest.mark.parametrize(
    ("told", "speaks"),
    [
        ({}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),
        ({"LANG": "POSIX", "LC_CTYPE": "C.UTF-8"}, False),
        ({"LC_CTYPE": "C.UTF-8"}, True),
    ],
)
def test_what_was_said_before_python_said_it_counts(told: dict[str, str], speaks: bool) -> None:
    assert speaks_utf8(told) is speaks


def test_signs_in_ascii_are_as_wide_and_say_the_same() -> None:
    assert in_ascii("▌ ✗ web · 1 of 2 …") == "> X web - 1 of 2 ~"
    assert in_ascii("Zürich 測試 ─│") == "Zurich ???? -|"
    assert in_ascii("plain") == "plain"
    assert in_ascii("┃") != in_ascii("│"), "a scroll bar is seen"


def test_no_key_is_shown_in_ascii_by_the_sign_of_another() -> None:
    assert key_word("enter", utf8=True) == "enter"
    for key in every_key().values():
        for name in key.keys.split(","):
            shown = key_word(name, utf8=False) or key.display or format_key(name)
            assert shown.isascii(), name
            assert shown != "?" or name == "question_mark"
