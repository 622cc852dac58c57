"""Judging one file: through the same documents and rules as every other face, with what lies beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import NamedTuple
from urllib.parse import urlsplit

from tui.beside import opened_to_look_at
from tui.disks import NEWEST, Format, LibvirtVersion
from tui.fleet.judged import BROKEN_XML, NOT_A_MACHINE, JudgedMachine, Result, Unread
from tui.fleet.shared_images import IN_TWO_MACHINES, Use, image_keys, other_uses, uses_of
from tui.fleet.walk import Candidate, Found, unread
from tui.formats.errors import FormatError
from tui.machine import Machine, full_name, machines_in, with_sidecars
from tui.rules import Finding, Hypervisor, findings_of
from tui.storage import HEAD_BYTES, UnreadableError, candidate_at, is_far

# A domain, or what libvirt wraps one in, as the first element behind declarations and comments.
_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?.*?\?>\s*+|<!--.*?-->\s*+|<![A-Z][^>]*+>\s*+)*+"
    rb"<(?:[\w.-]++:)?(domain|domstatus|node|domainsnapshot|inactiveDomain)\b",
    re.DOTALL,
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# A host's sshd lets ten calls share a connection (MaxSessions).
_LOOKS_AT_ONCE = 6
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*+<")


def is_domain_xml(head: bytes) -> bool:
    """Whether an XML file's first bytes begin what libvirt writes of a domain; any other XML is no error."""
    if head.startswith(_UTF16):
        head = head.decode("utf-16", "replace").encode()
    return _ROOT.match(head) is not None


class _Judge(NamedTuple):
    """Whose rules apply (None: as guessed from each machine), for which libvirt, and what judges one."""

    hypervisor: Hypervisor | None = None
    libvirt: LibvirtVersion = NEWEST
    findings_in: Callable[[Machine], tuple[Finding, ...]] = attrgetter("findings")

    def results_in(self, found: Found) -> list[Result]:
        """See :func:`judge`."""
        if isinstance(found, Unread):
            return [found]
        try:
            by_content = not found.asked and found.path.lower().endswith(".xml")
            data = found.source.read_bytes(found.path, is_domain_xml if by_content else None)
            return [] if data is None else self._results_in(data, found)
        except UnreadableError as error:
            return [unread(error, found.link)]

    def _results_in(self, data: bytes, found: Candidate) -> list[Result]:
        try:
            document = opened_to_look_at(data, found.path, found.source)
            machines = machines_in(document, found.path, self.hypervisor, self.libvirt)
            if len(machines) == 1:
                return [self._result_of(machines[0], None, found)]
            return [self._result_of(machine, number, found) for number, machine in enumerate(machines, 1)]
        except FormatError as error:
            kind = BROKEN_XML if _MARKUP.match(data) or data.startswith(_UTF16) else NOT_A_MACHINE
            return [Unread(found.address, kind, error.what, error.remedy, error.line, found.link)]

    def _result_of(self, machine: Machine, domain: int | None, found: Candidate) -> JudgedMachine:
        """One machine, with what lies beside its file; ``domain`` is its number, from 1, among several."""
        whole = with_sidecars(machine, found.source)
        return JudgedMachine(
            found.source.address(machine.path or ""),
            whole.configuration,
            whole.hypervisor,
            self.findings_in(whole),
            domain=domain,
            link=found.link,
            pending=pending_in(whole),
        )


def judge(
    found: Found, hypervisor: Hypervisor | None = None, libvirt: LibvirtVersion = NEWEST
) -> list[Result]:
    """The machines in a file, or why there is none; nothing for an XML that is about something else.

    ``hypervisor`` is whose rules apply (None: as guessed from each machine), ``libvirt`` for which version.
    Never raises for what a file holds or for what the system says.
    """
    return _Judge(hypervisor, libvirt).results_in(found)


def image_names(judged: JudgedMachine) -> Iterator[str]:
    """The images a machine uses, under one name each, whatever its file calls them.

    None of an export's: the machine itself may be among the others, or another export that tells of it.
    """
    if judged.configuration.format is Format.RVTOOLS:
        return iter(())
    host = _host_of(judged)
    return (f"{host}{key}" for _, key in image_keys(judged.configuration, full_name(judged.path)))


def _host_of(judged: JudgedMachine) -> str:
    """What tells a libvirt host's files from another's of the same name; nothing for this computer's."""
    facts = judged.configuration.sidecars.host
    parts = None if facts is None or facts.uri is None else urlsplit(facts.uri)
    return f"{parts.hostname}:" if parts is not None and parts.netloc else ""


def images_of(judged: JudgedMachine) -> tuple[Use, ...]:
    """How a machine uses each of its images."""
    host = _host_of(judged)
    uses = uses_of(judged.configuration, full_name(judged.path), judged.vm)
    return tuple(one._replace(image=host + one.image) if host else one for one in uses)


def shared_in(files: Sequence[str], hypervisor: Hypervisor | None = None) -> Iterator[JudgedMachine]:
    """A second look at files whose machines seem to share an image: what is found for that, and no more."""
    unjudged = _Judge(hypervisor, findings_in=lambda _: ())
    looks = [
        one for found in _each(files, lambda file: unjudged.results_in(candidate_at(file))) for one in found
    ]
    machines = [one for one in looks if isinstance(one, JudgedMachine)]
    for judged, others in zip(machines, other_uses([images_of(one) for one in machines]), strict=True):
        if others:
            sidecars = judged.configuration.sidecars._replace(others=others)
            known = judged.configuration.with_sidecars(sidecars)
            found = findings_of(IN_TWO_MACHINES, known, judged.hypervisor)
            yield replace(judged, configuration=known, findings=found, late=True)


def _each(files: Sequence[str], look: Callable[[str], list[Result]]) -> Iterator[list[Result]]:
    """A look at each file, in their order; at those of other hosts a few at a time, for each waits."""
    if not any(map(is_far, files)):
        yield from map(look, files)
        return
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - few audits find such files

    pool = ThreadPoolExecutor(_LOOKS_AT_ONCE)
    try:
        yield from pool.map(look, files)
    finally:  # an interrupt need not wait for all the others
        pool.shutdown(wait=False, cancel_futures=True)


def is_wanted(found: Candidate) -> bool:
    """Whether a candidate is to be looked into: not an XML, met on the way, that is about something else.

    Raises UnreadableError as reading it would.
    """
    if found.asked or not found.path.lower().endswith(".xml"):
        return True
    return is_domain_xml(found.source.read_head(found.path, HEAD_BYTES))


def pending_in(machine: Machine) -> frozenset[int]:
    """The disks whose policy is another until the machine's next start, where its host says so."""
    if machine.sidecars.host is None:
        return frozenset()
    return frozenset(disk.index for disk in machine.disks if disk.name in machine.pending)
