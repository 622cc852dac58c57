"""What was measured in the terminal, as tables: ours beside the bare app, the slow line, and the targets."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from statistics import median
from typing import NamedTuple

from tests.benchmarks.sessions import Sample, Slow
from tests.scenes import SMALL, Size

OURS, BARE, VIM = "diskmode", "bare Textual", "vim"
PAINTED, SETTLED = "first paint", "start, settled"
MOVE, TOGGLE, UNDO, PREVIEW, FILTER = "move", "toggle", "undo", "switch preview", "filter a letter"
IDLE, MEMORY_AT_START, MEMORY = "idle bytes", "peak MB, start", "peak MB, keys"

# The targets.
FEW, MANY = 8, 256
START_RATIO = 1.15
START_BYTES = 4000
TOGGLE_BYTES, TOGGLE_MS = 900, 6.0
MOVE_BYTES = 400
GROWTH = 2.0

Row = Sequence[str]
_GAP = "  "


class Case(NamedTuple):
    """What is opened, and in which size of terminal."""

    kind: str
    disks: int
    size: Size


@dataclass
class Figures:
    """What one program came to in one case: samples by what was done, and numbers by their name."""

    samples: dict[str, list[Sample]] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    slow: Slow | None = None

    def add(self, what: str, sample: Sample) -> None:
        """Keep a sample."""
        self.samples.setdefault(what, []).append(sample)

    def ms(self, what: str) -> float | None:
        """The median of the times."""
        return median(one.ms for one in self.samples[what]) if self.samples.get(what) else None

    def bytes_at_most(self, what: str) -> float | None:
        """The bytes that 99 of a hundred do not exceed."""
        return percentile([one.size for one in self.samples[what]], 99) if self.samples.get(what) else None


Results = Mapping[tuple[Case, str], Figures]


class Verdict(NamedTuple):
    """A target beside what was measured: where, the figure, the limit, and how much of the limit it is."""

    where: str
    what: str
    figure: str
    limit: str
    share: float | None
    reached: bool


def percentile(values: Sequence[float], share: int) -> float:
    """The smallest of the values that ``share`` percent of them do not exceed."""
    return sorted(values)[max(math.ceil(len(values) * share / 100), 1) - 1]


def aligned(rows: Iterable[Row], left: int, above: Mapping[int, str] | None = None) -> str:
    """Rows as text: the first ``left`` columns begin together, the others end together.

    ``above`` is a line on top of them: what it says begins where the column of that number does.
    """
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    top = ""
    for place, word in (above or {}).items():
        top = top.ljust(sum(widths[:place]) + len(_GAP) * place) + word
    lines = (
        _GAP.join(
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=False))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in (*([top] if top else []), *lines))


# Ours beside the bare app


def comparison(results: Results) -> str:
    """Every figure, medians and p99, ours beside the bare app's."""
    return aligned(_comparison_rows(results), left=2, above={2: OURS, 6: BARE, 10: "ours/bare"})


def _comparison_rows(results: Results) -> Iterator[Row]:
    yield ("", "", *("bytes", "p99", "ms", "p99") * 2, "bytes", "ms")
    for case in dict.fromkeys(case for case, _ in results):
        ours, bare = results[case, OURS], results[case, BARE]
        where = _where(case)
        for what, samples in ours.samples.items():
            yield (where, what, *_sample_cells(samples, bare.samples.get(what, ())))
            where = ""
        for name, number in ours.numbers.items():
            other = bare.numbers.get(name)
            yield ("", name, *_number_cells(number, other))


def _where(case: Case) -> str:
    return f"{case.kind} {case.disks} {case.size}"


def _sample_cells(ours: Sequence[Sample], bare: Sequence[Sample]) -> Row:
    ratios = ["", ""]
    if bare:
        ratios = [
            _ratio(median(one[place] for one in ours), median(one[place] for one in bare)) for place in (0, 1)
        ]
    return (*_spread(ours), *_spread(bare), *ratios)


def _spread(samples: Sequence[Sample]) -> Row:
    if not samples:
        return ("",) * 4
    sizes, times = [one.size for one in samples], [one.ms for one in samples]
    return (
        f"{median(sizes):.0f}",
        f"{percentile(sizes, 99):.0f}",
        f"{median(times):.1f}",
        f"{percentile(times, 99):.1f}",
    )


def _number_cells(ours: float, bare: float | None) -> Row:
    if bare is None:
        return (f"{ours:.0f}",)
    return (f"{ours:.0f}", "", "", "", f"{bare:.0f}", "", "", "", _ratio(ours, bare))


def _ratio(ours: float, bare: float) -> str:
    return f"{ours / bare:.2f}x" if bare else ""


# The slow line


