"""Sorting the rows of a fleet, and putting them into groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from tui.app.fleet.rows import FleetRow, Rule, signs_of
from tui.app.widgets.machine_columns import COLUMNS
from tui.app.widgets.machine_list import MachineRow
from tui.counting import counted
from tui.rules import Finding

_GROUP = -2
_DIGITS = re.compile(r"(\d+)")


class Grouping(StrEnum):
    """What rows are grouped by."""

    NONE = "none"
    MACHINE = "machine"
    RULE = "rule"


@lru_cache(maxsize=1 << 16)
def _natural(text: str) -> tuple[Any, ...]:
    """``web2`` before ``web10``."""
    parts = _DIGITS.split(text.casefold())
    return tuple(int(part[:9]) if place % 2 else part for place, part in enumerate(parts))


# The order a fleet opens in: the worst rows first.
WORST = ""
_SORT_KEYS: Mapping[str, Callable[[FleetRow], Any]] = {
    WORST: lambda one: one.rank,
    "vm": lambda one: _natural(one.row.vm),
    "disk": lambda one: _natural(one.row.disk),
    "mode": lambda one: one.row.mode,
    "snapshot": lambda one: _toggle_rank(one.row.snapshot),
    "persistent": lambda one: _toggle_rank(one.row.persistent),
    "state": lambda one: -sum(letter not in " -" for letter in one.row.state),
    "finding": lambda one: (one.rules[0][0].rank if one.rules else 9, -len(one.rules)),
    "path": lambda one: one.row.path,
}


def _toggle_rank(value: bool | None) -> int:
    """Boxes that are off are what is looked for; rows without a box come last."""
    return 2 if value is None else int(value)


@dataclass(frozen=True, slots=True)
class Order:
    """How rows are sorted and grouped; rows that are alike stay in the order they were found in."""

    column: str = WORST
    falling: bool = False
    group: Grouping = Grouping.NONE

    def next_column(self) -> Order:
        """The next column, from the worst first through all of them and back."""
        names = (WORST, *COLUMNS)
        return replace(self, column=names[(names.index(self.column) + 1) % len(names)], falling=False)

    def by(self, column: str) -> Order:
        """By this column; reversed where it is that already."""
        return replace(self, column=column, falling=not self.falling if column == self.column else False)

    def next_group(self) -> Order:
        """The next way of grouping."""
        ways = list(Grouping)
        return replace(self, group=ways[(ways.index(self.group) + 1) % len(ways)])

    def arranged(self, rows: Sequence[FleetRow]) -> list[FleetRow]:
        """Rows in this order, under headings where they are grouped."""
        rows = sorted(rows, key=_SORT_KEYS[self.column], reverse=self.falling)
        return list(_GROUPED[self.group](rows))


def _heading(
    first: FleetRow, heading: MachineRow, rules: Iterable[Rule], findings: Iterable[Finding]
) -> FleetRow:
    """A heading above ``first``; where that is a file nobody could read, it tells why."""
    found = tuple(sorted(set(rules), key=lambda rule: rule[0].rank))
    row = heading._replace(signs=signs_of(found), severity=found[0][0].value if found else "")
    grave_first = () if first.unread else tuple(sorted(findings, key=lambda one: one.severity.rank))
    return FleetRow(row, first.judged, None, found, first.unread, grave_first)


def _by_vm(rows: Iterable[FleetRow]) -> Iterator[FleetRow]:
    groups: dict[tuple[str, int], list[FleetRow]] = {}
    for one in rows:
        groups.setdefault(one.row.key[:2], []).append(one)
    for (path, number), members in groups.items():
        first = members[0]
        row = MachineRow((f"{path}\0{number}", 0, _GROUP), first.judged.vm, heading=_vm_words(members))
        rules = [rule for one in members for rule in one.rules]
        yield _heading(first, row, rules, first.judged.findings)
        yield from members


def _vm_words(members: Sequence[FleetRow]) -> str:
    first = members[0]
    disks = sum(one.can_change for one in members)
    words = [
        first.judged.vm,
        "" if first.unread else counted(disks, "disk"),
        first.place,
        first.row.path.rpartition("/")[0],
    ]
    return " · ".join(filter(None, words))


def _by_rule(rows: Iterable[FleetRow]) -> Iterator[FleetRow]:
    groups: dict[Rule | None, list[FleetRow]] = {}
    for one in rows:
        for rule in one.rules or (None,):
            groups.setdefault(rule, []).append(one)

    def rank(rule: Rule | None) -> tuple[int, int, str]:
        return (9, 0, "") if rule is None else (rule[0].rank, -len(groups[rule]), rule[1])

    for rule in sorted(groups, key=rank):
        members = groups[rule]
        name = "no findings" if rule is None else rule[1]
        first = members[0]
        heading = f"{name} · {len(members):,}"
        row = MachineRow((name, 0, _GROUP), first.row.vm, first.row.disk, heading=heading)
        example = [one for one in first.findings if one.rule == name][:1]
        yield _heading(first, row, [] if rule is None else [rule], example)
        yield from members


_GROUPED: Mapping[Grouping, Callable[[Sequence[FleetRow]], Iterable[FleetRow]]] = {
    Grouping.NONE: list,
    Grouping.MACHINE: _by_vm,
    Grouping.RULE: _by_rule,
}
