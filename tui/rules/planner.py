"""The snapshot plan: what a snapshot will cover, disk by disk, and why, or why there will be none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from tui.disks import Disk, Preset
from tui.disks.snapshot import Memory
from tui.rules import plan_align, plan_drivers, plan_qemu, plan_traps, plan_vmware
from tui.rules.hypervisors import VMWARE, Hypervisor
from tui.rules.plan_align import SECONDS
from tui.rules.plan_values import (
    Coverage,
    Plan,
    PlannedDisk,
    PlanRefusal,
    PlanWarning,
    Request,
    Standing,
    Why,
    gives_back,
    hidden_refusal,
    undefined_refusals,
)
from tui.rules.plan_vmware import NO_DRIVER

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


def make_plan(request: Request) -> Plan:
    """The plan for a request; a refused one still tells what each disk would do."""
    if request.hypervisor in VMWARE:
        disks = tuple(plan_vmware.planned(request, disk) for disk in request.configuration.disks)
        refused = first_refusal(request)
        warnings = () if refused is not None else tuple(plan_vmware.warnings_of(request))
        return Plan(disks, plan_vmware.kept_memory(request), refused, warnings)
    disks = tuple(_planned(request, disk) for disk in request.configuration.disks)
    refused = first_refusal(request)
    trapped = refused is None and request.hypervisor is Hypervisor.QEMU
    warnings = tuple(plan_traps.warnings_of(request, disks)) if trapped else ()
    return Plan(disks, _kept_memory(request), refused, warnings)


def first_refusal(request: Request) -> PlanRefusal | None:
    """Why there is no such snapshot, or None: what :func:`make_plan` says of it, without the disks."""
    hidden = hidden_refusal(request.configuration)
    if hidden is not None:
        return hidden
    of_vmware = request.hypervisor in VMWARE
    return next(plan_vmware.refusals(request) if of_vmware else _refusals(request), None)


def covered_by(request: Request) -> tuple[int, ...]:
    """The indexes of the disks that such a snapshot can give back: what :func:`make_plan` says, in brief."""
    disks = request.configuration.disks
    if request.hypervisor in VMWARE:
        return tuple([disk.index for disk in disks if plan_vmware.planned(request, disk).covered])
    return tuple(
        [
            disk.index
            for disk, covered in plan_align.coverages(request, disks)
            if gives_back(covered, _lost(request, covered))
        ]
    )


def _lost(request: Request, covered: Coverage | None) -> str | None:
    return plan_traps.lost(request, covered) if request.hypervisor is Hypervisor.QEMU else None


def disk_named(hypervisor: Hypervisor, disks: Sequence[Disk], name: str) -> Disk | None:
    """The disk a name in a ``<domainsnapshot>`` means."""
    meant = plan_vmware.disk_meant if hypervisor in VMWARE else plan_align.disk_named
    return meant(disks, name)


def _kept_memory(request: Request) -> Memory:
    """libvirt's drivers agree; one that is not QEMU takes a memory file also while the machine is off."""
    if request.hypervisor is Hypervisor.OTHER and plan_drivers.keeps_memory_while_off(request):
        return Memory.EXTERNAL
    return plan_qemu.kept_memory(request)


def _refusals(request: Request) -> Iterator[PlanRefusal]:
    qemu = request.hypervisor is Hypervisor.QEMU
    return chain(
        undefined_refusals(request.configuration),
        () if qemu else plan_drivers.refusals_of_driver(request),
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


__all__ = [
    "NO_DRIVER",
    "SECONDS",
    "Coverage",
    "Plan",
    "PlanRefusal",
    "PlanWarning",
    "PlannedDisk",
    "Request",
    "Standing",
    "Why",
    "covered_by",
    "disk_named",
    "first_refusal",
    "make_plan",
]
