"""What a terminal sends, split into whole sequences (ECMA-48) and pasted texts (xterm's bracketed paste)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import NamedTuple

_ESCAPE = "\x1b"
_PASTE, _PASTED = "\x1b[200~", "\x1b[201~"
# The start of a sequence, as far as it has come, and a whole one (ECMA-48; the mouse's and the Linux
# console's function keys go their own ways).
_BEGUN = re.compile(r"\x1b(?:\[(?:\[|M.{0,2}|[0-?]*[ -/]*)?|O|\]|P[>01]?|_)?", re.DOTALL)
_WHOLE = re.compile(r"\x1b\[(?:\[.|M...|[0-?]*[ -/]*[@-LN-Z\\^-~]|[0-?]+[ -/]*M)", re.DOTALL)
# What a terminal answers a question with, up to where it is sure: OSC, DCS, APC.
_ANSWER = re.compile(r"\x1b(?:\][0-9lL]|P(?:>\||[01][$+])|_G)")
_LONGEST_SEQUENCE, _LONGEST_ANSWER = 64, 4096  # letters
# Seconds until the rest of what has begun no longer comes, over a slow line.
_PATIENCE = 1.0


class Pasted(NamedTuple):
    """A text that was pasted, without NULs."""

    text: str


class SequenceSplitter:
    """Holds back what has come of a sequence until it is whole.

    Left out are answers of the terminal, which nobody waits for any more, and what is no sequence's part.
    """

    def __init__(self) -> None:
        self._held = ""
        self._held_since = 0.0
        self._answer: int | None = None
        self._pasted: list[str] | None = None

    def split(self, data: str) -> Iterator[str | Pasted]:
        """The letters, whole sequences and pasted texts that ``data`` completes."""
        for letter in data:
            yield from self._completed(letter)

    def overdue(self, escape_delay: float) -> Iterator[str]:
        """What turned out to be no sequence: an escape, with a letter or alone, after so many seconds."""
        waited = time.monotonic() - self._held_since
        if self._held and waited >= (escape_delay if len(self._held) <= 2 else _PATIENCE):
            held, self._held = self._held, ""
            if len(held) <= 2:
                yield held

    def _completed(self, letter: str) -> Iterator[str | Pasted]:
        now = time.monotonic()
        since, self._held_since = self._held_since, now
        if self._pasted is not None:
            yield from self._paste(letter)
            return
        if self._answer is not None and self._is_in_answer(letter, now - since):
            return
        if letter == _ESCAPE and self._held:
            held, self._held = self._held, ""
            if len(held) <= 2:
                yield held
        held = self._held + letter
        self._held = ""
        if held == _PASTE:
            self._pasted = []
        elif _ANSWER.fullmatch(held):
            self._answer = 0
        elif _BEGUN.fullmatch(held) and len(held) <= _LONGEST_SEQUENCE:
            self._held = held
        elif _WHOLE.fullmatch(held) or len(held) <= 3:
            yield held
        elif letter < " ":  # it ends what it cannot be a part of
            yield letter

    def _is_in_answer(self, letter: str, waited: float) -> bool:
        """Whether a letter that came so many seconds after the last belongs to the answer that has begun."""
        assert self._answer is not None
        self._answer += 1
        if waited > _PATIENCE or self._answer > _LONGEST_ANSWER:
            self._answer = None
            return False
        if letter == "\\" and self._held == _ESCAPE:
            self._answer, self._held = None, ""
            return True
        if self._held == _ESCAPE:  # another sequence begins
            self._answer = None
            return False
        if letter == _ESCAPE:
            self._held = letter
            return True
        if letter < " ":
            self._answer = None
            return letter in "\x07\x18\x1a"
        return True

    def _paste(self, letter: str) -> Iterator[Pasted]:
        assert self._pasted is not None
        self._pasted.append(letter)
        if letter == "~" and "".join(self._pasted[-len(_PASTED) :]) == _PASTED:
            text = "".join(self._pasted[: -len(_PASTED)])
            self._pasted = None
            yield Pasted(text.replace("\0", ""))
