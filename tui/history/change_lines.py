"""How a change is written down: lines of JSON, and the change that such lines tell of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from tui.history.change import Caller, Change, Outcome, Record
from tui.history.domain_words import DomainWords
from tui.history.process import Process, moment
from tui.history.splices import Splice

SCHEMA = "diskmode.change/1"


class Kind(StrEnum):
    """What a line behind the first says."""

    PLANNED = "planned"
    BEGUN = "begun"
    SAVED = "saved"
    FAILED = "failed"
    ENDED = "ended"
    STOPPED = "stopped"
    RESUMED = "resumed"


def change_line(change: Change) -> dict[str, Any]:
    """The first line: what is about to be done, and by whom."""
    return {
        "schema": SCHEMA,
        "id": change.id,
        "caller": change.caller,
        "what": change.what,
        "began": change.began,
        "of": change.of,
        **change.writer.as_json(),
    }


def begun_line(number: int, record: Record) -> dict[str, Any]:
    """A file is about to be changed."""
    splices = [one.as_json() for one in record.splices]
    values = {"file": record.file, "before": record.before, "after": record.after, "splices": splices}
    domain = {} if record.domain is None else {"domain": record.domain.as_json()}
    replaced = {"replaced": True} if record.replaced else {}
    named = {"named": record.named} if record.named else {}
    return {Kind.BEGUN: number, **values, **domain, **replaced, **named}


def planned_line(number: int, record: Record) -> dict[str, Any]:
    """A file is to be changed, once those before it are."""
    line = begun_line(number, record)
    return {Kind.PLANNED.value: line.pop(Kind.BEGUN.value), **line}


def outcome_line(number: int, outcome: Outcome) -> dict[str, Any]:
    """How the change of that file ended."""
    return {outcome.value: number}


def ended_line() -> dict[str, Any]:
    """The change ran to its end."""
    return {Kind.ENDED: True}


def stopped_line() -> dict[str, Any]:
    """The person stopped it."""
    return {Kind.STOPPED: True}


def resumed_line(writer: Process) -> dict[str, Any]:
    """Another process finishes what was killed."""
    return {Kind.RESUMED: True, **writer.as_json()}


def read_change(lines: Iterable[object]) -> Change | None:
    """The change that lines tell of; None where they tell of none. Lines that say nothing are left out."""
    found: Change | None = None
    records: dict[int, Record] = {}
    planned: dict[int, Record] = {}
    for line in lines:
        if not isinstance(line, dict):
            continue
        try:
            if found is not None and Kind.PLANNED.value in line:
                planned[_number_in(line)] = _record_in(line)
            else:
                found = _change(line) if found is None else _went_on(found, records, line)
        except (KeyError, TypeError, ValueError):
            if found is None:
                return None
    if found is None:
        return None
    return replace(found, records=tuple(records.values()), planned=tuple(planned.values()))


def _change(line: Mapping[str, Any]) -> Change:
    if line["schema"] != SCHEMA:
        raise ValueError("another kind of file")
    of = line["of"]
    return Change(
        str(line["id"]),
        Caller(line["caller"]),
        str(line["what"]),
        moment(line["began"]),
        Process.from_json(line),
        None if of is None else str(of),
    )


def _number_in(line: Mapping[str, Any]) -> int:
    number = line[Kind.PLANNED.value]
    if not isinstance(number, int):
        raise TypeError("a number was expected")
    return number


def _record_in(line: Mapping[str, Any]) -> Record:
    splices = tuple(Splice.from_json(one) for one in line["splices"])
    domain = DomainWords.from_json(line["domain"]) if "domain" in line else None
    file, before, after = (str(line[name]) for name in ("file", "before", "after"))
    named = str(line["named"]) if "named" in line else None
    return Record(file, before, after, splices, domain=domain, replaced="replaced" in line, named=named)


def _went_on(change: Change, records: dict[int, Record], line: Mapping[str, Any]) -> Change:
    match line:
        case {Kind.BEGUN.value: int(number)}:
            records[number] = _record_in(line)
        case {Kind.SAVED.value: int(number)}:
            records[number] = replace(records[number], outcome=Outcome.SAVED)
        case {Kind.FAILED.value: int(number)}:
            records[number] = replace(records[number], outcome=Outcome.FAILED)
        case {Kind.ENDED.value: _}:
            return replace(change, ended=True)
        case {Kind.STOPPED.value: _}:
            return replace(change, stopped=True)
        case {Kind.RESUMED.value: _}:
            return replace(change, writer=Process.from_json(line), ended=False, stopped=False)
    return change
