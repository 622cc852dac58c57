"""The table for a person: machine by machine, its findings first, then its disks; the totals last."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tui.columns import beginning, cells, padded, shortened, shortened_path
from tui.counting import counted
from tui.disks import Disk, yes_no
from tui.fleet.judged import JudgedMachine, Result, Unread
from tui.fleet.tally import Totals
from tui.reports.values import gone_name, name_of, total_lines
from tui.rules import Finding, Hypervisor, Severity
from tui.visible import visible

NARROWEST = 80
_DISK, _MODE = 10, 25
_ACCEPTED = "~"
_HANGING = "    "
_HYPERVISORS = {Hypervisor.WORKSTATION: "Workstation", Hypervisor.OTHER: "other"}

Style = Callable[[str, Severity], str]


def plain(text: str, _: Severity) -> str:
    """The text as it is: a style without colours."""
    return text


@dataclass(frozen=True, slots=True)
class Table:
    """At most ``width`` cells wide; ``style`` colours the sign of a finding."""

    width: int = NARROWEST
    style: Style = plain

    @property
    def separator(self) -> str:
        """Nothing: each machine ends its own last line."""
        return ""

    def head(self) -> str:
        """Nothing: the first machine comes first."""
        return ""

    def part(self, result: Result) -> str:
        """A machine or a file that could not be judged."""
        lines = self._unread(result) if isinstance(result, Unread) else self._machine(result)
        return "".join(f"{line}\n" for line in lines)

    def _unread(self, unread: Unread) -> Iterator[str]:
        yield shortened_path(visible(unread.path), self.width)
        line = f"line {unread.line}: " if unread.line else ""
        yield from self._marked(Severity.ERROR, f"{unread.kind}: {line}{unread.reason}")

    def _machine(self, judged: JudgedMachine) -> Iterator[str]:
        yield self._heading(judged)
        for one, names in _grouped(judged, judged.findings):
            yield from self._marked(one.severity, f"{names}{_finding_text(one)}")
        for (one, reason), names in _accepted(judged):
            yield from self._wrapped(f"  {_ACCEPTED} {names}{one.rule}, accepted: {reason}")
        if judged.findings or judged.accepted or any(map(judged.is_counted, judged.rows)):
            yield from (
                self._disk(disk, judged.configuration.participation_of(disk).value) for disk in judged.rows
            )

    def _heading(self, judged: JudgedMachine) -> str:
        hypervisor = _HYPERVISORS.get(judged.hypervisor, judged.hypervisor.label)
        disks = counted(sum(disk.is_disk for disk in judged.configuration.disks), "disk")
        number = "" if judged.domain is None else f", domain {judged.domain}"
        if judged.late:
            start = f"{shortened(visible(judged.vm), 30)}{number}, compared with the other machines  "
            return start + shortened_path(visible(judged.path), max(self.width - cells(start), 1))
        link = "" if judged.link is None else ", by a link"
        start = f"{shortened(visible(judged.vm), 30)}  {hypervisor}, {disks}{number}{link}  "
        return start + shortened_path(visible(judged.path), max(self.width - cells(start), 1))

    def _disk(self, disk: Disk, snapshot: str) -> str:
        start = " ".join(
            (
                "   ",
                padded(shortened(visible(name_of(disk)), _DISK), _DISK),
                padded(shortened(visible(disk.shown_mode or "-"), _MODE), _MODE),
                f"snap {snapshot:3}",
                f"keeps {yes_no(disk.policy.persistent):3}",
                "",
            )
        )
        return start + shortened_path(visible(disk.source or "-"), max(self.width - cells(start), 1))

    def _marked(self, severity: Severity, text: str) -> Iterator[str]:
        first, *rest = self._wrapped(f"  {severity.sign} {text}")
        yield first.replace(severity.sign, self.style(severity.sign, severity), 1)
        yield from rest

    def _wrapped(self, text: str) -> list[str]:
        return wrapped(text, self.width, hanging=_HANGING)

    def tail(self, totals: Totals) -> str:
        """What is gone since the baseline, the accept file's faults and the totals."""
        lines: list[str] = []
        if totals.since is not None and totals.since.gone:
            lines += self._wrapped(f"Gone since {totals.since.name}:")
            for known in totals.since.gone:
                lines += self._wrapped(f"  - {gone_name(known)}: {known.rule}: {known.message}")
        for one in totals.leftovers:
            lines += self._marked(one.severity, _finding_text(one))
        lines.append("-" * 20)
        for line in total_lines(totals):
            lines += wrapped(line, self.width, hanging="  ")
        return "".join(f"{line}\n" for line in lines)


def wrapped(text: str, width: int, hanging: str) -> list[str]:
    """Lines of at most ``width`` cells, broken at blanks, and inside a word only where it is too long."""
    shown = visible(text)
    indent = shown[: len(shown) - len(shown.lstrip())]
    lines, line = [], ""
    for word in shown.split():
        if line and cells(line) + 1 + cells(word) <= width:
            line = f"{line} {word}"
            continue
        if line:
            lines.append(line)
        before = hanging if lines else indent
        line = before + word
        while (start := beginning(line, width)) != line:
            cut = max(len(start), len(before) + 1)  # where hardly anything fits, it still ends
            lines.append(line[:cut])
            before, line = hanging, hanging + line[cut:]
    return [*lines, line]


def _finding_text(one: Finding) -> str:
    line = f" (line {one.line})" if one.line and one.disk is None else ""
    return f"{one.rule}: {one.message}{line}"


def _names(judged: JudgedMachine, disks: Sequence[int | None]) -> str:
    known = [name_of(judged.configuration.disks[disk]) for disk in disks if disk is not None]
    return f"{', '.join(known)} " if known else ""


def _grouped(judged: JudgedMachine, findings: Sequence[Finding]) -> Iterator[tuple[Finding, str]]:
    """Each thing that is wrong, once, with the disks it is wrong with; the gravest first."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for one in sorted(findings, key=lambda one: one.severity.rank):
        groups.setdefault((one.rule, _finding_text(one)), []).append(one)
    for group in groups.values():
        yield group[0], _names(judged, [one.disk for one in group])


def _accepted(judged: JudgedMachine) -> Iterator[tuple[tuple[Finding, str], str]]:
    groups: dict[tuple[str, str], list[Finding]] = {}
    for one, reason in judged.accepted:
        groups.setdefault((one.rule, reason), []).append(one)
    for (_, reason), group in groups.items():
        yield (group[0], reason), _names(judged, [one.disk for one in group])
