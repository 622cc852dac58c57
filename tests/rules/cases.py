"""For every rule a machine it speaks of and one, a word away, that it does not.

The first case of each rule is the one the editor is shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from tests.formats.samples import SAMPLES, vmx
from tui.disks import UNSUPPORTED, Chain, Image, Preset, Sidecars, Snapshots
from tui.editing import PolicyChange
from tui.formats.domain_xml import DomainDocument
from tui.machine import Machine, machine_in, with_sidecars
from tui.rules import Hypervisor

ESXI, WORKSTATION, QEMU, OTHER = (
    Hypervisor.ESXI,
    Hypervisor.WORKSTATION,
    Hypervisor.QEMU,
    Hypervisor.OTHER,
)
CONTROLLER = 'scsi0.present = "TRUE"'
INDEPENDENT = 'scsi0:0.mode = "independent-persistent"'
MULTI_WRITER = 'scsi0:0.sharing = "multi-writer"'
TRACKED = 'scsi0:0.ctkEnabled = "TRUE"'
LEAVE_OUT = PolicyChange(snapshot=False)
DISCARD = PolicyChange(snapshot=False, persistent=False)
TAKE_PART = PolicyChange(snapshot=True)


class Case(NamedTuple):
    """``raises`` and ``silent`` differ in what the rule is about; ``wanted`` changes disk 0."""

    rule: str
    hypervisor: Hypervisor
    raises: Machine
    silent: Machine
    wanted: PolicyChange | None = None


def disk_at(place: str, file: str = "a.vmdk") -> tuple[str, str]:
    return f'{place}.present = "TRUE"', f'{place}.fileName = "{file}"'


NONE = Sidecars()


def machine(*more: str, file: str = "a.vmdk", sidecars: Sidecars = NONE) -> Machine:
    """A VMX with the disk scsi0:0, and lines behind it."""
    return Machine(vmx(CONTROLLER, *disk_at("scsi0:0", file), *more), sidecars=sidecars)


def at(place: str, *more: str, file: str = "a.vmdk") -> Machine:
    """A VMX with one device at another place, behind its controller."""
    controller = place.partition(":")[0]
    return Machine(vmx(f'{controller}.present = "TRUE"', *disk_at(place, file), *more))


def versioned(version: int, place: str, *more: str) -> Machine:
    return at(place, f'virtualHW.version = "{version}"', *more)


def pictured(create_type: str, *more: str) -> Machine:
    """A VMX whose disk's descriptor says this createType."""
    return machine(*more, sidecars=Sidecars({0: Image(None, create_type)}))


def xml_disk(attributes: str = "", inside: str = "", target: str = "vda", file: str | None = "a.img") -> str:
    source = "" if file is None else f"<source file='{file}'/>"
    return f"<disk type='file'{attributes}>{source}<target dev='{target}' bus='virtio'/>{inside}</disk>"


def domain_of(*disks: str, kind: str = "kvm") -> Machine:
    text = f"<domain type='{kind}'><devices>{''.join(disks)}</devices></domain>"
    return Machine(DomainDocument(text.encode()))


def with_os(inside: str) -> Machine:
    """A domain with this firmware and no disk."""
    return Machine(DomainDocument(f"<domain type='kvm'><os>{inside}</os></domain>".encode()))


def one_disk(attributes: str = "", inside: str = "", kind: str = "kvm") -> Machine:
    return domain_of(xml_disk(attributes, inside), kind=kind)


def typed(kind: str, preset: str = "no", inside: str = "") -> Machine:
    """A domain whose disk has this ``type``."""
    text = xml_disk(f" snapshot='{preset}'", inside).replace("type='file'", f"type='{kind}'")
    return domain_of(text.replace("file='a.img'", "file='a' dev='/dev/a' name='a' path='/run/a'"))


def formatted(form: str, preset: str = "internal", inside: str = "") -> str:
    return xml_disk(f" snapshot='{preset}'", f"<driver name='qemu' type='{form}'/>{inside}", file="b.img")


def second(preset: str, target: str = "vdb", inside: str = "", file: str | None = "b.img") -> str:
    return xml_disk(f" snapshot='{preset}'" if preset else "", inside, target, file)


