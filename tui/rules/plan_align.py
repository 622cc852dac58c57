"""How libvirt brings a ``<domainsnapshot>`` and the domain's presets together.

Measured with libvirt's test driver, cell by cell (virDomainSnapshotAlignDisks in snapshot_conf.c); a test
compares every cell with the virsh that is installed. The messages are libvirt's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tui.disks import Disk, Preset
from tui.disks.snapshot import Listed, Memory
from tui.rules.hypervisors import Hypervisor
from tui.rules.plan_values import Coverage, PlanRefusal, Request, entries_by_disk
from tui.rules.rule import asked_once

NO, INTERNAL, EXTERNAL, MANUAL = Coverage.NO, Coverage.INTERNAL, Coverage.EXTERNAL, Coverage.MANUAL
X = None  # refused: the disk must use the default location


class Alignment(NamedTuple):
    """What becomes of a disk with one preset: not listed, listed without a word, and with each word."""

    unlisted: Coverage
    bare: Coverage
    no: Coverage | None
    internal: Coverage | None
    external: Coverage | None
    manual: Coverage | None


# By the default location, then by the preset.
ALIGNED: dict[Preset, dict[Preset | None, Alignment]] = {
    Preset.INTERNAL: {
        None: Alignment(INTERNAL, INTERNAL, X, INTERNAL, X, X),
        Preset.NO: Alignment(NO, NO, NO, INTERNAL, X, X),
        Preset.INTERNAL: Alignment(INTERNAL, INTERNAL, X, INTERNAL, X, X),
        Preset.EXTERNAL: Alignment(EXTERNAL, INTERNAL, X, INTERNAL, X, X),
        Preset.MANUAL: Alignment(MANUAL, INTERNAL, X, INTERNAL, X, X),
    },
    Preset.EXTERNAL: {
        None: Alignment(EXTERNAL, EXTERNAL, NO, INTERNAL, EXTERNAL, MANUAL),
        Preset.NO: Alignment(NO, NO, NO, INTERNAL, EXTERNAL, MANUAL),
        Preset.INTERNAL: Alignment(INTERNAL, INTERNAL, NO, INTERNAL, EXTERNAL, MANUAL),
        Preset.EXTERNAL: Alignment(EXTERNAL, EXTERNAL, NO, INTERNAL, EXTERNAL, MANUAL),
        Preset.MANUAL: Alignment(MANUAL, MANUAL, NO, INTERNAL, EXTERNAL, MANUAL),
    },
}

# Kinds of disk for whose source libvirt has no path (virDomainDiskGetSource).
_WITHOUT_PATH = ("volume", "nvme", "vhostuser", "vhostvdpa")
# What libvirt calls the kinds of an entry it has no use for.
_KINDS_REFUSED = ("volume", "dir")
_KINDS = ("file", "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa")
# What the <source> of an entry must say by its kind, and what libvirt says where it does not.
_NEEDED = {
    "network": ("protocol", "Missing required attribute 'protocol' in element 'source'"),
    "nvme": ("type", "missing 'type' attribute to disk source"),
    "vhostuser": ("type", "missing 'type' attribute for vhostuser disk source"),
}
# libvirt's image formats (virStorageFileFormat), without "none".
FORMATS = (
    *("raw", "dir", "bochs", "cloop", "dmg", "iso", "vpc", "vdi", "fat", "vhd", "ploop"),
    *("cow", "qcow", "qcow2", "qed", "vmdk"),
)
# What libvirt puts behind the path of a transient disk's image while the domain runs, before its name.
_OVERLAY = ".TRANSIENT-"
# Stands for the seconds since 1970 that libvirt names a snapshot by.
SECONDS = "<time>"


def preset_of(disk: Disk) -> Preset | None:
    """The preset libvirt has for a disk: what is written, else what its parser fills in."""
    if disk.vmx_modes:
        return None if disk.policy.snapshot else Preset.NO
    if disk.preset is None and (disk.read_only or disk.source_kind == "vhostuser"):
        return Preset.NO
    return disk.preset


def in_libvirts_order(disks: Sequence[Disk]) -> list[Disk]:
    """The disks as libvirt keeps them: bus by bus as first met, on each by target (virDomainDiskInsert)."""
    if len(disks) < 2:
        return list(disks)
    buses = {bus: place for place, bus in enumerate(dict.fromkeys([disk.bus for disk in disks]))}
    return sorted(disks, key=lambda disk: (buses[disk.bus], *_number_of(disk.target)))


def _number_of(target: str) -> tuple[int, str]:
    """What orders targets of one bus: the letters behind its two, ``vdz`` before ``vdaa``."""
    name = target[2:].rstrip("0123456789")
    return len(name), name


def disk_named(disks: Sequence[Disk], name: str, runs_as: str | None = None) -> Disk | None:
    """The disk an entry means: by target, or by a path only one disk has.

    ``runs_as`` is the domain's name while QEMU runs it: its transient disks have their overlays' paths then.
    """
    if not name.startswith("/"):
        return next((disk for disk in disks if disk.target == name), None)
    having = [disk for disk in disks if _path_of(disk, runs_as) == name]
    return having[0] if len(having) == 1 else None


def _path_of(disk: Disk, runs_as: str | None = None) -> str:
    if runs_as is not None and disk.transient is not None and _OVERLAY not in disk.source:
        return f"{disk.source}{_OVERLAY}{runs_as}"
    if disk.source_kind == "network":
        return disk.network_name
    return "" if disk.source_kind in _WITHOUT_PATH else disk.source


def entry_of(request: Request, disk: Disk) -> Listed | None:
    """The first entry that means ``disk``."""
    return _entries_of(request).get(disk.index) if request.snapshot.listed else None


@asked_once
def _entries_of(request: Request) -> Mapping[int, Listed]:
    return entries_by_disk(request, lambda name: _meant(request, name))


def _meant(request: Request, name: str) -> Disk | None:
    configuration = request.configuration
    by_overlay = request.running and request.hypervisor is Hypervisor.QEMU
    return disk_named(configuration.disks, name, configuration.name if by_overlay else None)


def coverage_of(request: Request, disk: Disk) -> Coverage | None:
    """What a snapshot does with a disk, or None where its entry is refused."""
    return coverages(request, (disk,))[0][1]


def coverages(request: Request, disks: Iterable[Disk]) -> list[tuple[Disk, Coverage | None]]:
    """Each of some disks with what a snapshot does with it; see :func:`coverage_of`."""
    rows = ALIGNED[request.default]
    if request.snapshot.listed:
        return [(disk, _coverage(request, disk, rows[preset_of(disk)])) for disk in disks]
    return [(disk, Coverage.NO if disk.empty else rows[preset_of(disk)].unlisted) for disk in disks]


def _coverage(request: Request, disk: Disk, row: Alignment) -> Coverage | None:
    entry = entry_of(request, disk)
    if entry is None:
        return Coverage.NO if disk.empty else row.unlisted
    if entry.word_in_effect is None:
        return row.bare
    if entry.word_in_effect not in list(Preset):
        return None
    covered: Coverage | None = getattr(row, entry.word_in_effect)
    return covered


def overlay_of(request: Request, disk: Disk) -> str:
    """The overlay of a disk covered externally: the entry's file, else a name made of the disk's own.

    Without a name of its own the snapshot is called by the second it is taken in.
    """
    entry = entry_of(request, disk)
    if entry is not None and entry.file:
        return entry.file
    folder, slash, name = disk.source.rpartition("/")
    stem = name.rpartition(".")[0] if "." in name else name
    return f"{folder}{slash}{stem}.{request.snapshot.name or SECONDS}"


# What libvirt refuses, in its order: first in reading, then in bringing together


def refusals_in_reading(request: Request) -> Iterator[PlanRefusal]:
    """What libvirt's parser refuses."""
    yield from _of_memory(request)
    for entry in request.snapshot.listed:
        yield from _of_entry(entry)


