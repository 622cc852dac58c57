"""What the fleet screen says of bulk changes: how far they are, what they would do, what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tui.app.dialogs.questions import Choice
from tui.app.widgets.spans import Line, Span, wrapped
from tui.counting import counted
from tui.fleet.bulk_write import FileOutcome, WriteState
from tui.fleet.proposals import Proposal, ProposalEntry
from tui.formats.text_diff import DiffLine, Sign
from tui.history.change import Change
from tui.sentences import local_minute, sentence
from tui.storage import noun_of

_BAR = "▇"
_BAR_WIDTH = 24
_ROOM = "·"
_SIGN_STYLES = {Sign.ADDED: "line--changed", Sign.REMOVED: "line--removed"}


def bar(done: int, total: int, width: int) -> str:
    """How much of a whole is done, in ``width`` columns."""
    full = width if not total else done * width // total
    return _BAR * full + _ROOM * (width - full)


def progress_line(word: str, done: int, total: int, stops: str) -> Line:
    """How far a step is, and the key that ``stops`` it."""
    return (
        Span(f" {word} "),
        Span(bar(done, total, _BAR_WIDTH), "line--key"),
        Span(f" {done:,} of {counted(total, 'file')}  "),
        Span(stops, "line--key"),
        Span(" stops"),
    )


def proposal_words(proposal: Proposal) -> list[str]:
    """What would be done, in disks that add up to the lines, and what of the files a save cannot keep."""
    done, refused, left_out = proposal.parts
    inside = f" in {proposal.counted_files}" if any(one.disk for one in done) else ""
    counts = [f"{_entry_count(done)}{inside} to change"]
    counts += [f"{_entry_count(refused)} refused"] if refused else []
    counts += [f"{_entry_count(left_out)} left out"] if left_out else []
    return [f"{', '.join(counts)}.", *(f"! {sentence(one)}" for one in proposal.warnings)]


def _entry_count(entries: Sequence[ProposalEntry]) -> str:
    """How many disks, and how many whole files, some lines are."""
    disks = sum(bool(one.disk) for one in entries)
    files = len(entries) - disks
    parts = [counted(disks, "disk")] if disks or not files else []
    return " and ".join([*parts, *([counted(files, "whole file")] if files else [])])


def interrupted_choices(change: Change, done: int, left: int) -> tuple[str, list[Choice]]:
    """What is asked about a bulk change that did not come to its end, and what may be answered."""
    title = f"Interrupted {local_minute(change.began)}: {change.what or 'a bulk change'}"
    nothing = None if left else "what was planned of the others is not known"
    return title, [
        Choice(
            "Finish it",
            "finish",
            f"{counted(left, 'file')} {_was(left)} not reached; looked at first",
            nothing,
        ),
        Choice("Undo it", "undo", f"{counted(done, 'file')} {_was(done)} saved; looked at first"),
        Choice("Leave it as it is", "leave", "it is not asked about again"),
    ]


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def diff_lines(lines: Iterable[DiffLine]) -> Iterator[Line]:
    """A file's lines that would differ, with their signs and numbers."""
    for line in lines:
        number = "" if line.number is None else str(line.number + 1)
        style = _SIGN_STYLES.get(line.sign, "line--dim")
        yield (Span(f"  {line.sign.value}{number:>5} ", style), Span(line.text.expandtabs(4), style))


def _reason_lines(sign: str, where: str, reason: str, style: str, width: int) -> Iterator[Line]:
    for place, part in enumerate(wrapped([Span(where, "line--strong")], width - 2)):
        yield (Span("  " if place else f"{sign} ", style), *part)
    for part in wrapped([Span(reason, style)], width - 4):
        yield (Span("    "), *part)


def outcome_lines(done: Iterable[FileOutcome], width: int) -> Iterator[Line]:
    """What did not go as meant, each with its reason."""
    for one in done:
        if one.reason is not None:
            sign, style = ("!", "line--warning") if _went_well(one) else ("✗", "line--error")
            yield from _reason_lines(sign, one.path, one.reason, style, width)


def _went_well(one: FileOutcome) -> bool:
    return one.state in (WriteState.SAVED, WriteState.RESTORED)


def outcome_words(done: Sequence[FileOutcome]) -> str:
    """What became of the files: ``40 files saved, 1 failed``."""
    number = Counter(one.state for one in done)
    found = [(number[state], state.value) for state in WriteState if number[state]]
    if not found:
        return "nothing done"
    (first, word), *rest = found
    noun = noun_of(one.path for one in done)
    return ", ".join([f"{counted(first, noun)} {word}", *(f"{many:,} {word}" for many, word in rest)])
