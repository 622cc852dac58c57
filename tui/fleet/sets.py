"""The sets of rows a fleet can show alone: what backups skip, and what each rule finds; with counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tui.fleet.skipped import Skips
from tui.rules import Severity


class FleetSet(NamedTuple):
    """The ``number`` of rows that fit a query, and what they are called; the ``severity`` of a finding's."""

    name: str
    number: int
    query: str
    severity: Severity | None = None


def sets_of(skips: Skips, rules: Mapping[tuple[Severity, str], int]) -> list[FleetSet]:
    """Every set, the most telling first: the disks that are skipped, then findings, the gravest first.

    ``rules`` count the rows that a rule has something against. An empty set is none, but for the first.
    """
    if not skips.machines and not rules:
        return []
    found = [FleetSet("skipped", skips.disks, "is:skipped")]
    if skips.on_purpose:
        found.append(FleetSet("on purpose", skips.on_purpose, "is:on-purpose"))
    if skips.impossible:
        found.append(FleetSet("without any snapshot", skips.impossible, "is:no-snapshot"))
    order = sorted(
        (rule for rule in rules if rules[rule]), key=lambda rule: (rule[0].rank, -rules[rule], rule[1])
    )
    return [*found, *(FleetSet(rule[1], rules[rule], f"rule:{rule[1]}", rule[0]) for rule in order)]
