"""The other devices of a KVM domain: network cards, ports, USB, sound, TPM, screen.

Source: QEMU's device list (-device help, 7.2), libvirt's formatdomain; VMware's defaults for what a VMX does
not say (an e1000 for 64-bit guests, a vlance for others).
"""

from __future__ import annotations

from tui.convert.kvm_disks import Board
from tui.convert.kvm_images import host_path
from tui.convert.networks import is_of_group, written_mac
from tui.convert.ports import (
    PARALLEL_PORTS,
    SERIAL_PORTS,
    Backing,
    parallel_of,
    present,
    serial_of,
    write_port,
)
from tui.convert.results import DEFAULT_NETWORK, Network
from tui.convert.vmx_reader import VmxReader
from tui.convert.xml_writer import Attributes, XmlWriter

# VMware's network cards: QEMU's model, and why that is another card, if it is.
_CARDS = {
    "vlance": ("pcnet", ""),
    "vmxnet": ("pcnet", "QEMU has no vmxnet: it becomes the vlance that the guest saw before VMware Tools"),
    "vmxnet2": ("e1000", "QEMU has no vmxnet2: it becomes an e1000, for which the guest needs a driver"),
    "vmxnet3": ("vmxnet3", ""),
    "e1000": ("e1000", ""),
    "e1000e": ("e1000e", ""),
}
# What tells where a card leads: the first of these is told of where that is not known here.
_NAMING = ("networkName", "vnet", "dvs.portgroupId", "connectionType")
_SOUND = {"": "es1370", "es1371": "es1370", "sb16": "sb16", "hdaudio": "ich6"}
_LOWEST_VNC_PORT = 5900
_LONGEST_VNC_PASSWORD = 8
_NO_COUNTERPART = {
    "pcipassthru": "a device of the ESX host passed through: give the domain a <hostdev> of the KVM host",
    "sharedfolder": "QEMU has no folders shared by VMware Tools: use virtiofs, which needs a driver",
}


# Network cards


def write_cards(vm: VmxReader, out: XmlWriter, board: Board, order: dict[str, int]) -> None:
    """Every network card with its MAC address, connected as ``Kvm.networks`` says."""
    for number in vm.indices("ethernet"):
        prefix = f"ethernet{number}"
        if vm.flag(f"{prefix}.present"):
            _write_card(vm, out, prefix, board, order.get(prefix))


def _write_card(vm: VmxReader, out: XmlWriter, prefix: str, board: Board, order: int | None) -> None:
    network = _network(vm, prefix)
    out.open("interface", {"type": network.kind})
    address = _mac(vm, prefix)
    if address:
        out.empty("mac", {"address": address})
    if network.name:
        out.empty("source", {network.kind: network.name})
    out.empty("model", {"type": _card(vm, prefix, board)})
    if not vm.flag(f"{prefix}.startConnected", default=True):
        out.empty("link", {"state": "down"})
    if order:
        out.empty("boot", {"order": order})
    out.close()


def _network(vm: VmxReader, prefix: str) -> Network:
    """Where a card leads: by the name of VMware's network, or the kind of its connection."""
    kind = vm.word(f"{prefix}.connectionType")
    names = [
        vm.text(f"{prefix}.{leaf}") for leaf in ("networkName", "vnet", "dvs.portgroupId", "dvs.switchId")
    ]
    vm.mark_converted(f"{prefix}.dvs.portId", f"{prefix}.dvs.connectionId")
    known = [name for name in (*names, kind) if name]
    networks = vm.options.kvm.networks if vm.options.kvm else {}
    mapped = next((networks[name] for name in known if name in networks), None)
    if mapped is not None:
        return mapped
    name = known[0] if known else ""
    if kind != "nat":
        naming = (f"{prefix}.{leaf}" for leaf in _NAMING if vm.text(f"{prefix}.{leaf}"))
        key = next(naming, f"{prefix}.present")
        mapping = f"--network '{name or 'bridged'}=bridge:br0'"
        why = f"it leads to libvirt's network default: say where with {mapping}"
        vm.lose(key, why, "warning")
    return DEFAULT_NETWORK


