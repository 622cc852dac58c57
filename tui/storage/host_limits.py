"""How other hosts are asked: how long and how many at once, as a person set it; whether ssh may ask back."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Limits(NamedTuple):
    """Seconds to ``connect`` to a host, and of its ``silence`` when it is asked; ``hosts`` are asked at once.

    ``facts`` are the seconds it may be silent over what it knows of a machine; then that stays unknown.
    """

    connect: int = 15
    silence: int = 60
    hosts: int = 16
    facts: int = 20


DEFAULT = Limits()


class _Chosen:
    """What holds for this process. The limits are asked for only when a host is."""

    given: Callable[[], Limits] = staticmethod(Limits)
    questions = False
    running = False


def limits_from(given: Callable[[], Limits]) -> None:
    """Take the limits from what a person set, once they are needed."""
    _Chosen.given = staticmethod(given)


def limits() -> Limits:
    """The time-outs and sizes that a person set, or the defaults."""
    return _Chosen.given()


def allow_questions(allowed: bool) -> None:
    """Whether ssh may ask for a password or a host's key in the terminal: not while a screen has it."""
    _Chosen.questions = allowed


def questions_allowed() -> bool:
    """Whether ssh may ask in the terminal now, see :func:`allow_questions`."""
    return _Chosen.questions


def ask_what_runs(wanted: bool) -> None:
    """Whether libvirt is asked of each of many domains, too, what it runs with until its next start.

    Over a network that takes as long again, and only a fleet and ``is:pending`` tell of it.
    """
    _Chosen.running = wanted


def is_asked_what_runs() -> bool:
    """See :func:`ask_what_runs`."""
    return _Chosen.running
