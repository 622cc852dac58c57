"""What a rule is: data, and small functions that look at a machine or at a change of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from tui.disks import Configuration, Disk, Remark
from tui.rules.finding import Severity
from tui.rules.hypervisors import Hypervisor


@dataclass(frozen=True, slots=True)
class Change:
    """An edit to be judged: the machine as it was read, before the edit, and as the edit would leave it."""

    found: Configuration
    before: Configuration
    after: Configuration


State = Callable[[Configuration], Iterable[Remark]]
Transition = Callable[[Change, Disk], str | None]


def nowhere(_: Configuration) -> Iterable[Remark]:
    """The state of a rule that judges changes only."""
    return ()


def on_each_disk(look: Callable[[Disk], str | None]) -> State:
    """A state rule that looks at one disk at a time; ``look`` gives the detail for the message, or None."""

    def find(configuration: Configuration) -> Iterable[Remark]:
        for disk in configuration.disks:
            detail = look(disk)
            if detail is not None:
                yield Remark(detail, disk=disk.index)

    return find


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table.

    ``finds`` yields what is wrong with a machine as it stands, at ``severity``. ``forbids`` gives the detail
    where a change of one disk is refused; an error newly found on a changed disk refuses it too. ``message``
    and ``advice`` are for a person, with ``{detail}`` and ``{disk}`` filled in; ``source`` is where the fact
    is from.
    """

    id: str
    severity: Severity
    hypervisors: Collection[Hypervisor]
    finds: State
    message: str
    advice: str
    source: str
    forbids: Transition | None = None
