"""The JSON of ``diskmode show --json``, schema ``diskmode.show/1``.

Keys are only ever added; what changes the meaning of one gets a new schema. Everything is in ASCII, so a
terminal cannot be commanded by it.
"""

from __future__ import annotations

import json
from typing import Any

from tui.cli.policy_options import name_of
from tui.cli.ways_text import report_of as ways_report
from tui.disks import Disk, HostFacts
from tui.machine import Machine
from tui.reports.values import chain_values, snapshot_values
from tui.rules import Finding

SCHEMA = "diskmode.show/1"


def json_of(machine: Machine, file: str, read_only: str | None) -> str:
    """The whole report as text."""
    return json.dumps(report_of(machine, file, read_only), indent=2)


def report_of(machine: Machine, file: str, read_only: str | None) -> dict[str, Any]:
    """A machine as ``show --json`` prints it."""
    configuration = machine.configuration
    return {
        "schema": SCHEMA,
        "file": file,
        "format": configuration.format.value,
        "name": configuration.name,
        "hypervisor": machine.hypervisor.value,
        "readonly": read_only,
        "snapshots": snapshot_values(configuration.sidecars.snapshots),
        "locked": configuration.sidecars.lock,
        "disks": [_disk(machine, disk) for disk in machine.disks],
        "findings": [finding_report(machine, finding) for finding in machine.findings],
        "libvirt": str(machine.libvirt),
        "ways": ways_report(machine.ways),
        "host": host_values(configuration.sidecars.host),
        "hypervisor_reason": machine.judged_by,
        "until_next_start": [
            _policy(disk) for disk in (*machine.pending_as_running, *machine.unplugged_later)
        ],
        "from_next_start": [disk.target for disk in machine.plugged_later],
    }


def host_values(host: HostFacts | None) -> dict[str, Any] | None:
    """What the machine's host itself says of it; None where no host is asked."""
    if host is None:
        return None
    return {
        "name": host.host,
        "vm": host.vm,
        "power": host.power and host.power.value,
        "snapshots": None if host.snapshots is None else list(host.snapshots),
        "checkpoints": None if host.checkpoints is None else list(host.checkpoints),
        "libvirt": host.libvirt and str(host.libvirt),
    }


def _policy(disk: Disk) -> dict[str, Any]:
    """What a disk does now, where its machine runs with another policy than it starts with next."""
    return {
        "target": disk.target,
        "mode": disk.shown_mode,
        "preset": disk.preset and disk.preset.value,
        "participates": disk.policy.snapshot,
        "persistent": disk.policy.persistent,
    }


def _disk(machine: Machine, disk: Disk) -> dict[str, Any]:
    reason = machine.locked(disk.index)
    return {
        "address": disk.address,
        "target": disk.target or None,
        "device": disk.device.value,
        "bus": disk.bus,
        "source": disk.source or None,
        "mode": disk.shown_mode,
        "preset": disk.preset and disk.preset.value,
        "participates": machine.configuration.participation_of(disk).covered,
        "persistent": disk.policy.persistent,
        "chain": chain_values(machine.configuration, disk),
        "editable": reason is None,
        "reason": reason,
    }


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
