"""More of the cases of cases.py: what libvirt refuses to define, and a VMX as a file; and all together."""

from __future__ import annotations

from tests.formats.samples import vmx
from tests.rules.cases import (
    ESXI,
    FIRST,
    OUT,
    QCOW2,
    QEMU,
    RAW,
    WORKSTATION,
    Case,
    disk_at,
    domain_of,
    machine,
    one_disk,
    sampled,
    second,
    snapshots,
    with_os,
    xml_disk,
)
from tui.disks import Remark, Sidecars
from tui.formats.vmx import VmxDocument
from tui.machine import Machine


def marked() -> Machine:
    """A VMX behind a byte-order mark."""
    return Machine(VmxDocument(b"\xef\xbb\xbf" + machine().document.data))


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
    Case(
        "stateless-nvram",
        QEMU,
        with_os("<loader stateless='yes' type='pflash'>/x</loader><nvram>/n</nvram>"),
        with_os("<loader type='pflash'>/x</loader><nvram>/n</nvram>"),
    ),
)

FILE = (
    Case(
        "duplicate-key",
        WORKSTATION,
        machine('memsize = "1"', 'MemSize = "2"'),
        machine('memsize = "1"', 'memsize2 = "2"'),
    ),
    Case("malformed-line", WORKSTATION, machine("just some words"), machine("# just some words")),
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
    Case("controller-absent", ESXI, Machine(vmx(*disk_at("scsi0:0"))), machine()),
    Case(
        "beside-unknown",
        ESXI,
        machine(sidecars=Sidecars(unknown=(Remark("web.vmsd: it is a folder"),))),
        machine(sidecars=snapshots(0)),
    ),
)

CASES = (*FIRST, *DEFINED, *FILE)
