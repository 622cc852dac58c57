"""A tree of virtual machines to audit: folders of a VMX with its sidecars, or a hostile one.

Run by ``python -m tests.benchmarks.tree FOLDER COUNT [--hostile]``. What is made depends on COUNT alone.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

_MODES = ("independent-persistent", "persistent", "independent-nonpersistent", "undoable")
_PER_GROUP = 1000
_GIB = 1 << 30

_HEAD = """\
.encoding = "UTF-8"
config.version = "8"
virtualHW.version = "19"
nvram = "{name}.nvram"
svga.present = "TRUE"
vmci0.present = "TRUE"
hpet0.present = "TRUE"
displayName = "{name}"
guestOS = "debian12-64"
firmware = "efi"
memsize = "16384"
numvcpus = "8"
cpuid.coresPerSocket = "4"
powerType.powerOff = "default"
powerType.suspend = "soft"
powerType.reset = "default"
tools.upgrade.policy = "manual"
tools.syncTime = "FALSE"
sched.cpu.units = "mhz"
sched.cpu.affinity = "all"
sched.cpu.shares = "normal"
sched.mem.minsize = "1024"
scsi0.present = "TRUE"
scsi0.virtualDev = "pvscsi"
scsi0.pciSlotNumber = "160"
sata0.present = "TRUE"
sata0.pciSlotNumber = "33"
sata0:0.present = "TRUE"
sata0:0.deviceType = "cdrom-image"
sata0:0.fileName = "/vmfs/volumes/iso/debian-12.iso"
sata0:0.startConnected = "FALSE"
uuid.bios = "56 4d 1a 2b 3c 4d 5e 6f-70 81 92 a3 b4 c5 {number:02x} {group:02x}"
vc.uuid = "50 1c 07 76 56 be 48 d0-9a 36 2d e2 2f 70 {number:02x} {group:02x}"
"""
_NETWORK = """\
ethernet{0}.present = "TRUE"
ethernet{0}.virtualDev = "vmxnet3"
ethernet{0}.networkName = "VLAN {0}"
ethernet{0}.addressType = "vpx"
ethernet{0}.generatedAddress = "00:50:56:9c:00:0{0}"
ethernet{0}.pciSlotNumber = "{0}92"
"""
DESCRIPTOR = """\
# Disk DescriptorFile
version=1
encoding="UTF-8"
CID=3c91a7f0
parentCID=ffffffff
createType="vmfs"

# Extent description
RW 83886080 VMFS "{name}-flat.vmdk"

# The Disk Data Base
#DDB

