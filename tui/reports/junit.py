"""JUnit XML, as Jenkins, GitLab and others read it: a suite for each machine.

Each error and warning is a test case that failed, an accepted one a case that was skipped, each disk without
either a case that passed; a remark passes and says so in its output. A file that could not be judged is a
case in error. Counts stand at each suite, not at the root: a part is written as it comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from tui.fleet.judged import JudgedMachine, Result, Unread
from tui.fleet.since import Since
from tui.fleet.tally import Totals
from tui.reports.values import gone_name, name_of
from tui.rules import Finding, Severity
from tui.visible import visible


class Case(NamedTuple):
    """A test case: where it belongs, its name, how it ended (failure, error, skipped, system-out or "")."""

    name: str
    ended: str = ""
    kind: str = ""
    message: str = ""
    text: str = ""


class Junit:
    """One document of JUnit: a suite for each machine or unread file, a case for each disk and rule."""

    separator = "\n"

    def head(self) -> str:
        """The XML declaration and the start of the suites."""
        return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="diskmode">\n'

    def part(self, result: Result) -> str:
        """The suite of one result."""
        if isinstance(result, Unread):
            case = Case("can be judged", "error", result.kind, result.reason, result.remedy)
            return _suite(result.path, result.path, [case])
        number = "" if result.domain is None else f", domain {result.domain}"
        return _suite(f"{result.vm} ({result.path}{number})", result.path, list(_cases(result)))

    def tail(self, totals: Totals) -> str:
        """A suite of what is gone since the baseline and wrong with the accept file, if anything is."""
        cases = [] if totals.since is None else list(_since(totals.since))
        cases += [_case(one, "accept file") for one in totals.leftovers]
        if not totals.complete:
            cases.append(Case("all was looked at", "error", "interrupted", "there may be more"))
        return (f"\n{_suite('the audit', 'diskmode', cases)}" if cases else "") + "\n</testsuites>\n"


def _since(since: Since) -> Iterator[Case]:
    """What is gone passes now; a report of news that there is none is no empty one."""
    yield Case("was compared with the baseline", "system-out", text=since.name)
    for one in since.gone:
        yield Case(f"{gone_name(one)}: {one.rule}", "system-out", text=f"gone: {one.message}")


def _cases(judged: JudgedMachine) -> Iterator[Case]:
    grave = set()
    for one in judged.findings:
        grave.add(one.disk)
        yield _case(one, _named(judged, one))
    for one, reason in judged.accepted:
        yield Case(f"{_named(judged, one)}: {one.rule}", "skipped", "", f"accepted: {reason}")
    if not judged.late:
        yield from (Case(name_of(disk)) for disk in judged.rows if disk.index not in grave)


def _named(judged: JudgedMachine, one: Finding) -> str:
    return "machine" if one.disk is None else name_of(judged.configuration.disks[one.disk])


def _case(one: Finding, of: str) -> Case:
    ended = "system-out" if one.severity is Severity.INFO else "failure"
    line = f"line {one.line}: " if one.line else ""
    return Case(
        f"{of}: {one.rule}", ended, one.severity.value, one.message, f"{line}{one.message}; {one.advice}"
    )


def _suite(name: str, file: str, cases: list[Case]) -> str:
    ends = [case.ended for case in cases]
    counts = " ".join(
        f'{count}="{number}"'
        for count, number in (
            ("tests", len(cases)),
            ("failures", ends.count("failure")),
            ("errors", ends.count("error")),
            ("skipped", ends.count("skipped")),
        )
    )
    lines = [f"<testsuite name={_quoted(name)} {counts}>", *(_element(case, file) for case in cases)]
    return "\n".join((*lines, "</testsuite>"))


def _element(case: Case, file: str) -> str:
    start = f"  <testcase classname={_quoted(file)} name={_quoted(case.name)}"
    if not case.ended:
        return f"{start}/>"
    if case.ended == "system-out":
        return f"{start}><system-out>{_text(case.text)}</system-out></testcase>"
    kind = f" type={_quoted(case.kind)}" if case.kind else ""
    inside = f"<{case.ended}{kind} message={_quoted(case.message)}"
    inside += f">{_text(case.text)}</{case.ended}>" if case.text else "/>"
    return f"{start}>{inside}</testcase>"


def _quoted(text: str) -> str:
    return quoteattr(_allowed(text))


def _text(text: str) -> str:
    return escape(_allowed(text))


def _allowed(text: str) -> str:
    """What XML may hold: control characters and halves of a pair are shown as their escapes."""
    shown = visible(text)
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in shown)
