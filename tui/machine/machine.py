"""One virtual machine: its document, judged, and told in the other format."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, NamedTuple

from tui.cached import cached_property
from tui.disks import (
    INDEPENDENT,
    MODES,
    NEWEST,
    Configuration,
    Disk,
    Format,
    LibvirtVersion,
    Participation,
    Sidecars,
    Spelling,
)
from tui.disks.value import deriving, replaced
from tui.formats.errors import FormatError
from tui.formats.opening import open_document
from tui.rules import Finding, Guess, Hypervisor, Judgement, findings, guess_hypervisor, holds, locks
from tui.rules.hypervisors import VMWARE
from tui.rules.ways import WayAnswer, in_a_line, standing_at, ways, ways_as_it_stands
from tui.storage import is_far

if TYPE_CHECKING:
    from tui.convert import Conversion, Options
    from tui.formats.document import Document


def full_name(path: str) -> str:
    """The absolute name of a file, links left as they are: libvirt takes no other kind.

    The address of a file on another host is whole already.
    """
    return path if is_far(path) else os.path.abspath(path)  # noqa: PTH100 - Path would ask the disk


class Text(NamedTuple):
    """A document as lines for a person; ``disk_lines`` are each disk's, by its index, from 0."""

    lines: Sequence[str]
    disk_lines: Mapping[int, Sequence[int]]


# What is told of a disk in snapshots that none gives back: whether any other snapshot is taken.
_UNCOVERED = {
    True: "In snapshots by its words, yet none gives it back.",
    False: "In snapshots by its words, yet none of this VM is taken as it is.",
}
_KEPT = {True: "Writes are kept.", False: "Power-off discards writes."}


class _Known(NamedTuple):
    """How a machine was judged before an edit, and for whom."""

    judgement: Judgement
    hypervisor: Hypervisor


