"""Writing XML the way ``virsh dumpxml`` prints it: two blanks a level, single quotes, ``<x/>``."""

from __future__ import annotations

import re
from collections.abc import Mapping

_INDENT = tuple("  " * depth for depth in range(8))
_SPECIAL = re.compile("[&<>\"'\t\n\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;"}
_IN_ATTRIBUTES = _ESCAPES | {"\t": "&#9;", "\n": "&#10;"}
_IN_TEXT = _ESCAPES | {"\t": "\t", "\n": "\n"}

Attributes = Mapping[str, str | int | None]
_NO_ATTRIBUTES: Attributes = {}


def in_attribute(value: str) -> str:
    """``value`` as it stands between the quotes of an attribute; what XML cannot hold is left out."""
    if _SPECIAL.search(value) is None:
        return value
    return _SPECIAL.sub(lambda match: _IN_ATTRIBUTES.get(match[0], ""), value)


def in_text(value: str) -> str:
    """``value`` as it stands between two tags; what XML cannot hold is left out."""
    if _SPECIAL.search(value) is None:
        return value
    return _SPECIAL.sub(lambda match: _IN_TEXT.get(match[0], ""), value)


class XmlWriter:
    """The lines of a document being written; ``line`` is the number (from 0) the next one will have."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._open: list[str] = []
        self._folded = 0

    @property
    def line(self) -> int:
        """The number (from 0) of the line to be written next."""
        return len(self.lines) + self._folded

    def open(self, name: str, attributes: Attributes = _NO_ATTRIBUTES) -> None:
        """A start tag; what follows stands inside until ``close``."""
        self.lines.append(f"{_INDENT[len(self._open)]}<{name}{_written(attributes)}>")
        self._open.append(name)

    def close(self) -> None:
        """The end tag of the element opened last."""
        name = self._open.pop()
        self.lines.append(f"{_INDENT[len(self._open)]}</{name}>")

    def plain(self, element: str) -> None:
        """An element that is XML already: nothing in it may come from a file."""
        self.lines.append(_INDENT[len(self._open)] + element)

    def empty(self, name: str, attributes: Attributes = _NO_ATTRIBUTES) -> None:
        """An element that holds nothing; attributes of value None are left out."""
        written = _written(attributes) if attributes else ""
        self.lines.append(f"{_INDENT[len(self._open)]}<{name}{written}/>")

    def text(self, name: str, value: str | int, attributes: Attributes = _NO_ATTRIBUTES) -> None:
        """An element that holds text."""
        content = in_text(value) if isinstance(value, str) else str(value)
        self._folded += content.count("\n")
        self.lines.append(f"{_INDENT[len(self._open)]}<{name}{_written(attributes)}>{content}</{name}>")

    def __str__(self) -> str:
        return "\n".join(self.lines) + "\n"


def _written(attributes: Attributes) -> str:
    text = ""
    for name, value in attributes.items():
        if value.__class__ is str and _SPECIAL.search(value) is not None:
            text += f" {name}='{in_attribute(value)}'"
        elif value is not None:
            text += f" {name}='{value}'"
    return text
