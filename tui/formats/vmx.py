"""A VMX document: an immutable value over the file's bytes, with its disks and the edits of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from tui.cached import cached_property
from tui.disks import (
    MODES,
    NEWEST,
    Configuration,
    Disk,
    Format,
    LibvirtVersion,
    Mode,
    Policy,
    Sidecars,
    UnitAddress,
    mode_of,
    parse_mode,
)
from tui.formats import vmx_remarks
from tui.formats.errors import EditError
from tui.formats.splice import Edit, difference, splice
from tui.formats.vmx_disks import NONE_KNOWN, Read, read_controllers, read_disks, read_signs
from tui.formats.vmx_syntax import BOM, Entry, VmxText

_ALONE = Sidecars()
# A search path of more folders is not followed further.
_MOST_FOLDERS = 16


def _valued(entry: Entry, value: bytes) -> Edit:
    """A line's value replaced, and put between quotes: without them some readers refuse the file."""
    return Edit(*entry.value_span, value if entry.quoted else b'"' + value + b'"')


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
        partially = vmx_remarks.partial_encryption(self)
        return Configuration(
            format=Format.VMX,
            name=self.get("displayName") or "",
            disks=self.disks,
            disk_lines=self._read[1],
            signs=read_signs(self),
            hardware_version=vmx_remarks.hardware_version(self),
            controllers=read_controllers(self),
            encrypted=None if partially else vmx_remarks.encryption(self),
            partially_encrypted=partially,
            suspended=vmx_remarks.suspended(self),
            snapshots_disabled=vmx_remarks.snapshots_disabled(self),
            snapshot_limit=vmx_remarks.snapshot_limit(self),
            passed_through=vmx_remarks.passed_through(self),
            tracked=None if self.get("ctkEnabled") is None else self.flag("ctkEnabled"),
            boot_order=vmx_remarks.boot_order(self, self.disks),
            unpresented=vmx_remarks.unpresented(self, self.disks),
            virtual_tpm=vmx_remarks.virtual_tpm(self),
            sealed=vmx_remarks.sealed(self),
            duplicate_keys=vmx_remarks.duplicates(self, self.disks),
            malformed_lines=tuple(vmx_remarks.malformed(self)),
            encoding_trouble=tuple(vmx_remarks.encoding_trouble(self)),
            template_marks=tuple(vmx_remarks.template_marks(self)),
            byte_order_mark=self.data.startswith(BOM),
            unquoted_values=vmx_remarks.unquoted(self),
            sidecars=sidecars,
            libvirt=libvirt,
        )

    @property
    def disks(self) -> tuple[Disk, ...]:
        """Every disk and drive, ordered by bus, controller and unit."""
        return self._read[0]

    @cached_property
    def _read(self) -> Read:
        return read_disks(self, vmx_remarks.decisive_duplicates(self), self._known)

    @property
    def search_folders(self) -> tuple[str, ...]:
        """Where VMware looks for a bare file name, in order; relative to the VMX's folder, or absolute."""
        path = (*(self.get("fileSearchPath") or "").split(";"), self.get("workingDir") or "")
        return tuple([folder for word in path[:_MOST_FOLDERS] if (folder := word.strip())])

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
