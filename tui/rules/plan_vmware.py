"""What VMware's products make of a snapshot: a disk's mode alone decides, so an override must match it.

Sources: M. Bolte, libvir-list, 9 July 2011; libvirt esx_driver.c (it refuses any ``<disks>``) and
vmware_driver.c (it takes no snapshots); vSphere API, SnapshotFault; Workstation manual (mixed modes); vmrun.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tui.disks import MODES, MULTI_WRITER, Configuration, Controller, Disk, Participation, Preset
from tui.disks.snapshot import Listed, Memory
from tui.rules.hypervisors import Hypervisor
from tui.rules.plan_values import (
    DISKMODE,
    VSPHERE,
    Coverage,
    Plan,
    PlannedDisk,
    PlanRefusal,
    PlanWarning,
    Request,
    Why,
    entries_by_disk,
)
from tui.rules.rule import asked_once
from tui.rules.vmware_rules import host_disk, is_independent, is_seen

_WORKSTATION = "Workstation"
_VMWARE = "VMware"
# vSphere's configuration maximums: snapshots in one chain.
_MOST_LEVELS = 32
_VMRUN = "Using vmrun to Control Virtual Machines, snapshot commands"
_OF_ONE_NAME = {
    Hypervisor.ESXI: "libvirt takes no second of one name, and by its name nobody could tell them apart",
    Hypervisor.WORKSTATION: "vmrun could not tell the two apart",
}
_RAW_AND_MEMORY = (
    "is a raw device in physical mode: not confirmed that ESXi keeps the memory beside one, as it refuses "
    "to beside an independent disk"
)
_INSIDE = "such a VM is backed up from inside the guest"
NO_DRIVER = "this function is not supported by the connection driver: virDomainSnapshotCreateXML"


def disk_meant(disks: Sequence[Disk], name: str) -> Disk | None:
    """The disk a name means: by its VMX address, else as libvirt has it."""
    from tui.rules.plan_align import disk_named  # noqa: PLC0415 - see planner: most requests name no disk

    return next((disk for disk in disks if disk.address == name), None) or disk_named(disks, name)


@asked_once
def _entries_of(request: Request) -> Mapping[int, Listed]:
    return entries_by_disk(request, lambda name: disk_meant(request.configuration.disks, name))


def _takes_part(configuration: Configuration, disk: Disk) -> bool:
    return is_seen(disk) and configuration.participation_of(disk) is Participation.YES


def _is_unknown(configuration: Configuration, disk: Disk) -> bool:
    """Whether the word that says it is unknown."""
    if disk.participation is not Participation.UNKNOWN:
        return False  # as nearly every one: an audit asks this of each disk
    return is_seen(disk) and configuration.participation_of(disk) is Participation.UNKNOWN


def plan_of(request: Request, refused: PlanRefusal | None) -> Plan:
    """Each disk, the memory and what is warned of, beside what is known to refuse it."""
    disks = tuple(_planned(request, disk) for disk in request.configuration.disks)
    warnings = () if refused is not None else tuple(_warnings_of(request))
    return Plan(disks, kept_memory(request), refused, warnings)


def covered_by(request: Request) -> tuple[int, ...]:
    """The indexes of the disks that such a snapshot can give back."""
    disks = request.configuration.disks
    return tuple([disk.index for disk in disks if _planned(request, disk).covered])


def _planned(request: Request, disk: Disk) -> PlannedDisk:
    """What becomes of one disk."""
    entry = _entries_of(request).get(disk.index)
    takes_part = _takes_part(request.configuration, disk)
    unknown = _is_unknown(request.configuration, disk)
    return PlannedDisk(
        disk,
        preset=None if unknown else _preset_of(disk),
        override=None if entry is None else entry.word_in_effect,
        coverage=None if unknown else Coverage.YES if takes_part else Coverage.NO,
        file="",
        why=_why(request.configuration, disk),
        reason=_reason(request.configuration, disk, takes_part=takes_part),
    )


def _preset_of(disk: Disk) -> str | None:
    if disk.preset is not None or not disk.is_disk:
        return None if disk.preset is None else disk.preset.value
    return "yes" if disk.policy.snapshot else "no"


def _why(configuration: Configuration, disk: Disk) -> Why:
    if not disk.is_disk or disk.empty:
        return Why.DRIVE
    if not disk.controller_present:
        return Why.UNSEEN
    passed = configuration.is_raw_device(disk) or configuration.is_host_device(disk)
    return Why.RAW_DEVICE if passed else Why.MODE


_LEFT_OUT = {
    Why.DRIVE: "A drive is left out: it holds no data of the VM.",
    Why.UNSEEN: "Its controller is not present: the VM does not see the disk.",
    Why.RAW_DEVICE: "A raw device in physical mode: ESXi leaves it out whatever its mode says.",
}
_PASSED = "A device of the host, and no virtual disk: no snapshot holds it."


def _reason(configuration: Configuration, disk: Disk, *, takes_part: bool) -> str:
    why = _why(configuration, disk)
    if why in _LEFT_OUT:
        return _PASSED if configuration.is_host_device(disk) else _LEFT_OUT[why]
    if _is_unknown(configuration, disk):
        return f"Not known: nobody knows {_word_of(disk)}, which says neither yes nor no."
    label = MODES[disk.mode].label if disk.mode is not None else "as the file says"
    if takes_part:
        return f"Its mode is {label}: its later writes go to a delta disk beside it."
    return f"Its mode is {label}: it is left out, and a revert does not touch it."


def _word_of(disk: Disk) -> str:
    """The unknown word, as the file has it."""
    return disk.bad_preset or f'the mode "{disk.mode_word}"'


def kept_memory(request: Request) -> Memory:
    """A running VM's memory is kept unless the snapshot is of disks only."""
    left_out = request.disk_only or request.quiesced or request.memory is Memory.NO
    return Memory.INTERNAL if request.running and not left_out else Memory.NO


