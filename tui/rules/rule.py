"""What a rule is: data, and small functions that look at a machine or at a change of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar

from tui.disks import Configuration, Disk, Format, Remark
from tui.rules.finding import Severity
from tui.rules.hypervisors import Hypervisor


class PolicyEdit(NamedTuple):
    """An edit to be judged: the machine as it was read, before the edit, and as the edit would leave it.

    ``hypervisor`` is whose rules it is judged by, once it is judged.
    """

    found: Configuration
    before: Configuration
    after: Configuration
    hypervisor: Hypervisor = Hypervisor.OTHER


Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
State = Callable[[Configuration], Iterable[Remark]]
Transition = Callable[[PolicyEdit, Disk], str | None]
Severities = Mapping[Hypervisor, Severity]


def errors(hypervisors: Iterable[Hypervisor]) -> dict[Hypervisor, Severity]:
    """An error for each of these, and no rule for the others."""
    return dict.fromkeys(hypervisors, Severity.ERROR)


def warnings(hypervisors: Iterable[Hypervisor]) -> dict[Hypervisor, Severity]:
    """A warning for each of these, and no rule for the others."""
    return dict.fromkeys(hypervisors, Severity.WARNING)


def infos(hypervisors: Iterable[Hypervisor]) -> dict[Hypervisor, Severity]:
    """An info for each of these, and no rule for the others."""
    return dict.fromkeys(hypervisors, Severity.INFO)


def nowhere(_: Configuration) -> Iterable[Remark]:
    """The state of a rule that judges changes only."""
    return ()


class EachDisk:
    """The state of a rule that looks at one disk alone: what it finds holds as long as the disk is the same.

    ``among`` is what it finds on some disks of a machine.
    """

    __slots__ = ("among",)

    def __init__(self, among: Callable[[Iterable[Disk]], Iterable[Remark]]) -> None:
        self.among = among

    def __call__(self, configuration: Configuration) -> Iterable[Remark]:
        return self.among(configuration.disks)


def on_each_disk(look: Callable[[Disk], str | None]) -> EachDisk:
    """The state of a rule that asks each disk; ``look`` gives the detail for the message, or None."""
    return EachDisk(
        lambda disks: [
            Remark(detail, None, disk.index) for disk in disks if (detail := look(disk)) is not None
        ]
    )


def on_each_disk_of(look: Callable[[Configuration, Disk], str | None]) -> State:
    """Like :func:`on_each_disk`, for a rule that must know the machine as well."""

    def find(configuration: Configuration) -> Iterable[Remark]:
        return [
            Remark(detail, disk=disk.index)
            for disk in configuration.disks
            if (detail := look(configuration, disk)) is not None
        ]

    return find


def on_disks_in(which: Callable[[Configuration], Mapping[int, str]]) -> State:
    """The state of a rule on the disks that ``which`` names by index, each with the detail: few, if any."""

    def find(configuration: Configuration) -> Iterable[Remark]:
        named = which(configuration)
        return [Remark(detail, disk=index) for index, detail in sorted(named.items())] if named else ()

    return find


def on_disks(fits: Callable[[Disk], bool]) -> EachDisk:
    """Like :func:`on_each_disk`, for a rule without a detail."""
    return EachDisk(lambda disks: [Remark("", None, disk.index) for disk in disks if fits(disk)])


def asked_once(of: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
    """``of``, with its last answer kept for those who ask of one machine, or plan, one after the other.

    It is known by being the same object: comparing two whole ones would cost more than judging them.
    """
    last: tuple[Asked, Answer] | None = None

    def answer(asked: Asked) -> Answer:
        nonlocal last
        known = last  # read once: another thread may judge another machine
        if known is None or known[0] is not asked:
            last = known = (asked, of(asked))
        return known[1]

    return answer


class Rule(NamedTuple):
    """One row of the table.

    ``severity`` is by hypervisor; where a hypervisor is not in it the rule does not apply. ``condition`` says
    when it does, in the file's words. ``finds`` yields what is wrong with a machine as it stands. ``forbids``
    gives the detail where it objects to a change of one disk, at ``change_severity`` (None: ``severity``); an
    error newly found on a changed disk refuses the change too. ``message`` and ``advice`` are for a person,
    with ``{detail}`` and ``{disk}`` filled in; ``source`` is where the fact is from. ``locks`` says that a
    disk it is found on cannot be edited, ``overridable`` that a person may insist on a change it forbids,
    but where ``settled`` says that what it goes by is no guess.
    ``blocks`` False: an error it newly finds refuses no change, as only a spelling asked for brings it about.
    ``of`` is the one format whose words it finds something in (None: of either).
    """

    id: str
    severity: Severities
    condition: str
    finds: State
    message: str
    advice: str
    source: str
    forbids: Transition | None = None
    change_severity: Severities | None = None
    locks: bool = False
    overridable: bool = False
    settled: Callable[[Configuration], bool] | None = None
    blocks: bool = True
    of: Format | None = None

    def yields(self, configuration: Configuration) -> bool:
        """Whether a person may insist against it in this machine."""
        return self.overridable and not (self.settled is not None and self.settled(configuration))

    @property
    def is_transition(self) -> bool:
        """Whether it judges changes only, never a state."""
        return self.finds is nowhere

    def severity_of_change(self, hypervisor: Hypervisor) -> Severity | None:
        """How grave a change it forbids is, or None where it judges none."""
        if self.forbids is None:
            return None
        return (self.change_severity or self.severity).get(hypervisor)
