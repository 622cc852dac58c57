"""Running an audit: files in, a report out, counted and told while it goes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import IO

from tui.cli.files import problems_of
from tui.cli.interrupts import Stop
from tui.cli.messages import Problem, print_lines, print_text
from tui.cli.progress import Progress
from tui.fleet.accept import leftovers
from tui.fleet.compare import Facts, compare_audits
from tui.fleet.pool import in_order
from tui.fleet.tally import Tally
from tui.fleet.walk import Found, walk
from tui.reports import Rendering, Summary, Totals
from tui.reports.drift import drift_lines
from tui.rules import Finding
from tui.storage import write_new

Write = Callable[[str], None]


@dataclass(slots=True)
class Run:
    """What a run left: the counts, and what a later one can be compared with."""

    totals: Totals
    facts: dict[tuple[str, ...], Facts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Looks:
    """One look at some places, or one after another. ``stop`` ends it with what there is."""

    names: Iterable[str]
    exclude: Sequence[str]
    rendering: Rendering
    jobs: int | None
    stop: Stop

    def run(self, write: Write) -> Run:
        """Judge everything and write the report, part by part."""
        facts: dict[tuple[str, ...], Facts] = {}
        progress = Progress("files")
        report = self.rendering.report
        write(report.head())
        tally = self._judged(write, progress, facts)
        progress.clear()
        unused = self._leftovers(tally)
        tally.count_findings(unused)
        totals = Totals(tally, unused, complete=not self.stop.asked)
        write(report.tail(totals))
        return Run(totals, facts)

    def _judged(self, write: Write, progress: Progress, facts: dict[tuple[str, ...], Facts]) -> Tally:
        tally, done, separator = Tally(), 0, ""
        found = _counted(walk(self.names, self.exclude), progress, self.stop)
        with closing(in_order(self.rendering, found, self.rendering.lost, self.jobs)) as parts:
            for part in parts:
                tally.add(part.tally)
                facts.update(part.facts)
                done += part.files
                if part.text:
                    progress.clear()
                    write(separator + part.text)
                    separator = self.rendering.report.separator
                progress.at(done)
                if self.stop.asked:
                    break
        return tally

    def _leftovers(self, tally: Tally) -> tuple[Finding, ...]:
        """What is wrong with the accept file. An interrupted look may not have reached what it is about."""
        if self.stop.asked:
            return ()
        return leftovers(self.rendering.acceptances, frozenset(tally.used), self.rendering.today)

    def watch(self, last: Run, seconds: float) -> Run:
        """Look again every so many seconds and tell what changed, until it is stopped."""
        quiet = replace(self, rendering=replace(self.rendering, report=Summary(self.rendering.report)))
        while not self.stop.wait(seconds):
            now = quiet.run(_nowhere)
            if self.stop.asked:
                break
            at = datetime.now().astimezone().strftime("%H:%M:%S")
            for drift in compare_audits(last.facts, now.facts):
                for line in drift_lines(drift, ("the look before", "this look")):
                    print_lines(f"{at} {line}")
            last = now
        return last


def _nowhere(text: str) -> None:
    """Only what changes is told."""


def _counted(found: Iterable[Found], progress: Progress, stop: Stop) -> Iterable[Found]:
    """Where somebody looks on, all files are found first: only then is it known how long it takes."""
    if not progress.wanted:
        return found
    listed: list[Found] = []
    for one in found:
        listed.append(one)
        progress.at(len(listed))
        if stop.asked:
            break
    progress.total = len(listed)
    return listed


@contextmanager
def destination(out: str | None, *, force: bool) -> Iterator[Write]:
    """Where the report goes: standard output as it comes, or a file that is there when it is whole."""
    if out is None or out == "-":
        yield print_text
        return
    path = Path(out)
    if not force and path.exists():
        raise Problem(
            "there is already a file of this name", "choose another name, or give --force", file=out
        )
    with tempfile.SpooledTemporaryFile(max_size=1 << 24, mode="w+b") as spool:
        yield _writer(spool)
        spool.seek(0)
        with problems_of(out):
            write_new(out, spool.read(), overwrite=force)


def _writer(spool: IO[bytes]) -> Write:
    def write(text: str) -> None:
        spool.write(text.encode("utf-8", "backslashreplace"))

    return write
