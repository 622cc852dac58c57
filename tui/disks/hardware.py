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
    """Devices whose state cannot be saved with the memory, and the threads that disks may name.

    ``hostdevs`` are the kinds of host devices but USB (``pci``, ``mdev``, ``scsi``, ``scsi_host``, or
    ``capabilities``), ``shmem`` the names of shared memories whose role is not master. ``iothreads`` is how
    many threads for disks there are, ``iothread_ids`` the numbers of those that have one said.
    """

    hostdevs: tuple[str, ...] = ()
    shmem: tuple[str, ...] = ()
    virtiofs: bool = False
    vdpa: bool = False
    iothreads: int = 0
    iothread_ids: tuple[int, ...] = ()

    def has_iothread(self, number: int) -> bool:
        """Whether there is one of that number; those without a number of their own take the lowest free."""
        free = self.iothreads - len(self.iothread_ids)
        return (
            number in self.iothread_ids or 0 < number - sum(one < number for one in self.iothread_ids) <= free
        )
