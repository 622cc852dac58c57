"""What a document says of its virtual machine, as far as judging its disks needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from enum import StrEnum
from typing import NamedTuple

from tui.disks.disk import Device, Disk, UnitAddress
from tui.disks.hardware import Attached, Firmware
from tui.disks.libvirt import NEWEST, LibvirtVersion
from tui.disks.policy import Participation
from tui.disks.remark import Remark
from tui.disks.sidecars import Image, Sidecars
from tui.disks.value import replaced, value


class Format(StrEnum):
    """The two formats of a document, and an export that tells of machines and is none."""

    VMX = "vmx"
    DOMAIN_XML = "domain-xml"
    RVTOOLS = "rvtools"


FORMAT_NAMES = {Format.VMX: "VMX", Format.DOMAIN_XML: "domain XML", Format.RVTOOLS: "RVTools export"}

# Those that a machine is written in.
DOCUMENT_FORMATS = (Format.VMX, Format.DOMAIN_XML)


class Signs(NamedTuple):
    """What in a VMX tells which product wrote it, each as the file spells it, or None.

    ``esx`` is what only an ESX host or vCenter writes, ``hosted`` what only Workstation, Player or Fusion do,
    ``either`` what both write, ESX hosts more often.
    """

    esx: str | None = None
    hosted: str | None = None
    either: str | None = None


class Controller(NamedTuple):
    """A present controller of a VMX, ``scsi0``: its ``virtualDev`` and ``sharedBus`` in lower case.

    ``line`` (from 1) is where ``sharedBus`` stands.
    """

    bus: str
    number: int
    model: str = ""
    shared_bus: str = ""
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.bus}{self.number}"


_NO_SIGNS = Signs()
_HOST_DEVICE = "A device of the host: snapshots and backups made from them leave it out."
_UNSEEN = "Its controller is not present: the VM does not see the disk, and no snapshot holds it."
_RAW_DEVICE = "A physical raw device mapping: snapshots and backups made from them leave it out."


@value
class Configuration:
    """One virtual machine as its document, and what lies beside it, describe it.

    ``domain_type`` is a domain's ``type`` (None for a VMX), ``machine_type`` its ``<type machine>``.
    ``signs`` tell which product wrote a VMX. ``hardware_version`` is its ``virtualHW.version``.
    ``encrypted`` names what hides the real configuration, ``partially_encrypted`` what hides a part of it
    that is not the disks. ``suspended`` is the file a suspended VM's state lies in,
    ``snapshots_disabled`` the key that forbids snapshots, ``snapshot_limit`` how many are allowed and the key
    that says so, ``passed_through`` the one that gives it a PCI device of the host, ``boot_order`` the one
    that has the VM boot from another disk than its first, ``virtual_tpm`` the one that gives it a TPM,
    ``sealed`` the one that says that vSphere encrypts its files and disks; ``tracked`` is the VM's own
    ``ctkEnabled``.
    ``unpresented`` are virtual disks that are named, and not said to be present.
    ``byte_order_mark``, ``unquoted_values`` and a domain's ``unbound_prefixes`` are what other readers refuse
    or drop.
    ``disk_lines`` are the document's lines (from 0) that describe each disk. ``sidecars`` is what was read
    beside the document; a document by itself knows none. ``firmware`` and ``attached`` are a domain's.
    ``consolidation`` is vCenter's own word on whether the disks need it (None: it was not asked).
    ``runs`` is what libvirt's status file says of its state (None: another file).
    ``libvirt`` is the version it is judged for: a choice, not the document's word.
    """

    format: Format
    name: str
    disks: tuple[Disk, ...]
    domain_type: str | None = None
    machine_type: str = ""
    signs: Signs = _NO_SIGNS
    hardware_version: int | None = None
    controllers: tuple[Controller, ...] = ()
    encrypted: str | None = None
    partially_encrypted: str | None = None
    suspended: str | None = None
    snapshots_disabled: Remark | None = None
    snapshot_limit: tuple[int, Remark] | None = None
    passed_through: Remark | None = None
    tracked: bool | None = None
    boot_order: Remark | None = None
    virtual_tpm: Remark | None = None
    sealed: Remark | None = None
    unpresented: tuple[Remark, ...] = ()
    duplicate_keys: tuple[Remark, ...] = ()
    malformed_lines: tuple[Remark, ...] = ()
    encoding_trouble: tuple[Remark, ...] = ()
    template_marks: tuple[Remark, ...] = ()
    byte_order_mark: bool = False
    unquoted_values: Remark | None = None
    unbound_prefixes: tuple[Remark, ...] = ()
    disk_lines: Sequence[tuple[int, ...]] = field(default=(), compare=False)
    sidecars: Sidecars = field(default=Sidecars())
    firmware: Firmware = field(default=Firmware())
    attached: Attached = field(default=Attached())
    consolidation: bool | None = None
    runs: bool | None = None
    libvirt: LibvirtVersion = NEWEST

    @property
    def has_nvram(self) -> bool:
        """Whether the NVRAM that the domain names is known to be there.

        It was seen, or the machine runs, which it does not without; one that a libvirt host knows is taken to
        have run before.
        """
        host = self.sidecars.host
        return self.sidecars.nvram or bool(self.runs) or (host is not None and host.uri is not None)

    @property
    def locked(self) -> str | None:
        """The reason no disk of this document may be edited, or None."""
        if self.format is Format.RVTOOLS:
            return "this is an export: change the machine itself"
        return self.hidden

    @property
    def hidden(self) -> str | None:
        """The reason nothing can be said of its disks, or None; an export is read, and not hidden."""
        if self.encrypted:
            return f"the file is encrypted ({self.encrypted}): its real configuration is hidden"
        return None

    @property
    def no_more_snapshots(self) -> Remark | None:
        """The key that forbids another snapshot: any, or more than there are; None where it may be taken."""
        if self.snapshots_disabled is not None or self.snapshot_limit is None:
            return self.snapshots_disabled
        (most, key), snapshots = self.snapshot_limit, self.sidecars.snapshots
        count = 0 if snapshots is None else snapshots.count
        if count < most:
            return None
        return Remark(f"{key.text}, and it has {count}", key.line) if most else key

    def controller_of(self, place: UnitAddress) -> Controller | None:
        """The controller a disk's place is on, where it is present and tells of itself."""
        for controller in self.controllers:
            if (controller.bus, controller.number) == (place.bus, place.controller):
                return controller
        return None

    def with_sidecars(self, sidecars: Sidecars, libvirt: LibvirtVersion = NEWEST) -> Configuration:
        """The same machine with what was read beside its document, judged for a libvirt."""
        return replaced(self, sidecars=sidecars, libvirt=libvirt)

    def participation_of(self, disk: Disk) -> Participation:
        """Whether a snapshot covers a disk. A device of the host is never in one, however it is reached."""
        image = self.sidecars.images.get(disk.index)
        if image is not None and image.is_physical_rdm:
            return Participation.NO
        left_out = not disk.controller_present or self.is_host_device(disk)
        return Participation.NO if left_out else disk.participation

    def effect_of(self, disk: Disk) -> str:
        """What a disk does, in a sentence or two for a person; that of one without a mode says why."""
        if not disk.controller_present:
            return _UNSEEN
        if self.is_host_device(disk):
            return _HOST_DEVICE
        return _RAW_DEVICE if self.is_raw_device(disk) else disk.effect

    def is_raw_device(self, disk: Disk) -> bool:
        """Whether the disk maps a device of the host in physical mode: its own mode says nothing then."""
        image = self.sidecars.images.get(disk.index)
        return image is not None and image.is_physical_rdm

    def is_host_device(self, disk: Disk) -> bool:
        """Whether VMware passes a device of the host through to the guest, with no virtual disk between."""
        if disk.device is not Device.LUN or disk.empty:
            return False
        return self.format is Format.VMX or self.domain_type == "vmware"

    def image_of(self, disk: Disk) -> Image | None:
        """What the head of a disk's image told, where that could be read."""
        return self.sidecars.images.get(disk.index)
