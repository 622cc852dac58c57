"""GitLab's code quality report: a JSON array of issues, each of one finding.

Source: GitLab, "Code Quality report format": ``description``, ``check_name``, ``fingerprint``, ``severity``,
``location.path`` (relative to the repository, without ``./``) and ``location.lines.begin``. Accepted findings
are left out: the format has no word for them.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from tui.disks import Disk
from tui.fleet.judged import JudgedMachine, Result, Unread
from tui.fleet.tally import Totals
from tui.reports.values import first_line, name_of
from tui.rules import Finding, Severity

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}
_encoded = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Gitlab:
    """One array. Paths below ``here``, the folder the program runs in, are told as the repository does."""

    here: str = ""

    @property
    def separator(self) -> str:
        """The comma between two elements of the array."""
        return ",\n"

    def head(self) -> str:
        """The start of the array."""
        return "[\n"

    def part(self, result: Result) -> str:
        """The issues of one result."""
        if isinstance(result, Unread):
            text = f"{result.reason}; {result.remedy}"
            identity = (result.path, result.kind)
            path = self._relative(result.path)
            return _encoded(_issue(f"unread/{result.kind}", text, "blocker", identity, path, result.line))
        return self.separator.join(map(_encoded, _issues(result, self._relative(result.path))))

    def _relative(self, path: str) -> str:
        return posixpath.normpath(path.removeprefix(f"{self.here}/") if self.here else path)

    def tail(self, totals: Totals) -> str:  # noqa: ARG002 - the protocol's
        """The end. The accept file's faults have no file of the repository, so no issue can hold them."""
        return "\n]\n"


def _issues(judged: JudgedMachine, path: str) -> Iterator[dict[str, Any]]:
    for one in judged.findings:
        disk = None if one.disk is None else judged.configuration.disks[one.disk]
        name = "" if disk is None else name_of(disk)
        text = f"{judged.vm}{f', {name}' if name else ''}: {one.message}; {one.advice}"
        identity = (judged.path, str(judged.domain or ""), name, one.rule, one.message)
        line = _line(judged, one, disk)
        yield _issue(one.rule, text, _SEVERITIES[one.severity], identity, path, line)


def _line(judged: JudgedMachine, one: Finding, disk: Disk | None) -> int | None:
    return one.line or (None if disk is None else first_line(judged, disk))


def _issue(  # noqa: PLR0913, PLR0917 - one for each field
    rule: str, text: str, severity: str, identity: tuple[str, ...], path: str, line: int | None
) -> dict[str, Any]:
    print_ = sha256("\0".join(identity).encode("utf-8", "surrogateescape")).hexdigest()
    return {
        "type": "issue",
        "check_name": rule,
        "description": text,
        "categories": ["Bug Risk"],
        "severity": severity,
        "fingerprint": print_,
        "location": {"path": path, "lines": {"begin": line or 1}},
    }
