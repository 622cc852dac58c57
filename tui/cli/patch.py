"""A unified diff of bytes, as GNU patch applies it: in the file's own encoding and line ends."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from tui.visible import visible

_NO_NEWLINE = b"\n\\ No newline at end of file\n"
_ACTING = re.compile(rb"[\x00-\x1f\x7f-\xff\"\\]")


def patch_of(name: str, old: bytes, new: bytes) -> bytes:
    """The diff from ``old`` to ``new``; empty where they are equal."""
    import difflib  # noqa: PLC0415 - a save prints none

    label = _label(name)
    lines = difflib.diff_bytes(
        difflib.unified_diff, list(_lines(old)), list(_lines(new)), label, label, lineterm=b"\n"
    )
    return b"".join(line if line.endswith(b"\n") else line + _NO_NEWLINE for line in lines)


def _lines(data: bytes) -> Iterator[bytes]:
    """Split where patch does, at line feeds alone."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start) + 1 or len(data)
        yield data[start:end]
        start = end


def _label(name: str) -> bytes:
    """A file's name as GNU diff writes it: in quotes with octal escapes where it would act on a terminal.

    A name with a blank in it ends with a tab, where a time would stand.
    """
    raw = os.fsencode(name)
    if visible(name) != name or '"' in name or "\\" in name:
        return b'"' + _ACTING.sub(lambda match: b"\\%03o" % match[0][0], raw) + b'"'
    return raw + b"\t" if b" " in raw else raw