def refusals(request: Request) -> Iterator[PlanRefusal]:
    """What is refused, the machine's own reasons first."""
    for twice in request.configuration.duplicate_keys[:1]:
        yield PlanRefusal(twice.text, "VMware opens no such VM: remove one of the lines", _VMWARE, twice.disk)
    yield from _of_forbidding(request)
    yield from _of_sharing(request)
    if request.hypervisor is Hypervisor.ESXI:
        yield from _of_passing_through(request.configuration)
    if request.hypervisor is Hypervisor.WORKSTATION:
        yield from _of_host_disks(request.configuration)
    yield from _of_missing_files(request.configuration)
    if request.hypervisor is Hypervisor.ESXI:
        yield from _of_long_chains(request.configuration)
    for entry in request.snapshot.listed:
        yield from _of_entry(request, entry)
    if request.memory is Memory.EXTERNAL:
        yield PlanRefusal(
            "memory goes to no file of its own", "VMware keeps it beside the VM, or not at all", _VMWARE
        )
    if request.quiesced:
        yield from _of_quiescing(request)
    yield from _of_unknown_words(request.configuration)
    if request.running:
        yield from _RUNNING[request.hypervisor](request)
    if kept_memory(request) is Memory.NO:
        yield from _of_nothing(request.configuration)


def _of_forbidding(request: Request) -> Iterator[PlanRefusal]:
    """A key of the VMX; only of the one that switches snapshots off is vSphere's answer known."""
    configuration = request.configuration
    forbidding, limit = configuration.no_more_snapshots, configuration.snapshot_limit
    if forbidding is None:
        return
    meaning = f"{forbidding.text} forbids every snapshot of this VM"
    if configuration.snapshots_disabled is None and limit is not None and limit[0]:
        yield PlanRefusal(
            f"no more than {limit[0]} snapshots", f"{forbidding.text}: delete one first", _VMWARE
        )
    elif request.hypervisor is Hypervisor.ESXI:
        yield PlanRefusal("SnapshotDisabled", meaning, VSPHERE)
    else:
        yield PlanRefusal("snapshots are switched off", meaning, _WORKSTATION)


