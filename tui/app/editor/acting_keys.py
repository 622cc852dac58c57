"""Which keys of the editor would do something now, and which come first where the focus is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from tui.disks import Format
from tui.session import Session

PREVIEW_FIRST = ("view.preview", "view.copy", "view.filter", "view.pane")


def idle_keys(session: Session, selected: int | None) -> frozenset[str]:
    """The ids of those that would change or show nothing; ``selected`` is the disk under the cursor."""
    return frozenset(chain(_idle_edits(session, selected), _idle_looks(session, selected)))


def _idle_edits(session: Session, selected: int | None) -> Iterator[str]:
    editing = session.editing
    if not editing.can_undo:
        yield "edit.undo"
    if not editing.can_redo:
        yield "edit.redo"
    if not editing.is_changed:
        yield "file.save"
    if selected is None or editing.machine.locked(selected) is not None:
        yield from ("disk.snapshot", "disk.persistent", "disk.mode", "disk.mark")
    if not editing.can_mend:
        yield "finding.mend"


def _idle_looks(session: Session, selected: int | None) -> Iterator[str]:
    machine = session.editing.machine
    if session.is_piped:
        yield "file.reload"
    if machine.configuration.format is not Format.DOMAIN_XML:
        yield "write.spelling"
    if machine.configuration.encrypted:
        yield "file.export"
    if selected is None:
        yield "view.copy"
    if not any(one.disk in (None, selected) for one in machine.findings):
        yield "finding.show"
