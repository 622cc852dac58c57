"""What lies beside a machine's file: its disks' images, its snapshots, its lock; and what its host says."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.beside.folders import Folders, folders_of, is_reached, last_part
from tui.beside.images import look_at_images, with_image
from tui.disks import Disk, Firmware, Format, HostFacts, Remark, Sidecars, Snapshots
from tui.formats.errors import FormatError
from tui.storage import LOCAL, MissingError, Source, UnreadableError

if TYPE_CHECKING:
    from tui.formats.document import Document
    from tui.formats.domain_xml import DomainDocument
    from tui.formats.rvtools import RvtoolsDocument
    from tui.formats.vmx import VmxDocument

# A snapshot takes some hundred bytes of it, and VMware allows 496 of them.
VMSD_BYTES = 4 * 1024 * 1024
_MOST_NAMED = 2
# Files that a VM leaves in its folder: where one is, the folder is the VM's, and what lacks there is missing.
_OWN_FILES = (".nvram", ".vmxf", ".vmss")


def read_sidecars(document: Document | RvtoolsDocument, path: str | None, source: Source = LOCAL) -> Sidecars:
    """What lies beside a document's file: its disks' images; beside a VMX also its ``.vmsd`` and its lock.

    Reads there, and waits for it; never raises. Only what the document names, what its disks' descriptors
    name, and the VMX's own neighbours, are looked at. ``path`` is None where the document has no file. What
    the machine's host says stands in the place of what the files let one guess.
    """
    if document.format is Format.RVTOOLS:
        return document.sidecars
    file = source.real_file(path) if path else None
    if document.format is Format.VMX:
        found = _beside_vmx(document, file, source)
    else:
        found = _beside_domain(document, file, source)
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


# Beside a domain's XML


def _beside_domain(document: DomainDocument, file: str | None, source: Source) -> Sidecars:
    folder = None if file is None else posixpath.dirname(file)
    found = look_at_images(document.disks, Folders(folder, ()), source)
    domain = document.configuration
    stands = domain.domain_type and not domain.runs
    # The XML of an ESX domain rarely lies on its host: a datastore is none of this computer's folders.
    vmware = domain.domain_type == "vmware"
    absent = found.absent if found.images and folder is not None else {}
    return Sidecars(
        found.images,
        overlays=dict(_left_overlays(document.disks, domain.name, source)) if stands else {},
        chains=found.chains,
        missing={at: name for at, name in absent.items() if not vmware or is_reached(name, source)},
        elsewhere=found.elsewhere,
        nvram=_has_nvram(domain.firmware, source),
    )


def _has_nvram(firmware: Firmware, source: Source) -> bool:
    """Whether an NVRAM lies where the domain says: looked for where much depends on it."""
    file = firmware.nvram_file
    return firmware.is_to_be_converted and file.startswith("/") and source.is_there(file)


def _left_overlays(disks: Sequence[Disk], name: str, source: Source) -> Iterator[tuple[int, str]]:
    """The overlays libvirt's QEMU driver put transient disks' writes in, where one is still there."""
    source.expect(f"{disk.source}.TRANSIENT-{name}" for disk in with_image(disks) if name)
    for disk in with_image(disks):
        overlay = f"{disk.source}.TRANSIENT-{name}"
        if disk.source.startswith("/") and name and source.is_there(overlay):
            yield disk.index, overlay


# Beside a VMX


def _beside_vmx(document: VmxDocument, file: str | None, source: Source) -> Sidecars:
    folder = None if file is None else posixpath.dirname(file)
    found = look_at_images(document.disks, folders_of(document, folder), source)
    if file is None or folder is None:
        return Sidecars(found.images, unknown=(Remark("the VMX came from standard input"),))
    stem = posixpath.splitext(file)[0]
    record, lock = f"{stem}.vmsd", f"{file}.lck"
    snapshots, trouble = _record(record, folder, source)
    unknown = found.unknown if trouble is None else [trouble, *found.unknown]
    absent = found.absent
    missing: dict[int, str] = {}
    if absent:
        has_none = snapshots is None and trouble is None
        # Whether this is the folder that the VM's files are in, and not one that the VMX alone was copied to.
        is_home = bool(found.images or snapshots is not None) or (
            has_none and any(source.is_there(stem + suffix) for suffix in _OWN_FILES)
        )
        if is_home:
            missing = {index: name for index, name in absent.items() if is_reached(name, source)}
            unknown = [*_not_reached(absent, missing), *unknown]
        else:
            unknown = [_not_there([*([record] if has_none else []), *absent.values()]), *unknown]
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


def _record(record: str, folder: str, source: Source) -> tuple[Snapshots | None, Remark | None]:
    """What the VM's record of snapshots tells, None where there is none; and why it cannot be told, if so."""
    from tui.formats.vmsd import read_vmsd  # noqa: PLC0415 - a domain has no such file

    try:
        data = source.read_head(record, VMSD_BYTES + 1, within=folder)
        if len(data) > VMSD_BYTES:
            raise FormatError("it is larger than 4 MiB", "no record of snapshots is")
        snapshots = read_vmsd(data)
    except MissingError:
        return None, None
    except (UnreadableError, FormatError) as error:
        return None, Remark(f"{posixpath.basename(record)}: {error.what}")
    if snapshots.taken is not None:
        days = max((datetime.now(UTC) - snapshots.taken).days, 0)
        snapshots = replace(snapshots, days=days)
    return snapshots, None


def _not_reached(absent: Mapping[int, str], missing: Collection[int]) -> Iterator[Remark]:
    for index, name in absent.items():
        if index not in missing:
            yield Remark(f"{last_part(name)}: the folder it is in is not here", disk=index)


def _not_there(names: Sequence[str]) -> Remark:
    named = ", ".join(map(last_part, names[:_MOST_NAMED]))
    more = len(names) - _MOST_NAMED
    return Remark(f"not there: {named}{f' and {more} more' if more > 0 else ''}")
