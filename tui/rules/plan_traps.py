"""What libvirt's QEMU driver answers "ok" to and then cannot give back, told before the command.

Measured with libvirt 9.0 and 11.3: a snapshot was taken, things were written, and it was gone back to.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui.disks import Disk, Loader
from tui.disks.libvirt import EXTERNAL_REVERT, INTERNAL_REVERT_BROKEN
from tui.rules.plan_values import Coverage, PlannedDisk, PlanWarning, Request, Standing

_MEASURED = "measured: the QEMU driver of libvirt 9.0 and 11.3"
_LEFT_OUT = (Coverage.NO, Coverage.MANUAL)


def lost(request: Request, covered: Coverage | None) -> str | None:
    """Why a disk that libvirt says is covered cannot be given back, or None."""
    if covered is not Coverage.INTERNAL:
        return None
    if request.disk_only and not request.running:
        return 'libvirt answers "ok", but its image holds no snapshot, and going back to it fails'
    if _internal_revert_broken(request):
        return "libvirt 11.2 and 11.3 cannot go back to internal snapshots; 11.4 can"
    return None


def _internal_revert_broken(request: Request) -> bool:
    first, mended = INTERNAL_REVERT_BROKEN
    return first <= request.libvirt < mended


def warnings_of(request: Request, disks: tuple[PlannedDisk, ...]) -> Iterator[PlanWarning]:
    """The traps of a plan that is not refused."""
    for one in disks:
        if one.lost is not None:
            yield PlanWarning(f"{one.disk.name}: {one.lost}", _MEASURED, one.disk.index)
    covered = {one.coverage for one in disks}
    if Coverage.INTERNAL in covered:
        yield from _of_nvram(request)
        yield from _of_exports(request, disks)
    if Coverage.EXTERNAL in covered:
        yield from _of_going_back(request, disks)
    yield from _of_mixing(request, covered)


def _of_nvram(request: Request) -> Iterator[PlanWarning]:
    firmware = request.configuration.firmware
    outside = firmware.loader is Loader.EFI or (
        firmware.loader is Loader.PFLASH and firmware.nvram_format != "qcow2"
    )
    if outside and not request.running and not request.disk_only:
        yield PlanWarning(
            "the NVRAM is not in the snapshot: going back leaves the UEFI variables as they are then",
            _MEASURED,
        )


def _of_exports(request: Request, disks: tuple[PlannedDisk, ...]) -> Iterator[PlanWarning]:
    """The memory of a running VM is written behind an image's data: only the server knows whether it fits."""
    held = [one for one in disks if one.coverage is Coverage.INTERNAL and not one.disk.empty]
    if request.running and held and held[0].disk.encrypted:
        yield PlanWarning(
            f"{held[0].disk.name} is encrypted, and QEMU keeps the memory in it: QEMU 7.2 crashed at that, "
            "and the VM was off; of newer ones it is not known",
            "measured: the QEMU driver of libvirt 9.0 and QEMU 7.2",
            held[0].disk.index,
        )
    if request.running and held and held[0].disk.protocol == "nbd":
        yield PlanWarning(
            f"{held[0].disk.name} lies on an NBD export: QEMU keeps the memory in it, and if it cannot grow "
            'answers "snapshot-save job failed: ram_save_setup failed: Input/output error"',
            "measured: the QEMU driver of libvirt 11.3 and QEMU 10.0",
            held[0].disk.index,
        )


def _of_going_back(request: Request, disks: tuple[PlannedDisk, ...]) -> Iterator[PlanWarning]:
    if request.libvirt < EXTERNAL_REVERT:
        yield PlanWarning(
            f"libvirt {request.libvirt} cannot go back to an external snapshot: 9.9 is the first that can",
            "libvirt NEWS 9.9.0",
        )
        return
    for one in disks:
        if one.coverage in _LEFT_OUT and _has_image(one.disk):
            yield PlanWarning(
                f"{one.disk.name} is left out, yet going back puts an overlay on it too, and going back once "
                "more loses what was written to it since",
                "measured: the QEMU driver of libvirt 11.3",
                one.disk.index,
            )


def _has_image(disk: Disk) -> bool:
    return bool(disk.source) and disk.source_kind in ("file", "block")


def _of_mixing(request: Request, covered: set[Coverage | None]) -> Iterator[PlanWarning]:
    for standing, other in ((Standing.INTERNAL, Coverage.EXTERNAL), (Standing.EXTERNAL, Coverage.INTERNAL)):
        if standing in request.has and other in covered:
            yield PlanWarning(
                f"the machine has {standing} snapshots: deleting {other} ones beside them crashed libvirt's "
                "daemon (11.3), or was refused",
                "measured: the QEMU driver of libvirt 11.3",
            )
