"""Disks and controllers, both ways, with their policies."""

from __future__ import annotations

import pytest

from tests.convert.machines import at, devices, element, from_vmx, from_xml, keys, loss, new_keys
from tui.convert import Options, to_vmx
from tui.disks import Device, LibvirtVersion, Spelling
from tui.formats.domain_xml import DomainDocument

SCSI = 'scsi0.present = "TRUE"\n'


def _vmx_disk(place: str, **leaves: str) -> str:
    return f'{place}.present = "TRUE"\n' + "".join(
        f'{place}.{leaf} = "{value}"\n' for leaf, value in leaves.items()
    )


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (
            SCSI + _vmx_disk("scsi0:8", fileName="a.vmdk", deviceType="scsi-hardDisk"),
            (
                "<disk type='file' device='disk'><source file='[ds] vm/a.vmdk'/>"
                "<target dev='sdh' bus='scsi'/>"
                "<address type='drive' controller='0' bus='0' target='0' unit='8'/></disk>"
            ),
        ),
        (
            'scsi1.present = "true"\n' + _vmx_disk("scsi1:0", fileName="A.VMDK", writeThrough="TRUE"),
            (
                "<disk type='file' device='disk'><driver cache='writethrough'/>"
                "<source file='[ds] vm/A.VMDK'/><target dev='sdp' bus='scsi'/>"
                "<address type='drive' controller='1' bus='0' target='0' unit='0'/></disk>"
            ),
        ),
        (
            'sata1.present = "TRUE"\n' + _vmx_disk("sata1:2", fileName="a.vmdk"),
            (
                "<disk type='file' device='disk'><source file='[ds] vm/a.vmdk'/>"
                "<target dev='sdag' bus='sata'/>"
                "<address type='drive' controller='1' bus='0' target='0' unit='2'/></disk>"
            ),
        ),
        (
            'nvme0.present = "TRUE"\n' + _vmx_disk("nvme0:1", fileName="a.vmdk"),
            (
                "<disk type='file' device='disk'><source file='[ds] vm/a.vmdk'/>"
                "<target dev='nvme0n2' bus='nvme'/>"
                "<address type='drive' controller='0' bus='0' target='0' unit='1'/></disk>"
            ),
        ),
        (
            _vmx_disk("ide1:0", fileName="/iso/a.ISO", deviceType="cdrom-image"),
            (
                "<disk type='file' device='cdrom'><source file='/iso/a.ISO'/>"
                "<target dev='hdc' bus='ide'/><readonly/>"
                "<address type='drive' controller='0' bus='1' target='0' unit='0'/></disk>"
            ),
        ),
        (
            _vmx_disk("ide0:1", fileName="setup.img", deviceType="cdrom-image"),
            (
                "<disk type='file' device='cdrom'><source file='[ds] vm/setup.img'/>"
                "<target dev='hdb' bus='ide'/><readonly/>"
                "<address type='drive' controller='0' bus='0' target='0' unit='1'/></disk>"
            ),
        ),
        (
            _vmx_disk("ide0:0", fileName="emptyBackingString"),
            (
                "<disk type='file' device='cdrom'><target dev='hda' bus='ide'/><readonly/>"
                "<address type='drive' controller='0' bus='0' target='0' unit='0'/></disk>"
            ),
        ),
        (
            _vmx_disk("ide0:0", fileName="/dev/sr0", deviceType="ATAPI-cdrom"),
            (
                "<disk type='block' device='cdrom'><source dev='/dev/sr0'/>"
                "<target dev='hda' bus='ide'/><readonly/>"
                "<address type='drive' controller='0' bus='0' target='0' unit='0'/></disk>"
            ),
        ),
        (
            _vmx_disk("ide0:0", fileName="Auto Detect", deviceType="cdrom-raw", autodetect="TRUE"),
            (
                "<disk type='block' device='lun'><source startupPolicy='optional'/>"
                "<target dev='hda' bus='ide'/><readonly/>"
                "<address type='drive' controller='0' bus='0' target='0' unit='0'/></disk>"
            ),
        ),
        (
            SCSI + _vmx_disk("scsi0:1", fileName="/vmfs/devices/cdrom/mpx.x:C0", deviceType="scsi-passthru"),
            (
                "<disk type='block' device='lun'><source dev='/vmfs/devices/cdrom/mpx.x:C0'/>"
                "<target dev='sdb' bus='scsi'/>"
                "<readonly/><address type='drive' controller='0' bus='0' target='0' unit='1'/></disk>"
            ),
        ),
        (
            _vmx_disk("floppy1", fileType="file", fileName="boot.flp"),
            (
                "<disk type='file' device='floppy'><source file='[ds] vm/boot.flp'/>"
                "<target dev='fdb' bus='fdc'/>"
                "<address type='drive' controller='0' bus='0' target='0' unit='1'/></disk>"
            ),
        ),
        (
            _vmx_disk("floppy0", fileType="device", fileName="/dev/fd0"),
            (
                "<disk type='block' device='floppy'><source dev='/dev/fd0'/><target dev='fda' bus='fdc'/>"
                "<address type='drive' controller='0' bus='0' target='0' unit='0'/></disk>"
            ),
        ),
        (
            SCSI + _vmx_disk("scsi0:0", fileName="a.vmdk", sharing="multi-writer"),
            (
                "<disk type='file' device='disk'><source file='[ds] vm/a.vmdk'/>"
                "<target dev='sda' bus='scsi'/><shareable/>"
                "<address type='drive' controller='0' bus='0' target='0' unit='0'/></disk>"
            ),
        ),
    ],
)
def test_a_vmx_disk_in_xml(keys: str, expected: str) -> None:
    conversion = from_vmx(keys, Options(location="[ds] vm"))
    assert [text.replace('"', "'") for text in at(conversion, "devices/disk")] == [expected]
    assert not [loss for loss in conversion.losses if loss.severity != "info" and not loss.stops]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (SCSI + _vmx_disk("scsi0:0", fileName="a.vmdk"), ["scsi 0 None"]),
        (
            (
                'scsi0.present = "TRUE"\nscsi0.virtualDev = "PVSCSI"\nscsi2.present = "TRUE"\n'
                'scsi2.virtualDev = "lsisas1068"\n'
            )
            + _vmx_disk("scsi2:0", fileName="a.vmdk"),
            ["scsi 0 vmpvscsi", "scsi 1 None", "scsi 2 lsisas1068"],
        ),
        ('scsi0.present = "TRUE"\nscsi0.virtualDev = "buslogic"\n', []),
        (
            _vmx_disk("ide1:1", fileName="a.iso") + _vmx_disk("floppy0", fileType="file"),
            ["fdc 0 None", "ide 0 None"],
        ),
        (
            'sata1.present = "TRUE"\nnvme0.present = "TRUE"\n'
            + _vmx_disk("sata1:0", fileName="a.vmdk")
            + _vmx_disk("nvme0:0", fileName="b.vmdk"),
            ["sata 0 None", "sata 1 None", "nvme 0 None"],
        ),
    ],
)
def test_the_controllers_of_a_vmx(keys: str, expected: list[str]) -> None:
    found = element(from_vmx(keys)).iterfind("devices/controller")
    assert [f"{one.get('type')} {one.get('index')} {one.get('model')}" for one in found] == expected


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        (_vmx_disk("scsi0:0", fileName="a.vmdk"), "its controller is not present"),
        (SCSI + _vmx_disk("scsi0:7", fileName="a.vmdk"), "no such controller or unit"),
        ('scsi9.present = "TRUE"\n' + _vmx_disk("scsi9:0", fileName="a.vmdk"), "no such controller or unit"),
        (_vmx_disk("ide2:0", fileName="a.vmdk"), "no such controller or unit"),
        (_vmx_disk("ide0:0", fileName="a.iso", clientDevice="TRUE"), "whoever looks at the console"),
    ],
)
def test_a_disk_the_hypervisor_does_not_see(keys: str, why: str) -> None:
    conversion = from_vmx(keys)
    assert at(conversion, "devices/disk") == []
    assert conversion.disk_lines == {}
    assert [loss.disk for loss in conversion.losses if why in loss.why] == [0]


