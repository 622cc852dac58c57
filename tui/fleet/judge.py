"""Judging one file: through the same documents and rules as every other face, with what lies beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.disks import Format
from tui.fleet.records import BROKEN_XML, NOT_A_MACHINE, JudgedMachine, Result, Unread
from tui.fleet.walk import Candidate, Found, unread
from tui.formats.errors import FormatError
from tui.formats.opening import open_document
from tui.machine import Machine, with_sidecars
from tui.rules import Hypervisor
from tui.storage import HEAD_BYTES, LOCAL, Source, UnreadableError

if TYPE_CHECKING:
    from tui.formats.document import Document

# A domain, or what libvirt wraps one in, as the first element behind declarations and comments.
_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?.*?\?>\s*+|<!--.*?-->\s*+|<![A-Z][^>]*+>\s*+)*+"
    rb"<(?:[\w.-]++:)?(domain|domstatus|node|domainsnapshot|inactiveDomain)\b",
    re.DOTALL,
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*+<")


def is_domain_xml(head: bytes) -> bool:
    """Whether an XML file's first bytes begin what libvirt writes of a domain; any other XML is no error."""
    if head.startswith(_UTF16):
        head = head.decode("utf-16", "replace").encode()
    return _ROOT.match(head) is not None


def judge(found: Found, hypervisor: Hypervisor | None = None) -> list[Result]:
    """The machines in a file, or why there is none; nothing for an XML that is about something else.

    ``hypervisor`` is whose rules apply (None: as guessed from each machine). Never raises for what a file
    holds or for what the system says.
    """
    if isinstance(found, Unread):
        return [found]
    try:
        by_content = not found.asked and found.path.lower().endswith(".xml")
        data = found.source.read_bytes(found.path, is_domain_xml if by_content else None)
        return [] if data is None else _judged(found, data, hypervisor)
    except UnreadableError as error:
        return [unread(error)]


def _judged(found: Candidate, data: bytes, hypervisor: Hypervisor | None) -> list[Result]:
    try:
        machines = machines_in(open_document(data), found.path, hypervisor)
        if len(machines) == 1:
            return [judge_machine(machines[0], source=found.source)]
        return [judge_machine(machine, number, found.source) for number, machine in enumerate(machines, 1)]
    except FormatError as error:
        kind = BROKEN_XML if _MARKUP.match(data) or data.startswith(_UTF16) else NOT_A_MACHINE
        return [Unread(found.address, kind, error.what, error.remedy, error.line)]


def machines_in(document: Document, path: str, hypervisor: Hypervisor | None) -> list[Machine]:
    """Every machine a document holds, as yet without what lies beside it."""
    if document.format is Format.VMX or len(document.domain_names) == 1:
        return [Machine(document, hypervisor, path=path)]
    places = range(len(document.domain_names))
    return [Machine(document.of_domain(place), hypervisor, path=path) for place in places]


def is_wanted(found: Candidate) -> bool:
    """Whether a candidate is to be looked into: not an XML, met on the way, that is about something else.

    Raises UnreadableError as reading it would.
    """
    if found.asked or not found.path.lower().endswith(".xml"):
        return True
    return is_domain_xml(found.source.read_head(found.path, HEAD_BYTES))


def judge_machine(machine: Machine, domain: int | None = None, source: Source = LOCAL) -> JudgedMachine:
    """One machine, with what lies beside its file; ``domain`` is its number in a file of several."""
    whole = with_sidecars(machine, source)
    return JudgedMachine(
        source.address(machine.path or ""),
        whole.configuration,
        whole.hypervisor,
        whole.findings,
        domain=domain,
    )