def sampled(name: str) -> Machine:
    path = SAMPLES / name
    return with_sidecars(machine_in(path.read_bytes(), str(path)))


def booting(order: str) -> Machine:
    """A VMX with two disks that the BIOS tries in this order."""
    return machine(*disk_at("scsi0:1", "b.vmdk"), f'bios.hddOrder = "{order}"')


def chained(missing: str | None = None, outside: str | None = None) -> Machine:
    """A VMX whose disk builds on another."""
    files = ("a.vmdk", missing or outside or "b.vmdk")
    return machine(sidecars=Sidecars(chains={0: Chain(files, missing, outside)}))


def snapshots(count: int, nodes: frozenset[str] | None = None, current: str | None = "nightly") -> Sidecars:
    return Sidecars(snapshots=Snapshots(count, current if nodes is not None else None, nodes))


TWO = snapshots(2, frozenset({"scsi0:0"}))
CHILD = Sidecars({0: Image(None, "monolithicSparse", "1234abcd", "base.vmdk")})
NO_HINT = Sidecars({0: Image(None, "vmfsSparse", "1234abcd")})
ALONE = Sidecars({0: Image(None, "vmfs", "FFFFFFFF")})
CHAIN = {0: Chain(("a.vmdk", "b.vmdk"))}
CHAINED = Sidecars(CHILD.images, Snapshots(0), chains=CHAIN)
CHAINED_ONCE = Sidecars(CHILD.images, Snapshots(1), chains=CHAIN)
UNTOLD = Sidecars({0: Image(4096)})
LOCKED = Sidecars(lock="web.vmx.lck")
DELTA = "web-000002.vmdk"
SAID = " snapshot='internal'"
OUT = " snapshot='no'"

POLICY = (
    Case("snapshot-without-persistence", QEMU, one_disk(SAID, "<transient/>"), one_disk(OUT, "<transient/>")),
    Case(
        "snapshot-without-persistence",
        OTHER,
        one_disk(SAID, "<transient/>"),
        one_disk(" snapshot='manual'", "<transient/>"),
    ),
    Case("snapshot-without-persistence", QEMU, one_disk(SAID, "<transient/>"), one_disk("", "<transient/>")),
    Case("snapshot-without-persistence", QEMU, one_disk(SAID, "<transient/>"), one_disk(SAID)),
    Case("snapshot-without-persistence", QEMU, one_disk(SAID, "<transient/>"), one_disk(OUT)),
    Case(
        "snapshot-without-persistence",
        ESXI,
        one_disk(SAID, "<transient/>"),
        machine('scsi0:0.mode = "nonpersistent"'),
    ),
    Case("unknown-mode", ESXI, machine('scsi0:0.mode = "sideways"'), machine('scsi0:0.mode = ""')),
    Case("legacy-mode", ESXI, machine('scsi0:0.mode = "undoable"'), machine('scsi0:0.mode = "Persistent"')),
    Case("legacy-mode", WORKSTATION, machine('scsi0:0.mode = "nonpersistent"'), machine(INDEPENDENT)),
    Case("legacy-mode", WORKSTATION, machine('scsi0:0.mode = "APPEND"'), machine()),
    Case(
        "contradicting-spellings",
        QEMU,
        one_disk(" snapshot='no' snapshot_mode='persistent'"),
        one_disk(" snapshot='no' snapshot_mode='independent-persistent'"),
    ),
    Case("left-to-you", QEMU, one_disk(" snapshot='manual'"), one_disk(" snapshot='external'")),
    Case("unknown-preset", QEMU, one_disk(" snapshot_mode='bogus'"), one_disk(" snapshot_mode=''")),
    Case("unknown-preset", QEMU, one_disk(" snapshot='perhaps'"), one_disk(" snapshot='manual'")),
    Case("not-in-snapshots", ESXI, machine(INDEPENDENT), machine('scsi0:0.mode = "persistent"')),
    Case("not-in-snapshots", WORKSTATION, machine(INDEPENDENT), machine()),
    Case(
        "writes-discarded",
        ESXI,
        machine('scsi0:0.mode = "independent-nonpersistent"'),
        machine(INDEPENDENT),
    ),
)

