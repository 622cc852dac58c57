"""More of the cases of cases.py: what libvirt refuses to define, and a VMX as a file; and all together."""

from __future__ import annotations

from tests.formats.samples import vmx
from tests.rules.cases import (
    ESXI,
    FIRST,
    MULTI_WRITER,
    OTHER,
    OUT,
    QCOW2,
    QEMU,
    RAW,
    TRACKED,
    WORKSTATION,
    Case,
    booting,
    disk_at,
    domain_of,
    machine,
    one_disk,
    sampled,
    second,
    snapshots,
    typed,
    with_os,
    xml_disk,
)
from tui.disks import Remark, Sidecars, Snapshots
from tui.formats.domain_xml import DomainDocument
from tui.formats.vmx import VmxDocument
from tui.machine import Machine


def marked() -> Machine:
    """A VMX behind a byte-order mark."""
    return Machine(VmxDocument(b"\xef\xbb\xbf" + machine().document.data))


BUSLOGIC = "<controller type='scsi' model='buslogic'/>"


def on_usb(port: int) -> str:
    """A disk at a port of the USB controller that a machine has by itself."""
    address = f"<address type='usb' bus='0' port='{port}'/>"
    return xml_disk(target="sdb", inside=address).replace("virtio", "usb")


def machined(kind: str, beside: str = "") -> Machine:
    """A domain with a disk on IDE, of this machine, and what stands beside it."""
    disk = xml_disk(target="hda").replace("virtio", "ide") + beside
    text = f"<domain type='kvm'><os><type machine='{kind}'>hvm</type></os><devices>{disk}</devices></domain>"
    return Machine(DomainDocument(text.encode()))


def firmed(form: str) -> Machine:
    """A domain whose UEFI firmware libvirt chooses, with an NVRAM in this format."""
    text = f"<domain type='kvm'><os firmware='efi'><nvram format='{form}'/></os></domain>"
    return Machine(DomainDocument(text.encode()))


def folder(inside: str) -> Machine:
    """A domain whose disk is a folder of the host."""
    return domain_of(f"<disk type='dir'>{inside}<source dir='/a'/><target dev='vda' bus='virtio'/></disk>")


def threaded(words: str) -> Machine:
    """A domain with one thread for its disk."""
    disk = xml_disk("", f"<driver name='qemu' {words}/>")
    text = f"<domain type='kvm'><iothreads>1</iothreads><devices>{disk}</devices></domain>"
    return Machine(DomainDocument(text.encode()))


DEFINED = (
    Case("shareable-format", QEMU, one_disk("", f"{QCOW2}<shareable/>"), one_disk("", "<shareable/>")),
    Case(
        "shareable-format",
        QEMU,
        one_disk("", f"{QCOW2}<shareable/>"),
        one_disk("", f"{QCOW2}<shareable/><readonly/>"),
    ),
    Case(
        "missing-source",
        QEMU,
        domain_of(xml_disk(file=None)),
        domain_of(xml_disk(" device='cdrom'", file=None)),
    ),
    Case(
        "lun-not-block",
        QEMU,
        one_disk(" device='lun'"),
        domain_of("<disk type='block' device='lun'><source dev='/dev/x'/><target dev='sda'/></disk>"),
    ),
    Case(
        "lun-bus",
        QEMU,
        domain_of("<disk type='block' device='lun'><source dev='/dev/x'/><target dev='hda'/></disk>"),
        domain_of("<disk type='block' device='lun'><source dev='/dev/x'/><target dev='sda'/></disk>"),
    ),
    Case("lun-format", QEMU, one_disk(" device='lun'", QCOW2), one_disk(" device='lun'", RAW)),
    Case("duplicate-target", QEMU, domain_of(xml_disk(), xml_disk()), domain_of(xml_disk(), second(""))),
    Case(
        "missing-target",
        QEMU,
        domain_of("<disk><source file='a'/></disk>"),
        domain_of("<disk><source file='a'/><target dev='vda'/></disk>"),
    ),
    Case(
        "bad-bus",
        QEMU,
        domain_of(xml_disk().replace("virtio", "bogus")),
        domain_of(xml_disk().replace("virtio", "nvme")),
    ),
    *(
        Case("bad-target", QEMU, domain_of(xml_disk(target=bad)), domain_of(xml_disk(target=good)))
        for bad, good in (("xyz", "xvda"), ("vda1", "vdaa"), ("sdA", "sda"), ("fda", "ubda"), ("vd", "vdz"))
    ),
    Case(
        "bad-target",
        QEMU,
        domain_of(xml_disk(" device='floppy'", target="sda")),
        domain_of(xml_disk(" device='cdrom'", target="fda")),
    ),
    Case(
        "unbound-prefix",
        QEMU,
        one_disk(inside="<qemu:x/>"),
        one_disk(inside="<q:x xmlns:q='urn:q'/>"),
    ),
    Case("bad-format", QEMU, one_disk("", "<driver type='bogus'/>"), one_disk("", "<driver type='vmdk'/>")),
    Case("iso-format", QEMU, one_disk("", "<driver type='iso'/>"), one_disk("", RAW)),
    Case(
        "bad-share-backing",
        QEMU,
        one_disk(OUT, "<transient shareBacking='bogus'/>"),
        one_disk(OUT, "<transient shareBacking='yes'/>"),
    ),
    Case("efi-nvram-format", QEMU, firmed("qcow2"), firmed("raw")),
    Case(
        "stateless-nvram",
        QEMU,
        with_os("<loader stateless='yes' type='pflash'>/x</loader><nvram>/n</nvram>"),
        with_os("<loader type='pflash'>/x</loader><nvram>/n</nvram>"),
    ),
)

