"""What an earlier audit found, and what beside it is news: so that a nightly run speaks only of that.

A finding is known where the earlier audit had one by the same rule on the same disk of the same machine,
wherever in the file it stands now and however its message counts. Machines are told by their file, and by
their name where a file holds several; disks by their address, or else by their image.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tui.cached import cached_property
from tui.disks import Disk
from tui.fleet.judged import JudgedMachine, Result, Unread
from tui.fleet.since import Known, Seen
from tui.fleet.written import Record, no_audit, records_in
from tui.machine import full_name
from tui.rules import Finding, Severity

# A machine's file, its name, and its number (from 1) where the file holds several.
MachineKey = tuple[str, str, int | None]


@dataclass(frozen=True)
class Baseline:
    """An earlier audit: its ``machines`` (file, name, number in it), findings, files not read (and why) and
    faults of its accept file (rule and message). ``name`` is what it is called; ``complete`` whether it
    looked at all.
    """

    machines: tuple[MachineKey, ...] = ()
    findings: tuple[Known, ...] = ()
    unread: frozenset[tuple[str, str]] = frozenset()
    accept: frozenset[tuple[str, str]] = frozenset()
    name: str = ""
    complete: bool = True

    @cached_property
    def _by_file(self) -> dict[str, dict[str, dict[int | None, int]]]:
        """By file and name, the machines of that name: by the number in the file that in the audit."""
        found: dict[str, dict[str, dict[int | None, int]]] = {}
        for number, (file, vm, domain) in enumerate(self.machines):
            found.setdefault(_place(file), {}).setdefault(vm, {})[domain] = number
        return found

    def _machine(self, result: JudgedMachine) -> int | None:
        """The machine that was this one, by its name, or where two have that, also by its number."""
        here = self._by_file.get(_place(result.path), {})
        named = here.get(result.vm)
        if named is None and len(here) == 1 and result.domain is None:
            (named,) = here.values()  # it was given another name
        if not named:
            return None
        return named.get(result.domain, next(iter(named.values())))

    @cached_property
    def _of_machine(self) -> dict[int, list[int]]:
        """The numbers of each machine's findings."""
        found: dict[int, list[int]] = {}
        for number, one in enumerate(self.findings):
            machine = self._by_file[_place(one.file)][one.vm][one.domain]
            found.setdefault(machine, []).append(number)
        return found

    def news(self, result: Result) -> tuple[Result | None, Seen]:
        """What of a result is news, None where nothing is, and what was met again."""
        if isinstance(result, Unread):
            known = (_place(result.path), result.kind) in self._unread_places
            here = self._by_file.get(_place(result.path), {})
            return (None if known else result), self._left_alone(
                number for named in here.values() for number in named.values()
            )
        number = self._machine(result)
        if number is None:
            return (replace(result, late=True) if result.findings or result.accepted else None), Seen()
        matching = _Matching([(one, self.findings[one]) for one in self._of_machine.get(number, ())])
        standing = matching.unknown(result, result.findings, accepted=False)
        accepted = {id(one) for one in matching.unknown(result, [one for one, _ in result.accepted], None)}
        pairs = tuple(pair for pair in result.accepted if id(pair[0]) in accepted)
        seen = Seen(frozenset(matching.seen), frozenset((number,)))
        new = replace(result, findings=tuple(standing), accepted=pairs, late=True)
        return (new if standing or pairs else None), seen

    def _left_alone(self, machines: Iterable[int]) -> Seen:
        """Machines whose file could not be read now: nothing is known to be gone."""
        numbers = frozenset(machines)
        return Seen(frozenset(one for number in numbers for one in self._of_machine.get(number, ())), numbers)

    @cached_property
    def _unread_places(self) -> frozenset[tuple[str, str]]:
        return frozenset((_place(file), kind) for file, kind in self.unread)

    def gone(self, seen: Seen) -> Iterator[Known]:
        """The findings that stood, on machines that were met again, and are no more."""
        for machine in sorted(seen.machines):
            for number in self._of_machine.get(machine, ()):
                if number not in seen.findings and not self.findings[number].accepted:
                    yield self.findings[number]

    def is_fault_known(self, fault: Finding) -> bool:
        """Whether the earlier audit told of that fault of the accept file."""
        return (fault.rule, fault.message) in self.accept


