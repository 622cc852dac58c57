"""One machine being edited: the edits made, the way back, the previews, the save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tui.disks import Disk, Format, Mode, PolicyChange, Preset, Sidecars, Spelling
from tui.disks.toggles import Aspect, Turn, turn_of
from tui.editing.decision import Mended, Refusal, cautions_of, edit, refused_beside, remedy_of
from tui.formats.opening import open_document
from tui.formats.previews import PreviewLine, View, Whole
from tui.formats.text_diff import DiffLine, Sign, diff, signs
from tui.formats.undo_history import UndoHistory
from tui.machine import Machine
from tui.rules import (
    Finding,
    Hypervisor,
)

if TYPE_CHECKING:
    from tui.formats.document import Document
    from tui.rules.remedies import Offer

# Disks of a machine on which remedies are tried at a key press: with 64 a trial takes 20 ms.
_MOST_TRIED = 8


class DoneKind(StrEnum):
    """What became of what a person asked for, where it was not refused; UNCHANGED: it was so already."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    UNDONE = "undone"
    REDONE = "redone"


class Done(NamedTuple):
    """An edit was made, undone or redone: ``summary`` in a few words, ``cautions`` what to mind of it."""

    kind: DoneKind
    summary: str
    cautions: tuple[Finding, ...] = ()


