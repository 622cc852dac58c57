"""A target for every disk, no two alike: libvirt defines no domain in which two disks share one.

Source: libvirt's virDomainDefCheckDuplicateDiskInfo ("target 'sda' duplicated for disk sources").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import count

from tui.disks.disk import Disk, Place, letters, target_name

# What libvirt counts on one controller when it makes up an address from a target's name.
_LIBVIRT_SATA_UNITS = 6
_TARGET = re.compile(r"(?:sd|hd|fd)([a-z]{1,3})\d{0,4}", re.ASCII)


def target_index(target: str) -> int | None:
    """The disk a target counts, from 0: ``sda`` is 0, ``sdaa`` 26; None where it is no such name."""
    match = _TARGET.fullmatch(target)
    if match is None:
        return None
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - ord("a") + 1
    return number - 1


def made_up(address: Place, target: str) -> bool:
    """Whether libvirt made the address up from the target's name, six to a controller."""
    index = target_index(target)
    return index is not None and divmod(index, _LIBVIRT_SATA_UNITS) == (address.controller, address.unit)


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
    lowest: dict[str, int] = {}  # by the kind of name: below it none is free, nor will one be
    for disk in disks:
        name = disk.target
        if name in taken:
            kind = name[:2]
            number = lowest.get(kind, 0)
            while (name := kind + letters(number)) in taken or name in own:
                number += 1
            lowest[kind] = number
            others = (kind + letters(further) for further in count(number))
            name = next(one for one in others if one not in taken and one not in own and fits(disk, one))
        given[disk.index] = name
        taken.add(name)
    return given


def named_apart(disks: Sequence[Disk]) -> list[Disk]:
    """The disks of a VMX, which names no targets, each with one of its own: the one a conversion writes.

    libvirt's VMX driver counts SCSI and SATA disks apart, so two may be called ``sda`` by their places.
    A disk that has its target already stays the same object.
    """
    names = [target_name(disk.place) for disk in disks if disk.place is not None]
    if len(set(names)) == len(names):
        return list(disks)
    placed = [replace(disk, target=target_name(disk.place)) for disk in disks if disk.place is not None]
    given = unique_targets(placed, reads_back)
    return [
        replace(disk, target=name) if (name := given.get(disk.index, disk.target)) != disk.target else disk
        for disk in disks
    ]


def reads_back(disk: Disk, name: str) -> bool:
    """Whether the address of a disk so named is not taken for one libvirt made up from the name."""
    return disk.place is None or disk.bus != "sata" or not made_up(disk.place, name)
