"""What stands on the machine's host already, and is in the way of what is planned there.

The words are those of libvirt 9.0 (measured); only libvirt tells snapshots apart by their names.
"""

from __future__ import annotations

from collections.abc import Collection

from tui.disks import HostFacts
from tui.rules.plan_values import PlanRefusal


def is_taken(host: HostFacts, names: Collection[str] | None, name: str | None) -> bool:
    """Whether a libvirt host has one of this name already."""
    return host.uri is not None and bool(name) and name in (names or ())


def name_taken(name: str) -> PlanRefusal:
    """A second snapshot or checkpoint of one name."""
    return PlanRefusal(f"domain moment {name} already exists", "give another --name")


def no_checkpoint(name: str, target: str, known: Collection[str]) -> PlanRefusal:
    """A backup of what changed since a checkpoint that there is not."""
    there = f"the host has {', '.join(known)}" if known else "the host has none"
    return PlanRefusal(f"Checkpoint '{name}' for incremental backup of disk '{target}' not found", there)
