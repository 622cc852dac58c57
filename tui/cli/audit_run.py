"""Running an audit from the command line: its report is written part by part, and how far it is, told."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

from tui.cli.files import problems_of, write_output
from tui.cli.interrupts import Stop
from tui.cli.messages import Problem, print_lines, print_text, say
from tui.cli.progress import Progress
from tui.counting import counted
from tui.disks import Format
from tui.fleet.audit import AuditRun, Judging
from tui.fleet.tally import Totals
from tui.fleet.walk import Candidate, Follow, Found, Passed, walk
from tui.reports.report import Report
from tui.storage import is_far
from tui.visible import visible

if TYPE_CHECKING:
    from tui.fleet.baseline import Baseline
    from tui.fleet.comparison import Facts

# ruff: noqa: PLC0415 - what few audits ask for is loaded only then

Write = Callable[[str], None]
# A report is held in memory up to so many bytes, then in the temporary folder.
_IN_MEMORY = 1 << 24
_TWO = ("the audit before", "this audit")


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit left: its totals, and what a later one can be compared with."""

    totals: Totals
    facts: dict[tuple[str, ...], Facts]
    record: Baseline | None


@dataclass(frozen=True, slots=True)
class Audits:
    """One audit of some PATHs, or one after another. ``stop`` ends it with what there is.

    ``judging`` makes of each result its part of ``report``. ``awaited``: see `AuditRun`.
    """

    names: Iterable[str]
    exclude: Sequence[str]
    follow: Follow
    report: Report
    judging: Judging[str]
    jobs: int | None
    hosts: int | None
    stop: Stop
    awaited: Collection[Format] = ()

    def run(self, write: Write) -> Audited:
        """Judge everything and write the report, part by part."""
        progress, passed = Progress("files"), Passed()
        found = walk(self.names, self.exclude, self.follow, passed, self.hosts, progress.hosts)
        if not self.awaited:
            found = _counted(found, progress, self.stop)
        run = AuditRun(found, self.judging, self.jobs, awaited=self.awaited)
        separator = ""
        write(self.report.head())
        for part in run.parts():
            text = self.report.separator.join(filter(None, part.views))
            if text:
                progress.clear()
                write(separator + text)
                separator = self.report.separator
            progress.at(run.files)
            if self.stop.asked:
                run.stop()
        progress.clear()
        if self.stop.asked:  # be it before the first part, or behind the last
            run.stop()
        totals = run.totals()
        write(self.report.tail(totals))
        tell_passed(passed)
        return Audited(totals, run.facts, run.record("the audit before"))

    def watch(self, last: Audited, seconds: float) -> Audited:
        """Audit again every so many seconds and tell what changed, until it is stopped."""
        from tui.fleet.comparison import policy_drifts
        from tui.reports.drift import drift_lines
        from tui.reports.news import News

        while not self.stop.wait(seconds):
            news = replace(
                self, report=News(), judging=replace(self.judging, view=News().part, baseline=last.record)
            )
            parts: list[str] = []
            now = news.run(parts.append)
            if self.stop.asked:
                break
            at = datetime.now().astimezone().strftime("%H:%M:%S")
            changes = (
                change
                for drift in policy_drifts(last.facts, now.facts)
                for change in drift_lines(drift, _TWO)
            )
            for line in (*changes, *"".join(parts).splitlines()):
                print_lines(f"{at} {line}")
            last = now
        return last


def tell_passed(passed: Passed) -> None:
    """Say which links were not followed, so that nobody takes what lies behind them for looked at.

    And which hosts did not say what runs on them.
    """
    for host in passed.unheard:
        say(f"{visible(host)} did not say which of its VMs run: esxcli vm process list failed there")
    if passed.links and passed.first is not None:
        first = f"{passed.first}" if passed.links == 1 else f"{passed.first} the first of them"
        say(f"{counted(passed.links, 'link')} out of PATH not followed, {first}; --follow follows them")


def _counted(found: Iterator[Found], progress: Progress, stop: Stop) -> Iterator[Found]:
    """Where somebody looks on, all files are found first: only then is it known how long it takes.

    Those of another host come with their bytes, and are not held until all are there.
    """
    if not progress.wanted:
        return found
    listed: list[Found] = []
    for one in found:
        listed.append(one)
        if isinstance(one, Candidate) and is_far(one.address):
            return chain(listed, found)
        progress.at(len(listed))
        if stop.asked:
            break
    progress.total = len(listed)
    return iter(listed)


@contextmanager
def destination(out: str | None, *, force: bool) -> Iterator[Write]:
    """Where the report goes: standard output as it comes, or a file once it is whole. Raises Problem."""
    if out is None or out == "-":
        yield print_text
        return
    path = Path(out)
    with problems_of(out):
        taken = not force and _is_taken(path)
    if taken:  # told before thousands of files are judged
        raise Problem(
            "there is already a file of this name",
            "choose another name, or replace it with --force",
            file=out,
        )
    import tempfile

    spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, mode="w+b")  # noqa: SIM115 - closed below
    try:
        yield _writer(spool, out)
        write_output(out, _whole(spool, out), "utf-8", force=force)
    finally:
        with suppress(OSError):  # what could not be written to it has been told
            spool.close()


def _is_taken(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except ValueError:  # no file can have such a name, which writing it tells
        return False


def _writer(spool: IO[bytes], out: str) -> Write:
    def write(text: str) -> None:
        with _no_room(out):
            spool.write(text.encode("utf-8", "backslashreplace"))

    return write


def _whole(spool: IO[bytes], out: str) -> bytes:
    with _no_room(out):
        spool.seek(0)
        return spool.read()


@contextmanager
def _no_room(out: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = os.strerror(error.errno or errno.EIO)
        raise Problem(
            f"the report did not fit into the temporary folder ({why})",
            "let TMPDIR name a folder with more room, or write to standard output",
            file=out,
        ) from error