MODES = [
    (None, {}, False),
    ("persistent", {}, False),
    ("independent-persistent", {"snapshot": "no"}, False),
    ("Independent-NonPersistent", {"snapshot": "no"}, True),
    ("undoable", {}, False),
    ("append", {}, False),
    ("nonpersistent", {"snapshot": "external"}, True),  # said, for alone it would mean left out
    ("bogus", {}, False),
]


@pytest.mark.parametrize(("word", "attributes", "transient"), MODES)
def test_a_mode_becomes_libvirts_words(word: str | None, attributes: dict[str, str], transient: bool) -> None:
    mode = {} if word is None else {"mode": word}
    conversion = from_vmx(SCSI + _vmx_disk("scsi0:0", fileName="a.vmdk", **mode))
    disk = element(conversion).find("devices/disk")
    assert disk is not None
    assert dict(disk.items()) == {"type": "file", "device": "disk"} | attributes
    assert (disk.find("transient") is not None) == transient
    severity = {"undoable": "warning", "append": "warning", "nonpersistent": "warning", "bogus": "error"}.get(
        word or ""
    )
    assert [loss.severity for loss in conversion.losses if loss.key.endswith(".mode")] == [severity] * bool(
        severity
    )


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        (Spelling.ATTRIBUTES, {"snapshot": "no", "persistent": "no"}),
        (Spelling.VMX_MODE, {"snapshot_mode": "independent-nonpersistent"}),
        (Spelling.ELEMENTS, {}),
    ],
)
def test_the_spelling_asked_for(spelling: Spelling, expected: dict[str, str]) -> None:
    keys = SCSI + _vmx_disk("scsi0:0", fileName="a.vmdk", mode="independent-nonpersistent")
    disk = element(from_vmx(keys, Options(spelling=spelling))).find("devices/disk")
    assert disk is not None
    assert dict(disk.items()) == {"type": "file", "device": "disk"} | expected
    elements = [child.tag for child in disk if child.tag in ("nosnapshot", "nonpersistent", "transient")]
    assert elements == (["nosnapshot", "nonpersistent"] if spelling is Spelling.ELEMENTS else [])


