"""The small language that picks disks out of a fleet: ``mode:indep vm:web -rule:legacy* "data store"``.

Terms are separated by blanks and must all fit. ``field:text`` looks into one field, a bare word into any;
text fits anywhere in the field, and from end to end where it holds ``*`` or ``?``. A ``-`` in front turns a
term over, quotes keep blanks together, letter case does not count. ``persistent:`` takes yes or
no, ``snapshot:`` also manual (left to the administrator, so not in snapshots either) and unknown. ``is:`` is
what holds of a row by itself (:data:`STATES`), ``@name`` a filter that was saved under a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tui.disks import Disk, Participation, Power, yes_no
from tui.fleet.accept import names_of
from tui.fleet.globs import glob_pattern
from tui.fleet.judged import BROKEN_XML, CRASHED, NOT_A_MACHINE, JudgedMachine
from tui.fleet.skipped import is_on_purpose, is_skipped, lock_of
from tui.rules import Hypervisor
from tui.rules.all_rules import BY_ID
from tui.rules.topics import Topic, topics_of
from tui.storage import ErrorKind

_TERM = re.compile(r'(-?)(?:([A-Za-z]+):)?(?:"([^"]*)"|([^\s"]+))(?=\s|$)')
_BLANKS = re.compile(r"\s*")


class QueryError(Exception):
    """A query that cannot be read, with the reason in a sentence."""


@dataclass(frozen=True, slots=True)
class QueryRow:
    """A disk of a machine, or the machine itself where ``disk`` is None."""

    judged: JudgedMachine
    disk: Disk | None


def _found(row: QueryRow, *, accepted: bool) -> tuple[str, ...]:
    wanted = None if row.disk is None else row.disk.index
    return tuple(one.rule for one, reason in row.judged.on(wanted) if (reason is not None) is accepted)


def _rules(row: QueryRow) -> tuple[str, ...]:
    return _found(row, accepted=False)


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


def _is_disk(row: QueryRow) -> bool:
    return row.disk is not None and row.disk.is_disk


def _has_snapshots(row: QueryRow) -> bool:
    known = row.judged.configuration.sidecars.snapshots
    return known is not None and known.count > 0


def _runs_on_its_host(row: QueryRow) -> bool:
    host = row.judged.configuration.sidecars.host
    return host is not None and host.power not in (None, Power.OFF)


# What may hold of a row by itself, and what that means.
STATES: Mapping[str, tuple[str, Callable[[QueryRow], bool]]] = {
    "skipped": (
        "backups made from snapshots skip the disk",
        lambda row: row.disk is not None and is_skipped(row.judged, row.disk),
    ),
    "on-purpose": (
        "they skip it, and that was accepted",
        lambda row: row.disk is not None and is_on_purpose(row.judged, row.disk),
    ),
    "no-snapshot": (
        "no snapshot of its machine can be taken at all",
        lambda row: row.judged.no_snapshot is not None,
    ),
    "locked": (
        "its policy cannot be changed",
        lambda row: row.disk is not None and lock_of(row.judged, row.disk) is not None,
    ),
    "has-snapshots": ("its machine has snapshots now", _has_snapshots),
    "in-use": (
        "its machine runs, is open elsewhere or suspended",
        lambda row: row.judged.in_use is not None or _runs_on_its_host(row),
    ),
    "pending": (
        "it has another policy until its machine's next start",
        lambda row: row.disk is not None and row.disk.index in row.judged.pending,
    ),
    "disk": ("a disk, and no drive, machine or unreadable file", _is_disk),
}


def _states(row: QueryRow) -> tuple[str, ...]:
    return tuple(word for word, (_, holds) in STATES.items() if holds(row))


FIELDS: Mapping[str, Callable[[QueryRow], tuple[str, ...]]] = {
    "vm": lambda row: (row.judged.vm,),
    "disk": _disk_words,
    "mode": _mode,
    "rule": _rules,
    "path": lambda row: (row.judged.path,),
    "source": lambda row: () if row.disk is None else (row.disk.source,),
    "accepted": lambda row: _found(row, accepted=True),
    "topic": _topics,
    "hypervisor": lambda row: (row.judged.hypervisor.value,),
    "snapshot": _snapshot,
    "persistent": lambda row: () if row.disk is None else (yes_no(row.disk.policy.persistent),),
    "is": _states,
}
# What each looks into, for a person.
ABOUT: Mapping[str, str] = {
    "vm": "the machine's name",
    "disk": "address, target or file",
    "mode": "VMware's word for both",
    "rule": "a finding's rule",
    "path": "where its file lies",
    "source": "the disk's own file",
    "accepted": "the rule of an accepted finding",
    "topic": "what findings are about",
    "hypervisor": "whose rules apply",
    "snapshot": "whether it is in snapshots",
    "persistent": "whether it keeps its writes",
    "is": "what holds of it",
}
# The fields of few words, and all of those: another one is a slip that would pick nothing.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "topic": tuple(topic.value for topic in Topic),
    "hypervisor": tuple(hypervisor.value for hypervisor in Hypervisor),
    "snapshot": tuple(part.value for part in Participation),
    "persistent": ("yes", "no"),
    "is": tuple(STATES),
}
# The fields that name rules, and what stands for one where a file could not be judged.
_RULE_FIELDS = ("rule", "accepted")
_UNREAD = (*ErrorKind, BROKEN_XML, NOT_A_MACHINE, CRASHED)
# What a bare word is looked for in.
_ANYWHERE = ("vm", "disk", "mode", "rule", "path")


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. ``field`` None: any of the usual ones."""

    field: str | None
    pattern: re.Pattern[str]
    negated: bool

    def asks(self, state: str) -> bool:
        """Whether it is about one of the :data:`STATES`."""
        return self.field == "is" and self.pattern.search(state) is not None

    def fits(self, row: QueryRow) -> bool:
        """Whether a row has what the term asks for, or, negated, has it not."""
        if self.field == "is":  # each state is worked out: only those that are asked for
            states = (holds for word, (_, holds) in STATES.items() if self.asks(word))
            return any(holds(row) for holds in states) != self.negated
        names = _ANYWHERE if self.field is None else (self.field,)
        found = any(self.pattern.search(text) for name in names for text in FIELDS[name](row))
        return found != self.negated


