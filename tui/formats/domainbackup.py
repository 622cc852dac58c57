"""A ``<domainbackup>`` and a ``<domaincheckpoint>``, as backup-begin and checkpoint-create read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.formats.snapshot_source import escaped


class BackupDisk(NamedTuple):
    """One disk to be copied: its target's name, and the absolute path of the file it goes to.

    ``whole``: it is copied whole also in an incremental backup, as it can be in no checkpoint.

    A listed disk must say its file: libvirt names one only where no disk is listed (measured with 9.0: QEMU
    refuses a file without a name, and the schema a disk without a type).
    """

    name: str
    file: str
    whole: bool = False


def domainbackup(
    disks: Sequence[BackupDisk], incremental: str | None = None, left_out: Sequence[str] = ()
) -> bytes:
    """A push backup of these disks and of no other, since a checkpoint or whole.

    Where it is of none, the targets left out are told, as libvirt's schema wants a disk.
    """
    lines = [b"<domainbackup mode='push'>"]
    if incremental is not None:
        lines.append(b"  <incremental>" + escaped(incremental) + b"</incremental>")
    lines.append(b"  <disks>")
    for disk in disks:
        mode = b" backupmode='full'" if disk.whole and incremental is not None else b""
        start = b"    <disk name='" + escaped(disk.name) + b"' backup='yes' type='file'" + mode + b">"
        lines += [start, b"      <target file='" + escaped(disk.file) + b"'/>", b"    </disk>"]
    if not disks:
        lines += [b"    <disk name='" + escaped(one) + b"' backup='no'/>" for one in left_out]
    return b"\n".join([*lines, b"  </disks>", b"</domainbackup>", b""])


def domaincheckpoint(disks: Sequence[str], name: str | None = None, left_out: Sequence[str] = ()) -> bytes:
    """A checkpoint of these disks, by their targets' names, and of no other; of none as a backup of none."""
    lines = [b"<domaincheckpoint>"]
    if name is not None:
        lines.append(b"  <name>" + escaped(name) + b"</name>")
    lines.append(b"  <disks>")
    lines += [b"    <disk name='" + escaped(disk) + b"' checkpoint='bitmap'/>" for disk in disks]
    if not disks:
        lines += [b"    <disk name='" + escaped(one) + b"' checkpoint='no'/>" for one in left_out]
    return b"\n".join([*lines, b"  </disks>", b"</domaincheckpoint>", b""])
