"""A ``.vmsd``: VMware's record of a VM's snapshots, in VMX syntax.

It is not emptied when snapshots go, so ``snapshot.numSnapshots`` alone tells how many there are; a file of no
bytes is a VM that never had one.
"""

from __future__ import annotations

import re

from tui.disks import Snapshots
from tui.formats.errors import FormatError
from tui.formats.vmx_syntax import VmxText

_COUNT = "snapshot.numsnapshots"
_UID = re.compile(r"snapshot(\d{1,9})\.uid", re.ASCII)


def read_vmsd(data: bytes) -> Snapshots:
    """How many snapshots there are, and what the current one covers.

    Raises FormatError where the bytes are no such record, or do not say how many there are.
    """
    if not data.strip():
        return Snapshots(0)
    if b"\0" in data:
        raise FormatError("it is no text file", "it may be damaged")
    text = VmxText(data)
    count = _count_in(text)
    if count == 0:
        return Snapshots(0)
    place = _current_place(text, count)
    if place is None:
        return Snapshots(count)
    name = text.get(f"snapshot{place}.displayName") or f"snapshot {place + 1}"
    return Snapshots(count, name, _nodes_in(text, place))


def _count_in(text: VmxText) -> int:
    word = text.get(_COUNT)
    if word is None:
        if any(key.startswith("snapshot") for key in text.values):
            raise FormatError("it does not say how many snapshots there are", "it may be damaged")
        if not text.values:
            raise FormatError("it holds no key", "it may be damaged")
        return 0
    if not (word.isascii() and word.isdigit() and len(word) < 10):
        raise FormatError(f'its number of snapshots is "{word[:20]}"', "it may be damaged")
    return int(word)


def _current_place(text: VmxText, count: int) -> int | None:
    """The number of the current snapshot in the file's list, found by its ``uid``."""
    current = text.get("snapshot.current")
    for key in text.values if current else ():
        match = _UID.fullmatch(key)
        if match and int(match[1]) < count and text.get(key) == current:
            return int(match[1])
    return None


def _nodes_in(text: VmxText, place: int) -> frozenset[str]:
    node = re.compile(rf"snapshot{place}\.disk\d{{1,9}}\.node", re.ASCII)
    return frozenset((text.get(key) or "").lower() for key in text.values if node.fullmatch(key))
