"""What define refuses deeper in a disk, against what libvirt's QEMU driver answered word by word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tui.disks import LibvirtVersion
from tui.machine import machine_in
from tui.rules import Hypervisor, Severity, findings

SECRET = "<secret type='passphrase' usage='u'/>"
HOST = "<host name='h'/>"
COOKIE = "<cookie name='a'>b</cookie>"
QCOW2 = "<format type='qcow2'/>"
NUMBER = "Expected non-negative integer value"
LUN = " type='block' device='lun'"
LUN_AT = "<target dev='sda' bus='scsi'/>"


def network(protocol: str, inside: str = HOST, name: str = "v/a", words: str = "") -> str:
    return f"<source protocol='{protocol}' name='{name}' {words}>{inside}</source>"


def nvme(inside: str = "<address bus='1'/>", words: str = "type='pci' namespace='1'") -> str:
    return f"<source {words}>{inside}</source>"


def chain(inside: str, kind: str = "file") -> str:
    return f"<source file='/a'/><backingStore type='{kind}'>{inside}</backingStore>"


def told(
    inside: str,
    words: str = "",
    at: str = "<target dev='vda' bus='virtio'/>",
    machine: str = "pc",
    libvirt: tuple[int, int] = (9, 0),
) -> list[str]:
    """The errors found on a disk of a KVM machine."""
    source = "" if "<source" in inside else "<source file='/a'/>"
    disk = f"<disk{words}>{source}{inside}{at}</disk>"
    shared = "<memoryBacking><access mode='shared'/></memoryBacking>"
    os = f"<os><type machine='{machine}'>hvm</type></os>"
    text = f"<domain type='kvm'>{shared}{os}<devices>{disk}</devices></domain>"
    configuration = replace(machine_in(text.encode()).configuration, libvirt=LibvirtVersion(*libvirt))
    found = findings(configuration, Hypervisor.QEMU)
    return [one.message for one in found if one.severity is Severity.ERROR]


REFUSED = {
    "<encryption format='luks'><secret type='passphrase' usage='u'/><ivgen name='a'/></encryption>": (
        "ivgen element found, but cipher is missing"
    ),
    f"<source file='/a'><auth username='u' type='x'>{SECRET}</auth></source>": "unknown auth type 'x'",
    "<driver type='qcow2'><metadata_cache><max_size unit='EiB'>16</max_size></metadata_cache></driver>": (
        "value too large: 16EiB"
    ),
    "<boot order='1' loadparm='123456789'/>": "loadparm value '123456789' must be between 1 and 8",
    "<driver error_policy='default'/>": "'error_policy' in element 'driver': 'default'",
    "<source file='/a'/><backingStore type='bogus'><format type='raw'/><source file='/b'/></backingStore>": (
        "unknown storage source type 'bogus'"
    ),
    chain("<source file='/b'/>"): "missing disk backing store format",
    chain("<format type='raw'/>"): "missing disk backing store source",
    chain("<format type='bogus'/><source file='/b'/>"): "unknown storage source format 'bogus'",
    chain(
        "<format type='iso'/><source file='/b'/>"
    ): "storage format 'iso' is not directly supported by QEMU",
    chain(
        "<format type='raw'/><source protocol='bogus' name='a'/>", "network"
    ): "unknown protocol type 'bogus'",
    chain(
        "<format type='raw'/><source pool='p'/>", "volume"
    ): "'pool' and 'volume' must be specified together",
    chain(f"{QCOW2}<source file='/b'/><backingStore type='file'><format type='raw'/></backingStore>"): (
        "missing disk backing store source"
    ),
    "<source file='/a'><encryption format='bogus'/></source>": "unknown volume encryption format type bogus",
    "<source file='/a'><encryption/></source>": "unknown volume encryption format",
    "<encryption format='luks2'/>": "luks2 is currently not supported by the qemu encryption engine",
    "<encryption format='qcow'/>": "old qcow/qcow2 encryption is not supported",
    "<encryption format='luks' engine='librbd'/>": "librbd encryption is supported only with RBD backed",
    "<driver type='vmdk'/><encryption format='luks'/>": "encryption is supported only with 'raw' and 'qcow2'",
    "<encryption format='luks'><secret type='passphrase'/></encryption>": "missing secret uuid or usage",
    "<encryption format='luks'><secret type='x' usage='u'/></encryption>": "secret type x",
    "<encryption format='luks'><secret type='passphrase' uuid='x'/></encryption>": "invalid secret uuid 'x'",
    "<source file='/a'><encryption format='luks'/></source><encryption format='luks'/>": (
        "an <encryption> definition already found for disk source"
    ),
    "<source file='/a'><slices><slice type='storage' offset='x' size='1'/></slices></source>": (
        "malformed value 'x' of 'offset' attribute of slice"
    ),
    "<source file='/a'><seclabel relabel='maybe'/></source>": "Invalid value for attribute 'relabel'",
    "<source file='/a'><reservations managed='yes'/></source>": "<reservations/> allowed only for lun",
    "<geometry cyls='x' heads='1' secs='1'/>": f"attribute 'cyls' in element 'geometry': 'x'. {NUMBER}",
    "<acpi index='0'/>": "Zero is not permitted",
    "<boot/>": "Missing required attribute 'order' in element 'boot'",
    "<boot order='4294967296'/>": NUMBER,
    "<driver queue_size='-1'/>": f"attribute 'queue_size' in element 'driver': '-1'. {NUMBER}",
    "<driver page_per_vq='yes'/>": "Invalid value for attribute 'page_per_vq'",
    "<driver type='raw'><metadata_cache><max_size>1</max_size></metadata_cache></driver>": (
        "metadata cache max size control is supported only with qcow2 images"
    ),
    "<driver type='qcow2'><metadata_cache><max_size unit='GBs'>1</max_size></metadata_cache></driver>": (
        "unknown suffix 'GBs'"
    ),
    "<iotune><size_iops_sec>x</size_iops_sec></iotune>": "disk iotune field 'size_iops_sec' must be",
    "<iotune><total_iops_sec>1000000000000001</total_iops_sec></iotune>": "block I/O throttle limit",
    "<iotune><total_iops_sec>9</total_iops_sec></iotune><iotune><read_iops_sec>9</read_iops_sec></iotune>": (
        "total and read/write iops_sec cannot be set at the same time"
    ),
    "<iotune><group_name>g</group_name></iotune>": "group_name can be configured only together with settings",
    "<serial>a/b</serial>": "driver serial 'a/b' contains unsafe characters",
    "<address/>": "No type specified for device address",
    "<address type='pci' slot='0x20'/>": "Invalid PCI address slot='0x20', must be <= 0x1F",
    "<address type='pci' slot='08'/>": f"attribute 'slot' in element 'address': '08'. {NUMBER}",
    "<address type='pci' slot='4' multifunction='x'/>": "Invalid value for attribute 'multifunction'",
    "<address type='pci' domain='1' slot='4'/>": "Only PCI domain 0 is available",
    "<address type='pci' slot='1'/>": "Attempted double use of PCI Address 0000:00:01.0",
    "<address type='unassigned'/>": "is supported only for hostdevs",
}
TAKEN = (
    f"<source file='/a'><cookies>{COOKIE}{COOKIE}</cookies></source>",  # only a web server's are read
    "<driver type='raw'><metadata_cache><max_size unit='KiB'>0</max_size></metadata_cache></driver>",
    chain("<format type='raw'/>" + nvme(words="type='pci' namespace='0'"), "nvme"),
    chain("<format type='raw'/><source file='/b'/>"),
    "<source file='/a'/><backingStore/>",
    "<source file='/a'/><backingStore><format type='bogus'/></backingStore>",
    f"<encryption format='luks'>{SECRET}</encryption>",
    f"<encryption format='luks'><secret type='passphrase' uuid='{'0A81F5B2' * 4}'/></encryption>",
    "<source file='/a'><slices><slice type='storage' offset='0' size='1'/></slices></source>",
    "<source file='/a'><seclabel model='dac' relabel='no'/></source>",
    "<address type='pci' slot='0x0a' function='7'/>",
    "<address type='pci' slot='010'/>",
    "<iotune><total_iops_sec>9</total_iops_sec><group_name>g</group_name></iotune>",
    "<iotune><total_iops_sec>9</total_iops_sec><total_iops_sec>x</total_iops_sec></iotune>",
    "<iotune><total_iops_sec>9</total_iops_sec></iotune><iotune><total_iops_sec>x</total_iops_sec></iotune>",
    "<boot order='1'><max_size>1</max_size></boot>",
    "<mirror type='bogus'/>",
    "<alias name='ua-a'/>",
)
GROUP = "<iotune>{}<group_name>g</group_name></iotune>"
TEN = "<total_iops_sec>10</total_iops_sec>"
TWO_OF_A_GROUP = (
    (TEN, TEN, True),
    (TEN, "", True),
    ("", TEN, True),
    (TEN, "<total_iops_sec>010</total_iops_sec><size_iops_sec>0</size_iops_sec>", True),
    (TEN, "<total_iops_sec>11</total_iops_sec>", False),
    ("", "", False),
)


@pytest.mark.parametrize(("first", "second", "taken"), TWO_OF_A_GROUP)
def test_a_disk_without_limits_has_those_of_its_group(first: str, second: str, taken: bool) -> None:
    at = "<target dev='vda' bus='virtio'/></disk><disk><source file='/b'/><target dev='vdb' bus='virtio'/>"
    assert bool(told(GROUP.format(first), at=at + GROUP.format(second))) is not taken


@pytest.mark.parametrize(("inside", "message"), REFUSED.items())
def test_what_define_refuses_is_told_in_its_words(inside: str, message: str) -> None:
    assert any(message in one for one in told(inside)), told(inside)


@pytest.mark.parametrize("inside", TAKEN)
def test_what_define_takes_is_no_error(inside: str) -> None:
    assert not told(inside)


OF_KINDS = (
    ("network", network("nbd", "<host name='h' port='x'/>"), "failed to parse port number 'x'"),
    ("network", network("nbd", "<host name='h' port='65536'/>"), "port '65536' out of range"),
    ("network", network("nbd", "<host transport='x' name='h'/>"), "unknown protocol transport type 'x'"),
    ("network", network("nbd", "<host transport='unix'/>"), "missing socket for unix transport"),
    ("network", network("nbd", "<host port='1'/>"), "missing name for host"),
    ("network", network("nbd", words="tls='x'"), "Invalid value for attribute 'tls' in element 'source'"),
    (
        "network",
        network("rbd", words="tlsHostname='x'"),
        "'tlsHostname' field is supported only with NBD disks",
    ),
    ("network", network("rbd", name="a"), "can't split path 'a' into pool name and image name"),
    ("network", "<source protocol='http'/>", "missing name for disk source"),
    ("network", "<source name='a'/>", "Missing required attribute 'protocol' in element 'source'"),
    ("network", network("nfs", HOST * 2), "'nfs' protocol requires the usage of exactly one host"),
    ("network", network("https", f"{HOST}<ssl verify='x'/>"), "Invalid value for attribute 'verify'"),
    ("network", network("https", f"{HOST}<timeout seconds='x'/>"), "invalid readahead size or timeout"),
    (
        "network",
        network("https", f"{HOST}<cookies><cookie name='a'/></cookies>"),
        "missing value for cookie 'a'",
    ),
    ("network", network("http", f"{HOST}<cookies>{COOKIE}{COOKIE}</cookies>"), "duplicate cookie 'a'"),
    (
        "network",
        network("http", f'{HOST}<cookies>{COOKIE}"</cookies>'.replace(">b<", ">b&quot;<")),
        "value of",
    ),
    ("network", network("rbd", f"{HOST}<auth username='u'/>"), "Missing <secret> element in auth"),
    (
        "network",
        network("rbd", f"{HOST}<auth username='u'><secret type='iscsi' usage='x'/></auth>"),
        "invalid secret type 'iscsi'",
    ),
    (
        "network",
        f"<auth username='u'><secret type='ceph' usage='x'/></auth>{network('nbd')}",
        "authentication is not supported for protocol 'nbd'",
    ),
    ("nvme", nvme(""), "NVMe disk source is missing address"),
    ("nvme", nvme(words="type='pci' namespace='0'"), "NVMe namespace can't be zero"),
    ("nvme", nvme(words="type='usb' namespace='1'"), "unsupported source type 'usb'"),
    ("nvme", nvme("<address bus='0x100'/>"), "Invalid PCI address bus='0x100', must be <= 0xFF"),
    ("vhostuser", "<source type='tcp' path='/v'/>", "invalid 'type' attribute for vhostuser disk source"),
    (
        "vhostuser",
        "<source type='unix' path='/v'><reconnect enabled='yes'/></source>",
        "Missing required attribute 'timeout' in element 'reconnect'",
    ),
    (
        "vhostuser",
        "<source type='unix' path=''/><readonly/>",
        "readonly is not supported with vhostuser disk",
    ),
    ("volume", "<source pool='p' volume='v' mode='x'/>", "unknown source mode 'x' for volume type disk"),
    ("volume", "<source pool='p'/>", "'pool' and 'volume' must be specified together for 'pool' type source"),
    (
        "volume",
        f"<source pool='p' volume='v'><encryption format='luks'>{SECRET}</encryption></source>",
        "encryption is supported only with 'raw' and 'qcow2' image format",
    ),
)
TAKEN_OF_KINDS = (
    ("network", network("http", name="")),
    ("network", network("nbd", f"{HOST}<timeout seconds='x'/><ssl verify='x'/>")),
    ("network", network("nfs")),
    ("network", network("http", f"{HOST}<cookies><cookie name='a'>&quot;b&quot;</cookie></cookies>")),
    ("network", network("rbd", f"{HOST}<encryption format='luks2' engine='librbd'>{SECRET}</encryption>")),
    ("nvme", nvme()),
    ("vhostuser", "<source type='unix' path='/v'/><blockio logical_block_size='0'/>"),
    ("vhostuser", "<source type='unix' path=''/>"),
    ("vhostuser", "<source type='unix' path='/v'><reconnect enabled='no' timeout='x'/></source>"),
    ("volume", "<source pool='p' volume='v' mode='direct'/>"),
    ("volume", "<source startupPolicy='optional'/>"),
    ("file", f"<source file='/a'><encryption format='luks'>{SECRET}</encryption></source>"),
)


@pytest.mark.parametrize(("kind", "source", "message"), OF_KINDS)
def test_a_source_says_all_its_type_needs(kind: str, source: str, message: str) -> None:
    found = told(source, f" type='{kind}'")
    assert any(message in one for one in found), found


@pytest.mark.parametrize(("kind", "source"), TAKEN_OF_KINDS)
def test_a_source_that_does_is_no_error(kind: str, source: str) -> None:
    assert not told(source, f" type='{kind}'")


def test_a_passed_through_device_may_be_absent_but_not_unsaid() -> None:
    assert not told("<source/>", LUN, LUN_AT)
    assert not told("<source dev='/dev/x'><reservations managed='yes'/></source>", LUN, LUN_AT)


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ("<serial>x</serial>", "scsi-block 'lun' devices do not support the serial property"),
        ("<encryption format='luks'/>", "disk device 'lun' doesn't support encryption"),
        ("<driver copy_on_read='on'/>", "copy_on_read is not compatible with 'lun' disk 'sda'"),
    ],
)
def test_a_passed_through_device_takes_none_of_a_disks_options(inside: str, message: str) -> None:
    assert any(message in one for one in told(f"<source dev='/dev/x'/>{inside}", LUN, LUN_AT))
    assert told("", " device='lun'", LUN_AT)


def test_the_bridge_of_each_chipset_keeps_its_slot() -> None:
    at = "<address type='pci' slot='0x1f'/>"
    assert not told(at)
    assert told(at, machine="q35")


@pytest.mark.parametrize(
    ("version", "bus", "taken"), [((9, 0), "scsi", False), ((12, 5), "scsi", True), ((12, 5), "sata", False)]
)
def test_a_disk_on_scsi_is_removable_since_some_libvirt(
    version: tuple[int, int], bus: str, taken: bool
) -> None:
    at = f"<target dev='sda' bus='{bus}' removable='on'/>"
    assert bool(told("", at=at, libvirt=version)) is not taken


@pytest.mark.parametrize(
    ("bus", "address", "taken"),
    [
        ("sd", "", True),
        ("uml", "", True),
        ("xen", "<address type='pci' bus='0' slot='9'/>", True),
        ("sd", "<address type='drive' unit='0'/>", False),
        ("xen", "<address type='usb' bus='0' port='1'/>", False),
        ("scsi", "", False),
    ],
)
def test_an_acpi_index_is_of_devices_on_pci(bus: str, address: str, taken: bool) -> None:
    target = {"xen": "xvda", "uml": "ubda"}.get(bus, "sda")
    found = told(f"<acpi index='3'/>{address}", at=f"<target dev='{target}' bus='{bus}'/>")
    assert taken is not any("ACPI index is only supported for PCI devices" in one for one in found)
