"""Machines with as many disks as are asked for, the same in both formats: up to 256, on four controllers.

Run by ``python -m tests.benchmarks.machines COUNT vmx|xml`` to look at one. Headers and the keys of a disk
are those that ESXi 8 and libvirt write; most disks have no word of policy, every eighth is left out of
snapshots, every sixteenth forgets as well. The first has none, so that its toggle is never refused.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from string import ascii_lowercase
from typing import NamedTuple

from tests.benchmarks.tree import DESCRIPTOR

NAME = "bench"
MOST = 256
# A PVSCSI controller has 65 units from hardware version 14 on, and is the eighth itself. Up to 60 disks are
# put on 16 units of each, as libvirt's VMX driver counts them: beyond, its names of targets collide.
_UNITS = tuple(unit for unit in range(65) if unit != 7)
_FEW, _FEW_UNITS = 60, 15

_VMX_HEAD = """\
.encoding = "UTF-8"
config.version = "8"
virtualHW.version = "20"
nvram = "bench.nvram"
pciBridge0.present = "TRUE"
svga.present = "TRUE"
pciBridge4.present = "TRUE"
pciBridge4.virtualDev = "pcieRootPort"
pciBridge4.functions = "8"
pciBridge5.present = "TRUE"
pciBridge5.virtualDev = "pcieRootPort"
pciBridge5.functions = "8"
vmci0.present = "TRUE"
hpet0.present = "TRUE"
powerType.powerOff = "default"
powerType.suspend = "soft"
powerType.reset = "default"
tools.upgrade.policy = "manual"
sched.cpu.units = "mhz"
sched.cpu.affinity = "all"
displayName = "bench"
guestOS = "ubuntu-64"
memsize = "8192"
numvcpus = "4"
cpuid.coresPerSocket = "2"
floppy0.startConnected = "FALSE"
floppy0.clientDevice = "TRUE"
floppy0.fileName = "vmware-null-remote-floppy"
"""
_VMX_CONTROLLER = """\
scsi{0}.virtualDev = "pvscsi"
scsi{0}.present = "TRUE"
scsi{0}.pciSlotNumber = "{1}"
"""
_VMX_SLOTS = (160, 224, 256, 1184)
_VMX_DISK = """\
{0}.deviceType = "scsi-hardDisk"
{0}.fileName = "{1}.vmdk"
{2}sched.{0}.shares = "normal"
sched.{0}.throughputCap = "off"
{0}.present = "TRUE"
"""
_VMX_TAIL = """\
ethernet0.virtualDev = "vmxnet3"
ethernet0.networkName = "VM Network"
ethernet0.addressType = "vpx"
ethernet0.generatedAddress = "00:50:56:9c:21:7e"
ethernet0.uptCompatibility = "TRUE"
ethernet0.pciSlotNumber = "192"
ethernet0.present = "TRUE"
uuid.bios = "42 1c 43 e4 d2 ff 4a 69-85 7f 43 82 f3 f2 9b 8d"
uuid.location = "56 4d 08 50 63 74 4f 36-a2 95 5d 62 4a 97 90 75"
vc.uuid = "50 1c 07 76 56 be 48 d0-9a 36 2d e2 2f 70 28 da"
pciBridge0.pciSlotNumber = "17"
pciBridge4.pciSlotNumber = "21"
pciBridge5.pciSlotNumber = "22"
vmci0.id = "-1564253568"
vmci0.pciSlotNumber = "32"
monitor.phys_bits_used = "45"
softPowerOff = "FALSE"
tools.syncTime = "FALSE"
toolScripts.afterPowerOn = "TRUE"
toolScripts.afterResume = "TRUE"
toolScripts.beforeSuspend = "TRUE"
toolScripts.beforePowerOff = "TRUE"
svga.vramSize = "16777216"
svga.autodetect = "TRUE"
vmotion.checkpointFBSize = "16777216"
vmotion.checkpointSVGAPrimarySize = "16777216"
migrate.hostLog = "bench-ea8424da.hlog"
sched.cpu.min = "0"
sched.cpu.shares = "normal"
sched.mem.min = "0"
sched.mem.minSize = "0"
sched.mem.shares = "normal"
numa.autosize.cookie = "40042"
numa.autosize.vcpu.maxPerVirtualNode = "4"
vmxstats.filename = "bench.scoreboard"
"""

_XML_HEAD = """\
<domain type='kvm'>
  <name>bench</name>
  <uuid>10ba0f29-d029-4a36-860d-18c884b9f639</uuid>
  <memory unit='KiB'>8388608</memory>
  <currentMemory unit='KiB'>8388608</currentMemory>
  <vcpu placement='static'>4</vcpu>
  <os>
    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
    <boot dev='hd'/>
  </os>
  <features>
    <acpi/>
    <apic/>
    <vmport state='off'/>
  </features>
  <cpu mode='host-passthrough' check='none' migratable='on'/>
  <clock offset='utc'>
    <timer name='rtc' tickpolicy='catchup'/>
    <timer name='pit' tickpolicy='delay'/>
    <timer name='hpet' present='no'/>
  </clock>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <pm>
    <suspend-to-mem enabled='no'/>
    <suspend-to-disk enabled='no'/>
  </pm>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
