"""What a machine is built on: memory, firmware, the guest's architecture, the hardware version.

Source: libvirt's VMX driver (vmx.c) for the keys and their defaults; VMware KB 1003 and the vSphere API
(VirtualMachineConfigSpec) for ranges.
"""

from __future__ import annotations

from tui.convert.domain_reader import DomainReader
from tui.convert.guests import architecture, guest_of, is_foreign, starts_by_uefi
from tui.convert.paths import domain_path, folder_of, vmx_path
from tui.convert.releases import reads_more
from tui.convert.vmx_reader import VmxReader
from tui.convert.vmx_writer import VmxWriter
from tui.convert.xml_writer import XmlWriter
from tui.counting import whole_number

# What libvirt's VMX driver makes of the ends of a machine, which a VMX says nothing of.
EVENTS = {"on_poweroff": "destroy", "on_reboot": "restart", "on_crash": "destroy"}
_DEFAULT_MEMORY = 32
_MOST_MEMORY = 1 << 34
_UNLIMITED = "unlimited"
_MEGABYTE = 1024
# What libvirt 11.3 makes of uefi.secureBoot.enabled, in its order; the second alone asks for Secure Boot.
EFI_FEATURES = ("enrolled-keys", "secure-boot")
_HARDWARE_BUSES = {"sata": 10, "nvme": 13}
_HARDWARE_WIDE_SCSI = 14
_HARDWARE_LEAST = 8
SECURE_BOOT_SINCE = 13
_HARDWARE_TPM = 14
# The most processors of each hardware version.
_HARDWARE_PROCESSORS = {32: 8, 64: 10, 128: 11, 256: 17, 768: 18}
_ARCHITECTURES = ("i686", "x86_64", "aarch64")
# What a guest is called on the way back, where the domain says no more than the architecture.
_UNNAMED_GUESTS = ("", "other", "other-64", "arm-other-64")


# VMX to domain XML


def write_memory(vm: VmxReader, out: XmlWriter) -> None:
    """``memsize`` [32], ``sched.mem.max`` [memsize, for 0 too] and ``sched.mem.minsize`` [0], all in MB."""
    size = memory_of(vm)
    limit = _limit(vm, "sched.mem.max", size) or size
    guarantee = min(_limit(vm, "sched.mem.minsize", 0), size)
    out.text("memory", size * _MEGABYTE, {"unit": "KiB"})
    out.text("currentMemory", min(limit, size) * _MEGABYTE, {"unit": "KiB"})
    if guarantee:
        out.open("memtune")
        out.text("min_guarantee", guarantee * _MEGABYTE, {"unit": "KiB"})
        out.close()


def write_events(out: XmlWriter) -> None:
    """What becomes of the machine when its guest powers it off, starts it anew or crashes."""
    for name, what in EVENTS.items():
        out.text(name, what)


def memory_of(vm: VmxReader) -> int:
    """``memsize`` in MB."""
    size = vm.number("memsize", 1, _MOST_MEMORY) or _DEFAULT_MEMORY
    if size % 4:
        vm.lose("memsize", "VMware wants a multiple of 4 MB", "warning")
    return size


def _limit(vm: VmxReader, key: str, default: int) -> int:
    """An amount of memory in MB; ``unlimited`` and -1 mean no limit."""
    if vm.word(key) == _UNLIMITED:
        return default
    amount = vm.number(key, -1, _MOST_MEMORY)
    return default if amount is None or amount < 0 else amount


def write_system(vm: VmxReader, out: XmlWriter) -> None:
    """``guestOS``, ``firmware`` and ``smbios.reflectHost``."""
    vm.mark_converted("config.version", ".encoding", "config.encoding")
    if vm.has("virtualhw.version"):
        vm.lose(
            "virtualHW.version",
            "a domain XML has no such number; on the way back --hardware-version gives it",
        )
    guest = vm.text("guestOS") or ""
    if guest.lower() not in _UNNAMED_GUESTS:
        vm.lose("guestOS", "a domain XML in libvirt's form names the processor's architecture only")
    firmware = _firmware(vm)
    out.open("os", {"firmware": firmware})
    out.text("type", "hvm", {"arch": _architecture_of(guest)})
    if firmware and vm.flag("uefi.secureBoot.enabled"):
        out.open("firmware")
        for name in EFI_FEATURES:
            out.empty("feature", {"enabled": "yes", "name": name})
        out.close()
    nvram = vm.text("nvram") if firmware and reads_more(vm.options.libvirt) else None
    if nvram:
        out.text("nvram", domain_path(nvram, vm.folder))
    if vm.flag("smbios.reflectHost"):
        out.empty("smbios", {"mode": "host"})
    out.close()


