"""Serial and parallel ports.

Source: libvirt's VMX driver; the vSphere API's VirtualSerialPortURIBackingInfo for what a network port's
address may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from tui.convert.domain_reader import DomainReader, attributes_of
from tui.convert.paths import domain_path, vmx_path
from tui.convert.vmx_reader import VmxReader
from tui.convert.vmx_writer import VmxWriter
from tui.convert.xml_writer import Attributes, XmlWriter

if TYPE_CHECKING:
    from lxml import etree

SERIAL_PORTS = 4
PARALLEL_PORTS = 3
_URI = re.compile(
    r"(?:([A-Za-z0-9+.-]+)://)?(\[[^\]]*\]|[^/:#?\s]*):([0-9]{1,5})(?:[/?#].*)?", re.ASCII | re.DOTALL
)
# Scheme of a network port's address: the protocol of a domain XML.
_PROTOCOLS = {
    "": "raw",
    "tcp": "raw",
    "tcp4": "raw",
    "tcp6": "raw",
    "telnet": "telnet",
    "telnets": "telnets",
    "ssl": "tls",
    "tcp+ssl": "tls",
    "tcp4+ssl": "tls",
    "tcp6+ssl": "tls",
}
_SCHEMES = {"raw": "tcp", "telnet": "telnet", "telnets": "telnets", "tls": "ssl"}
_ENDPOINTS = {"": "bind", "server": "bind", "client": "connect"}
_MODES = {"bind": "server", "connect": "client"}
# Type of a port in a domain XML: VMX fileType. On Linux VMware's pipes are UNIX sockets.
_FILE_TYPES = {
    "dev": "device",
    "file": "file",
    "pipe": "pipe",
    "unix": "pipe",
    "tcp": "network",
    "null": "network",
}


@dataclass(frozen=True, slots=True)
class Backing:
    """What is behind a port: libvirt's type, the attributes of ``<source>``, and the protocol over TCP."""

    kind: str
    source: Attributes = field(default_factory=dict)
    protocol: str | None = None


_NOTHING = Backing("null")


# VMX to domain XML


def write_ports(vm: VmxReader, out: XmlWriter) -> None:
    """``serialN.*`` and ``parallelN.*``; the first serial port is the console too, as libvirt has it."""
    console: tuple[int, Backing] | None = None
    for number in present(vm, "serial", SERIAL_PORTS):
        backing = _defined(vm, f"serial{number}", serial_of(vm, f"serial{number}"))
        write_port(out, "serial", number, backing)
        console = console or (number, backing)
    for number in present(vm, "parallel", PARALLEL_PORTS):
        backing = _defined(vm, f"parallel{number}", parallel_of(vm, f"parallel{number}"))
        write_port(out, "parallel", number, backing)
    if console is not None:
        write_port(out, "console", *console)


def _defined(vm: VmxReader, prefix: str, backing: Backing) -> Backing:
    """The backing as it is; that libvirt defines no such port goes to the report."""
    if backing.kind == "dev" and not backing.source:
        vm.stop(f"{prefix}.present", "libvirt takes no port that names no device of the host")
    return backing


def present(vm: VmxReader, family: str, limit: int) -> Iterator[int]:
    """The numbers of the ports that are there; those VMware has not are reported."""
    for number in vm.indices(family):
        if not vm.flag(f"{family}{number}.present"):
            continue
        if number < limit:
            yield number
        else:
            vm.lose(f"{family}{number}.present", f"a VMX has {limit} {family} ports", "error")


def write_port(out: XmlWriter, element: str, number: int, backing: Backing) -> None:
    """Write the ``<serial>``, ``<parallel>`` or ``<console>`` of a number, from 0, with its backing."""
    out.open(element, {"type": backing.kind})
    if backing.source:
        out.empty("source", backing.source)
    if backing.protocol:
        out.empty("protocol", {"type": backing.protocol})
    out.empty("target", {"type": "serial" if element == "console" else None, "port": number})
    out.close()


def serial_of(vm: VmxReader, prefix: str, *, says_end: bool = False) -> Backing:
    """What is behind a serial port; ``says_end``: the domain's form tells which end of a pipe serves."""
    key = f"{prefix}.fileType"
    # What libvirt writes for every port, and VMware's defaults.
    vm.mark_converted(f"{prefix}.yieldOnMsrRead")
    match vm.word(key):
        case "network":
            return _network(vm, prefix)
        case "pipe":
            return _pipe(vm, prefix, says_end=says_end)
        case "" | "device" | "file" as kind:
            return _plain(vm, prefix, kind)
        case "thinprint":
            vm.mark_converted(f"{prefix}.fileName")
            vm.lose(key, "printing on the host through this port is Workstation's own")
            return _NOTHING
    vm.lose(key, "it is neither device nor file nor pipe nor network", "error")
    return _NOTHING


def parallel_of(vm: VmxReader, prefix: str) -> Backing:
    """What is behind a parallel port."""
    key = f"{prefix}.fileType"
    word = vm.word(key)
    if word in ("", "device", "file"):
        return _plain(vm, prefix, word)
    vm.lose(key, "it is neither device nor file", "error")
    return _NOTHING


def _plain(vm: VmxReader, prefix: str, kind: str) -> Backing:
    """A device of the host (the default) or a file."""
    name = vm.text(f"{prefix}.fileName")
    if kind == "file":
        return Backing("file", {"path": domain_path(name, vm.folder)}) if name else _NOTHING
    if vm.flag(f"{prefix}.autodetect"):
        vm.lose(f"{prefix}.autodetect", "a domain XML names the device of the host")
    return Backing("dev", {} if name is None else {"path": name})


