"""What differs between two looks at machines: a VMX and its domain XML, or two audits of one tree.

Disks of two machines are matched by address, those left by target, those left by their image's name without
folder and suffix; in audits by file and disk. What counts is the policy in effect, not how a format words it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tui.disks import Configuration, Disk, yes_no
from tui.fleet.judged import JudgedMachine, Result
from tui.fleet.written import Record, no_audit, records_in

MISSING = "missing"
NEW = "new"
CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared of one disk; ``file`` and ``vm`` tell whose it is. None: not known."""

    file: str
    vm: str
    address: str | None
    target: str | None
    source: str | None
    mode: str | None
    preset: str | None
    snapshot: bool | None
    persistent: bool
    findings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a person calls the disk."""
        if self.address and self.target:
            return f"{self.address} ({self.target})"
        return self.address or self.target or self.source or "a disk without a name"


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference. ``what`` is missing (only in A), new (only in B) or changed; ``fields`` then tell what.

    Each field is its name, A's value and B's.
    """

    what: str
    before: Facts | None
    after: Facts | None
    fields: tuple[tuple[str, str, str], ...] = ()

    @property
    def facts(self) -> Facts:
        """What is known of the disk: after the change, or before it where it is gone."""
        one = self.after or self.before
        assert one is not None
        return one


def facts_of(
    configuration: Configuration, disk: Disk, file: str, vm: str, findings: Sequence[str] = ()
) -> Facts:
    """What is compared of a disk."""
    return Facts(
        file=file,
        vm=vm,
        address=disk.address,
        target=disk.target or None,
        source=disk.source or None,
        mode=None if disk.mode is None else disk.mode.value,
        preset=None if disk.preset is None else disk.preset.value,
        snapshot=configuration.participation_of(disk).covered,
        persistent=disk.policy.persistent,
        findings=tuple(findings),
    )


def facts_in(results: Sequence[Result]) -> dict[tuple[str, ...], Facts]:
    """What an audit found of each disk, by what the disks of two audits are matched by."""
    found = {}
    for judged in results:
        if isinstance(judged, JudgedMachine):
            for disk in judged.rows:
                rules = [one.rule for one, _ in judged.on(disk.index)]
                facts = facts_of(judged.configuration, disk, judged.path, judged.vm, rules)
                found[key_of(facts, judged.domain)] = facts
    return found


def compare_machines(one: Sequence[Facts], other: Sequence[Facts]) -> list[Drift]:
    """How two descriptions of one VM differ in their disks' policy; formats word it differently."""
    pairs: list[tuple[Facts, Facts]] = []
    left, right = list(one), list(other)
    for key in (_address, _target, _base):
        theirs = _unique(right, key)
        for name, facts in _unique(left, key).items():
            match = theirs.get(name)
            if match is not None:
                pairs.append((facts, match))
                left.remove(facts)
                right.remove(match)
    order = {id(facts): place for place, facts in enumerate((*one, *other))}
    found = [Drift(MISSING, facts, None) for facts in left]
    found += [Drift(NEW, None, facts) for facts in right]
    found += [
        Drift(CHANGED, was, now, fields) for was, now in pairs if (fields := tuple(_policy_drift(was, now)))
    ]
    return sorted(found, key=lambda drift: order[id(drift.before or drift.after)])


def _address(facts: Facts) -> str | None:
    return facts.address and facts.address.lower()


def _target(facts: Facts) -> str | None:
    return facts.target and facts.target.lower()


def _base(facts: Facts) -> str | None:
    name = (facts.source or "").rpartition("/")[2]
    return name.rpartition(".")[0].lower() or name.lower() or None


def _unique(rows: Sequence[Facts], key: Callable[[Facts], str | None]) -> dict[str, Facts]:
    """The rows by a key, without those that share theirs: such a name tells nothing."""
    found: dict[str, list[Facts]] = {}
    for facts in rows:
        name = key(facts)
        if name:
            found.setdefault(name, []).append(facts)
    return {name: group[0] for name, group in found.items() if len(group) == 1}


def _policy_drift(was: Facts, now: Facts) -> Iterator[tuple[str, str, str]]:
    for field in ("snapshot", "persistent"):
        before, after = getattr(was, field), getattr(now, field)
        if before != after and None not in (before, after):  # an unknown mode differs from none
            yield field, _word(before), _word(after)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return "none" if value is None else str(value)


_AUDITED = ("mode", "preset", "snapshot", "persistent", "source", "findings")


def compare_audits(
    one: Mapping[tuple[str, ...], Facts], other: Mapping[tuple[str, ...], Facts]
) -> list[Drift]:
    """How two audits differ, disk by disk, in the order of the first and then of what is new."""
    found = []
    for key, was in one.items():
        now = other.get(key)
        if now is None:
            found.append(Drift(MISSING, was, None))
            continue
        fields = tuple(
            (field, _word(getattr(was, field)), _word(getattr(now, field)))
            for field in _AUDITED
            if getattr(was, field) != getattr(now, field)
        )
        if fields:
            found.append(Drift(CHANGED, was, now, fields))
    found += [Drift(NEW, None, now) for key, now in other.items() if key not in one]
    return found


def policy_drifts(
    one: Mapping[tuple[str, ...], Facts], other: Mapping[tuple[str, ...], Facts]
) -> Iterator[Drift]:
    """The same without what is found on the disks, which is told finding by finding."""
    for drift in compare_audits(one, other):
        fields = tuple(field for field in drift.fields if field[0] != "findings")
        if fields or drift.what != CHANGED:
            yield replace(drift, fields=fields)


def key_of(facts: Facts, domain: int | None = None) -> tuple[str, ...]:
    """What tells a disk of one audit from every other: of several machines in a file, also whose it is."""
    return facts.file, facts.vm if domain else "", facts.address or facts.target or facts.source or ""


def read_audit(data: bytes) -> dict[tuple[str, ...], Facts] | None:
    """The disks of an audit in json or jsonl; None where the bytes are no JSON.

    Raises AuditError where this program did not write it.
    """
    records = records_in(data)
    if records is None:
        return None
    try:
        rows = [record for record in records if record["kind"] == "disk"]
        return {key_of(facts, domain): facts for facts, domain in map(_facts_in, rows)}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise no_audit(error) from None


def _facts_in(row: Record) -> tuple[Facts, int | None]:
    facts = Facts(
        file=row["file"],
        vm=row["vm"],
        address=row["address"],
        target=row["target"],
        source=row["source"],
        mode=row["mode"],
        preset=row["preset"],
        snapshot=row["participates"] if row["participates"] is None else bool(row["participates"]),
        persistent=bool(row["persistent"]),
        findings=tuple(one["rule"] for one in row["findings"]),
    )
    return facts, row.get("domain")