def _of_memory(request: Request) -> Iterator[PlanRefusal]:
    snapshot = request.snapshot
    word, file = snapshot.memory, snapshot.memory_file
    if word == "manual":
        yield PlanRefusal(
            "'manual' memory snapshot mode not supported", "memory is kept by libvirt, or not at all"
        )
    elif word is not None and request.memory is None:
        yield _bad_word("memory", word)
    if file is not None and word not in (None, "external"):
        yield PlanRefusal(
            f"memory filename '{file}' requires external snapshot", "only external memory lies in a file"
        )
    if word == "external" and file is None:
        yield PlanRefusal("external memory snapshots require a filename", "say which file takes the memory")
    offline = request.disk_only or not request.running
    if request.hypervisor is Hypervisor.QEMU and offline and request.memory not in (None, Memory.NO):
        yield PlanRefusal(
            "memory state cannot be saved with offline or disk-only snapshot",
            "only a running VM has memory, and a snapshot of the disks alone takes none of it",
        )
    if file is not None and not file.startswith("/"):
        yield PlanRefusal(f"memory snapshot file path ({file}) must be absolute", "give the whole path")


def _bad_word(element: str, word: str) -> PlanRefusal:
    return PlanRefusal(
        f"Invalid value for attribute 'snapshot' in element '{element}': '{word}'.",
        "libvirt does not know that word",
    )


