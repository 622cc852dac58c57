"""A ``<domainbackup>`` and a ``<domaincheckpoint>``, as backup-begin and checkpoint-create read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.formats.snapshot_source import escaped


class BackupDisk(NamedTuple):
    """One disk to be copied: its target's name, the file it goes to (None: libvirt names it)."""

    name: str
    file: str | None = None


def domainbackup(disks: Sequence[BackupDisk], incremental: str | None = None) -> bytes:
    """A push backup of these disks and of no other, since a checkpoint or whole."""
    lines = [b"<domainbackup mode='push'>"]
    if incremental is not None:
        lines.append(b"  <incremental>" + escaped(incremental) + b"</incremental>")
    lines.append(b"  <disks>")
    for disk in disks:
        start = b"    <disk name='" + escaped(disk.name) + b"' backup='yes' type='file'"
        if disk.file is None:
            lines.append(start + b"/>")
        else:
            target = b"      <target file='" + escaped(disk.file) + b"'/>"
            lines += [start + b">", target, b"    </disk>"]
    return b"\n".join([*lines, b"  </disks>", b"</domainbackup>", b""])


def domaincheckpoint(disks: Sequence[str], name: str | None = None) -> bytes:
    """A checkpoint of these disks, by their targets' names, and of no other."""
    lines = [b"<domaincheckpoint>"]
    if name is not None:
        lines.append(b"  <name>" + escaped(name) + b"</name>")
    lines.append(b"  <disks>")
    lines += [b"    <disk name='" + escaped(disk) + b"' checkpoint='bitmap'/>" for disk in disks]
    return b"\n".join([*lines, b"  </disks>", b"</domaincheckpoint>", b""])
