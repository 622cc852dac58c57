"""What libvirt's QEMU driver asks of a snapshot beyond the alignment, in its order (qemu_snapshot.c).

Measured with the drivers of libvirt 9.0 and 11.3; the messages are their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tui.disks import Device, Disk, Preset
from tui.disks.libvirt import CHECKPOINT_BESIDE_INTERNAL
from tui.disks.snapshot import Memory
from tui.rules.plan_align import coverages, entry_of, in_libvirts_order, preset_of
from tui.rules.plan_blockers import has_job, of_job
from tui.rules.plan_runtime import refusals_in_saving, refusals_of_firmware
from tui.rules.plan_values import Coverage, PlanRefusal, Request, Standing

_OVERLAY_FORMATS = ("qcow2", "qed")
# Where libvirt can put an overlay, or a snapshot inside, while the VM is off.
_LOCAL = ("file", "block", "volume")
# Where an overlay may lie, by the type of its entry: while the VM is off, and while it runs.
_OVERLAYS = ("file", "block")
_WHILE_RUNNING = (*_OVERLAYS, "network")
_NO_CHECKPOINTS = "start the VM, or delete its checkpoints first"
_ASLEEP = "the guest sleeps: wake it first (virsh dompmwakeup)"
_TRANSIENT = "the disk discards its writes, and QEMU runs no job on such a one"
NAME_TOO_LONG = "libvirt names a file after it, and no name of a file is so long; give a shorter --name"
_LONGEST_FILE_NAME = 255  # bytes; NAME_MAX of every file system it is kept on
_NOT_LOCAL = "while the VM is off libvirt takes one of files, block devices and volumes only"


def kept_memory(request: Request) -> Memory:
    """What becomes of the memory: a running VM's is kept unless --disk-only."""
    if request.disk_only or not request.running:
        return Memory.NO
    return Memory.EXTERNAL if request.memory is Memory.EXTERNAL else Memory.INTERNAL


def refusals_before_reading(request: Request) -> Iterator[PlanRefusal]:
    """What is refused whatever is asked for: a checkpoint of a machine that is off, by an older libvirt."""
    forbidden = request.libvirt < CHECKPOINT_BESIDE_INTERNAL and Standing.CHECKPOINT in request.has
    if forbidden and not request.running:
        yield PlanRefusal("cannot perform block operations while checkpoint exists", _NO_CHECKPOINTS)


def refusals_before_aligning(request: Request) -> Iterator[PlanRefusal]:
    """What is refused whatever the disks say, once the snapshot's document is read."""
    name = request.snapshot.name or ""
    if "/" in name:
        yield PlanRefusal(
            f"invalid snapshot name '{name}': name can't contain '/'", "libvirt names a file after it"
        )
    if name.startswith("."):
        yield PlanRefusal(
            f"invalid snapshot name '{name}': name can't start with '.'", "libvirt names a file after it"
        )
    if request.running and Standing.ASLEEP in request.has:
        yield PlanRefusal("qemu doesn't support taking snapshots of PMSUSPENDED guests", _ASLEEP)
    if request.running and not request.disk_only and request.memory is Memory.NO:
        yield PlanRefusal(
            "internal snapshot of a running VM must include the memory state",
            "a running VM's disks cannot be kept inside without it",
        )


def refusals_in_preparing(request: Request) -> Iterator[PlanRefusal]:
    """What is refused once it is known what every disk does."""
    covered = _covered(request)
    for disk, coverage in covered:
        if request.running and coverage is not Coverage.NO and has_job(disk):
            yield of_job(f"disk '{disk.target}' already in active block job", disk)
        if coverage is Coverage.INTERNAL:
            yield from _of_internal(request, disk)
        elif coverage is Coverage.EXTERNAL:
            yield from _of_external(request, disk)
    whole, memory = _sum_of(covered), kept_memory(request)
    yield from _of_the_whole(request, whole, memory)
    if whole.internal:
        yield from refusals_of_firmware(request)
    yield from _of_checkpoints(request, whole)
    yield from refusals_in_saving(
        request, [disk for disk, one in covered if one is Coverage.INTERNAL], memory
    )
    # Refused only once it is taken: it would stay inside the images, and nothing would know of it.
    if is_too_long(request.snapshot.name):
        yield PlanRefusal(f"unable to save metadata for snapshot {request.snapshot.name}", NAME_TOO_LONG)


