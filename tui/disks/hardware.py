"""What else a machine is made of, as far as it decides which snapshots there can be."""

from __future__ import annotations

from collections.abc import Mapping
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

    ``template_format`` is what the NVRAM is made from (None: not written), ``nvram_file`` where it lies, ""
    where that is not said.
    """

    loader: Loader = Loader.ROM
    nvram: bool = False
    nvram_format: str | None = None
    template_format: str | None = None
    nvram_file: str = ""

    @property
    def is_to_be_converted(self) -> bool:
        """Whether the NVRAM, where it is not there yet, is one in qcow2 made from a raw template."""
        return self.nvram_format == "qcow2" and self.template_format == "raw"


class DomainController(NamedTuple):
    """A ``<controller>`` of a domain, in its own words: its ``type`` (scsi, usb, ide, pci ...) and ``model``.

    ``number`` is which of its type it is; without one libvirt gives it the first that is free. ``ports`` is
    how many a USB controller says it has, ``driver`` what stands in its ``<driver>``. None: not said.
    """

    type: str
    number: str | None = None
    model: str | None = None
    ports: str | None = None
    driver: Mapping[str, str] | None = None


class Attached(NamedTuple):
    """What else a domain holds: devices whose state cannot be saved with the memory, and what disks hang on.

    ``hostdevs`` are the kinds of host devices but USB (``pci``, ``mdev``, ``scsi``, ``scsi_host``, or
    ``capabilities``), ``shmem`` the names of shared memories whose role is not master. ``iothreads`` is how
    many threads for disks there are, ``iothread_ids`` the numbers of those that have one said.
    ``shared_memory`` tells whether another process may see the guest's memory. ``controllers`` are those it
    names but PCIe root ports, which libvirt adds by itself where an address asks for one: of those that it
    names ``root_port`` is the highest index, 0 without. ``hubs`` are the USB addresses of its hubs, as they
    are written. ``virgl`` tells that it draws in 3D on the host's GPU,
    ``sev`` that its memory is encrypted, ``invariant_tsc`` that its clock is the host's, at no frequency.
    """

    hostdevs: tuple[str, ...] = ()
    shmem: tuple[str, ...] = ()
    virtiofs: bool = False
    vdpa: bool = False
    iothreads: int = 0
    iothread_ids: tuple[int, ...] = ()
    shared_memory: bool = False
    controllers: tuple[DomainController, ...] = ()
    root_port: int = 0
    hubs: tuple[Mapping[str, str], ...] = ()
    virgl: bool = False
    sev: bool = False
    invariant_tsc: bool = False

    def has_iothread(self, number: int) -> bool:
        """Whether there is one of that number; those without a number of their own take the lowest free."""
        free = self.iothreads - len(self.iothread_ids)
        return (
            number in self.iothread_ids or 0 < number - sum(one < number for one in self.iothread_ids) <= free
        )
