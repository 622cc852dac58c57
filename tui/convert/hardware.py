"""The machine itself: name, UUID, memory, firmware.

Source: libvirt's VMX driver for the keys and their defaults; VMware KB 1003 and the vSphere API
(VirtualMachineConfigSpec) for ranges.
"""

from __future__ import annotations

import re

from tui.convert.domain_reader import DomainReader
from tui.convert.guests import architecture, guest_of, is_foreign, starts_by_uefi
from tui.convert.paths import domain_path, folder_of, vmx_path
from tui.convert.releases import reads_more
from tui.convert.vmx_reader import VmxReader
from tui.convert.vmx_writer import VmxWriter
from tui.convert.xml_writer import XmlWriter

_ZERO_UUID = "00000000-0000-0000-0000-000000000000"
_UUID = re.compile(r"[0-9A-Fa-f]{32}", re.ASCII)
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})", re.ASCII)
# ESX keeps a name that would be no file name in this form (libvirt, virVMXEscapeHexPercent).
_PERCENT_ESCAPED = {"%": "%25", "/": "%2f", "\\": "%5c"}
_DEFAULT_MEMORY = 32
_MOST_MEMORY = 1 << 34
_UNLIMITED = "unlimited"
_MEGABYTE = 1024
# What libvirt 11.3 makes of uefi.secureBoot.enabled, in its order; the second alone asks for Secure Boot.
_EFI_FEATURES = ("enrolled-keys", "secure-boot")
_HARDWARE_BUSES = {"sata": 10, "nvme": 13}
_HARDWARE_WIDE_SCSI = 14
_HARDWARE_LEAST = 8
SECURE_BOOT_SINCE = 13
_HARDWARE_TPM = 14
# The most processors of each hardware version.
_HARDWARE_PROCESSORS = {32: 8, 64: 10, 128: 11, 256: 17, 768: 18}
_ARCHITECTURES = ("i686", "x86_64", "aarch64")


def written_uuid(text: str) -> str | None:
    """Sixteen hexadecimal bytes, however spaced, as libvirt writes a UUID; None where they are not."""
    digits = re.sub(r"[\s-]", "", text)
    if not _UUID.fullmatch(digits):
        return None
    digits = digits.lower()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def spaced_uuid(uuid: str) -> str:
    """A UUID as a VMX spaces it: ``56 4d 9b ef ac d9 b4 e0-c8 f0 ae a8 b9 10 35 15``."""
    digits = uuid.replace("-", "")
    pairs = [digits[at : at + 2] for at in range(0, 32, 2)]
    return f"{' '.join(pairs[:8])}-{' '.join(pairs[8:])}"


# VMX to domain XML


def write_identity(vm: VmxReader, out: XmlWriter) -> None:
    """``displayName``, ``uuid.bios``, ``vm.genid`` and ``annotation``."""
    name = name_of(vm)
    if "/" in name or "\n" in name:
        vm.stop("displayName", "libvirt takes no domain whose name holds a slash or a line end")
    out.text("name", name)
    _write_uuids(vm, out)
    write_genid_and_description(vm, out)


def write_genid_and_description(vm: VmxReader, out: XmlWriter) -> None:
    """``vm.genid`` and ``annotation``, as far as the file has them."""
    genid = generation_of(vm)
    if genid is not None:
        out.text("genid", genid)
    annotation = vm.text("annotation")
    if annotation is not None:
        out.text("description", annotation)


def name_of(vm: VmxReader) -> str:
    """``displayName`` decoded, else the file's name."""
    name = vm.text("displayName")
    if not name:
        stem = re.split(r"[/\\]", vm.options.vmx_path or "")[-1].rpartition(".")[0]
        vm.lose("displayName", "a domain must have a name: give it one", "warning")
        return stem or "unnamed"
    return _PERCENT.sub(lambda match: chr(int(match[1], 16)) if int(match[1], 16) < 128 else match[0], name)


def _write_uuids(vm: VmxReader, out: XmlWriter) -> None:
    """``<uuid>``, and ``<hwuuid>`` where libvirt 12.4 reads the first from vCenter's ``vc.uuid``."""
    vm.said("uuid.action")
    bios = uuid_in(vm, "uuid.bios")
    vcenter = uuid_in(vm, "vc.uuid") if reads_more(vm.options.libvirt) else None
    out.text("uuid", vcenter or bios or _ZERO_UUID)
    if vcenter and bios:
        out.text("hwuuid", bios)


def uuid_in(vm: VmxReader, key: str) -> str | None:
    """A key's UUID as libvirt writes it; None where it is absent, empty or none at all."""
    text = vm.text(key)
    uuid = written_uuid(text) if text else None
    if text and uuid is None:
        vm.lose(key, "it is no UUID: sixteen bytes in hexadecimal", "error")
    return uuid