ddb.adapterType = "lsilogic"
ddb.geometry.cylinders = "5221"
ddb.geometry.heads = "255"
ddb.geometry.sectors = "63"
ddb.thinProvisioned = "1"
ddb.virtualHWVersion = "19"
"""
_FOUNDRY = '<?xml version="1.0"?>\n<Foundry>\n<VM>\n<VMId type="string">52 0{0}</VMId>\n</VM>\n</Foundry>\n'
_KEYS = 100


def vmx_text(number: int) -> str:
    """A VMX of 100 keys: two to five disks, in modes that change from machine to machine."""
    name = name_of(number)
    text = [_HEAD.format(name=name, number=number % 256, group=number // 256 % 256)]
    for unit in range(_disks_of(number)):
        file = name if unit == 0 else f"{name}_{unit}"
        text.append(f'scsi0:{unit}.present = "TRUE"\nscsi0:{unit}.deviceType = "scsi-hardDisk"\n')
        text.append(f'scsi0:{unit}.fileName = "{file}.vmdk"\n')
        if unit:
            text.append(f'scsi0:{unit}.mode = "{_MODES[(number + unit) % len(_MODES)]}"\n')
    text += [_NETWORK.format(number) for number in range(2)]
    short = _KEYS - "".join(text).count("\n")
    text += [f'pciBridge{one}.pciSlotNumber = "{one + 16}"\n' for one in range(short)]
    return "".join(text)


def name_of(number: int) -> str:
    """What the machine is called."""
    return f"vm{number:06}"


def _disks_of(number: int) -> int:
    return 2 + number % 4


def _vmsd_text(number: int) -> str:
    """Every tenth machine has a snapshot; hosted products leave the file empty where there is none."""
    if number % 10:
        return ""
    lines = ['.encoding = "UTF-8"', 'snapshot.numSnapshots = "1"', 'snapshot.current = "1"']
    lines += ['snapshot0.uid = "1"', 'snapshot0.displayName = "before upgrade"']
    lines += [f'snapshot0.numDisks = "{_disks_of(number)}"']
    lines += [f'snapshot0.disk{unit}.node = "scsi0:{unit}"' for unit in range(_disks_of(number))]
    return "\n".join(lines) + "\n"


def make_tree(root: Path, count: int) -> None:
    """``count`` machines, each in a folder of its own with its sidecars, a thousand folders to a group."""
    for number in range(count):
        name = name_of(number)
        folder = root / f"datastore{number // _PER_GROUP:03}" / name
        folder.mkdir(parents=True)
        (folder / f"{name}.vmx").write_text(vmx_text(number))
        (folder / f"{name}.vmsd").write_text(_vmsd_text(number))
        (folder / f"{name}.vmxf").write_text(_FOUNDRY.format(number))
        for unit in range(_disks_of(number)):
            disk = name if unit == 0 else f"{name}_{unit}"
            (folder / f"{disk}.vmdk").write_text(DESCRIPTOR.format(name=disk))


def _broken_xml(path: Path) -> None:
    path.with_suffix(".xml").write_text("<domain type='kvm'><name>x</name><devices><disk></domain>")


def _no_permission(path: Path) -> None:
    path.write_text(vmx_text(0))
    path.chmod(0)


def _huge(path: Path) -> None:
    path.touch()
    os.truncate(path, _GIB)


def _foreign(path: Path) -> None:
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")


def _loop(path: Path) -> None:
    path.with_suffix("").symlink_to(path.parent, target_is_directory=True)


def _good_xml(path: Path) -> None:
    path.with_suffix(".xml").write_text(
        "<domain type='kvm'><name>x</name><devices><disk type='file' device='disk'>"
        "<source file='/img/x.qcow2'/><target dev='vda' bus='virtio'/></disk></devices></domain>"
    )


def _other_xml(path: Path) -> None:
    path.with_suffix(".xml").write_text("<network><name>default</name></network>")


# What lies in a hostile tree, in turn; one 1 GiB file is made beside them.
KINDS: tuple[tuple[str, Callable[[Path], object]], ...] = (
    ("good VMX", lambda path: path.write_text(vmx_text(0))),
    ("good XML", _good_xml),
    ("another XML", _other_xml),
    ("broken XML", _broken_xml),
    ("FIFO", os.mkfifo),
    ("dangling link", lambda path: path.symlink_to("nowhere.vmx")),
    ("no permission", _no_permission),
    ("something else", _foreign),
    ("empty", Path.touch),
    ("loop", _loop),
)


def make_hostile_tree(root: Path, count: int) -> dict[str, int]:
    """``count`` entries, each kind in turn, ten to a folder, and a sparse file of 1 GiB; how many of each."""
    made = dict.fromkeys((kind for kind, _ in KINDS), 0)
    for number in range(count):
        kind, make = KINDS[number % len(KINDS)]
        folder = root / f"d{number // 1000:03}" / f"f{number // 10:05}"
        folder.mkdir(parents=True, exist_ok=True)
        make(folder / f"{name_of(number)}.vmx")
        made[kind] += 1
    _huge(root / "huge.vmx")
    return made | {"1 GiB": 1}


def main() -> None:
    """Make the tree the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--hostile", action="store_true")
    asked = parser.parse_args()
    if asked.hostile:
        for kind, number in make_hostile_tree(asked.folder, asked.count).items():
            print(f"{number:7} {kind}")
    else:
        make_tree(asked.folder, asked.count)


if __name__ == "__main__":
    main()