def _warnings_of(request: Request) -> Iterator[PlanWarning]:
    """What is not confirmed, or makes trouble later, of a snapshot that is not refused."""
    configuration, name = request.configuration, request.snapshot.name or ""
    known = configuration.sidecars.snapshots
    if known is not None and name in known.names:
        yield PlanWarning(
            f'the VM has a snapshot "{name}" already: {_OF_ONE_NAME[request.hypervisor]}', _VMRUN
        )
    if request.hypervisor is Hypervisor.WORKSTATION and "/" in name:
        yield PlanWarning(
            f'vmrun takes the "/" in {name} for a path: it cannot be told to go back to it', _VMRUN
        )
    if request.hypervisor is Hypervisor.ESXI and kept_memory(request) is Memory.INTERNAL:
        for disk in configuration.disks:
            if is_seen(disk) and configuration.is_raw_device(disk):
                yield PlanWarning(f"{disk.name} {_RAW_AND_MEMORY}", VSPHERE, disk.index)
                return


def _of_sharing(request: Request) -> Iterator[PlanRefusal]:
    configuration = request.configuration
    for controller in configuration.controllers:
        if controller.shared_bus not in ("", "none"):
            yield PlanRefusal(
                f"{controller} shares its bus ({controller.shared_bus})",
                f"no VM with a shared bus can be snapshotted: {_INSIDE}",
                _VMWARE,
                next((disk.index for disk in configuration.disks if _is_on(disk, controller)), None),
            )
    for disk in configuration.disks:
        if disk.sharing == MULTI_WRITER and _takes_part(configuration, disk):
            yield PlanRefusal(
                f"{disk.name} is written to by several VMs (multi-writer)",
                "a snapshot of it fails: make it independent-persistent, and it is left out",
                _VMWARE,
                disk.index,
            )


def _of_passing_through(configuration: Configuration) -> Iterator[PlanRefusal]:
    device = configuration.passed_through
    if device is not None:
        yield PlanRefusal(
            f"a PCI device of the host is passed through ({device.text})",
            f"vSphere supports no snapshot with one: {_INSIDE}",
            _VMWARE,
        )


def _is_on(disk: Disk, controller: Controller) -> bool:
    place = disk.place
    return (
        disk.is_disk
        and place is not None
        and (place.bus, place.controller) == (controller.bus, controller.number)
    )


def _of_host_disks(configuration: Configuration) -> Iterator[PlanRefusal]:
    for disk in configuration.disks:
        kind = host_disk(configuration, disk)
        if kind is not None:
            yield PlanRefusal(
                f"{disk.name} is a disk of the host ({kind})",
                "a VM that uses one cannot be snapshotted",
                _WORKSTATION,
                disk.index,
            )


def _of_missing_files(configuration: Configuration) -> Iterator[PlanRefusal]:
    """A snapshot makes a delta of each disk that takes part, and opens all that the disk builds on."""
    beside = configuration.sidecars
    if not (beside.missing or beside.chains):
        return
    for disk in configuration.disks:
        if not _takes_part(configuration, disk):
            continue
        chain = beside.chains.get(disk.index)
        missing = beside.missing.get(disk.index) or (None if chain is None else chain.missing)
        if missing is not None:
            yield PlanRefusal(
                f"{missing} of {disk.name} is not there",
                "no delta can be made of a disk that cannot be opened: bring the file back first",
                _VMWARE,
                disk.index,
            )


