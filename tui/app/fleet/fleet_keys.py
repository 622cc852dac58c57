"""Every key of the fleet screen, by worth: the key line has room for the first of them; and its help."""

from __future__ import annotations

from textual.binding import Binding, BindingType

# Keys, action, description, id, tooltip.
_SHOWN = (
    ("s", "turn('snapshot')", "snapshot", "fleet.snapshot", "Take disks into snapshots, or leave them out"),
    ("p", "turn('persistent')", "persistent", "fleet.persistent", "Keep the disks' writes, or discard them"),
    ("space", "mark", "mark", "fleet.mark", "Mark the disk, or all below a heading, for s, p and m"),
    ("u", "undo", "undo", "fleet.undo", "Undo the last bulk change, where files still stand as written"),
    ("ctrl+r", "redo", "redo", "fleet.redo", "Do again the bulk change that was undone"),
    ("enter", "open", "open", "fleet.open", "Open the VM in the editor; leaving it comes back to this row"),
    ("1,2,3,4,5,6,7,8,9", "pick", "pick", "fleet.pick", "Show one set alone: skipped disks, or a rule's"),
    ("x", "stop", "stop", "fleet.stop", "Stop the scan, or a bulk change behind the file it is at"),
    ("slash", "filter", "find", "fleet.filter", "Show what fits: words, vm: disk: mode: rule: is: path:"),
    ("ctrl+a", "mark_all", "mark all", "fleet.mark-all", "Mark every disk shown, or none"),
    ("m", "mode", "mode", "fleet.mode", "Choose one mode for the marked disks"),
    ("f", "show_findings", "findings", "fleet.findings", "Read what the rules say of the row, with sources"),
    ("g", "group", "group", "fleet.group", "Group the rows by VM, by rule, or not at all"),
    ("o", "sort", "sort", "fleet.sort", "Sort by the next column; a click on a heading does it too"),
    ("O", "reverse", "reverse", "fleet.reverse", "Reverse the order"),
    ("r", "rescan", "scan again", "fleet.scan", "Scan everything again"),
    ("question_mark", "help", "help", "fleet.help", "Every key and sign"),
    ("q", "leave", "quit", "fleet.quit", "Leave"),
)  # fmt: skip
_UNSHOWN = (
    ("0", "pick_all", "all", "fleet.pick-all", "Show every row again"),
    ("escape", "put_away", "put away", "fleet.put-away", "Put away a message, the filter, the marks"),
)  # fmt: skip


def _binding(key: tuple[str, str, str, str, str], *, show: bool) -> Binding:
    keys, action, description, name, tooltip = key
    display = "1-9" if action == "pick" else None
    return Binding(keys, action, description, show=show, id=name, tooltip=tooltip, key_display=display)


FLEET_KEYS: list[BindingType] = [
    *(_binding(key, show=True) for key in _SHOWN),
    *(_binding(key, show=False) for key in _UNSHOWN),
]

QUERY_HELP = (
    "IN SNAPSHOTS [ ] no: backups made from snapshots skip the disk. Below LSR: L its policy is locked, a "
    "number of snapshots, R the VM runs or is in use (P paused, Z suspended, - off). "
    "Filter: words that must all fit. vm: disk: mode: rule: is: path: hypervisor: snapshot: persistent: look "
    "into one field, a bare word into any, @name is a filter saved in the settings; "
    '* and ? fit from end to end, - turns a term over, "a b" keeps blanks: '
    "mode:indep vm:web -rule:legacy*"
)
