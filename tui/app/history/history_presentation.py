"""What the history's screen says of changes: rows, sentences, the review of an undo, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.app.dialogs.questions import Review
from tui.app.widgets.change_list import ChangeRow
from tui.counting import counted
from tui.disks import Format
from tui.editing import PreviewLine
from tui.formats.text_diff import Sign
from tui.history.change import Change
from tui.history.changes import Changes, State
from tui.history.domain_words import words_lines
from tui.history.splices import diff_lines
from tui.history.taking_back import TakenBack, TakingBack, why_not
from tui.sentences import local_minute, sentence
from tui.storage import from_here

_MOST_REFUSED = 5
_OVER = frozenset((State.UNDONE, State.FAILED))


def row_of(changes: Changes, change: Change, *, alone: bool) -> ChangeRow:
    """A change as the list shows it; ``alone``: all changes are of one file, which the title names."""
    files, state = change.files, changes.state(change)
    named = (
        change.shown(files[0]).replace("\\", "/").rpartition("/")[2] if len(files) == 1 else change.counted
    )
    words = what_of(change)
    what = words if alone and words else f"{named}: {words}" if words else named
    return ChangeRow(
        local_minute(change.began), changes.done_by(change), state.value, what, is_over=state in _OVER
    )


def what_of(change: Change) -> str:
    """What was done in the words of the command; of an edit the first line that is another now."""
    if change.what:
        return change.what
    lines = [
        line
        for record in change.records
        for line in diff_lines(record.splices)
        if line.sign in (Sign.ADDED, Sign.REMOVED)
    ]
    if not lines:
        return ""
    first = next((line for line in lines if line.sign is Sign.ADDED), lines[0])
    return f"{first.sign.value} {first.text.strip()}"


def sentence_of(changes: Changes, change: Change, undo_key: str) -> str:
    """Which change it is, and whether it can be taken back."""
    reason = why_not(changes, change)
    how = f"cannot be undone: {reason}" if reason else f"{undo_key} shows what undoing it does"
    return f"{change.id} · {change.counted} · {how}."


def lines_of(change: Change) -> Iterator[PreviewLine]:
    """What it changed, file by file; where it changed some, those whose save failed are only named."""
    saved = change.saved
    for place, record in enumerate(change.records):
        if place:
            yield PreviewLine(None, Sign.GAP, "", None)
        if saved and record.file not in saved:
            yield PreviewLine(None, Sign.SAME, f"{from_here(record.shown)}: not saved", None)
            continue
        yield PreviewLine(None, Sign.SAME, from_here(record.shown), None)
        words = () if record.domain is None else words_lines(record.domain)
        for line in (*diff_lines(record.splices), *words):
            yield PreviewLine(None, line.sign, line.text, None)


def kind_of(files: Sequence[str]) -> Format:
    """How the lines of these files are coloured."""
    return Format.VMX if files and files[0].lower().endswith((".vmx", ".vmtx")) else Format.DOMAIN_XML


def review_of(taking: TakingBack, by: str) -> Review:
    """The question: the diff of every file put back, and which would not be; ``by`` made the change."""
    restorations, refused = taking.restorations, taking.refused
    what = what_of(taking.change)
    sentences = [f"{by}, {local_minute(taking.change.began)}" + (f": {what}" if what else "")]
    sentences += [f"✗ {from_here(one.address)}: {one.reason}." for one in refused[:_MOST_REFUSED]]
    if len(refused) > _MOST_REFUSED:
        sentences.append(f"Left as they are too: {len(refused) - _MOST_REFUSED:,} more.")
    if not restorations:
        sentences.append("No file would be put back.")
    sentences += [f"! {sentence(one)}" for one in taking.not_kept]
    words = f"put back {counted(len(restorations), 'file')}"
    answers = [("enter", "undo", words)] if restorations else []
    return Review("Undo", kind_of(taking.change.files), taking.lines(), sentences, answers)


def outcome_words(taken: TakenBack) -> tuple[str, str]:
    """What came of it, and how that is shown."""
    parts = [f"{counted(len(taken.files), 'file')} put back"]
    parts += [f"{len(taken.failed):,} not: {taken.failed[0].reason}"] if taken.failed else []
    style = "line--warning" if taken.failed or taken.notes else "line--changed"
    return " · ".join((*parts, *taken.notes)), style
