"""The domains of one libvirt connection as a place: its one folder holds them all, each by its name.

What stands in `tui.storage.libvirt.domains` is read; an edit is defined as ``virsh edit`` does it: the domain
is read again and compared, and libvirt validates what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from tui.disks import HostFacts, Power
from tui.storage.errors import ConflictError, ErrorKind, MissingError, SaveError, UnreadableError
from tui.storage.libvirt.domains import (
    LISTING,
    Domain,
    Known,
    LaterDomain,
    Listed,
    domains_on,
    is_ambiguous,
    is_of,
    is_same_machine,
    listed,
    live_of,
    look_at,
    looked,
    missing,
)
from tui.storage.libvirt.transplant import TransplantError, secrets_in, transplanted
from tui.storage.libvirt.virsh import Ended, Told, Virsh, VirshError
from tui.storage.limits import limits, questions_allowed
from tui.storage.local_folder import LOCAL_FILES
from tui.storage.place import Candidate, Follow, Location, Passed, Source
from tui.storage.reading import Reading

_AT_ONCE = 64
_A_DAY = 24 * 60 * 60.0
_TRANSIENT = "it is a transient domain: libvirt keeps no configuration of it"
_COMPARE = "compare the two versions, or write yours to a file"
_NEXT_START = "it runs: the change is there at its next start"
_RESUMES = "its state is saved: it resumes with the disks it had, and the change is there after that"
_LOST = "libvirt may not have kept a password or cookie: look at virsh dumpxml --security-info"


@dataclass(frozen=True, slots=True)
class LibvirtPlace:
    """The domains of one connection; see `tui.storage.place.Place`. A path is a name or a UUID, "" all."""

    uri: str

    @property
    def virsh(self) -> Virsh:
        """What is asked."""
        return Virsh(self.uri, seconds=limits().silence, alone=not questions_allowed())

    # Where it is

    def address(self, path: str) -> str:
        """The words of ``virsh -c URI`` that lead there."""
        return f"{self.uri} {path}" if path else self.uri

    @property
    def is_local(self) -> bool:
        """Whether its domains' images are this computer's files."""
        parts = urlsplit(self.uri)
        return bool(parts.scheme) and not parts.netloc and "+" not in parts.scheme

    def is_folder(self, path: str) -> bool:
        """See `Place`."""
        return not path

    def is_same(self, one: str, other: str) -> bool:
        """See `Place`."""
        return one == other

    # What lies beside a domain: its images, where they are this computer's

    def read_head(self, path: str, size: int, within: str | None = None) -> bytes:
        """See `Source`."""
        if not self.is_local or not path.startswith("/"):
            raise MissingError(path, "it is another host's file", "look there")
        return LOCAL_FILES.read_head(path, size, within)

    def is_there(self, path: str) -> bool:
        """See `Source`."""
        return self.is_local and path.startswith("/") and LOCAL_FILES.is_there(path)

    def names_in(self, folder: str) -> Sequence[str]:  # noqa: ARG002 - nothing but what is named
        """See `Source`."""
        return ()

    def real_file(self, path: str) -> str:
        """See `Source`."""
        return path

    # Reading

    def host_facts(self, path: str) -> HostFacts | None:
        """See `Source`."""
        try:
            return self.beside(path).facts
        except UnreadableError:
            return None

    def read_bytes(self, path: str, wanted: Callable[[bytes], bool] | None = None) -> bytes | None:
        """See `Source`."""
        return self.beside(path).read_bytes(path, wanted)

    def beside(self, path: str) -> Domain:
        """See `Place`: one domain as it is now.

        In one process of virsh, but where that could take its name for something else.
        """
        virsh = self.virsh
        asked = () if not path or is_ambiguous(path) else (*look_at(path), *live_of(path))
        told = virsh.run(*LISTING, *asked)
        found = listed(told[: len(LISTING)], self.uri)
        known = found.named(path)
        if known is None:
            raise missing(self.address(path), self.uri)
        looks = told[len(LISTING) :]
        if not looks or (not looks[0].error and not is_of(looks[0].out, known)):
            looks = virsh.run(*look_at(known.uuid), *live_of(known.uuid))
        return looked(self, known, found.version, looks)

    def at(self, path: str) -> Source:
        """See `Place`."""
        return LaterDomain(self, path)

    def expect(self, paths: Iterable[str]) -> None:
        """See `Source`."""

    def read(self, path: str) -> Reading:
        """See `Place`."""
        return _reading_of(self.beside(path))

    def names(self, seconds: float | None = None) -> list[str]:
        """What its domains are called; virsh may be silent for ``seconds``. Raises UnreadableError."""
        virsh = self.virsh if seconds is None else replace(self.virsh, seconds=seconds, alone=True)
        return [one.path for one in listed(virsh.run(*LISTING), self.uri).domains]

    def walk(
        self,
        paths: Iterable[str],
        exclude: Sequence[str] = (),
        follow: Follow = Follow.NEAR,  # noqa: ARG002 - there are no links
        passed: Passed | None = None,  # noqa: ARG002
    ) -> Iterator[Candidate | UnreadableError]:
        """See `Place`."""
        virsh = self.virsh
        try:
            found = listed(virsh.run(*LISTING), self.uri)
            wanted: dict[str, Known] = {}
            for path in paths:
                named = self._meant(found, path)
                if named is None:
                    yield missing(self.address(path), self.uri)
                else:
                    wanted |= {one.uuid: one for one in named if path or not _is_left_out(one, exclude)}
            for one in domains_on(self, virsh, found, list(wanted.values()), _AT_ONCE):
                yield one if isinstance(one, UnreadableError) else Candidate(one.known.path, True, one)
        except UnreadableError as error:
            yield error

    @staticmethod
    def _meant(found: Listed, path: str) -> Sequence[Known] | None:
        if not path:
            return found.domains
        known = found.named(path)
        return None if known is None else (known,)

    # Writing

    def save(self, reading: Reading, data: bytes, *, backup: bool = False) -> Reading:  # noqa: ARG002 - undo has it
        """See `Place`. What is returned holds what libvirt made of it."""
        address, uuid = str(reading.path), reading.target or ""
        now = self._as_it_is(address, uuid)
        if now.shown != reading.data:
            raise ConflictError(address, "it has been changed since it was read", _COMPARE, now.shown)
        if data == now.shown:
            return self._stored(reading, now)
        if not reading.writable:
            raise SaveError(address, f"{reading.why_not}, so nothing was saved", "write it to a file")
        if not is_same_machine(now.shown, data):
            raise SaveError(
                address, "its name or UUID would change, so nothing was saved", "use virsh domrename"
            )
        try:
            whole = transplanted(now.shown, data, now.kept)
        except TransplantError as error:
            raise SaveError(
                address,
                "the change touches lines that hold secrets, so nothing was saved",
                "use virsh edit",
            ) from error
        self._define(address, whole)
        return self._stored(reading, self._as_it_is(address, uuid), before=now)

    def _define(self, address: str, whole: bytes) -> None:
        try:
            told = self.virsh.run(("define", "--validate", "/dev/stdin"), data=whole)[0]
        except VirshError as error:
            raise SaveError(
                address, f"{error.what}; whether it was saved is not known", "read it again", error.kind
            ) from error
        if told.error:
            raise SaveError(
                address,
                f"libvirt refuses it ({told.error}), so nothing was saved",
                "see what it says of it",
                ErrorKind.REFUSED,
            )

    def _as_it_is(self, address: str, uuid: str) -> _Now:
        try:
            told = self.virsh.run(
                *LISTING,
                *look_at(uuid),
                *live_of(uuid),
                ("dumpxml", "--inactive", "--security-info", "--domain", uuid),
            )
            found = listed(told[: len(LISTING)], self.uri)
            known = found.named(uuid)
            if known is None:
                what = "it is no longer there"
                raise ConflictError(address, what, "write your version to a file", None)
            domain = looked(self, known, found.version, told[len(LISTING) : -1])
        except UnreadableError as error:
            raise SaveError(
                address, f"{error.what}, so nothing was saved", error.remedy, error.kind
            ) from error
        return _Now(domain, _kept(address, told[-1]))

    def _stored(self, reading: Reading, now: _Now, before: _Now | None = None) -> Reading:
        stored = _reading_of(now.domain)
        notices = []
        if before is not None:
            power = now.domain.facts.power
            if now.domain.facts.runs:
                notices.append(_NEXT_START)
            elif power is Power.SUSPENDED:
                notices.append(_RESUMES)
            if not secrets_in(before.shown, before.kept) <= secrets_in(now.shown, now.kept):
                notices.append(_LOST)
        return Reading(
            reading.path or stored.path,
            stored.data,
            stored.writable,
            stored.why_not,
            stored.target,
            source=now.domain,
            notices=tuple(notices),
        )

    def taking(self, words: Sequence[str], data: bytes) -> Ended:
        """Run a whole command, which may take as long as a machine's memory is large. Raises VirshError."""
        return replace(self.virsh, seconds=_A_DAY).as_typed(words, data)

    def write_new(self, path: str, data: bytes, *, overwrite: bool = False) -> str:  # noqa: ARG002
        """See `Place`."""
        raise SaveError(
            self.address(path), "libvirt keeps domains, not files, so nothing was saved", "name a file"
        )


@dataclass(frozen=True, slots=True)
class _Now:
    """A domain just before or behind a save; ``kept`` is its text with all secrets, and goes nowhere else."""

    domain: Domain
    kept: bytes = field(repr=False)

    @property
    def shown(self) -> bytes:
        """Its text without them."""
        return self.domain.data


def _kept(address: str, told: Told) -> bytes:
    if told.error or not told.out.strip():
        raise SaveError(
            address,
            f"libvirt does not tell all of it ({told.error or 'virsh prints nothing'}), so nothing was saved",
            "connect as a user who may change it",
            ErrorKind.NO_PERMISSION,
        )
    return told.out + b"\n"


def _reading_of(domain: Domain) -> Reading:
    known = domain.known
    return Reading(
        Location(domain.place, known.path),
        domain.data,
        writable=not known.transient,
        why_not=_TRANSIENT if known.transient else None,
        target=known.uuid,
        source=domain,
    )


def _is_left_out(known: Known, exclude: Sequence[str]) -> bool:
    return any(fnmatchcase(known.name, glob) for glob in exclude)
