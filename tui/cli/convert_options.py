"""The options of ``convert`` that say how its result is to be, read into what the converter takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import click

from tui.convert import DiskFormat, Kvm, Network, Release
from tui.convert.releases import parse_release

_KINDS: dict[str, Literal["bridge", "network"]] = {"bridge": "bridge", "network": "network"}


def _networks(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, Network], ...]:
    return tuple(_mapping(value) for value in values)


def _mapping(value: str) -> tuple[str, Network]:
    """VMware's name of a network and where it leads: ``NAME=bridge:X``, ``NAME=network:X``, ``NAME=user``."""
    name, _, meant = value.rpartition("=")
    kind, _, target = meant.partition(":")
    if name and meant == "user":
        return name, Network("user")
    if name and target and kind in _KINDS:
        return name, Network(_KINDS[kind], target)
    raise click.BadParameter(f"{value!r} is no NAME=bridge:BRIDGE, NAME=network:NETWORK or NAME=user")


def _release(_context: click.Context, _option: click.Parameter, value: str | None) -> Release | None:
    release = None if value is None else parse_release(value)
    if value is not None and release is None:
        raise click.BadParameter(f"{value!r} is no version of libvirt, such as 9.0 or 12.4")
    return release


_OPTIONS: tuple[Callable[[Callable[..., None]], Callable[..., None]], ...] = (
    click.option(
        "--for",
        "purpose",
        type=click.Choice(("qemu",)),
        help="Make a domain that QEMU/KVM defines and starts; otherwise libvirt's own form of a VMX.",
    ),
    click.option(
        "--libvirt",
        callback=_release,
        metavar="VERSION",
        help="The libvirt that will read the XML: NVMe disks from 11.5, vCenter's UUID from 12.4.",
    ),
    click.option(
        "--devices",
        type=click.Choice(("vmware", "virtio")),
        default="vmware",
        show_default=True,
        help="The devices of --for qemu: VMware's, or faster ones the guest needs drivers for.",
    ),
    click.option(
        "--network",
        "networks",
        callback=_networks,
        multiple=True,
        metavar="MAPPING",
        help="Where a network of VMware leads: 'VM Network=bridge:br0', 'NAME=network:lan', 'NAME=user'.",
    ),
    click.option(
        "--disk-format",
        type=click.Choice(tuple(DiskFormat), case_sensitive=False),
        help="What the disks are to be; other than vmdk they are made by the script that is printed.",
    ),
    click.option(
        "--disk-folder", metavar="DIR", help="Where the KVM host shall have the disks; an absolute path."
    ),
)
# Options that mean nothing without --for qemu.
_OF_KVM = {
    "devices": "--devices",
    "networks": "--network",
    "disk_format": "--disk-format",
    "disk_folder": "--disk-folder",
}


def result_options(command: Callable[..., None]) -> Callable[..., None]:
    """A command with these options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def kvm_wanted(
    purpose: str | None,
    devices: str,
    networks: Sequence[tuple[str, Network]],
    disk_format: str | None,
    disk_folder: str | None,
) -> Kvm | None:
    """What the options ask of a KVM domain; None where none is asked for.

    Raises click.UsageError where they make no sense together.
    """
    if purpose is None:
        given = {
            "devices": devices != "vmware",
            "networks": networks,
            "disk_format": disk_format,
            "disk_folder": disk_folder,
        }
        for name, flag in _OF_KVM.items():
            if given[name]:
                raise click.UsageError(f"{flag} goes with --for qemu")
        return None
    kind = DiskFormat(disk_format or DiskFormat.VMDK)
    if kind is not DiskFormat.VMDK and disk_folder is None:
        raise click.UsageError(
            f"--disk-format {kind} goes with --disk-folder DIR, where the new disks shall lie"
        )
    if disk_folder is not None and not disk_folder.startswith("/"):
        raise click.UsageError("--disk-folder must be an absolute path: libvirt takes no other")
    return Kvm(kind, disk_folder, devices == "virtio", dict(networks))
