"""A VMX as a domain that QEMU/KVM defines and starts, on the same virtual hardware where QEMU has it.

Source: libvirt's formatdomain; every statement on what libvirt takes was measured with ``virsh define
--validate`` of libvirt 9.0.
"""

from __future__ import annotations

from tui.convert.boot import USUAL, orders
from tui.convert.disks import seen_disks
from tui.convert.identity import name_of, uuid_in, write_genid_and_description
from tui.convert.kvm_devices import (
    report_left_behind,
    write_cards,
    write_kvm_ports,
    write_screen,
    write_sound,
    write_tpm,
    write_usb,
)
from tui.convert.kvm_disks import Board, board_of, housed
from tui.convert.kvm_images import Images
from tui.convert.kvm_media import MediaWriter, write_kvm_controllers
from tui.convert.leftovers import report_unconverted
from tui.convert.processors import cores_of, count_of
from tui.convert.results import Conversion, Kvm, Loss, Options
from tui.convert.system import EFI_FEATURES, memory_of, write_events
from tui.convert.vmx_reader import VmxReader
from tui.convert.xml_writer import XmlWriter
from tui.formats.vmx import VmxDocument

_RESOURCES = (
    "sched.cpu.affinity",
    "sched.cpu.shares",
    "sched.mem.max",
    "sched.mem.minsize",
    "sched.mem.shares",
)


def to_kvm(document: VmxDocument, options: Options, wanted: Kvm) -> Conversion:
    """The domain that QEMU runs; bad values are reported, never raised."""
    vm, out = VmxReader(document, options), XmlWriter()
    seen = seen_disks(vm)
    disks, board = housed(vm, board_of(vm, seen), seen)
    order = orders(vm, seen, USUAL)
    media = MediaWriter(vm, out, board, Images(vm, wanted), order)
    out.open("domain", {"type": "kvm"})
    _write_identity(vm, out)
    count = _write_sizes(vm, out)
    _write_firmware(vm, out, board)
    _write_processor(vm, out, board, count)
    _write_clock(vm, out, board)
    out.open("devices")
    lines = media.write(disks)
    write_kvm_controllers(vm, out, disks, board)
    usb = write_usb(vm, out, board)
    write_cards(vm, out, board, order)
    write_kvm_ports(vm, out, board)
    write_sound(vm, out, board)
    write_tpm(vm, out, board)
    write_screen(vm, out, board, usb=usb)
    out.close()
    out.close()

    def report() -> tuple[Loss, ...]:
        report_left_behind(vm)
        for key in _RESOURCES:
            if vm.has(key):
                vm.lose(key, "a share of the ESX host: give the domain one of the KVM host")
        report_unconverted(vm)
        return tuple(vm.losses)

    return Conversion(str(out), lines, report, media.images.script)


def _write_identity(vm: VmxReader, out: XmlWriter) -> None:
    """The guest keeps its BIOS UUID; a name with a slash, which libvirt takes not, gets a dash for it."""
    name = name_of(vm)
    plain = "-".join(name.replace("/", "-").split("\n")).strip() or "unnamed"
    if plain != name:
        vm.lose("displayName", f"libvirt takes no such name: it becomes {plain}", "warning")
    out.text("name", plain)
    vm.mark_converted("uuid.action", "vc.uuid")
    uuid = uuid_in(vm, "uuid.bios")
    if uuid:
        out.text("uuid", uuid)
    write_genid_and_description(vm, out)


def _write_sizes(vm: VmxReader, out: XmlWriter) -> int:
    """Memory and processors; gives how many of these there are."""
    out.text("memory", memory_of(vm) * 1024, {"unit": "KiB"})
    count = count_of(vm)
    out.text("vcpu", count, {"placement": "static"})
    return count


def _write_firmware(vm: VmxReader, out: XmlWriter, board: Board) -> None:
    """UEFI as the VMX has it; Secure Boot with the vendors' keys, or neither."""
    vm.mark_converted("config.version", "virtualHW.version", ".encoding", "config.encoding", "guestOS")
    efi = vm.word("firmware") == "efi" or board.is_arm
    secure = efi and vm.flag("uefi.secureBoot.enabled")
    out.open("os", {"firmware": "efi" if efi else None})
    out.text("type", "hvm", {"arch": board.arch, "machine": board.machine})
    if efi and not board.is_arm:
        out.open("firmware")
        for name in EFI_FEATURES:
            out.empty("feature", {"enabled": "yes" if secure else "no", "name": name})
        out.close()
    if vm.flag("smbios.reflectHost"):
        why = "not every KVM host shows its own: add <smbios mode='host'/> where the guest's licence needs it"
        vm.lose("smbios.reflectHost", why, "warning")
    out.close()
    out.open("features")
    out.empty("acpi")
    if not board.is_arm:
        out.empty("apic")
    if secure:
        out.empty("smm", {"state": "on"})
    out.close()


def _write_processor(vm: VmxReader, out: XmlWriter, board: Board, count: int) -> None:
    cores = cores_of(vm, count) or 1
    out.open("cpu", {"mode": "host-passthrough" if board.is_arm else "host-model"})
    out.empty("topology", {"sockets": count // cores, "dies": 1, "cores": cores, "threads": 1})
    out.close()


def _write_clock(vm: VmxReader, out: XmlWriter, board: Board) -> None:
    """VMware starts the clock of a Windows guest in local time, as that expects."""
    windows = (vm.text("guestOS") or "").lower().startswith("win")
    out.open("clock", {"offset": "localtime" if windows else "utc"})
    if not board.is_arm:
        out.empty("timer", {"name": "rtc", "tickpolicy": "catchup"})
        out.empty("timer", {"name": "pit", "tickpolicy": "delay"})
        hpet = vm.flag("hpet0.present")
        out.empty("timer", {"name": "hpet", "present": "yes" if hpet else "no"})
    out.close()
    write_events(out)
