"""One virtual machine: its document, judged, and told in the other format."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from tui.disks import Configuration, Disk, Format, Image, Remark, Sidecars, Snapshots
from tui.formats.disk_image import HEAD_BYTES, read_image
from tui.formats.errors import FormatError
from tui.formats.opening import open_document
from tui.rules import Finding, Guess, Hypervisor, Judgement, findings, guess_hypervisor, locks
from tui.storage import LOCAL, MissingError, Source, UnreadableError

if TYPE_CHECKING:
    from tui.convert import Conversion, Options
    from tui.formats.document import Document
    from tui.formats.spellings import Spelling

# A snapshot takes some hundred bytes of it, and VMware allows 496 of them.
VMSD_BYTES = 4 * 1024 * 1024
# ESXi takes 256 disks on SCSI and as many on NVMe; a file that names more is not followed further.
_MOST_IMAGES = 1024
_MOST_NAMED = 2


def full_name(path: str) -> str:
    """The absolute name of a file, links left as they are: libvirt takes no other kind."""
    return os.path.abspath(path)  # noqa: PTH100 - Path would ask the disk


class SeveralDomainsError(FormatError):
    """The file holds several domains, and it was not said which is meant; ``names`` are theirs, in order."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(
            f"the file holds {len(names)} domains: {', '.join(names)}", "say which with --domain"
        )
        self.names = names


class Text(NamedTuple):
    """A document as lines for a person; ``disk_lines`` are each disk's, by its index, from 0."""

    lines: Sequence[str]
    disk_lines: Mapping[int, Sequence[int]]


class _Known(NamedTuple):
    """How a machine was judged before an edit, and for whom."""

    judgement: Judgement
    hypervisor: Hypervisor


@dataclass(frozen=True)
class Machine:
    """A document and how it is looked at; everything else is derived from these.

    ``chosen`` is the hypervisor a person chose (None: guessed), ``spelling`` the XML spelling they chose
    (None: each disk's own, libvirt's where a word is new), ``path`` where the file lies, for names relative
    to it, ``sidecars`` what was read beside it (see :func:`with_sidecars`).
    """

    document: Document
    chosen: Hypervisor | None = None
    spelling: Spelling | None = None
    path: str | None = None
    options: Options | None = None
    sidecars: Sidecars = field(default=Sidecars())
    _known: _Known | None = field(default=None, compare=False, repr=False)

    @cached_property
    def configuration(self) -> Configuration:
        """What the document, and what lies beside it, say."""
        return self.document.configuration.with_sidecars(self.sidecars)

    @property
    def disks(self) -> tuple[Disk, ...]:
        """Every disk and drive."""
        return self.configuration.disks

    @cached_property
    def guess(self) -> Guess:
        """The hypervisor the file seems made for."""
        return guess_hypervisor(self.configuration)

    @property
    def hypervisor(self) -> Hypervisor:
        """Whose rules apply."""
        return self.chosen or self.guess.hypervisor

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Everything the rules find."""
        known = self._known
        same = known is not None and known.hypervisor is self.hypervisor
        return findings(self.configuration, self.hypervisor, known.judgement if known and same else None)

    @property
    def judgement(self) -> Judgement:
        """The machine and everything the rules find."""
        return Judgement(self.configuration, self.findings)

    def size_of(self, index: int) -> int | None:
        """A disk's size in bytes, where its image tells it."""
        image = self.sidecars.images.get(index)
        return None if image is None else image.size

    def findings_on(self, index: int) -> tuple[Finding, ...]:
        """What the rules find on one disk."""
        return tuple(finding for finding in self.findings if finding.disk == index)

    def locked(self, index: int) -> str | None:
        """The reason a disk cannot be edited, or None: the file's, the disk's own, or the hypervisor's."""
        return self.configuration.locked or self.disks[index].locked or self._locks.get(index)

    @cached_property
    def _locks(self) -> Mapping[int, str]:
        return locks(self.findings)

    @property
    def other_format(self) -> Format:
        """The format the document is not in."""
        return Format.DOMAIN_XML if self.configuration.format is Format.VMX else Format.VMX

    @cached_property
    def conversion(self) -> Conversion:
        """The machine in the other format."""
        # Judging a machine needs no converter, and an audit of thousands shall not load it.
        from tui.convert import Options, to_domain_xml, to_vmx  # noqa: PLC0415
        from tui.formats.spellings import Spelling  # noqa: PLC0415

        options = replace(self.options or Options(), spelling=self.spelling or Spelling.LIBVIRT)
        if self.document.format is Format.VMX:
            beside = options.vmx_path or (self.path and full_name(self.path))
            return to_domain_xml(self.document, replace(options, vmx_path=beside))
        return to_vmx(self.document, options)

    @cached_property
    def own_text(self) -> Text:
        """The document itself."""
        return Text(self.document.text_lines, dict(enumerate(self.configuration.disk_lines)))

    @cached_property
    def other_text(self) -> Text:
        """The machine in the other format."""
        conversion = self.conversion
        return Text(conversion.text.removesuffix("\n").split("\n"), conversion.disk_lines)

    def text(self, kind: Format) -> Text:
        """The machine in ``kind``, whichever of the two its document is in."""
        return self.own_text if kind is self.configuration.format else self.other_text

    def with_document(self, document: Document) -> Machine:
        """The same machine after an edit; what the edit left alone is not judged again."""
        return replace(self, document=document, _known=_Known(self.judgement, self.hypervisor))

    def disks_named(self, name: str) -> tuple[Disk, ...]:
        """The disks a person means by an address (``scsi0:1``), a target (``sdb``) or ``all``.

        Letter case does not count. Empty where there is none; more than one where a target is not unique.
        """
        wanted = name.lower()
        if wanted == "all":
            return tuple(disk for disk in self.disks if not self.locked(disk.index))
        addressed = tuple(disk for disk in self.disks if (disk.address or "").lower() == wanted)
        return addressed or tuple(disk for disk in self.disks if disk.target.lower() == wanted)


