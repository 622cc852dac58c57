"""What a VMX says of its machine besides the disks, and what is odd in it as a file: remarks for rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from tui.counting import whole_number
from tui.disks import Disk, Remark
from tui.formats.encodings import codec_named
from tui.formats.limits import MAX_REMARKS
from tui.formats.vmx_syntax import Entry, VmxText

# What a tool fills in: {{ }} in a value, @x@ in a key, and in capitals in a value, where it is no address;
# in a line of its own also {% %}.
_FILLED_KEY = re.compile(rb"@\w+@")
_FILLED_VALUE = re.compile(rb"\{\{[^{}]*+\}\}|\{%[^{}%]*+%\}|@[A-Z][A-Z0-9_]*+@")
# Where a duplicate would decide what an edit means: such a key is never guessed at.
_DECISIVE = ("mode", "filename")
# Either of these forbids every snapshot of the VM: the one as the most there may be, the other by itself.
_MOST_SNAPSHOTS, _DISABLED = "snapshot.maxSnapshots", "snapshot.disabled"
# The secrets of a VM that vSphere encrypts; the rest of its VMX stays readable.
_BUNDLE = "encryption.bundle"
_MADE_TPM = "managedVM.autoAddVTPM"
# A remark on many keys names no more of them.
_MOST_NAMED = 3


# The machine


def hardware_version(document: VmxText) -> int | None:
    """The virtual hardware's version, up to three digits; None where it is not told."""
    return whole_number(document.get("virtualHW.version") or "", 3)


def encryption(document: VmxText) -> str | None:
    """The key that tells that the configuration is hidden: all of it, but for :func:`partial_encryption`."""
    return next((key for key in ("encryption.keySafe", "encryption.data") if document.get(key)), None)


def partial_encryption(document: VmxText) -> str | None:
    """The key that tells that only a part is hidden: with a virtual TPM alone the disks stay readable."""
    for key in ("vmx.encryptionType", "encryption.type"):
        if (document.get(key) or "").lower() == "partial":
            return key
    return None


def sealed(document: VmxText) -> Remark | None:
    """The key that holds the encrypted secrets of a VM that is readable otherwise; None without any."""
    return Remark(_BUNDLE, (document.line_of(_BUNDLE) or 0) + 1) if document.get(_BUNDLE) else None


def suspended(document: VmxText) -> str | None:
    """What tells that the machine is suspended, such as its state file; None for any other."""
    word = (document.get("checkpoint.vmState") or "").strip()
    return None if word.lower() in ("", "false") else word


def snapshots_disabled(document: VmxText) -> Remark | None:
    """The key that forbids every snapshot; None where none does."""
    return _remark(document, _DISABLED) if document.flag(_DISABLED) else None


def snapshot_limit(document: VmxText) -> tuple[int, Remark] | None:
    """The most snapshots there may be, and the key that says so; None without a limit."""
    number = whole_number((document.get(_MOST_SNAPSHOTS) or "").strip())
    return None if number is None else (number, _remark(document, _MOST_SNAPSHOTS))


def passed_through(document: VmxText) -> Remark | None:
    """A PCI device of the host; no virtual GPU, which is shared and has a state of its own."""
    for key in document.layout.pci_devices:
        if document.flag(key) and not document.get(key.replace(".present", ".vgpu")):
            return _remark(document, key)
    return None


def virtual_tpm(document: VmxText) -> Remark | None:
    """The virtual TPM, or the key by which Workstation and Fusion make one at the first start; else None."""
    if document.flag("vtpm.present"):
        return _remark(document, "vtpm.present")
    return _remark(document, _MADE_TPM) if document.get(_MADE_TPM) else None


def boot_order(document: VmxText, disks: Sequence[Disk]) -> Remark | None:
    """A boot order that begins with another disk than the first there is; None for any other."""
    order = document.get("bios.hddOrder")
    if not order:
        return None
    named = [word.strip() for word in order.lower().split(",")]
    there = [disk.address for disk in disks if disk.is_disk]
    first = next((word for word in named if word in there), None)
    return _remark(document, "bios.hddOrder") if first in there[1:] else None


def unpresented(document: VmxText, disks: Sequence[Disk]) -> tuple[Remark, ...]:
    """The VMDKs that are named and that the VM does not have, as their ``present`` is missing or no word."""
    return tuple(islice(_unpresented(document, disks), MAX_REMARKS))


def _unpresented(document: VmxText, disks: Sequence[Disk]) -> Iterator[Remark]:
    devices = document.layout.devices
    if len(devices) == len(disks):
        return  # all are there, as in most files
    there = {disk.place for disk in disks}
    for one in devices:
        file, present = one.first.get("filename"), one.first.get("present")
        if one.place in there or file is None or not document.value_on(file).lower().endswith(".vmdk"):
            continue
        if present is None:
            yield Remark(f"{one.name} ({document.value_on(file)}) has no present key", file + 1)
        elif (word := document.value_on(present)).lower() != "false":
            why = f'present = "{word}", which is neither TRUE nor FALSE'
            yield Remark(f"{one.name} ({document.value_on(file)}) has {why}", present + 1)


