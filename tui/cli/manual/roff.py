"""Text as a page of man(7): escaped, a sentence to a line, no line too long for its linters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# mandoc -T lint speaks of input lines beyond 80 bytes.
_WIDTH = 76
_ESCAPES = str.maketrans(
    {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti", '"': "\\(dq"}
)
_SENTENCE_END = re.compile(r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.) +(?=[A-Z<`-])")


def escaped(text: str) -> str:
    """Text in which nothing is a request or an escape; at the start of a line, see ``lines_of``."""
    return text.translate(_ESCAPES).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _unicode(line: str) -> str:
    """roff's own spelling of what is no ASCII."""
    return re.sub(r"&#(\d+);", lambda found: f"\\[u{int(found[1]):04X}]", line)


def _guarded(line: str) -> str:
    """A line beginning with a dot or an apostrophe is a request, unless what has no width stands first."""
    return f"\\&{line}" if line.startswith((".", "'")) else line


def lines_of(text: str) -> Iterator[str]:
    """A paragraph: each sentence on a line of its own, long ones broken; roff fills it when it is shown."""
    for sentence in _SENTENCE_END.split(" ".join(text.split())):
        yield from map(_guarded, _broken(_unicode(escaped(sentence)).split(" ")))


def _broken(words: Iterable[str]) -> Iterator[str]:
    """The words in lines: as escaped they are longer than the text, so textwrap would not do."""
    line = ""
    for word in words:
        if line and len(line) + 1 + len(word) > _WIDTH:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield line


def literal(lines: Iterable[str]) -> Iterator[str]:
    """Lines that stay as they are."""
    yield ".nf"
    for line in lines:
        yield _guarded(_unicode(escaped(line)))
    yield ".fi"


def tagged(tag: str, paragraphs: Iterable[str]) -> Iterator[str]:
    """What ``tag`` (already roff) means: its paragraphs set in below it."""
    yield ".TP"
    yield tag
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ".IP"
        yield from lines_of(paragraph)


def bold(text: str) -> str:
    """Text set bold: a word to be typed as it stands."""
    return f"\\fB{_unicode(escaped(text))}\\fR"


def italic(text: str) -> str:
    """A word to put another in place of."""
    return f"\\fI{_unicode(escaped(text))}\\fR"


def heading(title: str) -> str:
    """The request that begins a section."""
    return f'.SH "{title.upper()}"' if " " in title else f".SH {title.upper()}"
