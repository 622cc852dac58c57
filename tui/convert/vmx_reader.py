"""Reading a VMX for conversion: values by key, what is wrong with them, and which keys were not converted."""

from __future__ import annotations

import re
from dataclasses import replace

from tui.cached import cached_property
from tui.convert.paths import folder_of
from tui.convert.results import Loss, Options, Severity, shortened
from tui.formats.vmx import VmxDocument

# What XML 1.0 allows no document to hold, not even as a character reference.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,19}\s*", re.ASCII)
_NUMBERED = re.compile(r"([a-z]+)(0|[1-9][0-9]{0,2})\.present", re.ASCII)
_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")


class VmxReader:
    """The keys of a VMX as the converter takes them, one after the other.

    ``folder`` is what stands before a bare file name. Reading a key marks it as converted; the others are
    ``unconverted``. Names compare without case.
    """

    def __init__(self, document: VmxDocument, options: Options) -> None:
        self.document = document
        self.options = options
        self.losses: list[Loss] = []
        self._values = document.values
        self.folder = folder_of(options)
        self._converted: set[str] = set()

    @property
    def unconverted(self) -> list[tuple[str, str]]:
        """The keys that were not converted, in lower case, with their values, in the file's order."""
        converted = self._converted
        return [(key, value) for key, value in self._values.items() if key not in converted]

    def text(self, key: str) -> str | None:
        """A key's value, None where it is absent; characters XML cannot hold are left out and reported."""
        key = key.lower()
        value = self._values.get(key)
        if value is None:
            return None
        self._converted.add(key)
        if value.isprintable() or FORBIDDEN.search(value) is None:
            return value
        self.lose(key, "it holds control characters, which no XML document can: they are left out", "warning")
        return FORBIDDEN.sub("", value)

    def word(self, key: str) -> str:
        """A key's value in small letters without blanks around it, empty where it is absent."""
        value = self.text(key)
        return value.strip().lower() if value else ""

    def number(self, key: str, least: int, most: int) -> int | None:
        """A key's value as a whole number from ``least`` to ``most``; None where it is absent or bad."""
        value = self.text(key)
        if value is None:
            return None
        if not _NUMBER.fullmatch(value):
            self.lose(key, "it is no whole number", "error")
            return None
        number = int(value)
        if not least <= number <= most:
            self.lose(key, f"it is out of range: {least} to {most}", "error")
            return None
        return number

    def flag(self, key: str, default: bool = False) -> bool:
        """A key's value as true or false, in any letter case; ``default`` where it is absent or bad."""
        value = self.text(key)
        if not value:
            return default
        word = value.strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        self.lose(key, "it is neither true nor false", "error")
        return default

    def has(self, key: str) -> bool:
        """Whether the file has this key (given in lower case)."""
        return key in self._values

    def is_off(self, device: str) -> bool:
        """Whether the file says that a device (in small letters) is not present."""
        return self._values.get(f"{device}.present", "").lower() == "false"

    def indices(self, family: str) -> list[int]:
        """The numbers N for which a key ``familyN.present`` stands in the file, ascending; small letters."""
        return self._numbered.get(family, [])

    @cached_property
    def _numbered(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for key in [key for key in self._values if key[-8:] == ".present" and ":" not in key]:
            match = _NUMBERED.fullmatch(key)
            if match is not None:
                found.setdefault(match[1], []).append(int(match[2]))
        return {family: sorted(numbers) for family, numbers in found.items()}

    def mark_converted(self, *keys: str) -> None:
        """Mark keys whose meaning other elements hold, or that mean nothing, as converted."""
        for key in keys:
            self._converted.add(key.lower())

    def stop(self, key: str, why: str, disk: int | None = None) -> None:
        """Note that libvirt will not define the domain for what a key says."""
        self.lose(key, why, "error", disk)
        self.losses[-1] = replace(self.losses[-1], stops=True)

    def lose(self, key: str, why: str, severity: Severity = "info", disk: int | None = None) -> None:
        """Note that a key's value is not, or not wholly, in the domain XML."""
        lowered = key.lower()
        self._converted.add(lowered)
        at = self.document.line_of(lowered)
        name, line = (key, None) if at is None else (self.document.name_on(at), at + 1)
        value = shortened(self._values.get(lowered, ""))
        self.losses.append(Loss(name, value, why, line, severity, disk))
