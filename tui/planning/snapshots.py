"""One snapshot being planned: a machine, a ``<domainsnapshot>`` as it was read, and what a person changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from tui.cached import cached_property
from tui.disks import Disk, Format, Power, Preset
from tui.disks.snapshot import Memory
from tui.formats.domainsnapshot import MemoryWanted, SnapshotDocument, Wanted
from tui.formats.errors import FormatError
from tui.machine import Machine
from tui.planning import commands
from tui.planning.commands import Command
from tui.planning.standing import (
    files_there,
    is_taken,
    memory_there,
    name_taken,
    overlay_there,
    resumes_below,
)
from tui.rules import Hypervisor
from tui.rules.hypervisors import VMWARE
from tui.rules.plan_advice import advice_for
from tui.rules.plan_values import Coverage, PlanWarning
from tui.rules.planner import Plan, PlanRefusal, Request, Standing, disk_named, first_refusal, make_plan
from tui.rules.ways import WayAnswer, standing_at, ways_as_it_stands
from tui.storage import Source

# What a <domainsnapshot> that lies nowhere yet is called.
UNNAMED = "SNAPSHOT.xml"
# Where a memory file goes when no disk's path tells a folder (libvirt's own for saved memory).
_MEMORY_FOLDER = "/var/lib/libvirt/qemu/save"
_ANOTHER_NAME = "give another --name"
_CYCLE = (None, Preset.NO, Preset.INTERNAL, Preset.EXTERNAL, Preset.MANUAL)
# VMware's products know taking part and not; external comes nearest to their delta disks.
_CYCLE_OF_VMWARE = (None, Preset.NO, Preset.EXTERNAL)


def snapshot_in(machine: Machine) -> SnapshotDocument:
    """The ``<domainsnapshot>`` a machine's file is (virsh snapshot-dumpxml prints such), or an empty one."""
    if machine.configuration.format is Format.DOMAIN_XML:
        with suppress(FormatError):
            return SnapshotDocument(machine.document.data)
    return SnapshotDocument()


