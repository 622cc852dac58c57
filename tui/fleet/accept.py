"""The accept file: findings a person knows of and means, each with the reason, and until when.

TOML, one table for each decision; patterns are globs in which letter case does not count, and a datastore's
brackets are its own (``source = "[scratch01] *"``)::

    version = 1

    [[accept]]
    vm = "db*"                  # or file = "*/db*.vmx"
    disk = "scsi0:1"            # address or target
    source = "*/scratch/*"      # the disk's own file
    rule = "not-in-snapshots"
    reason = "quorum disk, backed up by the array"
    expires = 2027-01-31        # the last day it holds

``rule`` and ``reason`` are required; what is left out of the other patterns matches any. A finding
on the machine itself is matched by entries without ``disk`` and ``source``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from tui.disks import Disk
from tui.fleet.globs import glob_pattern
from tui.fleet.judged import JudgedMachine
from tui.rules import Finding, Severity

VERSION = 1
_PATTERNS = ("vm", "file", "disk", "source", "rule")
_KEYS = frozenset((*_PATTERNS, "reason", "expires"))
UNUSED = "accept-unused"
EXPIRED = "accept-expired"
_SOURCE = "diskmode: the accept file"
_LONGEST = 80
_LATEST = 1000  # what is larger is no version of anything


class AcceptError(Exception):
    """The accept file cannot be used: ``what`` is the matter, and the ``remedy``."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One entry. Patterns are globs, None matches any; ``number`` counts from 1 in the file."""

    number: int
    rule: str
    reason: str
    vm: str | None = None
    file: str | None = None
    disk: str | None = None
    source: str | None = None
    expires: date | None = None

    def matches(self, judged: JudgedMachine, finding: Finding) -> bool:
        """Whether it is about this finding."""
        if not _fits(self.rule, finding.rule):
            return False
        if self.vm is not None and not _fits(self.vm, judged.vm):
            return False
        if self.file is not None and not _fits(self.file, judged.path):
            return False
        if self.disk is None and self.source is None:
            return True
        return finding.disk is not None and self._is_about(judged.configuration.disks[finding.disk])

    def _is_about(self, disk: Disk) -> bool:
        if self.source is not None and not _fits(self.source, disk.source):
            return False
        return self.disk is None or any(_fits(self.disk, name) for name in names_of(disk))

    def __str__(self) -> str:
        words = [f"{name} {value}" for name in _PATTERNS if (value := getattr(self, name)) is not None]
        return f"entry {self.number} ({', '.join(words)})"


def names_of(disk: Disk) -> Iterator[str]:
    """What a person may call a disk: its address, its target."""
    if disk.address:
        yield disk.address
    if disk.target:
        yield disk.target


def _fits(glob: str, text: str) -> bool:
    return glob_pattern(glob).match(text) is not None


def read_acceptances(data: bytes) -> tuple[Acceptance, ...]:
    """The entries of an accept file. Raises AcceptError, with the entry to blame, where it is not one."""
    document = _toml(data)
    foreign = sorted(document.keys() - {"version", "accept"})
    if foreign:
        raise AcceptError(f"it has a key {_brief(foreign[0])}", "it takes version and [[accept]] only")
    version = document.get("version", VERSION)
    if version != VERSION:
        known = isinstance(version, int) and 0 <= version <= _LATEST
        raise AcceptError(
            f"its version is {version}" if known else f"its version is not {VERSION}",
            f"this program reads version {VERSION}",
        )
    entries = document.get("accept", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise AcceptError("accept is no list of tables", "begin each entry with [[accept]]")
    return tuple(_entry(number, entry) for number, entry in enumerate(entries, 1))


def _toml(data: bytes) -> dict[str, object]:
    import tomllib  # noqa: PLC0415 - queries, which name disks alike, read none

    try:
        return tomllib.loads(data.decode("utf-8"))
    except RecursionError:
        raise AcceptError("it is nested too deep", "an entry is a table of texts and a date") from None
    except ValueError as error:  # no TOML, no UTF-8, or a number of more digits than Python takes
        raise AcceptError(f"it is no TOML file ({_brief(str(error))})", "mend it there") from None


def _brief(text: str) -> str:
    """A text from the file for a sentence."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _entry(number: int, entry: Mapping[str, object]) -> Acceptance:
    foreign = sorted(entry.keys() - _KEYS)
    if foreign:
        raise AcceptError(
            f"entry {number} has a key {_brief(foreign[0])}", f"it takes {', '.join(sorted(_KEYS))}"
        )
    for key in ("rule", "reason"):
        if key not in entry:
            raise AcceptError(f"entry {number} has no {key}", f"give the {key}")
    words = {key: entry[key] for key in (*_PATTERNS, "reason") if key in entry}
    for key, value in words.items():
        if not isinstance(value, str) or not value.strip():
            raise AcceptError(f"{key} of entry {number} is no text", f'write {key} = "…"')
    expires = entry.get("expires")
    if expires is not None and (not isinstance(expires, date) or isinstance(expires, datetime)):
        raise AcceptError(f"expires of entry {number} is no date", "write expires = 2027-01-31")
    return Acceptance(number=number, expires=expires, **words)  # type: ignore[arg-type]


def accepting(
    judged: JudgedMachine, acceptances: Sequence[Acceptance], today: date
) -> tuple[JudgedMachine, frozenset[int]]:
    """The machine with its accepted findings apart, and the numbers of the entries that matched any.

    An entry that has expired matches, so that it is told apart from one about nothing, and accepts nothing.
    """
    standing: list[Finding] = []
    accepted: list[tuple[Finding, str]] = []
    used: set[int] = set()
    for finding in judged.findings:
        fitting = [one for one in acceptances if one.matches(judged, finding)]
        used.update(one.number for one in fitting)
        holding = next((one for one in fitting if one.expires is None or one.expires >= today), None)
        if holding is None:
            standing.append(finding)
        else:
            accepted.append((finding, holding.reason))
    if not used:
        return judged, frozenset()
    return replace(judged, findings=tuple(standing), accepted=tuple(accepted)), frozenset(used)


def leftovers(acceptances: Sequence[Acceptance], used: frozenset[int], today: date) -> tuple[Finding, ...]:
    """What is wrong with the accept file itself: entries that have expired, or that matched nothing."""
    found = []
    for one in acceptances:
        if one.expires is not None and one.expires < today:
            found.append(
                _finding(
                    EXPIRED,
                    f"{one} expired on {one.expires.isoformat()}: {one.reason}",
                    "decide again: remove the entry, or give it another date",
                )
            )
        elif one.number not in used:
            found.append(
                _finding(UNUSED, f"{one} matches no finding: {one.reason}", "remove the entry, or mend it")
            )
    return tuple(found)


def _finding(rule: str, message: str, advice: str) -> Finding:
    return Finding(rule, Severity.WARNING, None, None, message, advice, _SOURCE)
