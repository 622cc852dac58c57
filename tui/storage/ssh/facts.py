"""What an ESXi host says of its VMs, made into values."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tui.counting import whole_number
from tui.disks import HostFacts, Power
from tui.storage.ssh.garbled import GarbledError

# A description of several lines goes on without the dashes.
_SNAPSHOT_NAME = re.compile(r"--+Snapshot Name\s*:\s*(.*)")
_POWER = {"powered on": Power.RUNNING, "powered off": Power.OFF, "suspended": Power.SUSPENDED}


def vm_facts(fields: Sequence[str] | None, host: str) -> HostFacts | None:
    """What vim-cmd said of one VM (None: it was silent for too long); what is not understood is not known.

    A ? stands for the ids of several VMs that the file may be of. Raises GarbledError.
    """
    if not fields:
        return HostFacts(host) if fields is None else None
    if fields[0] == "?":
        return HostFacts(host)
    number = whole_number(fields[0])
    if len(fields) != 3 or number is None or not all(one.startswith("=") for one in fields[1:]):
        raise GarbledError("a VM's id, power state and snapshots were asked for")
    lines = [line.strip() for line in fields[1][1:].splitlines() if line.strip()]
    power = _POWER.get(lines[-1].lower()) if lines else None
    return HostFacts(host, fields[0], power, _snapshots(fields[2][1:]))


def _snapshots(printed: str) -> tuple[str, ...] | None:
    """The names in what ``vim-cmd vmsvc/snapshot.get`` prints: a tree of lines that begin with dashes."""
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    if not lines or not lines[0].startswith("Get Snapshot"):
        return None
    return tuple([named[1] for line in lines if (named := _SNAPSHOT_NAME.match(line))][:1000])
