"""The small language that picks disks out of a fleet: ``mode:indep vm:web -rule:legacy* "data store"``.

Terms are separated by blanks and must all fit. ``field:text`` looks into one field, a bare word into any;
text fits anywhere in the field, and from end to end where it holds ``*`` or ``?``. A ``-`` in front turns a
term over, quotes keep blanks together, letter case does not count. ``persistent:`` takes yes or
no, ``snapshot:`` also manual (left to the administrator, so not in snapshots either) and unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import translate

from tui.disks import Disk, Participation
from tui.fleet.accept import names_of
from tui.fleet.records import JudgedMachine, yes_no
from tui.rules import topics_of

_TERM = re.compile(r'(-?)(?:([A-Za-z]+):)?(?:"([^"]*)"|([^\s"]+))(?=\s|$)')
_BLANKS = re.compile(r"\s*")


class QueryError(Exception):
    """A query that cannot be read, with the reason in a sentence."""


@dataclass(frozen=True, slots=True)
class QueryRow:
    """A disk of a machine, or the machine itself where ``disk`` is None."""

    judged: JudgedMachine
    disk: Disk | None


def _rules(row: QueryRow) -> tuple[str, ...]:
    wanted = None if row.disk is None else row.disk.index
    return tuple(one.rule for one, _ in row.judged.on(wanted))


def _topics(row: QueryRow) -> tuple[str, ...]:
    return tuple({topic.value for rule in _rules(row) for topic in topics_of(rule)})


def _disk_words(row: QueryRow) -> tuple[str, ...]:
    return () if row.disk is None else (*names_of(row.disk), row.disk.source)


def _mode(row: QueryRow) -> tuple[str, ...]:
    if row.disk is None or not row.disk.is_disk:
        return ()
    return ((row.disk.mode_word or "") if row.disk.mode is None else row.disk.mode.value,)


def _snapshot(row: QueryRow) -> tuple[str, ...]:
    """What is left to the administrator is not in snapshots either."""
    if row.disk is None:
        return ()
    part = row.judged.configuration.participation_of(row.disk)
    return ("no", part.value) if part is Participation.MANUAL else (part.value,)


FIELDS: Mapping[str, Callable[[QueryRow], tuple[str, ...]]] = {
    "vm": lambda row: (row.judged.vm,),
    "disk": _disk_words,
    "mode": _mode,
    "rule": _rules,
    "path": lambda row: (row.judged.path,),
    "source": lambda row: () if row.disk is None else (row.disk.source,),
    "topic": _topics,
    "hypervisor": lambda row: (row.judged.hypervisor.value,),
    "snapshot": _snapshot,
    "persistent": lambda row: () if row.disk is None else (yes_no(row.disk.policy.persistent),),
}
# What a bare word is looked for in.
_ANYWHERE = ("vm", "disk", "mode", "rule", "path")


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. ``field`` None: any of the usual ones."""

    field: str | None
    pattern: re.Pattern[str]
    negated: bool

    def fits(self, row: QueryRow) -> bool:
        """Whether a row meets it."""
        names = _ANYWHERE if self.field is None else (self.field,)
        found = any(self.pattern.search(text) for name in names for text in FIELDS[name](row))
        return found != self.negated


@dataclass(frozen=True, slots=True)
class Query:
    """Terms that must all fit; none fits everything."""

    terms: tuple[Term, ...] = ()

    def fits(self, row: QueryRow) -> bool:
        """Whether a row meets every term."""
        return all(term.fits(row) for term in self.terms)


def parse(text: str) -> Query:
    """The query a person typed. Raises QueryError for a field there is not, or a quote left open."""
    terms = []
    place = _blanks(text, 0)
    while place < len(text):
        match = _TERM.match(text, place)
        if match is None:
            raise QueryError(f"cannot read {text[place:]!r}: a quote is left open")
        sign, field, quoted, bare = match.groups()
        if field is not None and field.lower() not in FIELDS:
            raise QueryError(f"there is no field {field}; there are {', '.join(FIELDS)}")
        if field is None and bare and bare.endswith(":") and bare[:-1].lower() in FIELDS:
            raise QueryError(f"nothing follows {bare}")
        wanted = bare if quoted is None else quoted
        if wanted in ("", "-") and quoted in (None, ""):
            raise QueryError(f"nothing is asked for by {match[0].strip()}")
        terms.append(Term(field and field.lower(), _pattern(field and field.lower(), wanted), sign == "-"))
        place = _blanks(text, match.end())
    return Query(tuple(terms))


def _blanks(text: str, place: int) -> int:
    match = _BLANKS.match(text, place)
    return match.end() if match else place


def _pattern(field: str | None, text: str) -> re.Pattern[str]:
    # "persistent" is the end of two other modes, and yes and no are whole words.
    whole = field in ("snapshot", "persistent") or (field == "mode" and text.lower() == "persistent")
    if "*" in text or "?" in text:
        return re.compile(rf"\A{translate(text)}", re.IGNORECASE)
    escaped = re.escape(text)
    return re.compile(rf"\A{escaped}\Z" if whole else escaped, re.IGNORECASE)
