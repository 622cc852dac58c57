"""Every safe remedy of a machine as one question: what is changed, and why."""

from __future__ import annotations

from collections.abc import Iterator

from tui.app.dialogs.questions import Review
from tui.editing import Editing, Mended
from tui.formats.text_diff import diff
from tui.keys.bound import BoundKeys
from tui.machine import Machine

TAKE = "take"
_NOTHING_SAFE = "No remedy is safe without a person's word; {key[finding.next]} goes from finding to finding."
_NOT_MENDED = "Not mended: more is known of the machine now; {key[finding.mend]} shows the remedies anew."
# Remedies told of one by one above the diff.
_MOST_LISTED = 6


def nothing_safe(machine: Machine, keys: BoundKeys) -> str:
    """What is said where no remedy can be taken, now or without being asked for by itself."""
    held = machine.held
    if held is not None:
        return f"Not mended now: {held.advice}."  # why, is told above it
    return _NOTHING_SAFE.format(key=keys)


def not_mended(keys: BoundKeys) -> str:
    """What is said where the remedies shown were found for a machine of which less was known."""
    return _NOT_MENDED.format(key=keys)


def review_of_remedies(editing: Editing, remedies: Mended, keys: BoundKeys) -> Review:
    """The diff that all of them make together, and each in a line above it."""
    before, after = editing.machine.own_text.lines, remedies.machine.own_text.lines
    count = len(remedies.taken)
    words = "1 remedy" if count == 1 else f"{count} remedies"
    return Review(
        f"Mend: {words}",
        editing.machine.configuration.format,
        list(diff(before, after)),
        [*_remedy_sentences(editing, remedies)],
        [("enter", TAKE, f"take {words}, {keys['edit.undo']} takes them back")],
    )


def _remedy_sentences(editing: Editing, remedies: Mended) -> Iterator[str]:
    for offer in remedies.taken[:_MOST_LISTED]:
        names = ", ".join(editing.disks[index].name for index in offer.disks)
        yield f"{offer.rule}: {names}: {offer.words}"
    if len(remedies.taken) > _MOST_LISTED:
        yield f"and {len(remedies.taken) - _MOST_LISTED} more"
