"""Network cards, ports, screens and shared folders, both ways."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.convert.machines import at, devices, element, from_vmx, from_xml, keys, loss, new_keys
from tui.convert import Options

NIC = 'ethernet0.present = "TRUE"\n'
SWITCH = "50 34 26 b2 94 e9 3b 16-1d 68 87 bf ff 4a 54 40"


def _nic(**leaves: str) -> str:
    return NIC + "".join(
        f'ethernet0.{leaf.replace("_", ".")} = "{value}"\n' for leaf, value in leaves.items()
    )


@pytest.mark.parametrize(
    ("keys", "kind", "expected"),
    [
        (_nic(), "null", "<mac address='00:00:00:00:00:00'/>"),
        (
            _nic(networkName="VM Network", addressType="VPX", generatedAddress="00:50:56:9C:00:01"),
            "bridge",
            "<mac address='00:50:56:9c:00:01' type='generated'/><source bridge='VM Network'/>",
        ),
        (
            _nic(
                connectionType="bridged",
                addressType="generated",
                generatedAddress="0:c:29:1:2:3",
                virtualDev="E1000E",
            ),
            "bridge",
            (
                "<mac address='00:0c:29:01:02:03' type='generated'/><source bridge='VMnet0'/>"
                "<model type='e1000e'/>"
            ),
        ),
        (
            _nic(
                connectionType="NAT",
                addressType="static",
                address="00:50:56:00:00:01",
                checkMACAddress="TRUE",
            ),
            "user",
            "<mac address='00:50:56:00:00:01' type='static' check='yes'/>",
        ),
        (
            _nic(networkName="n", checkMACAddress="FALSE", virtualDev="vmxnet", features="15"),
            "bridge",
            "<mac address='00:00:00:00:00:00' check='no'/><source bridge='n'/><model type='vmxnet2'/>",
        ),
        (
            _nic(connectionType="custom", vnet="/dev/vmnet3", networkName="lab"),
            "bridge",
            "<mac address='00:00:00:00:00:00'/><source bridge='lab'/><target dev='/dev/vmnet3'/>",
        ),
        (
            _nic(connectionType="custom", vnet="VMnet3"),
            "bridge",
            "<mac address='00:00:00:00:00:00'/><source bridge='VMnet3'/><target dev='VMnet3'/>",
        ),
        (
            _nic(connectionType="hostonly"),
            "network",
            "<mac address='00:00:00:00:00:00'/><source network='hostonly'/>",
        ),
        (
            _nic(dvs_switchId=SWITCH, dvs_portId="5", dvs_portgroupId="pg-1", dvs_connectionId="-7"),
            "vds",
            (
                "<mac address='00:00:00:00:00:00'/>"
                "<source switchid='503426b2-94e9-3b16-1d68-87bfff4a5440' portid='5' "
                "portgroupid='pg-1' connectionid='-7'/>"
            ),
        ),
        (
            _nic(dvs_switchId=SWITCH),
            "vds",
            "<mac address='00:00:00:00:00:00'/><source switchid='503426b2-94e9-3b16-1d68-87bfff4a5440'/>",
        ),
    ],
)
def test_a_network_card_of_a_vmx(keys: str, kind: str, expected: str) -> None:
    conversion = from_vmx(keys)
    found = [text.replace('"', "'") for text in at(conversion, "devices/interface")]
    assert found == [f"<interface type='{kind}'>{expected}</interface>"]
    assert conversion.losses == conversion.stopping


@pytest.mark.parametrize(
    ("keys", "lost"),
    [
        (_nic(connectionType="nat", networkName="VM Network"), ["ethernet0.networkName"]),
        (_nic(connectionType="hostonly", networkName="VM Network"), ["ethernet0.networkName"]),
        (_nic(connectionType="nat", networkName=""), []),
        (_nic(connectionType="bridged", networkName="n", vnet="vmnet2"), ["ethernet0.vnet"]),
        (_nic(networkName="n", virtualDev="vmxnet", features="1"), ["ethernet0.features"]),
        (_nic(networkName="n", virtualDev="e1000", features="15"), ["ethernet0.features"]),
        ('floppy0.present = "TRUE"\nfloppy0.autodetect = "TRUE"\n', ["floppy0.autodetect"]),
        ('floppy0.present = "TRUE"\nfloppy0.autodetect = "FALSE"\n', []),
    ],
)
def test_a_key_that_the_connection_or_device_leaves_unsaid_is_listed(keys: str, lost: list[str]) -> None:
    assert [one.key for one in from_vmx(keys).losses] == lost


def test_network_cards_are_counted_as_far_as_they_go() -> None:
    keys = (
        'ethernet11.present = "TRUE"\nethernet2.present = "TRUE"\n'
        'ethernet1.present = "FALSE"\nethernetx.present = "TRUE"\n'
    )
    conversion = from_vmx(keys)
    assert len(at(conversion, "devices/interface")) == 2
    assert {loss.key for loss in conversion.losses} == {"ethernetx.present"}


MAC = "<mac address='{}'/>"


def _interface(inner: str, kind: str = "bridge", source: str = "<source bridge='n'/>") -> str:
    return devices(f"<interface type='{kind}'>{inner}{source}</interface>")


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (
            _interface("<mac address='00:0C:29:01:02:03'/>"),
            {
                "networkName": "n",
                "connectionType": "bridged",
                "addressType": "generated",
                "generatedAddress": "00:0c:29:01:02:03",
                "generatedAddressOffset": "0",
            },
        ),
        (
            _interface("<mac address='00:50:56:3f:ff:ff'/>"),
            {
                "networkName": "n",
                "connectionType": "bridged",
                "addressType": "static",
                "address": "00:50:56:3f:ff:ff",
            },
        ),
        (
            _interface("<mac address='00:50:56:bf:ff:ff'/>"),
            {
                "networkName": "n",
                "connectionType": "bridged",
                "addressType": "vpx",
                "generatedAddress": "00:50:56:bf:ff:ff",
            },
        ),
        (
            _interface("<mac address='00:50:56:c0:00:00'/>"),
            {
                "networkName": "n",
                "connectionType": "bridged",
                "addressType": "static",
                "address": "00:50:56:c0:00:00",
                "checkMACAddress": "false",
            },
        ),
        (
            _interface("<mac address='52:54:00:00:00:01' check='yes'/>"),
            {
                "networkName": "n",
                "connectionType": "bridged",
                "addressType": "static",
                "address": "52:54:00:00:00:01",
                "checkMACAddress": "true",
            },
        ),
        (
            _interface("<mac address='52:54:00:00:00:01' type='generated'/>"),
            {
                "networkName": "n",
                "connectionType": "bridged",
                "addressType": "generated",
                "generatedAddress": "52:54:00:00:00:01",
                "generatedAddressOffset": "0",
            },
        ),
        (
            _interface("<mac address='00:0c:29:00:00:01' type='static'/>"),
            {
                "networkName": "n",
                "connectionType": "bridged",
                "addressType": "static",
                "address": "00:0c:29:00:00:01",
            },
        ),
        (_interface("", "user", ""), {"connectionType": "nat", "addressType": "generated"}),
        (_interface("", "null", ""), {"addressType": "generated"}),
        (
            _interface("", "network", "<source network='hostonly'/>"),
            {"connectionType": "hostonly", "addressType": "generated"},
        ),
        (
            _interface("<target dev='/dev/vmnet1'/>"),
            {
                "networkName": "n",
                "connectionType": "custom",
                "vnet": "/dev/vmnet1",
                "addressType": "generated",
            },
        ),
        (
            _interface("<model type='vmxnet2'/>"),
            {
                "virtualDev": "vmxnet",
                "features": "15",
                "networkName": "n",
                "connectionType": "bridged",
                "addressType": "generated",
            },
        ),
        (
            _interface("<model type='VMXNET3'/>", "null", ""),
            {"virtualDev": "vmxnet3", "addressType": "generated"},
        ),
        (
            _interface(
                "",
                "vds",
                (
                    "<source switchid='503426b2-94e9-3b16-1d68-87bfff4a5440' portid='5' "
                    "portgroupid='p' connectionid='9'/>"
                ),
            ),
            {
                "dvs.switchId": SWITCH,
                "dvs.portId": "5",
                "dvs.portgroupId": "p",
                "dvs.connectionId": "9",
                "addressType": "generated",
            },
        ),
    ],
)
def test_a_network_card_of_a_domain(inner: str, expected: dict[str, str]) -> None:
    conversion = from_xml(inner)
    wanted = {"ethernet0.present": "true"} | {f"ethernet0.{leaf}": value for leaf, value in expected.items()}
    assert new_keys(conversion) == wanted
    assert not conversion.losses


def test_a_network_vmware_does_not_have_is_left_for_the_user() -> None:
    conversion = from_xml(_interface("", "network", "<source network='default'/>"))
    assert '# ethernet0.networkName = "default" #' in conversion.text
    assert loss(conversion, "devices/interface").severity == "warning"


@pytest.mark.parametrize(("version", "room"), [(4, 4), (7, 10)])
def test_there_is_room_for_so_many_network_cards(version: int, room: int) -> None:
    cards = "<interface type='user'/>" * 12
    conversion = from_xml(devices(cards), Options(hardware_version=version))
    assert (
        len([key for key in keys(conversion) if key.endswith(".present") and key.startswith("ethernet")])
        == room
    )
    assert len([loss for loss in conversion.losses if loss.severity == "error"]) == 12 - room


SERIAL = 'serial0.present = "TRUE"\n'


@pytest.mark.parametrize(
    ("keys", "kind", "expected"),
    [
        (SERIAL, "dev", ""),
        (SERIAL + 'serial0.fileName = "/dev/ttyS1"', "dev", "<source path='/dev/ttyS1'/>"),
        (
            SERIAL + 'serial0.fileType = "FILE"\nserial0.fileName = "com1.txt"',
            "file",
            "<source path='[ds] vm/com1.txt'/>",
        ),
        (
            SERIAL + 'serial0.fileType = "pipe"\nserial0.fileName = "\\\\.\\pipe\\x"',
            "pipe",
            "<source path='\\\\.\\pipe\\x'/>",
        ),
        (
            SERIAL
            + (
                'serial0.fileType = "network"\nserial0.fileName = "telnet://10.0.0.1:23"\n'
                'serial0.network.endPoint = "client"'
            ),
            "tcp",
            "<source mode='connect' host='10.0.0.1' service='23'/><protocol type='telnet'/>",
        ),
        (
            SERIAL + 'serial0.fileType = "network"\nserial0.fileName = "tcp4+ssl://:99"',
            "tcp",
            "<source mode='bind' host='' service='99'/><protocol type='tls'/>",
        ),
        (
            SERIAL + 'serial0.fileType = "network"\nserial0.fileName = "tcp6://[::1]:99"',
            "tcp",
            "<source mode='bind' host='::1' service='99'/><protocol type='raw'/>",
        ),
        (SERIAL + 'serial0.fileType = "network"\nserial0.fileName = ""', "null", ""),
    ],
)
def test_a_serial_port_of_a_vmx(keys: str, kind: str, expected: str) -> None:
    conversion = from_vmx(keys, Options(location="[ds] vm"))
    serial, console = (
        [text.replace('"', "'") for text in at(conversion, f"devices/{name}")]
        for name in ("serial", "console")
    )
    assert serial == [f"<serial type='{kind}'>{expected}<target port='0'/></serial>"]
    assert console == [f"<console type='{kind}'>{expected}<target type='serial' port='0'/></console>"]
    assert conversion.losses == conversion.stopping


def test_the_first_serial_port_is_the_console() -> None:
    conversion = from_vmx('serial1.present = "TRUE"\nserial3.present = "TRUE"\n')
    assert [found.get("port") for found in element(conversion).iterfind("devices/serial/target")] == [
        "1",
        "3",
    ]
    assert [found.get("port") for found in element(conversion).iterfind("devices/console/target")] == ["1"]


def test_a_port_behind_a_concentrator_leads_nowhere() -> None:
    keys = (
        SERIAL
        + 'serial0.fileType = "network"\nserial0.fileName = "zz"\nserial0.vspc = "telnets://10.0.0.1:13370"\n'
    )
    conversion = from_vmx(keys)
    assert [found.get("type") for found in element(conversion).iterfind("devices/serial")] == ["null"]
    assert loss(conversion, "serial0.vspc").severity == "warning"


def test_which_end_of_a_pipe_serves_is_reported() -> None:
    keys = SERIAL + (
        'serial0.fileType = "pipe"\nserial0.fileName = "p"\nserial0.pipe.endPoint = "server"\n'
        'serial0.tryNoRxLoss = "TRUE"\n'
    )
    assert {loss.key for loss in from_vmx(keys).losses} == {"serial0.pipe.endPoint", "serial0.tryNoRxLoss"}


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (
            'parallel0.present = "TRUE"\nparallel0.fileType = "file"\nparallel0.fileName = "a.txt"',
            "<parallel type='file'><source path='a.txt'/><target port='0'/></parallel>",
        ),
        (
            'parallel2.present = "TRUE"\nparallel2.fileType = "device"\nparallel2.fileName = "/dev/lp0"',
            "<parallel type='dev'><source path='/dev/lp0'/><target port='2'/></parallel>",
        ),
    ],
)
def test_a_parallel_port_of_a_vmx(keys: str, expected: str) -> None:
    assert [text.replace('"', "'") for text in at(from_vmx(keys), "devices/parallel")] == [expected]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (
            "<serial type='dev'><source path='/dev/ttyS0'/><target port='1'/></serial>",
            {"serial1.fileType": "device", "serial1.fileName": "/dev/ttyS0"},
        ),
        (
            "<serial type='file'><source path='[ds] vm/a.txt'/></serial>",
            {"serial0.fileType": "file", "serial0.fileName": "/vmfs/volumes/ds/vm/a.txt"},
        ),
        (
            "<serial type='pipe'><source path='p'/></serial>",
            {
                "serial0.fileType": "pipe",
                "serial0.pipe.endPoint": "client",
                "serial0.tryNoRxLoss": "false",
                "serial0.fileName": "p",
            },
        ),
        (
            "<serial type='unix'><source mode='bind' path='/run/p'/></serial>",
            {
                "serial0.fileType": "pipe",
                "serial0.pipe.endPoint": "server",
                "serial0.tryNoRxLoss": "false",
                "serial0.fileName": "/run/p",
            },
        ),
        (
            (
                "<serial type='tcp'><source mode='connect' host='::1' service='99'/>"
                "<protocol type='raw'/></serial>"
            ),
            {
                "serial0.fileType": "network",
                "serial0.fileName": "tcp://[::1]:99",
                "serial0.network.endPoint": "client",
            },
        ),
        ("<serial type='null'/>", {"serial0.fileType": "network", "serial0.fileName": ""}),
        (
            "<parallel type='file'><source path='/a'/><target port='2'/></parallel>",
            {"parallel2.fileType": "file", "parallel2.fileName": "/a"},
        ),
    ],
)
def test_a_port_of_a_domain(inner: str, expected: dict[str, str]) -> None:
    conversion = from_xml(devices(inner))
    prefix = next(iter(expected)).partition(".")[0]
    every = {f"{prefix}.present": "true"}
    if prefix.startswith("serial"):
        every[f"{prefix}.yieldOnMsrRead"] = "true"
    assert new_keys(conversion) == expected | every
    assert not conversion.losses


@pytest.mark.parametrize(
    ("family", "said", "numbers"),
    [
        ("serial", [None, None], [0, 1]),
        ("serial", [None, "0"], [1, 0]),
        ("serial", [None, "1"], [2, 1]),
        ("serial", ["1", None, None], [1, 2, 3]),
        ("serial", [None, "3"], [0, 3]),
        ("serial", ["3", None, "1", None], [3, 0, 1, 2]),
        ("parallel", [None, None], [0, 1]),
        ("parallel", [None, "0"], [1, 0]),
        ("parallel", [None, "1"], [0, 1]),
        ("parallel", ["1", None, None], [1, 2, 0]),
    ],
)
def test_a_port_without_a_number_gets_libvirts_or_a_free_one(
    family: str, said: list[str | None], numbers: list[int]
) -> None:
    ports = [
        f"<{family} type='file'><source path='/{place}'/>"
        + f"<target port='{port}'/>" * bool(port)
        + f"</{family}>"
        for place, port in enumerate(said)
    ]
    conversion = from_xml(devices("".join(ports)))
    found = keys(conversion)
    assert [found[f"{family}{number}.fileName"] for number in numbers] == [
        f"/{at}" for at in range(len(said))
    ]
    assert not conversion.losses


def test_a_console_beside_a_serial_port_says_nothing_new() -> None:
    port = "<source path='/a'/><target type='serial' port='0'/>"
    conversion = from_xml(
        devices(f"<serial type='file'>{port}</serial><console type='file'>{port}</console>")
    )
    assert not conversion.losses
    assert "serial1.present" not in keys(conversion)
    assert from_xml(devices("<console type='pty'><target type='virtio' port='0'/></console>")).losses


@pytest.mark.parametrize("target", ["", "<target type='serial' port='1'/>"])
def test_a_console_without_a_serial_port_is_the_first_one(target: str) -> None:
    """As libvirt's parser makes a port of it (virDomainDefAddConsoleCompat)."""
    conversion = from_xml(devices(f"<console type='file'><source path='/a'/>{target}</console>"))
    assert keys(conversion)["serial0.fileName"] == "/a"
    assert not conversion.losses
    assert [one.key for one in from_xml(devices("<console type='pty'/>")).losses] == ["devices/console"]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("", None),
        ('RemoteDisplay.vnc.enabled = "FALSE"\nRemoteDisplay.vnc.port = "5900"', None),
        (
            'RemoteDisplay.vnc.enabled = "TRUE"',
            "<graphics type='vnc' port='-1' autoport='yes'><listen type='address'/></graphics>",
        ),
        (
            (
                'RemoteDisplay.vnc.enabled = "TRUE"\nRemoteDisplay.vnc.port = "5901"\n'
                'RemoteDisplay.vnc.ip = "10.0.0.1"\n'
                'RemoteDisplay.vnc.keymap = "fr"\nRemoteDisplay.vnc.password = "a\'b"'
            ),
            (
                "<graphics type='vnc' port='5901' autoport='no' listen='10.0.0.1' keymap='fr' passwd=\"a'b\">"
                "<listen type='address' address='10.0.0.1'/></graphics>"
            ),
        ),
    ],
)
def test_a_screen_of_a_vmx(keys: str, expected: str | None) -> None:
    found = at(from_vmx(keys), "devices/graphics")
    assert found == ([] if expected is None else [etree_form(expected)])


