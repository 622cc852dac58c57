"""Rules on what a move to another hypervisor trips over, and nothing else speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tui.disks import Configuration, Format, Remark
from tui.rules.hypervisors import ESXI, VMWARE
from tui.rules.rule import Rule, infos, on_disks, on_disks_in, warnings


def _untracked(configuration: Configuration) -> Mapping[int, str]:
    """The disks that could be tracked and are not, in a machine that is tracked elsewhere; and the disks that
    are, where the VM itself is said not to be.
    """
    tracked = [disk.name for disk in configuration.disks if disk.tracked]
    if configuration.tracked is False and configuration.format is Format.VMX:
        on = (disk for disk in configuration.disks if disk.tracked)
        return {disk.index: "this disk has it, the VM has not" for disk in on}
    if not tracked and not configuration.tracked:
        return {}
    detail = f"{tracked[0]} has it" if tracked else "the VM has it"
    more = len(tracked) - 1
    detail += f", as {more} more {'has' if more == 1 else 'have'}" if more > 0 else ""
    detail += ", this disk has not"
    others = (disk for disk in configuration.disks if disk.is_disk and not (disk.tracked or disk.empty))
    return {disk.index: detail for disk in others if configuration.participation_of(disk).covered}


def _other_boot_disk(configuration: Configuration) -> Iterable[Remark]:
    if configuration.boot_order:
        yield configuration.boot_order


def _tpm(configuration: Configuration) -> Iterable[Remark]:
    if configuration.virtual_tpm:
        yield configuration.virtual_tpm


def _sealed(configuration: Configuration) -> Iterable[Remark]:
    if configuration.sealed:
        yield configuration.sealed


RULES: tuple[Rule, ...] = (
    Rule(
        "cbt-half-enabled",
        warnings(ESXI),
        "ctkEnabled on the VM or some of its disks and not on this one, or on this one and not on the VM",
        on_disks_in(_untracked),
        "changed block tracking is only half enabled: {detail}",
        "switch it on for the VM and every disk, or not at all: warm migrations, incremental backups need it",
        "Broadcom KB 320557; forklift, warm migration needs changed block tracking on each disk",
    ),
    Rule(
        "boot-order",
        infos(VMWARE),
        "bios.hddOrder puts another disk than the first before the others",
        _other_boot_disk,
        "the VM does not boot from its first disk: {detail}",
        "say where it is moved to which disk it boots from",
        "virt-v2v(1), --root; libvirt's VMX reader does not look at bios.hddOrder",
    ),
    Rule(
        "nvme-disk",
        infos(VMWARE),
        "a disk on an NVMe controller",
        on_disks(lambda disk: disk.bus == "nvme" and disk.is_disk),
        "it is on an NVMe controller, which libvirt's VMX reader drops without a word",
        "move it to a SCSI or SATA controller before the move, or convert it with this program",
        "measured on libvirt 9.0 and 11.3; libvirt takes the bus nvme since 11.5",
    ),
    Rule(
        "virtual-tpm",
        infos(VMWARE),
        "vtpm.present is TRUE, or managedVM.autoAddVTPM says one",
        _tpm,
        "the VM has a virtual TPM ({detail}), whose contents no conversion takes along",
        "keep the recovery keys of what it seals, such as BitLocker's, before the move",
        "virt-v2v(1), notes on Windows and TPM",
    ),
    Rule(
        "vm-encrypted",
        warnings(ESXI),
        "encryption.bundle is there: vSphere encrypts the VM",
        _sealed,
        "vSphere encrypts the VM's files and disks ({detail}): nothing but its own hosts can read them",
        "decrypt the VM by its storage policy before it is moved; back it up by what has vCenter's keys",
        "vSphere Security, how virtual machine encryption protects your environment",
    ),
)
