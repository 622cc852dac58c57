"""VMX keys that have no counterpart in a domain XML, and why.

Source: VMware's own names for them; the vSphere API's VirtualMachineConfigInfo.
"""

from __future__ import annotations

import re

from tui.convert.results import Loss, Severity, shortened
from tui.convert.vmx_reader import VmxReader

_STATE = "VMware's own record of its state"
_BUSES = "the guest's buses: each hypervisor builds its own"
_TOOLS = "a setting of VMware Tools"
_POLICY = "a resource setting of ESX that a domain XML has no word for"
_POWER = "what VMware's power buttons do"
_DEVICE = "libvirt's VMX driver has no such device"
_SECRETS = "what VMware encrypts the VM with: decrypt it before its disks are moved"
_DEVICE_OF_KVM = "a setting of VMware's own device: QEMU's has none such"
_FILES = "a file VMware keeps beside the VMX"
_SEARCHED = "VMware looks for its disks' files there: where one is, correct its path here"
_NO_WORD = "a domain XML has no word for it"
_OFF = "the device is switched off"
_NEITHER = "neither TRUE nor FALSE: the device is left out, as libvirt takes no such file"
# Where a bare file name may mean another folder's file.
_SEARCH_KEYS = ("filesearchpath", "workingdir")
# A device that is not present, or connected from the start as any is, needs no word.
_SAYING_NOTHING = {"present": "false", "startconnected": "true"}

# The first word of a key, in small letters, and the reason.
_REASONS = {
    word: why
    for why, words in {
        _BUSES: "pcibridge vmci hpet chipset usb usb_xhci ehci sata nvme scsi ide",
        _TOOLS: "tools toolscripts toolsinstallmanager guestinfo gui isolation hgfs unity",
        _POLICY: "sched numa mem memtrimrate memallowautoscaledown cpuid vcpu",
        _POWER: "powertype softpoweroff cleanshutdown",
        _FILES: "nvram extendedconfigfile extensions workingdir vmxstats log",
        _STATE: "vmotion migrate checkpoint snapshot monitor replay uuid vc vm virtualhw deploymentplatform "
        "guestosaltname hostcpuid guestcpuid usercpuid evccompatibilitymode policy",
        _DEVICE: "sound vtpm vhv mks svga floppy",
        _SECRETS: "encryption datafilekey",
    }.items()
    for word in words.split()
}
_WORD = re.compile("[a-z_]+")


def report_unconverted(vm: VmxReader) -> None:
    """Report every key that was not converted, and every line without a key."""
    document = vm.document
    disks = {disk.address: disk.index for disk in document.disks}
    for key, value in vm.unconverted:
        device, _, leaf = key.rpartition(".")
        if _SAYING_NOTHING.get(leaf) == value.lower():
            continue
        at = document.line_of(key) or 0
        disk = disks.get(device.removeprefix("sched.")) if ":" in key else None
        why, severity = _reason(vm, key, value)
        vm.losses.append(Loss(document.name_on(at), shortened(value), why, at + 1, severity, disk))
    if document.has_duplicates:
        _report_duplicates(vm)
    for number in document.malformed_lines():
        line = shortened(document.text_lines[number].strip())
        vm.losses.append(Loss("", line, "VMware takes no key from this line", number + 1, "warning"))


def _reason(vm: VmxReader, key: str, value: str) -> tuple[str, Severity]:
    """Why a key has no counterpart, and how grave that is."""
    device, _, leaf = key.rpartition(".")
    if key in _SEARCH_KEYS and value.strip("./;\\ "):
        return _SEARCHED, "warning"
    if leaf == "present" and ":" in key and value.lower() not in ("true", "false"):
        return _NEITHER, "warning"
    if vm.is_off(device):
        return _OFF, "info"
    return _NO_WORD if ":" in key else _why(key, for_kvm=vm.options.kvm is not None), "info"


def _why(key: str, *, for_kvm: bool) -> str:
    word = _WORD.match(key)
    why = _NO_WORD if word is None else _REASONS.get(word[0], _NO_WORD)
    return _DEVICE_OF_KVM if for_kvm and why is _DEVICE else why


def _report_duplicates(vm: VmxReader) -> None:
    for entries in vm.document.by_key.values():
        for entry in entries[1:]:
            value = shortened(vm.document.value_of(entry))
            why = f"the key stands on line {entries[0].line + 1} already, and that one counts here"
            vm.losses.append(Loss(entry.name, value, why, entry.line + 1, "warning"))
