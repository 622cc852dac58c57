"""Options of a ``<disk>`` that do not fit its bus, device, source or each other, in libvirt's messages.

Sources: domain_validate.c and qemu_validate.c (measured with the QEMU driver of libvirt 9.0).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tui.counting import whole_number
from tui.disks import Configuration, Device, Disk
from tui.disks.libvirt import REMOVABLE_ON_SCSI
from tui.disks.targets import target_index
from tui.rules.define_sources import CACHE_SIZES

# More than any number has that libvirt reads: it tells of a longer one as it stands, up to here.
_MOST_DIGITS = 20
_OF_VIRTIO = ("driver queues", "driver event_idx", "driver ioeventfd")
_OPTIONS_OF_VIRTIO = ("driver iommu", "driver ats", "driver packed", "driver page_per_vq")
# What a vhost-user disk takes none of, and what libvirt calls it, in order (virDomainDiskVhostUserValidate).
_NOT_FOR_VHOST_USER = {
    "driver cache": "cache",
    "driver error_policy": "error_policy",
    "driver rerror_policy": "error_policy",
    "driver io": "io",
    "driver ioeventfd": "ioeventfd",
    "driver copy_on_read": "copy_on_read",
    "driver discard": "discard",
    "driver iothread": "iothread",
    "driver detect_zeroes": "detect_zeroes",
    "backingStore": "backingStore",
    "serial": "serial",
    "wwn": "wwn",
    "vendor": "vendor",
    "product": "product",
}
# Buses whose controllers this program knows the addresses of (virDomainDiskAddressDiskBusCompatibility).
_DRIVE_BUSES = ("ide", "fdc", "scsi", "sata")
# Types of address that libvirt reads, and has no disk at.
_NOT_OF_DISKS = {
    "unassigned": "address of type 'unassigned' is supported only for hostdevs",
    "virtio-s390": "virtio-s390 bus doesn't have an address",
}
_WITHOUT_IDE = ("q35", "virt")
_OF_VIRTIO_ADDRESSES = ("pci", "ccw", "virtio-s390", "virtio-mmio")
# What an address on a drive bus must be 0 in, in libvirt's words.
_ZERO: Mapping[str, Mapping[int, str]] = {
    "fdc": {
        0: "Only 1 fdc controller is supported",
        1: "Only 1 fdc bus is supported",
        2: "target must be 0 for controller fdc",
    },
    "scsi": {1: "SCSI controller only supports 1 bus"},
    "sata": {1: "bus must be 0 for sata controller", 2: "target must be 0 for sata controller"},
    "ide": {2: "target must be 0 for ide controller"},
}
# Buses whose disks libvirt gives no address of another kind than PCI.
_MAYBE_PCI = ("virtio", "xen", "sd", "uml")
_NO_CCW = ("pc", "q35")


# What does not fit the bus


def not_of_bus(configuration: Configuration, disk: Disk) -> Iterator[str]:
    """A device its bus or its machine has not."""
    yield from _device_of_bus(disk)
    if disk.bus == "ide":
        yield from _of_ide(configuration, disk)
    if disk.bus in ("ide", "sata") and disk.device is Device.DISK and disk.read_only:
        yield f"readonly {disk.bus} disks are not supported"
    if disk.bus == "fdc" and (target_index(disk.target) or 0) > 1 and "drive" not in disk.words:
        yield "Only 1 fdc controller is supported"
    if "drive" in disk.words:
        numbers = disk.words["drive"].split(":")
        yield from (message for at, message in _ZERO.get(disk.bus, {}).items() if numbers[at].strip("0"))


def _of_ide(configuration: Configuration, disk: Disk) -> Iterator[str]:
    if any(one in configuration.machine_type for one in _WITHOUT_IDE):
        yield "IDE controllers are unsupported for this QEMU binary or machine type"
    drive = disk.words.get("drive")
    if ((target_index(disk.target) or 0) > 3) if drive is None else not drive.startswith("0:"):
        yield "Only 1 IDE controller is supported"


def _device_of_bus(disk: Disk) -> Iterator[str]:
    if disk.device is Device.FLOPPY and disk.bus != "fdc":
        yield f"Invalid bus type '{disk.bus}' for floppy disk"
    if disk.device is not Device.FLOPPY and disk.bus == "fdc":
        yield f"Invalid bus type '{disk.bus}' for disk"
    if disk.device is Device.CDROM and disk.bus in ("virtio", "sd"):
        yield f"disk type of '{disk.target}' does not support ejectable media"
    if _is_vhost_user(disk) and disk.bus != "virtio":
        yield "vhostuser disk supports only virtio bus"


def _is_vhost_user(disk: Disk) -> bool:
    """Whether another process serves it; one without a ``<source>`` is an empty drive."""
    return disk.source_kind == "vhostuser" and (not disk.empty or "source type" in disk.words)


def options_of_bus(configuration: Configuration, disk: Disk) -> Iterator[str]:
    """Options and addresses of another bus."""
    words, bus = disk.words, disk.bus
    if not words:
        return
    if bus != "virtio":
        yield from _of_virtio_alone(disk)
    removable = ("usb", "scsi") if configuration.libvirt >= REMOVABLE_ON_SCSI else ("usb",)
    if "target removable" in words and bus not in removable:
        yield "removable is only valid for usb disks"
    yield from _address_of_bus(disk)


def _of_virtio_alone(disk: Disk) -> Iterator[str]:
    words = disk.words
    model = words.get("model", "")
    if model.startswith("virtio"):
        yield f"disk model '{model}' not supported for bus '{disk.bus}'"
    if _is_set(disk, "driver queues"):
        yield "queues attribute in disk driver element is only supported by virtio-blk"
    for key in _OF_VIRTIO[1:]:
        if key in words:
            yield f"disk {key.removeprefix('driver ')} mode supported only for virtio bus"
    for key in _OPTIONS_OF_VIRTIO:
        if key in words:
            name = key.removeprefix("driver ")
            kind = "option" if name == "page_per_vq" else "driver option"
            yield f"{name} {kind} is only supported for virtio devices"


def _address_of_bus(disk: Disk) -> Iterator[str]:
    address = disk.words.get("address type")
    if address is None:
        return
    if address in _NOT_OF_DISKS:
        yield _NOT_OF_DISKS[address]
    on_drive = disk.bus in _DRIVE_BUSES
    if (on_drive and address != "drive") or (address == "drive" and disk.bus == "usb"):
        yield f"Invalid address type '{address}' for the disk '{disk.target}' with the bus type '{disk.bus}'"


def qemu_options_of_bus(configuration: Configuration, disk: Disk) -> Iterator[str]:
    """Options and addresses QEMU has on another bus only."""
    words, bus = disk.words, disk.bus
    yield from _qemu_address_of_bus(configuration, disk)
    if not words:
        return
    if _is_set(disk, "target rotation_rate") and bus not in ("scsi", "ide", "sata"):
        yield "rotation rate is only valid for SCSI/IDE/SATA bus"
    if _is_set(disk, "target rotation_rate") and disk.device is not Device.DISK:
        yield "rotation rate is only valid for disk device"
    if words.get("wwn") and bus not in ("scsi", "ide"):
        yield "Only ide and scsi disk support wwn"
    elif words.get("wwn") and disk.device is Device.LUN:
        yield "Setting wwn is not supported for lun device"
    if (words.get("vendor") or words.get("product")) and bus != "scsi":
        yield "Only scsi disk supports vendor and product"
    elif (words.get("vendor") or words.get("product")) and disk.device is Device.LUN:
        yield "Setting vendor or product is not supported for lun device"
    if _is_set(disk, "driver iothread") and bus != "virtio":
        yield f"IOThreads not available for bus {bus} target {disk.target}"
    if words.get("serial"):
        yield from _serial_of_bus(disk)
    yield from _geometry_of_bus(disk)


def _serial_of_bus(disk: Disk) -> Iterator[str]:
    if disk.bus == "sd":
        yield "Serial property not supported for drive bus 'sd'"
    elif disk.bus == "scsi" and disk.device is Device.LUN:
        yield "scsi-block 'lun' devices do not support the serial property"


def _qemu_address_of_bus(configuration: Configuration, disk: Disk) -> Iterator[str]:
    address = disk.words.get("address type")
    is_pci = disk.bus in _MAYBE_PCI and address in (None, "pci")
    if not is_pci and any(part.path == "acpi" for part in disk.parts):
        yield "ACPI index is only supported for PCI devices"
    if address is None:
        return
    if disk.bus == "virtio" and address not in _OF_VIRTIO_ADDRESSES:
        yield f"virtio disk cannot have an address of type '{address}'"
    if address == "ccw" and configuration.machine_type.startswith(_NO_CCW):
        yield "cannot use CCW address type for device"
    if disk.bus == "usb" and address not in ("usb", "drive"):
        yield "unexpected address type for usb disk"


def _geometry_of_bus(disk: Disk) -> Iterator[str]:
    words, bus = disk.words, disk.bus
    if not all(_is_set(disk, f"geometry {name}") for name in ("cyls", "heads", "secs")):
        return
    if bus in ("usb", "sd"):
        yield f"CHS geometry can not be set for '{bus}' bus"
    elif "geometry trans" in words and bus != "ide":
        yield f"CHS translation mode can only be set for 'ide' bus not '{bus}'"


# What does not fit the device, its source or another option


def options_of_device(_: Configuration, disk: Disk) -> Iterator[str]:
    """Options of another device."""
    words = disk.words
    if words.get("sgio") == "unfiltered":
        yield "unfiltered sgio is no longer supported"
    if disk.device is not Device.LUN:
        for name in ("rawio", "sgio"):
            if name in words:
                yield f"{name} can be used only with device='lun'"
    drive = disk.device in (Device.CDROM, Device.FLOPPY)
    if words.get("target tray") == "open" and not drive:
        yield "tray is only valid for cdrom and floppy"
    if words.get("source startupPolicy") == "requisite" and not drive:
        yield "disk startupPolicy 'requisite' is allowed only for cdrom or floppy"


def options_of_source(_: Configuration, disk: Disk) -> Iterator[str]:
    """What no vhost-user disk has."""
    if not _is_vhost_user(disk):
        return
    options = (
        name
        for key, name in _NOT_FOR_VHOST_USER.items()
        if disk.words.get(key, "default") not in ("default", "")
    )
    for name in dict.fromkeys(options):
        yield f"{name} is not supported with vhostuser disk"
    paths = {part.path for part in disk.parts if part.kind == "vhostuser"}
    for name, is_there in (
        ("auth", "source/auth" in paths),
        ("encryption", "source/encryption" in paths),
        ("metadata_cache", any(part.path == CACHE_SIZES[0] and part.text.strip("0") for part in disk.parts)),
        ("iotune", _says_more_than_0(disk, "iotune ")),
        ("readonly", disk.read_only),
        ("shareable", disk.shareable),
        ("geometry", _says_more_than_0(disk, "geometry ")),
        ("blockio", _says_more_than_0(disk, "blockio ")),
    ):
        if is_there:
            yield f"{name} is not supported with vhostuser disk"


def _is_set(disk: Disk, key: str) -> bool:
    """Whether the disk has this word; a number of 0 counts as none."""
    return disk.words.get(key, "0").strip("0") != ""


def _says_more_than_0(disk: Disk, element: str) -> bool:
    """Whether an element says anything; a number of 0 says nothing."""
    return any(key.startswith(element) and word.strip("0") for key, word in disk.words.items())


def qemu_options_of_source(configuration: Configuration, disk: Disk) -> Iterator[str]:
    """A driver, format or protocol QEMU has not for such a source."""
    name = disk.words.get("driver name")
    if name is not None:
        yield f"unsupported driver name '{name}' for disk '{disk.target}'"
    if disk.source_kind == "dir" and disk.file_format != "fat" and not _says_nothing(disk):
        yield "storage type 'dir' requires use of storage format 'fat'"
    elif disk.source_kind == "dir" and not disk.read_only and disk.source:
        yield "virtual FAT storage can't be accessed in read-write mode"
    elif disk.file_format == "fat" and disk.source_kind not in ("dir", "volume"):
        yield "storage format 'fat' is supported only with 'dir' storage type"
    if disk.protocol == "tftp":
        yield "'tftp' protocol is not supported with this QEMU binary"
    if _is_vhost_user(disk) and not configuration.attached.shared_memory:
        yield "'vhostuser' requires shared memory"


def _says_nothing(disk: Disk) -> bool:
    return disk.empty and "source" not in disk.words


def disagreeing(_: Configuration, disk: Disk) -> Iterator[str]:
    """Limits that exclude each other."""
    if disk.words:
        for unit in ("bytes_sec", "iops_sec", "bytes_sec_max", "iops_sec_max"):
            if _tuned(disk, f"total_{unit}") and (
                _tuned(disk, f"read_{unit}") or _tuned(disk, f"write_{unit}")
            ):
                yield f"total and read/write {unit} cannot be set at the same time"


def _tuned(disk: Disk, name: str) -> bool:
    return _is_set(disk, f"iotune {name}")


def qemu_disagreeing(configuration: Configuration, disk: Disk) -> Iterator[str]:
    """Options QEMU cannot have together, or that name what is not there."""
    if not disk.words:
        return
    copied = disk.words.get("driver copy_on_read") == "on"
    if copied and disk.device in (Device.CDROM, Device.FLOPPY):
        yield f"copy_on_read is not supported with removable disk '{disk.target}'"
    elif copied and disk.device is Device.LUN:
        yield f"copy_on_read is not compatible with 'lun' disk '{disk.target}'"
    elif copied and disk.read_only:
        yield f"copy_on_read is not compatible with read-only disk '{disk.target}'"
    thread = disk.words.get("driver iothread", "")
    if thread.isascii() and thread.isdigit():
        number = whole_number(thread, _MOST_DIGITS)
        if number is None or not configuration.attached.has_iothread(number):
            yield f"Disk iothread '{thread[:_MOST_DIGITS]}' not defined in iothreadid"
    cached = disk.words.get("driver cache") not in ("none", "directsync")
    if disk.words.get("driver io") == "native" and cached:
        yield "io='native' needs either no disk cache or directsync cache mode"
