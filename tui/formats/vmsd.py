"""A ``.vmsd``: VMware's record of a VM's snapshots, in VMX syntax.

It is not emptied when snapshots go, so ``snapshot.numSnapshots`` alone tells how many there are; a file of no
bytes is a VM that never had one.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tui.counting import whole_number
from tui.disks import Snapshots
from tui.formats.errors import FormatError
from tui.formats.vmx_syntax import VmxText

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"-?\d{1,10}", re.ASCII)
# VMware allows 496 snapshots of a VM; times behind more are not looked for.
_MOST = 1000
_COUNT = "snapshot.numsnapshots"
# ESXi's own note that a removal left deltas behind.
_LEFT = "snapshot.needConsolidate"
_LISTED = re.compile(r"snapshot\d{1,9}\.", re.ASCII)
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
    count, left = _count_in(text), text.flag(_LEFT)
    if count == 0:
        return Snapshots(0, consolidation=left)
    place, (newest, taken) = _current_place(text, count), _newest(text, count)
    found = Snapshots(
        count,
        newest=_name_of(text, newest),
        taken=taken,
        consolidation=left,
        names=_names(text, count),
        clones=_clones(text, count),
    )
    if place is None:
        return found
    return replace(found, current=_name_of(text, place), nodes=_nodes_in(text, place))


def _names(text: VmxText, count: int) -> tuple[str, ...]:
    keys = (f"snapshot{place}.displayName" for place in range(min(count, _MOST)))
    return tuple([name for key in keys if (name := text.get(key))])


def _clones(text: VmxText, count: int) -> int:
    """Workstation and Fusion note the linked clones of each snapshot."""
    words = [text.get(f"snapshot{place}.numClones") or "" for place in range(min(count, _MOST))]
    return sum(whole_number(word, 4) or 0 for word in words)


def _name_of(text: VmxText, place: int) -> str:
    return text.get(f"snapshot{place}.displayName") or f"snapshot {place + 1}"


def _newest(text: VmxText, count: int) -> tuple[int, datetime | None]:
    """The place of the snapshot taken last, and when; the last one listed where the record tells no times.

    ``createTimeHigh`` and ``createTimeLow`` are the halves of microseconds since 1970, the low one signed.
    """
    taken = [(at, place) for place in range(min(count, _MOST)) if (at := _taken(text, place)) is not None]
    if not taken:
        return count - 1, None
    at, place = max(taken)
    return place, at


def _taken(text: VmxText, place: int) -> datetime | None:
    """When a snapshot was taken; no VM had one in 1970, so zeros are a time that was not kept."""
    halves = [text.get(f"snapshot{place}.createTime{half}") or "" for half in ("High", "Low")]
    if not all(_NUMBER.fullmatch(half) for half in halves):
        return None
    high, low = (int(half) & 0xFFFFFFFF for half in halves)
    if not high:
        return None
    try:
        return _EPOCH + timedelta(microseconds=(high << 32) + low)
    except OverflowError:
        return None


def _count_in(text: VmxText) -> int:
    word = text.get(_COUNT)
    if word is None:
        if any(map(_LISTED.match, text.values)):
            raise FormatError("it does not say how many snapshots there are", "it may be damaged")
        if not text.values:
            raise FormatError("it holds no key", "it may be damaged")
        return 0
    count = whole_number(word)
    if count is None:
        raise FormatError(f'its number of snapshots is "{word[:20]}"', "it may be damaged")
    return count


def _current_place(text: VmxText, count: int) -> int | None:
    """The number of the current snapshot in the file's list, found by its ``uid``."""
    current = text.get("snapshot.current")
    for key in text.values if current else ():
        match = _UID.fullmatch(key)
        if match and int(match[1]) < count and text.get(key) == current:
            return int(match[1])
    return None


def _nodes_in(text: VmxText, place: int) -> frozenset[str] | None:
    """The disks a snapshot covers: as many as it says there are, for more may be left of an older one.

    None where it does not tell: neither how many nor any, or fewer than it says.
    """
    node = re.compile(rf"snapshot{place}\.disk(\d{{1,9}})\.node", re.ASCII)
    found = {int(match[1]): text.get(key) or "" for key in text.values if (match := node.fullmatch(key))}
    word = text.get(f"snapshot{place}.numDisks")
    if word is not None and _NUMBER.fullmatch(word):
        count = int(word)
        found = {number: name for number, name in found.items() if number < count}
        if len(found) < count:
            return None
    elif not found:
        return None
    return frozenset(name.lower() for name in found.values())