def etree_form(text: str) -> str:
    """The same element as lxml writes it."""
    return etree.tostring(etree.fromstring(text), encoding="unicode")


@pytest.mark.parametrize(
    ("keys", "kib"),
    [
        ("", "4096"),
        ('svga.vramSize = "8388608"', "8192"),
        ('svga.vramSize = "5000000"', "8192"),
        ('svga.vramSize = "0"', "4096"),
    ],
)
def test_the_video_memory_of_a_vmx(keys: str, kib: str) -> None:
    assert at(from_vmx(keys), "devices/video/model") == [f'<model type="vmvga" vram="{kib}" primary="yes"/>']


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (
            "<graphics type='vnc' port='5903' autoport='no' listen='1.2.3.4' keymap='de' passwd='x'/>",
            {"port": "5903", "ip": "1.2.3.4", "keymap": "de", "password": "x"},
        ),
        (
            (
                "<graphics type='vnc' port='5903' autoport='yes'>"
                "<listen type='address' address='::'/></graphics>"
            ),
            {"ip": "::"},
        ),
        ("<graphics type='vnc'/>", {}),
        ("<graphics type='vnc' port='-1'/>", {}),
    ],
)
def test_a_screen_of_a_domain(inner: str, expected: dict[str, str]) -> None:
    wanted = {"RemoteDisplay.vnc.enabled": "true", "svga.vramSize": "4194304"}
    wanted |= {f"RemoteDisplay.vnc.{leaf}": value for leaf, value in expected.items()}
    assert new_keys(from_xml(devices(inner))) == wanted


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<video><model type='vmvga' vram='8192'/></video>", "8388608"),
        ("<video><model type='vmvga' vram='8193'/></video>", "16777216"),
        ("<video><model type='vmvga'/></video>", "4194304"),
        ("<video/>", "4194304"),
        ("<video><model type='virtio'/></video>", None),
        ("<video><model type='vmvga' vram='x'/></video>", None),
    ],
)
def test_the_video_memory_of_a_domain(inner: str, expected: str | None) -> None:
    assert keys(from_xml(devices(inner))).get("svga.vramSize") == expected