def _disk(
    target: str,
    bus: str,
    source: str = "file='[ds] vm/a.vmdk'",
    more: str = "",
    head: str = "type='file' device='disk'",
) -> str:
    return devices(
        f"<disk {head}>{f'<source {source}/>' if source else ''}"
        f"<target dev='{target}' bus='{bus}'/>{more}</disk>"
    )


FILE = "/vmfs/volumes/ds/vm/a.vmdk"


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (
            _disk("sda", "scsi"),
            {
                "scsi0.present": "true",
                "scsi0:0.present": "true",
                "scsi0:0.deviceType": "scsi-hardDisk",
                "scsi0:0.fileName": FILE,
            },
        ),
        (
            _disk("sdx", "scsi", more="<address type='drive' controller='1' bus='0' target='0' unit='9'/>"),
            {
                "scsi1.present": "true",
                "scsi1:9.present": "true",
                "scsi1:9.deviceType": "scsi-hardDisk",
                "scsi1:9.fileName": FILE,
            },
        ),
        (
            _disk("hdd", "ide"),
            {"ide1:1.present": "true", "ide1:1.deviceType": "ata-hardDisk", "ide1:1.fileName": FILE},
        ),
        (
            _disk("sdb", "sata"),
            {
                "virtualHW.version": "10",
                "sata0.present": "true",
                "sata0:1.present": "true",
                "sata0:1.deviceType": "ata-hardDisk",
                "sata0:1.fileName": FILE,
            },
        ),
        # libvirt's VMX driver names sata0:7 sdh, and then makes up the address six to a controller.
        (
            _disk("sdh", "sata", more="<address type='drive' controller='1' bus='0' target='0' unit='1'/>"),
            {
                "virtualHW.version": "10",
                "sata0.present": "true",
                "sata0:7.present": "true",
                "sata0:7.deviceType": "ata-hardDisk",
                "sata0:7.fileName": FILE,
            },
        ),
        (
            _disk("nvme1n3", "nvme"),
            {
                "virtualHW.version": "13",
                "nvme1.present": "true",
                "nvme1:2.present": "true",
                "nvme1:2.fileName": FILE,
            },
        ),
        (
            _disk("sda", "scsi", more="<transient/>"),
            {
                "scsi0.present": "true",
                "scsi0:0.present": "true",
                "scsi0:0.deviceType": "scsi-hardDisk",
                "scsi0:0.fileName": FILE,
                "scsi0:0.mode": "independent-nonpersistent",
            },
        ),
        (
            _disk("hda", "ide", more="<shareable/>", head="type='file' device='disk' snapshot='no'"),
            {
                "ide0:0.present": "true",
                "ide0:0.deviceType": "ata-hardDisk",
                "ide0:0.fileName": FILE,
                "ide0:0.sharing": "multi-writer",
                "ide0:0.mode": "independent-persistent",
            },
        ),
        (
            _disk("hda", "ide", "", head="type='file' device='cdrom'"),
            {
                "ide0:0.present": "true",
                "ide0:0.deviceType": "cdrom-image",
                "ide0:0.fileName": "emptyBackingString",
            },
        ),
        (
            _disk("hda", "ide", "startupPolicy='optional'", head="type='block' device='cdrom'"),
            {
                "ide0:0.present": "true",
                "ide0:0.deviceType": "atapi-cdrom",
                "ide0:0.autodetect": "true",
                "ide0:0.fileName": "auto detect",
            },
        ),
        (
            _disk("hda", "ide", "dev='/dev/sr0'", head="type='block' device='lun'"),
            {"ide0:0.present": "true", "ide0:0.deviceType": "cdrom-raw", "ide0:0.fileName": "/dev/sr0"},
        ),
        (
            _disk("fda", "fdc", "file='[ds] a.flp'", head="type='file' device='floppy'"),
            {
                "floppy0.present": "true",
                "floppy0.fileType": "file",
                "floppy0.fileName": "/vmfs/volumes/ds/a.flp",
            },
        ),
        (
            _disk("fdb", "fdc", "dev='/dev/fd0'", head="type='block' device='floppy'"),
            {"floppy1.present": "true", "floppy1.fileType": "device", "floppy1.fileName": "/dev/fd0"},
        ),
    ],
)
def test_a_disk_of_a_domain(inner: str, expected: dict[str, str]) -> None:
    conversion = from_xml(inner)
    found = {name: value for name, value in new_keys(conversion).items() if not name.startswith("pciBridge")}
    assert found == expected
    assert not [loss for loss in conversion.losses if loss.severity != "info"]


