"""Which disks of many machines backups made from snapshots skip, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui.disks import Configuration, Disk, Sidecars
from tui.fleet.judged import JudgedMachine, Result, Unread
from tui.rules import Hypervisor, locks
from tui.rules.plan_advice import only_by_name
from tui.rules.planner import first_refusal
from tui.rules.topics import Topic, topics_of
from tui.rules.ways import request_of, ways


def is_skipped(judged: JudgedMachine, disk: Disk) -> bool:
    """Whether backups made from snapshots skip a disk, as an audit counts: an unknown word is no answer."""
    return disk.is_disk and judged.configuration.participation_of(disk).covered is False


def is_on_purpose(judged: JudgedMachine, disk: Disk) -> bool:
    """Whether they skip it, and somebody accepted that with a reason."""
    return is_skipped(judged, disk) and any(
        reason is not None and Topic.BACKUP in topics_of(one.rule) for one, reason in judged.on(disk.index)
    )


def lock_of(judged: JudgedMachine, disk: Disk) -> str | None:
    """The reason a disk's policy cannot be changed, or None."""
    if not disk.is_disk:
        return None
    found = (*judged.findings, *(one for one, _ in judged.accepted))
    return judged.configuration.locked or disk.locked or locks(found).get(disk.index)


def why_no_snapshot(configuration: Configuration, hypervisor: Hypervisor) -> str | None:
    """Why every way of taking a snapshot is refused, as its first one is; None where one works.

    Nothing is said of one that is hidden, has no disk, or is taken once disks are named.
    """
    if configuration.hidden or not any(disk.is_disk for disk in configuration.disks):
        return None
    refused = None
    for one in ways(configuration, hypervisor):
        if one.way.kind is None:
            why = first_refusal(request_of(one.way, configuration, hypervisor))
            if why is None:
                return None
            refused = refused or why
    if refused is None or only_by_name(configuration, hypervisor) is not None:
        return None
    return f"{refused.message.rstrip('.')}: {refused.meaning}"


def with_snapshot_answer(judged: JudgedMachine) -> JudgedMachine:
    """The machine with the answer whether a snapshot of it can be taken at all, less what nobody needs then.

    What a row shows and a filter asks stays; ten thousand of these are kept.
    """
    known = judged.configuration
    why = why_no_snapshot(known, judged.hypervisor)
    beside = known.sidecars
    host = None if beside.host is None else beside.host._replace(live=None)
    mapped = {disk: image for disk, image in beside.images.items() if image.is_physical_rdm}
    kept = Configuration(
        known.format,
        known.name,
        known.disks,
        encrypted=known.encrypted,
        suspended=known.suspended,
        sidecars=Sidecars(mapped, beside.snapshots, beside.lock, host=host),
    )
    return replace(judged, configuration=kept, no_snapshot=why)


@dataclass(slots=True)
class Skips:
    """The answer for many machines: of ``machines``, ``skipping`` have ``disks`` that such backups skip.

    ``on_purpose`` of those disks were accepted; of ``impossible`` machines no snapshot can be taken at all.
    """

    machines: int = 0
    skipping: int = 0
    disks: int = 0
    on_purpose: int = 0
    impossible: int = 0

    def take(self, result: Result, times: int = 1) -> None:
        """Count a machine in, or with -1 out again."""
        if isinstance(result, Unread):
            return
        skipped = [disk for disk in result.configuration.disks if is_skipped(result, disk)]
        self.machines += times
        self.skipping += times * bool(skipped)
        self.disks += times * len(skipped)
        self.on_purpose += times * sum(is_on_purpose(result, disk) for disk in skipped)
        self.impossible += times * (result.no_snapshot is not None)
