"""What lies beside a machine's file: its disks' images and what they build on, its snapshots, its lock."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from tui.disks import Chain, Disk, Firmware, Format, HostFacts, Image, Remark, Sidecars, Snapshots
from tui.formats.disk_image import HEAD_BYTES, read_image
from tui.formats.errors import FormatError
from tui.formats.opening import open_document
from tui.storage import LOCAL, MissingError, Source, UnreadableError

if TYPE_CHECKING:
    from tui.formats.document import Document
    from tui.formats.rvtools import RvtoolsDocument
    from tui.formats.vmx import VmxDocument

# A snapshot takes some hundred bytes of it, and VMware allows 496 of them.
VMSD_BYTES = 4 * 1024 * 1024
# ESXi takes 256 disks on SCSI and as many on NVMe; a file that names more is not followed further.
_MOST_IMAGES = 1024
# VMware takes 32 snapshots in a chain, Workstation some hundred in all.
_MOST_PARENTS = 255
_MOST_NAMED = 2
# What of a descriptor's words is followed: a file somebody made up is not to have any other opened.
_IMAGE_NAME = re.compile(r"[^\\:]*\.vmdk", re.IGNORECASE)
# What only Windows knows: a drive, a share.
_OF_WINDOWS = re.compile(r"[A-Za-z]:|\\")
# Files that a VM leaves in its folder: where one is, the folder is the VM's, and what lacks there is missing.
_OWN_FILES = (".nvram", ".vmxf", ".vmss")
# What a person may give by mistake for the VMX it lies beside.
_NEIGHBOURS = {
    ".vmsd": "the record of a VM's snapshots",
    ".vmxf": "a VM's list of team members and tools",
    ".nvram": "a VM's BIOS or firmware settings",
    ".vmdk": "a VMDK disk",
    ".vmsn": "a snapshot's state",
    ".vmss": "a suspended VM's state",
    ".vmem": "a VM's memory",
}


def opened(data: bytes, path: str | None, source: Source = LOCAL) -> Document:
    """The document in a file's bytes.

    Raises FormatError; for a file that only lies beside a VMX the remedy names that VMX.
    """
    try:
        return open_document(data)
    except FormatError as error:
        stem, suffix = posixpath.splitext(path or "")
        if re.search(_OTHER_TABLE, path or ""):
            raise FormatError("this is another table of an RVTools export", "give that of vDisk") from error
        kind = _NEIGHBOURS.get(suffix.lower())
        if kind is None:
            raise
        raise FormatError(f"this is {kind}, not a machine", f"open {_vmx_of(stem, source)}") from error


_WORKBOOK, _TABLE_HEAD = b"PK\x03\x04", 8192
_OTHER_TABLE = r"(?i)RVTools_tab(?!vDisk)[^/]*\.csv$"
_DISKS_CSV = r"(?i)tabvDisk(?=[^/]*\.csv$)"


def exported(data: bytes, path: str | None, source: Source = LOCAL) -> RvtoolsDocument | None:
    """The export in a file's bytes, with the tables that lie beside it as CSVs; None where it is none.

    Raises FormatError for one that cannot be read.
    """
    is_workbook = data.startswith(_WORKBOOK)
    if not (is_workbook or data.find(b"Disk Mode", 0, _TABLE_HEAD) >= 0 or _is_wide_table(data)):
        return None  # as nearly every file, which takes no module to know
    from tui.formats.rvtools import DISKS, MACHINES, SNAPSHOTS, RvtoolsDocument, is_export  # noqa: PLC0415

    if is_workbook:
        from tui.workbook import sheets_of  # noqa: PLC0415

        return RvtoolsDocument(data, sheets_of(data, (DISKS, MACHINES, SNAPSHOTS)))
    if not is_export(data):
        return None
    found: dict[str, bytes] = {}
    for table in (MACHINES, SNAPSHOTS) if path and re.search(_DISKS_CSV, path) else ():
        with suppress(UnreadableError):
            found[table] = source.read_bytes(re.sub(_DISKS_CSV, f"tab{table}", path or "")) or b""
    return RvtoolsDocument.of_csvs(data, {name: text for name, text in found.items() if text})


def _is_wide_table(data: bytes) -> bool:
    """Whether the head of a table is there in UTF-16."""
    head = data[:_TABLE_HEAD]
    return b"\0" in head and b"Disk Mode" in head.replace(b"\0", b"")


def opened_to_look_at(data: bytes, path: str | None, source: Source = LOCAL) -> Document | RvtoolsDocument:
    """The document in a file's bytes, or the export. Raises FormatError."""
    return exported(data, path, source) or opened(data, path, source)


