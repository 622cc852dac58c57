"""The images of a machine's disks: what their first bytes tell, which are absent, and what they build on."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import NamedTuple

from tui.beside.folders import Folders, first_there
from tui.disks import Chain, Disk, Image, Remark
from tui.formats.disk_image import read_image
from tui.storage import MissingError, Source, UnreadableError

# ESXi takes 256 disks on SCSI and as many on NVMe; a file that names more is not followed further.
_MOST_IMAGES = 1024


class FoundImages(NamedTuple):
    """What the images told, by the index of their disk.

    ``absent`` are the sources of disks whose file is not there, ``elsewhere`` the files, from the machine's
    own folder on, that were found in another one, or by another name of it.
    """

    images: dict[int, Image]
    chains: dict[int, Chain]
    absent: dict[int, str]
    unknown: list[Remark]
    elsewhere: dict[int, str]


def look_at_images(disks: Sequence[Disk], folders: Folders, source: Source) -> FoundImages:
    """What the disks' images tell. Reads there, and waits for it; never raises."""
    found = FoundImages({}, {}, {}, [], {})
    pictured = with_image(disks)[:_MOST_IMAGES]
    source.expect(place for disk in pictured for place in folders.places_of(disk.source))
    for disk in pictured:
        places = folders.places_of(disk.source)
        if not places:
            continue
        try:
            place, head = first_there(places, source)
            image = read_image(head)
        except MissingError:
            found.absent[disk.index] = disk.source
            continue
        except UnreadableError as error:
            found.unknown.append(Remark(f"{disk.source}: {error.what}", disk=disk.index))
            continue
        is_searched = len(places) > 1 and place not in folders.own_place_of(disk.source)
        if is_searched or "/" in disk.source:
            found.elsewhere.update(_elsewhere(disk.index, place, folders, source, is_searched=is_searched))
        if image is not None:
            found.images[disk.index] = image
            if image.parent_hint:
                from tui.beside.parents import chain_of  # noqa: PLC0415 - most images build on nothing

                found.chains[disk.index] = chain_of((disk.source, place), image, folders, source)
        if image is None or image.create_type is None:
            found.unknown.append(Remark(f"{disk.source}: it holds no VMDK descriptor", disk=disk.index))
    return found


def _elsewhere(
    index: int, place: str, folders: Folders, source: Source, *, is_searched: bool
) -> dict[int, str]:
    """Where a disk's file is, if its name does not say so: one of another host by its folder's one name."""
    if source.address(place) != place:
        folder, name = posixpath.split(posixpath.normpath(place))
        return {index: posixpath.join(source.real_folder(folder), name)}
    return {index: posixpath.relpath(place, folders.own or ".")} if is_searched else {}


def with_image(disks: Sequence[Disk]) -> list[Disk]:
    """Those of the disks that keep what is written to them in a file."""
    return [disk for disk in disks if disk.is_disk and disk.source and disk.source_kind == "file"]