def _of_entry(entry: Listed) -> Iterator[PlanRefusal]:
    if entry.name is None:
        yield PlanRefusal("missing name from disk snapshot element", "every entry names its disk")
    elif entry.word is not None and entry.word not in list(Preset):
        yield _bad_word("disk", entry.word)
    elif entry.kind not in _KINDS:
        yield PlanRefusal(
            f"Invalid value for attribute 'type' in element 'disk': '{entry.kind}'.",
            "libvirt does not know that word",
        )
    elif _lacks_words(entry):
        yield PlanRefusal(_NEEDED[entry.kind][1], "its <source> says too little")
    elif entry.kind in _KINDS_REFUSED:
        yield PlanRefusal(
            f"unsupported disk snapshot type '{entry.kind}'",
            "an overlay lies in a file, a block device or a network",
        )
    elif entry.file_format is not None and entry.file_format not in FORMATS:
        yield PlanRefusal(
            f"unknown disk snapshot driver '{entry.file_format}'", "libvirt does not know that image format"
        )
    elif entry.file and entry.kind == "file" and not entry.file.startswith("/"):
        yield PlanRefusal(f"disk snapshot image path '{entry.file}' must be absolute", "give the whole path")


def _lacks_words(entry: Listed) -> bool:
    needed = _NEEDED.get(entry.kind)
    return needed is not None and entry.source_words is not None and needed[0] not in entry.source_words


def refusals_in_aligning(request: Request) -> Iterator[PlanRefusal]:
    """What libvirt refuses when it brings the entries and the domain's disks together."""
    disks = request.configuration.disks
    if len(request.snapshot.listed) > len(disks):
        yield PlanRefusal("too many disk snapshot requests for domain", "there are more entries than disks")
    if not disks:
        return
    seen: set[int] = set()
    for entry in request.snapshot.listed:
        name = entry.name or ""
        disk = _meant(request, name)
        if disk is None:
            yield PlanRefusal(
                f"no disk named '{name}'", "an entry names a target, or a path only one disk has"
            )
            continue
        if disk.index in seen:
            yield PlanRefusal(f"disk '{name}' specified twice", "one entry for each disk", disk=disk.index)
        seen.add(disk.index)
        yield from _of_meant(request, disk, entry)
    yield from _of_overlays(request)


def _of_meant(request: Request, disk: Disk, entry: Listed) -> Iterator[PlanRefusal]:
    covered = coverage_of(request, disk)
    if covered is None:
        yield PlanRefusal(
            f"disk '{entry.name}' must use snapshot mode '{request.default.value}'",
            "only a snapshot of the disks alone, or with its memory in a file, can override presets",
            disk=disk.index,
        )
    elif entry.file and covered is not EXTERNAL:
        yield PlanRefusal(
            f"file '{entry.file}' for disk '{entry.name}' requires use of external snapshot mode",
            "only an external snapshot has a file of its own",
            disk=disk.index,
        )


def _of_overlays(request: Request) -> Iterator[PlanRefusal]:
    covered = coverages(request, request.configuration.disks)
    external = {disk.index for disk, kind in covered if kind is EXTERNAL}
    if not external:
        return
    overlays: dict[str, Disk] = {}
    for disk in in_libvirts_order(request.configuration.disks):
        if disk.index not in external:
            continue
        entry = entry_of(request, disk)
        overlay = overlay_of(request, disk)
        if entry is None or not entry.file:
            yield from _of_generated_name(disk, "file" if entry is None else entry.kind)
            if overlay in overlays:
                yield PlanRefusal(
                    f"cannot generate external snapshot name for disk '{disk.target}': "
                    f"collision with disk '{overlays[overlay].target}'",
                    "give one of them a file of its own",
                    disk=disk.index,
                )
        overlays[overlay] = disk


def is_regular_file(disk: Disk) -> bool:
    """Whether a disk's image is taken for a file, beside which libvirt makes an overlay by itself.

    libvirt looks at what lies there, whatever its type is (snapshot_conf.c, measured); here the path tells.
    """
    if disk.source.startswith("/dev/"):
        return False
    suffix = disk.source.rpartition("/")[2].rpartition(".")[2].lower()
    return disk.source_kind == "file" or (disk.source_kind == "block" and suffix in _OF_IMAGES)


_OF_IMAGES = ("qcow2", "qcow", "qed", "raw", "img", "vmdk", "vdi", "vhd", "vhdx", "iso")
_GENERATED = "libvirt names an overlay by itself only beside a regular file"


def _of_generated_name(disk: Disk, kind: str) -> Iterator[PlanRefusal]:
    start = f"cannot generate external snapshot name for disk '{disk.target}'"
    if kind != "file":
        yield PlanRefusal(f"{start} on a '{kind}' device", _GENERATED, disk=disk.index)
    elif not _path_of(disk):
        yield PlanRefusal(f"{start} without source", _GENERATED, disk=disk.index)
    elif not is_regular_file(disk):
        yield PlanRefusal(
            f"source for disk '{disk.target}' is not a regular file; "
            "refusing to generate external snapshot name",
            _GENERATED,
            disk=disk.index,
        )
