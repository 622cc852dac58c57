"""The snapshot plan: what a snapshot will cover, disk by disk, and why, or why there will be none.

VMware's half is small. Libvirt's is loaded with the first machine of its own drivers: a VMX needs none of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.disks import Disk
from tui.rules import plan_vmware
from tui.rules.hypervisors import VMWARE, Hypervisor
from tui.rules.plan_values import (
    Coverage,
    Plan,
    PlannedDisk,
    PlanRefusal,
    PlanWarning,
    Request,
    Standing,
    Why,
    hidden_refusal,
)
from tui.rules.plan_vmware import NO_DRIVER

# ruff: noqa: PLC0415 - see above


def make_plan(request: Request) -> Plan:
    """The plan for a request; a refused one still tells what each disk would do."""
    refused = first_refusal(request)
    if request.hypervisor in VMWARE:
        return plan_vmware.plan_of(request, refused)
    from tui.rules import plan_libvirt

    return plan_libvirt.plan_of(request, refused)


def first_refusal(request: Request) -> PlanRefusal | None:
    """Why there is no such snapshot, or None: what :func:`make_plan` says of it, without the disks."""
    hidden = hidden_refusal(request.configuration)
    if hidden is not None:
        return hidden
    if request.hypervisor in VMWARE:
        return next(plan_vmware.refusals(request), None)
    from tui.rules import plan_libvirt

    return next(plan_libvirt.refusals(request), None)


def covered_by(request: Request) -> tuple[int, ...]:
    """The indexes of the disks that such a snapshot can give back: what :func:`make_plan` says, in brief."""
    if request.hypervisor in VMWARE:
        return plan_vmware.covered_by(request)
    from tui.rules import plan_libvirt

    return plan_libvirt.covered_by(request)


def disk_named(hypervisor: Hypervisor, disks: Sequence[Disk], name: str) -> Disk | None:
    """The disk a name in a ``<domainsnapshot>`` means."""
    if hypervisor in VMWARE:
        return plan_vmware.disk_meant(disks, name)
    from tui.rules import plan_align

    return plan_align.disk_named(disks, name)


__all__ = [
    "NO_DRIVER",
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