CHANGES = (
    Case("has-snapshots", ESXI, machine(sidecars=TWO), machine(sidecars=snapshots(0)), LEAVE_OUT),
    Case("has-snapshots", ESXI, machine(sidecars=snapshots(1)), machine(), LEAVE_OUT),
    Case("has-snapshots", ESXI, machine(INDEPENDENT, sidecars=TWO), machine(sidecars=TWO), TAKE_PART),
    Case("has-snapshots", ESXI, sampled("delta-snapshots/delta-snapshots.vmx"), machine(), LEAVE_OUT),
    Case("has-snapshots", WORKSTATION, machine(sidecars=TWO), machine(sidecars=snapshots(0))),
    Case(
        "in-use",
        WORKSTATION,
        machine('checkpoint.vmState = "a.vmss"'),
        machine('checkpoint.vmState = "FALSE"'),
    ),
    Case("is-delta", WORKSTATION, machine(sidecars=CHILD), machine(sidecars=ALONE)),
    Case("consolidation-needed", ESXI, machine(sidecars=CHAINED), machine(sidecars=CHAINED_ONCE)),
    Case("disk-missing", ESXI, machine(sidecars=Sidecars(missing={0: "a.vmdk"})), machine()),
    Case("parent-missing", ESXI, chained(missing="b.vmdk"), chained()),
    Case("vm-template", ESXI, machine(sidecars=Sidecars(template=True)), machine()),
    Case("in-two-machines", QEMU, replace(one_disk(), sidecars=Sidecars(others={0: "b"})), one_disk()),
    Case("cbt-half-enabled", ESXI, machine(TRACKED, *disk_at("scsi0:1", "b.vmdk")), machine(TRACKED)),
    Case("cbt-half-enabled", ESXI, machine('ctkEnabled = "TRUE"'), machine('ctkEnabled = "FALSE"')),
    Case("boot-order", WORKSTATION, booting("scsi0:1,scsi0:0"), booting("scsi0:0,scsi0:1")),
    Case("nvme-disk", ESXI, at("nvme0:0"), at("sata0:0")),
    Case("virtual-tpm", WORKSTATION, machine('vtpm.present = "TRUE"'), machine('vtpm.present = "FALSE"')),
    Case("linked-clone", WORKSTATION, chained(outside="/b.vmdk"), chained()),
    Case(
        "transient-leftover",
        QEMU,
        replace(one_disk(), sidecars=Sidecars(overlays={0: "/a.TRANSIENT-b"})),
        one_disk(),
    ),
    Case(
        "nothing-in-snapshots",
        ESXI,
        machine(INDEPENDENT),
        machine(INDEPENDENT, *disk_at("scsi0:1", "b.vmdk")),
    ),
    Case("nothing-in-snapshots", ESXI, pictured("vmfsRDMP"), machine('scsi0:0.mode = "bogus"')),
    Case("is-delta", WORKSTATION, machine(sidecars=CHILD), machine(sidecars=ALONE), LEAVE_OUT),
    Case("is-delta", ESXI, machine(sidecars=NO_HINT), machine(sidecars=UNTOLD), DISCARD),
    Case("is-delta", ESXI, machine(file=DELTA), machine(file="web-00002.vmdk"), LEAVE_OUT),
    Case("is-delta", ESXI, machine(file=DELTA.upper()), machine(file="web-0000002.vmdk"), LEAVE_OUT),
    Case(
        "is-delta", ESXI, machine(file=DELTA, sidecars=UNTOLD), machine(file=DELTA, sidecars=ALONE), LEAVE_OUT
    ),
    Case("is-delta", WORKSTATION, machine(sidecars=CHILD), machine(file="000002.vmdk"), LEAVE_OUT),
    Case("in-use", ESXI, machine(sidecars=LOCKED), machine(), LEAVE_OUT),
    Case(
        "in-use",
        WORKSTATION,
        machine('checkpoint.vmState = "web.vmss"'),
        machine('checkpoint.vmState = ""'),
        LEAVE_OUT,
    ),
)

