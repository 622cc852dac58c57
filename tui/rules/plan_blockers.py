"""What QEMU itself has against saving a running VM's memory: images and shared memory it cannot migrate.

libvirt asks QEMU for it before all else that it looks at (qemuMigrationSrcIsAllowed, query-migrate's
blocked-reasons); measured with libvirt 9.0 and QEMU 7.2, but for virgl and SEV (virtio-gpu-base.c, sev.c).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui.disks import Configuration, Disk
from tui.rules.plan_align import in_libvirts_order
from tui.rules.plan_values import PlanRefusal, Request

MIGRATION = "saving the memory counts as a migration"
# Formats beside which QEMU migrates nothing, by libvirt's names, and what QEMU calls them.
_BLOCKING = {"vmdk": "vmdk", "vdi": "vdi", "vpc": "vpc", "qcow": "qcow", "ploop": "Parallels"}
_PEER = "Migration is disabled when using feature 'peer mode' in device 'ivshmem'"
_VIRGL = "virgl is not yet migratable"
_SEV = "SEV: Migration is not implemented"


class _Node(NamedTuple):
    """An image that QEMU has open, by the name libvirt gives it there (``libvirt-1-format``)."""

    name: str
    format: str
    disk: Disk


def refusals_of_blockers(request: Request) -> Iterator[PlanRefusal]:
    """All that QEMU has against it, in one answer."""
    configuration = request.configuration
    attached = configuration.attached
    some = any(image in _BLOCKING for disk in configuration.disks for image in _chain_of(configuration, disk))
    blocking = [node for node in _nodes(request) if node.format in _BLOCKING] if some else []
    reasons = [
        f"The {_BLOCKING[node.format]} format used by node '{node.name}' does not support live migration"
        for node in blocking
    ]
    meanings = [
        f"QEMU saves no memory beside an image in {node.format}, written to or not" for node in blocking
    ]
    for reason, meaning, count in (
        (_PEER, "of shared memory QEMU saves only that with role='master'", len(attached.shmem)),
        (_VIRGL, "what a GPU draws in 3D stays with it: set accel3d='no'", attached.virgl),
        (_SEV, "encrypted memory is not saved", attached.sev),
    ):
        reasons += [reason] * count
        meanings += [f"{MIGRATION}, and {meaning}"] * count
    if reasons:
        yield PlanRefusal(
            f"cannot migrate domain: {'; '.join(reasons)}",
            meanings[0],
            disk=blocking[0].disk.index if blocking else None,
        )


def has_job(disk: Disk) -> bool:
    """Whether a running domain's document tells of a job on it: it is copied, or its overlay committed."""
    return "mirror" in disk.words


def of_job(message: str, disk: Disk) -> PlanRefusal:
    """What libvirt says of a disk with a job, and what helps."""
    return PlanRefusal(
        message, f"wait for {disk.target}'s job, or end it (virsh blockjob --abort)", disk=disk.index
    )


def refusals_of_jobs(request: Request) -> Iterator[PlanRefusal]:
    """A job on any disk, be it left out."""
    first = next((disk for disk in request.configuration.disks if has_job(disk)), None)
    if first is not None:
        yield of_job("domain has active block job", first)


def node_of(request: Request, disk: Disk) -> str:
    """What QEMU calls a disk's own image."""
    return next((one.name for one in reversed(_nodes(request)) if one.disk is disk), "libvirt-1-format")


def _nodes(request: Request) -> list[_Node]:
    """The images of all disks in the order in which QEMU opens them: what a disk builds on before its own.

    libvirt numbers them from the last disk on, of each its own first.
    """
    found: list[_Node] = []
    for disk in reversed(in_libvirts_order(request.configuration.disks)):
        for image in _chain_of(request.configuration, disk):
            found.append(_Node(f"libvirt-{len(found) + 1}-format", image, disk))
    return found[::-1]


def _chain_of(configuration: Configuration, disk: Disk) -> list[str]:
    """The formats of a disk's own image and of those it builds on.

    Its ``<backingStore>`` tells them; else the image itself tells the first, where it was read.
    """
    if not disk.source:
        return []
    below = [part.words.get("type", "") for part in disk.parts if part.path == "backingStore/format"]
    image = configuration.image_of(disk)
    if not below and image is not None and image.backing_format:
        below = [image.backing_format]
    return [disk.file_format or "", *below]
