"""What stops a snapshot that every disk agrees to: the firmware, devices that cannot be saved, QEMU itself.

Sources: qemu_snapshot.c and qemu_migration.c (saving the memory counts as a migration);
what QEMU and qemu-img say was measured with QEMU 7.2 (libvirt 9.0) and 10.0 (libvirt 11.3).

What only the host can know is not refused here: an image on an NBD export that is too small for the memory
(the plan warns: plan_traps), and images that are missing, in use, or without rights.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.disks import Disk, Loader
from tui.disks.libvirt import NVRAM_FORMATS, PFLASH_WHILE_OFF, SNAPSHOT_SAVE
from tui.disks.snapshot import Memory
from tui.rules.plan_align import coverage_of, overlay_of
from tui.rules.plan_blockers import MIGRATION, node_of, refusals_of_blockers, refusals_of_jobs
from tui.rules.plan_values import Coverage, PlanRefusal, Request

_UEFI = "this libvirt keeps none inside beside UEFI firmware, whose variables lie in a file of their own"
# Formats that libvirt names otherwise than QEMU does.
_UNKNOWN_TO_QEMU = ("ploop", "fat")
_FIRMWARE = (Loader.PFLASH, Loader.STATELESS)


def refusals_of_firmware(request: Request) -> Iterator[PlanRefusal]:
    """What UEFI firmware makes of an internal snapshot."""
    firmware, version = request.configuration.firmware, request.libvirt
    if firmware.loader is Loader.ROM:
        return
    in_flash = firmware.loader in _FIRMWARE or request.running
    before = PFLASH_WHILE_OFF if not request.running else NVRAM_FORMATS
    if version < before:
        if in_flash:
            yield PlanRefusal(
                "internal snapshots of a VM with pflash based firmware are not supported", _UEFI
            )
        return
    if firmware.loader is Loader.STATELESS:
        return
    if request.running and firmware.nvram_format != "qcow2":
        yield PlanRefusal(
            "internal snapshots of a VM with pflash based firmware require QCOW2 nvram format",
            "the UEFI variables lie in a raw file, which holds no snapshot: give the VM an NVRAM in qcow2",
        )


def refusals_of_nvram(request: Request) -> Iterator[PlanRefusal]:
    """An NVRAM in qcow2 that would have to be made from a raw template."""
    firmware, version = request.configuration.firmware, request.libvirt
    if not firmware.is_to_be_converted or version < NVRAM_FORMATS or request.configuration.has_nvram:
        return
    if firmware.loader is Loader.PFLASH and _needs_nvram(request):
        yield PlanRefusal(
            "conversion of the nvram template to another target format is not supported",
            "such a VM does not start: make the NVRAM by hand, with qemu-img convert",
        )


def _needs_nvram(request: Request) -> bool:
    disks = request.configuration.disks
    return request.running or any(coverage_of(request, disk) is Coverage.INTERNAL for disk in disks)


# What saving the memory refuses


def refusals_in_saving(request: Request, internal: Sequence[Disk], memory: Memory) -> Iterator[PlanRefusal]:
    """What is refused when the state is saved; ``internal`` are the disks that keep it inside."""
    if not (request.disk_only and not request.running):
        yield from _of_nvram_made(request)
    if memory is not Memory.NO:
        yield from refusals_of_blockers(request)
        yield from refusals_of_jobs(request)
        yield from _of_devices(request)
    if request.running and memory is Memory.INTERNAL:
        yield from _of_saving_inside(request, internal)
    if not request.running and not request.disk_only:
        yield from _of_qemu_img(request, internal)
    yield from _of_empty_overlays(request)
    yield from _of_backing_formats(request)


def _of_nvram_made(request: Request) -> Iterator[PlanRefusal]:
    yield from refusals_of_nvram(request)


def _of_devices(request: Request) -> Iterator[PlanRefusal]:
    attached = request.configuration.attached
    for kind in attached.hostdevs[:1]:
        what = "mode='capabilities'" if kind == "capabilities" else f"mode='subsystem' type='{kind}'"
        yield PlanRefusal(
            f"cannot migrate a domain with <hostdev {what}>",
            f"{MIGRATION}, and the domain has assigned non-USB host devices",
        )
    if attached.invariant_tsc:
        yield PlanRefusal(
            "domain has 'invtsc' CPU feature but TSC frequency is not specified",
            f"{MIGRATION}, and it may go on where the clock is another: say its <timer name='tsc' frequency>",
        )
    if attached.vdpa:
        yield PlanRefusal("vDPA devices cannot be migrated", MIGRATION)
    if attached.virtiofs:
        yield PlanRefusal("migration with virtiofs device is not supported", MIGRATION)
    if any(_discards(disk) for disk in request.configuration.disks):
        yield PlanRefusal(
            "migration with transient disk is not supported",
            f"{MIGRATION}, and libvirt migrates no disk that discards its writes",
        )


def _discards(disk: Disk) -> bool:
    return disk.transient is not None or (disk.vmx_modes and not disk.policy.persistent)


# What only QEMU and qemu-img find


def _of_saving_inside(request: Request, internal: Sequence[Disk]) -> Iterator[PlanRefusal]:
    if request.libvirt < SNAPSHOT_SAVE:
        if internal and not any(disk.source and not disk.read_only for disk in internal):
            yield PlanRefusal(
                "Failed to take snapshot: Error: no block device can store vmstate for snapshot",
                "a read-only disk cannot keep the memory",
                disk=internal[0].index,
            )
        yield from _of_encrypted(internal)
        return
    if internal and internal[0].empty:
        yield PlanRefusal(
            "argument key 'vmstate' must not have null value", "an empty drive cannot keep the memory"
        )
    for disk in internal:
        if disk.read_only and disk.source:
            yield PlanRefusal(
                f"snapshot-save job failed: Device '{node_of(request, disk)}' is writable but does not "
                "support snapshots",
                "QEMU puts no snapshot into a read-only image",
                disk=disk.index,
            )
    for disk in internal:
        if disk.data_file:
            name = request.snapshot.name or "S"
            yield PlanRefusal(
                f"snapshot-save job failed: Could not create snapshot '{name}' on '{node_of(request, disk)}'",
                "a qcow2 image with a data file holds no snapshot inside",
                disk=disk.index,
            )


def _of_encrypted(internal: Sequence[Disk]) -> Iterator[PlanRefusal]:
    """The memory goes into the first image; QEMU 7.2 dies of writing it into an encrypted one."""
    first = next((disk for disk in internal if disk.source and not disk.read_only), None)
    if first is not None and first.encrypted:
        yield PlanRefusal(
            "Unable to read from monitor: Connection reset by peer",
            "QEMU crashes when it writes the memory into an encrypted image, and the VM is off",
            disk=first.index,
        )


def _of_qemu_img(request: Request, internal: Sequence[Disk]) -> Iterator[PlanRefusal]:
    name = request.snapshot.name or "S"
    for disk in internal:
        start = (
            f"Child process (qemu-img snapshot -c {name} {disk.source}) unexpected exit status 1: qemu-img: "
        )
        if disk.encrypted:
            yield PlanRefusal(
                f"{start}Could not open '{disk.source}': "
                "Parameter 'encrypt.key-secret' is required for cipher",
                "qemu-img has no key to the image",
                disk=disk.index,
            )
        elif disk.data_file:
            yield PlanRefusal(
                f"{start}Could not create snapshot '{name}': Operation not supported",
                "a qcow2 image with a data file holds no snapshot inside",
                disk=disk.index,
            )


def _of_empty_overlays(request: Request) -> Iterator[PlanRefusal]:
    """An overlay over an empty drive, which only an entry with a file of its own gets this far."""
    for disk in request.configuration.disks:
        if disk.empty and coverage_of(request, disk) is Coverage.EXTERNAL:
            overlay = overlay_of(request, disk)
            message = (
                "failed to update capacity data for block node '(null)'"
                if request.running
                else f"Child process (qemu-img create -f qcow2 -o backing_fmt={disk.file_format or 'raw'},"
                f"backing_file= {overlay}) unexpected exit status 1: qemu-img: {overlay}: "
                "Expected backing file name, got empty string"
            )
            yield PlanRefusal(message, "nothing is in the drive", disk=disk.index)


def _of_backing_formats(request: Request) -> Iterator[PlanRefusal]:
    """An overlay over a format that QEMU itself calls otherwise than libvirt does."""
    for disk in request.configuration.disks:
        image = disk.file_format
        if image in _UNKNOWN_TO_QEMU and coverage_of(request, disk) is Coverage.EXTERNAL:
            overlay = overlay_of(request, disk)
            message = (
                "unable to execute QEMU command 'blockdev-create': "
                f"Parameter 'backing-fmt' does not accept value '{image}'"
                if request.running
                else f"Child process (qemu-img create -f qcow2 -o backing_fmt={image},"
                f"backing_file={disk.source} {overlay}) unexpected exit status 1: qemu-img: {overlay}: "
                f"Unknown driver '{image}'"
            )
            yield PlanRefusal(message, "QEMU makes no overlay over such an image", disk=disk.index)
