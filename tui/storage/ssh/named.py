"""What a machine's file and its descriptors name that a walk has not fetched: elsewhere, or too large."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from tui.storage.ssh.fetched import Fetched

_PARENT = b"parentFileNameHint"
# VMX, descriptor, domain. What begins with a letter in one case is looked for nine times as fast.
_NAMED_BY = {
    ".vmdk": re.compile(_PARENT + rb'\s*=\s*"([^"\n]+)"'),
    ".xml": re.compile(rb"<source\s[^>]*?\b(?:file|dev)\s*=\s*[\"']([^\"'<\n]+)"),
    ".vmx": re.compile(rb'ile[nN]ame\s*=\s*"([^"\n]+)"'),
}
_NAMES_NOTHING = (".vmsd", ".csv", ".xlsx")


def wanted_elsewhere(source: Fetched, most: int) -> list[str]:
    """The paths of these, at most so many."""
    found: dict[str, None] = {}
    for text in _names_in(source):
        name = text.decode("utf-8", "surrogateescape")
        if name in source.files:
            continue
        path = name if name.startswith("/") else posixpath.normpath(f"{source.folder}{name}")
        beside = path.removeprefix(source.folder)
        if beside in source.files or ("/" not in beside and beside not in source.names):
            continue
        if not name.lower().endswith((".iso", ".flp")):
            found[path] = None
    return list(found)[:most]


def _names_in(source: Fetched) -> Iterator[bytes]:
    for name, data in source.files.items():
        suffix = name[name.rfind(".") :].lower()
        if suffix in _NAMES_NOTHING or (suffix == ".vmdk" and _PARENT not in data):
            continue
        yield from _NAMED_BY.get(suffix, _NAMED_BY[".vmx"]).findall(data)
