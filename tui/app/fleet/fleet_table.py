"""The fleet's table: every row found, and those that fit a query, in order. Nothing here is shown or read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from tui.app.fleet.order import Order
from tui.app.fleet.rows import FleetRow, Rule, rows_of
from tui.app.widgets.machine_list import Key, MachineRow
from tui.fleet.query import Query, QueryRow
from tui.fleet.records import JudgedMachine, Result, Unread


class FleetTable:
    """Every row found, and those that fit the query so far."""

    def __init__(self, root: str = "") -> None:
        self.order = Order()
        self.counts: Counter[Rule] = Counter()
        self.machines = 0
        self.unread = 0
        self._root = root
        self._query = Query()
        self._all: list[FleetRow] = []
        self._fitting: list[FleetRow] = []
        self._looked_at = 0
        self._arranged: Sequence[FleetRow] = ()

    def __len__(self) -> int:
        return len(self._all)

    def clear(self) -> None:
        """Forget every row; the order and the query stay."""
        self._all, self._arranged = [], ()
        self.machines = self.unread = 0
        self.look(self._query)

    def add(self, results: Iterable[Result]) -> None:
        """Take results in; they are looked at by the next ``advance``."""
        for result in results:
            if isinstance(result, Unread):
                self.unread += 1
            elif result.late:
                self._add_late(result)
                continue
            else:
                self.machines += 1
            self._all.extend(rows_of(result, self._root))

    def _add_late(self, result: JudgedMachine) -> None:
        """What only the whole told of a machine joins what was found on it before."""
        own = [place for place, one in enumerate(self._all) if _is_of(one, result)]
        if own:
            before = self._all[own[0]].judged
            whole = replace(before, findings=(*before.findings, *result.findings))
            self._all[own[0] : own[-1] + 1] = rows_of(whole, self._root)
            self.look(self._query)  # rows that were looked at are others now

    def put(self, found: Mapping[str, Sequence[Result]]) -> None:
        """Put what some files hold now in the place of what they held."""
        rows: list[FleetRow] = []
        waiting = dict(found)
        for path, members in groupby(self._all, key=lambda one: one.judged.path):
            if path not in found:
                rows += members
            elif path in waiting:
                rows += [row for result in waiting.pop(path) for row in rows_of(result, self._root)]
        for results in waiting.values():
            rows += [row for result in results for row in rows_of(result, self._root)]
        self._all = rows
        machines = {one.row.key[:2]: one for one in rows}.values()
        self.unread = sum(one.unread is not None for one in machines)
        self.machines = len(machines) - self.unread
        self.look(self._query)

    def look(self, query: Query) -> None:
        """Begin to look at all rows with a query."""
        self._query = query
        self._fitting, self._looked_at = [], 0
        self.counts = Counter()

    def advance(self, number: int) -> bool:
        """Look at so many more rows; whether some are left."""
        upto = min(self._looked_at + number, len(self._all))
        for one in self._all[self._looked_at : upto]:
            if not self._query.terms or self._query.fits(QueryRow(one.judged, one.disk)):
                self._fitting.append(one)
                self.counts.update(one.rules)
        self._looked_at = upto
        return self.is_behind

    @property
    def is_behind(self) -> bool:
        """Whether some rows have not been looked at yet."""
        return self._looked_at < len(self._all)

    # In order

    def arrange(self) -> Sequence[MachineRow]:
        """The rows that fit, sorted and gathered."""
        self._arranged = self.order.arranged(self._fitting)
        return [one.row for one in self._arranged]

    def at(self, place: int) -> FleetRow | None:
        """The row at a place of the last arrangement."""
        return self._arranged[place] if 0 <= place < len(self._arranged) else None

    def under(self, place: int) -> list[FleetRow]:
        """The row at a place, or where that is a heading all rows below it."""
        one = self.at(place)
        if one is None:
            return []
        if not one.row.heading:
            return [one]
        below = []
        for other in self._arranged[place + 1 :]:
            if other.row.heading:
                break
            below.append(other)
        return below

    def queried(self) -> Iterator[QueryRow]:
        """Every row as a query sees it."""
        return (QueryRow(one.judged, one.disk) for one in self._all)

    @property
    def fitting(self) -> Sequence[FleetRow]:
        """The rows that fit the query."""
        return self._fitting

    def with_keys(self, keys: Iterable[Key]) -> list[FleetRow]:
        """The rows of these keys, whether they fit the query or not."""
        wanted = set(keys)
        return [one for one in self._all if one.row.key in wanted]


def _is_of(row: FleetRow, result: JudgedMachine) -> bool:
    return (row.judged.path, row.judged.domain) == (result.path, result.domain)