"""
_XML_DISK = """\
    <disk type='file' device='disk'{snapshot}>
      <driver name='qemu' type='qcow2' discard='unmap'/>
      <source file='/var/lib/libvirt/images/{file}.qcow2'/>
      <target dev='{target}' bus='scsi'/>
{transient}      <address type='drive' controller='{controller}' bus='0' target='0' unit='{unit}'/>
    </disk>
"""
_XML_CONTROLLER = """\
    <controller type='scsi' index='{0}' model='virtio-scsi'>
      <address type='pci' domain='0x0000' bus='0x{1:02x}' slot='0x00' function='0x0'/>
    </controller>
"""
_XML_PORT = """\
    <controller type='pci' index='{0}' model='pcie-root-port'>
      <model name='pcie-root-port'/>
      <target chassis='{0}' port='0x{1:x}'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x{2}'{3}/>
    </controller>
"""
_XML_TAIL = """\
    <interface type='network'>
      <mac address='52:54:00:3b:71:e0'/>
      <source network='default'/>
      <model type='virtio'/>
      <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
    </interface>
    <serial type='pty'>
      <target type='isa-serial' port='0'>
        <model name='isa-serial'/>
      </target>
    </serial>
    <console type='pty'>
      <target type='serial' port='0'/>
    </console>
    <input type='mouse' bus='ps2'/>
    <input type='keyboard' bus='ps2'/>
    <graphics type='vnc' port='-1' autoport='yes'>
      <listen type='address'/>
    </graphics>
    <video>
      <model type='virtio' heads='1' primary='yes'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x0'/>
    </video>
    <memballoon model='virtio'>
      <address type='pci' domain='0x0000' bus='0x02' slot='0x00' function='0x0'/>
    </memballoon>
  </devices>
</domain>
"""
_PORTS = 6
_FIRST_FREE_BUS = 3


class _Disk(NamedTuple):
    file: str
    target: str
    controller: int
    unit: int
    in_snapshots: bool
    kept: bool

    @property
    def address(self) -> str:
        return f"scsi{self.controller}:{self.unit}"


def _disk(number: int, units: int) -> _Disk:
    controller, place = divmod(number, units)
    return _Disk(
        file=f"{NAME}_{number}" if number else NAME,
        target=_target(number),
        controller=controller,
        unit=_UNITS[place],
        in_snapshots=number % 8 != 4,
        kept=number % 16 != 12,
    )


def _target(number: int) -> str:
    """``sda`` to ``sdz``, then ``sdaa``."""
    letters = ""
    number += 1
    while number:
        number, place = divmod(number - 1, len(ascii_lowercase))
        letters = ascii_lowercase[place] + letters
    return f"sd{letters}"


def _disks(count: int) -> list[_Disk]:
    if not 0 < count <= MOST:
        raise ValueError(f"a machine has 1 to {MOST} disks, not {count}")
    units = _FEW_UNITS if count <= _FEW else len(_UNITS)
    return [_disk(number, units) for number in range(count)]


def address(number: int, count: int) -> str:
    """Where the disk of this number is in a machine of ``count``."""
    return _disks(count)[number].address


def vmx_bytes(count: int) -> bytes:
    """A VMX as ESXi writes it."""
    disks = _disks(count)
    text = [_VMX_HEAD]
    text += [_VMX_CONTROLLER.format(number, _VMX_SLOTS[number]) for number in range(disks[-1].controller + 1)]
    for disk in disks:
        word = "persistent" if disk.kept else "nonpersistent"
        mode = "" if disk.in_snapshots else f'{disk.address}.mode = "independent-{word}"\n'
        text.append(_VMX_DISK.format(disk.address, disk.file, mode))
    text.append(_VMX_TAIL)
    text += [f'{disk.address}.redo = ""\n' for disk in disks]
    text.append('cleanShutdown = "TRUE"\n')
    return "".join(text).encode()


def xml_bytes(count: int) -> bytes:
    """A domain as libvirt writes it."""
    disks = _disks(count)
    text = [_XML_HEAD]
    text += [
        _XML_DISK.format(
            snapshot="" if disk.in_snapshots else " snapshot='no'",
            transient="" if disk.kept else "      <transient/>\n",
            **disk._asdict(),
        )
        for disk in disks
    ]
    text += [
        _XML_CONTROLLER.format(number, _FIRST_FREE_BUS + number) for number in range(disks[-1].controller + 1)
    ]
    text.append("    <controller type='pci' index='0' model='pcie-root'/>\n")
    for port in range(_PORTS):
        several = "" if port else " multifunction='on'"
        text.append(_XML_PORT.format(port + 1, 16 + port, port, several))
    text.append(_XML_TAIL)
    return "".join(text).encode()


MAKERS: Mapping[str, Callable[[int], bytes]] = {"vmx": vmx_bytes, "xml": xml_bytes}


def make_machine(folder: Path, count: int, kind: str) -> Path:
    """A file with such a machine, in a folder of its own; beside a VMX what ESXi keeps there."""
    path = folder / f"{kind}-{count}" / f"{NAME}.{kind}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(MAKERS[kind](count))
    if kind == "vmx":
        path.with_suffix(".vmsd").touch()
        for disk in _disks(count):
            path.with_name(f"{disk.file}.vmdk").write_text(DESCRIPTOR.format(name=disk.file))
    return path


def main() -> None:
    """Print the machine the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("kind", choices=MAKERS)
    asked = parser.parse_args()
    print(MAKERS[asked.kind](asked.count).decode(), end="")


if __name__ == "__main__":
    main()