ADDRESSES: tuple[Case, ...] = (
    Case("bad-address", ESXI, at("scsi0:7"), at("scsi0:6")),
    Case("bad-address", ESXI, at("scsi4:0"), at("scsi3:0")),
    Case("bad-address", ESXI, at("scsi0:16"), at("scsi0:15")),
    Case("bad-address", ESXI, at("sata4:0"), at("sata3:29")),
    Case("bad-address", ESXI, at("sata0:30"), at("sata0:29")),
    Case("bad-address", ESXI, at("ide2:0"), at("ide1:1")),
    Case("bad-address", ESXI, at("ide0:2"), at("ide0:1")),
    Case("bad-address", ESXI, at("nvme4:0"), at("nvme3:0")),
    Case("bad-address", ESXI, at("nvme0:64"), at("nvme0:63")),
    Case("bad-address", ESXI, versioned(20, "nvme0:15"), versioned(20, "nvme0:14")),
    Case("bad-address", ESXI, versioned(21, "nvme0:64"), versioned(21, "nvme0:15")),
    Case("bad-address", ESXI, versioned(9, "sata0:0"), versioned(10, "sata0:0")),
    Case("bad-address", ESXI, versioned(12, "nvme0:0"), versioned(13, "nvme0:0")),
    Case("bad-address", ESXI, at("scsi0:16"), at("scsi0:16", 'scsi0.virtualDev = "pvscsi"')),
    Case(
        "bad-address",
        ESXI,
        versioned(12, "scsi0:16", 'scsi0.virtualDev = "PVSCSI"'),
        versioned(13, "scsi0:64", 'scsi0.virtualDev = "PVSCSI"'),
    ),
    Case(
        "bad-address",
        ESXI,
        versioned(14, "scsi0:65", 'scsi0.virtualDev = "pvscsi"'),
        versioned(14, "scsi0:8", 'scsi0.virtualDev = "pvscsi"'),
    ),
    Case("bad-address", ESXI, at("scsi0:7", 'scsi0.virtualDev = "pvscsi"'), at("usb:7")),
)

ADDRESSES += (
    Case("bad-address", ESXI, at("scsi0:7"), at("sata0:7")),
    Case("bad-address", ESXI, at("scsi0:7"), at("nvme0:7")),
    Case("bad-address", ESXI, versioned(20, "nvme0:15"), versioned(22, "nvme0:15")),
    Case("bad-address", ESXI, at("scsi0:16"), versioned(20, "scsi0:16", 'scsi0.virtualDev = "pvscsi"')),
    Case("bad-address", ESXI, Machine(vmx(*disk_at("floppy2"))), Machine(vmx(*disk_at("floppy1")))),
)

