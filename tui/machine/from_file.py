"""The machines in a file: which one is meant, and what lies beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from tui import beside
from tui.disks import NEWEST, Format, LibvirtVersion, Sidecars
from tui.formats.errors import FormatError
from tui.machine.machine import Machine
from tui.rules import Hypervisor
from tui.storage import LOCAL, Source

if TYPE_CHECKING:
    from tui.formats.document import Document
    from tui.formats.rvtools import RvtoolsDocument

_MOST_NAMED = 20


def _several(names: Sequence[str]) -> str:
    """The names, or the first of very many."""
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return f"{', '.join(names[:_MOST_NAMED])}{more}"


class SeveralDomainsError(FormatError):
    """The file holds several domains, and it was not said which is meant; ``names`` are theirs, in order."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"the file holds {len(names)} domains: {_several(names)}", "say which with --domain")
        self.names = names


def machine_in(data: bytes, path: str | None = None, domain: str | None = None) -> Machine:
    """The machine in a file's bytes. ``domain`` is its name or its number (from 1), where there are several.

    Raises FormatError, also for an export, which is only looked at (see :func:`machine_to_look_at`), and
    SeveralDomainsError where ``domain`` is needed to tell.
    """
    export = beside.exported(data, path)
    if export is not None:
        raise FormatError(
            "this is an export, which only tells of machines",
            "look at it with diskmode show, audit or compare; to change something, open the machine itself",
        )
    document = beside.opened(data, path)
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


def machine_to_look_at(
    data: bytes, path: str | None = None, domain: str | None = None, source: Source = LOCAL
) -> Machine:
    """As :func:`machine_in`, also for a machine of an export, of which nothing can be changed."""
    export = beside.exported(data, path, source)
    if export is None:
        return machine_in(data, path, domain)
    names = export.domain_names
    if domain is None and len(names) > 1:
        raise SeveralDomainsError(names)
    return _looked_at(export.of_domain(0 if domain is None else _place_of(domain, names)), path=path)


def _place_of(domain: str, names: tuple[str, ...]) -> int:
    """Where among the names a machine is, by its name or its number."""
    if names.count(domain) == 1:
        return names.index(domain)
    if domain.isascii() and domain.isdigit() and 0 < int(domain[:9]) <= len(names):
        return int(domain[:9]) - 1
    if domain in names:
        places = ", ".join(str(place) for place, name in enumerate(names, 1) if name == domain)
        raise FormatError(f"{names.count(domain)} machines are called {domain}", f"give a number: {places}")
    from difflib import get_close_matches  # noqa: PLC0415 - for mistakes alone

    near = get_close_matches(domain, names, 1)
    raise FormatError(
        f"there is no domain {domain}", f"the file holds {near[0] if near else _several(names)}"
    )


def _looked_at(export: RvtoolsDocument, **how: Any) -> Machine:
    """A machine of an export.

    That has what is read of a document, and is never edited: every disk is locked, and no editor opens it.
    """
    return Machine(cast("Document", export), **how)


def machines_in(
    document: Document | RvtoolsDocument,
    path: str | None,
    hypervisor: Hypervisor | None,
    libvirt: LibvirtVersion = NEWEST,
) -> list[Machine]:
    """Every machine a document holds, as yet without what lies beside it."""
    if document.format is Format.RVTOOLS:
        names = range(len(document.domain_names))
        every = (document.of_domain(place) for place in names)
        return [_looked_at(one, chosen=hypervisor, path=path, libvirt=libvirt) for one in every]
    if document.format is Format.VMX or len(document.domain_names) == 1:
        return [Machine(document, hypervisor, path=path, libvirt=libvirt)]
    places = range(len(document.domain_names))
    return [Machine(document.of_domain(place), hypervisor, path=path, libvirt=libvirt) for place in places]


def with_sidecars(machine: Machine, source: Source = LOCAL) -> Machine:
    """The machine with what lies beside its file. Reads there, and waits for it; never raises."""
    return machine.knowing(read_sidecars(machine, source))


def read_sidecars(machine: Machine, source: Source = LOCAL) -> Sidecars:
    """What lies beside a machine's file, read now; see :func:`tui.beside.read_sidecars`."""
    return beside.read_sidecars(machine.document, machine.path, source)
