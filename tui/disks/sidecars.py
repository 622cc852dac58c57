"""What lies beside a machine's document and tells more of its disks: images, snapshots, a lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import NamedTuple

from tui.disks.host_facts import HostFacts
from tui.disks.remark import Remark
from tui.disks.value import value

# A VMDK's parentCID that names no parent (Virtual Disk Format 5.0, "The Header").
NO_PARENT = "ffffffff"
_PHYSICAL_RDM = ("vmfspassthroughrawdevicemap", "vmfsrdmp")


class Image(NamedTuple):
    """What the head of a disk's image tells. ``size`` is what the guest sees, in bytes (None: untold).

    ``backing_format`` is the format of what a qcow2 image builds on (None: it stands by itself, or does not
    say). The rest is from its VMDK descriptor: ``create_type`` is its kind (None: no descriptor was at hand),
    ``parent_cid`` and ``parent_hint`` name the disk it is a delta of.
    """

    size: int | None = None
    create_type: str | None = None
    parent_cid: str | None = None
    parent_hint: str | None = None
    backing_format: str | None = None

    @property
    def is_physical_rdm(self) -> bool:
        """Whether it maps a device of the host in physical compatibility mode."""
        return (self.create_type or "").lower() in _PHYSICAL_RDM

    @property
    def parent(self) -> str | None:
        """What it is a delta of, as the descriptor names it; None where it stands by itself."""
        if self.parent_hint:
            return self.parent_hint
        if self.parent_cid and self.parent_cid.lower() != NO_PARENT:
            return f"the disk with the content ID {self.parent_cid}"
        return None


@value
class Snapshots:
    """What a ``.vmsd`` says: how many snapshots there are, and what the current one is and covers.

    ``current`` is its name and ``nodes`` the addresses (``scsi0:0``) of the disks it covers; both are None
    where the file does not tell which snapshot is the current one. ``newest`` is the name of the last one
    taken, ``taken`` when that was (UTC), and ``days`` how long ago, when the record was read.
    ``consolidation`` is its own word that deltas are left to consolidate. ``names`` are those of all of them,
    ``clones`` how many linked clones were made from them.
    """

    count: int
    current: str | None = None
    nodes: frozenset[str] | None = None
    newest: str | None = None
    taken: datetime | None = None
    days: int | None = field(default=None, compare=False)
    consolidation: bool = False
    names: tuple[str, ...] = field(default=(), compare=False)
    clones: int = field(default=0, compare=False)


class Chain(NamedTuple):
    """What a disk's image builds on.

    ``files`` are the images as they name each other, the disk's own first. ``missing`` is the first that is
    not there, ``outside`` the first that lies in a folder that is not the machine's.
    """

    files: tuple[str, ...]
    missing: str | None = None
    outside: str | None = None


_NO_IMAGES: Mapping[int, Image] = {}
_NO_CHAINS: Mapping[int, Chain] = {}
_NO_NAMES: Mapping[int, str] = {}


class Sidecars(NamedTuple):
    """What was read beside a document. ``images`` are those that could be read, by their disk's index.

    ``nvram`` tells that a domain's NVRAM is there, where that was looked at.
    ``lock`` is the name of the lock that says the machine is open somewhere. ``unknown`` tells what could
    not be known, and why. ``chains`` are what deltas build on, ``missing`` the files of disks that are not
    there, ``elsewhere`` those found where the VMX has VMware look for them, from its own folder on,
    ``overlays`` what is left of a transient disk's writes, ``others`` what other machines say of its
    image (only an audit of both knows), all by disk. ``template`` tells of a ``.vmtx``. Nothing was looked
    for where all of it is empty. ``host`` is what the machine's host itself said: where it speaks,
    ``snapshots`` and ``lock`` are its word.
    """

    images: Mapping[int, Image] = _NO_IMAGES
    snapshots: Snapshots | None = None
    lock: str | None = None
    unknown: tuple[Remark, ...] = ()
    chains: Mapping[int, Chain] = _NO_CHAINS
    missing: Mapping[int, str] = _NO_NAMES
    elsewhere: Mapping[int, str] = _NO_NAMES
    overlays: Mapping[int, str] = _NO_NAMES
    others: Mapping[int, str] = _NO_NAMES
    host: HostFacts | None = None
    template: bool = False
    nvram: bool = False
