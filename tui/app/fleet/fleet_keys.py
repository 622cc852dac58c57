"""Every key of the fleet screen, in the order the key line shows them, and its help."""

from __future__ import annotations

from textual.binding import Binding, BindingType

# Keys, action, description, id, tooltip.
_SHOWN = (
    ("enter", "open", "open", "fleet.open", "Open the VM in the editor; leaving it comes back to this row"),
    ("space", "mark", "mark", "fleet.mark", "Mark the disk, or all below a heading, for s, p and m"),
    ("s", "turn('snapshot')", "snapshot", "fleet.snapshot", "Let the marked disks into snapshots, or not"),
    ("p", "turn('persistent')", "persistent", "fleet.persistent", "Keep the marked disks' writes, or not"),
    ("m", "mode", "mode", "fleet.mode", "Choose one mode for the marked disks"),
    ("u", "undo", "undo", "fleet.undo", "Undo the last bulk change, where files still stand as written"),
    ("slash", "filter", "find", "fleet.filter", "Show what fits: words, vm: disk: mode: rule: path:"),
    ("question_mark", "help", "help", "fleet.help", "Every key and sign"),
    ("o", "sort", "sort", "fleet.sort", "Sort by the next column; a click on a heading does it too"),
    ("O", "turn_over", "reverse", "fleet.reverse", "Turn the order over"),
    ("g", "group", "group", "fleet.group", "Gather the rows by VM, by rule, or not at all"),
    ("f", "show_findings", "findings", "fleet.findings", "Read what the rules say of the row, with sources"),
    ("q", "leave", "quit", "fleet.quit", "Leave"),
    ("ctrl+r", "redo", "redo", "fleet.redo", "Do again the bulk change that was undone"),
    ("ctrl+a", "mark_all", "mark all", "fleet.mark-all", "Mark every disk shown, or none"),
    ("r", "rescan", "scan again", "fleet.scan", "Scan everything again"),
    ("x", "stop", "stop", "fleet.stop", "Stop the scan, or a bulk change behind the file it is at"),
)  # fmt: skip
_UNSHOWN = (
    ("escape", "put_away", "put away", "fleet.put-away", "Put away a message, the filter, the marks"),
)  # fmt: skip


def _binding(key: tuple[str, str, str, str, str], *, show: bool) -> Binding:
    keys, action, description, name, tooltip = key
    return Binding(keys, action, description, show=show, id=name, tooltip=tooltip)


FLEET_KEYS: list[BindingType] = [
    *(_binding(key, show=True) for key in _SHOWN),
    *(_binding(key, show=False) for key in _UNSHOWN),
]

QUERY_HELP = (
    "Filter: words that must all fit. vm: disk: mode: rule: path: hypervisor: snapshot: persistent: look "
    "into one field, a bare word into any; "
    '* and ? fit from end to end, - turns a term over, "a b" keeps blanks: '
    "mode:indep vm:web -rule:legacy*"
)
