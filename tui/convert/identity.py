"""Who a machine is: name, UUIDs, generation ID, description.

Source: libvirt's VMX driver (vmx.c) for the keys and their defaults.
"""

from __future__ import annotations

import re

from tui.convert.domain_reader import DomainReader
from tui.convert.releases import reads_more
from tui.convert.vmx_reader import VmxReader
from tui.convert.vmx_writer import VmxWriter
from tui.convert.xml_writer import XmlWriter

_ZERO_UUID = "00000000-0000-0000-0000-000000000000"
_UUID = re.compile(r"[0-9A-Fa-f]{32}", re.ASCII)
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})", re.ASCII)
# ESX keeps a name that would be no file name in this form (libvirt, virVMXEscapeHexPercent).
_PERCENT_ESCAPED = {"%": "%25", "/": "%2f", "\\": "%5c"}


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
    vm.mark_converted("uuid.action")
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


# Domain XML to VMX


def format_identity(domain: DomainReader, out: VmxWriter) -> None:
    """UUIDs, generation ID, name and description."""
    _format_uuid(domain, out)
    element = domain.find("name")
    # Blanks around a name are part of it, as in libvirt.
    name = "" if element is None else (element.text or "").strip("\r\n")
    name = name if name.strip() else "unnamed"
    out.key("displayName", "".join(_PERCENT_ESCAPED.get(letter, letter) for letter in name))
    description = domain.find("description")
    if description is not None:
        out.key("annotation", description.text or "")


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
