"""JSON: one document, or one object a line; all in ASCII, so a terminal cannot be commanded by it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from tui.fleet.judged import JudgedMachine, Result, Unread
from tui.fleet.since import Known
from tui.fleet.tally import Totals
from tui.fleet.written import SCHEMA
from tui.reports.values import (
    accept_values,
    disk_values,
    finding_values,
    gone_values,
    machine_values,
    total_values,
    unread_values,
)

_encoded = json.JSONEncoder(separators=(", ", ": "), check_circular=False).encode


def _begun(kind: str) -> str:
    """What a line begins with."""
    return f'{{"schema": "{SCHEMA}", "kind": "{kind}", '


def _line(kind: str, values: dict[str, Any]) -> str:
    return f"{_begun(kind)}{_encoded(values)[1:]}\n"


class JsonLines:
    """One disk a line; a machine has one where it has no disk or findings of its own; the total is last."""

    separator = ""

    def head(self) -> str:
        """Nothing: each line stands for itself."""
        return ""

    def part(self, result: Result) -> str:
        """A line for each disk, and one for the machine where it has findings of its own."""
        if isinstance(result, Unread):
            return _line("unread", unread_values(result))
        return "".join(self._lines(result))

    def _lines(self, judged: JudgedMachine) -> Iterator[str]:
        machine = _encoded(machine_values(judged))[1:-1]  # once for all its lines
        own = finding_values(judged, None)
        rows = list(judged.rows)
        if own or not rows:
            yield f'{_begun("machine")}{machine}, "findings": {_encoded(own)}}}\n'
        start = f"{_begun('disk')}{machine}, "
        for disk in rows:
            yield f"{start}{_encoded(disk_values(judged, disk))[1:]}\n"

    def tail(self, totals: Totals) -> str:
        """What is wrong with the accept file, what is gone since the baseline, and the total."""
        lines = [_line("accept", accept_values(one)) for one in totals.leftovers]
        lines += [_line("gone", gone_values(one)) for one in _gone(totals)]
        return "".join(lines) + _line("total", total_values(totals))


class Json:
    """One document: ``schema``, ``results``, ``accept``, ``gone`` (beside a baseline) and ``totals``."""

    separator = ",\n"

    def head(self) -> str:
        """The name of the schema, and the start of the array of results."""
        return f'{{"schema": "{SCHEMA}",\n"results": [\n'

    def part(self, result: Result) -> str:
        """One result on a line of its own."""
        if isinstance(result, Unread):
            return _encoded({"kind": "unread", **unread_values(result)})
        disks = [disk_values(result, disk) for disk in result.rows]
        findings = finding_values(result, None)
        return _encoded({"kind": "machine", **machine_values(result), "disks": disks, "findings": findings})

    def tail(self, totals: Totals) -> str:
        """The end of the array, then the accept file, what is gone, and the totals."""
        accept = _encoded([accept_values(one) for one in totals.leftovers])
        gone = "" if totals.since is None else f'"gone": {_encoded(list(map(gone_values, _gone(totals))))},\n'
        return f'\n],\n"accept": {accept},\n{gone}"totals": {_encoded(total_values(totals))}}}\n'


def _gone(totals: Totals) -> Sequence[Known]:
    return () if totals.since is None else totals.since.gone
