"""Text from a file, made safe for a terminal: what would act is shown, never sent.

Control characters could move the cursor or forge a screen; bidirectional overrides reorder what a person
reads (CVE-2021-42574); zero-width characters make two names look like one. Each is shown by its escape.
"""

from __future__ import annotations

import re

# C0 and C1 controls, DEL, soft hyphen, bidi marks, overrides and isolates, zero-width, line separators,
# variation selectors' neighbours (BOM), interlinear marks, tag characters and lone surrogates.
_ACTING = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
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
    return text if text.isascii() and text.isprintable() else _ACTING.sub(_escape, text)


def visible_lines(text: str) -> str:
    """Like :func:`visible`, but line feeds and tabs stay: for whole documents printed as text."""
    return "\n".join("\t".join(visible(part) for part in line.split("\t")) for line in text.split("\n"))
