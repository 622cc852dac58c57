"""A VMX document: an immutable value over the file's bytes, with its disks and the edits of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, islice
from typing import Literal

from tui.disks import (
    MODES,
    NEWEST,
    Configuration,
    Disk,
    Format,
    LibvirtVersion,
    Mode,
    Policy,
    Remark,
    Sidecars,
    UnitAddress,
    mode_of,
    parse_mode,
)
from tui.formats.encodings import codec_named
from tui.formats.errors import EditError
from tui.formats.limits import MAX_REMARKS
from tui.formats.splice import Edit, difference, splice
from tui.formats.vmx_disks import NONE_KNOWN, Read, read_controllers, read_disks, read_signs
from tui.formats.vmx_syntax import BOM, Entry, VmxText

# What a tool fills in: {{ }} in a value, @x@ in a key, and in capitals in a value, where it is no address;
# in a line of its own also {% %}.
_FILLED_KEY = re.compile(rb"@\w+@")
_FILLED_VALUE = re.compile(rb"\{\{[^{}]*+\}\}|\{%[^{}%]*+%\}|@[A-Z][A-Z0-9_]*+@")
# Where a duplicate would decide what an edit means: such a key is never guessed at.
_DECISIVE = ("mode", "filename")
# Either of these forbids every snapshot of the VM: the one as the most there may be, the other by itself.
_MOST_SNAPSHOTS, _DISABLED = "snapshot.maxSnapshots", "snapshot.disabled"
_ALONE = Sidecars()
# The secrets of a VM that vSphere encrypts; the rest of its VMX stays readable.
_BUNDLE = "encryption.bundle"
_MADE_TPM = "managedVM.autoAddVTPM"

# A search path of more folders is not followed further.
_MOST_FOLDERS = 16
# A remark on many keys names no more of them.
_MOST_NAMED = 3


def _listed(entries: tuple[Entry, ...]) -> str:
    lines = ", ".join(str(entry.line + 1) for entry in entries[:5])
    return lines if len(entries) <= 5 else f"{lines} and {len(entries) - 5} more"


def _valued(entry: Entry, value: bytes) -> Edit:
    """A line's value replaced, and put between quotes: without them some readers refuse the file."""
    return Edit(*entry.value_span, value if entry.quoted else b'"' + value + b'"')


def _untold(count: int, what: str) -> Iterator[Remark]:
    """The last remark of more than are told."""
    if count > MAX_REMARKS:
        yield Remark(f"and {count - MAX_REMARKS:,} more {what}")


