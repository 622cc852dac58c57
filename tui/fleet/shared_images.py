"""One image in two machines: told after a whole audit, in memory that does not grow with the names.

Each disk's file is brought to one spelling (:func:`image_key`) and remembered as eight bytes of its hash with
the number of the disk; only the few that are met twice are compared word by word. Two machines that write to
one image without both saying so end in its corruption.
"""

from __future__ import annotations

import posixpath
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from tui.disks import Configuration, Disk
from tui.disks.value import replaced
from tui.storage import LOCAL, is_far, real_folder

# The ports that QEMU and libvirt take where a URL says none (storage_source_conf.c).
_PORTS = {"nbd": "10809", "http": "80", "https": "443", "ftp": "21", "ftps": "990", "tftp": "69", "ssh": "22"}
_PORT = re.compile(r"(?P<before>(?P<protocol>[a-z]+)://[^/?]*):(?P<port>[0-9]+)(?=[/?]|\Z)")
# VMFS mounts each datastore below this; a domain of libvirt's ESX driver names it in brackets.
_VOLUMES = "/vmfs/volumes"
# A datastore's UUID, which is its own on every host.
_BY_VOLUME = re.compile(r"/vmfs/volumes/[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{12}/")
NOT_SHARED = "not shared"
# The rule that tells of it.
IN_TWO_MACHINES = "in-two-machines"
_MOST_TOLD = 3
# What a name in the machine's own folder is without: it is no path, drive or datastore.
_OF_PATHS = frozenset("/\\:[\0")


class Use(NamedTuple):
    """A disk of one machine that uses an image: how it shares it, and its mode, in the file's words.

    ``number`` is the disk's index.
    """

    vm: str
    number: int
    disk: str
    image: str
    sharing: str
    mode: str

    @property
    def words(self) -> str:
        """What it says of sharing, and its mode."""
        return f"{self.sharing}, {self.mode}"

    def __str__(self) -> str:
        return f"in {self.vm} {self.disk} {self.words}"


def image_key(disk: Disk, path: str) -> str | None:
    """The one spelling of a disk's file, for a machine at an absolute ``path``; None where it has none.

    ``[datastore] folder/a.vmdk``, ``/vmfs/volumes/datastore/folder/a.vmdk``, ``file:///…`` and names relative
    to the machine's folder are one.
    """
    source = disk.source
    if not disk.is_disk or not source:
        return None
    if disk.source_kind == "file" and _OF_PATHS.isdisjoint(source) and source[-1] != ".":
        return _home(path) + source  # as nearly every disk of a VMX is named
    if disk.source_kind not in ("file", "block"):
        return f"{disk.source_kind}:{_without_default_port(source)}"
    source = _as_path(source)
    if source[1:3] in (":\\", ":/"):
        return source.replace("\\", "/").lower()  # a path of Windows, where letter case does not count
    if not source.startswith("/"):
        source = posixpath.join(posixpath.dirname(path), source.replace("\\", "/"))
    elif is_far(path):
        source = f"{_host_in(path)}{source}"
    folder, name = posixpath.split(posixpath.normpath(source))
    if is_far(path):  # by the names of folders that the walk of the host goes by
        return f"{folder}/{name}"
    return LOCAL.real_file(posixpath.join(_real_folder(folder), name))


def _as_path(source: str) -> str:
    """A file's URL, or its name in a datastore, as a path; any other source as it is."""
    if source.startswith("file:"):
        with suppress(ValueError):  # what looks like a host in brackets and is none
            source = unquote(urlsplit(source).path)
    if source.startswith("["):
        datastore, bracket, rest = source[1:].partition("]")
        if bracket:
            name, rest = datastore.strip(), rest.strip()
            return f"{_VOLUMES}/{name}/{rest}" if name else rest
    return source


def _host_in(address: str) -> str:
    """``ssh://root@esx1`` of an address of a file there."""
    return "/".join(address.split("/", 3)[:3])


def _without_default_port(source: str) -> str:
    """A network source as its URL, without the port that its protocol has by itself."""
    told = _PORT.match(source)
    if told is None or _PORTS.get(told["protocol"]) != told["port"]:
        return source
    return f"{told['before']}{source[told.end() :]}"


# A datastore's folder is a link to one that is named by its ID; most images share few folders, and most
# machines' folders one parent.
_real_parent = lru_cache(maxsize=1024)(real_folder)


