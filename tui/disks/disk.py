"""A disk of a virtual machine, and the names its place on a controller gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import NamedTuple

from tui.disks.part import Part
from tui.disks.policy import MODES, Mode, Participation, Policy, Preset, effect_of, mode_of, parse_mode
from tui.disks.value import value


class Device(StrEnum):
    """What the guest sees; libvirt's words."""

    DISK = "disk"
    LUN = "lun"
    CDROM = "cdrom"
    FLOPPY = "floppy"


# VMware's word of ``sharing`` for a disk that several machines write to.
MULTI_WRITER = "multi-writer"
DRIVE_LABELS = {Device.CDROM: "CD-ROM", Device.FLOPPY: "Floppy"}
"""What a table shows of a drive in place of a mode."""
_DISKS = (Device.DISK, Device.LUN)


# What a disk does that neither takes part nor is left out: where it keeps its writes, and where it does not.
_EFFECTS = {
    Participation.MANUAL: (
        "Left to you: libvirt takes no snapshot of it. Writes are kept.",
        "Left to you: libvirt takes no snapshot of it. Power-off discards writes.",
    ),
    Participation.UNKNOWN: (
        "Not known: nobody knows the word that says whether it takes part in snapshots.",
        "Not known: nobody knows the word that says whether it takes part in snapshots.",
    ),
}


class UnitAddress(NamedTuple):
    """A controller and a unit on it: ``scsi0:1``. Floppy drives and USB devices name no controller."""

    bus: str
    controller: int
    unit: int

    def __str__(self) -> str:
        if self.bus == "floppy":
            return f"floppy{self.unit}"
        if self.bus.startswith("usb"):
            return f"{self.bus}:{self.unit}"
        return f"{self.bus}{self.controller}:{self.unit}"


def letters(number: int) -> str:
    """The letters libvirt counts disks with: 0 is ``a``, 25 ``z``, 26 ``aa``."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("a") + rest) + name
    return name


def target_name(place: UnitAddress) -> str:
    """The target libvirt's VMX driver gives a disk at ``place`` (src/vmx/vmx.c, virVMXParseDisk).

    SCSI unit 7 is the controller itself, so units above it count one less; controllers hold 15 disks,
    SATA ones 30, an IDE bus two. NVMe disks are named as Linux names them.
    """
    match place.bus:
        case "scsi":
            unit = place.unit - 1 if place.unit > 7 else place.unit
            return "sd" + letters(place.controller * 15 + unit)
        case "sata":
            return "sd" + letters(place.controller * 30 + place.unit)
        case "ide":
            return "hd" + letters(place.controller * 2 + place.unit)
        case "floppy":
            return "fd" + letters(place.unit)
        case "nvme":
            return f"nvme{place.controller}n{place.unit + 1}"
        case _:
            return "sd" + letters(place.unit)


class Transient(NamedTuple):
    """libvirt's ``<transient/>``; ``share_backing`` is its ``shareBacking`` (None: no such word)."""

    share_backing: bool | None = None


class Dropped(NamedTuple):
    """Words on a disk's policy that libvirt drops, as they stand there; ``policy`` is what it reads."""

    words: tuple[str, ...]
    policy: Policy


@value
class Disk:
    """One disk as its document describes it; a value, derived anew from the bytes where an edit touched it.

    ``index`` is its place in the document's list, which edits never change. ``mode_word`` is VMX's word as
    the file has it (None: not written), ``device_type``, ``sharing`` and ``tracked`` are its keys
    ``deviceType``, ``sharing`` and ``ctkEnabled``, words in lower case. ``policy`` is the policy in effect,
    whether written or implied, and ``snapshot_said`` tells whether the file itself says the snapshot half.
    ``network_name`` is what a network source is called there, ``data_file`` and ``encrypted`` tell of a qcow2
    image whose data lie elsewhere, or in luks; ``bad_share_backing`` and ``bad_bus`` are
    words libvirt refuses. ``dropped`` are the words on its policy that libvirt drops (None: there are none).
    ``words`` are those of a domain's disk that only defining it looks at, by
    element and attribute: ``{"driver cache": "none", "wwn": "5000c500…"}``, and ``parts`` what stands deeper.
    ``locked`` is the reason it cannot be edited, whoever judges it, or None.

    What every rule asks of every disk follows from these, and is worked out once. ``is_disk`` tells
    whether it is a disk at all, and not a CD-ROM or floppy drive. ``mode`` is the VMX mode it is in, or None:
    an unknown word, or a policy VMX has no mode for. ``participation`` is whether a snapshot covers it, as
    far as its own words tell.
    """

    index: int
    place: UnitAddress | None
    target: str
    device: Device
    bus: str
    source: str
    policy: Policy
    source_kind: str = "file"
    file_format: str | None = None
    mode_word: str | None = None
    preset: Preset | None = None
    bad_preset: str | None = None
    transient: Transient | None = None
    snapshot_said: bool = False
    vmx_modes: bool = False
    read_only: bool = False
    shareable: bool = False
    device_type: str = ""
    sharing: str = ""
    tracked: bool = False
    controller_present: bool = True
    protocol: str = ""
    network_name: str = ""
    data_file: bool = False
    encrypted: bool = False
    bad_share_backing: str | None = None
    bad_bus: str | None = None
    contradictions: tuple[str, ...] = ()
    dropped: Dropped | None = None
    words: Mapping[str, str] = field(default_factory=dict, hash=False)
    parts: tuple[Part, ...] = field(default=(), hash=False)
    locked: str | None = field(default=None, compare=False)
    is_disk: bool = field(init=False, compare=False, repr=False)
    mode: Mode | None = field(init=False, compare=False, repr=False)
    participation: Participation = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        known = object.__setattr__
        known(self, "is_disk", self.device in _DISKS)
        known(self, "mode", self._mode)
        known(self, "participation", self._participation)

    @property
    def address(self) -> str | None:
        """Its VMX address, ``scsi0:1``, or None where its bus has none."""
        return None if self.place is None else str(self.place)

    @property
    def name(self) -> str:
        """What a message calls it: its address and target, as far as it has them."""
        address = self.address
        if address is None:
            return self.target or f"disk {self.index + 1}"
        return f"{address} ({self.target})" if self.target else address

    @property
    def empty(self) -> bool:
        """Whether nothing is in it: a drive without media."""
        return not self.source

    @property
    def shown_mode(self) -> str | None:
        """VMX's word; an unknown one as the file has it; None for drives and where VMX has no word."""
        if not self.is_disk:
            return None
        mode = self.mode
        return self.mode_word if mode is None else str(mode)

    @property
    def effect(self) -> str:
        """What the disk does, in a sentence or two for a person."""
        mode = self.mode
        told = _EFFECTS.get(self.participation)
        if told is not None:
            return told[0] if self.policy.persistent else told[1]
        return effect_of(self.policy) if mode is None else MODES[mode].effect

    @property
    def _mode(self) -> Mode | None:
        """A word that others beside it contradict does not tell: the policy that counts does."""
        if self.mode_word is not None and not self.contradictions:
            return parse_mode(self.mode_word)
        return mode_of(self.policy)

    @property
    def _participation(self) -> Participation:
        if self.is_disk and not self.contradictions:
            if self.bad_preset or (self.mode_word is not None and self.mode is None):
                return Participation.UNKNOWN
            if self.preset is Preset.MANUAL:
                return Participation.MANUAL
        return Participation.YES if self.policy.snapshot else Participation.NO
