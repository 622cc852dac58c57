"""What a machine's file and its descriptors name that a walk has not fetched: elsewhere, or too large."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from tui.image_paths import as_here, is_image, searched
from tui.storage.ssh.fetched import Fetched, is_listed

_PARENT = b"parentFileNameHint"
# VMX, descriptor, domain. What begins with a letter in one case is looked for nine times as fast.
_PARENT_HINT = re.compile(_PARENT + rb'\s*=\s*"([^"\n]+)"')
# Of a device only a path: a network card's source has a "dev" as well.
_SOURCE = re.compile(rb"<source\s[^>]*?\b(?:file\s*=\s*[\"']|dev\s*=\s*[\"'](?=/))([^\"'<\n]+)")
_FILE_NAME = re.compile(rb'ile[nN]ame\s*=\s*"([^"\n]+)"')
# The key before that, up to its "f": a disk's; a sound card, a port and a floppy have a fileName as well.
_OF_DISK = re.compile(rb"\s*((?:scsi|sata|ide|nvme|usb_xhci)\d+:\d+)\.f", re.IGNORECASE)
_NAMES_NOTHING = (".vmsd", ".csv", ".xlsx")
_NO_DISK = (".iso", ".flp", "emptybackingstring", "auto detect")
_OF_DRIVE = rb'(?im)^\s*%s\.deviceType\s*=\s*"(?:cdrom|atapi-cdrom)'
_MOST_NAMED = 16  # domains of one file

# Where VMware looks for a bare name, and what XML and a VMX write for characters of their own.
_SEARCHED = re.compile(rb'\b(?:fileSearchPath|workingDir)\s*=\s*"([^"\n]+)"')
_ESCAPED = re.compile(rb"\|([0-9A-Fa-f]{2})")
# Where a domain's machine has transient disks, its overlays are named by it.
_TRANSIENT, _DOMAIN_NAME = b"<transient", re.compile(rb"<name>([^<\n]+)</name>")


def wanted_elsewhere(source: Fetched, most: int) -> list[str]:
    """The paths of these, as they will be asked for; at most so many."""
    found: dict[str, None] = {}
    for name, data in source.files.items():
        suffix = name[name.rfind(".") :].lower()
        if suffix == ".vmdk":
            found.update(dict.fromkeys(parents_in(data, source)) if _PARENT in data else ())
        elif suffix == ".xml":
            found.update(dict.fromkeys(_images_of_domain(data, source)))
        elif suffix not in _NAMES_NOTHING:
            found.update(dict.fromkeys(_images_of_vmx(data, source)))
    return list(found)[:most]


def parents_in(data: bytes, source: Fetched, folder: str | None = None) -> Iterator[str]:
    """What a descriptor in a ``folder`` (None: the machine's own) builds on and is not at hand."""
    for name in map(as_here, _texts(_PARENT_HINT, data)):
        if (name in source.files and folder is None) or not is_image(name):
            continue
        more = () if "/" in name else [f"{one}/{name}" for one in _searched_of(source)]
        for path in map(posixpath.normpath, (_joined(folder or source.folder, name), *more)):
            if not _is_at_hand(path, source):
                yield path


def _images_of_domain(data: bytes, source: Fetched) -> Iterator[str]:
    domains = _DOMAIN_NAME.findall(data)[:_MOST_NAMED] if _TRANSIENT in data else ()
    for text in _texts(_SOURCE, data):
        path = _joined(source.folder, _plain(text))
        if not _is_at_hand(path, source):
            yield path
        for domain in domains:
            yield f"{path}.TRANSIENT-{_plain(_text(domain))}"


def _images_of_vmx(data: bytes, source: Fetched) -> Iterator[str]:
    places = _searched(data, source.folder)
    for found in _FILE_NAME.finditer(data):
        text = _text(found[1])
        if (text in source.files and not places) or not _is_disk(data, found.start(), text):
            continue
        name = as_here(_text(_ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), found[1])))
        paths = [f"{one}/{name}" for one in places if "/" not in name] or [_joined(source.folder, name)]
        yield from (path for path in paths if not _is_at_hand(path, source))


def _is_disk(data: bytes, at: int, name: str) -> bool:
    """Whether the key whose end is there is a disk's, and no drive's."""
    low = name.lower()
    key = _OF_DISK.fullmatch(data, data.rfind(b"\n", 0, at) + 1, at)
    if key is None or low.endswith(_NO_DISK):
        return False
    return low.endswith(".vmdk") or re.search(_OF_DRIVE % re.escape(key[1]), data) is None


def _searched(data: bytes, folder: str) -> Sequence[str]:
    """The folders in which a VMX's bare names are looked for; nothing where it names none."""
    if b"fileSearchPath" not in data and b"workingDir" not in data:
        return ()
    words = [word.strip() for text in _texts(_SEARCHED, data) for word in text.split(";")]
    return searched(filter(None, words), folder.rstrip("/")) if any(words) else ()


def _searched_of(source: Fetched) -> Sequence[str]:
    """Those of the VMX in it."""
    files = (data for name, data in source.files.items() if name.lower().endswith((".vmx", ".vmtx")))
    return [one for data in files for one in _searched(data, source.folder)]


def _is_at_hand(path: str, source: Fetched) -> bool:
    """Whether the walk brought the file, or listed its folder without it."""
    beside = posixpath.normpath(path).removeprefix(source.folder)
    return beside in source.files or ("/" not in beside and beside not in source.names and is_listed(beside))


def _joined(folder: str, name: str) -> str:
    return name if name.startswith("/") else f"{folder.rstrip('/')}/{name}"


def _plain(text: str) -> str:
    if "&" not in text:
        return text
    from html import unescape  # noqa: PLC0415 - few names hold what XML escapes

    return unescape(text)


def _texts(pattern: re.Pattern[bytes], data: bytes) -> Iterator[str]:
    return map(_text, pattern.findall(data))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
