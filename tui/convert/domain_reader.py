"""Reading a domain XML for conversion: values with their units, and a note of what went unsaid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count

from lxml import etree

from tui.cached import cached_property
from tui.convert.results import Loss, Options, Severity, shortened

_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,19}\s*", re.ASCII)
# libvirt, virScaleInteger: binary multiples carry an i or a bare letter, decimal ones a B.
_UNITS = {
    "b": 1,
    "bytes": 1,
    "kb": 1000,
    "k": 1 << 10,
    "kib": 1 << 10,
    "mb": 1000**2,
    "m": 1 << 20,
    "mib": 1 << 20,
    "gb": 1000**3,
    "g": 1 << 30,
    "gib": 1 << 30,
    "tb": 1000**4,
    "t": 1 << 40,
    "tib": 1 << 40,
    "pb": 1000**5,
    "p": 1 << 50,
    "pib": 1 << 50,
    "eb": 1000**6,
    "e": 1 << 60,
    "eib": 1 << 60,
}
# 16 PiB, far above what any product takes.
_MOST_KIB = 1 << 44


def local_name(element: etree._Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def value_of(element: etree._Element) -> str:
    """What an element says, in a line: its attributes, its text, the names of its children."""
    parts = [f"{name.rpartition('}')[2]}={value}" for name, value in element.items()]
    text = " ".join((element.text or "").split())
    parts += [text] if text else []
    parts += [f"<{local_name(child)}>" for child in children(element)]
    return shortened(" ".join(parts))


def attributes_of(element: etree._Element | None) -> dict[str, str]:
    """The attributes of an element, none where there is no element."""
    return {} if element is None else {str(name): str(value) for name, value in element.items()}


def children(element: etree._Element) -> Iterator[etree._Element]:
    """The child elements, without comments and processing instructions."""
    return (child for child in element if isinstance(child.tag, str))


def _steps_below(parent: etree._Element) -> dict[etree._Element, str]:
    """The step of a path that leads to each child: its name, and its number where others share the name."""
    below: dict[str, list[etree._Element]] = {}
    for child in children(parent):
        below.setdefault(str(child.tag), []).append(child)
    return {
        child: local_name(child) if len(twins) == 1 else f"{local_name(child)}[{number}]"
        for twins in below.values()
        for number, child in enumerate(twins, 1)
    }


class DomainReader:
    """The elements of a domain as the converter takes them."""

    def __init__(self, element: etree._Element, options: Options) -> None:
        self.element = element
        self.options = options
        self.losses: list[Loss] = []
        self._steps: dict[etree._Element, str] = {}

    def find(self, path: str) -> etree._Element | None:
        """The first element at ``path`` below the domain."""
        return self.element.find(path)

    def text(self, path: str) -> str | None:
        """An element's text without blanks around it, None where there is no such element."""
        element = self.element.find(path)
        return None if element is None else (element.text or "").strip()

    @cached_property
    def controllers(self) -> dict[str, dict[int, etree._Element]]:
        """The controllers by type and index; those that say none have the first free, as in libvirt."""
        found: dict[str, dict[int, etree._Element]] = {}
        unnumbered: dict[str, list[etree._Element]] = {}
        for element in self.element.iterfind("devices/controller"):
            kind, said = element.get("type") or "", (element.get("index") or "").strip()
            numbered = found.setdefault(kind, {})
            if _NUMBER.fullmatch(said):
                numbered.setdefault(int(said), element)
            elif element.get("index") is None:
                unnumbered.setdefault(kind, []).append(element)
        for kind, elements in unnumbered.items():
            numbered = found[kind]
            free = (number for number in count() if number not in numbered)
            for element in elements:
                numbered[next(free)] = element
        return found

    def number(self, element: etree._Element, text: str | None, least: int, most: int) -> int | None:
        """``text``, found in ``element``, as a number from ``least`` to ``most``; None where it is bad."""
        if text is None or not _NUMBER.fullmatch(text):
            self.lose(element, "it is no whole number", "error", text or "")
            return None
        number = int(text)
        if not least <= number <= most:
            self.lose(element, f"it is out of range: {least} to {most}", "error", text)
            return None
        return number

    def kibibytes(self, path: str) -> int | None:
        """The amount of memory at ``path`` in KiB, rounded up; None where it is absent or bad."""
        element = self.element.find(path)
        if element is None:
            return None
        factor = _UNITS.get((element.get("unit") or "KiB").lower())
        if factor is None:
            self.lose(element, "nobody here knows this unit", "error", element.get("unit") or "")
            return None
        amount = self.number(element, (element.text or "").strip(), 0, 10**18)
        if amount is None:
            return None
        size = -(-amount * factor // 1024)
        if size > _MOST_KIB:
            self.lose(element, "no machine has that much memory", "error")
            return None
        return size

    def path_of(self, element: etree._Element) -> str:
        """Where an element stands, below ``<domain>``: ``devices/disk[2]/iotune``."""
        steps: list[str] = []
        at = element
        while at is not self.element:
            parent = at.getparent()
            if parent is None:
                break
            if at not in self._steps:
                self._steps.update(_steps_below(parent))
            steps.append(self._steps[at])
            at = parent
        return "/".join(reversed(steps))

    def lose(
        self,
        element: etree._Element,
        why: str,
        severity: Severity = "info",
        value: str | None = None,
        disk: int | None = None,
    ) -> None:
        """Note that an element is not, or not wholly, in the VMX."""
        shown = value_of(element) if value is None else shortened(value)
        self.losses.append(Loss(self.path_of(element), shown, why, element.sourceline, severity, disk))

    def lose_attribute(
        self,
        element: etree._Element,
        attribute: str,
        why: str,
        severity: Severity = "info",
        disk: int | None = None,
    ) -> None:
        """Note that one attribute is not in the VMX."""
        key, value = f"{self.path_of(element)}/@{attribute}", shortened(element.get(attribute) or "")
        self.losses.append(Loss(key, value, why, element.sourceline, severity, disk))

    def lose_attributes(self, element: etree._Element, lost: Mapping[str, str], why: str) -> None:
        """Note that attributes, by name, are not in the VMX; not each is looked for among thousands."""
        path = self.path_of(element)
        self.losses += [
            Loss(f"{path}/@{name}", shortened(value), why, element.sourceline) for name, value in lost.items()
        ]
