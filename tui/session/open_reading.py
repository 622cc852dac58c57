"""From what was read to the session on one machine in it; a file of domains may hold several."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from tui.machine import SeveralDomainsError, machine_in
from tui.session.choices import Choices
from tui.session.session import Session
from tui.storage import Reading


def open_reading(reading: Reading, choices: Choices) -> Session | SeveralDomains:
    """The session on the machine in what was read, where it is known which is meant.

    Raises FormatError where it holds no machine, or not the domain that was chosen.
    """
    path = None if reading.path is None else reading.path.path
    try:
        machine = machine_in(reading.data, path, choices.domain)
    except SeveralDomainsError as error:
        return SeveralDomains(reading, error.names)
    return Session(reading, choices.applied_to(machine))


class SeveralDomains(NamedTuple):
    """A file of which it is not known yet which domain is meant; ``names`` are theirs, in order."""

    reading: Reading
    names: tuple[str, ...]

    def chosen(self, number: str, choices: Choices) -> Session | SeveralDomains:
        """The session on the domain with this number, from 1."""
        return open_reading(self.reading, replace(choices, domain=number))
