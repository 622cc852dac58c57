"""Where the disks of a VMX stand in a domain that QEMU runs: the same controllers where QEMU has them.

Source: QEMU 7.2 and libvirt 9.0 (qemu_domain_address.c, qemu_validate.c), measured: lsilogic and lsisas1068
hold eight targets, AHCI six ports; PVSCSI 64 targets; q35 has no IDE; the bus nvme came with libvirt 11.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from tui.convert.controllers import MODELS
from tui.convert.releases import has_nvme
from tui.convert.vmx_reader import VmxReader
from tui.disks import Disk, UnitAddress, letters, target_name
from tui.disks.targets import unique_targets

_SATA_PORTS = 6
_TARGETS = {"lsilogic": 7, "lsisas1068": 8, "vmpvscsi": 65, "virtio-scsi": 65}
_OWN_UNIT = 7
_VIRTIO = "virtio-scsi"


@dataclass(frozen=True, slots=True)
class Board:
    """What a KVM machine is built on; ``scsi`` gives the model of each SCSI controller by its number."""

    arch: str
    machine: str
    virtio: bool = False
    scsi: Mapping[int, str] = field(default_factory=dict)

    @property
    def is_arm(self) -> bool:
        """Whether the guest's processor is no x86."""
        return self.arch == "aarch64"

    @property
    def has_ide(self) -> bool:
        """Whether it has IDE: the old chip set alone does."""
        return self.machine == "pc"


def board_of(vm: VmxReader, disks: Sequence[Disk]) -> Board:
    """Q35 for UEFI or what VMware puts on PCI Express; the old chip set for the rest and for IDE disks."""
    arm = (vm.text("guestOS") or "").lower().startswith("arm-")
    virtio = vm.options.kvm is not None and vm.options.kvm.virtio
    if arm:
        return Board("aarch64", "virt", virtio, _models(vm, disks, virtio))
    efi = vm.word("firmware") == "efi"
    cards = {vm.word(f"ethernet{number}.virtualDev") for number in vm.indices("ethernet")}
    models = {vm.word(f"scsi{number}.virtualDev") for number in vm.indices("scsi")}
    express = bool(cards & {"e1000e", "vmxnet3"} or "pvscsi" in models or vm.indices("nvme"))
    has_ide = any(disk.bus == "ide" and disk.is_disk for disk in disks)
    machine = "q35" if efi or (express and not has_ide) else "pc"
    return Board("x86_64", machine, virtio, _models(vm, disks, virtio))


def _models(vm: VmxReader, disks: Sequence[Disk], virtio: bool) -> dict[int, str]:
    numbers = {disk.place.controller for disk in disks if disk.place and disk.bus == "scsi"}
    return {number: _VIRTIO if virtio else _model(vm, number) for number in sorted(numbers)}


def _model(vm: VmxReader, number: int) -> str:
    """The controller QEMU has for VMware's; ``lsilogic`` and ``buslogic`` are near relations only."""
    key = f"scsi{number}.virtualDev"
    model = MODELS.get(vm.word(key) or "buslogic", "lsilogic")
    if model == "buslogic":
        model = "lsilogic"
        if vm.has(key.lower()):
            vm.lose(key, "QEMU has no BusLogic controller: it becomes an LSI Logic, which needs its driver")
    if model == "lsilogic":
        named = key if vm.has(key.lower()) else f"scsi{number}.present"
        why = "QEMU's is a 53C895A, VMware's a 53C1030: the guest needs its driver, or --devices virtio"
        vm.lose(named, why, "warning")
    return model


def housed(vm: VmxReader, board: Board, disks: Sequence[Disk]) -> tuple[list[Disk], Board]:
    """The disks with bus, place and target as QEMU has them, and the board with the controllers for that."""
    scsi = dict(board.scsi)
    moved: list[Disk] = []
    taken = {place for disk in disks if (place := _own(vm, board, disk, scsi)) is not None}
    for disk in disks:
        place = _own(vm, board, disk, scsi) or _elsewhere(vm, board, disk, scsi, taken)
        taken.add(place)
        bus = "fdc" if place.bus == "floppy" else place.bus
        moved.append(replace(disk, place=place, bus=bus, target=_named(place, disk)))
    names = {disk.index: disk.target for disk in disks}
    # What the VMX calls a disk stays its name, so who gives way is another.
    targets = unique_targets(sorted(moved, key=lambda disk: disk.target != names[disk.index]))
    return [replace(disk, target=targets[disk.index]) for disk in moved], replace(board, scsi=scsi)


def _named(place: UnitAddress, disk: Disk) -> str:
    if disk.place is not None and disk.target != target_name(disk.place) and place.bus in ("sata", "usb"):
        return disk.target  # it has a name of its own already
    if place.bus == "sata":
        return "sd" + letters(place.controller * _SATA_PORTS + place.unit)
    return target_name(place)


def _own(vm: VmxReader, board: Board, disk: Disk, scsi: Mapping[int, str]) -> UnitAddress | None:
    """The VMX's own place, where the machine has it."""
    place = disk.place
    if place is None:
        return None
    fits = {
        "scsi": place.unit < _TARGETS.get(scsi.get(place.controller, ""), 0) and place.unit != _OWN_UNIT,
        "sata": place.unit < _SATA_PORTS,
        "ide": board.has_ide,
        "nvme": has_nvme(vm.options.libvirt),
        "floppy": True,
    }
    if board.virtio and disk.is_disk and place.bus in ("sata", "ide", "nvme"):
        return None
    if place.bus.startswith("usb"):
        return UnitAddress("usb", 0, place.unit)
    return place if fits.get(place.bus, False) else None


def _elsewhere(
    vm: VmxReader, board: Board, disk: Disk, scsi: dict[int, str], taken: set[UnitAddress]
) -> UnitAddress:
    """A free place: on SCSI for those that stay there, on SATA for the others, which a guest may notice."""
    place = disk.place
    assert place is not None
    virtio = board.virtio and disk.is_disk
    if place.bus == "scsi" or virtio:
        model = _VIRTIO if virtio else scsi[place.controller]
        free = _free_scsi(model, scsi, taken)
    else:
        free = next(
            found
            for number in count()
            for unit in range(_SATA_PORTS)
            if (found := UnitAddress("sata", number, unit)) not in taken
        )
    reasons = {
        "ide": "Q35 has no IDE: the disk is on SATA, for which the guest needs a driver",
        "nvme": "libvirt has NVMe disks from 11.5 on (say --libvirt 11.5): it is on SATA",
    }
    if place.bus in reasons and not virtio:
        vm.lose(f"{place}.present", reasons[place.bus], "warning" if disk.is_disk else "info", disk.index)
    return free


def _free_scsi(model: str, scsi: dict[int, str], taken: set[UnitAddress]) -> UnitAddress:
    for number in count():
        if scsi.setdefault(number, model) != model:
            continue
        for unit in range(_TARGETS[model]):
            place = UnitAddress("scsi", number, unit)
            if unit != _OWN_UNIT and place not in taken:
                return place
    raise AssertionError
