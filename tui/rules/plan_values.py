"""What a snapshot plan is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tui.disks import Configuration, Disk, Preset
from tui.disks.snapshot import DomainSnapshot, Memory
from tui.rules.hypervisors import Hypervisor

LIBVIRT = "libvirt"
VSPHERE = "vSphere"
_NOTHING_SAID = DomainSnapshot()


class Coverage(StrEnum):
    """What a snapshot does with one disk: a preset's four words, and VMware's yes, which tells no place."""

    NO = "no"
    INTERNAL = "internal"
    EXTERNAL = "external"
    MANUAL = "manual"
    YES = "yes"


class Why(StrEnum):
    """What decides a disk's coverage, in one word for a table."""

    PRESET = "preset"
    OVERRIDE = "override"
    DEFAULT = "default"
    LISTED = "listed"
    READ_ONLY = "read-only"
    EMPTY = "empty"
    VHOST = "vhost-user"
    MODE = "mode"
    DRIVE = "drive"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Request:
    """A snapshot somebody wants of a machine; ``snapshot`` is what its ``<domainsnapshot>`` says."""

    configuration: Configuration
    hypervisor: Hypervisor
    snapshot: DomainSnapshot = _NOTHING_SAID
    disk_only: bool = False
    running: bool = False

    @property
    def default(self) -> Preset:
        """Where libvirt puts what says nothing: in an overlay with --disk-only or memory in a file."""
        external = self.disk_only or self.memory is Memory.EXTERNAL
        return Preset.EXTERNAL if external else Preset.INTERNAL

    @property
    def memory(self) -> Memory | None:
        """What is asked of the memory; a file without a word says external (libvirt snapshot_conf.c)."""
        word = self.snapshot.memory
        if word is None:
            return Memory.EXTERNAL if self.snapshot.memory_file else None
        return Memory(word) if word in list(Memory) else None


@dataclass(frozen=True, slots=True)
class PlannedDisk:
    """One disk in a plan.

    ``preset`` is what the hypervisor reads in the machine's document, ``override`` the word in effect of the
    snapshot's own entry. ``coverage`` is None where that entry is refused. ``file`` is where the disk's state
    of that moment is kept or its later writes go, "" where that is nowhere or the hypervisor's own secret.
    ``reason`` is a sentence.
    """

    disk: Disk
    preset: str | None
    override: str | None
    coverage: Coverage | None
    file: str
    why: Why
    reason: str


@dataclass(frozen=True, slots=True)
class PlanRefusal:
    """Why there is no such snapshot, and what that means, in a sentence.

    ``message`` is what ``by`` says, word for word where it is known to (see :attr:`is_quote`).
    """

    message: str
    meaning: str
    by: str = LIBVIRT
    disk: int | None = None

    @property
    def is_quote(self) -> bool:
        """Whether the message is libvirt's own, or the name of vSphere's fault."""
        return self.by in (LIBVIRT, VSPHERE)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a snapshot covers, disk by disk, what becomes of the memory, or the first reason it is refused."""

    disks: tuple[PlannedDisk, ...]
    memory: Memory
    refused: PlanRefusal | None = None
