"""The JSON of ``diskmode show --json``, schema ``diskmode.show/1``.

Keys are only ever added; what changes the meaning of one gets a new schema. Everything is in ASCII, so a
terminal cannot be commanded by it.
"""

from __future__ import annotations

from typing import Any

from tui.disks import Disk
from tui.machine import Machine
from tui.rules import Finding

SCHEMA = "diskmode.show/1"


def report_of(machine: Machine, file: str, read_only: str | None) -> dict[str, Any]:
    """The whole report."""
    configuration = machine.configuration
    return {
        "schema": SCHEMA,
        "file": file,
        "format": configuration.format.value,
        "name": configuration.name,
        "hypervisor": machine.hypervisor.value,
        "readonly": read_only,
        "disks": [_disk(machine, disk) for disk in machine.disks],
        "findings": [finding_report(machine, finding) for finding in machine.findings],
    }


def _disk(machine: Machine, disk: Disk) -> dict[str, Any]:
    reason = machine.locked(disk.index)
    return {
        "address": disk.address,
        "target": disk.target or None,
        "device": disk.device.value,
        "bus": disk.bus,
        "source": disk.source or None,
        "mode": mode_word(disk),
        "preset": disk.preset and disk.preset.value,
        "participates": disk.policy.snapshot,
        "persistent": disk.policy.persistent,
        "editable": reason is None,
        "reason": reason,
    }


def mode_word(disk: Disk) -> str | None:
    """VMX's word; an unknown one as the file has it; None for drives and for what VMX has no word for."""
    if not disk.is_disk:
        return None
    return disk.mode_word if disk.mode is None else disk.mode.value


def name_of(disk: Disk) -> str | None:
    """What a DISK argument would call it."""
    return disk.address or disk.target or None


def finding_report(machine: Machine, finding: Finding) -> dict[str, Any]:
    """One finding; its disk by the name a DISK argument takes."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "disk": None if finding.disk is None else name_of(machine.disks[finding.disk]),
        "message": finding.message,
        "advice": finding.advice,
        "source": finding.source,
    }
