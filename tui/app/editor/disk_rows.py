"""The rows of the table of disks: values turned into words and signs, nothing decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tui.app.widgets.disk_columns import DiskRow
from tui.disks import DRIVE_LABELS, MODES, Disk, Format, Image, Mode, Participation
from tui.editing import Editing
from tui.machine import Machine
from tui.rules import Finding
from tui.rules.hypervisors import VMWARE

# A sign and a word for what neither takes part in snapshots nor is left out of them.
SNAPSHOT_WORDS = {Participation.MANUAL: "~manual", Participation.UNKNOWN: "?unknown"}
# What has no policy is shown by a dash.
_NONE = "-"
_UNKNOWN = "unknown"
_NO_MODE = "no VMware mode"


def size_words(size: int | None) -> str:
    """A size in bytes as people say it: ``40 GiB``."""
    if size is None:
        return ""
    number = float(size)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if number < 1024 or unit == "TiB":
            return f"{number:.4g} {unit}"
        number /= 1024
    return ""


class DiskRows:
    """Makes the table's rows; that of a disk about which nothing changed is the one made before."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Disk, tuple[object, ...], DiskRow]] = {}

    def of(self, editing: Editing, indexes: Iterable[int]) -> list[DiskRow]:
        """The rows for these disks."""
        changed, machine = editing.changed_disks, editing.machine
        gravest: dict[int | None, Finding] = {}
        for finding in machine.findings:  # the gravest of a disk comes first
            gravest.setdefault(finding.disk, finding)
        state = _state_of(machine)
        rows = []
        for index in indexes:
            disk = machine.disks[index]
            signs = _Signs(machine.locked(index) is not None, index in changed, index in editing.marked)
            first = gravest.get(index) or (machine.held if disk.is_disk and not signs.locked else None)
            seen = (first, machine.sidecars.images.get(index), signs, state)
            made = self._made.get(index)
            if made is None or made[0] is not disk or made[1] != seen:
                row = _row(disk, *seen)
                self._made[index] = made = (disk, seen, row)
            rows.append(made[2])
        return rows


class _Signs(NamedTuple):
    """What a row tells of its disk by a sign."""

    locked: bool
    changed: bool
    marked: bool


class _State(NamedTuple):
    """What every row tells of its machine."""

    held: bool
    snapshots: int
    running: bool | None
    of_libvirt: bool


def is_of_libvirt(machine: Machine) -> bool:
    """Whether its disks have presets, and not VMware's modes."""
    return machine.configuration.format is Format.DOMAIN_XML and machine.hypervisor not in VMWARE


def _state_of(machine: Machine) -> _State:
    snapshots, host = machine.sidecars.snapshots, machine.sidecars.host
    count = 0 if snapshots is None else snapshots.count
    running = None if host is None else host.runs
    return _State(machine.held is not None, count, running, is_of_libvirt(machine))


def _row(disk: Disk, finding: Finding | None, image: Image | None, signs: _Signs, state: _State) -> DiskRow:
    brief, mode, long_mode, word = mode_words(disk, of_libvirt=state.of_libvirt)
    kind = DRIVE_LABELS.get(disk.device) or _locked_kind(image, locked=signs.locked)
    return DiskRow(
        index=disk.index,
        address=disk.address or _NONE,
        target=disk.target,
        file=_base_name(disk.source) or "(empty)",
        size=size_words(None if image is None else image.size),
        snapshot=None if signs.locked else disk.policy.snapshot and not _is_raw_device(image),
        persistent=None if signs.locked else disk.policy.persistent,
        locked="locked" if disk.is_disk else _NONE,
        brief=kind or brief,
        mode=kind or mode,
        long_mode=kind or long_mode,
        word=_NONE if disk.device in DRIVE_LABELS else word,
        sign=finding.severity.sign if finding else " ",
        severity=finding.severity.value if finding else "",
        changed=signs.changed,
        marked=signs.marked,
        snapshot_word=SNAPSHOT_WORDS.get(disk.participation, ""),
        held=disk.is_disk and (signs.locked or state.held),
        snapshots=state.snapshots if disk.is_disk else 0,
        running=state.running if disk.is_disk else None,
    )


def _locked_kind(image: Image | None, *, locked: bool) -> str:
    """What stands in place of a mode that the hypervisor ignores."""
    return "Physical RDM" if locked and _is_raw_device(image) else ""


def _is_raw_device(image: Image | None) -> bool:
    return image is not None and image.is_physical_rdm


class ModeWords(NamedTuple):
    """vSphere's label for the mode a disk is in, in three lengths, and VMX's word; or libvirt's preset."""

    brief: str
    mode: str
    long_mode: str
    word: str


_BRIEF = {
    Mode.INDEPENDENT_PERSISTENT: "Indep.-pers.",
    Mode.INDEPENDENT_NONPERSISTENT: "Indep.-nonp.",
    Mode.NONPERSISTENT: "Nonpersist.",
}


def mode_words(disk: Disk, *, of_libvirt: bool) -> ModeWords:
    """How the mode is called; of a libvirt machine it is the preset that counts."""
    if of_libvirt and disk.mode_word is None:
        preset = disk.bad_preset or (disk.preset.value if disk.preset else "none")
        return ModeWords(preset, preset, preset, preset)
    if disk.mode is not None:
        facts = MODES[disk.mode]
        return ModeWords(_BRIEF.get(disk.mode, facts.short), facts.short, facts.label, disk.mode.value)
    if disk.mode_word:
        # The word itself would be cut: it stands in a column of its own, or in what is found on the disk.
        return ModeWords(_UNKNOWN, _UNKNOWN, _UNKNOWN, disk.mode_word)
    return ModeWords(_NO_MODE, _NO_MODE, _NO_MODE, _NONE)


def _base_name(source: str) -> str:
    return source.replace("\\", "/").rpartition("] ")[2].rstrip("/").rpartition("/")[2]