VMWARE = (
    Case("no-memory-snapshot", ESXI, machine(INDEPENDENT), machine(MULTI_WRITER)),
    Case("no-memory-snapshot", ESXI, machine(INDEPENDENT), machine()),
    Case(
        "no-memory-snapshot",
        ESXI,
        machine('scsi0:0.mode = "independent-nonpersistent"'),
        machine(*disk_at("scsi0:1", "x.iso")),
    ),
    Case("no-memory-snapshot", ESXI, machine(*disk_at("scsi0:1"), INDEPENDENT), one_disk(kind="vmware")),
    Case("mixed-modes", WORKSTATION, machine(*disk_at("scsi0:1"), INDEPENDENT), machine(INDEPENDENT)),
    Case(
        "mixed-modes",
        WORKSTATION,
        machine(*disk_at("scsi0:1"), INDEPENDENT),
        machine(*disk_at("scsi0:1", "x.iso"), INDEPENDENT),
    ),
    Case("cbt-on-independent", ESXI, machine(TRACKED, INDEPENDENT), machine(TRACKED)),
    Case("cbt-on-independent", ESXI, machine(TRACKED, INDEPENDENT), machine(INDEPENDENT)),
    Case("shared-and-dependent", ESXI, machine(MULTI_WRITER), machine(MULTI_WRITER, INDEPENDENT)),
    Case("shared-and-dependent", ESXI, machine(MULTI_WRITER), machine('scsi0:0.sharing = "none"')),
    Case("cbt-on-shared", ESXI, machine(MULTI_WRITER, TRACKED), machine(MULTI_WRITER)),
    Case("shared-and-dependent", ESXI, machine(MULTI_WRITER), machine()),
    Case("shared-disk", ESXI, machine(MULTI_WRITER, INDEPENDENT), machine(INDEPENDENT)),
    Case("shared-disk", ESXI, machine(MULTI_WRITER), machine('scsi0:0.sharing = "none"')),
    Case("cbt-on-shared", ESXI, machine(MULTI_WRITER, TRACKED), machine(TRACKED, 'scsi0:0.sharing = "none"')),
    Case("mixed-modes", WORKSTATION, machine(*disk_at("scsi0:1"), INDEPENDENT), at("sata0:0", file="x.iso")),
    Case("cbt-on-shared", ESXI, sampled("cluster-multiwriter.vmx"), machine(TRACKED)),
    Case("cbt-on-shared", ESXI, machine(MULTI_WRITER, TRACKED), machine(MULTI_WRITER, TRACKED, file="a.iso")),
    Case(
        "bus-sharing",
        ESXI,
        machine('scsi0.sharedBus = "Virtual"'),
        machine('scsi0.sharedBus = "None"'),
    ),
    Case("bus-sharing", ESXI, at("nvme0:0", 'nvme0.sharedBus = "physical"'), at("nvme0:0")),
    Case(
        "bus-sharing", ESXI, machine('scsi0.sharedBus = "physical"'), machine('scsi1.sharedBus = "physical"')
    ),
    Case("physical-rdm", ESXI, pictured("vmfsPassthroughRawDeviceMap"), pictured("vmfsRawDeviceMap")),
    Case("physical-rdm", ESXI, pictured("vmfsRDMP"), pictured("vmfsRDM")),
    Case("physical-rdm", ESXI, sampled("rdm/rdm.vmx"), machine()),
    Case("host-disk", WORKSTATION, pictured("fullDevice"), pictured("monolithicFlat")),
    Case("host-disk", WORKSTATION, pictured("partitionedDevice"), pictured("")),
    Case(
        "host-disk",
        WORKSTATION,
        machine('scsi0:0.deviceType = "rawDisk"'),
        machine('scsi0:0.deviceType = "disk"'),
    ),
    Case("host-disk", WORKSTATION, machine('scsi0:0.deviceType = "plainDisk"'), machine()),
    Case(
        "snapshots-disabled",
        ESXI,
        machine('snapshot.maxSnapshots = "0"'),
        machine('snapshot.maxSnapshots = "10"'),
    ),
    Case(
        "snapshots-disabled",
        ESXI,
        machine('snapshot.maxSnapshots = "2"', sidecars=snapshots(2, frozenset({"scsi0:0"}))),
        machine('snapshot.maxSnapshots = "3"', sidecars=snapshots(2, frozenset({"scsi0:0"}))),
    ),
    Case(
        "snapshots-disabled",
        WORKSTATION,
        machine('snapshot.disabled = "True"'),
        machine('snapshot.disabled = "FALSE"'),
    ),
    Case(
        "not-covered",
        ESXI,
        machine(sidecars=snapshots(1, frozenset({"scsi0:1"}))),
        machine(sidecars=snapshots(1, frozenset({"scsi0:0"}))),
    ),
    Case(
        "not-covered",
        WORKSTATION,
        machine(sidecars=snapshots(1, frozenset())),
        machine(sidecars=snapshots(1)),
    ),
    Case(
        "not-covered",
        ESXI,
        machine(sidecars=snapshots(1, frozenset())),
        machine(*disk_at("scsi0:1", "x.iso"), sidecars=snapshots(1, frozenset({"scsi0:0"}))),
    ),
)

