"""The run of an audit: what was found is judged, what was accepted is set apart, all is counted.

The work is done a few files at a time in processes; each makes of a result what its owner wants of it (a part
of a report, a row's values), so that no more than that is handed back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Generic, TypeVar

from tui.disks import NEWEST, Format, LibvirtVersion
from tui.fleet.judge_file import image_names, judge, shared_in
from tui.fleet.judged import CRASHED, JudgedMachine, Result, Unread
from tui.fleet.pool import in_order
from tui.fleet.shared_images import SharedImages, hash_of
from tui.fleet.since import Seen, Since
from tui.fleet.tally import Tally, Totals
from tui.fleet.walk import Candidate, Found
from tui.formats.opening import load
from tui.rules import Finding, Hypervisor
from tui.rules.topics import Topic, topics_of

if TYPE_CHECKING:
    from tui.fleet.accept import Acceptance
    from tui.fleet.baseline import Baseline
    from tui.fleet.comparison import Facts

# ruff: noqa: PLC0415 - what few audits ask for is loaded only then
View = TypeVar("View")
_NONE = Seen()
_REPORT_IT = "report it with the file, if you may pass it on"


@dataclass(frozen=True, slots=True)
class AuditPart(Generic[View]):
    """A few files' results, as they are viewed, and their counts; ``facts`` and ``record`` where remembered.

    ``images`` are the hashes of each machine's images, by its file; ``seen`` is what of a baseline was met.
    """

    views: tuple[View, ...]
    tally: Tally
    files: int
    facts: dict[tuple[str, ...], Facts] = field(default_factory=dict)
    images: tuple[tuple[str, tuple[int, ...]], ...] = ()
    record: Baseline | None = None
    seen: Seen = _NONE


@dataclass(frozen=True, slots=True)
class Judging(Generic[View]):
    """Files in, their part of an audit out. Picklable; made once and handed to every process.

    ``view`` is what becomes of each result. ``today`` is the day by which an acceptance expires.
    ``remember`` keeps what a later audit can be compared with. ``topic`` leaves out what is found on others
    (None: nothing). ``only_machines`` passes over what was named and is no machine. What ``baseline`` knows
    is neither viewed nor counted.
    """

    view: Callable[[Result], View]
    hypervisor: Hypervisor | None = None
    acceptances: tuple[Acceptance, ...] = ()
    today: date = date.min
    remember: bool = False
    libvirt: LibvirtVersion = NEWEST
    topic: Topic | None = None
    only_machines: bool = False
    baseline: Baseline | None = None

    def __call__(self, found: Sequence[Found]) -> AuditPart[View]:
        """The part of a few files. Never raises for what they hold."""
        judged = [
            result for one in found for result in judge(self._asked(one), self.hypervisor, self.libvirt)
        ]
        return self._part(judged, len(found))

    def _asked(self, found: Found) -> Found:
        """What was named is looked at as what is met in a folder, where only machines count."""
        return found._replace(asked=False) if self.only_machines and isinstance(found, Candidate) else found

    def lost(self, found: Found, why: str) -> AuditPart[View]:
        """The part of a file over which a process died."""
        return self._part([Unread(found.path, CRASHED, why, _REPORT_IT, link=found.link)], 1)

    def _part(self, results: Sequence[Result], files: int) -> AuditPart[View]:
        tally = Tally()
        results = [self._accepted(result, tally) for result in results]
        told, seen = self._news(results)
        for result in results:
            tally.count_place(result)
        for result in told:
            tally.count_found(result)
        images = tuple(
            (one.path, tuple([hash_of(name) for name in image_names(one)]))
            for one in results
            if isinstance(one, JudgedMachine)
        )
        views = tuple(self.view(result) for result in told)
        return AuditPart(views, tally, files, self._facts(results), images, self._record(results), seen)

    def _news(self, results: Sequence[Result]) -> tuple[Sequence[Result], Seen]:
        """What of some results is told, and what of the baseline was met again."""
        if self.baseline is None:
            return results, _NONE
        told, seen = [], Seen()
        for result in results:
            news, met = self.baseline.news(result)
            seen |= met
            if news is not None:
                told.append(news)
        return told, seen

    def late(self, files: Sequence[str]) -> Iterator[AuditPart[View]]:
        """The late part of each machine that shares an image: the disks in question, not counted again."""
        for judged in shared_in(files, self.hypervisor):
            tally = Tally()
            result = self._accepted(judged, tally)
            told, seen = self._news([result])
            for one in told:
                tally.count_found(one)
            record = self._record([result])
            yield AuditPart(tuple(self.view(one) for one in told), tally, 0, record=record, seen=seen)

    def _facts(self, results: Sequence[Result]) -> dict[tuple[str, ...], Facts]:
        """What of some results is remembered to be compared, disk by disk."""
        if not self.remember:
            return {}
        from tui.fleet.comparison import facts_in

        return facts_in(results)

    def _record(self, results: Sequence[Result]) -> Baseline | None:
        """What of some results is remembered as the next audit's baseline."""
        if not self.remember:
            return None
        from tui.fleet.baseline import recorded

        return recorded(results)

    def _accepted(self, result: Result, tally: Tally) -> Result:
        if isinstance(result, Unread):
            return result
        if self.topic is not None:
            found = tuple(one for one in result.findings if self.topic in topics_of(one.rule))
            result = replace(result, findings=found)
        if not self.acceptances:
            return result
        from tui.fleet.accept import accepting

        judged, used = accepting(result, self.acceptances, self.today)
        tally.used |= used
        return judged


