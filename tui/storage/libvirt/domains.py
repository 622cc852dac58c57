"""What virsh says of domains, made into values: their text without secrets, and what the host knows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tui.disks import HostFacts, LibvirtVersion, Power
from tui.disks.host_facts import is_ambiguous
from tui.storage.errors import ErrorKind, MissingError, UnreadableError
from tui.storage.libvirt.neighbours import DomainNeighbours, address_of
from tui.storage.libvirt.virsh import Printed, version_in
from tui.storage.regular import MAX_BYTES

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LISTED = re.compile(rf"({_UUID.pattern}) (.+)", re.IGNORECASE)
_NAME = re.compile(rb"<name>([^<]*)</name>")
_OWN_UUID = re.compile(rb"<uuid>([^<]*)</uuid>")
_MOST_NAMES = 10_000
# What virsh domstate prints. Its --reason stays "saved" when the state is gone (measured, 9.0).
_POWER = {
    "running": Power.RUNNING,
    "idle": Power.RUNNING,
    "in shutdown": Power.RUNNING,
    "dying": Power.RUNNING,
    "paused": Power.PAUSED,
    "pmsuspended": Power.ASLEEP,
    "shut off": Power.OFF,
    "crashed": Power.OFF,
}

LISTING = (
    ("version", "--daemon"),
    ("list", "--all", "--uuid", "--name"),
    ("list", "--all", "--transient", "--uuid"),
    ("list", "--all", "--with-managed-save", "--uuid"),
)
"""What is asked of a connection; :func:`listed` reads it."""


class ListedDomain(NamedTuple):
    """A domain as it is listed.

    A ``transient`` one has no configuration that could be changed; a ``saved`` one resumes from its state.
    """

    uuid: str
    name: str
    transient: bool = False
    saved: bool = False

    @property
    def path(self) -> str:
        """What it is called: its name, or its UUID where virsh would take the name for an ID or a UUID."""
        return self.uuid if is_ambiguous(self.name) else self.name


class DomainList(NamedTuple):
    """What a connection says of itself."""

    version: LibvirtVersion | None
    domains: tuple[ListedDomain, ...]

    def named(self, name: str) -> ListedDomain | None:
        """The domain with this UUID, or this name: virsh, too, takes what is both for a UUID.

        virsh pads the names in its list with blanks, so those at the end of one are not told from them.
        """
        by_uuid = next((one for one in self.domains if one.uuid == name.lower()), None)
        return by_uuid or next((one for one in self.domains if one.name == name.rstrip()), None)


def listed(printed: Sequence[Printed], uri: str) -> DomainList:
    """What was told to LISTING. Raises UnreadableError where libvirt refuses to list."""
    version, names, *others = printed
    if names.error:
        raise UnreadableError(uri, names.error, "see what virsh says of it", ErrorKind.REFUSED)
    transient, saved = (set(one.out.decode("ascii", "replace").lower().split()) for one in others)
    domains = []
    for line in names.out.decode("utf-8", "surrogateescape").split("\n"):
        found = _LISTED.fullmatch(line.rstrip())
        if found is not None:
            uuid = found[1].lower()
            domains.append(ListedDomain(uuid, found[2], uuid in transient, uuid in saved))
    if len(domains) > _MOST_NAMES:
        raise UnreadableError(uri, f"it lists more than {_MOST_NAMES:,} domains", "name those that are meant")
    if names.out.strip() and not domains:
        raise UnreadableError(
            uri, "virsh lists no domains as virsh does", "see: virsh list --all", ErrorKind.GARBLED
        )
    return DomainList(version_in(version.out), tuple(sorted(domains, key=lambda one: one.name)))


def look_at(name: str) -> tuple[tuple[str, ...], ...]:
    """The commands that tell of one domain; :func:`looked` reads their answers."""
    return (
        ("dumpxml", "--inactive", "--domain", name),
        ("domstate", "--domain", name),
        ("snapshot-list", "--name", "--domain", name),
        ("snapshot-list", "--name", "--external", "--domain", name),
        ("checkpoint-list", "--name", "--domain", name),
    )


LOOKS = len(look_at(""))


def live_of(name: str) -> tuple[tuple[str, ...], ...]:
    """The command that tells what a domain runs with, its answer being the last for :func:`looked`."""
    return (("dumpxml", "--domain", name),)


@dataclass(frozen=True, slots=True)
class Domain(DomainNeighbours):
    """One domain, read: its text as libvirt shows it, and what reads the images beside it."""

    known: ListedDomain
    data: bytes = field(repr=False)
    facts: HostFacts

    def read_bytes(self, path: str, wanted: Callable[[bytes], bool] | None = None) -> bytes | None:  # noqa: ARG002
        """See `Source`."""
        return self.data if wanted is None or wanted(self.data) else None

    def host_facts(self, path: str) -> HostFacts | None:  # noqa: ARG002 - of this one
        """See `Source`."""
        return self.facts


@dataclass(frozen=True, slots=True)
class LaterDomain(DomainNeighbours):
    """A domain that is read, once, when it is asked for; see `Source`."""

    path: str
    read: Callable[[str], Domain] = field(compare=False)
    _found: list[Domain] = field(default_factory=list, init=False, compare=False, repr=False)

    def _domain(self) -> Domain:
        if not self._found:
            self._found.append(self.read(self.path))
        return self._found[0]

    def read_bytes(self, path: str, wanted: Callable[[bytes], bool] | None = None) -> bytes | None:
        """See `Source`."""
        return self._domain().read_bytes(path, wanted)

    def host_facts(self, path: str) -> HostFacts | None:
        """See `Source`."""
        try:
            return self._domain().host_facts(path)
        except UnreadableError:
            return None


def looked(
    uri: str, known: ListedDomain, version: LibvirtVersion | None, printed: Sequence[Printed]
) -> Domain:
    """What was told to :func:`look_at`. Raises MissingError where the domain has gone, UnreadableError."""
    dump, state, snapshots, external, checkpoints = printed[:LOOKS]
    address = address_of(uri, known.path)
    if dump.error:
        if "ailed to get domain" in dump.error or "omain not found" in dump.error:
            raise missing(uri, known.path)
        raise UnreadableError(address, dump.error, "see what virsh says of it", ErrorKind.REFUSED)
    live = b"".join(one.out for one in printed[LOOKS:])
    # One that was undefined while it runs keeps a configuration that never counts again, and prints it.
    text, live = (live, b"") if known.transient and live.strip() else (dump.out, live)
    if len(text) > MAX_BYTES:
        raise UnreadableError(address, "it is larger than any domain", "look at it", ErrorKind.TOO_LARGE)
    if not text.strip():
        raise UnreadableError(address, "virsh prints nothing of it", "see: virsh dumpxml", ErrorKind.GARBLED)
    facts = HostFacts(
        uri,
        known.uuid,
        _power(state, known),
        _names(snapshots),
        None if external.error else frozenset(_names(external) or ()),
        _names(checkpoints),
        version,
        uri,
    )
    if facts.runs and 0 < len(live) <= MAX_BYTES:
        facts = facts._replace(live=live)
    return Domain(uri, known, text + b"\n", facts)


def missing(uri: str, path: str) -> MissingError:
    """There is no such domain."""
    lists = f"virsh -c {shlex.quote(uri)} list --all"
    return MissingError(address_of(uri, path), "there is no such domain", f"{lists} lists those there are")


def is_of(data: bytes, known: ListedDomain) -> bool:
    """Whether a text is this domain's: libvirt tells domains apart by both."""
    name, uuid = _NAME.search(data), _OWN_UUID.search(data)
    return (
        uuid is not None
        and uuid[1].decode("ascii", "replace").strip().lower() == known.uuid
        and (name is not None)
    )


def is_same_machine(before: bytes, after: bytes) -> bool:
    """Whether an edited text still names the domain that it was of."""
    found = [(_NAME.search(data), _OWN_UUID.search(data)) for data in (before, after)]
    named = [(name and name[1], uuid and uuid[1]) for name, uuid in found]
    return named[0] == named[1]


def _power(state: Printed, known: ListedDomain) -> Power | None:
    power = _POWER.get(state.out.decode("utf-8", "replace").strip())
    return Power.SUSPENDED if power is Power.OFF and known.saved else power


def _names(printed: Printed) -> tuple[str, ...] | None:
    """The names in a list; None where the driver knows none such."""
    if printed.error:
        return None
    lines = printed.out.decode("utf-8", "surrogateescape").split("\n")
    return tuple(line.strip() for line in lines if line.strip())[:_MOST_NAMES]