def _remark(document: VmxText, key: str) -> Remark:
    line = document.line_of(key) or 0
    return Remark(f'{document.name_on(line)} = "{document.get(key) or ""}"', line + 1)


# The file


def decisive_duplicates(document: VmxText) -> dict[str, str]:
    """The keys (in lower case) that stand twice and decide what an edit means, each with why it is locked.

    VMware refuses such a file, libvirt takes the first of the lines, Packer the last. We show the first.
    """
    if not document.has_duplicates:
        return {}
    return {
        key: f"{entries[0].name} stands on lines {entries[0].line + 1} and {entries[1].line + 1}; "
        "the first is shown, yet products differ on which counts: remove one first"
        for key, entries in document.by_key.items()
        if len(entries) > 1 and key.rpartition(".")[2] in _DECISIVE
    }


def duplicates(document: VmxText, disks: Sequence[Disk]) -> tuple[Remark, ...]:
    """The keys that stand on several lines, each with the disk it is of."""
    if not document.has_duplicates:
        return ()
    places = {disk.address: disk.index for disk in disks}
    doubled = [(key, entries) for key, entries in document.by_key.items() if len(entries) > 1]
    remarks = [
        Remark(
            f"{entries[0].name} stands on lines {_listed(entries)}",
            entries[-1].line + 1,
            places.get(key.rpartition(".")[0]),
        )
        for key, entries in doubled[:MAX_REMARKS]
    ]
    return (*remarks, *_count_left(len(doubled), "keys"))


def unquoted(document: VmxText) -> Remark | None:
    """The values without quotes, the first by their keys; None where all have them."""
    lines = document.unquoted_lines()
    if not lines:
        return None
    named = ", ".join(document.name_on(line) for line in lines[:_MOST_NAMED])
    more = f" and {len(lines) - _MOST_NAMED:,} more" if len(lines) > _MOST_NAMED else ""
    return Remark(named + more, lines[0] + 1)


def malformed(document: VmxText) -> Iterator[Remark]:
    """The lines that carry no key."""
    lines = document.malformed_lines()
    for number in lines[:MAX_REMARKS]:
        yield Remark(document.text_lines[number].strip()[:60], number + 1)
    yield from _count_left(len(lines), "lines")


def encoding_trouble(document: VmxText) -> Iterator[Remark]:
    """A declared encoding that is not known, and bytes that are not of the file's encoding."""
    declared = document.declared_encoding
    if declared is not None and codec_named(declared) is None:
        line = document.encoding_line or 0
        yield Remark(f'nobody here knows the encoding "{declared}"; the text is shown as UTF-8', line + 1)
    if document.data.isascii():
        return  # means the same in every codec known here
    try:
        document.data.decode(document.codec)
    except UnicodeDecodeError as error:
        line = document.lines.at(error.start)
        yield Remark(f"byte 0x{document.data[error.start]:02X} is not {declared or 'UTF-8'}", line + 1)


def template_marks(document: VmxText) -> Iterator[Remark]:
    """What a template's tool should have filled in: the first in a key or value, else in a line without."""
    if b"{" not in document.data and b"@" not in document.data:
        return
    for line, mark in chain(_filled_entries(document), _filled_lines(document)):
        if mark is not None:
            yield Remark(mark[0].decode(document.codec, "backslashreplace")[:40], line + 1)
            return


def _filled_entries(document: VmxText) -> Iterator[tuple[int, re.Match[bytes] | None]]:
    for entry in document.entries:
        name, value = document.data[slice(*entry.name_span)], document.raw(entry)
        yield (
            entry.line,
            _FILLED_KEY.search(name) or _FILLED_VALUE.search(name) or _FILLED_VALUE.search(value),
        )


def _filled_lines(document: VmxText) -> Iterator[tuple[int, re.Match[bytes] | None]]:
    starts, ends = document.lines.starts, document.lines.ends
    for line in document.malformed_lines():
        yield line, _FILLED_VALUE.search(document.data[starts[line] : ends[line]])


def _listed(entries: tuple[Entry, ...]) -> str:
    lines = ", ".join(str(entry.line + 1) for entry in entries[:5])
    return lines if len(entries) <= 5 else f"{lines} and {len(entries) - 5} more"


def _count_left(count: int, what: str) -> Iterator[Remark]:
    """The last remark of more than are told."""
    if count > MAX_REMARKS:
        yield Remark(f"and {count - MAX_REMARKS:,} more {what}")
