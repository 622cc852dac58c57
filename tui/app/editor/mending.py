"""Every safe remedy of a machine as one question: what is changed, and why."""

from __future__ import annotations

from collections.abc import Iterator

from tui.app.dialogs.questions import Review
from tui.editing import Editing, Mended
from tui.formats.text_diff import diff

TAKE = "take"
NOTHING_SAFE = "No remedy is safe without a person's word; f8 goes from finding to finding."
NOT_MENDED = "Not mended: more is known of the machine now; F shows the remedies anew."
# Remedies told of one by one above the diff.
_MOST_LISTED = 6


def review_of_remedies(editing: Editing, remedies: Mended) -> Review:
    """The diff that all of them make together, and each in a line above it."""
    before, after = editing.machine.own_text.lines, remedies.machine.own_text.lines
    count = len(remedies.taken)
    words = "1 remedy" if count == 1 else f"{count} remedies"
    return Review(
        f"Mend: {words}",
        editing.machine.configuration.format,
        list(diff(before, after)),
        [*_remedy_sentences(editing, remedies)],
        [("enter", TAKE, f"take {words}, u takes them back")],
    )


def _remedy_sentences(editing: Editing, remedies: Mended) -> Iterator[str]:
    for offer in remedies.taken[:_MOST_LISTED]:
        names = ", ".join(editing.disks[index].name for index in offer.disks)
        yield f"{offer.rule}: {names}: {offer.words}"
    if len(remedies.taken) > _MOST_LISTED:
        yield f"and {len(remedies.taken) - _MOST_LISTED} more"
