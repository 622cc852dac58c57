"""What a domain XML says of the rest of its machine: firmware, and devices that stay where they are."""

from __future__ import annotations

from lxml import etree

from tui.counting import whole_number
from tui.disks import Attached, DomainController, Firmware, Loader

_USB = "usb"
_ROOT_PORT = "pcie-root-port"
# Elements that may be a device of the host, in libvirt's order, and all those that are looked at here.
_PASSED = ("interface", "hostdev")
_SEV = ("sev", "sev-snp")
# Policies by which a CPU has a feature.
_PRESENT = ("require", "force")
_LOOKED_AT = (*_PASSED, "shmem", "filesystem", "controller", "hub", "video")


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
    found: dict[str, list[etree._Element]] = {tag: [] for tag in _LOOKED_AT}
    for one in devices:
        if (tag := one.tag) in found:
            found[str(tag)].append(one)
    threads = domain.findall("iothreadids/iothread")
    sealed = domain.find("launchSecurity")
    return Attached(
        tuple([kind for tag in _PASSED for one in found[tag] if (kind := _hostdev_kind(one)) is not None]),
        tuple([one.get("name") or "" for one in found["shmem"] if _is_no_master(one)]),
        virtiofs=any(map(_is_virtiofs, found["filesystem"])),
        vdpa=any(one.get("type") == "vdpa" for one in found["interface"]),
        iothreads=_number(domain.findtext("iothreads")) or len(threads),
        iothread_ids=tuple([_number(one.get("id")) for one in threads]),
        shared_memory=_is_shared(domain),
        controllers=tuple(
            [_controller(one) for one in found["controller"] if one.get("model") != _ROOT_PORT]
        ),
        root_port=max(
            [_number(one.get("index")) for one in found["controller"] if one.get("model") == _ROOT_PORT],
            default=0,
        ),
        hubs=tuple([place for one in found["hub"] for place in _usb_places(one)]),
        virgl=any(map(_is_accelerated, found["video"])),
        sev=sealed is not None and sealed.get("type") in _SEV,
        invariant_tsc=_has_invariant_tsc(domain),
    )


def _is_accelerated(video: etree._Element) -> bool:
    """Whether it draws in 3D (virtio-gpu with virgl)."""
    model = video.find("model")
    drawn = None if model is None or model.get("type") != "virtio" else model.find("acceleration")
    return drawn is not None and drawn.get("accel3d") == "yes"


def _has_invariant_tsc(domain: etree._Element) -> bool:
    """Whether the CPU is to have one, and no frequency of it is said (qemuMigrationSrcIsAllowed)."""
    cpu = domain.find("cpu")
    for feature in () if cpu is None else cpu.iterchildren("feature"):
        if feature.get("name") == "invtsc" and feature.get("policy", "require") in _PRESENT:
            timer = domain.find("clock/timer[@name='tsc']")
            return timer is None or not _number(timer.get("frequency"))
    return False


def _is_no_master(shmem: etree._Element) -> bool:
    return shmem.get("role") != "master"


def _is_virtiofs(filesystem: etree._Element) -> bool:
    return any(one.get("type") == "virtiofs" for one in filesystem.iterfind("driver"))


def _usb_places(hub: etree._Element) -> list[dict[str, str]]:
    return [dict(one.items()) for one in hub.iterfind("address") if one.get("type") == "usb"]


def _controller(element: etree._Element) -> DomainController:
    driver = element.find("driver")
    return DomainController(
        element.get("type", "ide"),
        element.get("index"),
        element.get("model"),
        element.get("ports"),
        None if driver is None else dict(driver.items()),
    )


def _is_shared(domain: etree._Element) -> bool:
    """Whether all of the guest's memory is shared: said of the whole, or of each NUMA cell."""
    access = domain.find("memoryBacking/access")
    whole = None if access is None else access.get("mode")
    cells = domain.findall("cpu/numa/cell")
    return all(one.get("memAccess", whole) == "shared" for one in cells) if cells else whole == "shared"


def _number(text: str | None) -> int:
    return whole_number((text or "").strip()) or 0


def _hostdev_kind(device: etree._Element) -> str | None:
    """The kind of a host device that stays where it is, or None."""
    if _is_spare(device):
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
