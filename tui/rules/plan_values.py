"""What a snapshot plan is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from tui.disks import Configuration, Disk, LibvirtVersion, Preset
from tui.disks.libvirt import EXTERNAL_ENTRY_WHILE_OFF
from tui.disks.snapshot import DomainSnapshot, Listed, Memory
from tui.rules.hypervisors import Hypervisor

LIBVIRT = "libvirt"
VSPHERE = "vSphere"
# Named where the answer is ours and no hypervisor's.
DISKMODE = "diskmode"
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
    RAW_DEVICE = "raw device"
    UNSEEN = "unseen"
    DRIVE = "drive"
    REFUSED = "refused"


class Standing(StrEnum):
    """What a machine has already, or is, as far as somebody tells: no domain's XML says it."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    CHECKPOINT = "checkpoint"
    ASLEEP = "asleep"


class BackupKind(StrEnum):
    """What is asked for: a backup, a checkpoint, or both at one moment."""

    BACKUP = "backup"
    CHECKPOINT = "checkpoint"
    BOTH = "backup and checkpoint"

    @property
    def copies(self) -> bool:
        """Whether blocks are copied out of the disks; a checkpoint only marks them from now on."""
        return self is not BackupKind.CHECKPOINT

    @property
    def marks(self) -> bool:
        """Whether a checkpoint is made."""
        return self is not BackupKind.BACKUP


class Request(NamedTuple):
    """A snapshot somebody wants of a machine; ``snapshot`` is what its ``<domainsnapshot>`` says.

    ``has`` is what is known to stand already; ``quiesced`` asks VMware Tools to still the
    guest's file systems.
    """

    configuration: Configuration
    hypervisor: Hypervisor
    snapshot: DomainSnapshot = _NOTHING_SAID
    disk_only: bool = False
    running: bool = False
    has: frozenset[Standing] = frozenset()
    quiesced: bool = False

    @property
    def libvirt(self) -> LibvirtVersion:
        """The libvirt that would take it."""
        return self.configuration.libvirt

    @property
    def default(self) -> Preset:
        """Where libvirt puts what says nothing: in an overlay with --disk-only or memory in a file.

        The QEMU driver does so too where an entry says external and the machine is off (measured: 11.3 does).
        """
        external = self.disk_only or self.memory is Memory.EXTERNAL or self._external_while_off
        return Preset.EXTERNAL if external else Preset.INTERNAL

    @property
    def _external_while_off(self) -> bool:
        return (
            bool(self.snapshot.listed)
            and self.hypervisor is Hypervisor.QEMU
            and not self.running
            and self.libvirt >= EXTERNAL_ENTRY_WHILE_OFF
            and any(entry.word_in_effect == Preset.EXTERNAL for entry in self.snapshot.listed)
        )

    @property
    def memory(self) -> Memory | None:
        """What is asked of the memory; a file without a word says external (libvirt snapshot_conf.c)."""
        word = self.snapshot.memory
        if word is None:
            return None if self.snapshot.memory_file is None else Memory.EXTERNAL
        return Memory(word) if word in list(Memory) else None


def entries_by_disk(request: Request, meant: Callable[[str], Disk | None]) -> Mapping[int, Listed]:
    """The first entry that means each disk, by its index; ``meant`` is the disk a name means.

    Looked for once in a request, and not for each disk of hundreds.
    """
    found: dict[int, Listed] = {}
    for one in request.snapshot.listed:
        disk = meant(one.name) if one.name else None
        if disk is not None:
            found.setdefault(disk.index, one)
    return found


def gives_back(coverage: Coverage | None, lost: str | None) -> bool:
    """Whether a snapshot can give a disk back: neither what is ``lost`` nor what is left to others counts."""
    return lost is None and coverage not in _GIVES_NOTHING


_GIVES_NOTHING = (None, Coverage.NO, Coverage.MANUAL)


class PlannedDisk(NamedTuple):
    """One disk in a plan.

    ``preset`` is what the hypervisor reads in the machine's document, ``override`` the word in effect of the
    snapshot's own entry. ``coverage`` is None where that entry is refused. ``file`` is where the disk's state
    of that moment is kept or its later writes go, "" where that is nowhere or the hypervisor's own secret.
    ``reason`` is a sentence. ``lost`` says why a disk that libvirt says is covered cannot be given back, or
    is None.
    """

    disk: Disk
    preset: str | None
    override: str | None
    coverage: Coverage | None
    file: str
    why: Why
    reason: str
    lost: str | None = None

    @property
    def effect(self) -> str:
        """What becomes of the disk, in a word for a table."""
        return self.coverage or ("refused" if self.why is Why.REFUSED else "unknown")

    @property
    def covered(self) -> bool:
        """Whether the snapshot can give this disk back; see :func:`gives_back`."""
        return gives_back(self.coverage, self.lost)


def possible(disks: Iterable[PlannedDisk]) -> int:
    """How many could be covered: disks, and drives only where they are; the others never take part."""
    return sum(one.disk.is_disk or one.covered for one in disks)


class PlanRefusal(NamedTuple):
    """Why there is no such snapshot, and what that means, in a sentence.

    ``message`` is what ``by`` says, word for word where it is known to (see :attr:`is_quote`). ``disk`` is
    the index of the disk it is about, None for the machine.
    """

    message: str
    meaning: str
    by: str = LIBVIRT
    disk: int | None = None

    @property
    def is_quote(self) -> bool:
        """Whether the message is libvirt's own, or the name of vSphere's fault."""
        return self.by in (LIBVIRT, VSPHERE)

    @property
    def is_unknown(self) -> bool:
        """Whether it is not known what the hypervisor would say."""
        return self.by == DISKMODE


def hidden_refusal(configuration: Configuration) -> PlanRefusal | None:
    """Why nothing can be planned of a machine whose configuration is hidden; None of any other."""
    if configuration.hidden is None:
        return None
    return PlanRefusal("what is hidden cannot be planned", configuration.hidden, DISKMODE)


def undefined_refusals(configuration: Configuration) -> Iterator[PlanRefusal]:
    """A preset libvirt does not know: it never defines such a domain."""
    for disk in configuration.disks:
        if disk.bad_preset and disk.bad_preset.startswith("snapshot='"):
            word = disk.bad_preset.removeprefix("snapshot='").removesuffix("'")
            yield PlanRefusal(
                f"Invalid value for attribute 'snapshot' in element 'disk': '{word}'.",
                "libvirt does not define such a domain: mend the preset first",
                disk=disk.index,
            )


class PlanWarning(NamedTuple):
    """What is answered "ok" and yet does not give back what it seems to, in a sentence, and its source."""

    message: str
    source: str
    disk: int | None = None


class Plan(NamedTuple):
    """What a snapshot covers, disk by disk, what becomes of the memory, or the first reason it is refused.

    ``warnings`` are the traps of one that is not refused.
    """

    disks: tuple[PlannedDisk, ...]
    memory: Memory
    refused: PlanRefusal | None = None
    warnings: tuple[PlanWarning, ...] = ()

    @property
    def covered(self) -> tuple[PlannedDisk, ...]:
        """The disks it can give back."""
        return tuple(one for one in self.disks if one.covered)
