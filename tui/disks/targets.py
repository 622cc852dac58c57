"""A target for every disk, no two alike: libvirt defines no domain in which two disks share one.

Source: libvirt's virDomainDefCheckDuplicateDiskInfo ("target 'sda' duplicated for disk sources").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import count

from tui.disks.disk import Disk, UnitAddress, letters, target_name
from tui.disks.value import replaced

# What libvirt counts on one controller when it makes up an address from a target's name.
_LIBVIRT_SATA_UNITS = 6
_TARGET = r"(?:sd|hd|fd)([a-z]{1,3})[0-9]{0,4}"


def target_index(target: str) -> int | None:
    """The disk a target counts, from 0: ``sda`` is 0, ``sdaa`` 26; None where it is no such name."""
    match = re.fullmatch(_TARGET, target)
    if match is None:
        return None
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - ord("a") + 1
    return number - 1


def made_up(address: UnitAddress, target: str) -> bool:
    """Whether libvirt made the address up from the target's name, six to a controller."""
    index = target_index(target)
    return index is not None and divmod(index, _LIBVIRT_SATA_UNITS) == (address.controller, address.unit)


def _any_name(_number: int, _name: str) -> bool:
    return True


def _names_apart(names: Sequence[str], fits: Callable[[int, str], bool]) -> list[str]:
    """Each name, or the next free one of its kind where another has that.

    ``fits`` says whether a new name may be given to the one at a place in the list.
    """
    own = set(names)
    given: list[str] = []
    taken: set[str] = set()
    lowest: dict[str, int] = {}  # by the kind of name: below it none is free, nor will one be
    for place, one in enumerate(names):
        name = one
        if name in taken:
            kind = name[:2]
            number = lowest.get(kind, 0)
            while (name := kind + letters(number)) in taken or name in own:
                number += 1
            lowest[kind] = number
            others = (kind + letters(further) for further in count(number))
            name = next(new for new in others if new not in taken and new not in own and fits(place, new))
        given.append(name)
        taken.add(name)
    return given


def unique_targets(disks: Iterable[Disk], fits: Callable[[Disk, str], bool] | None = None) -> dict[int, str]:
    """The target of each disk by ``Disk.index``: its own, or the next free name where another has that.

    ``fits`` says whether a new name may be given to a disk (None: any).
    """
    disks = tuple(disks)
    may = _any_name if fits is None else lambda number, name: fits(disks[number], name)
    given = _names_apart([disk.target for disk in disks], may)
    return {disk.index: name for disk, name in zip(disks, given, strict=True)}


@lru_cache(maxsize=256)
def targets_at(places: tuple[UnitAddress, ...]) -> tuple[str, ...]:
    """The targets of a VMX's disks at these places, no two alike; a VMX names none.

    libvirt's VMX driver counts SCSI and SATA disks apart, so two may be called ``sda`` by their places: the
    later one gets the name that a conversion writes. The machines of a fleet have few such rows of places.
    """
    names = [target_name(place) for place in places]
    if len(set(names)) == len(names):
        return tuple(names)
    return tuple(_names_apart(names, lambda number, name: _reads_back(places[number], name)))


def named_apart(disks: Sequence[Disk]) -> list[Disk]:
    """The disks of a VMX, or of an export of one, each with the target of :func:`targets_at`.

    A disk that has its target already stays the same object, and so does one that has no place.
    """
    places = tuple([disk.place for disk in disks if disk.place is not None])
    targets = iter(targets_at(places))
    return [disk if disk.place is None else with_target(disk, next(targets)) for disk in disks]


def with_target(disk: Disk, target: str) -> Disk:
    """The disk with this target; the same object where it has it."""
    return disk if disk.target == target else replaced(disk, target=target)


def reads_back(disk: Disk, name: str) -> bool:
    """Whether the address of a disk so named is not taken for one libvirt made up from the name."""
    return disk.place is None or _reads_back(disk.place, name)


def _reads_back(place: UnitAddress, name: str) -> bool:
    return place.bus != "sata" or not made_up(place, name)