def _vmx_of(stem: str, source: Source) -> str:
    """The VMX that a file with this stem lies beside: the one of its name, or the only one there."""
    folder, base = posixpath.split(stem)
    named = next(
        (f"{base}{suffix}" for suffix in (".vmx", ".vmtx") if source.is_there(f"{stem}{suffix}")), None
    )
    if named is None:
        there = [name for name in source.names_in(folder) if name.lower().endswith((".vmx", ".vmtx"))]
        named = there[0] if len(there) == 1 else None
    return f"{named}, which lies beside it" if named else f"the .vmx file beside it, such as {base}.vmx"


def read_sidecars(document: Document | RvtoolsDocument, path: str | None, source: Source = LOCAL) -> Sidecars:
    """What lies beside a document's file: its disks' images; beside a VMX also its ``.vmsd`` and its lock.

    Reads there, and waits for it; never raises. Only what the document names, what its disks' descriptors
    name, and the VMX's own neighbours, are looked at. ``path`` is None where the document has no file. What
    the machine's host says stands in the place of what the files let one guess.
    """
    if document.format is Format.RVTOOLS:
        return document.sidecars
    found = _beside(document, path, source)
    facts = source.host_facts(path) if path else None
    return found if facts is None else _as_the_host_says(found, facts)


def _as_the_host_says(found: Sidecars, facts: HostFacts) -> Sidecars:
    """A lock of a machine that is off is stale; the host's count of snapshots beats the record's."""
    snapshots, names = found.snapshots, facts.snapshots
    if names is not None and (snapshots is None or snapshots.count != len(names)):
        left = snapshots is not None and snapshots.consolidation
        known = names or snapshots is not None
        snapshots = Snapshots(len(names), consolidation=left, names=tuple(names)) if known else None
    lock = None if facts.power is not None else found.lock
    overlays = {} if facts.runs else found.overlays  # those of a running machine are in use
    return found._replace(snapshots=snapshots, lock=lock, overlays=overlays, host=facts)


def _beside(document: Document, path: str | None, source: Source) -> Sidecars:
    file = source.real_file(path) if path else None
    folder = None if file is None else posixpath.dirname(file)
    if document.format is not Format.VMX:
        found = _look_at_images(document.disks, _Folders(folder, ()), source)
        name = document.configuration.name
        stands = document.configuration.domain_type and not document.configuration.runs
        left = dict(_left_overlays(document.disks, name, source)) if stands else {}
        # The XML of an ESX domain rarely lies on its host: a datastore is none of this computer's folders.
        vmware = document.configuration.domain_type == "vmware"
        absent = found.absent if found.images and folder is not None else {}
        missing = {at: name for at, name in absent.items() if not vmware or _is_reached(name, source)}
        return Sidecars(
            found.images,
            overlays=left,
            chains=found.chains,
            missing=missing,
            elsewhere=found.elsewhere,
            nvram=_has_nvram(document.configuration.firmware, source),
        )
    found = _look_at_images(document.disks, folders_of(document, folder), source)
    if file is None or folder is None:
        return Sidecars(found.images, unknown=(Remark("the VMX came from standard input"),))
    return _beside_vmx(file, folder, found, source)


def _beside_vmx(file: str, folder: str, found: _Found, source: Source) -> Sidecars:
    stem = posixpath.splitext(file)[0]
    record, lock = f"{stem}.vmsd", f"{file}.lck"
    unknown = found.unknown
    absent = list(found.absent.values())
    at_home = bool(found.images)
    try:
        snapshots = _read_snapshots(record, folder, source)
        at_home = True
    except MissingError:
        snapshots = None
        at_home = at_home or (bool(absent) and any(source.is_there(stem + suffix) for suffix in _OWN_FILES))
        absent = [record, *absent] if absent and not at_home else absent
    except (UnreadableError, FormatError) as error:
        snapshots, unknown = None, [Remark(f"{posixpath.basename(record)}: {error.what}"), *unknown]
    missing = {index: name for index, name in found.absent.items() if at_home and _is_reached(name, source)}
    if absent and not at_home:
        unknown = [Remark(_not_there(absent)), *unknown]
    elif len(missing) < len(absent):
        unknown = [*_not_reached(found.absent, missing), *unknown]
    return Sidecars(
        found.images,
        snapshots,
        posixpath.basename(lock) if source.is_there(lock) else None,
        tuple(unknown),
        chains=found.chains,
        missing=missing,
        elsewhere=found.elsewhere,
        template=file.lower().endswith(".vmtx"),
    )


