"""The style of a cell of the terminal, and the sequence that leads from one style to another.

The codes are ECMA-48's SGR (ISO 6429) and xterm's extensions of it for 256 and 16 million colours.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rich.color import Color

Style = frozenset[tuple[str, str]]
"""What is switched on, in pairs: the code that switches it off, and the codes that switch it on."""

PLAIN: Style = frozenset()
_COLOURS = frozenset((_FORE := "39", _BACK := "49"))
# The code that switches each off.
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29"}
_OFF |= {"21": "24", "53": "55"}
_OFF |= {str(code): _FORE for code in (*range(30, 38), *range(90, 98))}
_OFF |= {str(code): _BACK for code in (*range(40, 48), *range(100, 108))}
# Reverse, lines and blinking show the ink where there is no letter.
_INK_ON_BLANKS = frozenset(("24", "25", "27", "29", "55"))
_CODE = re.compile(r"[34]8;(?:5;\d+|2;\d+;\d+;\d+)|[^;]+")
# A colour that xterm's palette has is told by its number. Not the first 22: people redefine those, for themes
# of more than sixteen colours.
_NUMBERS = {
    "2;{};{};{}".format(*Color.from_ansi(number).get_truecolor()): f"5;{number}" for number in range(22, 256)
}


@lru_cache(maxsize=4096)
def style_of(codes: str) -> Style | None:
    """The style that SGR ``codes`` (``1;38;2;9;9;9``) give plain text; None where one is not known here."""
    on: dict[str, str] = {}
    for code in _CODE.findall(codes):
        kind, _, colour = code.partition(";")
        if colour:
            on[_FORE if kind == "38" else _BACK] = f"{kind};{_NUMBERS.get(colour, colour)}"
        elif code == "0":
            on.clear()
        elif code in _COLOURS:
            on.pop(code, None)
        elif code not in _OFF:
            return None
        elif (off := _OFF[code]) in _COLOURS or off not in on:
            on[off] = code
        else:
            on[off] = ";".join(sorted({*on[off].split(";"), code}))
    return frozenset(on.items())


@lru_cache(maxsize=4096)
def on_blank(style: Style) -> Style:
    """All that can be seen of a style where there is no letter."""
    if any(off in _INK_ON_BLANKS for off, _ in style):
        return style
    return frozenset(one for one in style if one[0] == _BACK)


def erases(style: Style, *, in_colour: bool) -> bool:
    """Whether erasing leaves what a blank of it shows; ``in_colour``: it takes the background's."""
    return all(in_colour and off == _BACK for off, _ in on_blank(style))


@lru_cache(maxsize=4096)
def sgr(before: Style | None, after: Style) -> str:
    """The sequence behind which writing has a style, where it had another (None: nobody knows which)."""
    if before == after:
        return ""
    if not after:
        return "\x1b[m"
    replaced = {off for off, _ in after} & _COLOURS
    codes = ["0"] if before is None else sorted(off for off, _ in before - after if off not in replaced)
    codes += sorted(on for _, on in after - (before or PLAIN))
    return f"\x1b[{';'.join(codes)}m"
