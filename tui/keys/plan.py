"""Every key of the plan of a snapshot, by worth, in the order its key line shows them."""

from __future__ import annotations

from tui.keys.key import Group, Key

PLAN_KEYS = (
    Key(
        "y",
        "copy",
        "copy",
        "plan.copy",
        "Copy the command that takes it (OSC 52)",
        Group.PLAN,
        "yank clipboard command virsh",
    ),
    Key(
        "w",
        "write",
        "write",
        "plan.write",
        "Write the document that the command names to a file",
        Group.PLAN,
        "save export xml",
    ),
    Key(
        "o",
        "override",
        "override",
        "plan.override",
        "The disk's next override; of a backup, whether it holds the disk",
        Group.PLAN,
        "preset word",
    ),
    Key("tab", "app.focus_next", "pane", "plan.pane", "To the disks, the XML and back", Group.LOOK),
    Key("M", "memory", "memory", "plan.memory", "Choose where the memory goes", Group.PLAN, "ram state"),
    Key("n", "name", "name", "plan.name", "Name the snapshot", Group.PLAN, "title"),
    Key(
        "r",
        "running",
        "running",
        "plan.running",
        "The same while the VM runs, or is powered off",
        Group.PLAN,
        "power off on state",
    ),
    Key("d", "disk_only", "disk-only", "plan.disk-only", "The disks alone, in overlays", Group.PLAN),
    Key("question_mark", "help", "help", "plan.help", "Every key and sign", Group.PROGRAM, "keys manual"),
    Key("escape,q", "leave", "back", "plan.leave", "Back to the editor", Group.PROGRAM, "quit exit close"),
)