def _architecture_of(guest: str) -> str:
    if guest.lower().startswith("arm-"):
        return "aarch64"
    return "x86_64" if guest.endswith("-64") else "i686"


def _firmware(vm: VmxReader) -> str | None:
    word = vm.word("firmware")
    if word not in ("", "bios", "efi"):
        vm.lose("firmware", "it is neither bios nor efi", "error")
    return "efi" if word == "efi" else None


# Domain XML to VMX


def format_header(domain: DomainReader, out: VmxWriter, version: int) -> None:
    """The keys every VMX begins with, the guest's word and SMBIOS."""
    out.key(".encoding", "UTF-8")
    out.key("config.version", "8")
    out.key("virtualHW.version", version)
    out.key("guestOS", _guest(domain, version))
    _format_smbios(domain, out)


def _guest(domain: DomainReader, version: int) -> str:
    kind = domain.find("os/type")
    if kind is not None and architecture(domain) not in _ARCHITECTURES:
        domain.lose_attribute(kind, "arch", "VMware runs i686, x86_64 and aarch64 guests only", "error")
    guest = guest_of(domain)
    if version < guest.since:
        why = f"guestOS {guest.word} needs hardware version {guest.since}"
        why += f": {guest.before} stands in its place" if guest.before else ""
        about = domain.element if kind is None else kind
        domain.lose(about, why, "info" if guest.before else "warning", guest.word)
    return guest.at(version)


def _format_smbios(domain: DomainReader, out: VmxWriter) -> None:
    smbios = domain.find("os/smbios")
    mode = None if smbios is None else smbios.get("mode")
    if mode == "host":
        out.flag("smbios.reflecthost", value=True)
    elif smbios is not None and mode != "emulate":
        domain.lose(smbios, "a VMX has the host's SMBIOS data or VMware's own")


def format_memory(domain: DomainReader, out: VmxWriter) -> None:
    """Memory in MB: the whole rounded up to a multiple of 4, the limit only where it lies below."""
    total = domain.kibibytes("memory")
    if not total:
        element = domain.find("memory")
        domain.lose(domain.element if element is None else element, "a machine needs memory", "error", "")
        total = _DEFAULT_MEMORY * _MEGABYTE
    size = -(-total // 4096) * 4096
    current = domain.kibibytes("currentMemory") or total
    guarantee = domain.kibibytes("memtune/min_guarantee")
    out.key("memsize", size // _MEGABYTE)
    if min(current, total) < size:
        out.key("sched.mem.max", -(-min(current, total) // _MEGABYTE))
    if guarantee:
        out.key("sched.mem.minsize", -(-guarantee // _MEGABYTE))


def format_firmware(domain: DomainReader, out: VmxWriter) -> None:
    """UEFI, however the domain asks for it, and Secure Boot."""
    nvram = domain.text("os/nvram")
    if nvram and not is_foreign(domain):
        out.key("nvram", vmx_path(nvram, folder_of(domain.options)))
    if is_uefi(domain):
        out.key("firmware", "efi")
        if is_secure(domain):
            out.flag("uefi.secureBoot.enabled", value=True)


def is_uefi(domain: DomainReader) -> bool:
    """Whether the domain starts by UEFI, however it says that; an ARM guest knows nothing else."""
    if domain.find("os") is None:
        return False
    return starts_by_uefi(domain) or architecture(domain) == "aarch64"


def is_secure(domain: DomainReader) -> bool:
    """Whether the domain asks for Secure Boot."""
    loader = domain.find("os/loader")
    feature = domain.find(f"os/firmware/feature[@name='{EFI_FEATURES[-1]}']")
    said = feature is not None and feature.get("enabled") == "yes"
    return said or (loader is not None and loader.get("secure") == "yes")


def hardware_used(domain: DomainReader) -> int:
    """The least hardware version that has what a domain of another hypervisor asks for, beside its disks."""
    needs = [_HARDWARE_LEAST, guest_of(domain).since]
    if is_uefi(domain) and is_secure(domain):
        needs.append(SECURE_BOOT_SINCE)
    if domain.find("devices/tpm") is not None:
        needs.append(_HARDWARE_TPM)
    count = whole_number(domain.text("vcpu") or "") or 1
    enough = (version for most, version in _HARDWARE_PROCESSORS.items() if count <= most)
    return max(*needs, next(enough, max(_HARDWARE_PROCESSORS.values())))


def hardware_needed(buses: set[str], wide_scsi: bool) -> int:
    """The least hardware version that has every one of these buses (and SCSI units above 15), at least 8."""
    needs = [_HARDWARE_BUSES.get(bus, _HARDWARE_LEAST) for bus in buses]
    return max(_HARDWARE_LEAST, *needs, _HARDWARE_WIDE_SCSI if wide_scsi else 0)
