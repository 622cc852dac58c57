"""What the fleet screen says of bulk changes: how far they are, what they would do, what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tui.app.fleet.fleet_presentation import count
from tui.app.widgets.spans import Line, Span, wrapped
from tui.fleet.bulk_plan import FileChange, FilePlan, RefusedChange
from tui.fleet.bulk_write import Outcome, State
from tui.formats.changes import Sign

_BAR = "▇"
_BAR_WIDTH = 24
_ROOM = "·"
_SIGN_STYLES = {Sign.ADDED: "line--changed", Sign.REMOVED: "line--removed"}


def bar(done: int, total: int, width: int) -> str:
    """How much of a whole is done, in ``width`` columns."""
    full = width if not total else done * width // total
    return _BAR * full + _ROOM * (width - full)


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


def sentence_of(plans: Sequence[FilePlan]) -> str:
    """How many files change, and what of them a save cannot keep."""
    lost = {one.change.reading.not_kept for one in plans if one.change is not None}
    return ". ".join([plan_counts(plans), *(f"! {one[:1].upper()}{one[1:]}" for one in lost if one)]) + "."


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