def machine_in(data: bytes, path: str | None = None, domain: str | None = None) -> Machine:
    """The machine in a file's bytes. ``domain`` is its name or its number (from 1), where there are several.

    Raises FormatError, and SeveralDomainsError where ``domain`` is needed to tell.
    """
    document = open_document(data)
    if document.format is Format.VMX:
        return Machine(document, path=path)
    names = document.domain_names
    if domain is None:
        if len(names) > 1:
            raise SeveralDomainsError(names)
        return Machine(document, path=path)
    numbers = [str(number) for number in range(1, len(names) + 1)]
    for candidates in (names, numbers):
        if domain in candidates:
            return Machine(document.of_domain(candidates.index(domain)), path=path)
    raise FormatError(f"there is no domain {domain}", f"the file holds {', '.join(names)}")


def with_sidecars(machine: Machine, source: Source = LOCAL) -> Machine:
    """The machine with what lies beside its file. Reads there, and waits for it; never raises."""
    return replace(machine, sidecars=read_sidecars(machine, source))


def read_sidecars(machine: Machine, source: Source = LOCAL) -> Sidecars:
    """What lies beside a machine's file: its disks' images; beside a VMX also its ``.vmsd`` and its lock.

    Only what the document names, and the VMX's own neighbours, are looked at.
    """
    file = source.real_file(machine.path) if machine.path else None
    folder = None if file is None else os.path.dirname(file)  # noqa: PTH120 - a Path costs more than a look
    images, absent, unknown = _read_images(machine.document, folder, source)
    if machine.document.format is not Format.VMX:
        return Sidecars(images)
    if file is None or folder is None:
        return Sidecars(images, unknown=(Remark("the VMX came from standard input"),))
    record = f"{os.path.splitext(file)[0]}.vmsd"  # noqa: PTH122 - as above
    lock = f"{file}.lck"
    try:
        snapshots = _read_snapshots(record, folder, source)
    except MissingError:
        snapshots = None
        absent = [record, *absent] if absent else []  # beside its disks, a VM that never had one
    except (UnreadableError, FormatError) as error:
        snapshots, unknown = None, [Remark(f"{os.path.basename(record)}: {error.what}"), *unknown]  # noqa: PTH119
    if absent:
        unknown = [Remark(_not_there(absent)), *unknown]
    locked_by = os.path.basename(lock) if source.is_there(lock) else None  # noqa: PTH119
    return Sidecars(images, snapshots, locked_by, tuple(unknown))


def _read_images(
    document: Document, folder: str | None, source: Source
) -> tuple[dict[int, Image], list[str], list[Remark]]:
    """The images by disk, the names of those that are not there, and what else could not be known."""
    images: dict[int, Image] = {}
    absent: list[str] = []
    unknown: list[Remark] = []
    for disk in _with_image(document.disks)[:_MOST_IMAGES]:
        path = disk.source
        if not path.startswith("/"):
            if folder is None:
                continue
            path = f"{folder}/{path}" if folder else path
        try:
            image = read_image(source.read_head(path, HEAD_BYTES))
        except MissingError:
            absent.append(disk.source)
            continue
        except UnreadableError as error:
            unknown.append(Remark(f"{disk.source}: {error.what}", disk=disk.index))
            continue
        if image is not None:
            images[disk.index] = image
        if image is None or image.create_type is None:
            unknown.append(Remark(f"{disk.source}: it holds no VMDK descriptor", disk=disk.index))
    return images, absent, unknown


def _with_image(disks: Sequence[Disk]) -> list[Disk]:
    return [disk for disk in disks if disk.is_disk and disk.source and disk.source_kind == "file"]


def _read_snapshots(record: str, folder: str, source: Source) -> Snapshots:
    from tui.formats.vmsd import read_vmsd  # noqa: PLC0415 - a domain has no such file

    data = source.read_head(record, VMSD_BYTES + 1, within=folder)
    if len(data) > VMSD_BYTES:
        raise FormatError("it is larger than 4 MiB", "no record of snapshots is")
    return read_vmsd(data)


def _not_there(names: Sequence[str]) -> str:
    named = ", ".join(re.split(r"[/\\]", name)[-1] for name in names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    are = "is" if len(names) == 1 else "are"
    return f"{named}{f' and {more} more' if more > 0 else ''} {are} not there"
