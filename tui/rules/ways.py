"""Every way to ask for a snapshot or a backup of a machine, and what the one planner answers to each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.cached import cached_property
from tui.disks import Configuration, Disk, HostFacts, Power
from tui.disks.snapshot import DomainSnapshot
from tui.rules.hypervisors import VMWARE, Hypervisor
from tui.rules.plan_values import BackupKind, Plan, PlanRefusal, Request, Standing
from tui.rules.planner import covered_by, first_refusal, make_plan

if TYPE_CHECKING:
    from tui.rules.plan_backup import BackupPlan, BackupRequest

# No such file is written: its name stands for any.
_MEMORY_FILE = "/MEMORY"


class Way(NamedTuple):
    """A way of asking: ``call`` is what it is called, ``running`` the state of the machine."""

    call: str
    running: bool
    disk_only: bool = False
    memory_file: bool = False
    quiesced: bool = False
    kind: BackupKind | None = None


PLAIN, DISK_ONLY, MEMORY, BACKUP, CHECKPOINT = (
    "plain",
    "--disk-only",
    "memory external",
    "backup-begin",
    "checkpoint",
)
WITH_MEMORY, WITHOUT_MEMORY, QUIESCED = "with memory", "without memory", "quiesced"
_OF_LIBVIRT = tuple(
    way
    for running in (False, True)
    for way in (
        Way(PLAIN, running),
        Way(DISK_ONLY, running, disk_only=True),
        Way(MEMORY, running, memory_file=True),
        Way(BACKUP, running, kind=BackupKind.BACKUP),
        Way(CHECKPOINT, running, kind=BackupKind.CHECKPOINT),
    )
)
_OF_VMWARE = (
    Way(WITHOUT_MEMORY, running=False, disk_only=True),
    Way(WITHOUT_MEMORY, running=True, disk_only=True),
    Way(WITH_MEMORY, running=True),
    Way(QUIESCED, running=True, quiesced=True),
)


class WayAnswer:
    """What the planner says of one way; worked out when it is first asked for."""

    def __init__(
        self, way: Way, configuration: Configuration, hypervisor: Hypervisor, has: frozenset[Standing]
    ) -> None:
        self.way = way
        self._asked = (configuration, hypervisor, has)

    @cached_property
    def _request(self) -> Request | BackupRequest:
        configuration, hypervisor, has = self._asked
        way = self.way
        if way.kind is not None:
            from tui.rules.plan_backup import BackupRequest  # noqa: PLC0415 - VMware has none

            return BackupRequest(configuration, hypervisor, way.kind, way.running)
        return request_of(way, configuration, hypervisor, has)

    @cached_property
    def plan(self) -> Plan | BackupPlan:
        """What the planner makes of it: each disk, the memory, a refusal, warnings."""
        request = self._request
        if isinstance(request, Request):
            return make_plan(request)
        from tui.rules.plan_backup import plan_backup  # noqa: PLC0415 - as above

        return plan_backup(request)

    @cached_property
    def refused(self) -> PlanRefusal | None:
        """The first reason why not."""
        request = self._request
        if isinstance(request, Request):  # no sentence on any disk is asked for
            return first_refusal(request)
        return self.plan.refused

    @property
    def works(self) -> bool:
        """Whether the hypervisor takes it."""
        return self.refused is None

    @property
    def word(self) -> str:
        """``yes``, ``yes !`` with a warning, ``no``, or ``?`` where it is not known."""
        if self.refused is not None:
            return "?" if self.refused.is_unknown else "no"
        return "yes !" if self.warnings else "yes"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is answered "ok" and yet cannot be given back."""
        return tuple(one.message for one in self.plan.warnings) if isinstance(self.plan, Plan) else ()

    @property
    def covered_disks(self) -> tuple[Disk, ...]:
        """The disks it gives back, as they stand in what it was asked of."""
        return tuple(self._asked[0].disks[index] for index in self.covered)

    @property
    def covered(self) -> tuple[int, ...]:
        """The indexes of the disks it gives back; none where it is refused."""
        if not self.works:
            return ()
        request = self._request
        if isinstance(request, Request):
            return covered_by(request)
        return tuple(one.disk.index for one in self.plan.disks if one.covered)


