"""The fleet's table: every row found, and those that fit a query, in order. Nothing here is shown or read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from tui.app.fleet.order import Order
from tui.app.fleet.rows import FleetRow, Rule, ranked_anew, rows_of
from tui.app.widgets.machine_list import Key, MachineRow
from tui.fleet.judged import JudgedMachine, Result
from tui.fleet.query import Query, QueryRow
from tui.fleet.sets import FleetSet, sets_of
from tui.fleet.shared_images import IN_TWO_MACHINES
from tui.fleet.skipped import Skips


class FleetTable:
    """Every row found, and those that fit the query so far."""

    def __init__(self, root: str = "") -> None:
        self.order = Order()
        self.skips = Skips()
        self.counts: Counter[Rule] = Counter()
        self.unread = 0
        self._kept: set[Key] = set()
        self._moved = False  # whether rows stand where their rank no longer is
        self._root = root
        self._query = Query()
        self._all: list[FleetRow] = []
        self._fitting: list[FleetRow] = []
        self._matched = 0
        self._arranged: Sequence[FleetRow] = ()

    def __len__(self) -> int:
        return len(self._all)

    @property
    def machines(self) -> int:
        """How many machines were found."""
        return self.skips.machines

    @property
    def sets(self) -> list[FleetSet]:
        """What of all rows, whatever the query, can be shown by itself."""
        return sets_of(self.skips, self.counts)

    def clear(self) -> None:
        """Forget every row; the order and the query stay."""
        self._all, self._arranged = [], ()
        self.skips, self.counts, self.unread = Skips(), Counter(), 0
        self.match(self._query)

    def add(self, results: Iterable[Result]) -> None:
        """Take results in; the next ``advance`` matches them with the query."""
        for result in results:
            if isinstance(result, JudgedMachine) and result.late:
                self._add_late(result)
            else:
                rows = list(rows_of(result, self._root))
                self._count(rows, 1)
                self._all.extend(rows)

    def _count(self, rows: Sequence[FleetRow], times: int) -> None:
        """Count rows in, or with -1 out again; those of one machine come together."""
        before = None
        for one in rows:
            for rule in one.rules:
                self.counts[rule] += times
            if one.judged is not before:
                before = one.judged
                self.unread += times * (one.unread is not None)
                self.skips.take(one.unread or one.judged, times)

    def _add_late(self, result: JudgedMachine) -> None:
        """Add what only the whole scan could find, such as a shared image, to the machine's rows."""
        own = [place for place, one in enumerate(self._all) if _is_of(one, result)]
        if own:
            known = self._all[own[0] : own[-1] + 1]
            rows = list(rows_of(_joined(known[0].judged, result), self._root))
            self._count(known, -1)
            self._count(rows, 1)
            self._all[own[0] : own[-1] + 1] = rows
            self.match(self._query)  # rows that were matched are others now

    def put(self, found: Mapping[str, Sequence[Result]], changed: Collection[Key] = ()) -> None:
        """Put what some files hold now in the place of what they held: their rows stay where they are.

        ``changed`` are the rows that a person changed there: they bear a sign, and are shown until another
        query is asked, whether they fit or not.
        """
        self._kept.update(changed)
        self._moved = True
        rows: list[FleetRow] = []
        waiting = dict(found)
        for path, members in groupby(self._all, key=lambda one: one.judged.path):
            if path not in found:
                rows += members
                continue
            before = list(members)
            self._count(before, -1)
            if path in waiting:
                rows += self._made(waiting.pop(path), {one.row.key: one.rank for one in before}, changed)
        for results in waiting.values():
            rows += self._made(results, {}, changed)
        self._all = rows
        self._match_again()

    def _made(
        self, results: Iterable[Result], ranks: Mapping[Key, int], changed: Collection[Key]
    ) -> list[FleetRow]:
        rows = [row for result in results for row in rows_of(result, self._root)]
        self._count(rows, 1)
        return [self._as_kept(row, ranks, changed) for row in rows]

    def _as_kept(self, one: FleetRow, ranks: Mapping[Key, int], changed: Collection[Key]) -> FleetRow:
        key = one.row.key
        row = one.row._replace(is_changed=True) if key in changed else one.row
        return one._replace(row=row, rank=ranks.get(key, one.rank))

    def put_shared(self, results: Iterable[JudgedMachine]) -> None:
        """Put what is found on shared images now in the place of what was; no row moves."""
        late = {(one.path, one.domain): one for one in results}
        rows: list[FleetRow] = []
        for key, members in groupby(self._all, key=lambda one: (one.judged.path, one.judged.domain)):
            before = list(members)
            known = before[0].judged
            now = _by_itself(known)
            now = _joined(now, late[key]) if key in late else now
            if (now.findings, now.accepted) == (known.findings, known.accepted):
                rows += before
                continue
            self._count(before, -1)
            changed = [one.row.key for one in before if one.row.is_changed]
            rows += self._made([now], {one.row.key: one.rank for one in before}, changed)
        self._all = rows
        self._match_again()

    @property
    def every_machine(self) -> list[JudgedMachine]:
        """Every machine there is a row of."""
        keyed = {(one.judged.path, one.judged.domain): one for one in self._all if one.unread is None}
        return [one.judged for one in keyed.values()]

    def let_go(self) -> None:
        """Forget which rows were changed: they are filtered and sorted like all others."""
        self._kept.clear()
        self._moved = False
        self._all = [ranked_anew(one) for one in self._all]

    def match(self, query: Query) -> None:
        """Begin to match all rows with a query; with another one, rows that were changed may go."""
        if query != self._query and self._moved:
            self.let_go()
        self._query = query
        self._match_again()

    def _match_again(self) -> None:
        self._fitting, self._matched = [], 0

    def advance(self, number: int) -> bool:
        """Match so many more rows; whether some are left."""
        upto = min(self._matched + number, len(self._all))
        for one in self._all[self._matched : upto]:
            if self._is_shown(one):
                self._fitting.append(one)
        self._matched = upto
        return self.is_behind

    def _is_shown(self, one: FleetRow) -> bool:
        if not self._query.terms or one.row.key in self._kept:
            return True
        return self._query.fits(QueryRow(one.judged, one.disk))

    @property
    def is_behind(self) -> bool:
        """Whether some rows have not been matched yet."""
        return self._matched < len(self._all)

    # In order

    def arrange(self) -> Sequence[MachineRow]:
        """The rows that fit, sorted and grouped."""
        self._arranged = self.order.arranged(self._fitting)
        return [one.row for one in self._arranged]

    @property
    def first_disk(self) -> int:
        """The place of the first row that can be changed; 0 where there is none."""
        return next((place for place, one in enumerate(self._arranged) if one.can_change), 0)

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


def _joined(known: JudgedMachine, late: JudgedMachine) -> JudgedMachine:
    return replace(
        known,
        findings=(*known.findings, *late.findings),
        accepted=(*known.accepted, *late.accepted),
    )


def _by_itself(known: JudgedMachine) -> JudgedMachine:
    """The machine without what comparing it with the others found."""
    findings = tuple(one for one in known.findings if one.rule != IN_TWO_MACHINES)
    accepted = tuple(one for one in known.accepted if one[0].rule != IN_TWO_MACHINES)
    return replace(known, findings=findings, accepted=accepted)


def _is_of(row: FleetRow, result: JudgedMachine) -> bool:
    return (row.judged.path, row.judged.domain) == (result.path, result.domain)
