"""What a person is asked, and what is answered: values, apart from the screens that show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.disks import Format
from tui.formats.text_diff import DiffLine


class Choice(NamedTuple):
    """A line to choose: ``value`` is what it stands for, ``why_not`` greys it out and says why."""

    label: str
    value: str
    detail: str = ""
    why_not: str | None = None
    current: bool = False
    heading: bool = False


class Review(NamedTuple):
    """What is asked: a title, a diff, sentences about it, and the keys that answer (key, answer, words)."""

    title: str
    kind: Format
    lines: Sequence[DiffLine]
    sentences: Sequence[str]
    answers: Sequence[tuple[str, str, str]]
    backup: bool | None = None


class ReviewAnswer(NamedTuple):
    """The answer given, and whether a backup copy is to be kept."""

    name: str
    backup: bool = False
