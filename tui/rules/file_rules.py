"""Rules on a VMX as a file: what its readers take differently, what it hides, where its disks are."""

from __future__ import annotations

from collections.abc import Iterable

from tui.disks import Configuration, Disk, Remark, UnitAddress
from tui.rules.hypervisors import ESXI, VMWARE
from tui.rules.rule import Rule, errors, infos, on_disks, on_each_disk_of, warnings

# By bus: how many controllers, how many units each has at least (libvirt vmx.c; vSphere's hardware tables).
_ROOM = {"scsi": (4, 16), "sata": (4, 30), "ide": (2, 2), "nvme": (4, 15), "floppy": (1, 2)}
# By bus: the hardware version that brought it (vSphere 6.5, virtual machine compatibility).
_BROUGHT_BY = {"sata": ("SATA", 10), "nvme": ("NVMe", 13)}
# Controllers that newer hardware gives more units: from which version, how many.
_PVSCSI_UNITS = (13, 65)
_NVME_UNITS = (21, 64)
_OWN_UNIT = 7


def _bad_address(configuration: Configuration, disk: Disk) -> str | None:
    place, version = disk.place, configuration.hardware_version
    if place is None or place.bus not in _ROOM:
        return None
    bus, needed = _BROUGHT_BY.get(place.bus, ("", 0))
    if version is not None and version < needed:
        return f"{bus} needs hardware version {needed}, the VM has {version}"
    if place.bus == "scsi" and place.unit == _OWN_UNIT:
        return "SCSI unit 7 is the controller itself"
    controllers, fewest = _ROOM[place.bus]
    if place.controller >= controllers:
        return f"{place.bus} controllers go from 0 to {controllers - 1}"
    if place.unit < fewest:
        return None
    units = _units_at(configuration, place)
    return f"units go from 0 to {units - 1}" if place.unit >= units else None


def _units_at(configuration: Configuration, place: UnitAddress) -> int:
    """How many units the controller at ``place`` has; as many as any has where the version is untold."""
    since, more = _NVME_UNITS if place.bus == "nvme" else _PVSCSI_UNITS
    grows = place.bus == "nvme" or _is_pvscsi(configuration, place)
    version = configuration.hardware_version
    return more if grows and (version is None or version >= since) else _ROOM[place.bus][1]


def _is_pvscsi(configuration: Configuration, place: UnitAddress) -> bool:
    """Whether its controller is a PVSCSI one: libvirt's word for that is ``vmpvscsi`` (src/vmx/vmx.c)."""
    controllers = configuration.attached.controllers
    if controllers:
        from tui.rules.define_places import indexed  # noqa: PLC0415 - see in_force: a VMX loads none of it

        domains = indexed(controllers, place.bus).get(place.controller)
        return domains is not None and domains.model == "vmpvscsi"
    controller = configuration.controller_of(place)
    return controller is not None and controller.model == "pvscsi"


def _byte_order_mark(configuration: Configuration) -> Iterable[Remark]:
    if configuration.byte_order_mark:
        yield Remark("", 1)


def _unquoted(configuration: Configuration) -> Iterable[Remark]:
    if configuration.unquoted_values:
        yield configuration.unquoted_values


def _encrypted(configuration: Configuration) -> Iterable[Remark]:
    if configuration.encrypted:
        yield Remark(configuration.encrypted)


def _partially_encrypted(configuration: Configuration) -> Iterable[Remark]:
    if configuration.partially_encrypted:
        yield Remark(configuration.partially_encrypted)


