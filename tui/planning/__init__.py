"""Planning: a snapshot, or a backup, of one machine, what it would cover, and the commands that take it."""

from tui.planning.backups import BackupPlanning
from tui.planning.commands import Command
from tui.planning.snapshots import Planning, snapshot_in

__all__ = ["BackupPlanning", "Command", "Planning", "snapshot_in"]
