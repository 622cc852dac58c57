"""What an audit finds in one file, small enough to be handed from process to process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui.disks import Configuration, Disk
from tui.disks.value import value
from tui.rules import Finding, Hypervisor

# Words for programs where a file was read and is no machine; the others are storage's.
BROKEN_XML = "broken-xml"
NOT_A_MACHINE = "not-a-machine"
CRASHED = "crashed"


class Unread(NamedTuple):
    """A file or folder that could not be judged: ``kind`` is a word for programs, ``reason`` a clause.

    ``line`` counts from 1 in the file; None where no line is to blame. ``link`` is the symbolic link it was
    reached by, None where the walk came to it without one.
    """

    path: str
    kind: str
    reason: str
    remedy: str
    line: int | None = None
    link: str | None = None


@value
class JudgedMachine:
    """One machine and everything the rules find in it.

    ``findings`` still stand; ``accepted`` were accepted, each with the reason that was given. ``domain`` is
    the machine's number (from 1) in a file that holds several, None elsewhere; ``link`` the symbolic link its
    file was reached by, if it was. ``late`` says that the machine was told of before, and only what was found
    since is told now. ``no_snapshot`` is why no snapshot of it can be taken at all: None where one can, and
    where nobody asked (see :func:`tui.fleet.skipped.with_snapshot_answer`). ``pending`` are the disks (by
    index) whose policy is another until the machine's next start.
    """

    path: str
    configuration: Configuration
    hypervisor: Hypervisor
    findings: tuple[Finding, ...]
    accepted: tuple[tuple[Finding, str], ...] = ()
    domain: int | None = None
    link: str | None = None
    late: bool = False
    no_snapshot: str | None = None
    pending: frozenset[int] = frozenset()

    @property
    def in_use(self) -> str | None:
        """The file that tells that the machine runs, is open elsewhere or suspended; None: nothing does."""
        known = self.configuration
        return known.sidecars.lock or known.suspended

    @property
    def vm(self) -> str:
        """What the machine is called; its file's name where it has none."""
        return self.configuration.name or self.path.rpartition("/")[2]

    @property
    def rows(self) -> Iterator[Disk]:
        """The disks, and those drives that a rule has something against."""
        named = {one.disk for one in self.findings} | {one.disk for one, _ in self.accepted}
        return (
            disk
            for disk in self.configuration.disks
            if disk.index in named or (disk.is_disk and not self.late)
        )

    def is_counted(self, disk: Disk) -> bool:
        """Whether the totals of an audit count a disk as not in snapshots, unknown or losing its writes."""
        covered = self.configuration.participation_of(disk).covered
        return disk.is_disk and not self.late and not (covered and disk.policy.persistent)

    def on(self, index: int | None) -> tuple[tuple[Finding, str | None], ...]:
        """The findings on one disk (None: on the machine), each with the reason it is accepted for, if so."""
        if not self.findings and not self.accepted:
            return ()
        found: list[tuple[Finding, str | None]] = [(one, None) for one in self.findings if one.disk == index]
        if self.accepted:
            found += [(one, reason) for one, reason in self.accepted if one.disk == index]
        return tuple(found)


Result = JudgedMachine | Unread
