"""What libvirt refuses to define of one disk's device: words it does not know, and options that do not fit.

The details are libvirt's own messages. A test asks its QEMU driver about disks made at random.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from tui.disks import Configuration, Device, Disk, Part, Preset, Remark
from tui.rules.define_controllers import unfit_controllers
from tui.rules.define_fit import (
    disagreeing,
    not_of_bus,
    options_of_bus,
    options_of_device,
    options_of_source,
    qemu_disagreeing,
    qemu_options_of_bus,
    qemu_options_of_source,
)
from tui.rules.define_parts import unknown_in_parts
from tui.rules.define_places import (
    NO_PLACE,
    drive_place,
    nowhere,
    pci_place,
    pci_text,
    port_text,
    usb_place,
)
from tui.rules.define_sources import incomplete_source, qemu_unfit_sources
from tui.rules.define_words import (
    WORDS,
    bad_numbers,
    bad_texts,
    limits_of,
    qemu_bad_texts,
    unknown_words,
)
from tui.rules.hypervisors import LIBVIRT, QEMU
from tui.rules.rule import Rule, State, asked_once, errors

Key = tuple[str, str | tuple[int, ...]]
Check = Callable[[Configuration, Disk], Iterator[str]]


def _doubled(of: Callable[[Disk], tuple[Key, str] | None]) -> State:
    """What two disks of a domain say alike and must not: told of the second.

    ``of`` gives what a disk says, and libvirt's message, which is on the first.
    """

    def find(configuration: Configuration) -> Iterable[Remark]:
        seen: dict[Key, str] = {}
        for disk in configuration.disks:
            found = of(disk)
            if found is None:
                continue
            key, message = found
            if key in seen:
                yield Remark(f'"{seen[key]}"', disk=disk.index)
            seen.setdefault(key, message)

    return find


def _place(disk: Disk) -> tuple[Key, str] | None:
    if disk.vmx_modes:
        return None
    drive = drive_place(disk)
    if drive is not None:
        controller, bus, target, unit = drive
        return (disk.bus, drive), (
            f"Found duplicate drive address for disk with target name '{disk.target}' "
            f"controller='{controller}' bus='{bus}' target='{target}' unit='{unit}'"
        )
    address = next((part for part in disk.parts if part.path == "address"), None)
    if address is None:
        return None
    usb, pci = usb_place(address.words), pci_place(address)
    if usb is not None:
        bus, way = usb
        return ("usb", (bus, *way)), f"Duplicate USB address bus {bus} port {port_text(way)}"
    return None if pci == NO_PLACE else (("pci", pci), f"Attempted double use of PCI Address {pci_text(pci)}")


def _boot_order(disk: Disk) -> tuple[Key, str] | None:
    word = disk.words.get("boot order")
    return None if word is None else (("", word), f"boot order '{word}' used for more than one device")


def _alias(disk: Disk) -> tuple[Key, str] | None:
    word = disk.words.get("alias")
    return None if word is None else (("", word), f"non unique alias detected: {word}")


def _limits_differ(configuration: Configuration) -> Iterable[Remark]:
    """Disks that share one group's limits and say others."""
    firsts: dict[str, tuple[Disk, Mapping[str, int]]] = {}
    for disk in configuration.disks:
        group = disk.words.get("iotune group_name")
        limits = limits_of(disk) if group else {}
        if not group or not limits:  # one without any has those of the group
            continue
        first, limits_of_first = firsts.setdefault(group, (disk, limits))
        if limits_of_first != limits:
            message = f"different iotunes for disks {first.target} and {disk.target}"
            yield Remark(f'"{message}"', disk=disk.index)


