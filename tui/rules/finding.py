"""What judging a machine yields."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How much it matters. An edit that would create an error is blocked; the others never block."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return _RANKS[self]

    @property
    def sign(self) -> str:
        """One column that tells it without colour."""
        return _SIGNS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}
_SIGNS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.INFO: "i"}


class Finding(NamedTuple):
    """One rule's word on one disk (``disk`` is its index) or on the machine (None).

    ``disk_name`` is the disk's address and target for a person; ``line`` counts from 1 in the file.
    """

    rule: str
    severity: Severity
    disk: int | None
    disk_name: str | None
    message: str
    advice: str
    source: str
    line: int | None = None

    @property
    def sentence(self) -> str:
        """The message, behind the name of the disk it is about."""
        return f"{self.disk_name}: {self.message}" if self.disk_name else self.message
