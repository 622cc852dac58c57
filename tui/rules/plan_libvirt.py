"""What a snapshot by libvirt's drivers will cover, disk by disk, and why, or why there will be none.

Asked through :mod:`tui.rules.planner`, which loads it with the first machine of libvirt's own drivers.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from tui.disks import Disk, Preset
from tui.disks.snapshot import Memory
from tui.rules import plan_align, plan_drivers, plan_qemu, plan_traps
from tui.rules.hypervisors import Hypervisor
from tui.rules.plan_values import (
    Coverage,
    Plan,
    PlannedDisk,
    PlanRefusal,
    Request,
    Why,
    gives_back,
    undefined_refusals,
)

_WHERE = {
    Coverage.NO: "it is left out",
    Coverage.INTERNAL: "inside its own qcow2 file",
    Coverage.EXTERNAL: "its later writes go to an overlay",
    Coverage.MANUAL: "libvirt pauses the VM, and something else takes it",
}
_REASONS = {
    Why.PRESET: "The domain's preset says {word}: {where}.",
    Why.OVERRIDE: "This snapshot says {word}: {where}.",
    Why.DEFAULT: "No preset, so yes, {word}, as {how} does: {where}.",
    Why.LISTED: "Listed without a word, so {word}, as {how} does: {where}.",
    Why.READ_ONLY: "A read-only disk without a preset: {where}.",
    Why.EMPTY: "An empty drive: {where}.",
    Why.VHOST: "A vhost-user disk without a preset: {where}.",
    Why.REFUSED: "libvirt does not allow the override {asked} for {name}.",
}


def plan_of(request: Request, refused: PlanRefusal | None) -> Plan:
    """Each disk, the memory and what is warned of, beside what is known to refuse it."""
    disks = tuple(_planned(request, disk) for disk in request.configuration.disks)
    trapped = refused is None and request.hypervisor is Hypervisor.QEMU
    warnings = tuple(plan_traps.warnings_of(request, disks)) if trapped else ()
    return Plan(disks, _kept_memory(request), refused, warnings)


def covered_by(request: Request) -> tuple[int, ...]:
    """The indexes of the disks that such a snapshot can give back."""
    return tuple(
        [
            disk.index
            for disk, covered in plan_align.coverages(request, request.configuration.disks)
            if gives_back(covered, _lost(request, covered))
        ]
    )


def _lost(request: Request, covered: Coverage | None) -> str | None:
    return plan_traps.lost(request, covered) if request.hypervisor is Hypervisor.QEMU else None


def _kept_memory(request: Request) -> Memory:
    """libvirt's drivers agree; one that is not QEMU takes a memory file also while the machine is off."""
    if request.hypervisor is Hypervisor.OTHER and plan_drivers.keeps_memory_while_off(request):
        return Memory.EXTERNAL
    return plan_qemu.kept_memory(request)


def refusals(request: Request) -> Iterator[PlanRefusal]:
    """What is refused, in libvirt's order."""
    qemu = request.hypervisor is Hypervisor.QEMU
    return chain(
        undefined_refusals(request.configuration),
        plan_qemu.refusals_before_reading(request) if qemu else plan_drivers.refusals_of_driver(request),
        plan_align.refusals_in_reading(request),
        plan_qemu.refusals_before_aligning(request) if qemu else plan_drivers.refusals_of_words(request),
        plan_align.refusals_in_aligning(request),
        plan_qemu.refusals_in_preparing(request) if qemu else (),
    )


def _planned(request: Request, disk: Disk) -> PlannedDisk:
    entry = plan_align.entry_of(request, disk)
    covered = plan_align.coverage_of(request, disk)
    why = _why(request, disk, covered)
    preset = plan_align.preset_of(disk) if disk.vmx_modes else disk.preset
    return PlannedDisk(
        disk,
        preset=None if preset is None else preset.value,
        override=None if entry is None else entry.word_in_effect,
        coverage=covered,
        file=_file_of(request, disk, covered),
        why=why,
        reason=_REASONS[why].format(
            word=covered,
            where="" if covered is None else _WHERE[covered],
            how=_how(request),
            asked=None if entry is None else entry.word_in_effect,
            name=disk.target or disk.name,
        ),
        lost=_lost(request, covered),
    )


def _file_of(request: Request, disk: Disk, covered: Coverage | None) -> str:
    if covered is Coverage.EXTERNAL:
        return plan_align.overlay_of(request, disk)
    return disk.source if covered is Coverage.INTERNAL else ""


def _how(request: Request) -> str:
    if request.default is Preset.INTERNAL:
        return "a plain snapshot"
    return "--disk-only" if request.disk_only else "one with its memory in a file"


def _why(request: Request, disk: Disk, covered: Coverage | None) -> Why:
    entry = plan_align.entry_of(request, disk)
    if covered is None:
        return Why.REFUSED
    if entry is not None and entry.word_in_effect is not None:
        return Why.OVERRIDE
    if entry is None and disk.empty:
        return Why.EMPTY
    preset = plan_align.preset_of(disk)
    if preset is None or covered.value != preset.value:
        return Why.DEFAULT if entry is None else Why.LISTED
    return Why.PRESET if disk.preset is not None or disk.vmx_modes else _why_silent(disk)


def _why_silent(disk: Disk) -> Why:
    return Why.VHOST if disk.source_kind == "vhostuser" else Why.READ_ONLY
