"""For each rule the smallest machine that raises it: shown on the page of rules, and judged by a test."""

from __future__ import annotations

from typing import NamedTuple


class Example(NamedTuple):
    """A file ``name`` with ``text``, and what lies beside it by name.

    ``change`` is what is edited where only that raises the rule, as ``diskmode set`` takes it.
    """

    text: str
    name: str = "web.vmx"
    beside: tuple[tuple[str, str], ...] = ()
    change: str = ""


_DISK = ('scsi0.present = "TRUE"', 'scsi0:0.present = "TRUE"', 'scsi0:0.fileName = "web.vmdk"')
_SECOND = ('scsi0:1.present = "TRUE"', 'scsi0:1.fileName = "data.vmdk"')
_MODE = 'scsi0:0.mode = "independent-persistent"'
_SHARED = 'scsi0:0.sharing = "multi-writer"'
_TRACKED = 'scsi0:0.ctkEnabled = "TRUE"'


def _vmx(*lines: str) -> Example:
    """A VMX with one disk, and more lines."""
    return _bare(*_DISK, *lines)


def _bare(*lines: str) -> Example:
    return Example("".join(f"{line}\n" for line in lines))


def _with(*beside: tuple[str, str], file: str = "web.vmdk") -> Example:
    return _vmx()._replace(text=_vmx().text.replace("web.vmdk", file), beside=beside)


def _described(kind: str, parent: str = "") -> str:
    """A VMDK descriptor."""
    hint = f'parentFileNameHint="{parent}"\n' if parent else ""
    cid = "0a1b2c3d" if parent else "ffffffff"
    return (
        f'# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID={cid}\ncreateType="{kind}"\n{hint}'
        'RW 2048 SPARSE "web-s001.vmdk"\n'
    )


def _record(count: int, node: str = "scsi0:0") -> str:
    """A ``.vmsd``."""
    return (
        f'snapshot.numSnapshots = "{count}"\nsnapshot.current = "1"\nsnapshot0.uid = "1"\n'
        f'snapshot0.displayName = "nightly"\nsnapshot0.numDisks = "1"\nsnapshot0.disk0.node = "{node}"\n'
    )


def _domain(*disks: str, os: str = "", kind: str = "kvm") -> Example:
    inside = "".join(f"    {disk}\n" for disk in disks)
    above = f"  <os>{os}</os>\n" if os else ""
    text = (
        f"<domain type='{kind}'>\n  <name>web</name>\n{above}  <devices>\n{inside}  </devices>\n</domain>\n"
    )
    return Example(text, "web.xml")


def _disk(
    inside: str = "", *, words: str = "", target: str = "vda", bus: str = "virtio", source: str | None = None
) -> str:
    where = f"<source file='/vm/{target}.qcow2'/>" if source is None else source
    return f"<disk{words}>{where}<target dev='{target}' bus='{bus}'/>{inside}</disk>"


_OUT, _IN = " snapshot='no'", " snapshot='internal'"
_QCOW2, _RAW = "<driver name='qemu' type='qcow2'/>", "<driver name='qemu' type='raw'/>"
_EMPTY = " device='cdrom'"
_ALIAS = "<alias name='ua-data'/>"
_LIMITED = "<iotune><total_iops_sec>{}</total_iops_sec><group_name>both</group_name></iotune>"
_AT = "<address type='drive' controller='0' bus='0' target='0' unit='0'/>"
_LUN = " type='block' device='lun'"
_DEV = "<source dev='/dev/sdz'/>"
_PC = "<type machine='pc'>hvm</type>"
_SOCKET = "<source type='unix' path='/run/web.sock'/>"