@pytest.mark.parametrize(
    ("controller", "driver", "expected"),
    [
        ("", "", None),
        ("<controller type='scsi' index='0' model='vmpvscsi'/>", "", "pvscsi"),
        ("<controller type='scsi' index='0' model='lsisas1068'/>", "", "lsisas1068"),
        ("<controller type='scsi' index='0' model='auto'/>", "", "lsilogic"),
        ("<controller type='scsi' index='0' model='virtio-scsi'/>", "", "lsilogic"),
        ("<controller type='scsi' index='1' model='vmpvscsi'/>", "", None),
        ("", "<driver name='BusLogic'/>", "buslogic"),
        ("", "<driver name='qemu'/>", None),
    ],
)
def test_the_model_of_a_scsi_controller(controller: str, driver: str, expected: str | None) -> None:
    disk = f"<disk type='file'>{driver}<source file='/a.vmdk'/><target dev='sda' bus='scsi'/></disk>"
    assert keys(from_xml(devices(disk + controller))).get("scsi0.virtualDev") == expected


@pytest.mark.parametrize(
    ("head", "source", "driver", "name"),
    [
        ("type='file'", "<source file='/img/app.qcow2'/>", "<driver type='qcow2'/>", "app.vmdk"),
        ("type='file'", "<source file='/img/app.raw'/>", "", "app.vmdk"),
        ("type='block'", "<source dev='/dev/vg/app'/>", "", "app.vmdk"),
        (
            "type='network'",
            "<source protocol='rbd' name='pool/app'><host name='h'/></source>",
            "",
            "app.vmdk",
        ),
        ("type='volume'", "<source pool='p' volume='app'/>", "", "app.vmdk"),
    ],
)
def test_a_source_a_vmx_cannot_hold_is_left_for_the_user_to_finish(
    head: str, source: str, driver: str, name: str
) -> None:
    inner = f"<disk {head}>{driver}{source}<target dev='vda' bus='virtio'/></disk>"
    conversion = from_xml(devices(inner), kind="kvm")
    assert f'# scsi0:0.fileName = "{name}" #' in conversion.text
    assert "scsi0:0.fileName" not in keys(conversion)
    assert loss(conversion, "devices/disk/source").severity == "warning"
    assert loss(conversion, "devices/disk").severity == "warning"


def test_a_line_to_finish_stays_one_comment_whatever_the_name_holds() -> None:
    inner = (
        "<disk type='file'><source file='/img/a&#10;scsi0:0.mode = &quot;x&quot;.qcow2'/>"
        "<target dev='sda' bus='scsi'/></disk>"
    )
    conversion = from_xml(devices(inner))
    assert "scsi0:0.mode" not in keys(conversion)


