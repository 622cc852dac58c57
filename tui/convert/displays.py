"""The screen: VNC and video memory.

Source: libvirt's VMX driver; VMware KB 1246 (VNC ports 5900 to 5964) and KB 1003 (video memory in 64 KiB).
"""

from __future__ import annotations

from tui.convert.domain_reader import DomainReader
from tui.convert.guests import is_foreign
from tui.convert.vmx_reader import VmxReader
from tui.convert.vmx_writer import VmxWriter
from tui.convert.xml_writer import XmlWriter

_VNC = "RemoteDisplay.vnc"
_VIDEO_MEMORY = 4 << 20
_MOST_VIDEO_MEMORY = 1 << 40
_DEFAULT_KIB = _VIDEO_MEMORY >> 10


def power_of_two(size: int) -> int:
    """The next power of two from ``size`` (1 and more) on: what libvirt makes of any video memory."""
    return 1 << (size - 1).bit_length()


# VMX to domain XML


def write_displays(vm: VmxReader, out: XmlWriter) -> None:
    """``RemoteDisplay.vnc.*`` and ``svga.vramSize`` [4 MB], which is in bytes."""
    if vm.flag(f"{_VNC}.enabled"):
        _write_vnc(vm, out)
    size = vm.number("svga.vramSize", 0, _MOST_VIDEO_MEMORY) or _VIDEO_MEMORY
    kib = power_of_two(-(-size // 1024))
    if kib * 1024 != size:
        vm.lose("svga.vramSize", f"libvirt makes it a power of two: {kib} KiB")
    out.open("video")
    out.empty("model", {"type": "vmvga", "vram": kib, "primary": "yes"})
    out.close()


def _write_vnc(vm: VmxReader, out: XmlWriter) -> None:
    port = vm.number(f"{_VNC}.port", -1, 65535)
    automatic = port is None or port < 0
    address = vm.text(f"{_VNC}.ip") or None
    out.open(
        "graphics",
        {
            "type": "vnc",
            "port": -1 if automatic else port or None,
            "autoport": "yes" if automatic else "no",
            "listen": address,
            "keymap": vm.text(f"{_VNC}.keymap"),
            "passwd": vm.text(f"{_VNC}.password"),
        },
    )
    out.empty("listen", {"type": "address", "address": address})
    out.close()


# Domain XML to VMX


def format_vnc(domain: DomainReader, out: VmxWriter) -> None:
    """Write ``RemoteDisplay.vnc.*`` of the first ``<graphics type='vnc'>``: a VMX has one."""
    element = domain.find("devices/graphics[@type='vnc']")
    if element is None:
        return
    out.flag(f"{_VNC}.enabled", value=True)
    port = element.get("port")
    if element.get("autoport") != "yes" and port not in (None, "-1"):
        number = domain.number(element, port, 0, 65535)
        if number is not None:
            out.key(f"{_VNC}.port", number)
    listen = element.find("listen[@type='address']")
    address = element.get("listen") or (None if listen is None else listen.get("address"))
    for leaf, value in (
        ("ip", address),
        ("keymap", element.get("keymap")),
        ("password", element.get("passwd")),
    ):
        if value:
            out.key(f"{_VNC}.{leaf}", value)


def format_video(domain: DomainReader, out: VmxWriter) -> None:
    """Video memory in bytes, whole 64 KiB; a machine with a screen has a video card (libvirt)."""
    videos = domain.element.findall("devices/video")
    if not videos:
        if domain.find("devices/graphics") is not None:
            out.key("svga.vramSize", _VIDEO_MEMORY)
        return
    for other in videos[1:]:
        domain.lose(other, "a VMX has one video card")
    model = videos[0].find("model")
    if model is None and not is_foreign(domain):
        out.key("svga.vramSize", _VIDEO_MEMORY)
        return
    if model is None or model.get("type", "vmvga") != "vmvga":
        domain.lose(videos[0], "VMware has its own video card only")
        return
    size = domain.number(model, model.get("vram", str(_DEFAULT_KIB)), 0, _MOST_VIDEO_MEMORY >> 10)
    if size is not None:
        out.key("svga.vramSize", -(-power_of_two(size or _DEFAULT_KIB) // 64) * 64 * 1024)
    if model.get("heads", "1") != "1":
        domain.lose_attribute(model, "heads", "a VMX does not say how many screens there are")