def is_too_long(name: str | None) -> bool:
    """Whether libvirt cannot write what it calls by this name: first into ``NAME.xml.new`` (virfile.c)."""
    return len((name or "").encode("utf-8", "surrogatepass")) > _LONGEST_FILE_NAME - len(".xml.new")


def _of_checkpoints(request: Request, whole: _Sum) -> Iterator[PlanRefusal]:
    """What a checkpoint forbids while the machine is off, since one forbids not all."""
    if not request.running and Standing.CHECKPOINT in request.has and whole.external:
        yield PlanRefusal(
            "support for offline external snapshots while checkpoint exists was not yet implemented",
            _NO_CHECKPOINTS,
        )


def is_transient(disk: Disk) -> bool:
    """Whether it discards its writes."""
    return disk.transient is not None or (disk.vmx_modes and not disk.policy.persistent)


def format_of(disk: Disk, *, running: bool = False) -> str:
    """The image's format: as written, else raw, libvirt's default for files and block devices; or vmdk.

    While running a transient disk is the qcow2 overlay it writes to, and nothing is in an empty drive.
    """
    if running and (disk.empty or is_transient(disk)):
        return "" if disk.empty else "qcow2"
    if disk.file_format is not None:
        return disk.file_format
    if disk.vmx_modes:
        return "vmdk"
    return "raw" if disk.source_kind in ("file", "block") else ""


def _of_internal(request: Request, disk: Disk) -> Iterator[PlanRefusal]:
    if request.disk_only and request.running:
        yield PlanRefusal(
            f"active qemu domains require external disk snapshots; disk {disk.target} requested internal",
            "without its memory a running VM's disks go to overlays, or are left out",
            disk=disk.index,
        )
    if not request.running and disk.source_kind not in _LOCAL:
        yield PlanRefusal(_unsupported("internal inactive", disk), _NOT_LOCAL, disk=disk.index)
    image = format_of(disk, running=request.running)
    if image not in ("", "qcow2"):
        yield PlanRefusal(
            f"internal snapshot for disk {disk.target} unsupported for storage type {image}",
            "only qcow2 holds snapshots inside",
            disk=disk.index,
        )


def _unsupported(what: str, disk: Disk) -> str:
    if disk.source_kind != "network":
        return f"{what} snapshots are not supported on '{disk.source_kind}' disks"
    return f"{what} snapshots are not supported on 'network' disks using '{disk.protocol}' protocol"


def _of_external(request: Request, disk: Disk) -> Iterator[PlanRefusal]:
    entry = entry_of(request, disk)
    overlay = entry.file_format if entry else None
    if overlay is not None and overlay not in _OVERLAY_FORMATS:
        yield PlanRefusal(
            f"external snapshot format for disk {disk.target} is unsupported: {overlay}",
            "an overlay is qcow2",
            disk=disk.index,
        )
    if request.running:
        yield from _of_external_running(disk)
    elif disk.source_kind not in _LOCAL:
        yield PlanRefusal(_unsupported("external inactive", disk), _NOT_LOCAL, disk=disk.index)
    if entry is not None and entry.kind not in (_WHILE_RUNNING if request.running else _OVERLAYS):
        state = "active" if request.running else "inactive"
        yield PlanRefusal(
            f"external {state} snapshots are not supported on '{entry.kind}' disks",
            "QEMU alone can make such an overlay, while the VM runs"
            if entry.kind in _WHILE_RUNNING
            else "no overlay lies there",
            disk=disk.index,
        )
    if disk.shareable and not disk.read_only:
        yield PlanRefusal(
            f"shared access for disk '{disk.target}' requires use of supported storage format",
            "no overlay can be shared",
            disk=disk.index,
        )


