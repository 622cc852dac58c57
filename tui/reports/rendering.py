"""The work of an audit's processes: judge files, set accepted findings apart, put the rest into words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from tui.fleet.accept import Acceptance, accepting
from tui.fleet.compare import Facts, facts_of, key_of
from tui.fleet.judge import images_of, judge, shared_in
from tui.fleet.records import CRASHED, JudgedMachine, Result, Unread
from tui.fleet.shared_images import hash_of
from tui.fleet.tally import Tally
from tui.fleet.walk import Found
from tui.reports.report import Report
from tui.rules import Hypervisor, Topic, topics_of


@dataclass(frozen=True, slots=True)
class Part:
    """The text of a few results and their counts; ``facts`` and ``judged`` only where they were asked for.

    ``images`` are the hashes of each machine's images, by its file.
    """

    text: str
    tally: Tally
    files: int
    facts: dict[tuple[str, ...], Facts] = field(default_factory=dict)
    judged: tuple[JudgedMachine, ...] = ()
    images: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Rendering:
    """Files in, their part of a report out. Picklable; made once and handed to every process.

    ``remember`` keeps what a later look can be compared with, ``keep`` the machines with findings themselves.
    ``topic`` leaves out what is found on others (None: nothing).
    """

    report: Report
    hypervisor: Hypervisor | None = None
    acceptances: tuple[Acceptance, ...] = ()
    today: date = date.min
    remember: bool = False
    keep: bool = False
    topic: Topic | None = None

    def __call__(self, found: Sequence[Found]) -> Part:
        """The part of a few files."""
        return self._part([result for one in found for result in judge(one, self.hypervisor)], len(found))

    def lost(self, found: Found, why: str) -> Part:
        """The part of a file over which a process died."""
        remedy = "report it with the file, if you may pass it on"
        return self._part([Unread(found.path, CRASHED, why, remedy)], 1)

    def _part(self, results: Sequence[Result], files: int) -> Part:
        tally = Tally()
        results = [self._accepted(result, tally) for result in results]
        for result in results:
            tally.count(result)
        texts = [text for result in results if (text := self.report.part(result))]
        judged = [result for result in results if isinstance(result, JudgedMachine)]
        return Part(
            self.report.separator.join(texts),
            tally,
            files,
            _facts(judged) if self.remember else {},
            tuple(one for one in judged if one.findings) if self.keep else (),
            tuple((one.path, tuple(hash_of(use.image) for use in images_of(one))) for one in judged),
        )

    def shared(self, files: Sequence[str]) -> Iterator[Part]:
        """The late part of each machine that shares an image: the disks in question, not counted again."""
        for judged in shared_in(files, self.hypervisor):
            tally = Tally()
            result = self._accepted(judged, tally)
            if not isinstance(result, JudgedMachine):
                continue
            tally.count_late(result)
            yield Part(self.report.part(result), tally, 0)

    def _accepted(self, result: Result, tally: Tally) -> Result:
        if isinstance(result, Unread):
            return result
        if self.topic is not None:
            found = tuple(one for one in result.findings if self.topic in topics_of(one.rule))
            result = replace(result, findings=found)
        if not self.acceptances:
            return result
        judged, used = accepting(result, self.acceptances, self.today)
        tally.used |= used
        return judged


def _facts(machines: Sequence[JudgedMachine]) -> dict[tuple[str, ...], Facts]:
    found = {}
    for judged in machines:
        for disk in judged.rows:
            rules = [one.rule for one, _ in judged.on(disk.index)]
            facts = facts_of(disk, judged.path, judged.vm, rules)
            found[key_of(facts, judged.domain)] = facts
    return found