# Words that are right wherever they stand.
_HARMLESS = frozenset(
    {
        ("type", "block"),
        ("device", "cdrom"),
        *(("snapshot", word) for word in Preset),
        ("driver discard", "unmap"),
        ("driver error_policy", "stop"),
        ("driver rerror_policy", "stop"),
        ("driver detect_zeroes", "unmap"),
        *(("driver cache", word) for word in WORDS["driver cache"]),
        *(("driver io", word) for word in ("threads", "io_uring")),
        *(("drive", f"0:0:0:{unit}") for unit in range(30)),
        *(("boot order", str(number)) for number in range(1, 10)),
    }
)
# A pair of device and bus every machine has, and the words on its address.
_ORDINARY = {
    (Device.DISK, "virtio"): frozenset({("address type", "pci")}),
    (Device.DISK, "scsi"): frozenset({("address type", "drive")}),
    (Device.DISK, "sata"): frozenset({("address type", "drive")}),
    (Device.CDROM, "sata"): frozenset({("address type", "drive")}),
}
_FITTING = {key: _HARMLESS | words for key, words in _ORDINARY.items()}


# The numbers of most addresses, as libvirt itself writes them.
_USUAL_ADDRESS = frozenset(
    {
        *(("type", kind) for kind in ("drive", "pci")),
        *(("controller", str(number)) for number in range(4)),
        *(("bus", word) for word in ("0", *(f"0x{number:02x}" for number in range(32)))),
        ("target", "0"),
        *(("unit", str(number)) for number in range(30)),
        ("domain", "0x0000"),
        *(("slot", f"0x{number:02x}") for number in (0, *range(2, 31))),
        *(("function", f"0x{number}") for number in range(8)),
    }
)


def _is_ordinary(disk: Disk) -> bool:
    fitting = _FITTING.get((disk.device, disk.bus))
    if fitting is None or disk.source_kind not in ("file", "block"):
        return False
    if disk.file_format == "fat" or (disk.read_only and disk.device is Device.DISK):
        return False
    return (not disk.words or disk.words.items() <= fitting) and all(map(_is_usual, disk.parts))


def _is_usual(part: Part) -> bool:
    """An address libvirt itself wrote."""
    return part.path == "address" and "type" in part.words and part.words.items() <= _USUAL_ADDRESS


@asked_once
def _suspects(configuration: Configuration) -> tuple[Disk, ...]:
    """The disks of a domain that need a look; most are as most are."""
    return tuple([disk for disk in configuration.disks if not disk.vmx_modes and not _is_ordinary(disk)])


def _first_of(*checks: Check) -> State:
    """The first thing that any of the checks tells of each disk of a domain."""

    def find(configuration: Configuration) -> Iterable[Remark]:
        for disk in _suspects(configuration):
            message = next((message for check in checks for message in check(configuration, disk)), None)
            if message is not None:
                yield Remark(f'"{message}"', disk=disk.index)

    return find


def _addresses(configuration: Configuration) -> Iterable[Remark]:
    """Addresses that lead nowhere, of every disk: also what libvirt itself wrote hangs on its controllers."""
    for disk in configuration.disks:
        message = None if disk.vmx_modes else next(nowhere(configuration, disk), None)
        if message is not None:
            yield Remark(f'"{message}"', disk=disk.index)


_SAYS = "libvirt does not define the domain: {detail}"
_SOURCE = "libvirt domain_conf.c, domain_validate.c (measured)"
_QEMU_SOURCE = "libvirt domain_validate.c, qemu_validate.c (measured)"

