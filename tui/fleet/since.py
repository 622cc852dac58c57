"""How an audit stands to an earlier one, as values: what that had found, what was met again, what is gone."""

from __future__ import annotations

from typing import NamedTuple


class Known(NamedTuple):
    """A finding of an earlier audit. ``disk`` is empty where it is on the machine; ``source`` its image."""

    file: str
    vm: str
    domain: int | None
    disk: str
    source: str
    rule: str
    severity: str
    message: str
    accepted: bool = False


class Seen(NamedTuple):
    """What of a baseline was met again: the numbers of its findings and of its machines."""

    findings: frozenset[int] = frozenset()
    machines: frozenset[int] = frozenset()

    def __or__(self, other: Seen) -> Seen:
        return Seen(self.findings | other.findings, self.machines | other.machines)


class Since(NamedTuple):
    """How an audit ends beside a baseline: findings that are ``gone``, and machines that were not met."""

    name: str
    gone: tuple[Known, ...] = ()
    not_met: int = 0