BLOCK = "<disk type='block' device='lun'{}><source dev='/dev/x'/><target dev='sda' bus='scsi'{}/>{}</disk>"


def network(source: str) -> Machine:
    """A domain whose disk is on the network."""
    return domain_of(f"<disk type='network'><source {source}/><target dev='vda' bus='virtio'/></disk>")


def on_sata(inside: str, target: str = "sda", device: str = "disk") -> str:
    return f"<disk device='{device}'><source file='a'/><target dev='{target}' bus='sata'/>{inside}</disk>"


def driven(words: str, inside: str = "") -> Machine:
    return one_disk("", f"<driver name='qemu' {words}/>{inside}")


def limited(most: int) -> str:
    """Limits of a group of disks."""
    return f"<iotune><total_iops_sec>{most}</total_iops_sec><group_name>both</group_name></iotune>"


AT_ZERO = "<address type='drive' controller='0' bus='0' target='0' unit='0'/>"
DEVICES = (
    *(
        Case("unknown-word", QEMU, bad, good)
        for bad, good in (
            (one_disk(" device='bogus'"), one_disk(" device='disk'")),
            (typed("bogus"), typed("block")),
            (driven("cache='bogus'"), driven("cache='unsafe'")),
            (driven("queues='x'"), driven("queues='2'")),
            (one_disk("", "<boot order='0'/>"), one_disk("", "<boot order='1'/>")),
            (network("protocol='bogus' name='a'"), network("protocol='rbd' name='p/a'")),
            (one_disk("", "<wwn>xx</wwn>"), one_disk("", "<serial>xx</serial>")),
        )
    ),
    *(
        Case("bus-unfit", QEMU, bad, good)
        for bad, good in (
            (one_disk(" device='cdrom'"), domain_of(on_sata("", device="cdrom"))),
            (one_disk(" device='floppy'"), one_disk()),
            (domain_of(on_sata("<readonly/>")), domain_of(on_sata("<readonly/>", device="cdrom"))),
            (machined("q35"), machined("pc")),
        )
    ),
    *(
        Case(rule, QEMU, machined("pc", bad), machined("pc", good))
        for rule, bad, good in (
            ("controller-unfit", BUSLOGIC, BUSLOGIC.replace("buslogic", "virtio-scsi")),
            ("address-unfit", on_usb(3), on_usb(2)),
        )
    ),
    Case(
        "option-of-bus",
        QEMU,
        domain_of(on_sata("<driver event_idx='on'/>")),
        one_disk("", "<driver event_idx='on'/>"),
    ),
    Case("option-of-bus", QEMU, domain_of(on_sata("<address type='pci'/>")), domain_of(on_sata(AT_ZERO))),
    Case("option-of-qemu-bus", QEMU, one_disk("", f"<wwn>{'5' * 16}</wwn>"), one_disk("", "<wwn></wwn>")),
    Case("option-of-qemu-bus", QEMU, one_disk("", AT_ZERO), domain_of(on_sata(AT_ZERO))),
    Case("option-of-device", QEMU, one_disk(" rawio='no'"), domain_of(BLOCK.format(" rawio='no'", "", ""))),
    Case("option-of-source", QEMU, typed("vhostuser", inside="<driver io='native'/>"), typed("vhostuser")),
    Case(
        "option-of-source",
        QEMU,
        typed("vhostuser", inside="<driver rerror_policy='report'/>"),
        typed("vhostuser", inside="<driver rerror_policy='default'/>"),
    ),
    Case("source-unfit", QEMU, one_disk("", "<driver name='phy'/>"), one_disk("", "<driver name='qemu'/>")),
    Case("source-unfit", QEMU, folder(""), folder("<driver type='fat'/><readonly/>")),
    Case("snapshot-yes", QEMU, one_disk(" snapshot='yes'"), one_disk(" snapshot='internal'")),
    Case("source-incomplete", QEMU, network(""), network("protocol='nbd'")),
    Case("source-incomplete", QEMU, network("protocol='rbd'"), network("protocol='rbd' name='p/a'")),
    Case(
        "duplicate-address",
        QEMU,
        domain_of(on_sata(AT_ZERO), on_sata(AT_ZERO, "sdb")),
        domain_of(on_sata(AT_ZERO), on_sata("", "sdb")),
    ),
    Case(
        "duplicate-address",
        QEMU,
        domain_of(on_sata(""), on_sata(AT_ZERO, "sdb")),  # sda is at 0:0:0:0 without a word
        domain_of(on_sata(""), on_sata(AT_ZERO.replace("unit='0'", "unit='2'"), "sdb")),
    ),
    Case(
        "duplicate-boot-order",
        QEMU,
        domain_of(xml_disk(inside="<boot order='1'/>"), second("", inside="<boot order='1'/>")),
        domain_of(xml_disk(inside="<boot order='1'/>"), second("", inside="<boot order='2'/>")),
    ),
    Case(
        "duplicate-alias",
        QEMU,
        domain_of(xml_disk(inside="<alias name='ua-a'/>"), second("", inside="<alias name='ua-a'/>")),
        domain_of(xml_disk(inside="<alias name='disk'/>"), second("", inside="<alias name='disk'/>")),
    ),
    Case(
        "limits-differ",
        QEMU,
        domain_of(xml_disk(inside=limited(1)), second("", inside=limited(2))),
        domain_of(xml_disk(inside=limited(1)), second("", inside=limited(1))),
    ),
    Case(
        "options-disagree",
        QEMU,
        one_disk(
            inside="<iotune><total_iops_sec>9</total_iops_sec><read_iops_sec>9</read_iops_sec></iotune>"
        ),
        one_disk(inside="<iotune><total_iops_sec>9</total_iops_sec></iotune>"),
    ),
    Case("qemu-options-disagree", QEMU, driven("io='native'"), driven("io='native' cache='none'")),
    Case("qemu-options-disagree", QEMU, driven("iothread='1'"), threaded("iothread='1'")),
    Case("qemu-options-disagree", QEMU, threaded(f"iothread='{'9' * 5000}'"), threaded("iothread='1'")),
)