def _of_long_chains(configuration: Configuration) -> Iterator[PlanRefusal]:
    chains = configuration.sidecars.chains
    for disk in configuration.disks if chains else ():
        chain = chains.get(disk.index)
        deltas = 0 if chain is None else len(chain.files) - 1
        if deltas >= _MOST_LEVELS and _takes_part(configuration, disk):
            yield PlanRefusal(
                "TooManySnapshotLevels",
                f"{disk.name} runs on {deltas} deltas already, and {_MOST_LEVELS} is the most in a chain",
                VSPHERE,
                disk.index,
            )


def _of_unknown_words(configuration: Configuration) -> Iterator[PlanRefusal]:
    """No product says what it makes of such a word, so no promise is made of the machine."""
    for disk in configuration.disks:
        if _is_unknown(configuration, disk):
            meaning = f"whether a snapshot holds {disk.name} nobody can say: choose a mode first"
            yield PlanRefusal(f"nobody knows {_word_of(disk)}", meaning, DISKMODE, disk.index)


def _of_quiescing(request: Request) -> Iterator[PlanRefusal]:
    if request.hypervisor is Hypervisor.WORKSTATION:
        yield PlanRefusal("vmrun snapshot has no such option", "it cannot still the guest", _WORKSTATION)
    elif not request.running:
        yield PlanRefusal(
            "InvalidPowerState", "only a running guest can be quiesced, by its VMware Tools", VSPHERE
        )


def _of_nothing(configuration: Configuration) -> Iterator[PlanRefusal]:
    for disk in configuration.disks:
        if _takes_part(configuration, disk):
            return
    if not any(disk.is_disk and not disk.empty for disk in configuration.disks):
        yield PlanRefusal("it has no disks", "there is nothing a snapshot could keep", _VMWARE)
    else:
        yield PlanRefusal(
            "no disk takes part",
            "every disk is independent, a device mapping or not seen, so nothing would be kept",
            _VMWARE,
        )


def _of_entry(request: Request, entry: Listed) -> Iterator[PlanRefusal]:
    disk = disk_meant(request.configuration.disks, entry.name or "")
    if disk is None:
        yield PlanRefusal(
            f"no disk named '{entry.name or ''}'", "an entry names a target, or a path only one disk has"
        )
        return
    wanted = entry.word_in_effect
    takes_part = _takes_part(request.configuration, disk)
    if wanted is not None and (wanted != Preset.NO.value) != takes_part:
        how = "takes part in every snapshot" if takes_part else "takes part in none"
        yield PlanRefusal(
            _message_of(request.hypervisor),
            f"{disk.name} {how}, as its mode says: change its mode, not the snapshot",
            disk=disk.index,
        )


def _message_of(hypervisor: Hypervisor) -> str:
    return "disk snapshots not supported yet" if hypervisor is Hypervisor.ESXI else NO_DRIVER


def _of_esx(request: Request) -> Iterator[PlanRefusal]:
    if request.configuration.sidecars.template:
        yield PlanRefusal("NotSupported", "a template is never started: there is none that runs", VSPHERE)
    independent = [disk for disk in request.configuration.disks if is_independent(disk)]
    if independent and kept_memory(request) is Memory.INTERNAL:
        yield PlanRefusal(
            "MemorySnapshotOnIndependentDisk",
            f"{independent[0].name} is independent: no memory is kept beside such a disk",
            VSPHERE,
            independent[0].index,
        )


def _of_workstation(request: Request) -> Iterator[PlanRefusal]:
    modes = {disk.mode for disk in request.configuration.disks if is_seen(disk)}
    if len(modes) > 1:
        yield PlanRefusal("disks in different modes", "power the VM off before the snapshot", _WORKSTATION)
    if kept_memory(request) is Memory.NO:
        yield PlanRefusal(
            "vmrun snapshot has no such option", "it keeps a running VM's memory as well", _WORKSTATION
        )


_RUNNING = {Hypervisor.ESXI: _of_esx, Hypervisor.WORKSTATION: _of_workstation}
