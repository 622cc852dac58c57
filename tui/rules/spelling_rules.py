"""Rules on how a domain XML spells a policy: what libvirt drops of it, where that makes a difference."""

from __future__ import annotations

from collections.abc import Iterable

from tui.disks import INDEPENDENT, Configuration, Disk, Dropped, Format, Policy, Preset, Remark
from tui.rules.hypervisors import ALL, VMWARE
from tui.rules.rule import PolicyEdit, Rule, on_disks_in, warnings

_TAKES_PART = {True: "takes part in snapshots", False: "is left out of snapshots"}
_KEEPS = {True: "keeps its writes", False: "discards its writes"}
_KNOWN = ("persistent='yes'", "persistent='no'")
_IN_ITS_WORDS = "say it in libvirt's words: set {disk} --spelling libvirt"
_AS_VMX = "convert it with diskmode convert --to vmx, which writes independent-persistent"
_KEPT = "libvirt does not discard the writes of such a disk: set {disk} --persistent --spelling libvirt"
_BOTH = "leave it out as well: set {disk} --mode independent-nonpersistent --spelling libvirt"
_BY_HAND = "it is not edited here: write libvirt's own words into the file by hand"


def _is_nothing(word: str) -> bool:
    return word.startswith("persistent=") and word not in _KNOWN


def _lost(disk: Disk) -> str | None:
    """What libvirt drops of a disk's words, and what it does then; None where that is the same."""
    found = disk.dropped
    if found is None or disk.bad_preset:  # such a word is told by itself
        return None
    words = " and ".join(found.words)
    if found.policy != disk.policy:
        return f"{words}: by what it reads the disk {_difference(disk.policy, found)}"
    unknown = next((word for word in found.words if _is_nothing(word)), None)
    return None if unknown is None else f"{unknown}, and it is neither yes nor no: the disk keeps its writes"


def _difference(shown: Policy, found: Dropped) -> str:
    read = found.policy
    parts = [_TAKES_PART[read.snapshot]] if read.snapshot != shown.snapshot else []
    parts += [_KEEPS[read.persistent]] if read.persistent != shown.persistent else []
    return " and ".join(parts)


def _advice(configuration: Configuration, disk: Disk) -> str:
    """The step that is not refused, as ``diskmode set`` takes it."""
    return _step(configuration, disk).format(disk=disk.target or disk.address or "DISK")


def _step(configuration: Configuration, disk: Disk) -> str:
    from tui.rules.qemu_rules import cannot_discard  # noqa: PLC0415 - see in_force: few files need it

    if disk.locked:
        return _BY_HAND
    if disk.policy.persistent:
        lost = configuration.domain_type == "vmware" and disk.policy == INDEPENDENT
        return _AS_VMX if lost else _IN_ITS_WORDS
    if cannot_discard(configuration, disk):
        return _KEPT
    return _IN_ITS_WORDS if disk.policy.supported else _BOTH


def _not_read(configuration: Configuration) -> Iterable[Remark]:
    for disk in configuration.disks:
        if disk.dropped is not None and (detail := _lost(disk)) is not None:
            yield Remark(detail, disk=disk.index, advice=_advice(configuration, disk))


def _newly_not_read(change: PolicyEdit, disk: Disk) -> str | None:
    return _lost(disk) if _lost(change.before.disks[disk.index]) is None else None


def _lost_on_esx(configuration: Configuration) -> dict[int, str]:
    """The disks of a ``vmware`` domain that libvirt cannot leave out, as they keep their writes."""
    if configuration.domain_type != "vmware":
        return {}
    return {
        disk.index: ""
        for disk in configuration.disks
        if disk.preset is Preset.NO and disk.policy == INDEPENDENT and disk.is_disk and not disk.locked
    }


RULES: tuple[Rule, ...] = (
    Rule(
        "spelling-not-read",
        warnings(ALL),
        "words on the policy that libvirt does not read, where they say something else than the rest",
        _not_read,
        "libvirt does not read {detail}",
        "say it in libvirt's words: set DISK --spelling libvirt",
        "libvirt domain_conf.c: it drops what it does not know (measured on 9.0); the proposal's words",
        forbids=_newly_not_read,
        of=Format.DOMAIN_XML,
    ),
    Rule(
        "exclusion-not-written",
        warnings(VMWARE),
        "snapshot='no' without <transient/> in a domain of the type vmware",
        on_disks_in(_lost_on_esx),
        "libvirt's VMX driver writes no mode for snapshot='no': once defined by it, the disk takes part",
        _AS_VMX,
        "libvirt src/vmx/vmx.c, virVMXFormatDisk, up to 12.x: a mode is written for <transient/> only",
        of=Format.DOMAIN_XML,
    ),
)
