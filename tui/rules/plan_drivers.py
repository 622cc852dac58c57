"""Which of libvirt's other drivers create snapshots at all, and what they take.

Sources: the drivers' domainSnapshotCreateXML in libvirt 12.5 (test_driver.c, vbox_common.c, vz_driver.c);
xen, lxc, bhyve, hyperv and ch have none. The test driver's answers are measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui.disks.snapshot import Memory
from tui.rules.plan_align import entry_of
from tui.rules.plan_values import Coverage, PlanRefusal, Request

_NOT_SUPPORTED = "this function is not supported by the connection driver: virDomainSnapshotCreateXML"


class _Driver(NamedTuple):
    """What a driver takes: a ``<disks>`` and a ``<memory>``. None of them takes --disk-only."""

    disks: bool = True
    memory: bool = True


# By the domain's type.
_DRIVERS = {
    "test": _Driver(),
    "vbox": _Driver(),
    "parallels": _Driver(disks=False, memory=False),
    "vz": _Driver(disks=False, memory=False),
}
_LABEL = {"parallels": "vz"}
# Types whose driver is the QEMU or ESX driver, or that say none: who judges them for another knows which.
_OF_NO_DRIVER = ("", "kvm", "qemu", "hvf", "vmware")


def refusals_of_driver(request: Request) -> Iterator[PlanRefusal]:
    """What the driver of a domain's type refuses whatever its disks say."""
    kind = request.configuration.domain_type or ""
    driver = _DRIVERS.get(kind)
    if driver is None and kind in _OF_NO_DRIVER:
        return
    if driver is None:
        yield PlanRefusal(_NOT_SUPPORTED, f"libvirt's driver for '{kind}' domains takes no snapshots")
        return
    name = _LABEL.get(kind, kind)
    if request.disk_only:
        yield PlanRefusal(
            "unsupported flags (0x10) in function " + _FUNCTIONS.get(name, "domainSnapshotCreateXML"),
            f"libvirt's {name} driver knows no --disk-only",
        )
    if request.snapshot.listed and not driver.disks:
        yield PlanRefusal(
            "configuring disks is not supported for vz snapshots", "leave the disks' entries out"
        )
    if request.memory is not None and not driver.memory:
        yield PlanRefusal("configuring memory location is not supported", "leave the memory's word out")


_FUNCTIONS = {
    "test": "testDomainSnapshotCreateXML",
    "vbox": "vboxDomainSnapshotCreateXML",
    "vz": "vzDomainSnapshotCreateXML",
}


def refusals_of_words(request: Request) -> Iterator[PlanRefusal]:
    """What the driver refuses of the entries before it brings them and the domain together."""
    if request.configuration.domain_type != "test":
        return
    for disk in request.configuration.disks:
        entry = entry_of(request, disk)
        if entry is not None and entry.word_in_effect == Coverage.MANUAL:
            yield PlanRefusal(
                "'manual' snapshot mode is not supported by the test driver",
                "leave the disk's entry out",
                disk=disk.index,
            )


def keeps_memory_while_off(request: Request) -> bool:
    """Whether the driver takes a memory file of a machine that is off, as the test driver does."""
    return not request.disk_only and request.memory is Memory.EXTERNAL