@pytest.mark.parametrize("preset", ["internal", "external", "manual"])
def test_a_preset_takes_part_in_snapshots_and_is_reported(preset: str) -> None:
    conversion = from_xml(_disk("sda", "scsi", head=f"type='file' device='disk' snapshot='{preset}'"))
    assert "scsi0:0.mode" not in keys(conversion)
    assert loss(conversion, "devices/disk/@snapshot").value == preset


def test_a_policy_without_a_mode_gets_none_and_an_error() -> None:
    conversion = from_xml(_disk("sda", "scsi", head="type='file' persistent='no' snapshot='yes'"), kind="kvm")
    assert "scsi0:0.mode" not in keys(conversion)
    assert [loss.severity for loss in conversion.losses if loss.disk == 0 and "no mode" in loss.why] == [
        "error"
    ]


@pytest.mark.parametrize(("preset", "severity"), [("", "info"), (" snapshot='external'", "warning")])
def test_a_transient_disk_of_kvm_is_independent_nonpersistent(preset: str, severity: str) -> None:
    conversion = from_xml(_disk("sda", "scsi", head=f"type='file'{preset}", more="<transient/>"), kind="kvm")
    assert keys(conversion)["scsi0:0.mode"] == "independent-nonpersistent"
    assert [one.severity for one in conversion.losses if "out of snapshots" in one.why] == [severity]


@pytest.mark.parametrize("word", ["undoable", "nonpersistent", "append"])
def test_an_outdated_word_survives_in_the_spelling_that_has_it(word: str) -> None:
    source = SCSI + _vmx_disk("scsi0:0", fileName="a.vmdk", mode=word)
    there = from_vmx(source, Options(spelling=Spelling.VMX_MODE))
    disk = element(there).find("devices/disk")
    assert disk is not None
    assert disk.get("snapshot_mode") == word
    assert keys(to_vmx(DomainDocument(there.text.encode())))["scsi0:0.mode"] == word


def test_disks_without_a_place_get_free_ones() -> None:
    disks = "".join(
        f"<disk type='file'><source file='/{dev}.vmdk'/><target dev='{dev}' bus='{bus}'/>{more}</disk>"
        for dev, bus, more in (
            ("vda", "virtio", ""),
            ("sda", "scsi", ""),
            ("sdb", "scsi", "<address type='drive' controller='9' bus='0' target='0' unit='0'/>"),
            ("sdc", "scsi", "<address type='drive' controller='0' bus='0' target='0' unit='0'/>"),
            ("sdd", "usb", ""),
        )
    )
    conversion = from_xml(devices(disks), kind="kvm")
    places = {value: name for name, value in keys(conversion).items() if name.endswith(".fileName")}
    assert {name: places[name][:7] for name in places} == {
        "/vda.vmdk": "scsi0:1",
        "/sda.vmdk": "scsi0:0",
        "/sdb.vmdk": "scsi0:2",
        "/sdc.vmdk": "scsi0:3",
        "/sdd.vmdk": "usb_xhc",
    }
    severities = {loss.disk: loss.severity for loss in conversion.losses if "put at" in loss.why}
    assert severities == {0: "warning", 2: "error", 3: "error"}


def test_a_domain_with_more_disks_than_vmware_has_places() -> None:
    disks = "".join(
        f"<disk type='file'><source file='/{number}.vmdk'/><target dev='vd{number}' bus='virtio'/></disk>"
        for number in range(70)
    )
    conversion = from_xml(devices(disks), kind="kvm")
    assert len(conversion.disk_lines) == 60
    assert len([loss for loss in conversion.losses if "no scsi place left" in loss.why]) == 10


@pytest.mark.parametrize("index", [0, 1, 2])
def test_the_lines_of_each_disk(index: int) -> None:
    keys = (
        SCSI
        + 'annotation = "two|0Alines"\n'
        + "".join(_vmx_disk(f"scsi0:{unit}", fileName=f"d{unit}.vmdk") for unit in range(3))
    )
    forth = from_vmx(keys)
    lines = forth.text.split("\n")
    part = "\n".join(lines[number] for number in forth.disk_lines[index])
    assert part.strip().startswith("<disk ") and part.strip().endswith("</disk>") and f"d{index}.vmdk" in part
    back = to_vmx(DomainDocument(forth.text.encode()))
    lines = back.text.split("\n")
    block = [lines[number] for number in back.disk_lines[index]]
    assert all(line.startswith(f"scsi0:{index}.") for line in block)
    assert any(f"d{index}.vmdk" in line for line in block)


