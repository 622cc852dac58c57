"""What to ask for instead of a snapshot that is refused: only what the planner itself takes."""

from __future__ import annotations

from collections.abc import Sequence

from tui.disks import Configuration, Device, Disk, Preset
from tui.disks.snapshot import DomainSnapshot, Listed
from tui.rules.hypervisors import VMWARE, Hypervisor
from tui.rules.plan_align import is_regular_file
from tui.rules.plan_blockers import has_job
from tui.rules.plan_qemu import is_transient
from tui.rules.plan_values import Request, Standing
from tui.rules.planner import first_refusal, make_plan
from tui.rules.ways import BACKUP, DISK_ONLY, WITHOUT_MEMORY, WayAnswer, calls_that_work, ways

_LEFT = (Preset.NO, Preset.MANUAL)
_STATES = {True: "while it runs", False: "while it is off"}


def advice_for(request: Request) -> str | None:
    """What the planner takes of the machine instead, in a sentence, or None where it takes nothing.

    What the request says of single disks is taken over where that is not what is refused.
    """
    if request.snapshot.listed:
        snapshot = request.snapshot._replace(memory=None, memory_file=None)
        alone = request._replace(disk_only=True, snapshot=snapshot)
        if first_refusal(alone) is None:
            return f"{WITHOUT_MEMORY if request.hypervisor in VMWARE else DISK_ONLY} works"
    bare = _bare(request)
    said = bare is not None and request.snapshot.listed and "--override" not in bare
    return f"with no override, {bare}" if said else bare


def only_by_name(
    configuration: Configuration,
    hypervisor: Hypervisor,
    *,
    running: bool | None = None,
    has: frozenset[Standing] = frozenset(),
) -> str | None:
    """The call that takes a snapshot once it names disks, where none is taken of the machine as it is.

    ``running`` is the state of the machine, None: either; ``has`` what stands already. None where one works
    as it is, or none at all.
    """
    if calls_that_work(configuration, hypervisor, running=running, has=has):
        return None
    states = (False, True) if running is None else (running,)
    found = (_by_name(Request(configuration, hypervisor, running=state, has=has)) for state in states)
    return next((one.removesuffix(" works") for one in found if one), None)


def _bare(request: Request) -> str | None:
    answers = [one for one in _answers(request) if one.way.kind is None and one.works and one.covered]
    now = [one for one in answers if one.way.running is request.running]
    if now:
        return f"{now[0].way.call} works"
    named = _by_name(request)
    if named is not None:
        return named
    sources = with_sources(request)
    if sources is not None:
        return f"{sources} works (--snapshot-xml)"
    if answers:
        return f"{answers[0].way.call} {_STATES[answers[0].way.running]} works"
    backups = (one for one in _answers(request) if one.way.call == BACKUP and one.works)
    return f"{BACKUP} {_STATES[True]} works" if next(backups, None) else None


def _answers(request: Request) -> tuple[WayAnswer, ...]:
    return ways(request.configuration, request.hypervisor, request.has)


def _by_name(request: Request) -> str | None:
    """``--disk-only`` with the disks named that stand in its way; those left out stay so where they may."""
    if request.hypervisor is not Hypervisor.QEMU:
        return None
    disks = request.configuration.disks
    kept = [disk for disk in disks if disk.preset not in _LEFT]
    return _naming(request, kept) or _naming(request, disks)


def _naming(request: Request, disks: Sequence[Disk]) -> str | None:
    words = {
        disk.target: word
        for disk in disks
        if (word := _word_for(disk, busy=request.running and has_job(disk)))
    }
    listed = tuple(Listed(target, word.value) for target, word in words.items())
    plan = make_plan(request._replace(snapshot=DomainSnapshot(listed=listed), disk_only=True))
    if not words or plan.refused is not None or not plan.covered:
        return None
    return f"{DISK_ONLY} {' '.join(f'--override {target}={word}' for target, word in words.items())} works"


def with_sources(request: Request) -> str | None:
    """``--disk-only`` with a ``<source>`` for each overlay that libvirt names none for by itself."""
    disks = [one for one in request.configuration.disks if one.is_disk and not (one.empty or one.read_only)]
    unnamed = [one.target for one in disks if one.preset not in _LEFT and not is_regular_file(one)]
    if request.hypervisor is not Hypervisor.QEMU or not unnamed:
        return None
    listed = tuple(Listed(target, Preset.EXTERNAL.value, file="/OVERLAY") for target in unnamed)
    plan = make_plan(request._replace(snapshot=DomainSnapshot(listed=listed), disk_only=True))
    if plan.refused is not None:
        return None
    return f"{DISK_ONLY} with a <source> for {', '.join(unnamed)}"


def _word_for(disk: Disk, *, busy: bool) -> Preset | None:
    """What a snapshot of the disks alone must say of a disk whose preset says another thing.

    One that is ``busy`` with a job is left out.
    """
    if disk.empty or not disk.target or (disk.read_only and disk.preset in (None, Preset.NO)):
        return None
    can = (
        not (busy or is_transient(disk) or disk.shareable or disk.read_only) and disk.device is not Device.LUN
    )
    wanted = Preset.EXTERNAL if can and is_regular_file(disk) else Preset.NO
    return None if disk.preset is wanted or (disk.preset is None and wanted is Preset.EXTERNAL) else wanted
