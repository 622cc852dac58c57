"""Colours for a line of VMX or XML: only what helps the eye, and only for lines on the screen."""

from __future__ import annotations

import re

from tui.app.widgets.spans import Span
from tui.disks import Format

# Each change of colour costs some forty bytes on the line to the terminal: few, and only where they help.
_VMX = re.compile(r"(?P<comment>^\s*#.*)|(?P<name>^[^=#]+)")
_XML = re.compile(r"(?P<comment><!--.*?(?:-->|$))|(?P<name></?[\w:.-]+)")
_PATTERNS = {Format.VMX: _VMX, Format.DOMAIN_XML: _XML}


def coloured(text: str, kind: Format) -> list[Span]:
    """``text`` in spans: names, values, comments."""
    spans, done = [], 0
    for match in _PATTERNS[kind].finditer(text):
        if match.start() > done:
            spans.append(Span(text[done : match.start()]))
        spans.append(Span(match[0], f"line--{match.lastgroup}"))
        done = match.end()
    if done < len(text):
        spans.append(Span(text[done:]))
    return spans
