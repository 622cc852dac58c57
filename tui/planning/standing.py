"""What stands on the machine's host already, and is in the way of what is planned there.

The words are those of libvirt 9.0 (measured); only libvirt tells snapshots apart by their names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tui.disks import HostFacts
from tui.rules.plan_values import PlanRefusal, PlanWarning
from tui.storage import Source, UnreadableError

_MEASURED = "measured: the QEMU driver of libvirt 9.0"


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


# Files. libvirt asks only whether one of some bytes is there; an empty one is taken.


def files_there(host: HostFacts | None, files: Iterable[str], source: Source) -> frozenset[str]:
    """Which of these files lie on a libvirt host already and hold something; none of what cannot be read."""
    if host is None or host.uri is None:
        return frozenset()
    return frozenset(file for file in files if file.startswith("/") and _holds_something(source, file))


def _holds_something(source: Source, file: str) -> bool:
    try:
        return bool(source.read_head(file, 1))
    except UnreadableError:
        return False


def overlay_there(target: str, file: str) -> PlanRefusal:
    """An overlay would be written over a file."""
    message = f"external snapshot file for disk {target} already exists and is not a block device: {file}"
    return PlanRefusal(message, "that file is not written over: move it away if nothing needs it")


def copy_there(target: str, file: str) -> PlanRefusal:
    """A backup would be written over a file."""
    return PlanRefusal(
        f"store '{file}' for backup of '{target}' exists",
        "an older backup is not written over: move it away, or give another --name",
    )


def resumes_below(file: str) -> PlanWarning:
    """A machine whose state is saved resumes with the disks it had, whatever is configured since."""
    return PlanWarning(
        f"its state is saved: it resumes writing into what {file} builds on, which spoils that file: "
        "start it first, or drop the state (virsh managedsave-remove)",
        _MEASURED,
    )


def memory_there(file: str) -> PlanWarning:
    """libvirt writes memory over any file, also over the memory of another snapshot."""
    return PlanWarning(
        f"{file} is there, and a snapshot may keep its memory in it: libvirt writes over it without a word: "
        "give another --memory-file, or another --name",
        _MEASURED,
    )
