"""Machines and requests made for one test of the snapshot plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tui.disks import DEPENDENT, INDEPENDENT, Configuration, Device, Disk, Format, Policy, Preset, UnitAddress
from tui.disks.snapshot import DomainSnapshot, Listed
from tui.rules import Hypervisor
from tui.rules.planner import Plan, Request, make_plan

PRESETS = (None, *Preset)


def disk(target: str = "vda", **changes: Any) -> Disk:
    """A writable qcow2 image of its own, as a domain has it."""
    facts: dict[str, Any] = {
        "index": 0,
        "place": None,
        "target": target,
        "device": Device.DISK,
        "bus": {"v": "virtio", "s": "scsi", "h": "ide", "f": "fdc"}[target[0]],
        "source": f"/img/{target}.qcow2",
        "file_format": "qcow2",
        "policy": DEPENDENT,
    }
    return Disk(**(facts | changes))


def vmx_disk(unit: int = 0, policy: Policy = DEPENDENT, **changes: Any) -> Disk:
    """A disk as a VMX has it."""
    facts: dict[str, Any] = {
        "place": UnitAddress("scsi", 0, unit),
        "source": f"web_{unit}.vmdk",
        "file_format": None,
        "policy": policy,
        "vmx_modes": True,
    }
    return disk(f"sd{'abcdef'[unit]}", **(facts | changes))


def machine(*disks: Disk, **changes: Any) -> Configuration:
    """A machine with these disks."""
    numbered = tuple(replace(one, index=index) for index, one in enumerate(disks))
    return Configuration(Format.DOMAIN_XML, "web", numbered, domain_type="kvm", **changes)


def plan(
    *disks: Disk,
    hypervisor: Hypervisor = Hypervisor.OTHER,
    listed: tuple[Listed, ...] = (),
    name: str | None = "s1",
    memory: str | None = None,
    memory_file: str | None = None,
    disk_only: bool = False,
    running: bool = False,
    configuration: Configuration | None = None,
) -> Plan:
    """The plan for a snapshot of a machine with these disks."""
    return make_plan(
        Request(
            configuration or machine(*disks),
            hypervisor,
            DomainSnapshot(name, memory, memory_file, listed),
            disk_only=disk_only,
            running=running,
        )
    )


def said(made: Plan, place: int = 0) -> str:
    """What the plan does with a disk, or the message of the refusal."""
    return made.refused.message if made.refused else str(made.disks[place].coverage)


__all__ = ["INDEPENDENT", "PRESETS", "disk", "machine", "plan", "said", "vmx_disk"]