def _mac(vm: VmxReader, prefix: str) -> str | None:
    leaf = "address" if vm.word(f"{prefix}.addressType") == "static" else "generatedAddress"
    vm.mark_converted(
        f"{prefix}.generatedAddressOffset", f"{prefix}.checkMACAddress", f"{prefix}.addressType"
    )
    text = vm.text(f"{prefix}.{leaf}") or vm.text(f"{prefix}.address")
    if not text:
        return None
    address = written_mac(text)
    if address is None or is_of_group(address):
        vm.lose(f"{prefix}.{leaf}", "it is no address of one card: libvirt makes up another", "error")
        return None
    return address


def _card(vm: VmxReader, prefix: str, board: Board) -> str:
    key = f"{prefix}.virtualDev"
    word = vm.word(key)
    vm.mark_converted(f"{prefix}.features")
    if board.virtio:
        return "virtio"
    sixty_four = (vm.text("guestOS") or "").endswith("-64")
    usual = "e1000" if sixty_four else "vlance"
    if word and word not in _CARDS:
        vm.lose(key, f"VMware has no such network card: it becomes the guest's default, {usual}", "error")
    model, why = _CARDS.get(word, _CARDS[usual])
    if why:
        vm.lose(key, why, "warning")
    return model


# Serial and parallel ports


def write_kvm_ports(vm: VmxReader, out: XmlWriter, board: Board) -> None:
    """The ports as libvirt's own form has them, with what is behind each as QEMU reaches it."""
    for number in present(vm, "serial", SERIAL_PORTS):
        prefix = f"serial{number}"
        write_port(out, "serial", number, _behind(vm, prefix, serial_of(vm, prefix, says_end=True)))
    for number in present(vm, "parallel", PARALLEL_PORTS):
        prefix = f"parallel{number}"
        backing = _behind(vm, prefix, parallel_of(vm, prefix))
        if board.is_arm or backing.kind == "null":
            vm.lose(f"{prefix}.present", "nothing of a KVM host is behind the port: it is left out")
        else:
            write_port(out, "parallel", number, backing)


def _behind(vm: VmxReader, prefix: str, backing: Backing) -> Backing:
    key = f"{prefix}.fileName"
    match backing.kind:
        case "pipe":
            return _socket(vm, prefix)
        case "file" | "dev":
            path = str(backing.source.get("path") or "")
            there = path if backing.kind == "dev" else host_path(vm, vm.text(key) or "")
            if there and there.startswith("/"):
                return Backing(backing.kind, {"path": there})
            vm.lose(key, "nothing a KVM host has: the port leads nowhere", "warning")
            return Backing("null")
        case "tcp" if backing.protocol in ("telnets", "tls"):
            vm.lose(key, f"QEMU has no {backing.protocol} here: the port leads nowhere", "warning")
            return Backing("null")
    return backing


def _socket(vm: VmxReader, prefix: str) -> Backing:
    """On Linux VMware's pipe is a UNIX socket."""
    path = vm.text(f"{prefix}.fileName") or ""
    server = vm.word(f"{prefix}.pipe.endPoint") == "server"
    if not path.startswith("/") or path.startswith("/vmfs/"):
        vm.lose(f"{prefix}.fileName", "nothing a KVM host has: the port leads nowhere", "warning")
        return Backing("null")
    return Backing("unix", {"mode": "bind" if server else "connect", "path": path})


# USB, sound, TPM, screen