TWINS = (
    SCSI
    + 'sata0.present = "TRUE"\n'
    + _vmx_disk("scsi0:0", fileName="a.vmdk")
    + _vmx_disk("sata0:0", fileName="b.iso")
    + _vmx_disk("sata0:1", fileName="c.vmdk")
)


@pytest.mark.parametrize(
    "options", [Options(vmx_path="/vm/vm.vmx"), Options(location="[ds] vm", libvirt=LibvirtVersion(9, 0))]
)
def test_no_two_disks_share_a_target(options: Options) -> None:
    conversion = from_vmx(TWINS, options)
    targets = [target.get("dev") for target in element(conversion).iterfind("devices/disk/target")]
    assert targets == ["sda", "sdc", "sdb"]
    assert not conversion.stopping
    back = keys(to_vmx(DomainDocument(conversion.text.encode())))
    assert {"scsi0:0.fileName", "sata0:0.fileName", "sata0:1.fileName"} <= back.keys()


def test_targets_of_a_datastore_are_libvirts_own_and_it_is_said_that_they_stop_a_define() -> None:
    conversion = from_vmx(TWINS, Options(location="[ds] vm"))
    targets = [target.get("dev") for target in element(conversion).iterfind("devices/disk/target")]
    assert targets == ["sda", "sda", "sdb"]
    assert [one.key for one in conversion.stopping] == ["sata0:0.fileName"]
    assert conversion.losses[0].stops
    assert conversion.summary.startswith("1 stops virsh define")


@pytest.mark.parametrize(
    ("release", "stops"),
    [(None, 1), (LibvirtVersion(11, 4), 1), (LibvirtVersion(11, 5), 0), (LibvirtVersion(12, 4), 0)],
)
def test_the_bus_nvme_stops_a_define_before_libvirt_11_5(release: LibvirtVersion | None, stops: int) -> None:
    keys = 'nvme0.present = "TRUE"\n' + _vmx_disk("nvme0:0", fileName="a.vmdk")
    found = from_vmx(keys, Options(libvirt=release)).stopping
    assert len(found) == stops
    assert all("11.5" in one.why for one in found)


def test_a_drive_of_the_host_stays_a_drive() -> None:
    source = 'sata0.present = "TRUE"\n' + _vmx_disk("sata0:1", fileName="auto detect", deviceType="cdrom-raw")
    document = DomainDocument(from_vmx(source).text.encode())
    assert [disk.device for disk in document.disks] == [Device.CDROM]
    assert keys(to_vmx(document))["sata0:1.deviceType"] == "cdrom-raw"


def test_a_usb_disk_stays_on_its_port() -> None:
    source = 'usb_xhci.present = "TRUE"\n' + _vmx_disk("usb_xhci:4", fileName="a.vmdk", deviceType="disk")
    back = keys(to_vmx(DomainDocument(from_vmx(source).text.encode())))
    assert back["usb_xhci.present"] == "true"
    assert back["usb_xhci:4.deviceType"] == "disk"


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ('bios.hddOrder = "scsi0:1,scsi0:0"\n', ["2", "1", None]),
        ('bios.bootOrder = "cdrom,hdd"\n', ["2", None, "1"]),
        ('bios.bootOrder = "hdd,cdrom"\nbios.hddOrder = "scsi0:1"\n', [None, "1", "2"]),
        ('bios.bootDeviceClasses = "allow:cd,hd"\n', ["2", None, "1"]),
        ("", [None, None, None]),
    ],
)
def test_the_boot_order_is_that_of_the_vmx(order: str, expected: list[str | None]) -> None:
    source = (
        SCSI
        + _vmx_disk("scsi0:0", fileName="a.vmdk")
        + _vmx_disk("scsi0:1", fileName="b.vmdk")
        + _vmx_disk("ide1:0", fileName="c.iso", deviceType="cdrom-image")
        + order
    )
    conversion = from_vmx(source)
    found = [disk.find("boot") for disk in element(conversion).iterfind("devices/disk")]
    assert [None if boot is None else boot.get("order") for boot in found] == expected
