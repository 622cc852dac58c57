"""The encodings documents declare, by the names VMware and XML give them.

Only codecs in which ASCII bytes mean ASCII are here (UTF-16 is dealt with by its byte-order mark): others,
UTF-7 above all, could smuggle markup past a reader. Names seen in the wild: UTF-8, windows-1252, GBK,
Shift_JIS, windows-949-2000, windows-1251, windows-1258.
"""

from __future__ import annotations

import codecs
import re

_CODECS = {
    "ascii": "ascii",
    "us-ascii": "ascii",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gbk": "gbk",
    "gb2312": "gbk",
    "gb18030": "gb18030",
    "windows-936": "gbk",
    "windows-936-2000": "gbk",
    "cp936": "gbk",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "windows-932": "cp932",
    "ibm-943_p15a-2003": "cp932",
    "cp932": "cp932",
    "euc-jp": "euc_jp",
    "euc-kr": "euc_kr",
    "windows-949": "cp949",
    "windows-949-2000": "cp949",
    "cp949": "cp949",
    "ks_c_5601-1987": "cp949",
    "big5": "cp950",
    "windows-950": "cp950",
    "windows-950-2000": "cp950",
    "cp950": "cp950",
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "macintosh": "mac_roman",
    "x-mac-roman": "mac_roman",
    "tis-620": "tis_620",
    "windows-874": "cp874",
    "windows-874-2000": "cp874",
    "big5-hkscs": "big5hkscs",
}
_FAMILIES = r"(?:windows-|cp)(125[0-8])|(?:iso-?8859-)([0-9]{1,2})|(?:ibm-?|cp)(437|850|852|855|866)"


def codec_named(name: str) -> str | None:
    """Python's codec for an encoding's name, or None where there is none."""
    plain = name.strip().lower()
    if plain in _CODECS:
        return _CODECS[plain]
    family = re.fullmatch(_FAMILIES, plain)
    if family is None:
        return None
    windows, iso, dos = family.groups()
    codec = f"iso8859_{iso}" if iso else f"cp{windows or dos}"
    try:
        return codecs.lookup(codec).name
    except LookupError:
        return None
