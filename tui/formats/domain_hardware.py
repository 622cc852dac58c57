"""What a domain XML says of the rest of its machine: firmware, and devices that stay where they are."""

from __future__ import annotations

from lxml import etree

from tui.disks import Attached, DomainController, Firmware, Loader

_USB = "usb"
_ROOT_PORT = "pcie-root-port"


def firmware_of(domain: etree._Element) -> Firmware:
    """The firmware a ``<domain>`` asks for."""
    os = domain.find("os")
    if os is None:
        return Firmware()
    loader, nvram = os.find("loader"), os.find("nvram")
    said = Firmware(
        _loader_of(os, loader),
        nvram=nvram is not None,
        nvram_format=None if nvram is None else _format_of(nvram),
        template_format=None if nvram is None else nvram.get("templateFormat"),
        nvram_file="" if nvram is None else nvram.text or "",
    )
    if nvram is not None and nvram.get("template") and said.template_format is None:
        return said._replace(template_format="" if loader is None else loader.get("format") or "raw")
    return said


def _format_of(nvram: etree._Element) -> str | None:
    return nvram.get("format")


def _loader_of(os: etree._Element, loader: etree._Element | None) -> Loader:
    if loader is not None and loader.get("stateless") == "yes":
        return Loader.STATELESS
    if loader is not None and loader.get("type") == "pflash":
        return Loader.PFLASH
    return Loader.EFI if os.get("firmware") == "efi" else Loader.ROM


def machine_type_of(domain: etree._Element) -> str:
    """The machine a ``<domain>`` emulates, such as ``pc-q35-7.2``, or ""."""
    kind = domain.find("os/type")
    return "" if kind is None else kind.get("machine") or ""


def attached_to(domain: etree._Element) -> Attached:
    """The devices of a ``<domain>`` whose state cannot be saved."""
    devices = domain.find("devices")
    if devices is None:
        return Attached()
    threads = domain.findall("iothreadids/iothread")
    return Attached(
        tuple(kind for one in devices if (kind := _hostdev_kind(one)) is not None),
        tuple(one.get("name") or "" for one in devices.iterfind("shmem") if one.get("role") != "master"),
        virtiofs=any(one.get("type") == "virtiofs" for one in devices.iterfind("filesystem/driver")),
        vdpa=any(one.get("type") == "vdpa" for one in devices.iterfind("interface")),
        iothreads=_number(domain.findtext("iothreads")) or len(threads),
        iothread_ids=tuple(_number(one.get("id")) for one in threads),
        shared_memory=_is_shared(domain),
        controllers=tuple(
            [_controller(one) for one in devices.iterfind("controller") if one.get("model") != _ROOT_PORT]
        ),
        hubs=tuple([dict(one.attrib) for one in devices.iterfind("hub/address[@type='usb']")]),
    )


def _controller(element: etree._Element) -> DomainController:
    driver = element.find("driver")
    return DomainController(
        element.get("type", "ide"),
        element.get("index"),
        element.get("model"),
        element.get("ports"),
        None if driver is None else dict(driver.attrib),
    )


def _is_shared(domain: etree._Element) -> bool:
    """Whether all of the guest's memory is shared: said of the whole, or of each NUMA cell."""
    access = domain.find("memoryBacking/access")
    whole = None if access is None else access.get("mode")
    cells = domain.findall("cpu/numa/cell")
    return all(one.get("memAccess", whole) == "shared" for one in cells) if cells else whole == "shared"


def _number(text: str | None) -> int:
    said = (text or "").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def _hostdev_kind(device: etree._Element) -> str | None:
    """The kind of a host device that stays where it is, or None."""
    if device.tag not in ("hostdev", "interface") or _is_spare(device):
        return None
    if device.tag == "interface":
        return "pci" if device.get("type") == "hostdev" else None
    if device.get("mode") == "capabilities":
        return "capabilities"
    kind = device.get("type")
    return None if kind in (None, _USB) else kind


def _is_spare(device: etree._Element) -> bool:
    """The half of a failover pair that QEMU unplugs by itself."""
    teaming = device.find("teaming")
    return teaming is not None and teaming.get("type") == "transient"