class Editing:
    """A machine as it was found, as it stands now, and every state in between.

    ``granted_beside`` is what lay beside the file, as far as was known, when the first edit was granted.
    """

    def __init__(self, machine: Machine) -> None:
        self.found = machine
        self.machine = machine
        self.marked: set[int] = set()
        self.overrides: frozenset[str] = frozenset()
        self.granted_beside = machine.sidecars
        self._history = UndoHistory()
        self._signs: dict[Format, tuple[Machine, Machine, dict[int, Sign]]] = {}
        self._remedies: tuple[Machine, dict[Finding, Offer | None]] = (machine, {})

    # What it is about

    @property
    def disks(self) -> tuple[Disk, ...]:
        """Every disk and drive as it stands now."""
        return self.machine.disks

    @property
    def is_changed(self) -> bool:
        """Whether the bytes differ from the file's."""
        return self.machine.document.data != self.found.document.data

    @property
    def changed_disks(self) -> frozenset[int]:
        """The disks whose policy or its words differ from the file's."""
        pairs = zip(self.found.disks, self.machine.disks, strict=True)
        return frozenset(now.index for was, now in pairs if was is not now and was != now)

    def targets(self, selected: int) -> tuple[int, ...]:
        """The disks an action is for: the marked ones, else the selected one."""
        return tuple(sorted(self.marked)) or (selected,)

    # Edits

    def turn(self, aspect: Aspect, selected: int) -> Turn:
        """What a toggle of the targets may do."""
        open_ones = self._unlocked(selected)
        locked = len(self.targets(selected)) - len(open_ones)
        return turn_of(aspect, (self.disks[index] for index in open_ones), locked)

    def toggle(self, aspect: Aspect, selected: int, value: bool | None = None) -> Done | Refusal:
        """Set an aspect of all targets to ``value``, or turn it over: where they differ, the safe way.

        What is in snapshots and keeps its writes is safe.
        """
        if not self._unlocked(selected):
            return self._locked(selected)
        turn = self.turn(aspect, selected)
        wanted = value if value is not None else turn.value is not False
        changing = turn.changing(wanted)
        if not changing:
            return Done(DoneKind.UNCHANGED, "Nothing to change.")
        return self.make(aspect.set_to(wanted), tuple(disk.index for disk in changing))

    def set_mode(self, mode: Mode, selected: int) -> Done | Refusal:
        """Put all targets into a mode."""
        open_ones = self._unlocked(selected)
        return self.make(PolicyChange(mode=mode), open_ones) if open_ones else self._locked(selected)

    def set_preset(self, preset: Preset | None, selected: int) -> Done | Refusal:
        """Give all targets a libvirt preset, or none."""
        open_ones = self._unlocked(selected)
        wanted = PolicyChange(preset=preset, no_preset=preset is None)
        return self.make(wanted, open_ones) if open_ones else self._locked(selected)

    def accept(self, refusal: Refusal) -> Done | Refusal:
        """Take the remedy a refusal offers."""
        if refusal.remedy is None:
            return refusal
        return self.make(PolicyChange(policy=refusal.remedy.policy), refusal.disks)

    def override(self, refusal: Refusal) -> Done | Refusal:
        """Insist against the one rule a refusal names: the sign it goes by is taken for stale from now on."""
        if refusal.override is None or refusal.wanted is None:
            return refusal
        self.overrides |= {refusal.override}
        return self.make(refusal.wanted, refusal.disks)

    def make(self, wanted: PolicyChange, disks: Sequence[int]) -> Done | Refusal:
        """Do an edit and remember how to undo it."""
        outcome = edit(self.machine, self.found, wanted, disks, self.overrides)
        if isinstance(outcome, Refusal):
            return outcome
        if outcome.document.data == self.machine.document.data:
            return Done(DoneKind.UNCHANGED, "Nothing to change.")
        names = self.disks[disks[0]].name if len(disks) == 1 else f"{len(disks)} disks"
        found = cautions_of(self.machine, self.found, outcome)
        self._history.edited(self.machine.document, outcome.document, names)
        self.machine = outcome
        return Done(DoneKind.CHANGED, f"Changed {names}.", found)

    def remedy_of(self, finding: Finding) -> Offer | None:
        """What mends a finding on the machine as it stands; remembered till that changes."""
        if self._remedies[0] is not self.machine:
            self._remedies = (self.machine, {})
        known = self._remedies[1]
        if finding not in known:
            known[finding] = remedy_of(self.machine, self.found, finding)
        return known[finding]

    @property
    def can_mend(self) -> bool:
        """Whether `mended` would take a remedy of the machine as it stands: each is tried on that.

        With many disks a trial takes longer than a key press may: there a finding with remedies is enough.
        """
        from tui.rules.remedies import SAFELY_MENDED  # noqa: PLC0415 - a screen offers them

        found = [one for one in self.machine.findings if one.rule in SAFELY_MENDED]
        if len(self.disks) > _MOST_TRIED:
            return bool(found)
        return any((offer := self.remedy_of(one)) is not None and offer.safe for one in found)

    def take(self, remedies: Mended) -> Done:
        """Make all the edits of some remedies as one, that one undo takes back."""
        count = len(remedies.taken)
        names = "1 remedy" if count == 1 else f"{count} remedies"
        self._history.edited(self.machine.document, remedies.machine.document, names)
        self.machine = remedies.machine
        return Done(DoneKind.CHANGED, f"Taken: {names}.")

    def refusal_of(self, wanted: PolicyChange, selected: int) -> Refusal | None:
        """Why a change would be refused for the targets, or None; nothing is changed."""
        open_ones = self._unlocked(selected)
        if not open_ones:
            return self._locked(selected)
        outcome = edit(self.machine, self.found, wanted, open_ones, self.overrides)
        return outcome if isinstance(outcome, Refusal) else None

    def _unlocked(self, selected: int) -> tuple[int, ...]:
        return tuple(index for index in self.targets(selected) if self.machine.locked(index) is None)

    def _locked(self, selected: int) -> Refusal:
        index = self.targets(selected)[0]
        return Refusal(f"{self.disks[index].name} is locked: {self.machine.locked(index)}")

    # History

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return self._history.has_past

    @property
    def can_redo(self) -> bool:
        """Whether there is one to make again."""
        return self._history.has_future

    def undo(self) -> Done | None:
        """Back to the bytes before the last edit; None: there is none to undo."""
        return self._stepped(self._history.undo(self.machine.document), DoneKind.UNDONE, "Undone")

    def redo(self) -> Done | None:
        """Forward again to the bytes an undo left; None: there are none."""
        return self._stepped(self._history.redo(self.machine.document), DoneKind.REDONE, "Done again")

    def _stepped(self, step: tuple[Document, str] | None, kind: DoneKind, said: str) -> Done | None:
        if step is None:
            return None
        document, names = step
        self.machine = self.machine.with_document(document)
        return Done(kind, f"{said}: {names}.")

    # How it is looked at

    def judge_for(self, hypervisor: Hypervisor | None) -> None:
        """Judge for a hypervisor; None for the guessed one."""
        self.machine = replace(self.machine, chosen=hypervisor)
        self.found = replace(self.found, chosen=hypervisor)

    def spell_in(self, spelling: Spelling | None) -> None:
        """Write XML in a spelling; None keeps each disk's own."""
        self.machine = replace(self.machine, spelling=spelling)
        self.found = replace(self.found, spelling=spelling)

    def convert_for_kvm(self, wanted: bool) -> None:
        """Make the other format a domain that QEMU/KVM starts, or libvirt's own form of a VMX."""
        self.machine = self.machine.for_kvm(wanted)
        self.found = self.found.for_kvm(wanted)

    def learn(self, sidecars: Sidecars) -> Refusal | None:
        """Take in what lies beside the file, once it is read.

        Edits made meanwhile that it forbids are taken back, and why is returned.
        """
        refused = refused_beside(self.found, self.machine, sidecars, self.overrides)
        self.take_in(sidecars)
        self.granted_beside = sidecars
        if refused is None:
            return None
        self.machine = replace(self.machine, document=self.found.document)
        self._history = UndoHistory()
        return Refusal(f"{refused.reason}; the edits were taken back", refused.findings)

    def recover(self, data: bytes) -> Done | Refusal:
        """Make the text of edits that were made on the same file earlier, as one edit that can be undone.

        Raises FormatError where ``data`` is no such document.
        """
        document = open_document(data)
        own = self.found.document
        if document.format is Format.DOMAIN_XML and own.format is Format.DOMAIN_XML:
            document = document.of_domain(own.ordinal)
        if len(document.disks) != len(own.disks):
            return Refusal("the edits are of a machine with other disks")
        edited = replace(self.found, document=document)
        refused = refused_beside(self.found, edited, self.machine.sidecars, self.overrides)
        if refused is not None:
            return refused
        self._history.edited(self.machine.document, document, "recovered edits")
        self.machine = edited
        return Done(DoneKind.CHANGED, "recovered edits")

    def take_in(self, sidecars: Sidecars) -> None:
        """Know what lies beside the file from now on; every edit stays, also one that it forbids."""
        self.machine = self.machine.knowing(sidecars)
        self.found = self.found.knowing(sidecars)
        self.marked = {index for index in self.marked if self.machine.locked(index) is None}

    def preview(self, kind: Format, view: View, selected: int) -> Sequence[PreviewLine]:
        """The rows of a preview; each line knows its sign against the file on disk, and its disk."""
        text = self.machine.text(kind)
        if view is View.DIFF:
            owners = {line: disk for disk, lines in text.disk_lines.items() for line in lines}
            return [
                PreviewLine(
                    line.number,
                    line.sign,
                    line.text,
                    None if line.sign is Sign.REMOVED else owners.get(line.number or 0),
                    line.part,
                )
                for line in diff(self.found.text(kind).lines, text.lines)
            ]
        whole = Whole(text.lines, text.disk_lines, self._signs_of(kind))
        return whole if view is View.WHOLE else [whole[line] for line in whole.lines_of(selected)]

    def _signs_of(self, kind: Format) -> dict[int, Sign]:
        known = self._signs.get(kind)
        if known is None or known[0] is not self.found or known[1] is not self.machine:
            marks = signs(self.found.text(kind).lines, self.machine.text(kind).lines)
            known = self._signs[kind] = (self.found, self.machine, marks)
        return known[2]

    # Saving

    def review(self) -> list[DiffLine]:
        """What a save would change in the file."""
        return list(diff(self.found.own_text.lines, self.machine.own_text.lines))

    @property
    def brought(self) -> tuple[Finding, ...]:
        """What the edits bring that a save would put into the file: new errors first, then what to mind."""
        told = cautions_of(self.found, self.found, self.machine)
        return tuple({(one.rule, one.disk): one for one in told}.values())

    def saved(self, written: Machine, stored: Machine | None = None) -> None:
        """The bytes of ``written`` are now the file's; edits made while they were written are not.

        ``stored`` is what was made of them on the way, where they are not the file's to the letter.
        """
        if stored is not None:
            if self.machine.document.data == written.document.data:
                self.machine = self.machine.with_document(stored.document)
            written = stored
        now = self.machine
        self.found = replace(
            written, chosen=now.chosen, spelling=now.spelling, options=now.options, sidecars=now.sidecars
        )
        if not self.is_changed:
            self.granted_beside = now.sidecars
