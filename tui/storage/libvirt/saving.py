"""An edit of a domain, defined as ``virsh edit`` does it, with the secrets that only libvirt knows.

The domain is read again and compared; the edit is moved into the text with the passwords, which libvirt
validates; then it is read once more, for libvirt words everything in its own way. Whoever does not answer in
the middle is asked again what became of it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from tui.disks import Power
from tui.storage.errors import (
    ConflictError,
    ErrorKind,
    MissingError,
    SaveError,
    UnknownSaveError,
    UnreadableError,
)
from tui.storage.libvirt.domains import (
    LISTING,
    Domain,
    is_same_machine,
    listed,
    live_of,
    look_at,
    looked,
    missing,
)
from tui.storage.libvirt.neighbours import address_of
from tui.storage.libvirt.transplant import TransplantError, secrets_in, transplanted, without
from tui.storage.libvirt.virsh import Virsh, VirshError
from tui.storage.place import Location, Reading

_TRANSIENT = "it is a transient domain: libvirt keeps no configuration of it"
_COMPARE = "compare the two versions, or write yours to a file"
_GONE = "write your version to a file"
_NEXT_START = "it runs: the change is there at its next start"
_RESUMES = "its state is saved: it resumes with the disks it had, and the change is there after that"
_LOST = "libvirt may not have kept a password or cookie: look at virsh dumpxml --security-info"


@dataclass(frozen=True, slots=True)
class _Now:
    """A domain just before or behind a save; ``kept`` is its text with all secrets, and goes nowhere else."""

    domain: Domain
    kept: bytes = field(repr=False)

    @property
    def shown(self) -> bytes:
        """Its text without them."""
        return self.domain.data

    @property
    def secrets(self) -> frozenset[bytes]:
        """The lines that nobody may see."""
        return secrets_in(self.shown, self.kept)


def reading_of(domain: Domain, path: Location | None) -> Reading:
    """A domain as it was read. A transient one cannot be saved: a define would make it another."""
    known = domain.known
    return Reading(
        path,
        domain.data,
        writable=not known.transient,
        why_not=_TRANSIENT if known.transient else None,
        target=known.uuid,
        source=domain,
    )


def save(virsh: Virsh, reading: Reading, data: bytes) -> Reading:
    """Put ``data`` in the place of what was read, see `Place.save`; what libvirt stored is returned."""
    address, uuid = str(reading.path), reading.target or ""
    before = _before(virsh, address, uuid)
    if before.shown != reading.data:
        raise ConflictError(address, "it has been changed since it was read", _COMPARE, before.shown)
    if data == before.shown:
        return reading_of(before.domain, reading.path)
    if not reading.writable:
        raise SaveError(address, f"{reading.why_not}, so nothing was saved", "write it to a file")
    if not is_same_machine(before.shown, data):
        raise SaveError(address, "its name or UUID would change, so nothing was saved", "use virsh domrename")
    try:
        whole = transplanted(before.shown, data, before.kept)
    except TransplantError as error:
        what = "the change touches lines that hold secrets, so nothing was saved"
        raise SaveError(address, what, "use virsh edit") from error
    lost = _define(virsh, address, whole, before.secrets)
    return _behind(virsh, reading, data, before, lost)


def _as_it_is(virsh: Virsh, uuid: str) -> _Now:
    printed = virsh.run(
        *LISTING,
        *look_at(uuid),
        *live_of(uuid),
        ("dumpxml", "--inactive", "--security-info", "--domain", uuid),
    )
    found = listed(printed[: len(LISTING)], virsh.uri)
    known = found.named(uuid)
    if known is None:
        raise missing(virsh.uri, uuid)
    kept = printed[-1]
    if kept.error or not kept.out.strip():
        raise UnreadableError(
            address_of(virsh.uri, uuid),
            f"libvirt does not tell all of it ({kept.error or 'virsh prints nothing'})",
            "connect as a user who may change it",
            ErrorKind.NO_PERMISSION,
        )
    return _Now(looked(virsh.uri, known, found.version, printed[len(LISTING) : -1]), kept.out + b"\n")


def _before(virsh: Virsh, address: str, uuid: str) -> _Now:
    try:
        return _as_it_is(virsh, uuid)
    except MissingError as error:
        raise ConflictError(address, "it is no longer there", _GONE, None) from error
    except UnreadableError as error:
        raise SaveError(address, f"{error.what}, so nothing was saved", error.remedy, error.kind) from error


def _define(virsh: Virsh, address: str, whole: bytes, secrets: Collection[bytes]) -> VirshError | None:
    """What came in the way of an answer, None where libvirt took it. Raises SaveError where it refuses."""
    try:
        printed = virsh.run(("define", "--validate", "/dev/stdin"), data=whole)[0]
    except VirshError as error:
        return error
    if printed.error:
        what = f"libvirt refuses it ({without(secrets, printed.error)}), so nothing was saved"
        raise SaveError(address, what, "see what it says of it", ErrorKind.REFUSED)
    return None


def _behind(virsh: Virsh, reading: Reading, data: bytes, before: _Now, lost: VirshError | None) -> Reading:
    """What became of it: as it is read again, or as far as that can be told."""
    address = str(reading.path)
    try:
        now = _as_it_is(virsh, reading.target or "")
    except UnreadableError as error:
        if lost is not None:
            what = f"{lost.what}; whether it was saved is not known"
            raise UnknownSaveError(address, what, "read it again", lost.kind) from error
        doubt = f"libvirt took it, but it cannot be read back ({error.what}): read it again"
        return reading._replace(data=data, doubt=doubt, source=None, notices=())
    if now.shown == before.shown:
        if lost is not None:
            raise SaveError(address, f"{lost.what}, so nothing was saved", lost.remedy, lost.kind) from lost
        what = "libvirt took it, and keeps what it had (as its test driver does), so nothing was saved"
        raise SaveError(address, what, "see: virsh dumpxml --inactive", ErrorKind.NOT_KEPT)
    return reading_of(now.domain, reading.path)._replace(notices=tuple(_notices(before, now)))


def _notices(before: _Now, now: _Now) -> list[str]:
    found = []
    if now.domain.facts.runs:
        found.append(_NEXT_START)
    elif now.domain.facts.power is Power.SUSPENDED:
        found.append(_RESUMES)
    if not before.secrets <= now.secrets:
        found.append(_LOST)
    return found
