"""One virtual machine: its document, judged, and told in the other format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from tui.convert import Conversion, Options, to_domain_xml, to_vmx
from tui.disks import Configuration, Disk, Format
from tui.formats.disk_image import HEAD_BYTES, image_size
from tui.formats.errors import FormatError
from tui.formats.opening import Document, open_document
from tui.formats.spellings import Spelling
from tui.formats.vmx import VmxDocument
from tui.rules import Finding, Guess, Hypervisor, findings, guess_hypervisor
from tui.storage import read_head


class SeveralDomainsError(FormatError):
    """The file holds several domains, and it was not said which is meant; ``names`` are theirs, in order."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(
            f"the file holds {len(names)} domains: {', '.join(names)}", "say which with --domain"
        )
        self.names = names


@dataclass(frozen=True, slots=True)
class Text:
    """A document as lines for a person; ``disk_lines`` are each disk's, by its index, from 0."""

    lines: Sequence[str]
    disk_lines: Mapping[int, Sequence[int]]


@dataclass(frozen=True)
class Machine:
    """A document and how it is looked at; everything else is derived from these.

    ``chosen`` is the hypervisor a person chose (None: guessed), ``spelling`` the XML spelling they chose
    (None: each disk's own, libvirt's where a word is new), ``path`` where the file lies, for names relative
    to it, ``sizes`` the disks' sizes in bytes as far as they were looked up.
    """

    document: Document
    chosen: Hypervisor | None = None
    spelling: Spelling | None = None
    path: str | None = None
    options: Options = field(default=Options())
    sizes: Mapping[int, int] = field(default_factory=dict)

    @property
    def configuration(self) -> Configuration:
        """What the document says."""
        return self.document.configuration

    @property
    def disks(self) -> tuple[Disk, ...]:
        """Every disk and drive."""
        return self.document.disks

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
        return findings(self.configuration, self.hypervisor)

    def size_of(self, index: int) -> int | None:
        """A disk's size in bytes, where a descriptor beside the file tells it."""
        return self.sizes.get(index)

    def findings_on(self, index: int) -> tuple[Finding, ...]:
        """What the rules find on one disk."""
        return tuple(finding for finding in self.findings if finding.disk == index)

    def locked(self, index: int) -> str | None:
        """The reason a disk cannot be edited, or None."""
        return self.configuration.locked or self.disks[index].locked

    @property
    def other_format(self) -> Format:
        """The format the document is not in."""
        return Format.DOMAIN_XML if self.configuration.format is Format.VMX else Format.VMX

    @cached_property
    def conversion(self) -> Conversion:
        """The machine in the other format."""
        options = replace(self.options, spelling=self.spelling or Spelling.LIBVIRT)
        if isinstance(self.document, VmxDocument):
            return to_domain_xml(self.document, replace(options, vmx_path=options.vmx_path or self.path))
        return to_vmx(self.document, options)

    @cached_property
    def own_text(self) -> Text:
        """The document itself."""
        return Text(self.document.text_lines, {disk.index: disk.lines for disk in self.disks})

    @cached_property
    def other_text(self) -> Text:
        """The machine in the other format."""
        conversion = self.conversion
        return Text(conversion.text.removesuffix("\n").split("\n"), conversion.disk_lines)

    def text(self, kind: Format) -> Text:
        """The machine in ``kind``, whichever of the two its document is in."""
        return self.own_text if kind is self.configuration.format else self.other_text

    def with_document(self, document: Document) -> Machine:
        """The same machine after an edit."""
        return replace(self, document=document)

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
    if isinstance(document, VmxDocument):
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


def disk_sizes(machine: Machine) -> dict[int, int]:
    """The size in bytes of each disk whose image can be read here, by index; reads the images' heads.

    Only a file the document names is looked at, a relative name beside the document.
    """
    folder = Path(machine.path).parent if machine.path else None
    sizes: dict[int, int] = {}
    for disk in machine.disks:
        if not disk.is_disk or not disk.source or disk.source_kind != "file":
            continue
        path = Path(disk.source)
        if not path.is_absolute() and folder is None:
            continue
        head = read_head(path if folder is None else folder / path, HEAD_BYTES)
        size = image_size(head) if head else None
        if size is not None:
            sizes[disk.index] = size
    return sizes
