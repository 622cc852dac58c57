"""How fast a whole VM converts: VMX to domain XML, as a ratio to what lxml needs to read the result.

Run by ``python -m tests.benchmarks.conversion``. Ratios hold from machine to machine, milliseconds do not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from lxml import etree

from tui.convert import to_domain_xml, to_vmx
from tui.formats.domain_xml import DomainDocument
from tui.formats.vmx import VmxDocument

TIMES = 1000
ROUNDS = 5
TARGET = 10
READING = "lxml.etree.fromstring of the resulting XML"

_HEAD = """\
.encoding = "UTF-8"
config.version = "8"
virtualHW.version = "19"
displayName = "bench01"
annotation = "nightly batch|0Asecond line"
guestOS = "debian12-64"
firmware = "efi"
memsize = "16384"
numvcpus = "8"
cpuid.coresPerSocket = "4"
sched.cpu.shares = "normal"
sched.mem.minsize = "1024"
uuid.bios = "56 4d 1a 2b 3c 4d 5e 6f-70 81 92 a3 b4 c5 d6 e7"
svga.vramSize = "8388608"
serial0.present = "TRUE"
serial0.fileType = "file"
serial0.fileName = "serial0.log"
floppy0.present = "FALSE"
scsi0.present = "TRUE"
scsi0.virtualDev = "pvscsi"
sata0.present = "TRUE"
sata0:0.present = "TRUE"
sata0:0.deviceType = "cdrom-image"
sata0:0.fileName = "emptyBackingString"
"""
_REST = (
    "nvram",
    "vmci0.present",
    "hpet0.present",
    "powerType.powerOff",
    "powerType.suspend",
    "powerType.reset",
    "tools.upgrade.policy",
    "tools.syncTime",
    "cleanShutdown",
    "softPowerOff",
    "vmotion.checkpointFBSize",
    "migrate.hostLog",
    "monitor.phys_bits_used",
    "numa.autosize.cookie",
    "pciBridge0.present",
    "pciBridge4.present",
    "pciBridge4.virtualDev",
    "pciBridge4.functions",
    "scsi0.pciSlotNumber",
    "vmxstats.filename",
)
_DISKS = 8
_NETWORKS = 4


def hundred_keys() -> bytes:
    """A VMX of 100 keys: eight disks, a CD-ROM, four network cards, a serial port, VMware's own records."""
    lines = [_HEAD]
    for unit in (0, 1, 2, 3, 4, 5, 6, 8)[:_DISKS]:
        lines.append(f'scsi0:{unit}.present = "TRUE"\n')
        lines.append(f'scsi0:{unit}.deviceType = "scsi-hardDisk"\n')
        lines.append(f'scsi0:{unit}.fileName = "bench01_{unit}.vmdk"\n')
        lines.append(f'scsi0:{unit}.mode = "independent-persistent"\n')
    for number in range(_NETWORKS):
        lines.append(f'ethernet{number}.present = "TRUE"\n')
        lines.append(f'ethernet{number}.virtualDev = "vmxnet3"\n')
        lines.append(f'ethernet{number}.networkName = "VLAN {number}"\n')
        lines.append(f'ethernet{number}.addressType = "vpx"\n')
        lines.append(f'ethernet{number}.generatedAddress = "00:50:56:9c:00:0{number}"\n')
        lines.append(f'ethernet{number}.pciSlotNumber = "{192 + 32 * number}"\n')
    lines += [f'{key} = "TRUE"\n' for key in _REST]
    return "".join(lines).encode()


def measured(works: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Seconds of processor time that ``TIMES`` calls of each take: the best of ``ROUNDS``, taken in turn."""
    best = dict.fromkeys(works, float("inf"))
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = time.process_time()
            for _ in range(TIMES):
                work()
            best[name] = min(best[name], time.process_time() - start)
    return best


def main() -> None:
    """Print the ratios."""
    data = hundred_keys()
    document = VmxDocument(data)
    body = to_domain_xml(document).text.encode()
    domain = DomainDocument(body)
    taken = measured(
        {
            READING: lambda: etree.fromstring(body),
            "VMX bytes to domain XML": lambda: to_domain_xml(VmxDocument(data)),
            "of that, its keys and disks": lambda: VmxDocument(data).disks,
            "domain document to VMX": lambda: to_vmx(domain),
        }
    )
    print(f"{len(document.entries)} keys, {TIMES} times each, the best of {ROUNDS} rounds; aim: {TARGET}")
    for name, seconds in taken.items():
        print(f"{name:45} {seconds:7.3f} s  ratio {seconds / taken[READING]:5.1f}")


if __name__ == "__main__":
    main()