FILE = (
    Case(
        "duplicate-key",
        WORKSTATION,
        machine('memsize = "1"', 'MemSize = "2"'),
        machine('memsize = "1"', 'memsize2 = "2"'),
    ),
    Case("malformed-line", WORKSTATION, machine("just some words"), machine("# just some words")),
    Case(
        "pci-passthrough",
        ESXI,
        machine('pciPassthru1.present = "true"', 'pciPassthru1.vgpu = ""'),
        machine('pciPassthru0.present = "TRUE"', 'pciPassthru0.vgpu = "grid_t4-4q"'),
    ),
    Case(
        "pci-passthrough",
        ESXI,
        machine('pciPassthru31.present = "TRUE"'),
        machine('pciPassthru0.present = "FALSE"'),
    ),
    Case("misspelt-file", ESXI, machine(file="a.vdmk"), machine(file="a.vmdk")),
    Case("misspelt-file", WORKSTATION, machine(file="a.VMKD"), machine(file="a.vhd")),
    Case("byte-order-mark", ESXI, marked(), machine()),
    Case("unquoted-value", ESXI, machine("numvcpus = 2"), machine('numvcpus = "2"')),
    Case("unquoted-value", WORKSTATION, machine("scsi0:0.mode = \u201cpersistent\u201d"), machine('a = ""')),
    Case("unquoted-value", ESXI, machine("annotation ="), machine("# annotation =")),
    Case("encoding", WORKSTATION, machine('.encoding = "klingon"'), machine('.encoding = "UTF-8"')),
    Case("template", WORKSTATION, machine('memsize = "{{ memory }}"'), machine('memsize = "{ memory }"')),
    Case("encrypted", ESXI, machine('encryption.keySafe = "vmware:key"'), machine('encryption.keySafe = ""')),
    Case(
        "partially-encrypted",
        ESXI,
        machine('vmx.encryptionType = "Partial"', 'encryption.keySafe = "vmware:key"'),
        machine('vmx.encryptionType = "full"'),
    ),
    Case("partially-encrypted", WORKSTATION, sampled("vtpm-partial.vmx"), machine()),
    Case("not-present", ESXI, machine('sata0:0.fileName = "b.vmdk"'), machine('sata0:0.fileName = "b.iso"')),
    Case(
        "not-present",
        WORKSTATION,
        machine('sata0:0.fileName = "b.vmdk"', 'sata0:0.present = "1"'),
        machine('sata0:0.fileName = "b.vmdk"', 'sata0:0.present = "False"'),
    ),
    Case("controller-absent", ESXI, Machine(vmx(*disk_at("scsi0:0"))), machine()),
    Case("shared-disk", ESXI, machine(MULTI_WRITER), machine(MULTI_WRITER, file="a.iso")),
    Case(
        "not-covered",
        ESXI,
        machine(*disk_at("scsi0:1"), sidecars=snapshots(1, frozenset({"scsi0:0"}))),
        machine(*disk_at("scsi0:1", ""), sidecars=snapshots(1, frozenset({"scsi0:0"}))),
    ),
    Case(
        "beside-unknown",
        ESXI,
        machine(sidecars=Sidecars(unknown=(Remark("web.vmsd: it is a folder"),))),
        machine(sidecars=snapshots(0)),
    ),
    Case("virtual-tpm", WORKSTATION, machine('managedvm.autoAddVTPM = "software"'), machine()),
    Case("vm-encrypted", ESXI, machine('encryption.bundle = "x"'), machine('encryption.bundle = ""')),
    Case("boot-order", ESXI, booting("ide0:0 , SCSI0:1"), booting("scsi0:0 ,scsi0:1")),
    Case("boot-order", ESXI, booting("scsi0:5,scsi0:1"), booting("scsi0:5,scsi0:0,scsi0:1")),
    Case(
        "consolidation-needed",
        ESXI,
        machine(sidecars=Sidecars(snapshots=Snapshots(0, consolidation=True))),
        machine(sidecars=Sidecars(snapshots=Snapshots(0))),
    ),
    Case("cbt-half-enabled", ESXI, machine('ctkEnabled = "FALSE"', TRACKED), machine(TRACKED)),
)