def write_usb(vm: VmxReader, out: XmlWriter, board: Board) -> bool:
    """The USB controllers; gives whether there is one."""
    fast = vm.flag("usb_xhci.present")
    slow = vm.flag("usb.present") or vm.flag("ehci.present")
    disks = any(disk.bus == "usb" for disk in vm.document.disks)
    if fast or board.is_arm or (disks and not slow):
        out.empty("controller", {"type": "usb", "index": 0, "model": "qemu-xhci"})
    elif slow:
        out.empty("controller", {"type": "usb", "index": 0, "model": "ich9-ehci1"})
        for number in (1, 2, 3):
            out.open("controller", {"type": "usb", "index": 0, "model": f"ich9-uhci{number}"})
            out.empty("master", {"startport": 2 * number - 2})
            out.close()
    else:
        out.empty("controller", {"type": "usb", "index": 0, "model": "none"})
        return False
    return True


def write_sound(vm: VmxReader, out: XmlWriter, board: Board) -> None:
    """Write the ``<sound>`` of ``sound.virtualDev``; one that libvirt has no word for is a loss."""
    if not vm.flag("sound.present"):
        return
    key = "sound.virtualDev"
    word = vm.word(key)
    if board.is_arm:
        vm.lose("sound.present", "no sound card that this machine's guests know")
        return
    if word not in _SOUND:
        vm.lose(key, "VMware has no such sound card: it becomes an ES1370", "error")
    out.empty("sound", {"model": _SOUND.get(word, "es1370")})


def _is_on(vm: VmxReader, key: str) -> bool:
    return vm.word(key) not in ("", "false")


def write_tpm(vm: VmxReader, out: XmlWriter, board: Board) -> None:
    """A new, empty TPM where the VMX has one: what is in VMware's cannot be moved."""
    key = next((key for key in ("vtpm.present", "managedvm.autoAddVTPM") if _is_on(vm, key)), None)
    if key is None:
        return
    why = "the TPM is a new, empty one by swtpm: have the recovery key of what VMware's seals, as BitLocker's"
    vm.lose(key, why, "warning")
    out.open("tpm", {"model": "tpm-tis" if board.is_arm else "tpm-crb"})
    out.empty("backend", {"type": "emulator", "version": "2.0"})
    out.close()


def write_screen(vm: VmxReader, out: XmlWriter, board: Board, *, usb: bool) -> None:
    """A pointer, a screen by VNC and the video card."""
    if usb:
        out.empty("input", {"type": "tablet", "bus": "usb"})
    if board.is_arm:
        out.empty("input", {"type": "keyboard", "bus": "usb"})
    out.empty("graphics", _vnc(vm))
    out.open("video")
    plain = board.virtio or board.is_arm
    vm.mark_converted("svga.vramSize")
    out.empty(
        "model", {"type": "virtio" if plain else "vmvga", "heads": None if plain else 1, "primary": "yes"}
    )
    out.close()
    out.empty("memballoon", {"model": "virtio" if board.virtio else "none"})


def _vnc(vm: VmxReader) -> Attributes:
    """VMware's VNC settings; of the host's own address nothing is kept."""
    prefix = "RemoteDisplay.vnc"
    if not vm.flag(f"{prefix}.enabled"):
        return {"type": "vnc", "autoport": "yes"}
    port = vm.number(f"{prefix}.port", -1, 65535)
    password = vm.text(f"{prefix}.password") or None
    if password and len(password) > _LONGEST_VNC_PASSWORD:
        vm.lose(f"{prefix}.password", "VNC takes eight characters: it is left out", "warning")
        password = None
    fixed = port is not None and port >= _LOWEST_VNC_PORT
    return {
        "type": "vnc",
        "port": port if fixed else None,
        "autoport": "no" if fixed else "yes",
        "keymap": vm.text(f"{prefix}.keymap"),
        "passwd": password,
    }


def report_left_behind(vm: VmxReader) -> None:
    """The devices that matter and have no counterpart, each by name."""
    for family, why in _NO_COUNTERPART.items():
        for number in vm.indices(family):
            if vm.flag(f"{family}{number}.present"):
                vm.lose(f"{family}{number}.present", why, "warning")
