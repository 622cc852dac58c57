"""Disks made at random: mostly ordinary ones, with a word here and there that does not fit."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import NamedTuple

_SOURCES = {
    "file": "<source file='/x/a.img'/>",
    "block": "<source dev='/dev/sdz'/>",
    "dir": "<source dir='/x'/>",
    "network": "<source protocol='nbd' name='e'><host name='h' port='10809'/></source>",
    "volume": "<source pool='p' volume='v'/>",
    "nvme": "<source type='pci' managed='yes' namespace='1'>"
    "<address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source>",
    "vhostuser": "<source type='unix' path='/run/v.sock'/>",
    "bogus": "<source file='/x/a.img'/>",
}
_PROTOCOLS = ("nbd", "rbd", "iscsi", "http", "ftp", "tftp", "gluster", "ssh", "nfs", "bogus")
_TARGETS = {
    "virtio": "vda",
    "scsi": "sda",
    "ide": "hda",
    "sata": "sda",
    "usb": "sda",
    "fdc": "fda",
    "xen": "xvda",
    "sd": "sda",
    "nvme": "sda",
    "bogus": "vda",
    "": "vda",
}
_BUSES = {"disk": "virtio", "cdrom": "sata", "floppy": "fdc", "lun": "scsi", "bogus": "virtio"}
_FORMATS = ("vmdk", "iso", "dir", "fat", "qed", "bogus", "vdi", "aio", "luks", "none", "vpc", "cow", "qcow")
_ODD_TARGETS = ("hdb", "fda", "xyz", "vda1", "sdc", "nvme0n1", "hde", "fdc")
_INSIDE = (
    *("<transient/>", "<transient shareBacking='yes'/>", "<transient shareBacking='x'/>", "<readonly/>"),
    *("<shareable/>", "<boot order='1'/>", "<boot order='0'/>", "<boot order='x'/>", "<serial>abc</serial>"),
    *("<wwn>5000c50015ea71aa</wwn>", "<wwn>xx</wwn>", "<vendor>QEMU</vendor>", "<product>abc</product>"),
    *("<vendor>QEMUQEMUQEMU</vendor>", "<geometry cyls='99' heads='16' secs='63'/>", "<backingStore/>"),
    "<geometry cyls='99' heads='16' secs='63' trans='lba'/>",
    "<blockio logical_block_size='512' physical_block_size='4096'/>",
    "<iotune><total_bytes_sec>1000000</total_bytes_sec></iotune>",
    "<iotune><total_bytes_sec>1000000</total_bytes_sec><read_bytes_sec>10</read_bytes_sec></iotune>",
    "<address type='drive' controller='0' bus='0' target='0' unit='0'/>",
    "<iotune><read_bytes_sec>20</read_bytes_sec></iotune><iotune><total_bytes_sec>30</total_bytes_sec></iotune>",
    "<address type='pci' domain='0x0000' bus='0x00' slot='0x0a' function='0x0'/>",
    "<address type='usb' bus='0' port='1'/>",
    "<address type='bogus'/>",
    "<boot order='1' loadparm='x'/>",
    "<boot order='1' loadparm='too long a word'/>",
    "<mirror type='file' job='copy'><format type='raw'/><source file='/x/m'/></mirror>",
    "<throttlefilters><throttlefilter group='g'/></throttlefilters>",
    "<alias name='ua-x'/>",
)
# Deeper parts; one of WRONG stands here and there in the place of a word of them.
_SECRET = "<secret type='passphrase' uuid='0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f'/>"
_CACHE = "<metadata_cache><max_size unit='KiB'>1</max_size></metadata_cache>"
_DEEPER = (
    "<backingStore type='file'><format type='qcow2'/><source file='/x/b'/></backingStore>",
    "<backingStore type='block'><format type='raw'/><source dev='/x/b'/><backingStore/></backingStore>",
    "<backingStore type='network'><format type='raw'/><source protocol='nbd' name='e'/></backingStore>",
    "<backingStore type='volume'><format type='raw'/><source pool='p' volume='v'/></backingStore>",
    f"<encryption format='luks'>{_SECRET}</encryption>",
    f"<encryption format='luks' engine='qemu'>{_SECRET}</encryption>",
    "<auth username='u'><secret type='ceph' usage='x'/></auth>",
    "<iotune><total_iops_sec>5</total_iops_sec><group_name>g</group_name></iotune>",
    "<geometry cyls='9' heads='16' secs='63'/>",
    "<acpi index='3'/>",
    "<address type='pci' domain='0x0000' bus='0x00' slot='0x0b' function='0x0' multifunction='on'/>",
    "<address type='drive' controller='0' bus='0' target='0' unit='1'/>",
    "<address type='drive' controller='0' bus='0' target='3' unit='0'/>",
    "<address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>",
    "<address type='pci' domain='0x0000' bus='0x02' slot='0x05' function='0x0'/>",
    "<address type='usb' bus='0' port='3'/>",
    "<address type='usb' bus='0' port='1.2'/>",
    "<address type='dimm' slot='0'/>",
    "<iotune><write_bytes_sec_max>9</write_bytes_sec_max><size_iops_sec>5</size_iops_sec></iotune>",
    f"<backingStore type='file'><format type='qcow2'>{_CACHE}</format><source file='/x/b'/></backingStore>",
)
# What stands beside the disks; how PCI bridges may be plugged together is not judged.
_BESIDE = (
    "<controller type='scsi' index='0' model='virtio-scsi'><driver queues='2' iothread='1'/></controller>",
    "<controller type='scsi' index='0' model='lsilogic'/>",
    "<controller type='scsi' index='1' model='lsisas1068'><driver queues='0'/></controller>",
    "<controller type='scsi' index='0' model='buslogic'/>",
    "<controller type='usb' index='0' model='qemu-xhci' ports='8'/>",
    "<controller type='usb' index='0' model='piix3-uhci'/>",
    "<controller type='usb' index='1' model='ehci'/>",
    "<controller type='ide' index='0'/>",
    "<controller type='sata' index='0'/>",
)
_HUB = "<hub type='usb'><address type='usb' bus='0' port='1'/></hub>"
_IN_SOURCE = (
    "<slices><slice type='storage' offset='0' size='512'/></slices>",
    "<seclabel model='dac' relabel='no'/>",
    f"<encryption format='luks'>{_SECRET}</encryption>",
    "<reservations managed='yes'/>",
    "<ssl verify='yes'/>",
    "<cookies><cookie name='a'>b</cookie></cookies>",
    "<readahead size='1'/>",
    "<timeout seconds='1'/>",
    "<reconnect enabled='yes' timeout='1'/>",
    "<auth username='u'><secret type='iscsi' usage='x'/></auth>",
    "<auth username='u' type='chap'><secret type='iscsi' usage='x'/></auth>",
    "<cookies><cookie name='a'>b</cookie><cookie name='a'>c</cookie></cookies>",
    "<dataStore type='file'><format type='raw'/><source file='/x/d'/></dataStore>",
    "<reservations managed='no'><source type='unix' path='/x' mode='client'/></reservations>",
)
_WRONG = ("bogus", "", "-1", "0", "1", "yes", "x y", "4294967296")
_A_WORD = re.compile(r"(?<==')[^']*(?=')")
_OF_DISK = {
    "snapshot": ("no", "internal", "external", "manual", "NO", "default", ""),
    "rawio": ("yes", "no", "bogus"),
    "sgio": ("filtered", "unfiltered", "bogus"),
    "model": ("virtio", "virtio-transitional", "bogus"),
}
_OF_DRIVER = {
    "name": ("phy", "bogus"),
    "cache": ("none", "writeback", "directsync", "unsafe", "default", "bogus"),
    "io": ("native", "threads", "io_uring", "bogus"),
    "discard": ("unmap", "ignore", "bogus"),
    "detect_zeroes": ("on", "off", "unmap", "bogus"),
    "error_policy": ("stop", "report", "ignore", "enospace", "bogus"),
    "iothread": ("1", "7", "x"),
    "queues": ("2", "x"),
    "copy_on_read": ("on", "off", "bogus"),
    "event_idx": ("on", "off", "bogus"),
    "ioeventfd": ("on", "off", "bogus"),
    "packed": ("on", "off", "bogus"),
    "page_per_vq": ("on", "off", "bogus"),
    "rerror_policy": ("stop", "report", "default", "enospace"),
}
_OF_TARGET = {
    "tray": ("open", "closed", "bogus"),
    "removable": ("on", "off", "bogus"),
    "rotation_rate": ("1", "7200", "x"),
}


class Made(NamedTuple):
    """A machine made at random and the name it is defined by."""

    name: str
    xml: str


def domain(name: str, disks: str, machine: str) -> Made:
    """A machine of such disks."""
    return Made(
        name,
        f"<domain type='qemu'><name>{name}</name><memory unit='MiB'>32</memory><memoryBacking>"
        "<source type='memfd'/><access mode='shared'/></memoryBacking><iothreads>1</iothreads>"
        f"<os><type arch='x86_64' machine='{machine}'>hvm</type></os><features><acpi/></features>"
        f"<devices>{disks}</devices></domain>",
    )


class Maker:
    """Makes machines; ``odd`` is how often a choice is an odd one, 0 to 1."""

    def __init__(self, draw: random.Random, odd: float) -> None:
        self._draw, self._odd = draw, odd

    def machine(self, name: str) -> Made:
        """A machine with one disk, or now and then two."""
        disks = self.disk() + (self.disk() if self._draw.random() < self._odd else "")
        beside = self._of("", (*map(self._wrong, _BESIDE), _HUB))
        return domain(name, beside + disks, self._draw.choice(("q35", "pc")))

    def disk(self) -> str:
        """One ``<disk>``."""
        device = self._of("disk", tuple(_BUSES))
        kind = self._of("file", tuple(_SOURCES))
        bus = self._of(_BUSES[device], tuple(_TARGETS))
        target = {"dev": self._of(_TARGETS[bus], _ODD_TARGETS), **({"bus": bus} if bus else {})}
        disk = {"type": kind, "device": device} | self._some(_OF_DISK)
        driver = {"name": "qemu", "type": self._of(self._draw.choice(("qcow2", "raw")), _FORMATS)}
        driver |= self._some(_OF_DRIVER)
        if self._odd_now():
            del driver["type"]
        inside = "".join(self._draw.choice(_INSIDE) for _ in range(2) if self._odd_now())
        inside += self._of("", tuple(map(self._wrong, _DEEPER)))
        # Two addresses would be one too many to know which counts.
        inside = inside if inside.count("<address") < 2 else ""
        in_driver = self._of("", (self._wrong(_CACHE),), self._odd / 3)
        inner = self._of("", tuple(map(self._wrong, _IN_SOURCE)))
        source = re.sub("/>$", f">{inner}</source>", self._source(kind)) if inner else self._source(kind)
        return (
            f"<disk{_said(disk)}><driver{_said(driver)}>{in_driver}</driver>{source}"
            f"<target{_said(target | self._some(_OF_TARGET))}/>{inside}</disk>"
        )

    def _source(self, kind: str) -> str:
        protocol = self._of("nbd", _PROTOCOLS)
        if kind == "network" and protocol != "nbd":
            identity = "<identity user='u' group='g'/>" if protocol == "nfs" else ""
            name = "iqn.2013-07.com.example:iscsi-nopool/1" if protocol == "iscsi" else "v/a"
            return f"<source protocol='{protocol}' name='{name}'><host name='h'/>{identity}</source>"
        return self._of(_SOURCES[kind], ("", "<source/>"), self._odd / 3)

    def _wrong(self, text: str) -> str:
        """A part, now and then with a wrong word somewhere."""
        words = list(_A_WORD.finditer(text))
        if not words or self._draw.random() < 0.5:
            return text
        at = self._draw.choice(words)
        return f"{text[: at.start()]}{self._draw.choice(_WRONG)}{text[at.end() :]}"

    def _odd_now(self, odd: float | None = None) -> bool:
        return self._draw.random() < (self._odd if odd is None else odd)

    def _of(self, usual: str, odd: tuple[str, ...], often: float | None = None) -> str:
        return self._draw.choice(odd) if self._odd_now(often) else usual

    def _some(self, words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
        often = self._odd / 4
        return {name: self._draw.choice(those) for name, those in words.items() if self._odd_now(often)}


def _said(words: dict[str, str]) -> str:
    return "".join(f" {name}='{word}'" for name, word in words.items())
