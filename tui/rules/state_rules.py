"""Rules on what lies beside a machine: chains of deltas, files that are not there, what a run left behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tui.counting import counted
from tui.disks import Chain, Configuration, Format, Remark
from tui.rules.change_rules import parents_in
from tui.rules.hypervisors import ALL, QEMU, VMWARE
from tui.rules.rule import Rule, infos, on_disks_in, warnings
from tui.rules.vmware_rules import is_seen


def _too_many_deltas(configuration: Configuration) -> Iterator[Remark]:
    """More deltas of the machine's own than it has snapshots."""
    sidecars = configuration.sidecars
    snapshots, chains = sidecars.snapshots, sidecars.chains
    known = snapshots is not None or (
        bool(sidecars.images) and not any(one.disk is None for one in sidecars.unknown)
    )
    if not known:
        return
    count = 0 if snapshots is None else snapshots.count
    have = counted(count, "snapshot") if count else "no snapshot"
    for index in sorted(chains.keys() | parents_in(configuration).keys()):
        deltas = _own_deltas(chains[index]) if index in chains else 1
        if deltas > count:
            yield Remark(f"{counted(deltas, 'delta')}, and the VM has {have}", disk=index)


def _own_deltas(chain: Chain) -> int:
    own = chain.files if chain.outside is None else chain.files[: chain.files.index(chain.outside)]
    return len(own) - 1


def _consolidations(configuration: Configuration) -> Iterable[Remark]:
    """What vCenter says counts; of an export nothing else does, which tells no clone's parent."""
    if configuration.consolidation:
        return [Remark("deltas, as vCenter says")]
    if configuration.format is Format.RVTOOLS:
        return ()
    found = list(_too_many_deltas(configuration))
    snapshots = configuration.sidecars.snapshots
    said = snapshots is not None and snapshots.consolidation
    return found or ([Remark("deltas, as its .vmsd says")] if said else [])


def _parents_missing(configuration: Configuration) -> Mapping[int, str]:
    chains = configuration.sidecars.chains
    return {index: chain.missing for index, chain in chains.items() if chain.missing is not None}


def _left_by(configuration: Configuration) -> Mapping[int, str]:
    chains = configuration.sidecars.chains
    return {index: chain.outside for index, chain in chains.items() if chain.outside is not None}


_NONE_TO_TAKE_IN = "back it up by the storage's own means, or from inside the guest: no mode changes that"


def _nothing_covered(configuration: Configuration) -> Iterable[Remark]:
    disks = []
    for disk in configuration.disks:
        if is_seen(disk):
            if configuration.participation_of(disk).covered is not False:
                return  # as nearly every machine's first disk tells
            disks.append(disk)
    if disks:
        held = all(disk.locked or configuration.is_raw_device(disk) for disk in disks)
        told = "its disk is" if len(disks) == 1 else f"all its {len(disks)} disks are"
        yield Remark(told, advice=_NONE_TO_TAKE_IN if held else "")


RULES: tuple[Rule, ...] = (
    Rule(
        "consolidation-needed",
        warnings(VMWARE),
        "the disk runs on more deltas than the .vmsd counts snapshots, or the .vmsd says so itself",
        _consolidations,
        "its disks need consolidation: this one runs on {detail}",
        "consolidate its disks before they fill the datastore; if it has no snapshot: take one, delete all",
        "vSphere API, VirtualMachineRuntimeInfo.consolidationNeeded; Broadcom KB 343413 (was 2003638)",
    ),
    Rule(
        "disk-missing",
        warnings(ALL),
        "the disk's file is not there, though others of the VM are",
        on_disks_in(lambda configuration: configuration.sidecars.missing),
        "its file is not there: {detail}",
        "restore the file, or take the disk out of the machine: it does not start without it",
        "this project: an image is looked for where its hypervisor would look",
    ),
    Rule(
        "parent-missing",
        warnings(VMWARE),
        "an image that the disk's delta builds on is not there",
        on_disks_in(_parents_missing),
        "an image it builds on is not there: {detail}",
        "bring that file back: without it the disk cannot be opened",
        "Virtual Disk Format 5.0, parentFileNameHint",
    ),
    Rule(
        "linked-clone",
        infos(VMWARE),
        "the chain of the disk's images leaves the machine's folder",
        on_disks_in(_left_by),
        "a linked clone: it builds on {detail}, which is not the machine's own",
        "keep that file as it is; make a full clone before this machine is moved or the other one removed",
        "Workstation manual, linked clones; Virtual Disk Format 5.0, parentFileNameHint",
    ),
    Rule(
        "vm-template",
        infos(VMWARE),
        "the file is a .vmtx",
        lambda configuration: (Remark(""),) if configuration.sidecars.template else (),
        "a template: it is never started, and each machine deployed from it has its disks' modes",
        "mend it here before the next one is deployed; those that were are mended one by one",
        "vSphere API, VirtualMachineConfigSummary.template; PowerOnVM_Task: NotSupported for a template",
    ),
    Rule(
        "transient-leftover",
        warnings(QEMU),
        "IMAGE.TRANSIENT-NAME lies beside the disk's image",
        on_disks_in(lambda configuration: configuration.sidecars.overlays),
        "the overlay of a run is still there: {detail}",
        "if the machine is off, remove that file: while it is there, the machine does not start",
        "measured: libvirt's QEMU driver leaves it after a crash, and then refuses to start",
    ),
    Rule(
        "in-two-machines",
        warnings(ALL),
        "another machine of the same audit uses the disk's image, and not both say alike that it is shared",
        on_disks_in(lambda configuration: configuration.sidecars.others),
        "another machine uses the same image: {detail}",
        "never run both at once before each says that the disk is shared, in the same mode",
        "libvirt formatdomain, shareable; Broadcom KB 326781: two unknowing writers corrupt it",
    ),
    Rule(
        "nothing-in-snapshots",
        warnings(VMWARE),
        "no disk of the VM takes part in snapshots",
        _nothing_covered,
        "a snapshot of this VM holds no disk at all: {detail} left out",
        "back the VM up another way, or take in each disk that can be (m, set --mode persistent)",
        "M. Bolte, libvir-list, 9 July 2011: an independent disk is not in snapshots",
    ),
)