EXAMPLES: dict[str, Example] = {
    "snapshot-without-persistence": _domain(_disk("<transient/>", words=_IN)),
    "unknown-mode": _vmx('scsi0:0.mode = "independent_persistent"'),
    "legacy-mode": _vmx('scsi0:0.mode = "undoable"'),
    "contradicting-spellings": _domain(_disk(words=" snapshot='no' snapshot_mode='persistent'")),
    "unknown-preset": _domain(_disk(words=" snapshot='perhaps'")),
    "left-to-you": _domain(_disk(words=" snapshot='manual'")),
    "spelling-not-read": _domain(_disk("<nosnapshot/>")),
    "exclusion-not-written": _domain(_disk(words=_OUT), kind="vmware"),
    "not-in-snapshots": _vmx(_MODE),
    "writes-discarded": _vmx('scsi0:0.mode = "independent-nonpersistent"'),
    "has-snapshots": _with(("web.vmsd", _record(1))),
    "is-delta": _with(("web.vmdk", _described("monolithicSparse", "base.vmdk"))),
    "in-use": _vmx('checkpoint.vmState = "web.vmss"'),
    "consolidation-needed": _with(
        ("web-000001.vmdk", _described("vmfsSparse", "web.vmdk")),
        ("web.vmdk", _described("vmfs")),
        ("web.vmsd", 'snapshot.numSnapshots = "0"\n'),
        file="web-000001.vmdk",
    ),
    "disk-missing": _with(("web.vmsd", 'snapshot.numSnapshots = "0"\n')),
    "parent-missing": _with(("web.vmdk", _described("monolithicSparse", "base.vmdk"))),
    "linked-clone": _with(("web.vmdk", _described("monolithicSparse", "/vm/base/base.vmdk"))),
    "vm-template": _vmx()._replace(name="web.vmtx"),
    "transient-leftover": _domain(
        _disk("<transient/>", words=_OUT, source="<source file='FOLDER/web.qcow2'/>")
    )._replace(beside=(("web.qcow2.TRANSIENT-web", ""),)),
    "in-two-machines": _domain(_disk("<shareable/>"))._replace(
        beside=(("db.xml", _domain(_disk()).text.replace("web", "db")),)
    ),
    "nothing-in-snapshots": _vmx(_MODE),
    "misspelt-file": _with(file="web.vdmk"),
    "no-memory-snapshot": _vmx(_MODE),
    "mixed-modes": _vmx(_MODE, *_SECOND),
    "cbt-on-independent": _vmx(_MODE, _TRACKED),
    "shared-and-dependent": _vmx(_SHARED),
    "shared-disk": _vmx(_SHARED),
    "cbt-on-shared": _vmx(_SHARED, _TRACKED),
    "bus-sharing": _vmx('scsi0.sharedBus = "physical"'),
    "pci-passthrough": _vmx('pciPassthru0.present = "TRUE"'),
    "physical-rdm": _with(("web.vmdk", _described("vmfsPassthroughRawDeviceMap"))),
    "host-disk": _vmx('scsi0:0.deviceType = "rawDisk"'),
    "snapshots-disabled": _vmx('snapshot.maxSnapshots = "0"'),
    "not-covered": _with(("web.vmsd", _record(1, "scsi0:1"))),
    "bad-address": _bare(
        'scsi0.present = "TRUE"', 'scsi0:7.present = "TRUE"', 'scsi0:7.fileName = "web.vmdk"'
    ),
    "not-present": _vmx('scsi0:1.fileName = "data.vmdk"'),
    "controller-absent": _bare(*_DISK[1:]),
    "shareable-format": _domain(_disk(f"{_QCOW2}<shareable/>")),
    "shareable-in-snapshots": _domain(_disk(f"{_RAW}<shareable/>")),
    "missing-source": _domain(_disk(source="")),
    "lun-not-block": _domain(_disk(words=" device='lun'", bus="scsi", target="sda")),
    "lun-bus": _domain(_disk(words=_LUN, source=_DEV, bus="sata", target="sda")),
    "lun-format": _domain(_disk(_QCOW2, words=_LUN, source=_DEV, bus="scsi", target="sda")),
    "duplicate-target": _domain(_disk(), _disk(source="<source file='/vm/other.qcow2'/>")),
    "missing-target": _domain("<disk><source file='/vm/web.qcow2'/></disk>"),
    "bad-target": _domain(_disk(target="vda1")),
    "snapshot-yes": _domain(_disk(words=" snapshot='yes'")),
    "unbound-prefix": _domain(_disk(), "<qemu:note/>"),
    "bad-bus": _domain(_disk(bus="floppy")),
    "bad-format": _domain(_disk("<driver name='qemu' type='qcow3'/>")),
    "iso-format": _domain(_disk("<driver name='qemu' type='iso'/>")),
    "bad-share-backing": _domain(_disk("<transient shareBacking='on'/>", words=_OUT)),
    "vhostuser-snapshot": _domain(_disk(words=" type='vhostuser' snapshot='external'", source=_SOCKET)),
    "efi-nvram-format": Example(
        "<domain type='kvm'>\n  <name>web</name>\n"
        "  <os firmware='efi'><nvram format='qcow2'/></os>\n</domain>\n",
        "web.xml",
    ),
    "stateless-nvram": _domain(
        os="<loader stateless='yes' type='pflash'>/fw.fd</loader><nvram>/web.fd</nvram>"
    ),
    "unknown-word": _domain(_disk("<driver name='qemu' cache='write-back'/>")),
    "bus-unfit": _domain(_disk(words=_EMPTY)),
    "controller-unfit": _domain(
        _disk(bus="scsi", target="sda"), "<controller type='scsi' model='buslogic'/>", os=_PC
    ),
    "address-unfit": _domain(
        _disk("<address type='usb' bus='0' port='9'/>", bus="usb", target="sda"), os=_PC
    ),
    "option-of-bus": _domain(_disk("<driver name='qemu' event_idx='on'/>", bus="sata", target="sda")),
    "option-of-qemu-bus": _domain(_disk("<wwn>5000c50015ea71aa</wwn>")),
    "option-of-device": _domain(_disk(words=" rawio='yes'")),
    "option-of-source": _domain(
        _disk("<driver name='qemu' cache='none'/>", words=" type='vhostuser'", source=_SOCKET)
    ),
    "source-unfit": _domain(_disk(words=" type='dir'", source="<source dir='/vm/files'/>")),
    "source-incomplete": _domain(_disk(words=" type='network'", source="<source protocol='rbd'/>")),
    "duplicate-address": _domain(_disk(_AT, bus="sata", target="sda"), _disk(_AT, bus="sata", target="sdb")),
    "duplicate-boot-order": _domain(_disk("<boot order='1'/>"), _disk("<boot order='1'/>", target="vdb")),
    "duplicate-alias": _domain(_disk(_ALIAS), _disk(_ALIAS, target="vdb")),
    "limits-differ": _domain(_disk(_LIMITED.format(1)), _disk(_LIMITED.format(2), target="vdb")),
    "options-disagree": _domain(
        _disk("<iotune><total_iops_sec>9</total_iops_sec><read_iops_sec>9</read_iops_sec></iotune>")
    ),
    "qemu-options-disagree": _domain(_disk("<driver name='qemu' io='native'/>")),
    "transient-empty": _domain(_disk("<transient/>", words=_EMPTY, source="", bus="sata", target="sda")),
    "transient-readonly": _domain(_disk("<transient/><readonly/>", words=_OUT)),
    "transient-not-file": _domain(_disk("<transient/>", words=f"{_OUT} type='block'", source=_DEV)),
    "transient-not-disk": _domain(
        _disk("<transient/>", words=f"{_OUT} device='floppy'", bus="fdc", target="fda")
    ),
    "transient-sharebacking-bus": _domain(
        _disk("<transient shareBacking='yes'/>", words=_OUT, bus="sata", target="sda")
    ),
    "transient-unsupported": _domain(_disk("<transient/>", words=_OUT), kind="xen"),
    "transient-limits": _domain(_disk("<transient/>", words=_OUT)),
    "snapshots-refused": _domain(_disk(f"{_QCOW2}<transient/>")),
    "plain-snapshot-refused": _domain(_disk(_QCOW2), _disk(_QCOW2, words=_OUT, target="vdb")),
    "snapshots-by-name": _domain(_disk(_QCOW2, words=_OUT)),
    "no-snapshot-by-itself": _domain(_disk(words=" type='block'", source=_DEV)),
    "way-lost": _domain(_disk(_QCOW2), _disk(_QCOW2, target="vdb"))._replace(change="vdb --no-snapshot"),
    "cbt-half-enabled": _vmx(_TRACKED, *_SECOND),
    "nvme-disk": _bare('nvme0.present = "TRUE"', 'nvme0:0.present = "TRUE"', 'nvme0:0.fileName = "web.vmdk"'),
    "virtual-tpm": _vmx('vtpm.present = "TRUE"'),
    "vm-encrypted": _vmx('vc.uuid = "52 4c"', 'encryption.bundle = "vmware:key/list/(…)"'),
    "boot-order": _vmx(*_SECOND, 'bios.hddOrder = "scsi0:1,scsi0:0"'),
    "duplicate-key": _vmx('memsize = "1024"', 'MemSize = "2048"'),
    "malformed-line": _vmx("a line of words"),
    "byte-order-mark": _vmx()._replace(text="\ufeff" + _vmx().text),
    "unquoted-value": _vmx("numvcpus = 2"),
    "encoding": _vmx('.encoding = "klingon"'),
    "template": _vmx('memsize = "{{ memory }}"'),
    "encrypted": _vmx('encryption.keySafe = "vmware:key/list/..."'),
    "partially-encrypted": _vmx(
        'vmx.encryptionType = "partial"', 'encryption.keySafe = "vmware:key/list/..."'
    ),
    "beside-unknown": _vmx(),
}