@dataclass(frozen=True)
class Planning:
    """An immutable plan of a snapshot; every change gives another.

    ``origin`` is the ``<domainsnapshot>`` as it was read, or an empty one, and what is written is always made
    from it: a change taken back gives its bytes back. ``overrides`` are by disk index, None for no entry.
    ``memory`` and ``name`` None leave what ``origin`` says. ``has`` is what stands already.
    ``configured`` is a machine of a host as it starts next, which may not be what it runs with.
    ``existing`` are those of its :attr:`files` that lie on the host already.
    """

    machine: Machine
    origin: SnapshotDocument = field(default_factory=SnapshotDocument)
    overrides: Mapping[int, Preset | None] = field(default_factory=dict)
    disk_only: bool = False
    running: bool = False
    memory: Memory | None = None
    memory_file: str | None = None
    name: str | None = None
    has: frozenset[Standing] = frozenset()
    quiesced: bool = False
    configured: Machine | None = None
    existing: frozenset[str] = frozenset()

    @classmethod
    def begun(cls, machine: Machine, origin: SnapshotDocument) -> Planning:
        """The plan of a machine as its host says that it stands: running or not, and what it has already.

        A machine that runs is planned by what it runs with.
        """
        facts = machine.sidecars.host
        if facts is None:
            return cls(machine, origin, running=bool(machine.configuration.runs))
        has = standing_at(facts)
        return cls(machine.as_it_runs, origin, running=bool(facts.runs), has=has, configured=machine)

    @cached_property
    def ways(self) -> tuple[WayAnswer, ...]:
        """Every way of asking, with the planner's answer: while it is off of what it starts with next."""
        then = self.configured or self.machine
        now = then.as_it_runs.configuration
        return ways_as_it_stands(then.configuration, now, self.hypervisor, self.has)

    @property
    def power(self) -> str:
        """Whether the machine runs, in words, and whether that is its host's."""
        facts = self.machine.sidecars.host
        by_host = facts is not None and facts.runs is self.running
        by_file = facts is None and self.machine.configuration.runs is self.running
        source = " (host)" if by_host else " (status file)" if by_file else ""
        return ("running" if self.running else "powered off") + source

    @property
    def hypervisor(self) -> Hypervisor:
        """Whose snapshot it will be."""
        return self.machine.hypervisor

    @cached_property
    def document(self) -> SnapshotDocument:
        """The ``<domainsnapshot>`` with every change in it."""
        wanted = [
            Wanted(self._names_of(self.machine.disks[index]), word)
            for index, word in sorted(self.overrides.items())
        ]
        memory = None if self.memory is None else MemoryWanted(self.memory, self._memory_file())
        return self.origin.with_wanted(wanted, name=self.name, memory=memory)

    @cached_property
    def _request(self) -> Request:
        return Request(
            self.machine.configuration,
            self.hypervisor,
            self.document.value,
            disk_only=self.disk_only,
            running=self.running,
            has=self.has,
            quiesced=self.quiesced,
        )

    @cached_property
    def plan(self) -> Plan:
        """What the snapshot covers, or why there is none."""
        plan = make_plan(self._request)
        if plan.refused is not None:
            return plan
        warnings = (*plan.warnings, *self._losses(plan))
        return plan._replace(refused=self._name_taken or self._overlay_there(plan), warnings=warnings)

    @property
    def losses(self) -> tuple[PlanWarning, ...]:
        """What libvirt would take all the same, and spoil by it what a snapshot holds."""
        return tuple(self._losses(self.plan))

    def _losses(self, plan: Plan) -> Iterator[PlanWarning]:
        if self._memory_kept_in is not None and self._memory_kept_in in self.existing:
            yield memory_there(self._memory_kept_in)
        host = self.machine.sidecars.host
        overlays = (one.file for one in plan.disks if one.coverage is Coverage.EXTERNAL)
        first = next(overlays, None)
        if first is not None and host is not None and host.uri and host.power is Power.SUSPENDED:
            yield resumes_below(first)

    @property
    def files(self) -> tuple[str, ...]:
        """What taking it makes, as far as the names are known: overlays, and the memory's file."""
        overlays = (one.file for one in self.plan.disks if one.coverage is Coverage.EXTERNAL)
        return tuple(file for file in (*overlays, self._memory_kept_in) if file)

    def seen_from(self, source: Source) -> Planning:
        """The same with what lies where it would write; ``source`` reads the host's files."""
        return replace(self, existing=files_there(self.machine.sidecars.host, self.files, source))

    @property
    def _memory_kept_in(self) -> str | None:
        value = self.document.value
        return value.memory_file if self.running and value.memory_file else None

    def _overlay_there(self, plan: Plan) -> PlanRefusal | None:
        overlays = (
            one for one in plan.disks if one.coverage is Coverage.EXTERNAL and one.file in self.existing
        )
        first = next(overlays, None)
        return None if first is None else overlay_there(first.disk.target, first.file)

    @cached_property
    def _name_taken(self) -> PlanRefusal | None:
        host, name = self.machine.sidecars.host, self.snapshot_name
        taken = host is not None and is_taken(host, host.snapshots, name)
        return name_taken(name or "") if taken else None

    @cached_property
    def is_name_refused(self) -> bool:
        """Whether it is the name that is refused, and the same snapshot is taken under another."""
        if self.plan.refused is None:
            return False
        if self.existing.intersection(one.file for one in self.document.value.listed):
            return False
        unnamed = self._request._replace(snapshot=self._request.snapshot._replace(name=None))
        return first_refusal(unnamed) is None

    @property
    def remedy(self) -> str:
        """Why it is refused and what, if anything, the planner takes instead; "" where it is not refused."""
        refused = self.plan.refused
        if refused is None:
            return ""
        if self.is_name_refused:
            return (
                _ANOTHER_NAME if refused.meaning == _ANOTHER_NAME else f"{refused.meaning}; {_ANOTHER_NAME}"
            )
        advice = advice_for(self._request)
        return f"{refused.meaning}; {advice}" if advice else refused.meaning

    @cached_property
    def written(self) -> SnapshotDocument | None:
        """The ``<domainsnapshot>`` to give to the hypervisor: to ESX without disks, to Workstation none."""
        if self.hypervisor is Hypervisor.WORKSTATION:
            return None
        return self.document.without_disks() if self.hypervisor is Hypervisor.ESXI else self.document

    @cached_property
    def lines(self) -> dict[int, tuple[int, ...]]:
        """The lines (from 0) of each disk's entry in :attr:`written`, by the disk's index."""
        listed = () if self.written is None else self.written.value.listed
        found: dict[int, tuple[int, ...]] = {}
        for entry in listed:
            disk = disk_named(self.hypervisor, self.machine.disks, entry.name or "")
            if disk is not None:
                found[disk.index] = entry.lines
        return found

    # Changes

    def with_override(self, index: int, word: Preset | None) -> Planning:
        """The same with an override, or without any, for one disk."""
        return replace(self, overrides={**self.overrides, index: word})

    def with_next_override(self, index: int) -> Planning:
        """The same with the next of the words there are; the one that was read brings its entry back."""
        cycle = _CYCLE_OF_VMWARE if self.hypervisor in VMWARE else _CYCLE
        now = self._override_of(self.plan, index)
        word = cycle[(cycle.index(now) + 1) % len(cycle)] if now in cycle else None
        if word == self._override_of(replace(self, overrides={}).plan, index):
            return replace(self, overrides={at: one for at, one in self.overrides.items() if at != index})
        return self.with_override(index, word)

    @staticmethod
    def _override_of(plan: Plan, index: int) -> Preset | None:
        word = plan.disks[index].override
        return Preset(word) if word in list(Preset) else None

    def _names_of(self, disk: Disk) -> tuple[str, ...]:
        """What entries may call a disk, the best first: names that are another disk's are left out."""
        names = (disk.target, disk.source if disk.source.startswith("/") else "", disk.address or "")
        named = [name for name in names if name and self._names(name, disk)]
        return tuple(named) or (disk.target or disk.address or "",)

    def _names(self, name: str, disk: Disk) -> bool:
        return disk_named(self.hypervisor, self.machine.disks, name) is disk

    # The memory's file, and the command

    def _memory_file(self) -> str | None:
        if self.memory is not Memory.EXTERNAL:
            return None
        return self.memory_file or self.origin.value.memory_file or self._made_memory_file()

    def _made_memory_file(self) -> str:
        """Beside the first disk that has a path: the machine's and the snapshot's name."""
        sources = (disk.source for disk in self.machine.disks if disk.is_disk and disk.source_kind == "file")
        first = next((source for source in sources if source.startswith("/")), None)
        folder = _MEMORY_FOLDER if first is None else str(PurePosixPath(first).parent)
        name = f"{self.machine.configuration.name or 'machine'}.{self.snapshot_name or 'snapshot'}.memory"
        return f"{folder.rstrip('/')}/{name.replace('/', '-')}"

    @property
    def snapshot_name(self) -> str | None:
        """The snapshot's name; None where libvirt names it by the second it is taken in."""
        return self.name if self.name is not None else self.origin.value.name or None

    def command(self, file: str | None = None) -> str:
        """The first of :meth:`commands`."""
        return self.commands(file)[0].text

    def commands(self, file: str | None = None) -> Sequence[Command]:
        """The commands that take the snapshot, the usual one first.

        ``file`` is where the ``<domainsnapshot>`` lies, None where it lies nowhere: it is named then only if
        virsh cannot say it all in options.
        """
        name = self.machine.configuration.name
        if self.hypervisor is Hypervisor.WORKSTATION:
            path = self.machine.path or f"{name or 'machine'}.vmx"
            return (commands.of_workstation(path, self.snapshot_name or "snapshot"),)
        if self.hypervisor is Hypervisor.ESXI:
            memory = self.plan.memory is Memory.INTERNAL
            own = commands.of_esxi(
                name,
                self.snapshot_name or "snapshot",
                self.machine.sidecars.host,
                memory=memory,
                quiesced=self.quiesced,
                description=" ".join(self.document.value.description.split()),
            )
            return own if self.quiesced else (*own, self._virsh(file, esx=True))
        return (self._virsh(file, esx=False),)

    def _virsh(self, file: str | None, *, esx: bool) -> Command:
        (name, uri), value = commands.named_for_virsh(self.machine), self.document.value
        if esx and uri is None:
            uri = commands.esx_uri(self.machine.sidecars.host)
        # Without it libvirt's ESX driver asks for the memory, also of a VM that is off (esx_driver.c).
        disk_only = self.disk_only or (esx and self.plan.memory is Memory.NO)
        plain = commands.is_plainly_said(value, without_memory=disk_only or not self.running)
        if file is None and self.origin == SnapshotDocument() and plain:
            return Command("virsh", commands.snapshot_as(name, value, disk_only=disk_only, esx=esx, uri=uri))
        text = commands.from_file(name, file or UNNAMED, disk_only=disk_only, uri=uri)
        return Command("virsh", text, file=True)
