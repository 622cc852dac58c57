"""Shared folders. Source: libvirt's VMX driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.convert.domain_reader import DomainReader
from tui.convert.vmx_reader import VmxReader
from tui.convert.vmx_writer import VmxWriter
from tui.convert.xml_writer import XmlWriter

if TYPE_CHECKING:
    from lxml import etree

_DISABLED = "isolation.tools.hgfs.disable"
_COUNT = "sharedFolder.maxNum"
_MOST = 1 << 31


# VMX to domain XML


def write_filesystems(vm: VmxReader, out: XmlWriter) -> None:
    """``sharedFolderN.*``, unless ``isolation.tools.hgfs.disable`` [true] switches them all off."""
    disabled = vm.flag(_DISABLED, default=True)
    count = vm.number(_COUNT, 0, _MOST) or 0
    for number in vm.indices("sharedfolder"):
        prefix = f"sharedFolder{number}"
        present = vm.flag(f"{prefix}.present")
        enabled = vm.flag(f"{prefix}.enabled")
        if not present:
            continue
        reason = _why_off(disabled, enabled, number, count)
        if reason is None:
            _write_folder(vm, out, prefix)
        else:
            vm.lose(f"{prefix}.present", reason)


def _why_off(disabled: bool, enabled: bool, number: int, count: int) -> str | None:
    if disabled:
        return f"{_DISABLED} is not false: no folder is shared"
    if not enabled:
        return "the folder is not enabled"
    return None if number < count else f"{_COUNT} is {count}: this folder is not shared"


def _write_folder(vm: VmxReader, out: XmlWriter, prefix: str) -> None:
    vm.mark_converted(f"{prefix}.readAccess")
    if vm.word(f"{prefix}.expiration") != "never" and vm.has(f"{prefix}.expiration".lower()):
        vm.lose(f"{prefix}.expiration", "a domain XML shares a folder for good")
    path, name = vm.text(f"{prefix}.hostPath"), vm.text(f"{prefix}.guestName")
    if not path or not name:
        vm.lose(f"{prefix}.present", "hostPath or guestName is missing", "error")
        return
    out.open("filesystem", {"type": "mount", "accessmode": "passthrough"})
    out.empty("source", {"dir": path})
    out.empty("target", {"dir": name})
    if not vm.flag(f"{prefix}.writeAccess"):
        out.empty("readonly")
    out.close()


# Domain XML to VMX


def format_filesystems(domain: DomainReader, out: VmxWriter) -> None:
    """Every folder of the host that is mounted."""
    folders = [
        element for element in domain.element.iterfind("devices/filesystem") if _is_mount(domain, element)
    ]
    if not folders:
        return
    out.flag(_DISABLED, value=False)
    out.key(_COUNT, len(folders))
    for number, element in enumerate(folders):
        prefix = f"sharedFolder{number}"
        out.flag(f"{prefix}.present", value=True)
        out.flag(f"{prefix}.enabled", value=True)
        out.flag(f"{prefix}.readAccess", value=True)
        out.flag(f"{prefix}.writeAccess", element.find("readonly") is None)
        out.key(f"{prefix}.hostPath", _folder(element, "source"))
        out.key(f"{prefix}.guestName", _folder(element, "target"))


def _is_mount(domain: DomainReader, element: etree._Element) -> bool:
    if element.get("type", "mount") == "mount" and _folder(element, "source") and _folder(element, "target"):
        return True
    domain.lose(element, "VMware shares folders of the host only", "warning")
    return False


def _folder(element: etree._Element, name: str) -> str:
    child = element.find(name)
    return "" if child is None else child.get("dir") or ""
