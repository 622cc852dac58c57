"""Text from a file, made safe for a terminal: what would act is shown, never sent.

Control characters could move the cursor or forge a screen; bidirectional overrides reorder what a person
reads (CVE-2021-42574); zero-width characters make two names look like one. Each is shown by its escape.
"""

from __future__ import annotations

import re

# C0 and C1 controls, DEL, soft hyphen, bidi marks, overrides and isolates, zero-width and invisible letters
# (combining grapheme joiner, Hangul and Khmer fillers), line separators, variation selectors, interlinear,
# shorthand and musical format characters, tag characters and lone surrogates.
_ACTING = (
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\x1b": "\\e"}


def _escape(match: re.Match[str]) -> str:
    letter = match[0]
    code = ord(letter)
    if letter in _SHORT:
        return _SHORT[letter]
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def visible(text: str) -> str:
    """``text`` on one line, with every character that would act on a terminal shown as its escape."""
    return text if text.isascii() and text.isprintable() else re.sub(_ACTING, _escape, text)


def visible_lines(text: str) -> str:
    """Like :func:`visible`, but line feeds and tabs stay: for whole documents printed as text."""
    return "\n".join("\t".join(visible(part) for part in line.split("\t")) for line in text.split("\n"))
