"""A backup or a checkpoint that somebody wants, and what libvirt's QEMU driver refuses of it.

Sources: backup_conf.c, qemu_backup.c, qemu_checkpoint.c; measured with libvirt 9.0 and 11.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tui.cached import cached_property
from tui.disks import Configuration, Disk
from tui.rules.hypervisors import Hypervisor
from tui.rules.plan_blockers import has_job, of_job
from tui.rules.plan_qemu import NAME_TOO_LONG, format_of, is_too_long, is_transient
from tui.rules.plan_values import BackupKind, PlanRefusal, undefined_refusals

_NOT_QEMU = "this function is not supported by the connection driver: "
_OFF = "start the VM: QEMU itself copies its disks"


@dataclass(frozen=True)
class BackupRequest:
    """A backup or a checkpoint somebody wants.

    ``wanted`` says by disk index which are to be in it, and which not; of the others libvirt's own choice
    counts, without those that would have all of it refused. ``incremental`` is the checkpoint since which,
    ``name`` that of the one that is made (None: libvirt names it by the second).
    """

    configuration: Configuration
    hypervisor: Hypervisor
    kind: BackupKind = BackupKind.BACKUP
    running: bool = True
    wanted: Mapping[int, bool] = field(default_factory=dict)
    incremental: str | None = None
    name: str | None = None

    @cached_property
    def others_remain(self) -> bool:
        """Whether a disk is taken that does not discard its writes."""
        return any(taken_by_itself(one) and not without_jobs(one) for one in self.configuration.disks)

    @cached_property
    def some_hold_marks(self) -> bool:
        """Whether a disk that is taken can hold a checkpoint."""
        return any(taken_by_itself(one) and holds_marks(one) for one in self.configuration.disks)


def taken_by_itself(disk: Disk) -> bool:
    """Whether a backup that says nothing of a disk takes it."""
    return not disk.empty and not disk.read_only


def holds_marks(disk: Disk) -> bool:
    """Whether a checkpoint can mark what changes on a disk: only qcow2 holds that."""
    return format_of(disk, running=True) in ("", "qcow2")


def refusals_of_backup(
    request: BackupRequest, copied: list[Disk], marked: list[Disk]
) -> Iterator[PlanRefusal]:
    """What libvirt refuses, in its order; ``copied`` and ``marked`` are the disks to be listed."""
    copies = request.kind.copies
    if request.hypervisor is not Hypervisor.QEMU:
        function = "virDomainBackupBegin" if copies else "virDomainCheckpointCreateXML"
        yield PlanRefusal(f"{_NOT_QEMU}{function}", "only libvirt's QEMU driver has it")
        return
    yield from undefined_refusals(request.configuration)
    odd = () if _is_checkpoints(request.name) else (_NAME_REFUSED,)
    yield from odd if request.kind is BackupKind.BOTH else ()
    if not request.running:
        message = (
            "cannot perform disk backup for inactive domain"
            if copies
            else "cannot create checkpoint for inactive domain"
        )
        yield PlanRefusal(message, _OFF)
    yield from odd if request.kind is BackupKind.CHECKPOINT else ()
    for disk in copied:
        if disk.empty:
            yield PlanRefusal(
                f"disk '{disk.target}' has no media", "an empty drive holds nothing to copy", disk=disk.index
            )
    yield from _of_marks(marked)
    yield from _of_copies(copied)
    if copies and not copied:
        disks = any(disk.is_disk for disk in request.configuration.disks)
        why = "every disk is read-only, empty or left out" if disks else "it has no disks"
        yield PlanRefusal("no disks selected for backup", why)
    if request.kind.marks and is_too_long(request.name):
        yield PlanRefusal(f"unable to save metadata for checkpoint {request.name}", NAME_TOO_LONG)


def _of_copies(copied: list[Disk]) -> Iterator[PlanRefusal]:
    for disk in copied:
        if without_jobs(disk):
            yield _of_jobs(disk)
    for disk in copied:
        if has_job(disk):
            yield of_job(f"disk '{disk.target}' has a blockjob assigned", disk)


_NAME_REFUSED = PlanRefusal(
    "XML document failed to validate against schema: "
    "Unable to validate doc against /usr/share/libvirt/schemas/domaincheckpoint.rng",
    "a checkpoint's name is letters, digits, - _ and ., and does not begin with a .; give another --name",
)


def _is_checkpoints(name: str | None) -> bool:
    """Whether a checkpoint may be called so (domaincheckpoint.rng, which libvirt holds each to)."""
    return name is None or re.fullmatch(r"[a-zA-Z0-9_-][a-zA-Z0-9_.-]*", name) is not None


def _of_marks(marked: list[Disk]) -> Iterator[PlanRefusal]:
    for disk in marked:
        if disk.empty or disk.read_only:
            yield PlanRefusal(
                f"disk '{disk.target}' is empty or readonly",
                "nothing changes there",
                disk=disk.index,
            )
    for disk in marked:
        if without_jobs(disk):
            yield _of_jobs(disk)
        if not holds_marks(disk):
            yield PlanRefusal(
                f"checkpoint for disk {disk.target} unsupported for storage type {format_of(disk)}",
                "only qcow2 holds what a checkpoint marks",
                disk=disk.index,
            )


def without_jobs(disk: Disk) -> str | None:
    """Why QEMU runs no job on a disk, as what the disk does; None where it does."""
    if disk.source_kind == "vhostuser":
        return "is served by another process"
    return "discards its writes" if is_transient(disk) else None


def _of_jobs(disk: Disk) -> PlanRefusal:
    kind = "transient" if is_transient(disk) else "vhostuser"
    return PlanRefusal(
        f"block jobs are not supported on {kind} disk '{disk.target}'",
        f"the disk {without_jobs(disk)}, and QEMU copies none such",
        disk=disk.index,
    )