RULES: tuple[Rule, ...] = (
    Rule(
        "duplicate-key",
        errors(VMWARE),
        "a key stands twice, letter case aside",
        lambda configuration: configuration.duplicate_keys,
        "a key stands twice: {detail}",
        "remove one of the lines: VMware refuses such a file, libvirt takes the first, Packer the last",
        "bosh-lite issue 61; libvirt virconf.c",
    ),
    Rule(
        "malformed-line",
        warnings(VMWARE),
        "a line from which VMware's reader takes no key",
        lambda configuration: configuration.malformed_lines,
        "VMware takes no key from this line: {detail}",
        "mend or remove the line: VMware may refuse the file for it (Syntax error); it is kept byte for byte",
        "open-vm-tools, lib/dict/dictll.c; dictionary.c of the View Open Client",
    ),
    Rule(
        "byte-order-mark",
        warnings(VMWARE),
        "the file begins with a UTF-8 byte-order mark",
        _byte_order_mark,
        "the file begins with a byte-order mark, and other readers of VMX files refuse it for that",
        "remove the three bytes EF BB BF at its start; until then they are kept",
        "libvirt virconf.c; reports for ESXi 7 and Workstation",
    ),
    Rule(
        "unquoted-value",
        warnings(VMWARE),
        "a value stands without quotes",
        _unquoted,
        "without quotes, for which other readers refuse the file: {detail}",
        "put each value between quotes; what is newly set here gets them",
        "libvirt: numbers not allowed in VMX format (measured); reports for ESXi 7 and Workstation",
    ),
    Rule(
        "encoding",
        warnings(VMWARE),
        "bytes that are not of the declared encoding, or an encoding nobody here knows",
        lambda configuration: configuration.encoding_trouble,
        "{detail}",
        "correct .encoding: VMware may refuse the file for it; the bytes are kept as they are",
        "VMX .encoding; dictionary.c of the View Open Client",
    ),
    Rule(
        "template",
        infos(VMWARE),
        "marks that a tool fills in: {{ }} or @X@ in a value or a line, @x@ in a key",
        lambda configuration: configuration.template_marks,
        "this looks like a template, not a machine: {detail}",
        "edit the template knowingly; what fills it in may overwrite the change",
        "seen in public repositories of VMX templates",
    ),
    Rule(
        "encrypted",
        errors(VMWARE),
        "encryption.keySafe or encryption.data is present; the file opens read-only",
        _encrypted,
        "the file is encrypted ({detail}): its disks are hidden, and it opens read-only",
        "remove the encryption in the product that set it, then edit",
        "VMware virtual machine encryption",
    ),
    Rule(
        "partially-encrypted",
        infos(VMWARE),
        "vmx.encryptionType or encryption.type is partial",
        _partially_encrypted,
        "parts of the machine are encrypted ({detail}), as a virtual TPM needs; the disks are not",
        "nothing to do",
        "Workstation: partial encryption for a virtual TPM",
    ),
    Rule(
        "bad-address",
        errors(ESXI),
        "SCSI unit 7, a unit or controller out of range, SATA below hardware version 10, NVMe below 13",
        on_each_disk_of(_bad_address),
        "ESXi takes no device at this address: {detail}",
        "move the disk to a free address the VM's hardware has",
        "libvirt vmx.c; vSphere 6.5, hardware features by virtual machine compatibility",
    ),
    Rule(
        "controller-absent",
        infos(VMWARE),
        "the disk is present, its controller is not",
        on_disks(lambda disk: not disk.controller_present),
        "its controller is not present, so the hypervisor ignores the disk",
        "set the controller's present key to TRUE, or remove the disk",
        "libvirt vmx.c",
    ),
    Rule(
        "not-present",
        infos(VMWARE),
        "a virtual disk's fileName without the device's present key, or with neither TRUE nor FALSE in it",
        lambda configuration: configuration.unpresented,
        "it is not said that the VM has the disk: {detail}",
        "write TRUE into the device's present key if the VM is to have it; else remove its lines",
        "libvirt vmx.c: present is false where it is absent, and true or false else",
    ),
    Rule(
        "beside-unknown",
        infos(VMWARE),
        "a file beside the VMX that tells of snapshots or delta disks is missing or cannot be read",
        lambda configuration: configuration.sidecars.unknown,
        "the VM's other files are not all known: {detail}",
        "make sure that it has no snapshots before you change a mode",
        "this project: has-snapshots, is-delta and not-covered are told by these files",
    ),
)
