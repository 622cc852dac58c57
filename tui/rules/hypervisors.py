"""Whose rules a policy is judged by."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from tui.disks import Configuration, Format, HostFacts, Signs


class Hypervisor(StrEnum):
    """``workstation`` stands for Workstation, Player and Fusion; ``other`` for any other libvirt driver."""

    ESXI = "esxi"
    WORKSTATION = "workstation"
    QEMU = "qemu"
    OTHER = "other"

    @property
    def label(self) -> str:
        """What a person calls it."""
        return _LABELS[self]


_LABELS = {
    Hypervisor.ESXI: "ESXi",
    Hypervisor.WORKSTATION: "Workstation/Fusion",
    Hypervisor.QEMU: "QEMU/KVM",
    Hypervisor.OTHER: "other libvirt driver",
}

ALL = frozenset(Hypervisor)
ESXI = frozenset({Hypervisor.ESXI})
WORKSTATION = frozenset({Hypervisor.WORKSTATION})
VMWARE = ESXI | WORKSTATION
QEMU = frozenset({Hypervisor.QEMU})
OTHER = frozenset({Hypervisor.OTHER})
LIBVIRT = QEMU | OTHER

_DOMAIN_TYPES = {
    "kvm": Hypervisor.QEMU,
    "qemu": Hypervisor.QEMU,
    "hvf": Hypervisor.QEMU,
    "vmware": Hypervisor.ESXI,
}


class Guess(NamedTuple):
    """The hypervisor a file seems made for, and the sign it was told by; ``known``: its host said so."""

    hypervisor: Hypervisor
    reason: str
    known: bool = False


def guess_hypervisor(configuration: Configuration, host: HostFacts | None = None) -> Guess:
    """The hypervisor of a machine: by its domain's type, by the ESXi host that knows its VMX as one of its
    VMs, by its name (only vSphere calls a template .vmtx), or by the keys that only one product writes.
    """
    if configuration.format is Format.DOMAIN_XML:
        kind = configuration.domain_type or ""
        known = host is not None and host.uri is not None
        return Guess(_DOMAIN_TYPES.get(kind, Hypervisor.OTHER), f"the domain's type is '{kind}'", known)
    if host is not None and (host.vm is not None or host.power is not None):
        return Guess(Hypervisor.ESXI, f"{host.host} has the VM", known=True)
    return _by_signs(configuration.signs, template=configuration.sidecars.template)


def _by_signs(signs: Signs, *, template: bool) -> Guess:
    if signs.esx is None and template:
        return Guess(Hypervisor.ESXI, "a .vmtx is a template of vSphere's")
    if signs.esx is not None:
        against = f", against {signs.hosted}, which Workstation and Fusion write" if signs.hosted else ""
        return Guess(Hypervisor.ESXI, f"the file has {signs.esx}{against}")
    if signs.hosted is not None:
        other = signs.either if signs.either and not signs.hosted.startswith(signs.either) else None
        against = f", against {other}, which both write" if other else ""
        return Guess(Hypervisor.WORKSTATION, f"the file has {signs.hosted}{against}")
    if signs.either is not None:
        return Guess(
            Hypervisor.ESXI, f"the file has {signs.either}, and nothing that only Workstation or Fusion write"
        )
    return Guess(Hypervisor.WORKSTATION, "the file has no key that only an ESX host writes")
