"""A machine being edited: what may be done to it, and what was."""

from tui.disks import PolicyChange
from tui.disks.toggles import Aspect, Turn, turn_of
from tui.editing.decision import (
    OVERRIDABLE,
    Mended,
    Refusal,
    cautions_of,
    edit,
    mended,
    objection_to,
    refused_beside,
    remedy_of,
)
from tui.editing.editing import Done, DoneKind, Editing
from tui.formats.previews import PreviewLine, View, Whole

__all__ = [
    "OVERRIDABLE",
    "Aspect",
    "Done",
    "DoneKind",
    "Editing",
    "Mended",
    "PolicyChange",
    "PreviewLine",
    "Refusal",
    "Turn",
    "View",
    "Whole",
    "cautions_of",
    "edit",
    "mended",
    "objection_to",
    "refused_beside",
    "remedy_of",
    "turn_of",
]