LIBVIRT = (
    Case(
        "transient-empty",
        QEMU,
        domain_of(xml_disk(" device='cdrom'", "<transient/>", file=None)),
        domain_of(xml_disk(" device='cdrom'", file=None)),
    ),
    Case(
        "transient-empty",
        QEMU,
        domain_of(xml_disk(" device='cdrom'", "<transient/>", file=None)),
        one_disk(OUT, "<transient/>"),
    ),
    Case("transient-readonly", QEMU, one_disk(OUT, "<transient/><readonly/>"), one_disk(OUT, "<transient/>")),
    Case("transient-readonly", QEMU, one_disk(OUT, "<transient/><readonly/>"), one_disk(OUT, "<readonly/>")),
    Case(
        "transient-readonly",
        QEMU,
        one_disk(OUT, "<transient/><readonly/>"),
        domain_of(xml_disk(" device='cdrom'", "<transient/>", file=None)),
    ),
    Case(
        "transient-not-file",
        QEMU,
        typed("block", inside="<transient/>"),
        typed("file", inside="<transient/>"),
    ),
    Case("transient-not-file", QEMU, typed("network", inside="<transient/>"), typed("network")),
    Case(
        "transient-not-disk",
        QEMU,
        one_disk(" device='cdrom' snapshot='no'", "<transient/>"),
        one_disk(" device='cdrom' snapshot='no'"),
    ),
    Case(
        "transient-not-disk",
        QEMU,
        one_disk(" device='lun' snapshot='no'", "<transient/>"),
        one_disk(" device='disk' snapshot='no'", "<transient/>"),
    ),
    Case(
        "transient-not-disk",
        QEMU,
        one_disk(" device='lun' snapshot='no'", "<transient/>"),
        one_disk(" device='lun' snapshot='no'"),
    ),
    *(
        Case(
            "transient-sharebacking-bus",
            QEMU,
            domain_of(xml_disk(OUT, "<transient shareBacking='yes'/>").replace("'virtio'", f"'{bad}'")),
            domain_of(xml_disk(OUT, "<transient shareBacking='yes'/>").replace("'virtio'", f"'{good}'")),
        )
        for bad, good in (("sata", "usb"), ("ide", "virtio"), ("fdc", "scsi"))
    ),
    Case(
        "transient-sharebacking-bus",
        QEMU,
        domain_of(xml_disk(OUT, "<transient shareBacking='yes'/>", "xx").replace(" bus='virtio'", "")),
        domain_of(xml_disk(OUT, "<transient shareBacking='no'/>").replace("'virtio'", "'sata'")),
    ),
    *(
        Case(
            "transient-unsupported",
            OTHER,
            one_disk(OUT, "<transient/>", kind),
            one_disk(OUT, "<transient/>" if kind == "xen" else "", "bhyve" if kind == "xen" else kind),
        )
        for kind in ("xen", "vz", "parallels")
    ),
    Case("transient-limits", QEMU, one_disk(OUT, "<transient/>"), one_disk(OUT)),
    Case("vhostuser-snapshot", QEMU, typed("vhostuser", "external"), typed("vhostuser", "no")),
    Case("vhostuser-snapshot", QEMU, typed("vhostuser", "manual"), typed("vhostuser", "no")),
    Case("vhostuser-snapshot", QEMU, typed("vhostuser", "internal"), typed("file", "internal")),
    *(
        Case("vhostuser-snapshot", QEMU, typed("vhostuser", "internal"), typed(kind, "internal"))
        for kind in ("volume", "network")
    ),
)

QCOW2 = "<driver type='qcow2'/>"
RAW = "<driver type='raw'/>"


def qcow2(attributes: str = "", inside: str = "", target: str = "vda") -> str:
    return xml_disk(attributes, QCOW2 + inside, target, f"{target}.img")