class _Folders(NamedTuple):
    """Where files are looked for: the document's own folder (None: it has none), and those for bare names."""

    own: str | None
    search: Sequence[str]

    def places_of(self, name: str) -> Sequence[str]:
        """Every place the file may be, the first that there is one at counts."""
        name = _here(name)
        if name.startswith("/"):
            return (name,)
        if self.own is None:
            return ()
        if self.search and "/" not in name:
            return [_joined(folder, name) for folder in self.search]
        return (_joined(self.own, name),)

    def own_place_of(self, name: str) -> Sequence[str]:
        """The file in the document's own folder."""
        return () if self.own is None else (_joined(self.own, _here(name)),)

    def is_own(self, folder: str, source: Source) -> bool:
        """Whether a folder is one of the machine's own, by whatever link: a datastore's name is one."""
        own = (self.own or "", *self.search)
        if any(_same(folder, one) for one in own):
            return True
        real = source.real_folder(folder)
        return any(real == source.real_folder(one) for one in own)


def folders_of(document: VmxDocument, folder: str | None) -> _Folders:
    """Where a VMX's bare file names are looked for: ``fileSearchPath``, in its order, and ``workingDir``."""
    named = [_here(one) for one in document.search_folders]
    if folder is None or not named:
        return _Folders(folder, ())
    places = [one if one.startswith("/") else posixpath.normpath(_joined(folder, one)) for one in named]
    return _Folders(folder, tuple(dict.fromkeys((*places, folder))))


def _here(name: str) -> str:
    """A relative path as Windows writes it, ``..\\base\\a.vmdk``, as this system does; any other as it is."""
    return name if "\\" not in name or _OF_WINDOWS.match(name) else name.replace("\\", "/")


def _is_reached(name: str, source: Source) -> bool:
    """Whether this computer could have the file at all.

    A VMX may lie on another than the one it was written on: there no drive of that is, and no such folder.
    """
    if _OF_WINDOWS.match(name) or name.startswith("["):
        return False
    if not name.startswith("/") or source.address(name) != name:
        return True
    folder = posixpath.dirname(name)
    return source.is_there(folder) or source.is_there(posixpath.dirname(folder))


def _not_reached(absent: Mapping[int, str], missing: Collection[int]) -> Iterator[Remark]:
    for index, name in absent.items():
        if index not in missing:
            yield Remark(f"{_last_part(name)}: the folder it is in is not here", disk=index)


def _last_part(name: str) -> str:
    return re.split(r"[/\\]", name)[-1]


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _same(one: str, other: str) -> bool:
    return posixpath.normpath(one or ".") == posixpath.normpath(other or ".")


class _Found(NamedTuple):
    """What the images told; ``absent`` are the sources of disks whose file is not there, ``elsewhere`` the
    files, from the machine's own folder on, that were found in another one, or by another name of it.
    """

    images: dict[int, Image]
    chains: dict[int, Chain]
    absent: dict[int, str]
    unknown: list[Remark]
    elsewhere: dict[int, str]


def _look_at_images(disks: Sequence[Disk], folders: _Folders, source: Source) -> _Found:
    found = _Found({}, {}, {}, [], {})
    pictured = _with_image(disks)[:_MOST_IMAGES]
    source.expect(place for disk in pictured for place in folders.places_of(disk.source))
    for disk in pictured:
        places = folders.places_of(disk.source)
        if not places:
            continue
        try:
            place, head = _first_there(places, source)
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
                found.chains[disk.index] = _chain_of((disk.source, place), image, folders, source)
        if image is None or image.create_type is None:
            found.unknown.append(Remark(f"{disk.source}: it holds no VMDK descriptor", disk=disk.index))
    return found


def _elsewhere(
    index: int, place: str, folders: _Folders, source: Source, *, is_searched: bool
) -> dict[int, str]:
    """Where a disk's file is, if its name does not say so: one of another host by its folder's one name."""
    if source.address(place) != place:
        folder, name = posixpath.split(posixpath.normpath(place))
        return {index: posixpath.join(source.real_folder(folder), name)}
    return {index: posixpath.relpath(place, folders.own or ".")} if is_searched else {}