@lru_cache(maxsize=1024)
def _real_folder(folder: str) -> str:
    parent, _, name = folder.rpartition("/")
    if not (parent and name) or LOCAL.real_file(folder) != folder:
        return real_folder(folder)
    return f"{_real_parent(parent).rstrip('/')}/{name}"


@lru_cache(maxsize=16)
def _home(path: str) -> str:
    """The real folder of a machine's file, with a slash behind it."""
    folder = posixpath.normpath(path.rpartition("/")[0] or "/")
    if is_far(path):
        return f"{folder}/"
    return f"{_real_folder(folder).rstrip('/')}/"


def image_keys(configuration: Configuration, path: str) -> Iterator[tuple[Disk, str]]:
    """Every writable disk with an image, and that under its one name; see :func:`image_key`.

    What a machine on another host names by its datastore's UUID has a second name there, which is the same
    from every host.
    """
    elsewhere, far = configuration.sidecars.elsewhere, is_far(path)
    for disk in configuration.disks:
        if disk.read_only:
            continue
        there = replaced(disk, source=elsewhere[disk.index]) if disk.index in elsewhere else disk
        key = image_key(there, path)
        if key is not None:
            yield disk, key
        if far and _BY_VOLUME.match(disk.source):
            yield disk, posixpath.normpath(disk.source)


def uses_of(configuration: Configuration, path: str, vm: str) -> Iterator[Use]:
    """Every writable image a machine uses; ``path`` is the absolute name of its file."""
    for disk, key in image_keys(configuration, path):
        bus = None if disk.place is None else configuration.controller_of(disk.place)
        yield Use(vm, disk.index, disk.name, key, _sharing(disk, bus.shared_bus if bus else ""), _mode(disk))


def _sharing(disk: Disk, bus: str) -> str:
    if disk.sharing not in ("", "none"):
        return disk.sharing
    if disk.shareable:
        return "shareable"
    return f"bus sharing {bus}" if bus not in ("", "none") else NOT_SHARED


def _mode(disk: Disk) -> str:
    return disk.shown_mode or ("snapshot" if disk.policy.snapshot else "no snapshot")


# 2^61 - 1: names leave as many remainders, and none is likelier than another.
_PRIME = (1 << 61) - 1


class SharedImages:
    """Remembers which machines' files name which images: twelve bytes a disk, and the files' names."""

    def __init__(self) -> None:
        self._files: list[str] = []
        self._hashes = array("Q")
        self._of = array("L")

    def take(self, file: str, hashes: Sequence[int]) -> None:
        """Take in the hashes of one machine's images; the machines of one file come one after the other."""
        if not self._files or self._files[-1] != file:
            self._files.append(file)
        self._hashes.extend(hashes)
        self._of.extend([len(self._files) - 1] * len(hashes))

    def suspects(self) -> list[str]:
        """The files that name an image met twice, in the order they came: only these need a second look."""
        counts = Counter(self._hashes)
        twice = {one for one, count in counts.items() if count > 1}
        files = {of for one, of in zip(self._hashes, self._of, strict=True) if one in twice}
        return [self._files[number] for number in sorted(files)]


def hash_of(image: str) -> int:
    """Eight bytes that stand for an image's name, the same in every process.

    A second look tells apart two that agree, be it by chance or by design: a collision costs time only.
    """
    return int.from_bytes(image.encode("utf-8", "surrogateescape")) % _PRIME


def other_uses(machines: Sequence[Sequence[Use]]) -> list[dict[int, str]]:
    """For each machine, given by its uses, what the others say of the images it shares with them, by disk.

    Where all of them say alike that it is shared, and in which mode, nothing is amiss and nothing is told.
    """
    by_image: dict[str, list[tuple[int, Use]]] = {}
    for number, uses in enumerate(machines):
        for use in uses:
            by_image.setdefault(use.image, []).append((number, use))
    told: list[dict[int, str]] = [{} for _ in machines]
    for users in by_image.values():
        alike = len({(use.sharing, use.mode) for _, use in users}) == 1
        uses_by = Counter(number for number, _ in users)
        if len(uses_by) < 2 or (alike and users[0][1].sharing != NOT_SHARED):
            continue
        for number, use in users:
            # Copies of one machine may lie here by the thousand: of the others only those told are looked at.
            others = islice((str(other) for at, other in users if at != number), _MOST_TOLD)
            left = len(users) - uses_by[number] - _MOST_TOLD
            more = f" and {left} more" if left > 0 else ""
            told[number][use.number] = f"here {use.words}; {'; '.join(others)}{more}"
    return told