PLANNED = (
    *(
        Case(
            "shareable-in-snapshots",
            QEMU,
            one_disk("", f"{RAW}<shareable/>"),
            one_disk(attributes, f"{RAW}<shareable/>{inside}"),
        )
        for attributes, inside in ((OUT, ""), ("", "<readonly/>"), (" snapshot='manual'", ""))
    ),
    Case("snapshots-refused", QEMU, domain_of(qcow2("", "<transient/>")), domain_of(qcow2())),
    Case(
        "snapshots-refused",
        QEMU,
        domain_of(qcow2("", "<transient/>"), qcow2("", "", "vdb")),
        domain_of(qcow2(OUT, "<transient/>"), qcow2("", "", "vdb")),
    ),
    Case(
        "snapshots-refused",
        QEMU,
        domain_of(qcow2(SAID), qcow2(OUT, "", "vdb")),
        domain_of(qcow2(SAID), qcow2(SAID, "", "vdb")),
    ),
    Case("snapshots-refused", QEMU, domain_of(xml_disk(SAID, RAW)), domain_of(xml_disk(OUT, RAW))),
    Case(
        "snapshots-refused",
        QEMU,
        domain_of(xml_disk("", f"{RAW}<shareable/>"), qcow2("", "", "vdb")),
        domain_of(xml_disk(OUT, f"{RAW}<shareable/>"), qcow2("", "", "vdb")),
    ),
    Case(
        "plain-snapshot-refused",
        QEMU,
        domain_of(qcow2(), qcow2(OUT, "", "vdb")),
        domain_of(qcow2(), qcow2(OUT, "<readonly/>", "vdb")),
    ),
    Case(
        "plain-snapshot-refused",
        QEMU,
        domain_of(qcow2(), qcow2(" snapshot='external'", "", "vdb")),
        domain_of(qcow2(SAID), qcow2("", "", "vdb")),
    ),
    Case(
        "plain-snapshot-refused",
        QEMU,
        domain_of(qcow2(), qcow2(" snapshot='manual'", "", "vdb")),
        domain_of(xml_disk("", RAW), qcow2(" snapshot='manual'", "", "vdb")),
    ),
    Case(
        "snapshots-by-name",
        QEMU,
        domain_of(qcow2(OUT), qcow2(" snapshot='manual'", "", "vdb")),
        domain_of(qcow2(OUT), qcow2("", "", "vdb")),
    ),
    Case(
        "no-snapshot-by-itself",
        QEMU,
        domain_of("<disk type='block'><source dev='/dev/x'/><target dev='vda'/></disk>"),
        domain_of(qcow2()),
    ),
    Case(
        "way-lost",
        QEMU,
        domain_of(qcow2(), qcow2("", "", "vdb")),
        domain_of(qcow2(), qcow2(OUT, "", "vdb"), qcow2("", "", "vdc")),
        LEAVE_OUT,
    ),
    Case(
        "way-lost",
        QEMU,
        domain_of(qcow2(), qcow2("", "", "vdb")),
        domain_of(qcow2("", "<readonly/>"), qcow2("", "", "vdb")),
        LEAVE_OUT,
    ),
)

# All of them, with those of files and of what libvirt defines, are in more_cases.py.
FIRST = (*POLICY, *CHANGES, *ADDRESSES, *VMWARE, *LIBVIRT, *PLANNED)


class Blocked(NamedTuple):
    """An edit of disk 0 that would create what the rule is against."""

    rule: str
    hypervisor: Hypervisor
    machine: Machine
    wanted: PolicyChange


BLOCKED = (
    *(Blocked(case.rule, case.hypervisor, case.raises, case.wanted) for case in CHANGES if case.wanted),
    *(
        Blocked("snapshot-without-persistence", hypervisor, machine(), PolicyChange(persistent=False))
        for hypervisor in Hypervisor
    ),
    Blocked("snapshot-without-persistence", ESXI, machine(INDEPENDENT), PolicyChange(policy=UNSUPPORTED)),
    Blocked("legacy-mode", ESXI, machine(), PolicyChange(snapshot=True, persistent=False)),
    Blocked("transient-readonly", QEMU, one_disk("", "<readonly/>"), PolicyChange(persistent=False)),
    Blocked("transient-not-file", QEMU, typed("block"), PolicyChange(persistent=False)),
    Blocked("transient-not-disk", QEMU, one_disk(" device='lun'"), DISCARD),
    Blocked("transient-unsupported", OTHER, one_disk(kind="xen"), DISCARD),
    Blocked("vhostuser-snapshot", QEMU, typed("vhostuser", "no"), PolicyChange(preset=Preset.INTERNAL)),
)
# What no edit of this program can bring about: it lies in lines and files the toggles do not touch.
NEVER_CREATED = {
    *("unknown-mode", "contradicting-spellings", "unknown-preset", "duplicate-key", "encrypted"),
    *("bad-address", "transient-empty", "transient-sharebacking-bus"),
    *("shareable-format", "missing-source", "lun-not-block", "lun-bus", "lun-format", "duplicate-target"),
    *(
        "missing-target",
        "bad-target",
        "bad-bus",
        "bad-format",
        "iso-format",
        "bad-share-backing",
        "stateless-nvram",
        "unknown-word",
        "snapshot-yes",
        "bus-unfit",
        "controller-unfit",
        "address-unfit",
        "option-of-bus",
        "option-of-qemu-bus",
        "option-of-device",
        "option-of-source",
        "source-unfit",
        "source-incomplete",
        "duplicate-address",
        "duplicate-boot-order",
        "duplicate-alias",
        "limits-differ",
        "options-disagree",
        "qemu-options-disagree",
    ),
}