class _Matching:
    """The findings a machine had; each is met again once, first by what tells it best."""

    def __init__(self, left: Sequence[tuple[int, Known]]) -> None:
        self._left = dict(left)
        self.seen: set[int] = set()

    def unknown(
        self, judged: JudgedMachine, findings: Iterable[Finding], accepted: bool | None
    ) -> list[Finding]:
        """Those of the findings that it did not have; ``accepted`` is how they stood (None: either way)."""
        rest = list(findings)
        keys = (("rule", "disk", "message"), ("rule", "disk"), ("rule", "source"))
        for fields in keys if self._left else ():
            places: dict[tuple[str, ...], list[int]] = {}
            for number, one in reversed(self._left.items()):
                if accepted in (None, one.accepted):
                    places.setdefault(tuple([getattr(one, field) for field in fields]), []).append(number)
            rest = [one for one in rest if not self._met(places, _known(judged, one), fields)]
        return rest

    def _met(self, places: dict[tuple[str, ...], list[int]], one: Known, fields: tuple[str, ...]) -> bool:
        numbers = places.get(tuple([getattr(one, field) for field in fields]))
        if not numbers or ("source" in fields and not one.source):
            return False
        number = numbers.pop()
        del self._left[number]
        self.seen.add(number)
        return True


def _place(file: str) -> str:
    """One name of a file, whatever folder it was named from."""
    return file if "://" in file else full_name(file)


def _disk_name(address: str | None, target: str | None, source: str | None) -> str:
    return address or target or source or "-"


def _known(judged: JudgedMachine, one: Finding, *, accepted: bool = False) -> Known:
    disk: Disk | None = None if one.disk is None else judged.configuration.disks[one.disk]
    name = "" if disk is None else _disk_name(disk.address, disk.target, disk.source)
    source = "" if disk is None else disk.source
    identity = (one.rule, one.severity.value, one.message)
    return Known(judged.path, judged.vm, judged.domain, name, source, *identity, accepted)


def recorded(results: Iterable[Result]) -> Baseline:
    """What a later audit is compared with, of some results of this one."""
    machines: dict[MachineKey, None] = {}
    findings: list[Known] = []
    unread = set()
    for one in results:
        if isinstance(one, Unread):
            unread.add((one.path, one.kind))
        else:
            machines[one.path, one.vm, one.domain] = None
            findings += [_known(one, finding) for finding in one.findings]
            findings += [_known(one, finding, accepted=True) for finding, _ in one.accepted]
    return Baseline(tuple(machines), tuple(findings), frozenset(unread))


def joined(parts: Sequence[Baseline], name: str) -> Baseline:
    """The parts of one audit as one."""
    machines = dict.fromkeys(machine for part in parts for machine in part.machines)
    findings = tuple(one for part in parts for one in part.findings)
    return Baseline(tuple(machines), findings, frozenset().union(*(part.unread for part in parts)), name=name)


class NewsOnlyError(Exception):
    """An audit that holds news or counts only, so nothing can be compared with it; ``args`` tell which."""


def read_baseline(data: bytes, name: str) -> Baseline | None:
    """An audit that was written as json or jsonl; None where the bytes are no JSON.

    Raises AuditError where this program did not write it, NewsOnlyError where it does not hold all.
    """
    records = records_in(data)
    if records is None:
        return None
    try:
        return _baseline(records, name)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise no_audit(error) from None


def _baseline(records: Sequence[Record], name: str) -> Baseline:
    machines: dict[MachineKey, None] = {}
    findings: list[Known] = []
    unread, accept = set(), set()
    complete = False
    for record in records:
        match record["kind"]:
            case "machine" | "disk":
                machines[_text(record, "file"), _text(record, "vm"), _domain(record)] = None
                findings += _findings_in(record)
            case "unread":
                unread.add((_text(record, "file"), _text(record, "error")))
            case "accept":
                accept.add((_text(record, "rule"), _text(record, "message")))
            case "total":
                complete = bool(record["complete"])
                _refuse_part(record, bool(machines))
    return Baseline(tuple(machines), tuple(findings), frozenset(unread), frozenset(accept), name, complete)


def _refuse_part(total: Record, machines: bool) -> None:
    if total.get("since") is not None:
        raise NewsOnlyError("it was itself written with --changed-since, and holds only what was new")
    if total["machines"] and not machines:
        raise NewsOnlyError("it was written with --summary, and holds only counts")


def _findings_in(record: Record) -> Iterator[Known]:
    disk = record["kind"] == "disk"
    name = _disk_name(record["address"], record["target"], record["source"]) if disk else ""
    source = (record["source"] or "") if disk else ""
    if not (isinstance(name, str) and isinstance(source, str)):
        raise TypeError("a name is no text")
    start = (_text(record, "file"), _text(record, "vm"), _domain(record), name, source)
    for one in record["findings"]:
        identity = (_text(one, "rule"), Severity(one["severity"]).value, _text(one, "message"))
        yield Known(*start, *identity, accepted=one["accepted"] is not None)


def _domain(record: Record) -> int | None:
    number = record["domain"]
    if not isinstance(number, int | None):
        raise TypeError("domain is no number")
    return number


def _text(record: Record, key: str) -> str:
    value = record[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} is no text")
    return value
