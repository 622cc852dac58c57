"""What a conversion is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple

from tui.cached import cached_property
from tui.disks import LibvirtVersion, Spelling

Severity = Literal["error", "warning", "info"]
LONGEST_VALUE = 200
_RANKS: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}


class DiskFormat(StrEnum):
    """What the disks of a KVM domain are to be."""

    VMDK = "vmdk"
    QCOW2 = "qcow2"
    RAW = "raw"


class Network(NamedTuple):
    """Where a network card of a KVM domain leads: libvirt's type, and the bridge's or network's name."""

    kind: Literal["network", "bridge", "user"]
    name: str = ""


DEFAULT_NETWORK = Network("network", "default")


@dataclass(frozen=True, slots=True)
class Kvm:
    """What is wanted of a KVM domain.

    ``virtio``: devices the guest needs virtio drivers for, in place of VMware's. ``disk_folder`` is where
    the host keeps the disks (None: where they are). ``networks`` tells, by VMware's names of them, where
    network cards lead.
    """

    disk_format: DiskFormat = DiskFormat.VMDK
    disk_folder: str | None = None
    virtio: bool = False
    networks: Mapping[str, Network] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Options:
    """How to convert.

    ``location`` is ``[datastore] folder``, where bare names lie, in either format; ``vmx_path`` is where the
    VMX itself lies, which tells the same. ``hardware_version`` is what the VMX shall say (4 to 22; None: what
    the disks need, at least 8). ``datacenter_path`` is vCenter's path of the VM's datacenter and ``moref``
    its id of the VM ("vm-42"). ``spelling`` is
    how a domain XML shall say a disk's policy. ``libvirt`` is the release that shall read the domain XML
    (None: not known), and from 12.4 on the one whose VMX reader is followed. ``kvm`` asks for a domain that
    QEMU runs, in place of libvirt's own form.
    """

    location: str | None = None
    vmx_path: str | None = None
    hardware_version: int | None = None
    datacenter_path: str | None = None
    moref: str | None = None
    spelling: Spelling = Spelling.LIBVIRT
    libvirt: LibvirtVersion | None = None
    kvm: Kvm | None = None


DEFAULTS = Options()


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of the source that the target does not say, and why.

    ``key`` is a VMX key as the file spells it, or a path below ``<domain>``. ``line`` counts from 1 in the
    source; ``disk`` is the index of the disk it belongs to. An ``error`` is a value that means nothing, a
    ``warning`` something the user has to finish or decide, an ``info`` something no word exists for.
    ``stops`` tells that libvirt refuses to define the result.
    """

    key: str
    value: str
    why: str
    line: int | None = None
    severity: Severity = "info"
    disk: int | None = None
    stops: bool = False


@dataclass(frozen=True)
class Conversion:
    """A whole document in the other format.

    ``disk_lines`` tells, by the source's ``Disk.index``, which lines of ``text`` (from 0) describe a disk;
    a disk the target does not hold is not in it. ``report`` gives what the target does not say. ``script`` is
    a shell script that makes the disks the document names; empty where there are none to make.
    """

    text: str
    disk_lines: Mapping[int, range]
    report: Callable[[], tuple[Loss, ...]] = field(repr=False, compare=False)
    script: str = ""

    @cached_property
    def losses(self) -> tuple[Loss, ...]:
        """What the target does not say, what stops a define first, then the gravest.

        Looked up when first asked for, which a preview never does.
        """
        return tuple(sorted(self.report(), key=lambda loss: (not loss.stops, _RANKS[loss.severity])))

    @property
    def stopping(self) -> tuple[Loss, ...]:
        """What libvirt refuses to define the result for."""
        return tuple(loss for loss in self.losses if loss.stops)

    @property
    def groups(self) -> tuple[tuple[Loss, ...], ...]:
        """The losses of each reason, in their order."""
        found: dict[tuple[bool, Severity, str], list[Loss]] = {}
        for loss in self.losses:
            found.setdefault((loss.stops, loss.severity, loss.why), []).append(loss)
        return tuple(tuple(group) for group in found.values())

    @property
    def summary(self) -> str:
        """How much stops a define and how much has no counterpart, in a line; empty where nothing is lost."""
        stops = len(self.stopping)
        unsaid = len(self.losses) - stops
        parts = [f"{stops} {'stops' if stops == 1 else 'stop'} virsh define"] if stops else []
        if unsaid:
            parts.append(f"{unsaid} {'value has' if unsaid == 1 else 'values have'} no counterpart")
        return " · ".join(parts)


def shortened(value: str) -> str:
    """A value as a report shows it: at most 200 characters."""
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"
