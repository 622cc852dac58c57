"""Numbers as libvirt reads them: as C does (virStrToLong, virXMLPropUInt)."""

from __future__ import annotations

import re
from functools import lru_cache

UINT = 2**32 - 1
ULONGLONG = 2**64 - 1
_BLANKS = " \t\n\v\f\r"
_BASES = (
    (16, r"0[xX]([0-9a-fA-F]+)"),
    (8, r"(0[0-7]*)"),
    (10, r"([1-9][0-9]*)"),
)
_DECIMAL = r"[0-9]+"
_UNIT = r"(?ai)|b|bytes?|(?P<prefix>[kmgtpe])(?:(?P<decimal>b)|ib)?"
_PREFIXES = "kmgtpe"


@lru_cache(maxsize=1024)
def whole(word: str, most: int = UINT, base: int = 10, *, minus: bool = False) -> int | None:
    """The number a word is, from 0 to ``most``, or None.

    ``base`` 0 takes ``0x1f`` and ``017`` too; ``minus`` also a sign, which does not count then.
    """
    digits = word.lstrip(_BLANKS).removeprefix("+")
    digits = digits.removeprefix("-") if minus else digits
    if len(digits) > 40:
        return None
    if base == 0:
        found = next(
            (int(match[1], one) for one, form in _BASES if (match := re.fullmatch(form, digits))), None
        )
    else:
        found = int(digits) if re.fullmatch(_DECIMAL, digits) else None
    return found if found is not None and found <= most else None


def factor_of(unit: str) -> int | None:
    """How many bytes a unit is, such as KiB or MB; None where libvirt knows none such (virScaleInteger)."""
    match = re.fullmatch(_UNIT, unit)
    if match is None:
        return None
    if match["prefix"] is None:
        return 1
    power = _PREFIXES.index(match["prefix"].lower()) + 1
    return int((1000 if match["decimal"] else 1024) ** power)