RULES: tuple[Rule, ...] = (
    Rule(
        "unknown-word",
        errors(LIBVIRT),
        "a word libvirt does not know, or no number where it wants one, such as cache='x'",
        _first_of(unknown_words, bad_numbers, bad_texts, unknown_in_parts),
        _SAYS,
        "write a word it knows, or remove it",
        _SOURCE,
    ),
    Rule(
        "bus-unfit",
        errors(QEMU),
        "a device its bus or machine has not, such as a CD-ROM drive on virtio, or IDE on q35",
        _first_of(not_of_bus),
        _SAYS,
        "put it on a bus that fits: a disk on virtio, scsi or sata, a CD-ROM drive on sata, a floppy on fdc",
        _QEMU_SOURCE,
    ),
    Rule(
        "controller-unfit",
        errors(QEMU),
        "a controller that its machine or QEMU has not, such as buslogic, or IDE on q35",
        unfit_controllers,
        _SAYS,
        "name one that fits, such as virtio-scsi, or none: libvirt adds what the disks need",
        _QEMU_SOURCE,
    ),
    Rule(
        "address-unfit",
        errors(QEMU),
        "an address that its controller has not: a target of an LSI one, a USB port, a slot of a PCI bridge",
        _addresses,
        _SAYS,
        "remove <address>: libvirt finds a free one",
        "libvirt domain_addr.c, qemu_validate.c (measured)",
    ),
    Rule(
        "option-of-bus",
        errors(LIBVIRT),
        "an option or an address of another bus, such as event_idx on sata",
        _first_of(options_of_bus),
        _SAYS,
        "remove what belongs to another bus",
        _SOURCE,
    ),
    Rule(
        "option-of-qemu-bus",
        errors(QEMU),
        "an option QEMU has on another bus only, such as a wwn on virtio",
        _first_of(qemu_options_of_bus),
        _SAYS,
        "remove what belongs to another bus",
        _QEMU_SOURCE,
    ),
    Rule(
        "option-of-device",
        errors(LIBVIRT),
        "an option of another device, such as rawio on another than a lun",
        _first_of(options_of_device),
        _SAYS,
        "remove what belongs to another device",
        _SOURCE,
    ),
    Rule(
        "option-of-source",
        errors(LIBVIRT),
        "what no vhost-user disk has, such as a cache",
        _first_of(options_of_source),
        _SAYS,
        "remove it: the process behind the socket decides it",
        _SOURCE,
    ),
    Rule(
        "source-unfit",
        errors(QEMU),
        "a driver, format or protocol QEMU has not for such a source, such as a folder that is not fat",
        _first_of(qemu_options_of_source, qemu_unfit_sources),
        _SAYS,
        "name the driver qemu, and a format and source that go together; for vhost-user share the memory",
        _QEMU_SOURCE,
    ),
    Rule(
        "source-incomplete",
        errors(LIBVIRT),
        "a <source> that does not say all its type needs, such as a network disk without a protocol",
        _first_of(incomplete_source),
        _SAYS,
        "say the rest of its source",
        _SOURCE,
    ),
    Rule(
        "duplicate-address",
        errors(LIBVIRT),
        "two disks have one place on one controller, on PCI or at one USB port",
        _doubled(_place),
        _SAYS,
        "give each a place of its own, or leave the addresses away",
        "libvirt domain_validate.c (measured)",
    ),
    Rule(
        "duplicate-boot-order",
        errors(LIBVIRT),
        "two disks say one <boot order>",
        _doubled(_boot_order),
        _SAYS,
        "give each a number of its own",
        "libvirt domain_postparse.c (measured)",
    ),
    Rule(
        "duplicate-alias",
        errors(LIBVIRT),
        "two disks have one <alias> of the person's own",
        _doubled(_alias),
        _SAYS,
        "give each one of its own, or remove it",
        "libvirt domain_conf.c (measured)",
    ),
    Rule(
        "limits-differ",
        errors(QEMU),
        "disks of one <group_name> with other limits",
        _limits_differ,
        _SAYS,
        "say the same limits for each disk of the group",
        "libvirt qemu_validate.c (measured)",
    ),
    Rule(
        "options-disagree",
        errors(LIBVIRT),
        "a total limit beside one for reading or writing",
        _first_of(disagreeing),
        _SAYS,
        "keep the one or the other",
        _SOURCE,
    ),
    Rule(
        "qemu-options-disagree",
        errors(QEMU),
        "options QEMU cannot have together, such as io='native' without cache none or directsync",
        _first_of(qemu_disagreeing, qemu_bad_texts),
        _SAYS,
        "change the one or the other, or remove both",
        "libvirt qemu_validate.c (measured)",
    ),
)
