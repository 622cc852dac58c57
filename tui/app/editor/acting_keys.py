"""Which keys of the editor would do something now, and which come first where the focus is."""

from __future__ import annotations

from collections.abc import Iterator

from tui.disks import Format
from tui.session import Session

PREVIEW_FIRST = ("view.preview", "view.copy", "view.filter", "view.pane")


def idle_keys(session: Session, selected: int | None) -> frozenset[str]:
    """The ids of those that would change or show nothing; ``selected`` is the disk under the cursor."""
    return frozenset(_idle(session, selected))


def _idle(session: Session, selected: int | None) -> Iterator[str]:
    editing = session.editing
    machine = editing.machine
    if not editing.can_undo:
        yield "edit.undo"
    if not editing.can_redo:
        yield "edit.redo"
    if not editing.is_changed:
        yield "file.save"
    if session.is_piped:
        yield "file.reload"
    if machine.configuration.format is not Format.DOMAIN_XML:
        yield "write.spelling"
    if selected is None or machine.locked(selected) is not None:
        yield from ("disk.snapshot", "disk.persistent", "disk.mode", "disk.mark")
    if selected is None:
        yield "view.copy"
    if machine.configuration.encrypted:
        yield "file.export"
    if not any(one.disk in (None, selected) for one in machine.findings):
        yield "finding.show"
    if not editing.can_mend:
        yield "finding.mend"