def generation_of(vm: VmxReader) -> str | None:
    """The two halves of the generation ID, which VMX writes as signed 64-bit numbers."""
    first = vm.number("vm.genid", -(1 << 63), (1 << 63) - 1) or 0
    second = vm.number("vm.genidX", -(1 << 63), (1 << 63) - 1) or 0
    if first == second == 0:
        return None
    return written_uuid(f"{first % (1 << 64):016x}{second % (1 << 64):016x}")


def write_memory(vm: VmxReader, out: XmlWriter) -> None:
    """``memsize`` [32 MB], ``sched.mem.max`` [memsize] and ``sched.mem.minsize`` [0], all in MB."""
    size = memory_of(vm)
    limit = _limit(vm, "sched.mem.max", size)
    guarantee = min(_limit(vm, "sched.mem.minsize", 0), size)
    out.text("memory", size * _MEGABYTE, {"unit": "KiB"})
    out.text("currentMemory", min(limit, size) * _MEGABYTE, {"unit": "KiB"})
    if guarantee:
        out.open("memtune")
        out.text("min_guarantee", guarantee * _MEGABYTE, {"unit": "KiB"})
        out.close()


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
    vm.said("config.version", "virtualHW.version", ".encoding")
    guest = vm.text("guestOS") or ""
    firmware = _firmware(vm)
    out.open("os", {"firmware": firmware})
    out.text("type", "hvm", {"arch": _architecture_of(guest)})
    if firmware and vm.flag("uefi.secureBoot.enabled"):
        out.open("firmware")
        for name in _EFI_FEATURES:
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
    """The keys every VMX begins with, the guest's word size, SMBIOS, UUID, name and description."""
    out.key(".encoding", "UTF-8")
    out.key("config.version", "8")
    out.key("virtualHW.version", version)
    out.key("guestOS", _guest(domain, version))
    _format_smbios(domain, out)
    _format_uuid(domain, out)
    name = domain.text("name") or "unnamed"
    out.key("displayName", "".join(_PERCENT_ESCAPED.get(letter, letter) for letter in name))
    description = domain.find("description")
    if description is not None:
        out.key("annotation", description.text or "")


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


def _format_uuid(domain: DomainReader, out: VmxWriter) -> None:
    """The BIOS UUID; where ``<hwuuid>`` says that, ``<uuid>`` is vCenter's (libvirt 11.6 and later)."""
    uuid, hardware = _uuid_of(domain, "uuid"), _uuid_of(domain, "hwuuid")
    if hardware is not None and uuid is not None:
        out.key("vc.uuid", spaced_uuid(uuid))
    bios = hardware or uuid
    if bios is None:
        out.key("uuid.action", "create")
    else:
        out.key("uuid.bios", spaced_uuid(bios))
    _format_generation(domain, out)


def _uuid_of(domain: DomainReader, name: str) -> str | None:
    element = domain.find(name)
    uuid = None if element is None else written_uuid(element.text or "")
    if element is not None and uuid is None:
        domain.lose(element, "it is no UUID: sixteen bytes in hexadecimal", "error")
    return None if uuid == _ZERO_UUID else uuid


def _format_generation(domain: DomainReader, out: VmxWriter) -> None:
    element = domain.find("genid")
    if element is None:
        return
    uuid = written_uuid(element.text or "")
    if uuid is None:
        domain.lose(element, "a VMX needs the generation ID itself", "error" if element.text else "info")
        return
    digits = uuid.replace("-", "")
    for key, half in (("vm.genid", digits[:16]), ("vm.genidX", digits[16:])):
        number = int(half, 16)
        out.key(key, number - (1 << 64) if number >= 1 << 63 else number)


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
    feature = domain.find(f"os/firmware/feature[@name='{_EFI_FEATURES[-1]}']")
    said = feature is not None and feature.get("enabled") == "yes"
    return said or (loader is not None and loader.get("secure") == "yes")


def hardware_used(domain: DomainReader) -> int:
    """The least hardware version that has what a domain of another hypervisor asks for, beside its disks."""
    needs = [_HARDWARE_LEAST, guest_of(domain).since]
    if is_uefi(domain) and is_secure(domain):
        needs.append(SECURE_BOOT_SINCE)
    if domain.find("devices/tpm") is not None:
        needs.append(_HARDWARE_TPM)
    count = int(text) if (text := domain.text("vcpu") or "").isascii() and text.isdigit() else 1
    needs.append(next((version for most, version in _HARDWARE_PROCESSORS.items() if count <= most), 18))
    return max(needs)


def hardware_needed(buses: set[str], wide_scsi: bool) -> int:
    """The least hardware version that has every one of these buses (and SCSI units above 15), at least 8."""
    needs = [_HARDWARE_BUSES.get(bus, _HARDWARE_LEAST) for bus in buses]
    return max(_HARDWARE_LEAST, *needs, _HARDWARE_WIDE_SCSI if wide_scsi else 0)
