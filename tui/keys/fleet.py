"""Every key of the fleet by worth: the key line has room for the first of them."""

from __future__ import annotations

from tui.keys.key import Group, Key

_SHOWN = (
    Key(
        "s",
        "turn('snapshot')",
        "snapshot",
        "fleet.snapshot",
        "Take disks into snapshots, or leave them out",
        Group.POLICY,
        words="backup exclude include skip independent",
    ),
    Key(
        "p",
        "turn('persistent')",
        "persistent",
        "fleet.persistent",
        "Keep the disks' writes, or discard them",
        Group.POLICY,
        words="keep forget discard transient nonpersistent",
    ),
    Key(
        "space",
        "mark",
        "mark",
        "fleet.mark",
        "Mark the disk, or all below a heading, to change them together",
        Group.POLICY,
        words="select several many",
    ),
    Key(
        "u",
        "undo",
        "undo",
        "fleet.undo",
        "Undo the last bulk change, where files still stand as written",
        Group.EDITS,
        words="back revert",
    ),
    Key(
        "ctrl+r",
        "redo",
        "redo",
        "fleet.redo",
        "Do again the bulk change that was undone",
        Group.EDITS,
        words="again",
    ),
    Key(
        "enter",
        "open",
        "open",
        "fleet.open",
        "Open the machine in the editor; leaving it comes back to this row",
        Group.LOOK,
        words="edit machine convert export plan losses",
    ),
    Key(
        "1,2,3,4,5,6,7,8,9",
        "pick",
        "pick",
        "fleet.pick",
        "Show one set alone: skipped disks, or a rule's",
        Group.LOOK,
        words="set skipped filter rule number",
        display="1-9",
    ),
    Key(
        "x",
        "stop",
        "stop",
        "fleet.stop",
        "Stop the scan, or a bulk change behind the file it is at",
        Group.PROGRAM,
        words="cancel interrupt",
        shown=False,
    ),
    Key(
        "slash",
        "filter",
        "find",
        "fleet.filter",
        "Show what fits: words, vm: disk: mode: rule: is: path:",
        Group.LOOK,
        words="search filter query",
    ),
    Key(
        "w",
        "keep_filter",
        "keep filter",
        "fleet.keep-filter",
        "Keep the filter in the settings by a name: @name asks for it again",
        Group.LOOK,
        words="save write name remember query search",
    ),
    Key(
        "ctrl+a",
        "mark_all",
        "mark all",
        "fleet.mark-all",
        "Mark every disk shown, or none",
        Group.POLICY,
        words="select everything",
    ),
    Key(
        "m",
        "mode",
        "mode",
        "fleet.mode",
        "Choose one mode for the marked disks",
        Group.POLICY,
        words="independent dependent preset",
    ),
    Key(
        "f",
        "show_findings",
        "findings",
        "fleet.findings",
        "Read what the rules say of the row, with sources",
        Group.LOOK,
        words="rules warnings errors problems why",
    ),
    Key(
        "g",
        "group",
        "group",
        "fleet.group",
        "Group the rows by machine, by rule, or not at all",
        Group.LOOK,
        words="gather tree rule machine",
    ),
    Key(
        "o",
        "sort",
        "sort",
        "fleet.sort",
        "Sort by the next column; a click on a heading does it too",
        Group.LOOK,
        words="order column",
    ),
    Key(
        "O",
        "reverse",
        "reverse",
        "fleet.reverse",
        "Reverse the order",
        Group.LOOK,
        words="sort order falling",
    ),
    Key(
        "H",
        "history",
        "history",
        "fleet.history",
        "What was changed in these folders, and undoing it",
        Group.EDITS,
        words="changes log undo journal back",
    ),
    Key(
        "r",
        "rescan",
        "scan again",
        "fleet.scan",
        "Scan everything again",
        Group.LOOK,
        words="reload refresh",
    ),
    Key(
        "question_mark",
        "help",
        "help",
        "fleet.help",
        "Every key and sign",
        Group.PROGRAM,
        words="keys manual",
    ),
    Key(
        "q",
        "leave",
        "quit",
        "fleet.quit",
        "Leave",
        Group.PROGRAM,
        words="exit close",
    ),
)
_UNSHOWN = (
    Key(
        "0",
        "pick_all",
        "all",
        "fleet.pick-all",
        "Show every row again",
        Group.LOOK,
        words="every row unfilter",
        shown=False,
    ),
    Key(
        "escape",
        "put_away",
        "put away",
        "fleet.put-away",
        "Put away a message, the filter, the marks",
        Group.MESSAGE,
        shown=False,
    ),
)
FLEET_KEYS = (*_SHOWN, *_UNSHOWN)

QUERY_HELP = (
    "IN SNAPSHOTS [ ] no: backups made from snapshots skip the disk. Below L S R: L its policy is locked, a "
    "number of snapshots, R the machine runs or is in use (N with another policy until its next start, P "
    "paused, Z suspended, - off). "
    "Filter: words that must all fit. vm: disk: mode: rule: topic: accepted: is: path: source: hypervisor: "
    "snapshot: persistent: look "
    "into one field, a bare word into any, @name is a filter saved in the settings; "
    '* and ? fit from end to end, - turns a term over, "a b" keeps blanks: '
    "mode:indep vm:web -rule:legacy*"
)