def _first_there(places: Sequence[str], source: Source) -> tuple[str, bytes]:
    *others, last = places
    for place in others:
        try:
            return place, source.read_head(place, HEAD_BYTES)
        except MissingError:
            continue
    return last, source.read_head(last, HEAD_BYTES)


def _chain_of(own: tuple[str, str], image: Image, folders: _Folders, source: Source) -> Chain:
    """The images from a disk's own down to the one that stands by itself, as far as they can be read."""
    name, place = own
    names, seen = [name], {posixpath.normpath(place)}
    missing = outside = None
    parent: Image | None = image
    while parent is not None and parent.parent_hint and len(names) <= _MOST_PARENTS:
        hint = parent.parent_hint
        names.append(hint)
        folder = posixpath.dirname(place)
        hint = _brought_along(_here(hint), folder, seen, source)
        if not _IMAGE_NAME.fullmatch(hint):
            # A path of Windows, or no image at all: nothing here may follow it.
            outside = outside or names[-1]
            break
        parents = _places_of_parent(folder, hint, folders)
        place = parents[0]
        try:
            place, head = _first_there(parents, source)
            parent = read_image(head)
        except MissingError:
            missing, parent = (names[-1] if _is_reached(hint, source) else None), None
        except UnreadableError:
            parent = None
        below = posixpath.dirname(place)
        if outside is None and not _same(below, folder) and not folders.is_own(below, source):
            outside = names[-1]
        if place in seen:
            break
        seen.add(place)
    return Chain(tuple(names), missing, outside)


def _brought_along(hint: str, folder: str, chain: Collection[str], source: Source) -> str:
    """A parent's own name where its path leads to another computer and such a file lies beside the child.

    So it is in a machine's folder that was copied here. ``chain`` are the places already in it.
    """
    if _is_reached(hint, source):
        return hint
    name = _last_part(hint)
    place = posixpath.normpath(_joined(folder, name))
    return name if place not in chain and source.is_there(place) else hint


def _places_of_parent(folder: str, hint: str, folders: _Folders) -> Sequence[str]:
    """Beside its child; then, with a bare name, where the machine's files are looked for."""
    beside = posixpath.normpath(hint if hint.startswith("/") else _joined(folder, hint))
    more = () if "/" in hint else (*folders.places_of(hint), *folders.own_place_of(hint))
    return list(dict.fromkeys((beside, *(posixpath.normpath(one) for one in more))))


def _with_image(disks: Sequence[Disk]) -> list[Disk]:
    return [disk for disk in disks if disk.is_disk and disk.source and disk.source_kind == "file"]


def _has_nvram(firmware: Firmware, source: Source) -> bool:
    """Whether an NVRAM lies where the domain says: looked for where much depends on it."""
    file = firmware.nvram_file
    return firmware.is_to_be_converted and file.startswith("/") and source.is_there(file)


def _left_overlays(disks: Sequence[Disk], name: str, source: Source) -> Iterator[tuple[int, str]]:
    """The overlays libvirt's QEMU driver put transient disks' writes in, where one is still there."""
    source.expect(f"{disk.source}.TRANSIENT-{name}" for disk in _with_image(disks) if name)
    for disk in _with_image(disks):
        overlay = f"{disk.source}.TRANSIENT-{name}"
        if disk.source.startswith("/") and name and source.is_there(overlay):
            yield disk.index, overlay


def _read_snapshots(record: str, folder: str, source: Source) -> Snapshots:
    from tui.formats.vmsd import read_vmsd  # noqa: PLC0415 - a domain has no such file

    data = source.read_head(record, VMSD_BYTES + 1, within=folder)
    if len(data) > VMSD_BYTES:
        raise FormatError("it is larger than 4 MiB", "no record of snapshots is")
    snapshots = read_vmsd(data)
    if snapshots.taken is None:
        return snapshots
    return replace(snapshots, days=max((datetime.now(UTC) - snapshots.taken).days, 0))


def _not_there(names: Sequence[str]) -> str:
    named = ", ".join(map(_last_part, names[:_MOST_NAMED]))
    more = len(names) - _MOST_NAMED
    return f"not there: {named}{f' and {more} more' if more > 0 else ''}"
