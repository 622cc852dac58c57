"""Signs in ASCII, of the same width, for locales whose encoding is not UTF-8."""

from __future__ import annotations

import locale
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from rich.cells import cell_len

_SIGNS = {
    **dict.fromkeys("▌▐█▊▎▶►", ">"),
    **dict.fromkeys("●◉•", "@"),
    **dict.fromkeys("─━═\u2013\u2014·", "-"),
    **dict.fromkeys("│║▏▕", "|"),
    "┃": "#",  # what of a scroll bar's track is in view
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼", "+"),
    **dict.fromkeys("\u201c\u201d«»", '"'),
    **dict.fromkeys("\u2018\u2019", "'"),
    "▇": "#",
    "✗": "X",
    "✓": "v",
    "…": "~",
    "↑": "^",
    "↓": "v",
    "→": ">",
    "←": "<",
    "◀": "<",
    "▲": "^",
    "▼": "v",
    "▁": "_",
    "▔": "-",
}
_UNKNOWN = "?"
# Keys that Textual shows by signs, which in ASCII would be those of other keys: ^, v, <.
_ARROWS = frozenset(("up", "down", "left", "right", "backspace"))
_C_LOCALES = frozenset(("C", "POSIX"))


def speaks_utf8(environment: Mapping[str, str]) -> bool:
    """Whether the person's locale has UTF-8.

    Python takes a C locale for one of UTF-8 and says so to itself (PEP 538, 540): what was said before it
    counts. Where nothing is said at all, UTF-8 is what terminals speak.
    """
    name = environment.get("LC_ALL") or environment.get("LC_CTYPE", "")
    coerced = not environment.get("LC_ALL") and name == "C.UTF-8"
    if coerced and environment.get("LANG") in _C_LOCALES:
        return False
    if not name and not environment.get("LANG"):
        return True
    return locale.getencoding().lower().replace("-", "") == "utf8"


def key_word(key: str, *, utf8: bool) -> str | None:
    """The word to show a key by, None where its sign will do; enter has one, as in our sentences."""
    last = key.rpartition("+")[2]
    return key if last == "enter" or (last in _ARROWS and not utf8) else None


def in_ascii(text: str) -> str:
    """The text with a sign of ASCII for each that is none; as many cells wide."""
    return text if text.isascii() else "".join(map(_sign, text))


@lru_cache(maxsize=4096)
def _sign(letter: str) -> str:
    if letter.isascii():
        return letter
    plain = _SIGNS.get(letter) or unicodedata.normalize("NFKD", letter)[:1]
    return (plain if plain.isascii() else _UNKNOWN).ljust(cell_len(letter), _UNKNOWN)[: cell_len(letter)]
