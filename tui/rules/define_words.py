"""Words and numbers of a ``<disk>`` that libvirt does not take, told in its own messages.

Sources: the enums of domain_conf.c and storage_source_conf.c, domain_validate.c (measured with libvirt 9.0).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tui.disks import Configuration, Disk
from tui.disks.libvirt import USB_DISK_MODELS, VHOST_VDPA
from tui.rules.define_numbers import ULONGLONG, whole

_SWITCH = ("on", "off")
# By element and attribute, the words there are in libvirt 12.5.
WORDS: Mapping[str, tuple[str, ...]] = {
    "type": ("file", "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa"),
    "device": ("disk", "cdrom", "floppy", "lun"),
    "rawio": ("yes", "no"),
    "sgio": ("filtered", "unfiltered"),
    "driver cache": ("default", "none", "writethrough", "writeback", "directsync", "unsafe"),
    "driver error_policy": ("stop", "report", "ignore", "enospace"),
    "driver rerror_policy": ("stop", "report", "ignore"),
    "driver io": ("native", "threads", "io_uring"),
    "driver discard": ("unmap", "ignore"),
    "driver detect_zeroes": ("on", "off", "unmap"),
    "driver copy_on_read": _SWITCH,
    "driver ioeventfd": _SWITCH,
    "driver event_idx": _SWITCH,
    "driver iommu": _SWITCH,
    "driver ats": _SWITCH,
    "driver packed": _SWITCH,
    "driver page_per_vq": _SWITCH,
    "target tray": ("open", "closed"),
    "target removable": _SWITCH,
    "source startupPolicy": ("mandatory", "requisite", "optional"),
    "source protocol": (
        *("nbd", "rbd", "sheepdog", "gluster", "iscsi", "http", "https", "ftp", "ftps", "tftp", "ssh"),
        *("vxhs", "nfs"),
    ),
    "geometry trans": ("none", "auto", "lba"),
    "model": (
        *("virtio", "virtio-transitional", "virtio-non-transitional"),
        *("usb-storage", "usb-bot"),
    ),
    "address type": (
        *("pci", "drive", "virtio-serial", "ccid", "usb", "spapr-vio", "virtio-s390", "ccw", "virtio-mmio"),
        *("isa", "dimm", "unassigned"),
    ),
}
# Words that are newer than the others.
_SINCE = {"vhostvdpa": VHOST_VDPA, "usb-storage": USB_DISK_MODELS, "usb-bot": USB_DISK_MODELS}
# Numbers libvirt reads as such, and whether 0 is one of them.
_NUMBERS = {
    "driver iothread": True,
    "driver queues": True,
    "driver queue_size": True,
    "boot order": False,
    "target rotation_rate": True,
    "blockio logical_block_size": True,
    "blockio physical_block_size": True,
}
_LIMITS = {"vendor": 8, "product": 16}
# How long what a mainframe's firmware is told may be.
_LOADPARM = 8
_LIMIT, _GROUP = "iotune ", "iotune group_name"
_MOST = 10**15
# What a serial number may be made of besides letters and digits.
_SAFE = "-_ .+"

_UNKNOWN = {"source protocol": "unknown protocol type", "address type": "unknown address type"}


def unknown_words(configuration: Configuration, disk: Disk) -> Iterator[str]:
    """Words that are none of those there are."""
    for key, word in disk.words.items():
        known = WORDS.get(key)
        late = word in _SINCE and configuration.libvirt < _SINCE[word]
        if known is None or (word in known and not late):
            continue
        element, _, name = key.rpartition(" ")
        if key in _UNKNOWN:
            yield f"{_UNKNOWN[key]} '{word}'"
        else:
            yield f"Invalid value for attribute '{name}' in element '{element or 'disk'}': '{word}'."


def bad_numbers(_: Configuration, disk: Disk) -> Iterator[str]:
    """What should be a number and is none."""
    for key, zero in _NUMBERS.items():
        word = disk.words.get(key)
        if word is None:
            continue
        element, name = key.split(" ")
        start = f"Invalid value for attribute '{name}' in element '{element}': "
        number = whole(word)
        if number is None:
            yield f"{start}'{word}'. Expected non-negative integer value"
        elif not zero and number == 0:
            yield f"{start}Zero is not permitted"
    if "boot" in disk.words:
        yield "Missing required attribute 'order' in element 'boot'"
    for key, word in disk.words.items():
        if key.startswith(_LIMIT) and key != _GROUP and word and whole(word, ULONGLONG) is None:
            yield f"disk iotune field '{key.removeprefix(_LIMIT)}' must be an integer"


def bad_texts(_: Configuration, disk: Disk) -> Iterator[str]:
    """Names that are too long or malformed."""
    for name, most in _LIMITS.items():
        if len(disk.words.get(name, "").encode()) > most:
            yield f"disk {name} is more than {most} characters"
        elif not all(" " <= letter <= "~" for letter in disk.words.get(name, "")):
            yield f"disk {name} is not printable string"
    load = disk.words.get("boot loadparm")
    if load is not None and not 0 < len(load) <= _LOADPARM:
        yield f"loadparm value '{load}' must be between 1 and {_LOADPARM} characters"
    wwn = disk.words.get("wwn")
    if wwn and not _is_wwn(wwn):
        yield f"Malformed wwn: {wwn}"


def limits_of(disk: Disk) -> Mapping[str, int]:
    """The limits of a disk that limit anything, in their units, by the words' keys."""
    limits = {key: whole(word, ULONGLONG) for key, word in disk.words.items() if key.startswith(_LIMIT)}
    return {key: number for key, number in limits.items() if number and key != _GROUP}


def qemu_bad_texts(configuration: Configuration, disk: Disk) -> Iterator[str]:
    """A serial number with letters QEMU's command line has no place for, and limits it has not."""
    serial = disk.words.get("serial", "")
    if not all(letter in _SAFE or (letter.isascii() and letter.isalnum()) for letter in serial):
        yield f"driver serial '{serial}' contains unsafe characters"
    limits, group = limits_of(disk), disk.words.get(_GROUP)
    if group and not any(one.words.get(_GROUP) == group and limits_of(one) for one in configuration.disks):
        yield "group_name can be configured only together with settings"
    for key, number in limits.items():
        if not key.endswith("_length") and number > _MOST:
            yield f"argument unsupported: block I/O throttle limit must be no more than {_MOST} using QEMU"


def _is_wwn(text: str) -> bool:
    digits = text.removeprefix("0x")
    return len(digits) == 16 and all(letter in "0123456789abcdefABCDEF" for letter in digits)
