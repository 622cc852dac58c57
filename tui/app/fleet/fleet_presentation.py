"""What the fleet screen says: the title, the answer, the sets to pick, the row under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.app.dialogs.questions import Choice
from tui.app.fleet.fleet_table import FleetTable
from tui.app.fleet.order import Grouping, Order
from tui.app.fleet.rows import FleetRow
from tui.app.fleet.scan import Scan
from tui.app.widgets.spans import Line, Span, cells, clipped, fitted, indented, wrapped
from tui.counting import counted
from tui.disks import Disk
from tui.fleet.judged import JudgedMachine
from tui.fleet.sets import FleetSet
from tui.fleet.skipped import Skips, lock_of
from tui.keys.bound import BoundKeys
from tui.rules import Finding, Severity
from tui.visible import visible

# The sets that have a key of their own.
MOST_PICKED = 9
# Cells, at most, that a query takes in the title.
_QUERY = 24


def spread(name: str, left: Sequence[Span], right: Sequence[Span], width: int) -> Line:
    """A name and more at the left edge, the rest at the right one; the name gives way, then the rest."""
    shown = visible(name)
    least, left = min(cells(shown), 8), list(left)
    while len(left) > 1 and width - 2 - sum(cells(span.text) for span in (*left, *right)) < least:
        left.pop()
    free = width - 2 - sum(cells(span.text) for span in (*left, *right))
    shown = fitted(shown, min(cells(shown), max(free, least)))
    return (Span(f" {shown}", "line--title"), *left, Span(" " * max(free + 1 - cells(shown), 1)), *right)


def scan_words(scan: Scan, table: FleetTable, noun: str, stops: str) -> list[Span]:
    """How far a scan of files, or of domains (``noun``), is and what it found; the key ``stops`` ends it."""
    spans = [Span(f" · {counted(scan.files, noun)}")]
    if scan.is_running:
        done, hosts = scan.hosts
        if hosts > 1:
            spans.append(Span(f" · {done:,} of {hosts:,} hosts"))
        rate = f" · {scan.rate:,.0f}/s" if scan.rate else ""
        spans += [Span(rate), Span(f" · scanning, {stops} stops", "line--key")]
    else:
        spans.append(Span(f" · {counted(table.machines, 'machine')}"))
    if table.unread:
        spans.append(Span(f" · {table.unread:,} unreadable", "line--error"))
    if scan.links_passed:
        spans.append(Span(f" · {counted(scan.links_passed, 'link')} not followed", "line--warning"))
    return spans


def marked_words(marked: int, hidden: int) -> str:
    """How many rows are marked, and how many of these the filter does not show; empty where none is."""
    words = f"{marked:,} marked" if marked else ""
    return f"{words}, {hidden:,} not shown" if hidden else words


def order_words(order: Order, marked: str, fitting: int | None, rows: int, query: str) -> list[Span]:
    """How many rows are shown and by which query, how they are grouped, what is marked."""
    spans = [Span(f"{marked} · ", "line--key")] if marked else []
    if order.group is not Grouping.NONE:
        spans.append(Span(f"by {order.group} · "))
    if fitting is not None:
        spans.append(Span(f"/{clipped(visible(query), _QUERY)} · {fitting:,} of ", "line--key"))
    return [*spans, Span(f"{counted(rows, 'row')} ")]


def answer_line(skips: Skips, scanning: bool, width: int) -> Line:
    """Which disks backups skip, in one line: the question a fleet is opened with."""
    if not skips.machines:
        return ()
    answer = next((one for one in _answers(skips, scanning) if cells(one) <= width - 2), None)
    text = clipped(_answers(skips, scanning)[-1], max(width - 2, 1)) if answer is None else answer
    return (Span(f" {text}", "line--warning" if skips.disks > skips.on_purpose else "line--strong"),)


def _answers(skips: Skips, scanning: bool) -> list[str]:
    """The same from the whole sentence to the shortest."""
    so_far = " so far" if scanning else ""
    machines = counted(skips.machines, "machine")
    if not skips.disks:
        head = "Snapshot backups skip no disk of"
        heads = (f"{head} {machines}{so_far}", f"{head} {machines}", f"{head} {skips.machines:,}")
    else:
        have = "has" if skips.skipping == 1 else "have"
        disks = counted(skips.disks, "disk")
        of = f"{skips.skipping:,} of"
        heads = (
            f"{of} {machines} {have} {disks} that snapshot backups skip{so_far}",
            f"{of} {machines}: snapshot backups skip {disks}",
            f"{of} {skips.machines:,}: snapshot backups skip {disks}",
        )
    long, short, shortest = heads
    meant, none = skips.on_purpose, skips.impossible
    whole = f" · {meant:,} on purpose (accepted)" if meant else ""
    whole += f" · {counted(none, 'machine')} cannot be snapshotted at all" if none else ""
    accepted = f" · {meant:,} on purpose" if meant else ""
    brief = f"{accepted} · {none:,} without any snapshot" if none else accepted
    longest = [f"{long}{whole}", f"{long}{brief}", f"{short}{brief}"]
    return [*longest, f"{long}{accepted}", f"{short}{accepted}", long, short, shortest]


class SetKeys(NamedTuple):
    """The keys that show a set alone, in the order of the sets, and the one that shows every row again."""

    picks: Sequence[str]
    back: str

    @classmethod
    def of(cls, keys: BoundKeys) -> SetKeys:
        """With one key for all sets it asks which: no set has a key of its own."""
        picks = keys.all_of("fleet.pick")
        return cls(picks if len(picks) > 1 else (), keys["fleet.pick-all"])


def set_lines(sets: Sequence[FleetSet], query: str, width: int, height: int, keys: SetKeys) -> list[Line]:
    """The sets with their keys and counts, as many as fit; the one that is shown stands in brackets."""
    picks = [*keys.picks, *[""] * MOST_PICKED]
    words = [
        _set_words(one, picks[place], is_first=place == 0, here=one.query == query)
        for place, one in enumerate(sets[:MOST_PICKED])
    ]
    back = keys.back if query else ""
    lines: list[Line] = []
    place = 0
    for is_last in (*[False] * (height - 1), True):
        line: list[Span] = []
        while place < len(words):
            behind = _more(sets[place + 1 :], back) if is_last else []
            if sum(cells(span.text) for span in (*line, *words[place], *behind)) > width:
                break
            line += words[place]
            place += 1
        line += _more(sets[place:], back) if is_last else []
        lines += [line] if line else []
    return lines


def _set_words(one: FleetSet, key: str, *, is_first: bool, here: bool) -> list[Span]:
    before, behind = ("[", "]") if here else (" ", " ")
    style = f"line--{one.severity.value}" if one.severity else "line--warning" if is_first else ""
    sign = f"{one.severity.sign} " if one.severity else ""
    name = Span(f" {sign}{one.name} {one.number:,}{behind}", "line--strong" if here else style)
    return [Span(f"{before}{key}", "line--key"), name]


def _more(rest: Sequence[FleetSet], back: str) -> list[Span]:
    """How many sets there was no room for, and how many errors among them; and the key ``back`` to all."""
    errors = sum(one.severity is Severity.ERROR for one in rest)
    spans = [Span(f" +{len(rest)} more", "line--dim")] if rest else []
    spans += [Span(f", {errors} {Severity.ERROR.sign}", "line--error")] if errors else []
    return [*spans, Span(f"  {back}", "line--key"), Span(" all ")] if back else spans


def set_choices(sets: Sequence[FleetSet]) -> list[Choice]:
    """Every set to choose from, also those that have no number; the value is its query."""
    return [Choice(f"{one.name} ({one.number:,})", one.query) for one in sets]


def no_such_set(number: int, sets: Sequence[FleetSet]) -> str:
    """Why a key shows nothing alone."""
    return f"There is no set {number}: {counted(len(sets), 'set')} of rows can be shown alone."


def late_words(late: Sequence[JudgedMachine]) -> str:
    """What was found when all files were known, on rows that a person looked at before."""
    rules = sorted({finding.rule for one in late for finding in one.findings})
    return f"The end of the scan told more of {counted(len(late), 'machine')}: {', '.join(rules)}."


def detail_lines(one: FleetRow, finds: str, width: int) -> list[Line]:
    """The row under the cursor: where it is, what the disk does, the gravest thing a rule says.

    Each begins in a line of its own, so that what two rows have in common is not written anew. The key
    ``finds`` shows all of what the rules say.
    """
    lines = [_name(one, finds, width)]
    if one.unread is not None:
        trouble = f"✗ {one.unread.kind}: {one.unread.reason}; {one.unread.remedy}."
        return [*lines, *indented([Span(trouble, "line--error")], width)]
    if one.disk is not None and one.disk.is_disk:
        lines += indented([Span(one.judged.configuration.effect_of(one.disk), "line--strong")], width)
        lines += _lock_lines(one.judged, one.disk, width)
    elif one.judged.no_snapshot and not one.row.heading:
        lines += indented(
            [Span(f"No snapshot can be taken: {one.judged.no_snapshot}.", "line--strong")], width
        )
    return [*lines, *_finding_lines(one.findings, width)]


def _finding_lines(findings: Sequence[Finding], width: int) -> list[Line]:
    """The gravest finding: what it is. What to do, and the others, one key shows."""
    if not findings:
        return []
    first = min(findings, key=lambda finding: finding.severity.rank)
    head = Span(f"{first.severity.sign} {first.rule} ", f"line--{first.severity.value}")
    lines = wrapped([head, Span(f"{first.message}.")], max(width - 2, 20))
    return [(Span(" "), *part) for part in lines]


def _name(one: FleetRow, finds: str, width: int) -> Line:
    """A heading, or a row's file, its domain where it holds several, and hypervisor; the path gives way.

    At the right edge how much the rules say of it, and the key that shows all of that.
    """
    number = 0 if one.unread is not None else len(one.findings)
    words = Span(f" {counted(number, 'finding')} ", "line--dim")
    right = (Span(finds, "line--key"), words) if number else ()
    room = width - 1 - sum(cells(span.text) for span in right)
    if one.row.heading:
        left = Span(fitted(f" {visible(one.row.heading)}", room), "line--strong")
    else:
        left = Span(fitted(_where(one, room), room), "line--dim")
    return (left, Span(" "), *right)


def _where(one: FleetRow, width: int) -> str:
    """The path, and behind it what fits beside its last part."""
    judged, path = one.judged, visible(one.judged.path)
    hypervisor = judged.hypervisor.label if one.unread is None else ""
    words = (one.place, one.row.mode, *_state_words(judged, one.disk), hypervisor)
    more = "".join(f" · {word}" for word in words if word)
    name = min(cells(path.rpartition("/")[2]) + 2, width // 2)
    more = clipped(more, max(width - 1 - name, 0))
    return f" {fitted(path, min(width - 1 - cells(more), cells(path)))}{more}"


def _lock_lines(judged: JudgedMachine, disk: Disk, width: int) -> list[Line]:
    lock = lock_of(judged, disk)
    return [] if lock is None else indented([Span(f"Locked: {lock}.", "line--warning")], width)


def _state_words(judged: JudgedMachine, disk: Disk | None) -> list[str]:
    """How many snapshots the machine has, whether it runs, and what waits for its next start; as is known."""
    known = judged.configuration.sidecars
    number = 0 if known.snapshots is None else known.snapshots.count
    power = None if known.host is None else known.host.power
    return [
        counted(number, "snapshot") if number else "",
        power.value if power is not None else f"in use ({judged.in_use})" if judged.in_use else "",
        "another policy until its next start" if disk and disk.index in judged.pending else "",
    ]
