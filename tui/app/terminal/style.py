"""The style of a cell of the terminal: attributes and colours, and the sequence that sets it.

The codes are ECMA-48's SGR (ISO 6429) and xterm's extensions of it for 256 and 16 million colours.
"""

from __future__ import annotations

from functools import cached_property, lru_cache

_ATTRIBUTES = frozenset(("1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "53"))
# What shows on a blank: underlines, blinking aside reverse, strike, overline.
_SEEN_ON_BLANKS = frozenset(("4", "7", "9", "21", "53"))
_REVERSE = "7"
_DEFAULT_FORE, _DEFAULT_BACK = "39", "49"
_STEPS = frozenset(("0", "95", "135", "175", "215", "255"))
_GREYS = range(8, 248, 10)


class Style:
    """A set of attributes (SGR codes that switch one on) and the codes of both colours.

    Made by :func:`style_of` only, so that equal styles are one object.
    """

    __slots__ = ("__dict__", "attributes", "back", "fore")

    def __init__(self, attributes: frozenset[str], fore: str, back: str) -> None:
        self.attributes = attributes
        self.fore = fore
        self.back = back

    @cached_property
    def on_blank(self) -> Style:
        """All that can be seen of it on a blank."""
        seen = self.attributes & _SEEN_ON_BLANKS
        if _REVERSE in seen:  # what a blank shows then is the ink, however that looks
            seen = self.attributes
        return _made(seen, self.fore if seen else _DEFAULT_FORE, self.back)

    def erases(self, *, in_colour: bool) -> bool:
        """Whether erasing leaves what a blank of it shows; ``in_colour``: erasing takes the background's."""
        return not self.on_blank.attributes and (in_colour or self.back == _DEFAULT_BACK)

    def after(self, before: Style | None) -> str:
        """The sequence behind which writing has this style, where it had ``before`` (None: unknown)."""
        return "" if before is self else _sequence(before, self)


@lru_cache(maxsize=4096)
def _made(attributes: frozenset[str], fore: str, back: str) -> Style:
    return Style(attributes, fore, back)


PLAIN = _made(frozenset(), _DEFAULT_FORE, _DEFAULT_BACK)


@lru_cache(maxsize=4096)
def _sequence(before: Style | None, after: Style) -> str:
    if after is PLAIN:
        return "\x1b[m"
    if before is None or not before.attributes <= after.attributes:
        codes, before = ["0"], PLAIN
    else:
        codes = []
    codes += sorted(after.attributes - before.attributes, key=int)
    codes += [now for was, now in ((before.fore, after.fore), (before.back, after.back)) if was != now]
    return f"\x1b[{';'.join(codes)}m"


def _shortest(kind: str, *parts: str) -> str:
    """A colour's codes; by its number where it is one of xterm's greys or of its cube of colours.

    Not of the first six of the cube: people redefine those, for themes of more than sixteen colours.
    """
    if kind == "2" and len(set(parts)) == 1 and int(parts[0]) in _GREYS:
        return f"5;{232 + _GREYS.index(int(parts[0]))}"
    if kind == "2" and _STEPS.issuperset(parts) and parts[:2] != ("0", "0"):
        red, green, blue = map(sorted(_STEPS, key=int).index, parts)
        return f"5;{16 + 36 * red + 6 * green + blue}"
    return ";".join((kind, *parts))


@lru_cache(maxsize=4096)
def style_of(codes: str) -> Style | None:
    """The style that SGR ``codes`` (``1;38;2;9;9;9``) give plain text; None where one is not known here."""
    attributes: set[str] = set()
    fore, back = _DEFAULT_FORE, _DEFAULT_BACK
    rest = codes.split(";") if codes else []
    while rest:
        code = rest.pop(0)
        if code in _ATTRIBUTES:
            attributes.add(code)
        elif code in ("38", "48"):
            size = {"5": 2, "2": 4}.get(rest[0] if rest else "", 0)
            if not size or len(rest) < size:
                return None
            colour = f"{code};{_shortest(*rest[:size])}"
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
