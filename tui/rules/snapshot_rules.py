"""What the planner answers to somebody who asks for a snapshot of a machine as it stands, as findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from tui.disks import Configuration, Device, Disk, Policy, PolicyChange, Preset, Remark
from tui.disks.value import replaced
from tui.rules.hypervisors import QEMU, Hypervisor
from tui.rules.plan_advice import only_by_name, with_sources
from tui.rules.plan_align import is_regular_file
from tui.rules.plan_values import PlanRefusal, Request
from tui.rules.rule import Rule, asked_once, infos, warnings
from tui.rules.ways import BACKUP, DISK_ONLY, PLAIN, WayAnswer, answer_to, calls_that_work, ways

_SOURCE = "the plan of this project, which is what libvirt's QEMU driver answers (measured)"
_LEFT = (Preset.NO, Preset.MANUAL)


class _Finds(NamedTuple):
    """What is found in one machine, by rule."""

    refused: tuple[Remark, ...] = ()
    plain: tuple[Remark, ...] = ()
    by_name: tuple[Remark, ...] = ()
    unsupported: tuple[Remark, ...] = ()


def _is_ordinary(disk: Disk) -> bool:
    """A disk that takes part in every snapshot, whatever is asked, or in none as nothing is in it."""
    if disk.empty or (disk.read_only and disk.preset in (None, Preset.NO)):
        return disk.transient is None
    said = disk.preset is not None or disk.transient is not None or disk.shareable
    return not said and is_regular_file(disk)


@asked_once
def _found(configuration: Configuration) -> _Finds:
    if all(map(_is_ordinary, configuration.disks)):
        return _Finds()
    if _all_left_out(configuration):
        return _left_out(configuration)
    answers = ways(configuration, Hypervisor.QEMU)
    if not _is_any_taken(answers):
        return _all_refused(configuration)
    return _Finds(plain=tuple(_plain_refused(configuration, answers)))


def _snapshots(answers: Sequence[WayAnswer], *, running: bool) -> Iterator[WayAnswer]:
    return (one for one in answers if one.way.kind is None and one.way.running is running)


def _is_any_taken(answers: Sequence[WayAnswer]) -> bool:
    """Whether any snapshot of the running machine, but for one with its memory in a file, holds a disk."""
    asked = [one for one in _snapshots(answers, running=True) if not one.way.memory_file]
    asked.sort(key=lambda one: not one.way.disk_only)  # most works with --disk-only: no other is asked then
    return any(one.works and one.covered for one in asked)


def writable(configuration: Configuration) -> list[Disk]:
    """The disks a snapshot may be about."""
    return [disk for disk in configuration.disks if not (disk.empty or disk.read_only)]


def _all_left_out(configuration: Configuration) -> bool:
    disks = writable(configuration)
    return bool(disks) and all(disk.preset in _LEFT for disk in disks)


def _is_nameable(disk: Disk) -> bool:
    """Whether a snapshot of the disks alone takes it once it is named, whatever else there is."""
    held = disk.transient is not None or disk.shareable or disk.device is Device.LUN
    return not held and disk.source_kind in ("file", "block") and is_regular_file(disk)


def _left_out(configuration: Configuration) -> _Finds:
    """All are left out: what names them in each snapshot loses nothing, where naming them is of use."""
    disks = writable(configuration)
    if any(map(_is_nameable, disks)) or only_by_name(configuration, Hypervisor.QEMU):
        return _Finds(by_name=(Remark(""),))
    silent = _changed(configuration, disks, _silent)
    sources = with_sources(Request(silent, Hypervisor.QEMU, disk_only=True, running=True))
    if sources is not None:
        advice = f"name them in each snapshot, as plan writes it (--snapshot-xml): {sources}"
        return _Finds(by_name=(Remark("", advice=advice),))
    found = _all_refused(configuration)
    return _Finds(unsupported=found.refused + found.unsupported)  # it is meant so: no more than an info


# Nothing works


class _Remedy(NamedTuple):
    """What works, in words behind the refusal, and what to do then."""

    words: str
    advice: str


_ASK_THAT = "ask for the kind that works"
_DO = "do that"
_ASK = "ask that way: plan tells of each, and writes what must be said"
_OTHERWISE = "until then back the VM up from inside the guest, or by its storage's own means"
_NOTHING = "nothing is lost: no disk of it can be written to"


def _all_refused(configuration: Configuration) -> _Finds:
    reason = answer_to(DISK_ONLY, configuration, Hypervisor.QEMU, running=True).refused
    if reason is None:
        return _Finds()
    said = [disk for disk in writable(configuration) if disk.preset or disk.transient or disk.shareable]
    bare = _changed(configuration, said, _without_policy)
    caused = said and _works(bare)
    disk = reason.disk if reason.disk is not None else (said[0].index if caused else None)
    remedy = _remedy(configuration, reason)
    remark = Remark(f'"{reason.message}"; {remedy.words}', disk=disk, advice=remedy.advice)
    return _Finds(refused=(remark,)) if caused else _Finds(unsupported=(remark,))


def _works(configuration: Configuration) -> bool:
    return _is_any_taken(ways(configuration, Hypervisor.QEMU))


def _changed(
    configuration: Configuration, disks: Sequence[Disk], change: Callable[[Disk], Disk]
) -> Configuration:
    indexes = {disk.index for disk in disks}
    return replaced(
        configuration,
        disks=tuple(change(disk) if disk.index in indexes else disk for disk in configuration.disks),
    )


def _without_policy(disk: Disk) -> Disk:
    return replaced(
        disk, preset=None, transient=None, shareable=False, policy=Policy(snapshot=True, persistent=True)
    )


class PresetChange(NamedTuple):
    """What might help: of which disks, what is changed, and what it is called."""

    fits: Callable[[Disk], object]
    wanted: PolicyChange
    words: str

    def change(self, disk: Disk) -> Disk:
        """The disk as it would be."""
        preset = None if self.wanted.no_preset else self.wanted.preset or disk.preset
        transient = None if self.wanted.persistent else disk.transient
        return replaced(disk, preset=preset, transient=transient, policy=self.wanted.policy_for(disk))


_LEFT_OUT = PolicyChange(preset=Preset.NO)
_SILENT = PolicyChange(no_preset=True)
_KEPT = PolicyChange(persistent=True)
PRESET_CHANGES = (
    PresetChange(lambda disk: disk.transient and disk.preset not in _LEFT, _LEFT_OUT, "snapshot='no' for {}"),
    PresetChange(lambda disk: disk.shareable and disk.preset not in _LEFT, _LEFT_OUT, "snapshot='no' for {}"),
    PresetChange(lambda disk: disk.preset is Preset.INTERNAL, _SILENT, "no snapshot='internal' for {}"),
    PresetChange(lambda disk: disk.transient or disk.shareable, _LEFT_OUT, "snapshot='no' for {}"),
    PresetChange(lambda disk: disk.transient, _KEPT, "no <transient/> for {}"),
    PresetChange(lambda disk: disk.preset in _LEFT, _SILENT, "no preset for {}"),
)


def _silent(disk: Disk) -> Disk:
    return replaced(disk, preset=None)


def _remedy(configuration: Configuration, reason: PlanRefusal) -> _Remedy:
    """What the planner takes once it is changed; never a thing it would refuse."""
    for change in PRESET_CHANGES:
        disks = [disk for disk in writable(configuration) if change.fits(disk)]
        if not disks or not all(disk.is_disk for disk in disks):
            continue  # a drive's words are not edited
        answers = ways(_changed(configuration, disks, change.change), Hypervisor.QEMU)
        if _is_any_taken(answers):
            calls = [one.way.call for one in _snapshots(answers, running=True) if one.works and one.covered]
            said = change.words.format(", ".join(disk.target for disk in disks))
            works = f"{' and '.join(dict.fromkeys(calls))} {'work' if len(calls) > 1 else 'works'}"
            named = only_by_name(configuration, Hypervisor.QEMU, running=True) is not None
            return _Remedy(f"with {said} {works}", f"{_DO}, or name the disks" if named else _DO)
    call = _call_left(configuration)
    if call is not None:
        return _Remedy(f"{call} works", _ASK)
    return _Remedy(reason.meaning, _OTHERWISE if writable(configuration) else _NOTHING)


def _call_left(configuration: Configuration) -> str | None:
    """Which way of asking is left of a machine as it is, if only for a backup."""
    off = calls_that_work(configuration, Hypervisor.QEMU, running=False)
    if off:
        return f"{off[0]} while it is off"
    asked = Request(configuration, Hypervisor.QEMU, disk_only=True, running=True)
    call = only_by_name(configuration, Hypervisor.QEMU, running=True) or with_sources(asked)
    if call is None and answer_to(BACKUP, configuration, Hypervisor.QEMU, running=True).works:
        return BACKUP
    return call


# A plain one is refused, and the presets are why


def _plain_refused(configuration: Configuration, answers: Sequence[WayAnswer]) -> Iterator[Remark]:
    said = [disk for disk in writable(configuration) if disk.preset is not None]
    if not said:
        return
    bare = _changed(configuration, said, _silent)
    for running in (False, True):
        answer = next(one for one in _snapshots(answers, running=running) if one.way.call == PLAIN)
        if answer.refused is None or not answer_to(PLAIN, bare, Hypervisor.QEMU, running=running).works:
            continue
        working = (one for one in _snapshots(answers, running=running) if one.works and one.covered)
        left = next((one.way.call for one in working), None)
        if left is None:  # off, where running one works
            left = f"{calls_that_work(configuration, Hypervisor.QEMU, running=True)[0]} of the running VM"
        advice = f"{_ASK_THAT}, or {_without_presets(said)}" if _may_lose_presets(said) else _ASK_THAT
        yield Remark(f'"{answer.refused.message}"; {left} works', disk=said[0].index, advice=advice)
        return


def _may_lose_presets(disks: Sequence[Disk]) -> bool:
    """Whether all of them may take part: a drive is not edited here, and no snapshot holds lost writes."""
    return all(disk.is_disk and disk.transient is None and disk.policy.persistent for disk in disks)


def _without_presets(disks: Sequence[Disk]) -> str:
    return f"take the presets out: set {' '.join(disk.target for disk in disks)} --preset default"


def _refused(configuration: Configuration) -> Iterable[Remark]:
    return _found(configuration).refused


def _plain(configuration: Configuration) -> Iterable[Remark]:
    return _found(configuration).plain


def _by_name(configuration: Configuration) -> Iterable[Remark]:
    return _found(configuration).by_name


def _unsupported(configuration: Configuration) -> Iterable[Remark]:
    return _found(configuration).unsupported


RULES: tuple[Rule, ...] = (
    Rule(
        "snapshots-refused",
        warnings(QEMU),
        "by its presets, <transient/> or <shareable/>, every snapshot of the running VM is refused",
        _refused,
        "every snapshot of the running VM is refused: {detail}",
        "do what is said to work",
        _SOURCE,
    ),
    Rule(
        "plain-snapshot-refused",
        warnings(QEMU),
        "by its presets a plain snapshot is refused, and another kind is not",
        _plain,
        "a plain snapshot is refused: {detail}",
        "ask for the kind that works, or take the presets out (set --preset default)",
        _SOURCE,
    ),
    Rule(
        "snapshots-by-name",
        infos(QEMU),
        "every writable disk says snapshot='no' or 'manual'",
        _by_name,
        "a snapshot takes only the disks that it names: every disk is left out, or left to you",
        "name the disks in each snapshot, as oVirt and other managers do with --disk-only",
        "libvirt qemu_snapshot.c: nothing selected for snapshot; an entry overrides a preset (measured)",
    ),
    Rule(
        "no-snapshot-by-itself",
        infos(QEMU),
        "what its disks are lets no snapshot of the running VM be taken without more being said",
        _unsupported,
        "no snapshot of the running VM is taken without more being said: {detail}",
        _ASK,
        _SOURCE,
    ),
)