@dataclass(frozen=True, slots=True)
class Query:
    """Terms that must all fit; none fits everything."""

    terms: tuple[Term | SavedTerm, ...] = ()

    def asks(self, state: str) -> bool:
        """Whether a term is about one of the :data:`STATES`."""
        return any(term.asks(state) for term in self.terms)

    def fits(self, row: QueryRow) -> bool:
        """Whether a row meets every term."""
        return all(term.fits(row) for term in self.terms)


@dataclass(frozen=True, slots=True)
class SavedTerm:
    """A filter that was saved under a name, as one condition."""

    query: Query
    negated: bool

    def asks(self, state: str) -> bool:
        """See `Query`."""
        return self.query.asks(state)

    def fits(self, row: QueryRow) -> bool:
        """Whether a row meets all of it."""
        return self.query.fits(row) != self.negated


NOTHING_SAVED: Mapping[str, str] = {}


def parse(text: str, saved: Mapping[str, str] = NOTHING_SAVED) -> Query:
    """The query a person typed; ``saved`` are filters by their names.

    Raises QueryError for a field, one of its few words or a saved filter that there is not, or a quote left
    open.
    """
    return _parsed(text, saved, ())


def _parsed(text: str, saved: Mapping[str, str], inside: tuple[str, ...]) -> Query:
    terms: list[Term | SavedTerm] = []
    place = _blanks(text, 0)
    while place < len(text):
        match = _TERM.match(text, place)
        if match is None:
            raise QueryError(f"cannot read {text[place:]!r}: a quote is left open")
        sign, field, quoted, bare = match.groups()
        if field is None and bare and bare.startswith("@"):
            terms.append(SavedTerm(_saved(bare[1:], saved, inside), sign == "-"))
        else:
            terms.append(_term(match[0].strip(), sign, field and field.lower(), quoted, bare))
        place = _blanks(text, match.end())
    return Query(tuple(terms))


def _saved(name: str, saved: Mapping[str, str], inside: tuple[str, ...]) -> Query:
    if name in inside:
        raise QueryError(f"the saved filter @{name} is made of itself")
    if name not in saved:
        known = f"; there are {', '.join(f'@{one}' for one in saved)}" if saved else ""
        raise QueryError(f"there is no saved filter @{name}{known or ': [filters] in the settings has none'}")
    return _parsed(saved[name], saved, (*inside, name))


def _term(term: str, sign: str, field: str | None, quoted: str | None, bare: str | None) -> Term:
    if field is not None and field not in FIELDS:
        raise QueryError(f"there is no field {field}; there are {', '.join(FIELDS)}")
    if field is None and bare and bare.endswith(":") and bare[:-1].lower() in FIELDS:
        raise QueryError(f"nothing follows {bare}")
    wanted = (bare or "") if quoted is None else quoted
    if wanted in ("", "-") and quoted in (None, ""):
        raise QueryError(f"nothing is asked for by {term}")
    pattern = _pattern(field, wanted)
    words = _WORDS.get(field or "")
    if words is not None and not any(map(pattern.search, words)):
        raise QueryError(f"{field}: is never {wanted}; it is one of {', '.join(words)}")
    if field in _RULE_FIELDS and not any(map(pattern.search, (*BY_ID, *_UNREAD))):
        raise QueryError(
            f"{field}: no rule is called {wanted}{_near_rules(wanted)}; diskmode rules lists them"
        )
    return Term(field, pattern, sign == "-")


def _near_rules(wanted: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - for a mistake alone

    near = get_close_matches(wanted.lower(), BY_ID)
    return f", did you mean {' or '.join(near)}?" if near else ""


def _blanks(text: str, place: int) -> int:
    match = _BLANKS.match(text, place)
    return match.end() if match else place


def _pattern(field: str | None, text: str) -> re.Pattern[str]:
    if "*" in text or "?" in text:
        return glob_pattern(text)
    escaped = re.escape(text)
    whole = _is_whole(field, text.lower())
    return re.compile(rf"\A{escaped}\Z" if whole else escaped, re.IGNORECASE)


def _is_whole(field: str | None, word: str) -> bool:
    """Whether a word is meant from end to end: it is one of the field's own, and perhaps a part of others."""
    if field in ("snapshot", "persistent"):
        return True
    return (field, word) == ("mode", "persistent") or (field == "rule" and word in BY_ID)