class VmxDocument(VmxText):
    """The bytes of a VMX file and what they say of the virtual machine.

    ``origin`` is the document as it was read; edits of a disk start from what stands there, so that setting
    a policy and setting it back gives the bytes the file had. ``known`` are disks an edit left alone.
    """

    format: Literal[Format.VMX] = Format.VMX

    def __init__(
        self,
        data: bytes,
        origin: VmxDocument | None = None,
        *,
        known: Mapping[UnitAddress, Disk] = NONE_KNOWN,
    ) -> None:
        super().__init__(data)
        # No reference cycle: one of thousands of documents must be freed as soon as it was judged.
        self._origin = origin
        self._known = known

    @property
    def origin(self) -> VmxDocument:
        """The document as it was read."""
        return self if self._origin is None else self._origin

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VmxDocument) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.data)

    @cached_property
    def configuration(self) -> Configuration:
        """What the file says of its virtual machine."""
        return self.configuration_with(_ALONE)

    def configuration_with(self, sidecars: Sidecars, libvirt: LibvirtVersion = NEWEST) -> Configuration:
        """The same with what was read beside the file, judged for a libvirt."""
        partially = self._partial_encryption()
        return Configuration(
            format=Format.VMX,
            name=self.get("displayName") or "",
            disks=self.disks,
            disk_lines=self._read[1],
            signs=read_signs(self),
            hardware_version=self._hardware_version(),
            controllers=read_controllers(self),
            encrypted=None if partially else self._encryption(),
            partially_encrypted=partially,
            suspended=self._suspended(),
            snapshots_disabled=self._remark(_DISABLED) if self.flag(_DISABLED) else None,
            snapshot_limit=self._snapshot_limit(),
            passed_through=self._passed_through(),
            tracked=None if self.get("ctkEnabled") is None else self.flag("ctkEnabled"),
            boot_order=self._boot_order(),
            unpresented=tuple(islice(self._unpresented(), MAX_REMARKS)),
            virtual_tpm=self._virtual_tpm(),
            sealed=Remark(_BUNDLE, (self.line_of(_BUNDLE) or 0) + 1) if self.get(_BUNDLE) else None,
            duplicate_keys=self._duplicates(),
            malformed_lines=tuple(self._malformed()),
            encoding_trouble=tuple(self._encoding_trouble()),
            template_marks=tuple(self._template_marks()),
            byte_order_mark=self.data.startswith(BOM),
            unquoted_values=self._unquoted(),
            sidecars=sidecars,
            libvirt=libvirt,
        )

    @property
    def disks(self) -> tuple[Disk, ...]:
        """Every disk and drive, ordered by bus, controller and unit."""
        return self._read[0]

    @cached_property
    def _read(self) -> Read:
        return read_disks(self, self._decisive_duplicates(), self._known)

    def _decisive_duplicates(self) -> dict[str, str]:
        if not self.has_duplicates:
            return {}
        return {
            key: f"{entries[0].name} stands on lines {entries[0].line + 1} and {entries[1].line + 1}, "
            "and products differ on which counts: remove one first"
            for key, entries in self.by_key.items()
            if len(entries) > 1 and key.rpartition(".")[2] in _DECISIVE
        }

    def _encryption(self) -> str | None:
        """What hides the configuration: all of it, where it is not said that it is a part."""
        return next((key for key in ("encryption.keySafe", "encryption.data") if self.get(key)), None)

    def _partial_encryption(self) -> str | None:
        """What says that a part is hidden: with a virtual TPM alone the disks stay readable."""
        for key in ("vmx.encryptionType", "encryption.type"):
            if (self.get(key) or "").lower() == "partial":
                return key
        return None

    def _hardware_version(self) -> int | None:
        word = self.get("virtualHW.version") or ""
        return int(word) if word.isascii() and word.isdigit() and len(word) < 4 else None

    def _suspended(self) -> str | None:
        word = (self.get("checkpoint.vmState") or "").strip()
        return None if word.lower() in ("", "false") else word

    @property
    def search_folders(self) -> tuple[str, ...]:
        """Where VMware looks for a bare file name, in order; relative to the VMX's folder, or absolute."""
        path = (*(self.get("fileSearchPath") or "").split(";"), self.get("workingDir") or "")
        return tuple([folder for word in path[:_MOST_FOLDERS] if (folder := word.strip())])

    def _boot_order(self) -> Remark | None:
        order = self.get("bios.hddOrder")
        if not order:
            return None
        named = [word.strip() for word in order.lower().split(",")]
        there = [disk.address for disk in self.disks if disk.is_disk]
        first = next((word for word in named if word in there), None)
        return self._remark("bios.hddOrder") if first in there[1:] else None

    def _unpresented(self) -> Iterator[Remark]:
        devices = self.layout.devices
        if len(devices) == len(self.disks):
            return  # all are there, as in most files
        there = {disk.place for disk in self.disks}
        for one in devices:
            file, present = one.first.get("filename"), one.first.get("present")
            if one.place in there or file is None or not self.value_on(file).lower().endswith(".vmdk"):
                continue
            if present is None:
                yield Remark(f"{one.name} ({self.value_on(file)}) has no present key", file + 1)
            elif (word := self.value_on(present)).lower() != "false":
                said = f'present = "{word}", which is neither TRUE nor FALSE'
                yield Remark(f"{one.name} ({self.value_on(file)}) has {said}", present + 1)

    def _virtual_tpm(self) -> Remark | None:
        """Workstation and Fusion also have one that they make at the VM's first start."""
        if self.flag("vtpm.present"):
            return self._remark("vtpm.present")
        return self._remark(_MADE_TPM) if self.get(_MADE_TPM) else None

    def _remark(self, key: str) -> Remark:
        line = self.line_of(key) or 0
        return Remark(f'{self.name_on(line)} = "{self.get(key) or ""}"', line + 1)

    def _snapshot_limit(self) -> tuple[int, Remark] | None:
        word = (self.get(_MOST_SNAPSHOTS) or "").strip()
        if not (word.isascii() and word.isdigit() and len(word) < 10):
            return None
        return int(word), self._remark(_MOST_SNAPSHOTS)

    def _passed_through(self) -> Remark | None:
        """A PCI device of the host, but for a virtual GPU, which is shared and has a state of its own."""
        for key in self.layout.pci_devices:
            if self.flag(key) and not self.get(key.replace(".present", ".vgpu")):
                return self._remark(key)
        return None

    def _duplicates(self) -> tuple[Remark, ...]:
        if not self.has_duplicates:
            return ()
        places = {disk.address: disk.index for disk in self.disks}
        doubled = [(key, entries) for key, entries in self.by_key.items() if len(entries) > 1]
        told = [
            Remark(
                f"{entries[0].name} stands on lines {_listed(entries)}",
                entries[-1].line + 1,
                places.get(key.rpartition(".")[0]),
            )
            for key, entries in doubled[:MAX_REMARKS]
        ]
        return (*told, *_untold(len(doubled), "keys"))

    def _unquoted(self) -> Remark | None:
        lines = self.unquoted_lines()
        if not lines:
            return None
        named = ", ".join(self.name_on(line) for line in lines[:_MOST_NAMED])
        more = f" and {len(lines) - _MOST_NAMED:,} more" if len(lines) > _MOST_NAMED else ""
        return Remark(named + more, lines[0] + 1)

    def _malformed(self) -> Iterator[Remark]:
        lines = self.malformed_lines()
        for number in lines[:MAX_REMARKS]:
            yield Remark(self.text_lines[number].strip()[:60], number + 1)
        yield from _untold(len(lines), "lines")

    def _encoding_trouble(self) -> Iterator[Remark]:
        declared = self.declared_encoding
        if declared is not None and codec_named(declared) is None:
            line = self.line_of(".encoding") or 0
            yield Remark(f'nobody here knows the encoding "{declared}"; the text is shown as UTF-8', line + 1)
        if self.data.isascii():
            return  # means the same in every codec known here
        try:
            self.data.decode(self.codec)
        except UnicodeDecodeError as error:
            line = self.lines.at(error.start)
            yield Remark(f"byte 0x{self.data[error.start]:02X} is not {declared or 'UTF-8'}", line + 1)

    def _template_marks(self) -> Iterator[Remark]:
        """The first in a key or a value, else the first in a line that carries none."""
        if b"{" not in self.data and b"@" not in self.data:
            return
        for line, mark in chain(self._filled_entries(), self._filled_lines()):
            if mark is not None:
                yield Remark(mark[0].decode(self.codec, "backslashreplace")[:40], line + 1)
                return

    def _filled_entries(self) -> Iterator[tuple[int, re.Match[bytes] | None]]:
        for entry in self.entries:
            name, value = self.data[slice(*entry.name_span)], self.raw(entry)
            yield (
                entry.line,
                _FILLED_KEY.search(name) or _FILLED_VALUE.search(name) or _FILLED_VALUE.search(value),
            )

    def _filled_lines(self) -> Iterator[tuple[int, re.Match[bytes] | None]]:
        starts, ends = self.lines.starts, self.lines.ends
        for line in self.malformed_lines():
            yield line, _FILLED_VALUE.search(self.data[starts[line] : ends[line]])

    # Edits

    def with_policy(self, index: int, policy: Policy) -> VmxDocument:
        """The document in which one disk has ``policy``; see :meth:`with_policies`."""
        return self.with_policies({index: policy})

    def with_policies(self, policies: Mapping[int, Policy]) -> VmxDocument:
        """The document in which disks have these policies; as the file spelt them, where it had them before.

        Raises EditError where a disk is locked.
        """
        return self._edited(
            {index: self._policy_edit(self._editable(index), policy) for index, policy in policies.items()}
        )

    def with_modes(self, modes: Mapping[int, Mode]) -> VmxDocument:
        """The document in which disks' ``.mode`` say these modes.

        A value gives way where the key stands, also for the default; an absent key stays absent for the
        default, and is otherwise written directly below the disk's ``fileName`` in that line's manner.
        Raises EditError where a disk is locked.
        """
        edited = self._edited(
            {index: self._mode_edit(self._editable(index), mode) for index, mode in modes.items()}
        )
        # Where the file's word, an outdated or unknown one, had this very policy, a toggle off and on again
        # shall bring back the word chosen now, not that one.
        chosen = [
            _valued(entry, mode.value.encode())
            for index, mode in modes.items()
            if (first := self.origin.disks[index]).mode != mode
            and first.policy == MODES[mode].policy
            and (entry := self.origin.entry_of(first, "mode")) is not None
        ]
        if not chosen:
            return edited
        return VmxDocument(
            edited.data,
            VmxDocument(splice(self.origin.data, chosen)),
            known=edited._left_alone(()),  # noqa: SLF001 - another document of this class
        )

    def edits_to(self, other: VmxDocument) -> tuple[list[Edit], list[int]]:
        """The edits that make this document ``other``, edited from the same origin, and of which disks."""
        pairs = zip(self.disks, other.disks, strict=True)
        return [difference(self.data, other.data)], [now.index for now, then in pairs if now is not then]

    def with_edits(
        self, edits: Sequence[Edit], disks: Collection[int], origin: VmxDocument | None
    ) -> VmxDocument:
        """The document with edits of these disks that :meth:`edits_to` told.

        ``origin`` is that one's; None: the new document is an origin.
        """
        return VmxDocument(splice(self.data, edits), origin, known=self._left_alone(disks))

    def _policy_edit(self, disk: Disk, policy: Policy) -> Edit | None:
        if disk.policy == policy:
            return None
        if self.origin.disks[disk.index].policy == policy:
            return self._restoring_edit(disk)
        # "nonpersistent" is how VMX says what no current product honours; whether it may be set, rules judge.
        return self._mode_edit(disk, mode_of(policy) or Mode.NONPERSISTENT)

    def _mode_edit(self, disk: Disk, mode: Mode) -> Edit | None:
        if parse_mode(disk.mode_word or "") == mode:
            return None
        if self.origin.disks[disk.index].mode == mode:
            return self._restoring_edit(disk)
        entry = self.entry_of(disk, "mode")
        return self._inserted_line(disk, mode) if entry is None else _valued(entry, mode.value.encode())

    def _editable(self, index: int) -> Disk:
        disk = self.disks[index]
        if disk.locked or self.configuration.locked:
            raise EditError(f"{disk.name} is locked: {self.configuration.locked or disk.locked}")
        return disk

    def entry_of(self, disk: Disk, leaf: str) -> Entry | None:
        """The line of a disk's key, ``leaf`` in lower case, or None."""
        return self.entry_at(f"{disk.address}.{leaf}")

    def _edited(self, edits: Mapping[int, Edit | None]) -> VmxDocument:
        """The document with these edits, each by the index of the disk it is for."""
        made = [edit for edit in edits.values() if edit is not None]
        edited = self.with_edits(made, edits, self.origin)
        return self if edited.data == self.data else edited

    def _left_alone(self, edited: Collection[int]) -> Mapping[UnitAddress, Disk]:
        """The disks that edits of others leave as they are; where keys stand twice, they tell of lines."""
        if self.has_duplicates:
            return NONE_KNOWN
        return {disk.place: disk for disk in self.disks if disk.place and disk.index not in edited}

    def _restoring_edit(self, disk: Disk) -> Edit | None:
        """The disk's mode as the file had it, or the line this program inserted taken out again."""
        entry, first = self.entry_of(disk, "mode"), self.origin.entry_of(disk, "mode")
        if entry is None:
            return None
        if first is not None:
            start, end = entry.value_span
            quotes = entry.quoted and not first.quoted  # those that were put there since
            return Edit(start - quotes, end + quotes, self.origin.raw(first))
        lines = self.lines
        if entry.line + 1 < len(lines):
            return Edit(lines.starts[entry.line], lines.starts[entry.line + 1])
        if lines.ends[entry.line] == len(self.data):  # the file ended without a line end, and shall again
            return Edit(lines.ends[entry.line - 1], len(self.data))
        return Edit(lines.starts[entry.line], len(self.data))

    def _inserted_line(self, disk: Disk, mode: Mode) -> Edit:
        model = self.entry_of(disk, "filename")
        if model is None:
            raise EditError(f"{disk.name} has no fileName line to write its mode below")
        start, end = self.lines.starts[model.line], self.lines.ends[model.line]
        if start == 0 and self.data.startswith(BOM):
            start = len(BOM)
        following = self.lines.starts[model.line + 1] if model.line + 1 < len(self.lines) else len(self.data)
        prefix, _, leaf = self.data[slice(*model.name_span)].rpartition(b".")
        key = prefix + (b".MODE" if leaf.isupper() else b".mode")
        equals = self.data[model.name_span[1] : model.value_span[0] - model.quoted]
        line = self.data[start : model.name_span[0]] + key + equals + b'"' + mode.value.encode() + b'"'
        line_end = self.data[end:following]
        if line_end:
            return Edit(following, following, line + line_end)
        return Edit(end, end, self._common_line_end() + line)

    def _common_line_end(self) -> bytes:
        if len(self.lines) < 2:
            return b"\n"
        return self.data[self.lines.ends[-2] : self.lines.starts[-1]]
