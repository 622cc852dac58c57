"""What the fleet screen says: titles, the chart of findings, the row under the cursor, bulk changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tui.app.fleet.fleet_table import FleetTable
from tui.app.fleet.order import Group, Order
from tui.app.fleet.rows import FleetRow, Rule
from tui.app.fleet.scan import Scan
from tui.app.widgets.spans import Line, Span, cells, fitted, indented, wrapped
from tui.fleet.bulk_plan import FileChange, FilePlan, RefusedChange
from tui.fleet.bulk_write import Outcome, State
from tui.formats.changes import Sign
from tui.rules import Severity
from tui.visible import visible

_BAR = "▇"
_BAR_WIDTH = 24
_ROOM = "·"
_SIGN_STYLES = {Sign.ADDED: "line--changed", Sign.REMOVED: "line--removed"}


def count(number: int, word: str) -> str:
    """``1 file``, ``2,000 files``."""
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def spread(name: str, left: Sequence[Span], right: Sequence[Span], width: int) -> Line:
    """A name and more at the left edge, the rest at the right one; the name gives way."""
    free = width - 2 - sum(cells(span.text) for span in (*left, *right))
    shown = visible(name)
    shown = fitted(shown, min(cells(shown), max(free, 8)))
    return (Span(f" {shown}", "line--title"), *left, Span(" " * max(free + 1 - cells(shown), 1)), *right)


def scan_words(scan: Scan, table: FleetTable) -> list[Span]:
    """How far a scan is and what it found."""
    spans = [Span(f" · {count(scan.files, 'file')}")]
    if scan.is_running:
        rate = f" · {scan.rate:,.0f}/s" if scan.rate else ""
        spans += [Span(rate), Span(" · scanning, x stops", "line--key")]
    else:
        spans.append(Span(f" · {count(table.machines, 'VM')}"))
    if table.unread:
        spans.append(Span(f" · {table.unread:,} unreadable", "line--error"))
    if scan.passed:
        spans.append(Span(f" · {count(scan.passed, 'link')} not followed", "line--warning"))
    return spans


def order_words(order: Order, marked: int, fitting: int | None, rows: int) -> list[Span]:
    """How many rows are shown, how they are gathered, how many are marked."""
    spans = [Span(f"{marked:,} marked · ", "line--key")] if marked else []
    if order.group is not Group.NONE:
        spans.append(Span(f"by {order.group} · "))
    if fitting is not None:
        spans.append(Span(f"{fitting:,} of ", "line--key"))
    return [*spans, Span(f"{count(rows, 'row')} ")]


def bar(done: int, total: int, width: int) -> str:
    """How much of a whole is done, in ``width`` columns."""
    full = width if not total else done * width // total
    return _BAR * full + _ROOM * (width - full)


def chart_lines(counts: Counter[Rule], width: int, height: int) -> list[Line]:
    """How often each rule has something to say: with one line side by side, else one below the other.

    What is only told comes last.
    """
    order = sorted(counts, key=lambda rule: (rule[0] is Severity.INFO, -counts[rule], rule[1]))
    if not order:
        return [(Span(" No findings.", "line--dim"),)]
    most = max(counts.values())
    return _side_by_side(order, counts, most, width) if height < 2 else _below(order, counts, width, height)


def _side_by_side(order: Sequence[Rule], counts: Counter[Rule], most: int, width: int) -> list[Line]:
    line: list[Span] = [Span(" ")]
    used, shown = 1, 0
    for rule in order:
        more = sum(cells(span.text) for span in _more(order[shown + 1 :]))
        told = f"{rule[0].sign} {counts[rule]:,} {rule[1]} "
        longest = 6
        if used + cells(told) + longest + 2 + more > width:
            break
        drawn = _BAR * max(round(longest * counts[rule] / most), 1)
        line += [Span(f"{told}{drawn}", f"line--{rule[0].value}"), Span("  ")]
        used += cells(told) + cells(drawn) + 2
        shown += 1
    return [(*line, *_more(order[shown:]))]


def _more(rest: Sequence[Rule]) -> list[Span]:
    """How many rules there was no room for; errors are not left out without a word."""
    errors = sum(severity is Severity.ERROR for severity, _ in rest)
    spans = [Span(f"+{len(rest)} more", "line--dim")] if rest else []
    return [*spans, Span(f", {errors} {Severity.ERROR.sign}", "line--error")] if errors else spans


def _below(order: Sequence[Rule], counts: Counter[Rule], width: int, height: int) -> list[Line]:
    shown = order if len(order) <= height else order[: height - 1]
    names = max(cells(name) for _, name in shown)
    digits = max(len(f"{counts[rule]:,}") for rule in shown)
    room = max(min(width - names - digits - 8, 50), 4)
    most = max(counts[rule] for rule in shown)
    lines: list[Line] = [
        (
            Span(f" {rule[0].sign} {counts[rule]:>{digits},} ", f"line--{rule[0].value}"),
            Span(fitted(rule[1], names + 1)),
            Span(_BAR * max(round(room * counts[rule] / most), 1), f"line--{rule[0].value}"),
        )
        for rule in shown
    ]
    if len(shown) < len(order):
        how = Span(": g gathers by VM, then by rule", "line--dim")
        lines.append((Span(" "), *_more(order[len(shown) :]), how))
    return lines


def detail_lines(one: FleetRow, width: int) -> list[Line]:
    """The row under the cursor: where it is, what the disk does, the gravest thing a rule says."""
    lines = [_name(one, width)]
    if one.unread is not None:
        said = f"✗ {one.unread.kind}: {one.unread.reason}; {one.unread.remedy}."
        return [*lines, *indented([Span(said, "line--error")], width)]
    if one.disk is not None and one.disk.is_disk:
        lines += indented([Span(one.disk.effect, "line--strong")], width)
    found = sorted(one.findings, key=lambda finding: finding.severity.rank)
    if found:
        first = found[0]
        of = f" (1 of {len(found)}, f: all)" if len(found) > 1 else ""
        head = Span(f"{first.severity.sign} {first.rule}{of} ", f"line--{first.severity.value}")
        told = wrapped([head, Span(f"{first.message}: {first.advice}.")], max(width - 2, 20))
        lines += [(Span(" "), *part) for part in told]
    return lines


def _name(one: FleetRow, width: int) -> Line:
    """A heading, or a row's file, its domain where it holds several, and hypervisor; the path gives way."""
    if one.row.heading:
        return (Span(f" {fitted(visible(one.row.heading), max(width - 2, 1))}", "line--strong"),)
    judged = one.judged
    more = f" · domain {judged.domain}" if judged.domain else ""
    more += f" · {judged.hypervisor.label}" if one.unread is None else ""
    room = max(width - 2 - cells(more), 8)
    shown = visible(judged.path)
    return (Span(f" {fitted(shown, min(room, cells(shown)))}{more}", "line--dim"),)


