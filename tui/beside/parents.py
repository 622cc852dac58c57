"""What a disk's image builds on: each image's parent, as far down as they can be read."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Sequence

from tui.beside.folders import Folders, first_there, is_reached, is_same_folder, last_part
from tui.disks import Chain, Image
from tui.formats.disk_image import read_image
from tui.image_paths import as_here, is_image, joined
from tui.storage import MissingError, Source, UnreadableError

# VMware takes 32 snapshots in a chain, Workstation some hundred in all.
_MOST_PARENTS = 255


def chain_of(own: tuple[str, str], image: Image, folders: Folders, source: Source) -> Chain:
    """The images from a disk's own down to the one that stands by itself, as far as they can be read.

    ``own`` is the disk's image as the machine names it, and the place it was found at. Reads there, and
    waits for it; never raises.
    """
    name, place = own
    names, seen = [name], {posixpath.normpath(place)}
    missing = outside = None
    parent: Image | None = image
    while parent is not None and parent.parent_hint and len(names) <= _MOST_PARENTS:
        names.append(parent.parent_hint)
        folder = posixpath.dirname(place)
        hint = _brought_along(as_here(parent.parent_hint), folder, seen, source)
        if not is_image(hint):
            # A path of Windows, or no image at all: nothing here may follow it.
            outside = outside or names[-1]
            break
        parents = _places_of_parent(folder, hint, folders)
        place = parents[0]
        try:
            place, head = first_there(parents, source)
            parent = read_image(head)
        except MissingError:
            missing, parent = (names[-1] if is_reached(hint, source) else None), None
        except UnreadableError:
            parent = None
        below = posixpath.dirname(place)
        if outside is None and not is_same_folder(below, folder) and not folders.is_own(below, source):
            outside = names[-1]
        if place in seen:
            break
        seen.add(place)
    return Chain(tuple(names), missing, outside)


def _brought_along(hint: str, folder: str, chain: Collection[str], source: Source) -> str:
    """A parent's own name where its path leads to another computer and such a file lies beside the child.

    So it is in a machine's folder that was copied here. ``chain`` are the places already in it.
    """
    if is_reached(hint, source):
        return hint
    name = last_part(hint)
    place = posixpath.normpath(joined(folder, name))
    return name if place not in chain and source.is_there(place) else hint


def _places_of_parent(folder: str, hint: str, folders: Folders) -> Sequence[str]:
    """Beside its child; then, with a bare name, where the machine's files are looked for."""
    beside = posixpath.normpath(hint if hint.startswith("/") else joined(folder, hint))
    more = () if "/" in hint else (*folders.places_of(hint), *folders.own_place_of(hint))
    return list(dict.fromkeys((beside, *(posixpath.normpath(one) for one in more))))
