"""What else a machine is made of, as far as it decides which snapshots there can be."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Loader(StrEnum):
    """How a domain's firmware is loaded: ``rom`` also for a BIOS, ``efi`` for libvirt's own choice."""

    ROM = "rom"
    PFLASH = "pflash"
    STATELESS = "stateless"
    EFI = "efi"


class Firmware(NamedTuple):
    """A domain's firmware; ``nvram_format`` None: not written, so raw. ``nvram`` tells whether one is named.

    ``template_format`` is what the NVRAM is made from (None: not written).
    """

    loader: Loader = Loader.ROM
    nvram: bool = False
    nvram_format: str | None = None
    template_format: str | None = None


class Attached(NamedTuple):
    """Devices whose state cannot be saved with the memory.

    ``hostdevs`` are the kinds of host devices but USB (``pci``, ``mdev``, ``scsi``, ``scsi_host``, or
    ``capabilities``), ``shmem`` the names of shared memories whose role is not master.
    """

    hostdevs: tuple[str, ...] = ()
    shmem: tuple[str, ...] = ()
    virtiofs: bool = False
    vdpa: bool = False