def _pipe(vm: VmxReader, prefix: str, *, says_end: bool) -> Backing:
    if vm.word(f"{prefix}.pipe.endPoint") == "server" and not says_end:
        vm.lose(f"{prefix}.pipe.endPoint", "a domain XML cannot say which end of a pipe serves")
    if not vm.flag(f"{prefix}.tryNoRxLoss"):
        vm.mark_converted(f"{prefix}.tryNoRxLoss")
    else:
        vm.lose(f"{prefix}.tryNoRxLoss", "a domain XML has no word for it")
    return Backing("pipe", {"path": vm.text(f"{prefix}.fileName") or ""})


def _network(vm: VmxReader, prefix: str) -> Backing:
    """An address; through a concentrator (vSPC) the name means something to that concentrator only."""
    key = f"{prefix}.fileName"
    text = vm.text(key) or ""
    if vm.has(f"{prefix}.vspc"):
        why = "a domain XML cannot say that a port concentrator is between: the port leads nowhere"
        vm.lose(f"{prefix}.vspc", why, "warning")
        vm.lose(key, why)
        return _NOTHING
    if not text:
        return _NOTHING
    match = _URI.fullmatch(text.strip())
    protocol = _PROTOCOLS.get((match[1] or "").lower()) if match else None
    port = int(match[3]) if match else 0
    if match is None or protocol is None or not 0 < port < 65536:
        vm.lose(key, "it is no protocol://host:port that VMware documents", "error")
        return _NOTHING
    return Backing(
        "tcp", {"mode": _mode(vm, prefix), "host": match[2].strip("[]"), "service": port}, protocol
    )


def _mode(vm: VmxReader, prefix: str) -> str:
    key = f"{prefix}.network.endPoint"
    word = vm.word(key)
    if word not in _ENDPOINTS:
        vm.lose(key, "it is neither server nor client", "error")
    return _ENDPOINTS.get(word, "bind")


# Domain XML to VMX


def format_ports(domain: DomainReader, out: VmxWriter) -> None:
    """Serial ports 0 to 3, parallel ports 0 to 2; where there is no serial port, the console may be one."""
    for family, limit in (("serial", SERIAL_PORTS), ("parallel", PARALLEL_PORTS)):
        elements = domain.element.findall(f"devices/{family}") or _console(domain, family)
        written: set[int] = set()
        for element, number in _numbered(domain, elements, limit):
            if number in written or number >= limit:
                domain.lose(element, f"a VMX has {limit} {family} ports, each once", "error")
                continue
            written.add(number)
            _format_port(domain, out, element, family, number)


def _console(domain: DomainReader, family: str) -> list[etree._Element]:
    """The first console, where it is a serial port: libvirt makes that port of it (domain_conf.c)."""
    console = domain.find("devices/console") if family == "serial" else None
    if console is None:
        return []
    target = console.find("target")
    return [console] if target is None or target.get("type", "serial") == "serial" else []


def _numbered(
    domain: DomainReader, elements: list[etree._Element], limit: int
) -> Iterator[tuple[etree._Element, int]]:
    """Each port with its number, and for one that says none the number libvirt gives it, else a free one.

    That is one above the highest: of all serial ports, but of the parallel ports before it only (measured
    with libvirt 9.0).
    """
    said = [_said_number(domain, element) for element in elements]
    taken = {number for number in said if number is not None}
    highest = max(taken, default=-1) if elements and elements[0].tag == "serial" else -1
    free = (number for number in count() if number not in taken)
    for element, written in zip(elements, said, strict=True):
        number = highest + 1 if written is None else written
        if written is None and (number >= limit or number in taken):
            number = next(free)
        highest = max(highest, number)
        taken.add(number)
        yield element, number


def _said_number(domain: DomainReader, element: etree._Element) -> int | None:
    target = element.find("target")
    text = None if target is None or element.tag == "console" else target.get("port")
    return None if text is None else domain.number(element, text, 0, 1000)


def _format_port(
    domain: DomainReader, out: VmxWriter, element: etree._Element, family: str, number: int
) -> None:
    prefix = f"{family}{number}"
    source = element.find("source")
    path = "" if source is None else source.get("path") or ""
    kind = element.get("type")
    if kind not in _FILE_TYPES or (family == "parallel" and kind not in ("dev", "file")):
        domain.lose(element, f"VMware connects no {family} port to this: say what is behind it", "warning")
        return
    out.flag(f"{prefix}.present", value=True)
    out.key(f"{prefix}.fileType", _FILE_TYPES[kind])
    match kind:
        case "pipe" | "unix":
            server = kind == "unix" and source is not None and source.get("mode") == "bind"
            out.key(f"{prefix}.pipe.endPoint", "server" if server else "client")
            out.flag(f"{prefix}.tryNoRxLoss", value=False)
            out.key(f"{prefix}.fileName", path)
        case "tcp":
            _format_network(domain, out, element, prefix)
        case _:
            out.key(f"{prefix}.fileName", vmx_path(path) if kind == "file" else path)
    if family == "serial":
        out.flag(f"{prefix}.yieldOnMsrRead", value=True)


def _format_network(domain: DomainReader, out: VmxWriter, element: etree._Element, prefix: str) -> None:
    source, protocol = element.find("source"), element.find("protocol")
    scheme = _SCHEMES.get("raw" if protocol is None else protocol.get("type") or "raw")
    if scheme is None or source is None:
        domain.lose(element, "VMware knows no such protocol", "error")
        scheme = "tcp"
    get = attributes_of(source).get
    host, service = get("host") or "0.0.0.0", get("service") or ""
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    out.key(f"{prefix}.fileName", f"{scheme}://{host}:{service}")
    out.key(f"{prefix}.network.endPoint", _MODES.get(get("mode") or "connect", "client"))