def _of_external_running(disk: Disk) -> Iterator[PlanRefusal]:
    if disk.device is Device.LUN:
        yield PlanRefusal(
            "external active snapshots are not supported on scsi passthrough devices",
            "a device that is passed through has no overlay while the VM runs",
            disk=disk.index,
        )
    if disk.source_kind == "vhostuser":
        yield PlanRefusal(
            f"block jobs are not supported on vhostuser disk '{disk.target}'",
            "another process serves the disk, and QEMU runs no job on it",
            disk=disk.index,
        )
    if is_transient(disk):
        yield PlanRefusal(
            f"block jobs are not supported on transient disk '{disk.target}'", _TRANSIENT, disk=disk.index
        )


class _Sum(NamedTuple):
    """What the disks do, all together; ``excluded`` is True where a writable one is left out."""

    internal: bool
    external: bool
    excluded: bool


_Covered = Sequence[tuple[Disk, Coverage | None]]


def _covered(request: Request) -> _Covered:
    """What becomes of each disk, in libvirt's order."""
    return coverages(request, in_libvirts_order(request.configuration.disks))


def _sum_of(covered: _Covered) -> _Sum:
    return _Sum(
        internal=any(one is Coverage.INTERNAL for _, one in covered),
        external=any(one is Coverage.EXTERNAL for _, one in covered),
        excluded=any(
            one is Coverage.MANUAL or (one is Coverage.NO and not disk.empty and not disk.read_only)
            for disk, one in covered
        ),
    )


_NO_DISKS = "it has no disks: there is nothing a snapshot could keep"
_NOTHING_WRITABLE = "every disk is read-only or an empty drive: there is nothing to keep"


def _why_nothing(request: Request) -> str:
    disks = request.configuration.disks
    writable = [disk for disk in disks if not (disk.empty or disk.read_only)]
    if not writable:
        return _NO_DISKS if _is_diskless(request) else _NOTHING_WRITABLE
    left_out = "every disk is left out, or left to you"
    by_presets = all(preset_of(disk) in (Preset.NO, Preset.MANUAL) for disk in writable)
    # libvirt takes no other word for a vhost-user disk.
    can = by_presets and any(disk.source_kind != "vhostuser" for disk in writable)
    return f"{left_out}: take in each disk it should hold (m, set --mode persistent)" if can else left_out


def _is_diskless(request: Request) -> bool:
    return not any(disk.is_disk or not disk.empty for disk in request.configuration.disks)


def _of_the_whole(request: Request, whole: _Sum, memory: Memory) -> Iterator[PlanRefusal]:
    if not whole.internal and not whole.external and memory is Memory.NO:
        yield PlanRefusal(
            "nothing selected for snapshot",
            _why_nothing(request),
        )
    if (memory is Memory.INTERNAL and not whole.internal) or (whole.internal and whole.excluded):
        yield PlanRefusal(
            "internal and full system snapshots require all disks to be selected for snapshot",
            _NO_DISKS
            if _is_diskless(request)
            else "where a disk or the memory is kept inside an image, no writable disk is left out",
        )
    if request.running and request.disk_only and not whole.external:
        yield PlanRefusal(
            "disk-only snapshots require at least one disk to be selected for snapshot",
            _NO_DISKS if _is_diskless(request) else "no disk goes to an overlay",
        )
    if (whole.internal and whole.external) or (
        (memory is Memory.INTERNAL and whole.external) or (memory is Memory.EXTERNAL and whole.internal)
    ):
        yield PlanRefusal(
            "mixing internal and external targets for a snapshot is not yet supported",
            "take all of it internally, or all of it externally",
        )