def request_of(
    way: Way,
    configuration: Configuration,
    hypervisor: Hypervisor,
    has: frozenset[Standing] = frozenset(),
) -> Request:
    """The request a way of asking for a snapshot stands for, with nothing said of any disk."""
    snapshot = DomainSnapshot(memory_file=_MEMORY_FILE) if way.memory_file else DomainSnapshot()
    return Request(
        configuration,
        hypervisor,
        snapshot,
        disk_only=way.disk_only,
        running=way.running,
        has=has,
        quiesced=way.quiesced,
    )


def ways(
    configuration: Configuration, hypervisor: Hypervisor, has: frozenset[Standing] = frozenset()
) -> tuple[WayAnswer, ...]:
    """Every way there is with a hypervisor, with the planner's answer; those while it is off first."""
    return tuple([WayAnswer(way, configuration, hypervisor, has) for way in _known_with(hypervisor)])


def ways_as_it_stands(
    configured: Configuration,
    running: Configuration,
    hypervisor: Hypervisor,
    has: frozenset[Standing] = frozenset(),
) -> tuple[WayAnswer, ...]:
    """Every way: while it is off of the machine as it is ``configured``, and of what it runs with else.

    The two are one but where a running machine was changed: that counts from its next start.
    """
    by_configuration = ways(configured, hypervisor, has)
    if configured is running:
        return by_configuration
    live = ways(running, hypervisor, has)
    return tuple(now if now.way.running else then for now, then in zip(live, by_configuration, strict=True))


def standing_at(host: HostFacts | None) -> frozenset[Standing]:
    """What the host says there is already; which kind a snapshot is, only some hosts tell."""
    if host is None:
        return frozenset()
    found = {Standing.CHECKPOINT} if host.checkpoints else set()
    if host.power is Power.ASLEEP:
        found.add(Standing.ASLEEP)
    if host.snapshots is not None and host.external is not None:
        if host.external.intersection(host.snapshots):
            found.add(Standing.EXTERNAL)
        if host.external.issubset(host.snapshots) and len(host.external) < len(host.snapshots):
            found.add(Standing.INTERNAL)
    return frozenset(found)


def answer_to(call: str, configuration: Configuration, hypervisor: Hypervisor, *, running: bool) -> WayAnswer:
    """The planner's answer to one way."""
    way = next(one for one in _known_with(hypervisor) if one.call == call and one.running == running)
    return WayAnswer(way, configuration, hypervisor, frozenset())


def _known_with(hypervisor: Hypervisor) -> tuple[Way, ...]:
    return _OF_VMWARE if hypervisor in VMWARE else _OF_LIBVIRT


# Told in a line


def in_a_line(answers: tuple[WayAnswer, ...], hypervisor: Hypervisor, *, by_name: bool = False) -> str:
    """``snapshots: plain no · --disk-only yes · backup-begin yes``; ``!``: with a warning.

    ``by_name``: one of the disks alone can be taken once disks are named (see
    :func:`tui.rules.plan_advice.only_by_name`).
    """
    unknown = next((one.refused for one in answers if one.refused and one.refused.is_unknown), None)
    if unknown is not None:
        return f"snapshots: not known: {unknown.message}"
    calls = (WITHOUT_MEMORY, WITH_MEMORY, QUIESCED) if hypervisor in VMWARE else (PLAIN, DISK_ONLY, BACKUP)
    return "snapshots: " + " · ".join(
        f"{call} {_BY_NAME if by_name and call == DISK_ONLY else _word(call, answers)}" for call in calls
    )


_BY_NAME = "only by naming disks"


def _word(call: str, answers: tuple[WayAnswer, ...]) -> str:
    by_state = {one.way.running: one for one in answers if one.way.call == call}
    works = {running: one.works for running, one in by_state.items()}
    if not any(works.values()):
        return "no"
    warned = " !" if any(one.works and one.warnings for one in by_state.values()) else ""
    if all(works.values()) or call in (BACKUP, CHECKPOINT):
        return f"yes{warned}"
    return f"{'running' if works.get(True) else 'off'} only{warned}"


def calls_that_work(
    configuration: Configuration,
    hypervisor: Hypervisor,
    *,
    running: bool | None = None,
    has: frozenset[Standing] = frozenset(),
) -> tuple[str, ...]:
    """The calls for a snapshot that work, of a machine in any state, or in one, beside what it ``has``."""
    found = (
        one.way.call
        for one in ways(configuration, hypervisor, has)
        if one.way.kind is None and running in (None, one.way.running) and one.works and one.covered
    )
    return tuple(dict.fromkeys(found))