FOLDER = (
    'sharedFolder.maxNum = "1"\nsharedFolder0.present = "TRUE"\nsharedFolder0.enabled = "TRUE"\n'
    'sharedFolder0.hostPath = "/home/me"\nsharedFolder0.guestName = "me"\n'
)
ENABLED = 'isolation.tools.hgfs.disable = "FALSE"\n'


@pytest.mark.parametrize(
    ("keys", "read_only"),
    [(ENABLED + FOLDER, True), (ENABLED + FOLDER + 'sharedFolder0.writeAccess = "TRUE"\n', False)],
)
def test_a_shared_folder_of_a_vmx(keys: str, read_only: bool) -> None:
    found = [text.replace('"', "'") for text in at(from_vmx(keys), "devices/filesystem")]
    flag = "<readonly/>" if read_only else ""
    assert found == [
        (
            "<filesystem type='mount' accessmode='passthrough'><source dir='/home/me'/><target dir='me'/>"
            f"{flag}</filesystem>"
        )
    ]


@pytest.mark.parametrize(
    "keys",
    [
        FOLDER,
        ENABLED + FOLDER.replace('enabled = "TRUE"', 'enabled = "FALSE"'),
        ENABLED + FOLDER.replace('maxNum = "1"', 'maxNum = "0"'),
        ENABLED + FOLDER.replace("hostPath", "elsewhere"),
    ],
)
def test_a_folder_that_is_not_shared_is_reported(keys: str) -> None:
    conversion = from_vmx(keys)
    assert at(conversion, "devices/filesystem") == []
    assert loss(conversion, "sharedFolder0.present")


def test_a_shared_folder_of_a_domain() -> None:
    inner = (
        "<filesystem><source dir='/a'/><target dir='b'/><readonly/></filesystem><filesystem type='block'/>"
    )
    conversion = from_xml(devices(inner))
    assert new_keys(conversion) == {
        "isolation.tools.hgfs.disable": "false",
        "sharedFolder.maxNum": "1",
        "sharedFolder0.present": "true",
        "sharedFolder0.enabled": "true",
        "sharedFolder0.readAccess": "true",
        "sharedFolder0.writeAccess": "false",
        "sharedFolder0.hostPath": "/a",
        "sharedFolder0.guestName": "b",
    }
    assert loss(conversion, "devices/filesystem[2]").severity == "warning"
