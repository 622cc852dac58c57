"""Small machines to convert, and what came out, in forms that are easy to compare."""

from __future__ import annotations

from lxml import etree

from tui.convert import Conversion, Loss, Options, to_domain_xml, to_vmx
from tui.formats.domain_xml import DomainDocument
from tui.formats.vmx import VmxDocument

HEAD = '.encoding = "UTF-8"\nconfig.version = "8"\ndisplayName = "vm"\n'


def from_vmx(keys: str, options: Options | None = None) -> Conversion:
    """The conversion of a VMX: these lines behind the ones every VMX has."""
    return to_domain_xml(VmxDocument((HEAD + keys).encode()), options or Options())


def from_xml(inner: str, options: Options | None = None, kind: str = "vmware") -> Conversion:
    """The conversion of a domain: these elements, or ones of <devices> where they are devices."""
    return to_vmx(DomainDocument(domain(inner, kind)), options or Options())


def domain(inner: str, kind: str = "vmware") -> bytes:
    """A domain of 32 MiB that holds these elements."""
    memory = "" if "<memory" in inner else "<memory unit='MiB'>32</memory>"
    system = "" if "<os" in inner else "<os><type arch='i686'>hvm</type></os>"
    return f"<domain type='{kind}'><name>vm</name>{memory}{system}{inner}</domain>".encode()


def devices(inner: str) -> str:
    """These devices."""
    return f"<devices>{inner}</devices>"


def element(conversion: Conversion) -> etree._Element:
    """The domain that came out."""
    return etree.fromstring(conversion.text.encode())


def at(conversion: Conversion, path: str) -> list[str]:
    """Every element at ``path`` that came out, on one line each, blanks between its tags left out."""
    return [
        "".join(etree.tostring(found, encoding="unicode").split("\n")).replace("  ", "").strip()
        for found in element(conversion).iterfind(path)
    ]


def keys(conversion: Conversion) -> dict[str, str]:
    """The keys that came out; no key comes out twice."""
    document = VmxDocument(conversion.text.encode())
    names = [entry.name for entry in document.entries]
    assert len(names) == len({name.lower() for name in names})
    return {entry.name: document.value_of(entry) for entry in document.entries}


def new_keys(conversion: Conversion) -> dict[str, str]:
    """The keys that came out beyond those of an empty machine."""
    empty = keys(from_xml(""))
    return {name: value for name, value in keys(conversion).items() if empty.get(name) != value}


def loss(conversion: Conversion, key: str) -> Loss:
    """The one loss noted for ``key``."""
    found = [loss for loss in conversion.losses if loss.key == key]
    assert len(found) == 1, [loss.key for loss in conversion.losses]
    return found[0]
