"""VMX keys that have no counterpart in a domain XML, and why.

Source: VMware's own names for them; the vSphere API's VirtualMachineConfigInfo.
"""

from __future__ import annotations

import re

from tui.convert.results import Loss, shortened
from tui.convert.vmx_reader import VmxReader

_STATE = "VMware's own record of its state"
_BUSES = "the guest's buses: each hypervisor builds its own"
_TOOLS = "a setting of VMware Tools"
_POLICY = "a resource setting of ESX that a domain XML has no word for"
_POWER = "what VMware's power buttons do"
_DEVICE = "libvirt's VMX driver has no such device"
_FILES = "a file VMware keeps beside the VMX"
_NO_WORD = "a domain XML has no word for it"

# Beginnings of keys, in small letters; the first that fits gives the reason.
_REASONS: dict[str, tuple[str, ...]] = {
    _BUSES: (
        "pcibridge",
        "vmci",
        "hpet",
        "chipset.",
        "usb.",
        "usb:",
        "usb_xhci",
        "ehci",
        "sata",
        "nvme",
        "scsi",
        "ide",
    ),
    _TOOLS: (
        "tools.",
        "toolscripts.",
        "toolsinstallmanager.",
        "guestinfo.",
        "gui.",
        "isolation.",
        "hgfs.",
        "unity.",
    ),
    _POLICY: ("sched.", "numa.", "mem.", "memtrimrate", "memallow", "cpuid.", "vcpu."),
    _POWER: ("powertype.", "softpoweroff", "cleanshutdown"),
    _FILES: ("nvram", "extendedconfigfile", "extensions", "workingdir", "vmxstats.", "log."),
    _STATE: (
        "vmotion.",
        "migrate.",
        "checkpoint.",
        "snapshot.",
        "monitor.",
        "replay.",
        "uuid.",
        "vc.uuid",
        "vm.",
        "virtualhw.",
        "deploymentplatform",
        "guestosaltname",
        "hostcpuid.",
        "guestcpuid.",
        "usercpuid.",
        "evc",
        "policy.",
    ),
    _DEVICE: (
        "sound",
        "vtpm",
        "vhv.",
        "mks.",
        "svga",
        "serial",
        "parallel",
        "floppy",
        "ethernet",
        "encryption.",
    ),
}
_PATTERN = re.compile(
    "|".join(
        f"(?P<r{number}>{'|'.join(map(re.escape, beginnings))})"
        for number, beginnings in enumerate(_REASONS.values())
    )
)
_WHY = {f"r{number}": why for number, why in enumerate(_REASONS)}
_DETAIL = re.compile(
    r"(?:ethernet|serial|parallel|sharedfolder|remotedisplay)|(?:scsi|sata|ide|nvme)\d+:\d+\.|sched\.\w+:"
)


def report_unsaid(vm: VmxReader) -> None:
    """Note every key nobody asked for, and every line that carries none."""
    document, by_key = vm.document, vm.document.by_key
    disks = {disk.address: disk.index for disk in document.disks}
    for key, value in vm.unsaid:
        entry = by_key[key][0]
        disk = disks.get(key.removeprefix("sched.").partition(".")[0]) if ":" in key else None
        vm.losses.append(Loss(entry.name, shortened(value), _why(key), entry.line + 1, "info", disk))
    if len(document.by_key) != len(document.entries):
        _report_duplicates(vm)
    if len(document.lines) != len(document.entries):
        for number in document.malformed_lines():
            line = shortened(document.text_lines[number].strip())
            vm.losses.append(Loss("", line, "VMware takes no key from this line", number + 1, "warning"))


def _why(key: str) -> str:
    if _DETAIL.match(key):
        return _NO_WORD
    match = _PATTERN.match(key)
    return _WHY[match.lastgroup or ""] if match else _NO_WORD


def _report_duplicates(vm: VmxReader) -> None:
    for entries in vm.document.by_key.values():
        for entry in entries[1:]:
            value = shortened(vm.document.value_of(entry))
            why = f"the key stands on line {entries[0].line + 1} already, and that one counts here"
            vm.losses.append(Loss(entry.name, value, why, entry.line + 1, "warning"))
