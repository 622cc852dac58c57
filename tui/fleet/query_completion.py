"""What may be typed next into a query: fields, then their values, each with how many rows have it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from tui.fleet.query import ABOUT, FIELDS, NOTHING_SAVED, STATES, QueryError, QueryRow, parse

# Rows counted: a key press waits for it.
MOST_COUNTED = 10_000
_TERM = re.compile(r'-?(?:[^\s"]|"[^"]*(?:"|$))*')


class Completion(NamedTuple):
    """A term that may stand where the cursor is. ``rows`` is how many of those the other terms leave fit it.

    ``more`` says that rows beyond :data:`MOST_COUNTED` were not counted. A field has no number.
    """

    term: str
    about: str = ""
    rows: int | None = None
    more: bool = False


class Typed(NamedTuple):
    """What stands in a query's line, and where in it the cursor is."""

    text: str
    cursor: int

    @property
    def bounds(self) -> tuple[int, int]:
        """Where the term under the cursor begins, and where it ends."""
        for match in _TERM.finditer(self.text):
            if match.start() <= self.cursor <= match.end():
                return match.start(), match.end()
        return self.cursor, self.cursor

    @property
    def term(self) -> str:
        """The term as far as it is typed."""
        start, _ = self.bounds
        return self.text[start : self.cursor]

    @property
    def others(self) -> str:
        """The query without that term."""
        start, end = self.bounds
        return f"{self.text[:start]} {self.text[end:]}".strip()

    def taking(self, completion: Completion) -> Typed:
        """With a completion in the term's place; behind a whole term a blank, and the cursor behind it."""
        start, end = self.bounds
        sign = "-" if self.term.startswith("-") else ""
        gap = "" if completion.term.endswith(":") or self.text[end : end + 1] == " " else " "
        put = f"{sign}{completion.term}{gap}"
        return Typed(self.text[:start] + put + self.text[end:], start + len(put))


class Completing:
    """Completes queries over some rows; what it counted once it does not count again."""

    def __init__(self, rows: Iterable[QueryRow], saved: Mapping[str, str] = NOTHING_SAVED) -> None:
        self._rows = list(islice(rows, MOST_COUNTED + 1))
        self._saved = saved
        self._others = ""
        self._left: Sequence[QueryRow] = self._rows[:MOST_COUNTED]
        self._counted: dict[str, Counter[str]] = {}

    def completions(self, typed: Typed, most: int = 50) -> tuple[Completion, ...]:
        """What may stand where the cursor is, the likeliest first; none while the rest cannot be read."""
        self._look(typed.others)
        term = typed.term.removeprefix("-")
        if term.startswith("@"):
            return tuple(self._saved_ones(term[1:]))
        name, colon, begun = term.partition(":")
        if colon:
            field = name.lower()
            return tuple(islice(self._values(field, begun), most)) if field in FIELDS else ()
        return tuple(islice(self._begun(term), most))

    def _look(self, others: str) -> None:
        """Leave the rows that the other terms fit."""
        if others == self._others:
            return
        self._others, self._counted = others, {}
        try:
            query = parse(others, self._saved)
        except QueryError:
            query = parse("")
        rows = self._rows[:MOST_COUNTED]
        self._left = [one for one in rows if query.fits(one)] if query.terms else rows

    def _begun(self, word: str) -> Iterable[Completion]:
        """Fields that begin so, words of the fields that have few, saved filters."""
        lower = word.lower()
        yield from (Completion(f"{name}:", about) for name, about in ABOUT.items() if name.startswith(lower))
        if not word:
            yield from self._saved_ones("")
            return
        for field in ("is", "mode", "rule"):
            yield from (one for one in self._values(field, word) if lower in one.term.partition(":")[2])
        yield from self._saved_ones(word)

    def _saved_ones(self, begun: str) -> Iterable[Completion]:
        for name, text in self._saved.items():
            if name.lower().startswith(begun.lower()):
                try:
                    query = parse(text, self._saved)
                except QueryError as error:
                    yield Completion(f"@{name}", f"{error}")
                    continue
                yield self._counted_as(f"@{name}", text, sum(map(query.fits, self._left)))

    def _values(self, field: str, begun: str) -> Iterable[Completion]:
        """The field's words that hold what is typed; those that begin with it first, then the frequent."""
        wanted = begun.strip('"').lower()
        counts = self._counts(field)
        fitting = [word for word in counts if wanted in word.lower()]
        fitting.sort(key=lambda word: (not word.lower().startswith(wanted), -counts[word], word))
        for word in fitting:
            about = STATES[word][0] if field == "is" else ""
            yield self._counted_as(f"{field}:{quoted(word)}", about, counts[word])

    def _counted_as(self, term: str, about: str, count: int) -> Completion:
        return Completion(term, about, count, more=len(self._rows) > MOST_COUNTED)

    def _counts(self, field: str) -> Counter[str]:
        counts = self._counted.get(field)
        if counts is None:
            values = FIELDS[field]
            counts = Counter(word for row in self._left for word in dict.fromkeys(values(row)) if word)
            self._counted[field] = counts
        return counts


def quoted(word: str) -> str:
    """A value as a term has it: in quotes where it holds a blank.

    For a letter that cannot be typed or shown, and for a quote, stands ``?``, which fits any.
    """
    typed = "".join(letter if letter.isprintable() and letter != '"' else "?" for letter in word)
    if typed != word:
        typed = typed.replace("[", "?")
    return f'"{typed}"' if " " in typed else typed