@deriving
class Machine:
    """A document and how it is looked at; everything else is derived from these.

    ``chosen`` is the hypervisor a person chose (None: guessed), ``spelling`` the XML spelling they chose
    (None: each disk's own, libvirt's where a word is new), ``path`` where the file lies, for names relative
    to it, ``sidecars`` what was read beside it (see :func:`with_sidecars`), ``libvirt`` the version it is
    judged for.
    """

    document: Document
    chosen: Hypervisor | None = None
    spelling: Spelling | None = None
    path: str | None = None
    options: Options | None = None
    sidecars: Sidecars = field(default=Sidecars())
    libvirt: LibvirtVersion = NEWEST
    _known: _Known | None = field(default=None, repr=False)

    @cached_property
    def configuration(self) -> Configuration:
        """What the document, and what lies beside it, say."""
        return self.document.configuration_with(self.sidecars, self.libvirt)

    @property
    def disks(self) -> tuple[Disk, ...]:
        """Every disk and drive."""
        return self.configuration.disks

    @cached_property
    def guess(self) -> Guess:
        """The hypervisor the file seems made for, or whose host knows it."""
        return guess_hypervisor(self.configuration, self.sidecars.host)

    @property
    def hypervisor(self) -> Hypervisor:
        """The hypervisor whose rules judge it: the chosen one, else what the file tells."""
        return self.chosen or self.guess.hypervisor

    @property
    def judged_by(self) -> str:
        """Why these rules: the sign that decided, or that somebody asked for them."""
        return "as asked" if self.chosen else self.guess.reason

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules find, the gravest first; after an edit only what it touched is judged again."""
        known = self._known
        same = (
            known is not None
            and known.hypervisor is self.hypervisor
            and known.judgement.configuration.libvirt == self.libvirt
        )
        return findings(self.configuration, self.hypervisor, known.judgement if known and same else None)

    @cached_property
    def ways_line(self) -> str:
        """Which ways of asking for a snapshot or a backup work, in a line."""
        return in_a_line(self.ways, self.hypervisor, by_name=not self._snapshots and self._is_taken_by_name)

    @property
    def _is_taken_by_name(self) -> bool:
        """Whether a snapshot is taken only once it names disks, which no product of VMware's lets it do."""
        if self.hypervisor in VMWARE:
            return False
        from tui.rules.plan_advice import only_by_name  # noqa: PLC0415 - see tui.rules.planner

        return only_by_name(self.configuration, self.hypervisor) is not None

    @cached_property
    def ways(self) -> tuple[WayAnswer, ...]:
        """Every way of asking as the machine stands on its host: by what it runs with and what there is."""
        has, now = standing_at(self.sidecars.host), self.as_it_runs
        if not has and now is self:
            return self._ways
        return ways_as_it_stands(self.configuration, now.configuration, self.hypervisor, has)

    @cached_property
    def _ways(self) -> tuple[WayAnswer, ...]:
        """Every way of asking, with the planner's answer: each is asked once."""
        return ways(self.configuration, self.hypervisor)

    @property
    def judgement(self) -> Judgement:
        """The machine and everything the rules find."""
        return Judgement(self.configuration, self.findings)

    def size_of(self, index: int) -> int | None:
        """A disk's size in bytes, where its image tells it."""
        image = self.sidecars.images.get(index)
        return None if image is None else image.size

    @cached_property
    def held(self) -> Finding | None:
        """What is found on the machine for which no disk's mode may be changed now, or None."""
        return next((one for one in self.findings if one.disk is None and holds(one, self.hypervisor)), None)

    def findings_on(self, index: int) -> tuple[Finding, ...]:
        """What the rules find on one disk."""
        return tuple(finding for finding in self.findings if finding.disk == index)

    def effect_of(self, disk: Disk) -> str:
        """What a disk does, in a sentence or two, which agrees with what is found on it and on the machine.

        Of backups it says which kind is meant.
        """
        if (
            _takes_part(disk)
            and self.configuration.participation_of(disk) is Participation.YES
            and disk.index not in self._covered
        ):
            return f"{_UNCOVERED[bool(self._snapshots)]} {_KEPT[disk.policy.persistent]}"
        copied = self.hypervisor is Hypervisor.QEMU and disk.policy == INDEPENDENT and disk.is_disk
        effect = self.configuration.effect_of(disk)
        return f"{effect} QEMU's own backup-begin copies it all the same." if copied else effect

    @cached_property
    def _snapshots(self) -> tuple[WayAnswer, ...]:
        """The ways of taking a snapshot that work."""
        return tuple(one for one in self._ways if one.way.kind is None and one.works)

    @cached_property
    def _covered(self) -> frozenset[int]:
        """The disks that any snapshot gives back."""
        return frozenset(index for one in self._snapshots for index in one.covered)

    def locked(self, index: int) -> str | None:
        """The reason a disk cannot be edited, or None: the file's, the disk's own, or the hypervisor's."""
        return self.configuration.locked or self.disks[index].locked or self._locks.get(index)

    @cached_property
    def _locks(self) -> Mapping[int, str]:
        return locks(self.findings)

    @cached_property
    def as_it_runs(self) -> Machine:
        """The machine as its host runs it now: what its document says may count from its next start only."""
        host = self.sidecars.host
        if host is None or host.live is None or not host.runs:
            return self
        try:
            document = open_document(host.live)
        except FormatError:
            return self
        same = [one.source for one in document.disks] == [one.source for one in self.document.disks]
        known = self.sidecars if same else Sidecars(host=host)
        return replace(self, document=document, sidecars=known, _known=None)

    @cached_property
    def pending(self) -> tuple[str, ...]:
        """The disks whose policy is another until the machine's next start."""
        return tuple(disk.name for disk in self.pending_as_running)

    @cached_property
    def pending_as_running(self) -> tuple[Disk, ...]:
        """The :attr:`pending` disks, with the policy that the machine runs with until then."""
        if self.as_it_runs is self:  # one text, or a machine that is off
            return ()
        running = {disk.target: disk for disk in self.as_it_runs.disks}
        found = ((disk, running.get(disk.target, disk)) for disk in self.disks)
        return tuple(now for then, now in found if (then.policy, then.preset) != (now.policy, now.preset))

    @cached_property
    def unplugged_later(self) -> tuple[Disk, ...]:
        """The disks that the machine runs with until its next start: its document names them no more."""
        return _beyond(self.as_it_runs.disks, self.disks)

    @cached_property
    def plugged_later(self) -> tuple[Disk, ...]:
        """The disks that the machine has from its next start on."""
        return _beyond(self.disks, self.as_it_runs.disks)

    @property
    def until_next_start(self) -> str:
        """What holds until the machine's next start and not from then on, as words; "" where nothing does."""
        held, more = (
            ", ".join(map(_in_words, disks)) for disks in (self.pending_as_running, self.unplugged_later)
        )
        fewer = ", ".join(disk.name for disk in self.plugged_later)
        told = (("other policies hold: ", held), ("it also has ", more), ("it is without ", fewer))
        return "; ".join(words + disks for words, disks in told if disks)

    @property
    def is_for_kvm(self) -> bool:
        """Whether the other format is a domain that QEMU/KVM starts, and not libvirt's own form of a VMX."""
        return self.options is not None and self.options.kvm is not None

    def for_kvm(self, wanted: bool) -> Machine:
        """The same machine with the other format for QEMU/KVM, or in libvirt's own form."""
        from tui.convert import Kvm, Options  # noqa: PLC0415 - as below

        options = self.options or Options()
        return replace(self, options=replace(options, kvm=(options.kvm or Kvm()) if wanted else None))

    @property
    def other_format(self) -> Format:
        """The format the document is not in."""
        return Format.DOMAIN_XML if self.configuration.format is Format.VMX else Format.VMX

    @cached_property
    def conversion(self) -> Conversion:
        """The machine in the other format."""
        # Judging a machine needs no converter, and an audit of thousands shall not load it.
        from tui.convert import Options, to_domain_xml, to_vmx  # noqa: PLC0415

        options = replace(self.options or Options(), spelling=self.spelling or Spelling.LIBVIRT)
        if self.document.format is Format.VMX:
            beside = options.vmx_path or (self.path and full_name(self.path))
            return to_domain_xml(self.document, replace(options, vmx_path=beside))
        return to_vmx(self.document, options)

    @cached_property
    def own_text(self) -> Text:
        """The document itself, as the preview of its own format shows it."""
        return Text(self.document.text_lines, dict(enumerate(self.configuration.disk_lines)))

    @cached_property
    def other_text(self) -> Text:
        """The machine in the other format."""
        conversion = self.conversion
        return Text(conversion.text.removesuffix("\n").split("\n"), conversion.disk_lines)

    def text(self, kind: Format) -> Text:
        """The machine in ``kind``, whichever of the two its document is in."""
        return self.own_text if kind is self.configuration.format else self.other_text

    def knowing(self, sidecars: Sidecars) -> Machine:
        """The same machine with what lies beside its file, judged for the libvirt that its host runs.

        A version that a person chose stays.
        """
        of_host = None if sidecars.host is None else sidecars.host.libvirt
        libvirt = of_host if of_host is not None and self.libvirt == NEWEST else self.libvirt
        return replaced(self, sidecars=sidecars, libvirt=libvirt)

    def with_document(self, document: Document) -> Machine:
        """The same machine after an edit; what the edit left alone is not judged again."""
        return replace(self, document=document, _known=_Known(self.judgement, self.hypervisor))

    def disks_named(self, name: str) -> tuple[Disk, ...]:
        """The disks a person means by an address (``scsi0:1``), a target (``sdb``) or ``all``: those that
        can be edited, and that the guest can write to.

        Letter case does not count. Empty where there is none; more than one where a target is not unique.
        """
        wanted = name.lower()
        if wanted == "all":
            return tuple(disk for disk in self.disks if not (self.locked(disk.index) or disk.read_only))
        addressed = tuple(disk for disk in self.disks if (disk.address or "").lower() == wanted)
        return addressed or tuple(disk for disk in self.disks if disk.target.lower() == wanted)


def _takes_part(disk: Disk) -> bool:
    """Whether by a mode of today it is in snapshots, and something is in it."""
    legacy = disk.mode is not None and MODES[disk.mode].legacy
    return (
        disk.is_disk
        and not disk.empty
        and not legacy
        and disk.policy.snapshot
        and disk.participation is Participation.YES
    )


def _beyond(disks: Sequence[Disk], others: Sequence[Disk]) -> tuple[Disk, ...]:
    """The disks that are not among others, by their targets."""
    known = {disk.target for disk in others}
    return tuple(disk for disk in disks if disk.target not in known)


def _in_words(disk: Disk) -> str:
    """A disk with its policy: ``vdb persistent (preset manual)``."""
    return f"{disk.name} {disk.shown_mode}" + (f" (preset {disk.preset})" if disk.preset else "")
