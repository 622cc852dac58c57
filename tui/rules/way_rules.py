"""The rule on an edit that takes a way of asking for a snapshot."""

from __future__ import annotations

from tui.disks import Disk
from tui.rules.hypervisors import QEMU, VMWARE
from tui.rules.rule import PolicyEdit, Rule, nowhere, warnings
from tui.rules.ways import PLAIN, ways


def _way_lost(change: PolicyEdit, disk: Disk) -> str | None:
    """Which way of asking works no longer, and which is left; told of the first disk changed."""
    if disk.index != _first_changed(change):
        return None
    before, after = ways(change.before, change.hypervisor), ways(change.after, change.hypervisor)
    pairs = zip(before, after, strict=True)
    gone = [now for was, now in pairs if was.way.kind is None and was.works and now.refused is not None]
    if not gone or gone[0].refused is None:
        return None
    call = gone[0].way.call
    states = {one.way.running for one in gone if one.way.call == call}
    state = "" if len(states) > 1 else (" while it runs" if gone[0].way.running else " while it is off")
    kind = f"a {call} snapshot" if call == PLAIN else f"a snapshot {call}"
    still = [one.way for one in after if one.works and one.covered and one.way.kind is None]
    still.sort(key=lambda way: way.running is not gone[0].way.running)
    while_off = still and not still[0].running and gone[0].way.running
    left = f"{still[0].call}{' while it is off' if while_off else ''}" if still else ""
    by_name = "" if change.hypervisor in VMWARE else " without naming the disks"
    works = f"{left} works" if left else f"no snapshot works{by_name}"
    host = change.after.sidecars.host
    later = host is not None and host.uri is not None and host.runs
    since = "from its next start on" if later else "from now on"
    return f'{kind} is refused {since}{state} ("{gone[0].refused.message}"); {works}'


def _first_changed(change: PolicyEdit) -> int | None:
    pairs = zip(change.before.disks, change.after.disks, strict=True)
    return next((now.index for was, now in pairs if was is not now and was != now), None)


RULES: tuple[Rule, ...] = (
    Rule(
        "way-lost",
        warnings(QEMU | VMWARE),
        "an edit after which a snapshot is refused that worked before",
        nowhere,
        "{detail}",
        "set it back, or ask that way",
        "this project's plan",
        forbids=_way_lost,
    ),
)