@contextmanager
def _closing(found: Iterator[Found]) -> Iterator[None]:
    """Let a walk end with the run that was made of it."""
    try:
        yield
    finally:
        if isinstance(found, Generator):
            found.close()


class AuditRun(Generic[View]):
    """One audit under way: its parts as they come, its counts so far, and its totals once it ends.

    Nothing is read before ``parts`` is iterated. ``stop`` may be called from another thread, or by a signal.
    Files of the formats ``awaited`` come from other hosts: what judges them is made ready until they do.
    """

    def __init__(
        self,
        found: Iterable[Found],
        judging: Judging[View],
        workers: int | None = None,
        *,
        awaited: Collection[Format] = (),
    ) -> None:
        self._found = found
        self._judging = judging
        self._workers = workers
        self._awaited = awaited
        self._stopped = False
        self.files = 0
        self.tally = Tally()
        self.facts: dict[tuple[str, ...], Facts] = {}
        self._records: list[Baseline] = []
        self._seen_findings: set[int] = set()
        self._seen_machines: set[int] = set()
        self._images = SharedImages()

    def parts(self) -> Iterator[AuditPart[View]]:
        """The parts, in the order the files were found in, each counted before it is given."""
        found = iter(self._found)
        load(self._awaited)
        awaited = bool(self._awaited)
        parts = in_order(self._judging, found, self._judging.lost, self._workers, awaited=awaited)
        with _closing(found), closing(parts):
            for part in parts:
                if self._stopped:
                    break
                self.files += part.files
                self._take(part)
                self.facts.update(part.facts)
                for file, hashes in part.images:
                    self._images.take(file, hashes)
                yield part
                if self._stopped:
                    break
        yield from self._late_parts()

    def _late_parts(self) -> Iterator[AuditPart[View]]:
        """What only the whole tells: images that more than one machine uses."""
        if self._stopped:
            return
        for part in self._judging.late(self._images.suspects()):
            self._take(part)
            yield part

    def _take(self, part: AuditPart[View]) -> None:
        self.tally.add(part.tally)
        if part.record is not None:
            self._records.append(part.record)
        if part.seen is not _NONE:
            self._seen_findings.update(part.seen.findings)
            self._seen_machines.update(part.seen.machines)

    def record(self, name: str) -> Baseline | None:
        """What was remembered, for a later audit to be compared with; None where nothing was."""
        if not self._judging.remember:
            return None
        from tui.fleet.baseline import joined

        return joined(self._records, name)

    def stop(self) -> None:
        """End it with what there is."""
        self._stopped = True

    def totals(self) -> Totals:
        """The counts, and what is wrong with the accept file: not told of a run that was stopped before."""
        judging = self._judging
        if self._stopped:
            since = None if judging.baseline is None else Since(judging.baseline.name)
            return Totals(self.tally, complete=False, since=since)
        unused = self._unused()
        tally = Tally()
        tally.add(self.tally)
        tally.count_findings(unused)
        return Totals(tally, unused, since=self._since())

    def _unused(self) -> tuple[Finding, ...]:
        """What is wrong with the accept file that was given, and was not at the time of the baseline."""
        judging = self._judging
        if not judging.acceptances:
            return ()
        from tui.fleet.accept import leftovers

        unused = leftovers(judging.acceptances, frozenset(self.tally.used), judging.today)
        known = judging.baseline
        return tuple(one for one in unused if known is None or not known.is_fault_known(one))

    def _since(self) -> Since | None:
        """What became of the baseline; a finding on another topic than this audit's is not gone."""
        baseline, topic = self._judging.baseline, self._judging.topic
        if baseline is None:
            return None
        seen = Seen(frozenset(self._seen_findings), frozenset(self._seen_machines))
        gone = (one for one in baseline.gone(seen) if topic is None or topic in topics_of(one.rule))
        return Since(baseline.name, tuple(gone), len(baseline.machines) - len(seen.machines))
