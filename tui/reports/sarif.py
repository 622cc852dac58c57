"""SARIF 2.1.0 (OASIS, errata 01), for code scanning and what else reads it.

Each finding is a result, and so is a file that could not be judged; an accepted finding carries a suppression
with its reason. What is wrong with the accept file is a notification of the run. Fingerprints are made of
file, machine, disk, rule and message, so a finding is known again when lines move.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from tui import __version__
from tui.disks import Disk
from tui.fleet.accept import EXPIRED, UNUSED
from tui.fleet.judged import JudgedMachine, Result, Unread
from tui.fleet.since import Known
from tui.fleet.tally import Totals
from tui.reports.values import first_line, gone_name, name_of
from tui.rules import Finding, Severity
from tui.rules.all_rules import RULES

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_OWN_RULES = {
    EXPIRED: "an entry of the accept file has expired",
    UNUSED: "an entry of the accept file matches no finding",
}
_FINGERPRINT = "diskmode/v1"
_encoded = json.JSONEncoder(separators=(",", ":")).encode


def _rules() -> list[dict[str, Any]]:
    rules = [
        {
            "id": rule.id,
            "shortDescription": {"text": _without_details(rule.message)},
            "help": {"text": f"{_without_details(rule.advice)}. Source: {rule.source}"},
        }
        for rule in RULES
    ]
    return rules + [{"id": id_, "shortDescription": {"text": text}} for id_, text in _OWN_RULES.items()]


def _without_details(message: str) -> str:
    return message.format_map({"detail": "…", "disk": "the disk"})


@dataclass(frozen=True, slots=True)
class Sarif:
    """One run. With ``news`` each result says how it stands to the baseline: new, or absent now."""

    news: bool = False

    @property
    def separator(self) -> str:
        """The comma between two results."""
        return ",\n"

    def head(self) -> str:
        """The run up to its results: the tool and every rule it has."""
        driver = {
            "name": "diskmode",
            "semanticVersion": __version__,
            "rules": _rules(),
        }
        return (
            f'{{"$schema":"{_SCHEMA}","version":"2.1.0","runs":[{{"tool":{{"driver":{_encoded(driver)}}},\n'
            '"columnKind":"unicodeCodePoints",\n"results":[\n'
        )

    def part(self, result: Result) -> str:
        """The results of a machine."""
        if isinstance(result, Unread):
            return _encoded(self._state(_unread(result)))
        return self.separator.join(_encoded(self._state(one)) for one in _results(result))

    def _state(self, result: dict[str, Any]) -> dict[str, Any]:
        return {**result, "baselineState": "new"} if self.news else result

    def tail(self, totals: Totals) -> str:
        """From behind the last result."""
        absent = [] if totals.since is None else [_encoded(_absent(one)) for one in totals.since.gone]
        if absent and _has_results(totals):
            absent[0] = self.separator + absent[0]
        whole = totals.complete and not totals.tally.files_unread
        invocation: dict[str, Any] = {
            "executionSuccessful": whole,
            "toolConfigurationNotifications": [
                {
                    "descriptor": {"id": one.rule},
                    "level": _LEVELS[one.severity],
                    "message": {"text": one.message},
                }
                for one in totals.leftovers
            ],
        }
        results = self.separator.join(absent)
        return f'{results}\n],\n"invocations":[{_encoded(invocation)}]}}]}}\n'


def _has_results(totals: Totals) -> bool:
    """Whether there is a result: the accept file's faults, counted among the findings, are none."""
    tally = totals.tally
    results = tally.rules.total() - len(totals.leftovers) + tally.accepted.total() + tally.files_unread
    return results > 0


def _absent(known: Known) -> dict[str, Any]:
    """A finding of the baseline that is no more."""
    identity = (known.file, str(known.domain or ""), known.disk, known.rule, known.message)
    return {
        "ruleId": known.rule,
        "level": _LEVELS[Severity(known.severity)],
        "message": {"text": f"{gone_name(known)}: {known.message}"},
        "locations": [{"physicalLocation": _physical(known.file, None)}],
        "partialFingerprints": {_FINGERPRINT: _fingerprint(identity)},
        "baselineState": "absent",
    }


def _fingerprint(identity: Sequence[str]) -> str:
    return sha256("\0".join(identity).encode("utf-8", "surrogateescape")).hexdigest()


def _results(judged: JudgedMachine) -> Iterator[dict[str, Any]]:
    for one in judged.findings:
        yield _result(judged, one)
    for one, reason in judged.accepted:
        suppression = {"kind": "external", "status": "accepted", "justification": reason}
        yield {**_result(judged, one), "suppressions": [suppression]}


def _result(judged: JudgedMachine, one: Finding) -> dict[str, Any]:
    disk = None if one.disk is None else judged.configuration.disks[one.disk]
    name = "" if disk is None else name_of(disk)
    message = f"{judged.vm}{f', {name}' if name else ''}: {one.message}; {one.advice}"
    identity = (judged.path, str(judged.domain or ""), name, one.rule, one.message)
    return {
        "ruleId": one.rule,
        "level": _LEVELS[one.severity],
        "message": {"text": message},
        "locations": [_location(judged, one, disk)],
        "partialFingerprints": {_FINGERPRINT: _fingerprint(identity)},
    }


def _location(judged: JudgedMachine, one: Finding, disk: Disk | None) -> dict[str, Any]:
    line = one.line or (None if disk is None else first_line(judged, disk))
    location: dict[str, Any] = {"physicalLocation": _physical(judged.path, line)}
    if disk is not None:
        full = f"{judged.vm}/{name_of(disk)}"
        location["logicalLocations"] = [
            {"name": name_of(disk), "fullyQualifiedName": full, "kind": "resource"}
        ]
    return location


def _physical(path: str, line: int | None) -> dict[str, Any]:
    raw = path.encode("utf-8", "surrogateescape")
    uri = f"file://{quote(raw)}" if path.startswith("/") else quote(raw)
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if line is not None:
        physical["region"] = {"startLine": line}
    return physical


def _unread(unread: Unread) -> dict[str, Any]:
    """A file that could not be judged: a result of its own kind, so that none is held until the end."""
    return {
        "ruleId": f"unread/{unread.kind}",
        "level": "error",
        "kind": "fail",
        "message": {"text": f"{unread.reason}; {unread.remedy}"},
        "locations": [{"physicalLocation": _physical(unread.path, unread.line)}],
    }
