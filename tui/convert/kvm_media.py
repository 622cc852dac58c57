"""Disks, drives and controllers of a KVM domain.

Source: libvirt's formatdomain, and what its qemu driver refuses (qemu_validate.c, measured with 9.0).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.convert.disks import policy_words
from tui.convert.kvm_disks import Board
from tui.convert.kvm_images import Images, host_path
from tui.convert.results import DiskFormat
from tui.convert.vmx_reader import VmxReader
from tui.convert.xml_writer import XmlWriter
from tui.disks import MULTI_WRITER, Device, Disk, UnitAddress
from tui.formats.vmx_disks import ANY_DRIVE, EMPTY_BACKING

_NO_DRIVE = ("", EMPTY_BACKING.lower(), ANY_DRIVE)


@dataclass(frozen=True)
class MediaWriter:
    """The disks and drives of one machine; ``order`` is the boot order by VMX address."""

    vm: VmxReader
    out: XmlWriter
    board: Board
    images: Images
    order: Mapping[str, int]

    def write(self, disks: Sequence[Disk]) -> dict[int, range]:
        """Every disk and drive; gives the lines of each by index."""
        lines: dict[int, range] = {}
        prefixes = {disk.index: str(disk.place) for disk in self.vm.document.disks}
        for disk in disks:
            first = self.out.line
            self._write_any(disk, prefixes[disk.index])
            if self.out.line > first:
                lines[disk.index] = range(first, self.out.line)
        return lines

    def _write_any(self, disk: Disk, prefix: str) -> None:
        if disk.device is Device.LUN:
            why = "a device of the ESX host: give the domain one of the KVM host in its place"
            self.vm.lose(f"{prefix}.fileName", why, "warning", disk.index)
        elif not disk.is_disk:
            self._write_drive(disk, prefix)
        elif disk.source:
            self._write_disk(disk, prefix)
        else:
            why = "no file is attached to this disk: it is left out"
            self.vm.lose(f"{prefix}.present", why, "warning", disk.index)

    def _write_disk(self, disk: Disk, prefix: str) -> None:
        vm, out = self.vm, self.out
        vm.mark_converted(f"{prefix}.deviceType", f"{prefix}.fileName")
        words = policy_words(vm, disk, prefix, disk.source)
        name = self.images.of(disk, f"{prefix}.fileName")
        shared = self._is_shared(disk, prefix)
        cache = "none" if shared else "writethrough" if vm.flag(f"{prefix}.writeThrough") else None
        out.open("disk", {"type": "file", "device": "disk", **words.attributes})
        out.empty("driver", {"name": "qemu", "type": self.images.format, "cache": cache})
        out.empty("source", {"file": name})
        out.empty("target", {"dev": disk.target, "bus": disk.bus})
        for element in (*(["shareable"] if shared else []), *words.elements):
            out.empty(element)
        self._end(disk, prefix)

    def _is_shared(self, disk: Disk, prefix: str) -> bool:
        key = f"{prefix}.sharing"
        if self.vm.word(key) != MULTI_WRITER:
            return False
        if self.images.format is not DiskFormat.RAW:
            why = "libvirt shares raw disks only: give --disk-format raw, or the disk is one machine's alone"
            self.vm.lose(key, why, "warning", disk.index)
        return self.images.format is DiskFormat.RAW

    def _write_drive(self, disk: Disk, prefix: str) -> None:
        """A drive with what is in it where a KVM host can have that, else an empty one."""
        vm, out = self.vm, self.out
        device = disk.device.value
        vm.mark_converted(
            f"{prefix}.deviceType", f"{prefix}.fileType", f"{prefix}.autodetect", f"{prefix}.mode"
        )
        source = self._medium(disk, prefix)
        out.open("disk", {"type": "file", "device": device})
        out.empty("driver", {"name": "qemu", "type": "raw"})
        if source:
            out.empty("source", {"file": source, "startupPolicy": "optional"})
        out.empty("target", {"dev": disk.target, "bus": disk.bus})
        if device == "cdrom":
            out.empty("readonly")
        self._end(disk, prefix)

    def _medium(self, disk: Disk, prefix: str) -> str:
        """The image in a drive; "" for none, or one that no KVM host has."""
        key = f"{prefix}.fileName"
        name = self.vm.text(key) or ""
        if name.lower() in _NO_DRIVE:
            if name.lower() == ANY_DRIVE:
                self.vm.lose(key, "QEMU takes no drive of the host unasked: the drive is empty")
            return ""
        source = host_path(self.vm, name) or ""
        if source and not source.startswith("/dev/"):
            return source
        self.vm.lose(key, "nothing that a KVM host has: the drive is empty", "warning", disk.index)
        return ""

    def _end(self, disk: Disk, prefix: str) -> None:
        order = self.order.get(prefix)
        if order:
            self.out.empty("boot", {"order": order})
        if disk.place is not None and disk.bus != "usb":
            self.out.empty("address", _address(disk.place, self.board))
        self.out.close()


def _address(place: UnitAddress, board: Board) -> dict[str, str | int | None]:
    """On SCSI VMware's unit is the target; for its LSI Logic alone libvirt calls it the unit."""
    controller, bus, target, unit = place.controller, 0, 0, place.unit
    if place.bus == "ide":
        controller, bus = 0, place.controller
    elif place.bus == "floppy":
        controller = 0
    elif place.bus == "scsi" and board.scsi.get(place.controller) != "lsilogic":
        target, unit = place.unit, 0
    return {"type": "drive", "controller": controller, "bus": bus, "target": target, "unit": unit}


def write_kvm_controllers(vm: VmxReader, out: XmlWriter, disks: Sequence[Disk], board: Board) -> None:
    """Every controller a disk is on, from 0 to the last of each kind."""
    for disk in vm.document.disks:
        if disk.place is not None:
            vm.mark_converted(f"{disk.place.bus}{disk.place.controller}.present")
    last: dict[str, int] = {}
    for disk in disks:
        if disk.place is not None and disk.bus in ("scsi", "sata", "nvme"):
            last[disk.bus] = max(last.get(disk.bus, 0), disk.place.controller)
    usual = next(iter(board.scsi.values()), None)
    for bus, most in last.items():
        for number in range(most + 1):
            model = board.scsi.get(number, usual) if bus == "scsi" else None
            out.empty("controller", {"type": bus, "index": number, "model": model})
