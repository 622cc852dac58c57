"""Every key of the editor: one row each, in the order the key line shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from textual.binding import Binding, BindingType


class _Key(NamedTuple):
    keys: str
    action: str
    description: str
    id: str
    tooltip: str


_SHOWN = (
    _Key(
        "s",
        "turn('snapshot')",
        "snapshot",
        "disk.snapshot",
        "Let the disk take part in snapshots, or leave it out",
    ),
    _Key(
        "p",
        "turn('persistent')",
        "persistent",
        "disk.persistent",
        "Keep the disk's writes, or discard them at power-off",
    ),
    _Key("m", "mode", "mode", "disk.mode", "Choose the disk's mode by VMware's names"),
    _Key("space", "mark", "mark", "disk.mark", "Mark the disk: s, p and m then act on all marked"),
    _Key("u", "undo", "undo", "edit.undo", "Undo the last edit"),
    _Key("ctrl+s", "save", "save", "file.save", "Show what will change in the file, and save"),
    _Key("slash", "filter", "find", "view.filter", "Show only the disks that match what is typed"),
    _Key("question_mark", "help", "help", "app.help", "Every key and sign"),
    _Key("tab", "pane(1)", "pane", "view.pane", "Go to the next pane: disks, VMX, domain XML"),
    _Key("v", "view", "view", "view.preview", "Preview the whole document, only this disk, or the diff"),
    _Key("q", "leave", "quit", "app.quit", "Leave; unsaved changes are asked about"),
    _Key("ctrl+r", "redo", "redo", "edit.redo", "Do again what was undone"),
    _Key("e", "export", "export", "file.export", "Write the other format to a file"),
    _Key("r", "reload", "reload", "file.reload", "Read the file again"),
    _Key("y", "copy", "copy", "view.copy", "Copy the disk's lines to the terminal's clipboard (OSC 52)"),
    _Key("h", "hypervisor", "hypervisor", "judge.hypervisor", "Choose the hypervisor whose rules apply"),
    _Key(
        "n",
        "plan",
        "snapshot plan",
        "view.plan",
        "What a snapshot would cover, and the command that takes it",
    ),
    _Key("x", "spelling", "spelling", "write.spelling", "Choose how domain XML spells the policy"),
    _Key("f8", "finding(1)", "next finding", "finding.next", "Go to the next finding"),
    _Key("shift+f8", "finding(-1)", "previous finding", "finding.previous", "Go to the finding before"),
    _Key("l", "losses", "losses", "convert.losses", "List what the other format cannot say"),
    _Key("f", "show_findings", "findings", "finding.show", "Read the disk's findings in full"),
    _Key("shift+tab", "pane(-1)", "previous pane", "view.pane-back", "Go to the pane before"),
    _Key("ctrl+a", "mark_all", "mark all", "disk.mark-all", "Mark every disk shown, or none"),
)
# Known where they act: the refusal and the message name them.
_UNSHOWN = (
    _Key("enter", "accept", "take the remedy", "refusal.accept", "Do what a refusal offers"),
    _Key(
        "o", "override", "insist", "refusal.override", "Make the refused edit all the same, where that may be"
    ),
    _Key(
        "escape",
        "put_away",
        "put away",
        "message.put-away",
        "Put a message away, else the filter, else the marks",
    ),
)


def _binding(key: _Key, *, show: bool) -> Binding:
    return Binding(key.keys, key.action, key.description, show=show, id=key.id, tooltip=key.tooltip)


EDITOR_KEYS: list[BindingType] = [
    *(_binding(key, show=True) for key in _SHOWN),
    *(_binding(key, show=False) for key in _UNSHOWN),
]


def clashes(keymap: Mapping[str, str]) -> list[str]:
    """A sentence for each key that a person's keymap leaves with two actions of the editor."""
    wanted: dict[str, list[str]] = {}
    for row in (*_SHOWN, *_UNSHOWN):
        for key in keymap.get(row.id, row.keys).split(","):
            wanted.setdefault(key.strip(), []).append(row.id)
    return [
        f"the keymap gives one key to two actions: {key} to {' and '.join(ids)}"
        for key, ids in wanted.items()
        if len(ids) > 1
    ]
