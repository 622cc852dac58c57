"""A target for every disk, no two alike: libvirt defines no domain in which two disks share one.

Source: libvirt's virDomainDefCheckDuplicateDiskInfo ("target 'sda' duplicated for disk sources").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count

from tui.disks import Disk, letters


def _any_name(_disk: Disk, _name: str) -> bool:
    return True


def unique_targets(disks: Iterable[Disk], fits: Callable[[Disk, str], bool] = _any_name) -> dict[int, str]:
    """The target of each disk by ``Disk.index``: its own, or the next free name where another has that.

    ``fits`` says whether a new name may be given to a disk.
    """
    disks = tuple(disks)
    own = {disk.target for disk in disks}
    if len(own) == len(disks):
        return {disk.index: disk.target for disk in disks}
    given: dict[int, str] = {}
    taken: set[str] = set()
    for disk in disks:
        name = disk.target
        if name in taken:
            free = (name[:2] + letters(number) for number in count())
            name = next(name for name in free if name not in taken | own and fits(disk, name))
        given[disk.index] = name
        taken.add(name)
    return given