def within(lines: Sequence[Line], height: int) -> list[Line]:
    """The first so many lines; where more would follow, the last one says so."""
    if len(lines) <= height:
        return list(lines)
    *first, last = lines[:height]
    end = last[-1]
    return [*first, (*last[:-1], Span(f"{end.text.rstrip()}…", end.style))]


# Bulk changes


def progress_line(word: str, done: int, total: int) -> Line:
    """How far a step is, and what ends it."""
    return (
        Span(f" {word} "),
        Span(bar(done, total, _BAR_WIDTH), "line--key"),
        Span(f" {done:,} of {count(total, 'file')}  "),
        Span("x", "line--key"),
        Span(" stops"),
    )


def plan_counts(plans: Sequence[FilePlan]) -> str:
    """How many files change, are refused, are as wanted."""
    changes = [one.change for one in plans if one.change is not None]
    refused = sum(len(one.refused) for one in plans)
    same = sum(len(one.as_wanted) for one in plans)
    disks = sum(len(machine.disks) for one in changes for machine in one.machines)
    said = [f"{count(len(changes), 'file')} to change ({count(disks, 'disk')})", f"{refused:,} refused"]
    said += [f"{count(same, 'VM')} already so"] if same else []
    return ", ".join(said)


def plan_lines(plans: Sequence[FilePlan], width: int) -> Iterator[Line]:
    """Refusals first, then each file's diff."""
    for one in plans:
        for refused in one.refused:
            yield from _refused(one.path, refused, width)
    for one in plans:
        if one.change is not None:
            yield from _change(one.change)


def _refused(path: str, one: RefusedChange, width: int) -> Iterator[Line]:
    names = f" {', '.join(one.disks)}" if one.disks else ""
    remedy = None if one.refusal is None else one.refusal.remedy
    reason = one.reason if remedy is None else f"{one.reason}; with m you can {remedy.offer}"
    yield from _told("✗", f"{path}{names}", reason, "line--error", width)


def _told(sign: str, where: str, reason: str, style: str, width: int) -> Iterator[Line]:
    for place, part in enumerate(wrapped([Span(where, "line--strong")], width - 2)):
        yield (Span("  " if place else f"{sign} ", style), *part)
    for part in wrapped([Span(reason, style)], width - 4):
        yield (Span("    "), *part)


def _change(one: FileChange) -> Iterator[Line]:
    names = ", ".join(machine.vm for machine in one.machines)
    yield (Span("~ ", "line--changed"), Span(one.path, "line--strong"), Span(f" · {names}", "line--dim"))
    for line in one.diff():
        number = "" if line.number is None else str(line.number + 1)
        style = _SIGN_STYLES.get(line.sign, "line--dim")
        yield (Span(f"  {line.sign.value}{number:>5} ", style), Span(line.text.expandtabs(4), style))


def outcome_lines(done: Iterable[Outcome], width: int) -> Iterator[Line]:
    """What did not go as meant, each with its reason."""
    for one in done:
        if one.reason is not None:
            sign, style = ("!", "line--warning") if _went_well(one) else ("✗", "line--error")
            yield from _told(sign, one.path, one.reason, style, width)


def _went_well(one: Outcome) -> bool:
    return one.state in (State.SAVED, State.RESTORED)


def outcome_counts(done: Sequence[Outcome]) -> str:
    """How many files were saved, restored, left alone, and how many failed."""
    number = Counter(one.state for one in done)
    return ", ".join(f"{number[state]:,} {state.value}" for state in State if number[state]) or "nothing done"