def on_esx(model: str, unit: int) -> Machine:
    """A domain of libvirt's ESX driver whose disk hangs on this SCSI controller."""
    address = f"<address type='drive' controller='0' bus='0' target='0' unit='{unit}'/>"
    disk = xml_disk("", address, target="sdp").replace("virtio", "scsi")
    return domain_of(disk, f"<controller type='scsi' index='0' model='{model}'/>", kind="vmware")


PVSCSI = (
    Case("bad-address", ESXI, on_esx("lsilogic", 16), on_esx("vmpvscsi", 16)),
    Case("bad-address", ESXI, on_esx("vmpvscsi", 65), on_esx("vmpvscsi", 64)),
)
SPELLINGS = (
    Case("spelling-not-read", QEMU, one_disk("", "<nosnapshot/>"), one_disk(OUT, "<nosnapshot/>")),
    Case("spelling-not-read", QEMU, one_disk(OUT + " persistent='no'"), one_disk(OUT + " persistent='yes'")),
    Case("spelling-not-read", OTHER, one_disk(" persistent='perhaps'"), one_disk(" persistent='yes'")),
    Case(
        "spelling-not-read",
        ESXI,
        one_disk(" snapshot_mode='independent-persistent'", kind="vmware"),
        one_disk(" snapshot_mode='persistent'", kind="vmware"),
    ),
    Case(
        "exclusion-not-written",
        ESXI,
        one_disk(OUT, kind="vmware"),
        one_disk(OUT, "<transient/>", kind="vmware"),
    ),
    Case("exclusion-not-written", ESXI, one_disk(OUT, kind="vmware"), one_disk(OUT)),
)

CASES = (*FIRST, *PVSCSI, *SPELLINGS, *DEFINED, *DEVICES, *FILE)