def slow_line(results: Results) -> str:
    """The slow line: how long after the last key each program writes on."""
    names = list(dict.fromkeys(name for (_, name), one in results.items() if one.slow))
    above = {1 + 3 * place: name for place, name in enumerate(names)}
    return aligned(_slow_rows(results, names), left=1, above=above)


def _slow_rows(results: Results, names: Sequence[str]) -> Iterator[Row]:
    yield ("", *("bytes", "last byte", "stands") * len(names))
    for case in dict.fromkeys(case for case, _ in results):
        slows = [results[case, name].slow if (case, name) in results else None for name in names]
        yield (_where(case), *(cell for slow in slows for cell in _slow_cells(slow)))


def _slow_cells(slow: Slow | None) -> Row:
    return ("", "", "") if slow is None else (str(slow.size), f"{slow.last:.2f} s", f"{slow.stands:.2f} s")


# The targets


def verdicts(results: Results) -> list[Verdict]:
    """Every target that what was measured can be held against."""
    cases = list(dict.fromkeys(case for case, _ in results))
    small = [case for case in cases if case.size == SMALL]
    found = [_start_verdict(results, case) for case in cases if case.disks == FEW]
    for kind in dict.fromkeys(case.kind for case in small):
        mine = [case for case in small if case.kind == kind]
        found.append(_bytes_verdict(results, mine, SETTLED, START_BYTES))
        found.append(_bytes_verdict(results, mine, TOGGLE, TOGGLE_BYTES))
        found += [_toggle_time_verdict(results, case) for case in mine if case.disks == FEW]
        found.append(_bytes_verdict(results, mine, MOVE, MOVE_BYTES))
        found += [_growth_verdict(results, mine, what) for what in (TOGGLE, MOVE)]
    found.append(_idle_verdict(results, cases))
    return [one for one in found if one is not None]


def _start_verdict(results: Results, case: Case) -> Verdict | None:
    ours, bare = results[case, OURS].ms(PAINTED), results[case, BARE].ms(PAINTED)
    if ours is None or bare is None:
        return None
    ratio = ours / bare
    figure = f"{ratio:.2f}x bare"
    return _verdict(_where(case), PAINTED, figure, f"{START_RATIO}x", ratio / START_RATIO)


def _toggle_time_verdict(results: Results, case: Case) -> Verdict | None:
    ms = results[case, OURS].ms(TOGGLE)
    if ms is None:
        return None
    return _verdict(_where(case), f"{TOGGLE}, median", f"{ms:.1f} ms", f"{TOGGLE_MS:g} ms", ms / TOGGLE_MS)


def _bytes_verdict(results: Results, cases: Sequence[Case], what: str, limit: int) -> Verdict | None:
    """The worst of the cases counts."""
    sizes = {case: results[case, OURS].bytes_at_most(what) for case in cases}
    known = {case: size for case, size in sizes.items() if size is not None}
    if not known:
        return None
    worst = max(known, key=lambda case: known[case])
    size = known[worst]
    return _verdict(_where(worst), f"{what}, bytes p99, worst", f"{size:.0f} B", f"{limit} B", size / limit)


def _growth_verdict(results: Results, cases: Sequence[Case], what: str) -> Verdict | None:
    times = {case.disks: results[case, OURS].ms(what) for case in cases}
    few, many = times.get(FEW), times.get(MANY)
    if not few or not many:
        return None
    where = f"{cases[0].kind} {FEW} -> {MANY} {cases[0].size}"
    figure = f"{many / few:.2f}x ({few:.1f} -> {many:.1f} ms)"
    return _verdict(where, f"{what}, median", figure, f"{GROWTH:g}x", many / few / GROWTH)


def _idle_verdict(results: Results, cases: Sequence[Case]) -> Verdict | None:
    idle = {case: results[case, OURS].numbers.get(IDLE) for case in cases}
    known = {case: number for case, number in idle.items() if number is not None}
    if not known:
        return None
    worst = max(known, key=lambda case: known[case])
    where = _where(worst) if known[worst] else "everywhere"
    return Verdict(where, IDLE, f"{known[worst]:.0f} B", "0 B", None, not known[worst])


def _verdict(where: str, what: str, figure: str, limit: str, share: float) -> Verdict:
    return Verdict(where, what, figure, limit, share, share <= 1)


def targets(results: Results) -> str:
    """The targets beside the figures."""
    head: Row = ("target", "", "measured", "at most", "of limit", "")
    return aligned([head, *(_verdict_row(one) for one in verdicts(results))], left=2)


def _verdict_row(one: Verdict) -> Row:
    share = "" if one.share is None else f"{one.share:.0%}"
    return (one.where, one.what, one.figure, one.limit, share, "reached" if one.reached else "MISSED")
