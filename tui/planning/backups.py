"""One backup or checkpoint being planned: what it takes, the XML that says so and the command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from tui.cached import cached_property
from tui.disks import Disk
from tui.formats.domainbackup import BackupDisk, domainbackup, domaincheckpoint
from tui.machine import Machine
from tui.planning import commands
from tui.planning.standing import copy_there, files_there, is_taken, name_taken, no_checkpoint
from tui.rules.plan_backup import BackupPlan, BackupRequest, plan_backup
from tui.rules.plan_values import BackupKind, PlanRefusal
from tui.storage import Source

# Where the copy of a disk that is no file goes when no other disk tells a folder.
_FOLDER = "/var/lib/libvirt/images"


@dataclass(frozen=True)
class BackupPlanning:
    """An immutable plan. ``wanted`` says by disk index what shall be in it; ``name`` is the checkpoint's.

    ``existing`` are those of its :attr:`files` that lie on the host already.
    """

    machine: Machine
    kind: BackupKind = BackupKind.BACKUP
    wanted: Mapping[int, bool] = field(default_factory=dict)
    running: bool = True
    incremental: str | None = None
    name: str | None = None
    existing: frozenset[str] = frozenset()

    @cached_property
    def plan(self) -> BackupPlan:
        """What it takes, or why there is none."""
        plan = plan_backup(
            BackupRequest(
                self.machine.configuration,
                self.machine.hypervisor,
                self.kind,
                self.running,
                self.wanted,
                self.incremental,
                self.name,
            )
        )
        refused = None if plan.refused is not None else self._refused_by_what_stands(plan)
        return plan if refused is None else plan._replace(refused=refused)

    def _refused_by_what_stands(self, plan: BackupPlan) -> PlanRefusal | None:
        """What the host's own checkpoints stand in the way of."""
        host = self.machine.sidecars.host
        if host is None:
            return None
        if self.kind.marks and is_taken(host, host.checkpoints, self.name):
            return name_taken(self.name or "")
        known, copied = host.checkpoints, [self.machine.disks[index] for index in plan.copied]
        since = [disk for disk in copied if disk.index not in plan.whole]
        if self.incremental is not None and known is not None and self.incremental not in known and since:
            return no_checkpoint(self.incremental, since[0].target, known)
        first = next((disk for disk in copied if self._file_for(disk) in self.existing), None)
        return None if first is None else copy_there(first.target, self._file_for(first))

    @property
    def files(self) -> tuple[str, ...]:
        """What it copies the disks to."""
        copied = self.plan.copied if self.kind.copies else ()
        return tuple(self._file_for(self.machine.disks[index]) for index in copied)

    def seen_from(self, source: Source) -> BackupPlanning:
        """The same with what lies where it would write; ``source`` reads the host's files."""
        return replace(self, existing=files_there(self.machine.sidecars.host, self.files, source))

    @cached_property
    def backup(self) -> bytes | None:
        """The ``<domainbackup>``, or None where none is asked for."""
        if not self.kind.copies:
            return None
        disks = [self.machine.disks[index] for index in self.plan.copied]
        return domainbackup(
            [BackupDisk(disk.target, self._file_for(disk), disk.index in self.plan.whole) for disk in disks],
            self.incremental,
            self._targets,
        )

    @cached_property
    def checkpoint(self) -> bytes | None:
        """The ``<domaincheckpoint>``, or None where none is asked for."""
        if not self.kind.marks:
            return None
        marked = [self.machine.disks[index].target for index in self.plan.marked]
        return domaincheckpoint(marked, self.name, self._targets)

    @property
    def _targets(self) -> list[str]:
        return [disk.target for disk in self.machine.disks]

    def _file_for(self, disk: Disk) -> str:
        """Beside a regular file, its name and the checkpoint's, as libvirt names one; else beside another's.

        libvirt refuses one that is there already.
        """
        last = (self.name or "backup").replace("/", "-")
        if disk.source_kind == "file" and disk.source.startswith("/"):
            return f"{disk.source}.{last}"
        paths = (one.source for one in self.machine.disks if one.source_kind == "file" and one.is_disk)
        first = next((path for path in paths if path.startswith("/")), None)
        folder = _FOLDER if first is None else str(PurePosixPath(first).parent)
        name = (self.machine.configuration.name or "machine").replace("/", "-")
        return f"{folder.rstrip('/')}/{name}-{disk.target}.{last}"

    def command(self, file: str, checkpoint_file: str = "CHECKPOINT.xml") -> str:
        """The command; ``file`` is where the first of the two documents lies."""
        name, uri = commands.named_for_virsh(self.machine)
        if not self.kind.copies:
            return commands.checkpoint_create(name, file, uri)
        return commands.backup_begin(name, file, checkpoint_file if self.kind.marks else None, uri)
