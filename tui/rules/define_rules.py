"""What libvirt refuses to define: an error exactly where ``virsh define`` has one.

Measured with the QEMU driver of libvirt 9.0 and 11.3; the rules on ``<transient/>`` stand in qemu_rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tui.disks import Configuration, Device, Disk, Loader, Preset, Remark
from tui.disks.libvirt import NVME_BUS, NVRAM_FORMATS
from tui.rules.hypervisors import LIBVIRT, QEMU
from tui.rules.plan_align import FORMATS
from tui.rules.plan_qemu import format_of
from tui.rules.rule import Rule, errors, on_disks, on_each_disk, on_each_disk_of, warnings

_DISK_NAMES = ("hd", "sd", "vd", "xvd", "ubd")
_TARGET = r"(?:fd|hd|vd|sd|xvd|ubd)([a-z]+)([0-9]*)"
_LUN_BUSES = ("scsi", "virtio")
_LUN_KINDS = ("block", "volume")
# Sources that are a path and nothing else.
_PATHS = ("file", "block", "dir")
# Xen's old word for raw, which libvirt's parser still takes.
_ALSO = ("aio",)
_NOT_QEMUS = ("iso", "dir", "cow")


def _shared_format(disk: Disk) -> str | None:
    if not disk.shareable or disk.read_only or disk.vmx_modes:
        return None
    image = format_of(disk)
    if not image and disk.source_kind == "volume":
        return "left to the pool"
    return image if image not in ("", "raw", *_ALSO) else None


def _no_source(disk: Disk) -> bool:
    if disk.device is not Device.DISK or not disk.empty or disk.vmx_modes:
        return False
    return disk.source_kind in _PATHS or not _has_source(disk)


def _has_source(disk: Disk) -> bool:
    """Whether there is a ``<source>``, whatever it says."""
    return not disk.empty or any(part.path == "source" for part in disk.parts[:1])


def _lun_kind(disk: Disk) -> str | None:
    if disk.device is not Device.LUN or disk.vmx_modes:
        return None
    if not _has_source(disk):
        return f"{disk.source_kind}, which says none"
    right = disk.source_kind in _LUN_KINDS or (disk.source_kind == "network" and disk.protocol == "iscsi")
    return None if right else disk.source_kind


def _lun_bus(disk: Disk) -> str | None:
    return disk.bus if disk.device is Device.LUN and disk.bus not in _LUN_BUSES else None


def _lun_format(disk: Disk) -> str | None:
    return (
        disk.file_format
        if disk.device is Device.LUN and disk.file_format not in (None, "raw", *_ALSO)
        else None
    )


def _doubled(configuration: Configuration) -> Iterable[Remark]:
    seen: dict[str, Disk] = {}
    for disk in configuration.disks:
        named = disk.target and not disk.vmx_modes  # a VMX names no target
        first = seen.setdefault(disk.target, disk) if named else disk
        if first is not disk:
            yield Remark(f"'{disk.target}', as {first.name} has", disk=disk.index)


def _bad_format(disk: Disk) -> str | None:
    known = disk.file_format is None or disk.vmx_modes or disk.file_format in (*FORMATS, *_ALSO)
    return None if known else disk.file_format


def _bad_bus(configuration: Configuration, disk: Disk) -> str | None:
    if disk.bus == "nvme" and not disk.vmx_modes and configuration.libvirt < NVME_BUS:
        return f"'nvme' before libvirt {NVME_BUS}"
    return None if disk.bad_bus is None else f"'{disk.bad_bus}'"


def _bad_target(disk: Disk) -> str | None:
    """A target that names no disk; ``nvme`` names came with a bus of their own."""
    if disk.vmx_modes or not disk.target or disk.bus == "nvme":
        return None
    if disk.device is Device.FLOPPY and not disk.target.startswith("fd"):
        return f"{disk.target}, which is none of a floppy drive"
    if disk.is_disk and not disk.target.startswith(_DISK_NAMES):
        return f"{disk.target}, which is none of a disk"
    match = re.fullmatch(_TARGET, disk.target)
    if match is None:
        return f"{disk.target}, which it does not know"
    return f"{disk.target}, which names a partition" if match[2] else None


def _vhost_user_in_snapshots(disk: Disk) -> bool:
    return disk.source_kind == "vhostuser" and not disk.empty and disk.preset not in (None, Preset.NO)


def _nvram_of_stateless(configuration: Configuration) -> Iterable[Remark]:
    if configuration.firmware.loader is Loader.STATELESS and configuration.firmware.nvram:
        yield Remark("")


def _nvram_of_no_firmware(configuration: Configuration) -> Iterable[Remark]:
    firmware = configuration.firmware
    chosen = firmware.loader is Loader.EFI and firmware.nvram_format == "qcow2"
    if chosen and configuration.libvirt >= NVRAM_FORMATS:
        yield Remark("")


RULES: tuple[Rule, ...] = (
    Rule(
        "efi-nvram-format",
        warnings(QEMU),
        "firmware='efi' with an NVRAM in qcow2, for a libvirt from 10.9 on",
        _nvram_of_no_firmware,
        "libvirt defines the domain only where the host has firmware whose NVRAM is qcow2",
        "make sure that the host has such firmware (Debian 13 has not), or name the loader and the NVRAM",
        "measured: 11.3 refuses it on Debian 13, 9.0 takes it",
    ),
    Rule(
        "shareable-format",
        errors(QEMU),
        "<shareable/> and a format other than raw",
        on_each_disk(_shared_format),
        "a disk that several machines share must be raw, not {detail}: libvirt does not define the domain",
        "convert the image to raw, or remove <shareable/>",
        "libvirt: shared access for disk requires use of supported storage format (measured)",
    ),
    Rule(
        "missing-source",
        errors(LIBVIRT),
        "a disk, and no drive, whose <source> names nothing",
        on_disks(_no_source),
        "only a CD-ROM or a floppy drive may be empty: libvirt does not define the domain",
        "name its image in <source>",
        "libvirt domain_conf.c: missing source information for device (measured)",
    ),
    Rule(
        "lun-not-block",
        errors(LIBVIRT),
        "device='lun' on another source than a block device or iSCSI",
        on_each_disk(_lun_kind),
        "device='lun' passes a block device through, not a source of type {detail}: "
        "libvirt does not define the domain",
        "make it device='disk'",
        "libvirt: disk device='lun' is only valid for block type disk source (measured)",
    ),
    Rule(
        "lun-bus",
        errors(QEMU),
        "device='lun' on another bus than scsi and virtio",
        on_each_disk(_lun_bus),
        "device='lun' is not supported for bus='{detail}': libvirt does not define the domain",
        "put it on the bus scsi",
        "libvirt qemu_validate.c: disk device='lun' is not supported for bus (measured)",
    ),
    Rule(
        "lun-format",
        errors(QEMU),
        "device='lun' and a format other than raw",
        on_each_disk(_lun_format),
        "device='lun' must use raw, not {detail}: libvirt does not define the domain",
        "say type='raw'",
        "libvirt: disk device 'lun' must use 'raw' format (measured)",
    ),
    Rule(
        "duplicate-target",
        errors(LIBVIRT),
        "two disks have one target",
        _doubled,
        "it has the target {detail}: libvirt does not define the domain",
        "give each disk a target of its own",
        "libvirt domain_conf.c: target duplicated for disk sources (measured)",
    ),
    Rule(
        "missing-target",
        errors(LIBVIRT),
        "a disk without <target dev>",
        on_disks(lambda disk: not disk.target and not disk.vmx_modes),
        "it has no target: libvirt does not define the domain",
        "say <target dev='…'/>",
        "libvirt domain_conf.c: missing target information for device (measured)",
    ),
    Rule(
        "bad-target",
        errors(QEMU),
        "a target that is no disk's name, such as xyz or vda1",
        on_each_disk(_bad_target),
        "its target is {detail}: libvirt does not define the domain",
        "call it as Linux calls a disk, such as vda, sda or hda; a floppy drive fda",
        "libvirt: Unknown disk name, Invalid harddisk device name, invalid disk target (measured)",
    ),
    Rule(
        "snapshot-yes",
        errors(LIBVIRT),
        "snapshot='yes', a word of the spelling attributes that is none of libvirt's",
        on_disks(lambda disk: disk.words.get("snapshot") == "yes"),
        "libvirt knows no snapshot='yes', and does not define the domain",
        "take the word out (set --spelling libvirt), or say how it takes part (set --preset external)",
        "libvirt: Invalid value for attribute 'snapshot' in element 'disk': 'yes' (measured)",
        blocks=False,
    ),
    Rule(
        "unbound-prefix",
        warnings(LIBVIRT),
        "a prefix such as qemu: that no xmlns declares",
        lambda configuration: configuration.unbound_prefixes,
        "libvirt drops what stands under {detail} without a word, as no xmlns declares it",
        "declare it, as xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0', or remove what it marks",
        "measured: libvirt 9.0 and 11.3 define the domain without it",
    ),
    Rule(
        "bad-bus",
        errors(LIBVIRT),
        "a bus libvirt does not know",
        on_each_disk_of(_bad_bus),
        "libvirt knows no bus {detail}, and does not define the domain",
        "choose a bus it knows, such as virtio, scsi or sata",
        "libvirt: Invalid value for attribute 'bus' in element 'target' (measured); nvme: NEWS 11.5.0",
    ),
    Rule(
        "bad-format",
        errors(LIBVIRT),
        "a driver type libvirt does not know",
        on_each_disk(_bad_format),
        "libvirt knows no image format '{detail}', and does not define the domain",
        "say the image's format, raw or qcow2",
        "libvirt: unknown driver format value (measured)",
    ),
    Rule(
        "iso-format",
        errors(QEMU),
        "driver type='iso', 'dir' or 'cow', which libvirt knows and QEMU has not",
        on_each_disk(lambda disk: disk.file_format if disk.file_format in _NOT_QEMUS else None),
        "QEMU has no format {detail}: libvirt does not define the domain",
        "say the image's format; an ISO image is raw",
        "libvirt: storage format 'iso' is not directly supported by QEMU (measured)",
    ),
    Rule(
        "bad-share-backing",
        errors(LIBVIRT),
        "shareBacking is neither yes nor no",
        on_each_disk(lambda disk: disk.bad_share_backing),
        "shareBacking is '{detail}', which libvirt does not know: it does not define the domain",
        "say yes or no, or remove it",
        "libvirt: Invalid value for attribute 'shareBacking' in element 'transient' (measured)",
    ),
    Rule(
        "vhostuser-snapshot",
        errors(QEMU),
        "type='vhostuser' with another preset than 'no'",
        on_disks(_vhost_user_in_snapshots),
        "libvirt cannot snapshot a vhost-user disk, and defines it without a preset or with 'no' alone",
        "leave it out of snapshots",
        "libvirt domain_validate.c: only snapshot=no is supported with vhostuser disk (measured)",
    ),
    Rule(
        "stateless-nvram",
        errors(LIBVIRT),
        "<nvram> beside a stateless loader",
        _nvram_of_stateless,
        "firmware that keeps nothing has no NVRAM: libvirt does not define the domain",
        "remove <nvram>, or stateless='yes'",
        "libvirt: NVRAM is not permitted when loader is stateless (measured)",
    ),
)
