"""SARIF 2.1.0 (OASIS, errata 01), for code scanning and what else reads it.

Each finding is a result, and so is a file that could not be judged; an accepted finding carries a suppression
with its reason. What is wrong with the accept file is a notification of the run. Fingerprints are made of
file, machine, disk, rule and message, so a finding is known again when lines move.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from tui import __version__
from tui.disks import Disk
from tui.fleet.accept import EXPIRED, UNUSED
from tui.fleet.records import JudgedMachine, Result, Unread
from tui.fleet.tally import Totals
from tui.reports.values import name_of
from tui.rules import RULES, Finding, Severity

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


class Sarif:
    """One run."""

    separator = ",\n"

    def head(self) -> str:
        """Up to the first result."""
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
            return _encoded(_unread(result))
        return self.separator.join(map(_encoded, _results(result)))

    def tail(self, totals: Totals) -> str:
        """From behind the last result."""
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
        return f'\n],\n"invocations":[{_encoded(invocation)}]}}]}}\n'


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
    told = "\0".join((judged.path, str(judged.domain or ""), name, one.rule, one.message))
    return {
        "ruleId": one.rule,
        "level": _LEVELS[one.severity],
        "message": {"text": message},
        "locations": [_location(judged, one, disk)],
        "partialFingerprints": {_FINGERPRINT: sha256(told.encode("utf-8", "surrogateescape")).hexdigest()},
    }


def _location(judged: JudgedMachine, one: Finding, disk: Disk | None) -> dict[str, Any]:
    line = one.line or (None if disk is None else _first_line(judged, disk))
    location: dict[str, Any] = {"physicalLocation": _physical(judged.path, line)}
    if disk is not None:
        full = f"{judged.vm}/{name_of(disk)}"
        location["logicalLocations"] = [
            {"name": name_of(disk), "fullyQualifiedName": full, "kind": "resource"}
        ]
    return location


def _first_line(judged: JudgedMachine, disk: Disk) -> int | None:
    """The line (from 1) on which the file begins to tell of a disk."""
    lines = judged.configuration.disk_lines
    return lines[disk.index][0] + 1 if disk.index < len(lines) and lines[disk.index] else None


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
