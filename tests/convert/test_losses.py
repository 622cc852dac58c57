"""What cannot be said is listed, and bad values are errors: never a traceback, never silence."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.convert.machines import HEAD, devices, domain, element, from_vmx, from_xml, keys, loss
from tui.convert import to_domain_xml, to_vmx
from tui.formats.domain_xml import DomainDocument
from tui.formats.vmx import VmxDocument

HEAD_LINES = HEAD.count("\n")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("memsize", "lots"),
        ("memsize", "-4"),
        ("memsize", "0"),
        ("memsize", "٣٢"),
        ("memsize", "9" * 30),
        ("sched.mem.max", "half"),
        ("sched.mem.minSize", "1.5"),
        ("numvcpus", "0"),
        ("numvcpus", "many"),
        ("cpuid.coresPerSocket", "3"),
        ("sched.cpu.affinity", "0,x"),
        ("sched.cpu.affinity", "5-1"),
        ("sched.cpu.shares", "plenty"),
        ("uuid.bios", "56 4d"),
        ("vm.genid", "abc"),
        ("firmware", "openfirmware"),
        ("smbios.reflectHost", "perhaps"),
        ("scsi0.virtualDev", "ncr53c400"),
        ("svga.vramSize", "big"),
        ("ethernet0.addressType", "random"),
        ("ethernet0.generatedAddress", "00:50:56"),
        ("ethernet0.virtualDev", "ne2000"),
        ("ethernet0.connectionType", "carrier pigeon"),
        ("ethernet0.features", "many"),
        ("ethernet0.dvs.switchId", "zz"),
        ("serial0.fileName", "gopher://10.0.0.1:70"),
        ("serial0.fileName", "tcp://10.0.0.1"),
        ("serial0.fileName", "tcp://10.0.0.1:99999"),
        ("serial0.network.endPoint", "both"),
        ("parallel0.fileType", "pipe"),
        ("floppy0.fileType", "network"),
        ("scsi0:0.mode", "Persistent?"),
        ("RemoteDisplay.vnc.port", "x"),
        ("sharedFolder.maxNum", "all"),
        ("scsi0:0.writeThrough", "sometimes"),
    ],
)
def test_a_bad_value_is_an_error_with_its_line(key: str, value: str) -> None:
    around = {
        "ethernet0.present": "TRUE",
        "ethernet0.networkName": "n",
        "scsi0.present": "TRUE",
        "scsi0:0.present": "TRUE",
        "scsi0:0.fileName": "a.vmdk",
        "floppy0.present": "TRUE",
        "serial0.present": "TRUE",
        "serial1.present": "TRUE",
        "serial0.fileType": "network",
        "serial0.fileName": "tcp://10.0.0.1:70",
        "serial1.fileName": "/dev/ttyS0",
        "parallel0.present": "TRUE",
        "parallel0.fileName": "/dev/parport0",
        "RemoteDisplay.vnc.enabled": "TRUE",
        "numvcpus": "4",
    }
    lines = [f'{name} = "{text}"\n' for name, text in around.items() if name != key]
    conversion = from_vmx(f'{key} = "{value}"\n' + "".join(lines))
    errors = [loss for loss in conversion.losses if loss.severity == "error"]
    assert [(error.key, error.value, error.line) for error in errors] == [(key, value, HEAD_LINES + 1)]
    assert element(conversion).findtext("name") == "vm"


@pytest.mark.parametrize(
    ("inner", "lost"),
    [
        ("<os><type arch='i686'>linux</type></os>", ["os/type"]),
        ("<os><type arch='i686'>hvm</type><loader>/b</loader></os>", ["os/loader"]),
        ("<vcpu placement='auto'>1</vcpu>", ["vcpu/@placement"]),
        ("<vcpu placement='static'>1</vcpu>", []),
        (
            devices("<serial type='file'><source path='/a'/><target type='usb-serial'/></serial>"),
            ["devices/serial/target/@type"],
        ),
        (
            devices("<serial type='file'><source path='/a'/><target type='isa-serial'/></serial>"),
            [],
        ),
        (
            devices("<graphics type='vnc' port='5900'><listen type='none'/></graphics>"),
            ["devices/graphics/listen"],
        ),
        (
            devices(
                "<filesystem type='mount' accessmode='mapped'><source dir='/a'/>"
                "<target dir='b'/></filesystem>"
            ),
            ["devices/filesystem/@accessmode"],
        ),
        (
            devices(
                "<disk type='file' device='cdrom'><source file='/a.iso' startupPolicy='optional'/>"
                "<target dev='hda' bus='ide'/></disk>"
            ),
            ["devices/disk/source/@startupPolicy"],
        ),
        (
            devices(
                "<disk type='file' device='floppy'><driver cache='none'/><source file='/a.img'/>"
                "<target dev='fda' bus='fdc'/><readonly/></disk>"
            ),
            ["devices/disk/readonly", "devices/disk/driver/@cache"],
        ),
        (
            devices(
                "<disk type='file'><driver name='buslogic'/><source file='/a.vmdk'/>"
                "<target dev='sda' bus='scsi'/></disk><controller type='scsi' index='0' model='lsilogic'/>"
            ),
            ["devices/disk/driver"],
        ),
    ],
)
def test_a_value_that_a_vmx_cannot_say_is_not_lost_unsaid(inner: str, lost: list[str]) -> None:
    assert [one.key for one in from_xml(inner).losses] == lost


@pytest.mark.parametrize(
    ("inner", "key"),
    [
        ("<memory>lots</memory>", "memory"),
        ("<memory unit='furlong'>1</memory>", "memory"),
        ("<memory unit='EiB'>1</memory>", "memory"),
        ("<uuid>x</uuid>", "uuid"),
        ("<genid>x</genid>", "genid"),
        ("<vcpu>0</vcpu>", "vcpu"),
        ("<vcpu>x</vcpu>", "vcpu"),
        ("<vcpu cpuset='a'>1</vcpu>", "vcpu/@cpuset"),
        ("<vcpu>3</vcpu><cpu><topology sockets='2' cores='2' threads='1'/></cpu>", "cpu/topology"),
        ("<cpu><topology sockets='x' cores='2' threads='1'/></cpu>", "cpu/topology"),
        ("<cputune><shares>x</shares></cputune>", "cputune/shares"),
        ("<os><type arch='riscv64'>hvm</type></os>", "os/type/@arch"),
        (
            devices("<interface type='bridge'><mac address='x'/><source bridge='b'/></interface>"),
            "devices/interface/mac/@address",
        ),
        (devices("<interface type='vds'><source switchid='x'/></interface>"), "devices/interface"),
        (devices("<serial type='dev'><target port='4'/></serial>"), "devices/serial"),
        (devices("<serial type='dev'><target port='x'/></serial>"), "devices/serial"),
        (devices("<serial type='tcp'><protocol type='raw'/></serial>"), "devices/serial"),
        (
            devices("<serial type='tcp'><source host='h' service='1'/><protocol type='ftp'/></serial>"),
            "devices/serial",
        ),
        (devices("<parallel type='dev'><target port='3'/></parallel>"), "devices/parallel"),
        (devices("<graphics type='vnc' port='x'/>"), "devices/graphics"),
        (devices("<video><model type='vmvga' vram='x'/></video>"), "devices/video/model"),
    ],
)
def test_a_bad_value_of_a_domain_is_an_error_with_its_line(inner: str, key: str) -> None:
    conversion = from_xml("\n\n" + inner)
    errors = [loss for loss in conversion.losses if loss.severity == "error"]
    assert key in [error.key for error in errors]
    assert all(error.line in (1, 3) for error in errors)
    assert keys(conversion)["displayName"] == "vm"


def test_a_domain_without_memory_gets_the_default() -> None:
    conversion = to_vmx(DomainDocument(b"<domain type='vmware'><name>a</name></domain>"))
    assert keys(conversion)["memsize"] == "32"
    assert [loss.severity for loss in conversion.losses] == ["error"]


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("pciBridge4.functions", "buses"),
        ("usb.present", "buses"),
        ("usb:1.speed", "no word"),
        ("scsi0.sharedBus", "buses"),
        ("toolScripts.afterPowerOn", "VMware Tools"),
        ("sched.cpu.min", "resource setting"),
        ("powerType.powerOff", "power buttons"),
        ("nvram", "beside the VMX"),
        ("migrate.hostLog", "state"),
        ("sound.present", "no such device"),
        ("svga.autodetect", "no such device"),
        ("made.up", "no word"),
        ("ethernet0.wakeOnPcktRcv", "no word"),
        ("sched.scsi0:0.shares", "no word"),
    ],
)
def test_a_key_without_counterpart_is_listed_with_a_reason(key: str, why: str) -> None:
    found = loss(from_vmx(f'{key} = "x|22y"\n'), key)
    assert (found.value, found.line, found.severity) == ('x"y', HEAD_LINES + 1, "info")
    assert why in found.why


def test_a_disk_that_is_neither_there_nor_not_is_warned_of() -> None:
    found = loss(from_vmx('scsi0:3.present = "1"\nscsi0:3.fileName = "a.vmdk"\n'), "scsi0:3.present")
    assert (found.severity, "neither TRUE nor FALSE" in found.why) == ("warning", True)


def test_a_device_that_is_off_is_no_loss_but_its_details_are() -> None:
    conversion = from_vmx(
        'sound.present = "FALSE"\nsound.fileName = "-1"\nethernet0.startConnected = "TRUE"\n'
    )
    assert [(loss.key, loss.why) for loss in conversion.losses] == [
        ("sound.fileName", "the device is switched off")
    ]


def test_a_loss_belongs_to_its_disk() -> None:
    keys = (
        'scsi0.present = "TRUE"\nscsi0:1.present = "TRUE"\nscsi0:1.fileName = "a.vmdk"\n'
        'scsi0:1.ctkEnabled = "TRUE"\nsched.scsi0:1.shares = "low"\n'
    )
    assert {loss.key: loss.disk for loss in from_vmx(keys).losses} == {
        "scsi0:1.ctkEnabled": 0,
        "sched.scsi0:1.shares": 0,
    }


def test_a_duplicate_and_a_malformed_line_are_listed() -> None:
    conversion = from_vmx('memsize = "64"\nMEMSIZE = "128"\nfree text\n# a comment\n')
    assert element(conversion).findtext("memory") == "65536"
    assert [(loss.key, loss.value, loss.line) for loss in conversion.losses] == [
        ("MEMSIZE", "128", HEAD_LINES + 2),
        ("", "free text", HEAD_LINES + 3),
    ]


@pytest.mark.parametrize(
    ("key", "value", "listed"),
    [
        ("virtualHW.version", "21", True),
        ("guestOS", "windows11-64", True),
        ("guestOS", "rhel5", True),
        ("guestOS", "other-64", False),
        ("guestOS", "other", False),
        ("guestOS", "", False),
    ],
)
def test_a_guest_and_a_hardware_version_are_listed_where_the_way_back_loses_them(
    key: str, value: str, listed: bool
) -> None:
    found = [one.value for one in from_vmx(f'{key} = "{value}"').losses]
    assert found == ([value] if listed else [])


def test_every_key_is_said_or_listed() -> None:
    every = [
        ".encoding", "config.version", "displayName", "uuid.action", "memsize", "numvcpus",
    ]  # fmt: skip
    text = "".join(f'{key} = "1"\n' for key in every) + 'k0 = "a"\nk1 = "b"\n'
    conversion = to_domain_xml(VmxDocument(text.encode()))
    listed = {loss.key for loss in conversion.losses if loss.severity == "info"}
    assert listed == {"k0", "k1"}


@pytest.mark.parametrize(
    ("inner", "key", "value"),
    [
        ("<title>t</title>", "title", "t"),
        ("<metadata><a:b xmlns:a='urn:a'/></metadata>", "metadata", "<b>"),
        ("<os><type machine='pc'>hvm</type></os>", "os/type/@machine", "pc"),
        ("<os><type>hvm</type><boot dev='network'/></os>", "os/boot", "dev=network"),
        ("<features><acpi/></features>", "features", "<acpi>"),
        ("<cpu mode='host-passthrough'/>", "cpu/@mode", "host-passthrough"),
        ("<clock offset='localtime'/>", "clock", "offset=localtime"),
        ("<on_crash>restart</on_crash>", "on_crash", "restart"),
        ("<vcpu current='1'>4</vcpu>", "vcpu/@current", "1"),
        (devices("<emulator>/usr/bin/q</emulator>"), "devices/emulator", "/usr/bin/q"),
        (devices("<sound model='ich9'/>"), "devices/sound", "model=ich9"),
        (devices("<graphics type='spice'/>"), "devices/graphics", "type=spice"),
        (
            devices("<controller type='pci' index='0'/><controller type='pci' index='1'/>"),
            "devices/controller[1]",
            "2 pci controllers",
        ),
        (devices("<controller type='scsi' index='0'/>"), "devices/controller", "type=scsi index=0"),
        (
            devices(
                "<disk type='file'><driver discard='unmap'/><source file='/a.vmdk'/>"
                "<target dev='sda' bus='scsi'/></disk>"
            ),
            "devices/disk/driver/@discard",
            "unmap",
        ),
        (
            devices(
                "<disk type='file'><source file='/a.vmdk'/><target dev='sda' bus='scsi'/>"
                "<serial>s1</serial></disk>"
            ),
            "devices/disk/serial",
            "s1",
        ),
        (
            devices("<interface type='user'><mtu size='9000'/></interface>"),
            "devices/interface/mtu",
            "size=9000",
        ),
        (
            devices("<rng model='virtio'><alias name='r'/><address type='pci' slot='0x1'/></rng>"),
            "devices/rng/address",
            "guest addresses and aliases: 2",
        ),
    ],
)
def test_what_a_vmx_cannot_say_is_listed(inner: str, key: str, value: str) -> None:
    found = loss(from_xml(inner), key)
    assert (found.value, found.severity, found.line) == (value, "info", 1)


def test_what_vmware_does_anyway_is_no_loss() -> None:
    usual = (
        "<os><type>hvm</type><boot dev='hd'/></os><clock offset='utc'/><on_poweroff>destroy</on_poweroff>"
        "<on_reboot>restart</on_reboot><on_crash>destroy</on_crash>"
        "<vcpu placement='static'>1</vcpu><!-- a comment -->"
    )
    assert not from_xml(usual).losses


@pytest.mark.parametrize("control", ["|00", "|01", "|1F", "\x01", "\x7f"])
def test_the_domain_is_well_formed_whatever_the_file_holds(control: str) -> None:
    conversion = from_vmx(f'annotation = "a{control}b<&\'|22>]]>|0D|09"\n')
    text = etree.fromstring(conversion.text.encode()).findtext("description")
    kept = "\x7f" if control == "\x7f" else ""
    assert text == f"a{kept}b<&'\">]]>\r\t"
    assert bool([loss for loss in conversion.losses if loss.severity == "warning"]) == (control != "\x7f")


def test_a_long_value_is_shortened_in_the_report() -> None:
    assert len(loss(from_vmx(f'made.up = "{"x" * 5000}"\n'), "made.up").value) == 200


def test_a_long_list_of_processors_is_refused() -> None:
    conversion = from_vmx('sched.cpu.affinity = "' + "0-16383," * 5000 + '0"\n')
    assert loss(conversion, "sched.cpu.affinity").severity == "error"


def test_a_domain_among_several_is_converted_alone() -> None:
    both = b"<domains>" + domain("<title>one</title>") + domain("") + b"</domains>"
    assert not to_vmx(DomainDocument(both, 1)).losses


def test_many_of_one_kind_are_listed_in_little_time() -> None:
    conversion = from_xml(devices("<sound model='ich9'/>" * 20_000))
    assert conversion.losses[-1].key == "devices/sound[20000]"


def test_an_empty_flag_is_no_flag() -> None:
    keys = 'isolation.tools.hgfs.disable = ""\nsharedFolder0.present = "TRUE"\n'
    assert loss(from_vmx(keys), "sharedFolder0.present")
