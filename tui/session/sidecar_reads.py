"""Which reading of what lies beside a file is the newest, and still about the machine being edited."""

from __future__ import annotations


class SidecarReads:
    """The readings, by number from 1: they may end in another order than they were begun in."""

    def __init__(self) -> None:
        self._begun = 0
        self._newest = 0  # the last that was learnt, or is too old to be

    def begin(self) -> int:
        """The number of a reading that begins now."""
        self._begun += 1
        return self._begun

    def is_news(self, number: int) -> bool:
        """Whether nothing newer was learnt."""
        return number > self._newest

    def learn(self, number: int) -> None:
        """This reading is known now, and no older one counts."""
        self._newest = number

    def forget(self) -> None:
        """Another machine is edited: what was begun until now is not about it."""
        self._newest = self._begun
