"""One way of asking for a snapshot, a backup or a checkpoint, chosen among all, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tui.cached import cached_property
from tui.disks.snapshot import Memory
from tui.planning.backups import BackupPlanning
from tui.planning.commands import Command
from tui.planning.snapshots import Planning
from tui.rules import Hypervisor
from tui.rules.plan_backup import BackupPlan
from tui.rules.plan_values import BackupKind, Plan, PlanRefusal
from tui.rules.planner import NO_DRIVER
from tui.rules.ways import Way, WayAnswer
from tui.storage import Source

# What the file is called that a command names, while it lies nowhere.
_UNNAMED = {None: "SNAPSHOT.xml", BackupKind.BACKUP: "BACKUP.xml", BackupKind.CHECKPOINT: "CHECKPOINT.xml"}


@dataclass(frozen=True)
class Asking:
    """An immutable choice of a way. ``wanted`` says by disk index what a backup shall hold.

    ``existing_copies`` are those of a backup's :attr:`files` that lie on the host already.
    """

    planning: Planning
    way: Way
    wanted: Mapping[int, bool] = field(default_factory=dict)
    existing_copies: frozenset[str] = frozenset()

    @classmethod
    def begun(cls, planning: Planning) -> Asking:
        """The first way that works as the machine stands, else the first that works, else the first."""
        answers = planning.ways
        standing = [one for one in answers if one.way.running is planning.running]
        chosen = next((one for one in (*standing, *answers) if one.works), standing[0])
        return cls(planning, chosen.way).by(chosen.way)

    @property
    def answers(self) -> tuple[WayAnswer, ...]:
        """What the planner says of every way, with nothing said of any disk."""
        return self.planning.ways

    def by(self, way: Way) -> Asking:
        """The same by another way; what was said of disks stays."""
        configured = self.planning.configured or self.planning.machine
        planning = replace(
            self.planning,
            machine=configured.as_it_runs if way.running else configured,
            disk_only=way.disk_only,
            running=way.running,
            quiesced=way.quiesced,
            memory=Memory.EXTERNAL if way.memory_file else None,
        )
        return replace(self, planning=planning, way=way)

    # What comes of it

    @cached_property
    def backup(self) -> BackupPlanning | None:
        """The backup or checkpoint; None where a snapshot is asked for."""
        if self.way.kind is None:
            return None
        planning = self.planning
        return BackupPlanning(
            planning.machine,
            self.way.kind,
            self.wanted,
            planning.running,
            name=planning.name,
            existing=self.existing_copies,
        )

    @property
    def files(self) -> tuple[str, ...]:
        """What the hypervisor would write: overlays and memory, or a backup's copies."""
        return self.planning.files if self.backup is None else self.backup.files

    def seen_from(self, source: Source) -> Asking:
        """The same with what lies where it would write; ``source`` reads the host's files, maybe slowly."""
        if self.backup is None:
            return replace(self, planning=self.planning.seen_from(source))
        return replace(self, existing_copies=self.backup.seen_from(source).existing)

    @property
    def noun(self) -> str:
        """``snapshot``, ``backup`` or ``checkpoint``: what the sentences call it."""
        return "snapshot" if self.way.kind is None else self.way.kind.value

    @property
    def document_name(self) -> str:
        """The element that says it."""
        return f"domain{self.noun}"

    @cached_property
    def plan(self) -> Plan | BackupPlan:
        """What becomes of each disk, or why there is nothing."""
        return self.planning.plan if self.backup is None else self.backup.plan

    @property
    def remedy(self) -> str:
        """Why it is refused and what the planner takes instead; "" where it is not refused."""
        if self.backup is None:
            return self.planning.remedy
        return "" if self.refused is None else self.refused.meaning

    @property
    def refused(self) -> PlanRefusal | None:
        """Why there is no such snapshot or backup, and who says so; None where there is one."""
        return self.plan.refused

    @cached_property
    def written(self) -> bytes | None:
        """The document to give to the hypervisor; None where there is none to give, or nothing to say."""
        if self.backup is not None:
            return self.backup.checkpoint if self.way.kind is BackupKind.CHECKPOINT else self.backup.backup
        written = self.planning.written
        return None if written is None else written.data

    @cached_property
    def text_lines(self) -> Sequence[str]:
        """The planned document's lines; none where nothing can be planned."""
        if self.backup is None:
            written = self.planning.written
            return () if written is None else written.text_lines
        return (self.written or b"").decode().splitlines()

    @cached_property
    def lines(self) -> Mapping[int, tuple[int, ...]]:
        """The lines (from 0) of each disk's entry, by its index; a backup's are one line each."""
        if self.backup is None:
            return self.planning.lines
        disks = self.planning.machine.disks
        found: dict[int, tuple[int, ...]] = {}
        for disk in disks:
            mine = tuple(n for n, text in enumerate(self.text_lines) if f"<disk name='{disk.target}'" in text)
            if disk.target and mine:
                found[disk.index] = mine
        return found

    def command(self, file: str | None = None) -> Command:
        """The usual command; ``file`` is where the document lies, None: nowhere yet."""
        if self.backup is not None:
            named = file or _UNNAMED[self.way.kind]
            return Command("virsh", self.backup.command(named), file=True)
        return self.planning.commands(file)[0]

    @property
    def no_document(self) -> str:
        """Why no document is shown, in a sentence; "" where one is."""
        if self.planning.hypervisor is Hypervisor.WORKSTATION:
            return f'libvirt\'s VMware driver takes no snapshots ("{NO_DRIVER}"): vmrun does.'
        return ""

    # Changes

    def with_next_word(self, index: int) -> Asking:
        """The disk's next override; of a backup, whether it holds the disk."""
        if self.backup is None:
            return replace(self, planning=self.planning.with_next_override(index))
        plan = self.backup.plan
        holds = index in (plan.marked if self.way.kind is BackupKind.CHECKPOINT else plan.copied)
        return replace(self, wanted={**self.wanted, index: not holds})

    def with_memory(self, memory: Memory | None) -> Asking:
        """The same with another word for the memory; None leaves what the way says."""
        return replace(self, planning=replace(self.planning, memory=memory))

    def with_name(self, name: str) -> Asking:
        """The same asked for under another name, which the hypervisor calls it by."""
        return replace(self, planning=replace(self.planning, name=name))

    def why_no_memory(self, memory: Memory | None) -> str | None:
        """Why a word for the memory has no meaning here, or None: who refuses it, or no effect."""
        if self.backup is not None:
            return f"a {self.noun} holds no memory"
        then = self.with_memory(memory).plan
        if then.refused is not None and self.refused is None:
            return f"{then.refused.by} refuses: {then.refused.message}"
        kept = then.memory if isinstance(then, Plan) else memory
        if memory is not None and kept is not memory:
            if not self.planning.running:
                return "the VM is powered off: it has no memory to keep"
            return f"it changes nothing: the memory is {_KEPT[kept]} all the same"
        return None


_KEPT = {
    Memory.NO: "not kept",
    Memory.INTERNAL: "kept in the image",
    Memory.EXTERNAL: "kept in a file",
    None: "not kept",
}
