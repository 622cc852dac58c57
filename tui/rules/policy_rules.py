"""Rules on the policy itself.

The combination no hypervisor honours, unknown words, and words that disagree.
"""

from __future__ import annotations

from collections.abc import Iterable

from tui.disks import (
    MODES,
    UNSUPPORTED,
    Configuration,
    Disk,
    Format,
    Mode,
    Participation,
    Preset,
    Remark,
    near_mode,
)
from tui.rules.hypervisors import ALL, LIBVIRT, VMWARE
from tui.rules.rule import PolicyEdit, Rule, errors, infos, on_disks, on_each_disk, warnings


def _unsupported_and_said(configuration: Configuration) -> Iterable[Remark]:
    if configuration.format is Format.VMX:
        return  # VMX says it with the outdated "nonpersistent", which has a rule of its own
    for disk in configuration.disks:
        if disk.policy == UNSUPPORTED and disk.snapshot_said and disk.preset is not Preset.MANUAL:
            yield Remark("", disk=disk.index)


def _becomes_unsupported(change: PolicyEdit, disk: Disk) -> str | None:
    """The policy shown counts, also where the file only implies it; what is left to you is not a yes."""
    if disk.preset is Preset.MANUAL:
        return None
    before = change.before.disks[disk.index]
    newly = before.policy != UNSUPPORTED or before.preset is Preset.MANUAL
    return "" if disk.policy == UNSUPPORTED and newly else None


def _unknown_mode(disk: Disk) -> str | None:
    if disk.mode_word is None or disk.mode is not None:
        return None
    return f'"{disk.mode_word}"{_meant(disk.mode_word)}'


def _meant(word: str) -> str:
    meant = near_mode(word)
    if meant is None:
        return ""
    return f" (did you mean {meant.value}{', which is outdated' if MODES[meant].legacy else ''}?)"


def _unknown_word(disk: Disk) -> str | None:
    if disk.bad_preset is None or not disk.bad_preset.startswith("snapshot_mode="):
        said = "is no word for a snapshot policy; libvirt refuses such a domain"
        return disk.bad_preset and f"{disk.bad_preset} {said}"
    hint = _meant(disk.mode_word or "")
    return f"{disk.bad_preset} is no mode of VMX's{hint}; libvirt does not read it, and goes by its own words"


def _outdated(disk: Disk) -> str | None:
    legacy = disk.mode_word is not None and disk.mode is not None and MODES[disk.mode].legacy
    return disk.mode_word if legacy else None


def _newly_outdated(change: PolicyEdit, disk: Disk) -> str | None:
    """Outdated words are never newly set; the one the file had may be brought back."""
    return _outdated(disk) if change.found.disks[disk.index].mode != disk.mode else None


def _contradicting(configuration: Configuration) -> Iterable[Remark]:
    for disk in configuration.disks:
        for pair in disk.contradictions:
            yield Remark(pair, disk=disk.index)


RULES: tuple[Rule, ...] = (
    Rule(
        "snapshot-without-persistence",
        errors(ALL),
        "takes part in snapshots, said by the file, yet discards its writes; or an edit would make it so",
        _unsupported_and_said,
        "a disk whose writes are discarded cannot take part in snapshots",
        "leave it out of snapshots as well, or keep its writes",
        "M. Bolte, libvir-list, 9 July 2011 (ESX has no such mode); this project's choice: libvirt takes it",
        forbids=_becomes_unsupported,
    ),
    Rule(
        "unknown-mode",
        errors(VMWARE),
        "the mode is none of the six known words",
        on_each_disk(_unknown_mode),
        "no VMware product knows the mode {detail}",
        "choose a mode; until then the file keeps the word as it is",
        "vSphere API, VirtualDiskMode",
    ),
    Rule(
        "legacy-mode",
        warnings(VMWARE),
        "the mode is undoable, nonpersistent or append; an edit that newly sets one is refused",
        on_each_disk(_outdated),
        'the mode "{detail}" is outdated: it is kept for old backings only, and never newly set',
        "choose one of the three current modes",
        "M. Bolte, libvir-list, 9 July 2011",
        forbids=_newly_outdated,
        change_severity=errors(VMWARE),
    ),
    Rule(
        "contradicting-spellings",
        errors(ALL),
        "two spellings of the policy on one disk disagree",
        _contradicting,
        "the file contradicts itself: {detail}",
        "set the disk's policy once; the words that disagree are brought into line",
        "this project: four spellings of one policy are read",
        of=Format.DOMAIN_XML,
    ),
    Rule(
        "unknown-preset",
        errors(ALL),
        "a word for taking part in snapshots that nobody knows",
        on_each_disk(_unknown_word),
        "{detail}",
        "set the disk's snapshot policy; libvirt takes no, internal, external and manual",
        "libvirt: Invalid value for attribute 'snapshot' (measured)",
        of=Format.DOMAIN_XML,
    ),
    Rule(
        "left-to-you",
        infos(LIBVIRT),
        "snapshot='manual'",
        on_disks(lambda disk: disk.participation is Participation.MANUAL and not disk.empty),
        "the disk is left to you: no snapshot that libvirt takes covers it",
        "take its snapshots by the storage's own means while the machine is paused, or choose another word",
        "libvirt formatdomain, disk snapshot (manual, 8.2.0)",
    ),
    Rule(
        "not-in-snapshots",
        warnings(VMWARE),
        "the mode is independent-persistent",
        on_disks(lambda disk: disk.mode is Mode.INDEPENDENT_PERSISTENT and disk.is_disk),
        "snapshot-based backups skip this disk",
        "confirm that is meant, and back it up another way; who moves VMs by snapshots wants it to take part",
        "IBM Spectrum Protect: by default a VM with an independent disk is not backed up; forklift: Critical",
    ),
    Rule(
        "writes-discarded",
        warnings(VMWARE),
        "the mode is independent-nonpersistent",
        on_disks(lambda disk: disk.mode is Mode.INDEPENDENT_NONPERSISTENT and disk.is_disk),
        "the disk forgets what was written to it at power-off, and backups skip it",
        "confirm that is meant; such a VM cannot be moved by Storage vMotion either",
        "vSphere API, VirtualDiskMode; vSphere Storage vMotion requirements",
    ),
)
