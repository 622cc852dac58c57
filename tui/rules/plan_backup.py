"""Backups by QEMU (``backup-begin``) and checkpoints: they never look at ``snapshot='no'``.

Sources: backup_conf.c, qemu_backup.c, qemu_checkpoint.c; measured with libvirt 9.0 and 11.3.

What is planned lists its disks, each with a file. So four calls that list nothing work here, which libvirt
refuses: a backup of a block device, which wants a file's name, also with a checkpoint; a checkpoint beside a
raw disk, which is left out of it; and one beside a disk that discards its writes, which is left out too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui.disks import Disk
from tui.rules.plan_align import in_libvirts_order
from tui.rules.plan_backup_refusals import (
    BackupRequest,
    holds_marks,
    refusals_of_backup,
    taken_by_itself,
    without_jobs,
)
from tui.rules.plan_qemu import format_of
from tui.rules.plan_values import Coverage, PlannedDisk, PlanRefusal, PlanWarning, Why, hidden_refusal

_MEASURED = "measured: the QEMU driver of libvirt 9.0 and 11.3"


class BackupPlan(NamedTuple):
    """``disks`` tell of each disk what becomes of it; ``copied`` and ``marked`` are to be listed.

    ``whole`` are those copied that an incremental backup copies whole, as no checkpoint can hold them:
    without that word libvirt refuses all of it ("missing or broken bitmap", measured with 9.0).
    """

    disks: tuple[PlannedDisk, ...]
    copied: tuple[int, ...]
    marked: tuple[int, ...]
    refused: PlanRefusal | None = None
    warnings: tuple[PlanWarning, ...] = ()
    whole: tuple[int, ...] = ()


def plan_backup(request: BackupRequest) -> BackupPlan:
    """What a backup or a checkpoint takes, or why there is none."""
    disks = in_libvirts_order(request.configuration.disks)
    copied = [disk for disk in disks if request.kind.copies and _is_wanted(request, disk)]
    among = _indexes(copied)
    marked = [disk for disk in disks if request.kind.marks and _is_marked(request, disk, among)]
    taken = _indexes(copied if request.kind.copies else marked)
    refused = hidden_refusal(request.configuration) or next(refusals_of_backup(request, copied, marked), None)
    return BackupPlan(
        tuple(_planned(request, disk, taken=disk.index in taken) for disk in request.configuration.disks),
        tuple(sorted(disk.index for disk in copied)),
        tuple(sorted(disk.index for disk in marked)),
        refused,
        () if refused else tuple(_warnings(request, copied, marked)),
        tuple(disk.index for disk in copied if _is_whole(request, disk)),
    )


def _is_unmarked(request: BackupRequest, disk: Disk) -> bool:
    """Whether it is a matter for a warning that the checkpoint does not hold a disk."""
    return request.kind.marks and taken_by_itself(disk) and not _is_whole(request, disk)


def _is_whole(request: BackupRequest, disk: Disk) -> bool:
    return request.incremental is not None and _unmarkable(disk) is not None


def _unmarkable(disk: Disk) -> str | None:
    """What a disk is that no checkpoint can hold, in a word; None where one can."""
    if disk.read_only:
        return "read-only"
    return None if holds_marks(disk) else format_of(disk)


def _warnings(request: BackupRequest, copied: list[Disk], marked: list[Disk]) -> Iterator[PlanWarning]:
    held = _indexes(marked)
    for disk in request.configuration.disks:
        if disk.index in request.wanted:
            continue
        if taken_by_itself(disk) and _left_out(request, disk):
            yield PlanWarning(
                f"{disk.name} {without_jobs(disk)} and is left out: with it all of it is refused",
                _MEASURED,
                disk.index,
            )
        elif _is_unmarked(request, disk) and disk.index not in held:
            yield PlanWarning(
                f"{disk.name} is {format_of(disk)} and in no checkpoint: no incremental backup holds it",
                _MEASURED,
                disk.index,
            )
    if request.kind.marks and not marked and not copied:
        yield PlanWarning('libvirt answers "ok", and the checkpoint holds no disk', _MEASURED)
    for disk in copied:
        if _is_whole(request, disk):
            yield PlanWarning(
                f"{disk.name} is {_unmarkable(disk)} and can be in no checkpoint: it is copied whole",
                "measured: the QEMU driver of libvirt 9.0",
                disk.index,
            )
        if disk.source_kind != "file":
            yield PlanWarning(
                f"{disk.name} is no regular file: see whether the file it is copied to lies where it shall",
                _MEASURED,
                disk.index,
            )


def _is_wanted(request: BackupRequest, disk: Disk) -> bool:
    said = request.wanted.get(disk.index)
    if said is not None:
        return said
    return taken_by_itself(disk) and not _left_out(request, disk)


def _left_out(request: BackupRequest, disk: Disk) -> bool:
    """A disk that would have all refused is left out while others remain."""
    return without_jobs(disk) is not None and request.others_remain


def _is_marked(request: BackupRequest, disk: Disk, copied: frozenset[int]) -> bool:
    if not request.kind.copies and request.wanted.get(disk.index) is not None:
        return request.wanted[disk.index]
    if request.kind.copies and disk.index not in copied:
        return False
    if not taken_by_itself(disk) or _left_out(request, disk):
        return False
    return holds_marks(disk) or not request.some_hold_marks


def _indexes(disks: list[Disk]) -> frozenset[int]:
    return frozenset(disk.index for disk in disks)


def _planned(request: BackupRequest, disk: Disk, *, taken: bool) -> PlannedDisk:
    said = request.wanted.get(disk.index)
    return PlannedDisk(
        disk,
        preset=None if disk.preset is None else disk.preset.value,
        override=None if said is None else ("yes" if said else "no"),
        coverage=Coverage.YES if taken else Coverage.NO,
        file="",
        why=_why(request, disk),
        reason=_reason(request, disk, taken=taken),
    )


def _why(request: BackupRequest, disk: Disk) -> Why:
    if disk.index in request.wanted:
        return Why.OVERRIDE
    if disk.empty:
        return Why.EMPTY
    return Why.READ_ONLY if disk.read_only else Why.DEFAULT


def _reason(  # noqa: PLR0911 - one for each sentence
    request: BackupRequest, disk: Disk, *, taken: bool
) -> str:
    kind = request.kind.value
    if taken and not disk.policy.snapshot and not disk.read_only:
        return f"It is in this {kind}: snapshot='no' leaves it out of snapshots, not of what QEMU copies."
    if taken:
        return f"It is in this {kind}."
    if disk.index in request.wanted:
        return f"It is left out of this {kind}, as asked."
    if disk.empty:
        return "An empty drive: nothing to copy."
    if disk.read_only:
        return "A read-only disk is left out unless it is listed."
    if without_jobs(disk):
        return f"It {without_jobs(disk)}, and QEMU refuses all of it where such a disk is listed: left out."
    return f"Its format {format_of(disk)} holds no checkpoint: left out."


__all__ = ["BackupPlan", "BackupRequest", "plan_backup"]
