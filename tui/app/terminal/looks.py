"""How a cell of the terminal looks: attributes and colours, and the shortest way from one look to another.

The codes are ECMA-48's SGR (ISO 6429) and xterm's extensions of it for 256 and 16 million colours.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from itertools import product

_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29"}
_OFF |= {"21": "24", "53": "55"}
# What shows on a blank: underlines, blinking aside reverse, strike, overline.
_SEEN_ON_BLANKS = frozenset(("4", "7", "9", "21", "53"))
_REVERSE = "7"
_DEFAULT_FORE, _DEFAULT_BACK = "39", "49"


class Look:
    """A set of attributes (SGR codes that switch one on) and the codes of both colours.

    Made by :func:`look_of` only, so that equal looks are one object.
    """

    __slots__ = ("__dict__", "attributes", "back", "fore")

    def __init__(self, attributes: frozenset[str], fore: str, back: str) -> None:
        self.attributes = attributes
        self.fore = fore
        self.back = back

    @cached_property
    def on_blank(self) -> Look:
        """All that can be seen of it on a blank."""
        seen = self.attributes & _SEEN_ON_BLANKS
        if _REVERSE in seen:  # what a blank shows then is the ink, however that looks
            seen = self.attributes
        return _made(seen, self.fore if seen else _DEFAULT_FORE, self.back)

    @cached_property
    def erases(self) -> bool:
        """Whether erasing with its background leaves what a blank of it shows."""
        return not self.on_blank.attributes

    @cached_property
    def codes(self) -> str:
        """The codes that give plain writing this look."""
        codes = sorted(self.attributes, key=int)
        codes += [code for code in (self.fore, self.back) if code not in (_DEFAULT_FORE, _DEFAULT_BACK)]
        return ";".join(codes)

    def after(self, before: Look | None) -> str:
        """The sequence behind which writing looks so, where it looked like ``before`` (None: unknown)."""
        return "" if before is self else _sequence(before, self)


@lru_cache(maxsize=4096)
def _made(attributes: frozenset[str], fore: str, back: str) -> Look:
    return Look(attributes, fore, back)


PLAIN = _made(frozenset(), _DEFAULT_FORE, _DEFAULT_BACK)


@lru_cache(maxsize=4096)
def _sequence(before: Look | None, after: Look) -> str:
    anew = f"\x1b[0;{after.codes}m" if after.codes else "\x1b[m"
    if before is None:
        return anew
    gone = {_OFF[one] for one in before.attributes - after.attributes}
    # 22 ends both bold and dim, 24 and 25 two each: what is to stay is switched on again behind it.
    kept = {one for one in after.attributes if one not in before.attributes or _OFF[one] in gone}
    codes = sorted(gone, key=int) + sorted(kept, key=int)
    codes += [now for was, now in ((before.fore, after.fore), (before.back, after.back)) if was != now]
    return min(f"\x1b[{';'.join(codes)}m", anew, key=len)


# xterm's palette: a cube of six steps from its 17th colour on, and greys. Of the cube people redefine the
# first six, for themes of more than sixteen colours.
_STEPS = ("0", "95", "135", "175", "215", "255")
_REDEFINED = 21
_GREYS = [str(grey) for grey in range(8, 248, 10)]
_PALETTE: dict[tuple[str, ...], str] = {
    colour: str(number) for number, colour in enumerate(product(_STEPS, repeat=3), 16) if number > _REDEFINED
} | {(grey, grey, grey): str(number) for number, grey in enumerate(_GREYS, 232)}


def _shortest(colour: tuple[str, ...]) -> str:
    """A colour's codes; where it is one of the palette, by its number there."""
    kind, *parts = colour
    number = _PALETTE.get(tuple(parts)) if kind == "2" else None
    return ";".join(colour) if number is None else f"5;{number}"


@lru_cache(maxsize=4096)
def look_of(codes: str) -> Look | None:
    """The look that SGR ``codes`` (``1;38;2;9;9;9``) give plain text; None where one is not known here."""
    attributes: set[str] = set()
    fore, back = _DEFAULT_FORE, _DEFAULT_BACK
    rest = codes.split(";") if codes else []
    while rest:
        code = rest.pop(0)
        if code in _OFF:
            attributes.add(code)
        elif code in ("38", "48"):
            size = {"5": 2, "2": 4}.get(rest[0] if rest else "", 0)
            if not size or len(rest) < size:
                return None
            colour = f"{code};{_shortest(tuple(rest[:size]))}"
            del rest[:size]
            fore, back = (colour, back) if code == "38" else (fore, colour)
        elif code.isdigit() and (30 <= int(code) <= 39 or 90 <= int(code) <= 97):
            fore = code
        elif code.isdigit() and (40 <= int(code) <= 49 or 100 <= int(code) <= 107):
            back = code
        elif code in ("", "0"):
            attributes, fore, back = set(), _DEFAULT_FORE, _DEFAULT_BACK
        else:
            return None
    return _made(frozenset(attributes), fore, back)
