"""RVTools exports: columns by name, the API's words, numbers and dates of Windows, hostile tables."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.disks import Configuration, Format, Participation, Snapshots
from tui.formats.errors import FormatError
from tui.formats.rvtools import MACHINES, SNAPSHOTS, RvtoolsDocument, is_export
from tui.formats.rvtools_tables import MOST_COLUMNS, TableRow, plain
from tui.rules import Hypervisor, findings

HEAD = (
    "VM,Disk,Disk Path,Capacity MiB,Raw,Disk Mode,Sharing mode,Controller,Label,Unit #,Shared Bus,"
    "Raw Comp. Mode,VM ID"
)
ROW = (
    "web,Hard disk 1,[ds] web/web.vmdk,1024,False,persistent,sharingNone,VMware paravirtual SCSI,"
    "SCSI controller 0,0,noSharing,,vm-1"
)


def document(*rows: str, head: str = HEAD, **beside: str) -> RvtoolsDocument:
    text = "\r\n".join((head, *rows, ""))
    return RvtoolsDocument.of_csvs(text.encode(), {name: table.encode() for name, table in beside.items()})


def one(row: str = ROW, head: str = HEAD) -> Configuration:
    return document(row, head=head).configuration


def test_a_row_is_a_disk() -> None:
    found = document(ROW)
    (disk,) = found.disks
    assert found.configuration.format is Format.RVTOOLS
    assert (disk.address, disk.target, disk.source, disk.file_format) == (
        "scsi0:0",
        "sda",
        "[ds] web/web.vmdk",
        "vmdk",
    )
    assert (disk.shown_mode, disk.policy.snapshot, disk.policy.persistent) == ("persistent", True, True)
    assert found.sidecars.images[0].size == 1024 * 1024 * 1024
    assert [(str(one), one.model, one.shared_bus) for one in found.configuration.controllers] == [
        ("scsi0", "pvscsi", "none")
    ]


@pytest.mark.parametrize(
    ("word", "mode"),
    [
        ("independent_persistent", "independent-persistent"),
        ("independent_nonpersistent", "independent-nonpersistent"),
        ("nonpersistent", "nonpersistent"),
        ("append", "append"),
        ("sparse", "sparse"),
    ],
)
def test_the_mode_is_vmx_s_word_and_an_unknown_one_as_it_stands(word: str, mode: str) -> None:
    (disk,) = one(ROW.replace(",persistent,", f",{word},")).disks
    assert disk.shown_mode == mode
    assert (disk.participation is Participation.UNKNOWN) == (mode == "sparse")


def test_every_disk_is_locked_and_the_reason_tells_what_to_do() -> None:
    assert one().locked == "this is an export: change the machine itself"


def test_columns_are_found_by_their_names_wherever_they_stand() -> None:
    head = "Sort, vm ,owner,DISK MODE,Disk Mode,SCSI label,Unit number,Capacity MB,SharedBus"
    found = document("1,web,me,independent_persistent,x,SCSI controller 2,8,10,physicalSharing", head=head)
    (disk,) = found.disks
    assert (disk.address, disk.shown_mode) == ("scsi2:8", "independent-persistent")
    assert found.sidecars.images[0].size == 10 * 1024 * 1024
    assert found.configuration.controllers[0].shared_bus == "physical"


@pytest.mark.parametrize(
    ("label", "address"),
    [
        ("SATA controller 1", "sata1:0"),
        ("AHCI 0", "sata0:0"),
        ("IDE 1", "ide1:0"),
        ("NVME controller 3", "nvme3:0"),
        ("SCSI-Controller 0", "scsi0:0"),
        ("SCSI 控制器 2", "scsi2:0"),
        ("something else", None),
        ("SCSI controller", None),
    ],
)
def test_a_controller_is_told_by_its_label_in_any_language(label: str, address: str | None) -> None:
    row = ROW.replace("VMware paravirtual SCSI", "").replace("SCSI controller 0", label)
    assert one(row).disks[0].address == address


@pytest.mark.parametrize("unit", ["", "x", "-1", "256", "1e999", "nan"])
def test_a_unit_that_is_none_gives_no_address(unit: str) -> None:
    assert one(ROW.replace(",0,noSharing", f",{unit},noSharing")).disks[0].address is None


def test_machines_are_told_apart_by_vcenter_and_id_not_by_name() -> None:
    head = f"{HEAD},VI SDK UUID"
    rows = [f"{ROW},a", f"{ROW},b", f"{ROW.replace('controller 0,0', 'controller 0,1')},a"]
    found = document(*rows, head=head)
    assert found.domain_names == ("web", "web")
    assert [len(found.of_domain(place).disks) for place in (0, 1)] == [2, 1]
    by_name = document("a,persistent", "b,persistent", "a,persistent", head="VM,Disk Mode")
    assert [len(by_name.of_domain(place).disks) for place in (0, 1)] == [2, 1]


def test_what_lies_beside_is_joined_by_id() -> None:
    rows = (ROW, ROW.replace("web", "db").replace("vm-1", "vm-2"))
    info = "VM,CBT,HW version,VM ID\nweb,True,vmx-19,vm-2\nweb,False,20,vm-1\n"
    taken = "VM,Name,Date / time,VM ID\nx,old,2026/01/02 03:04:05,vm-2\nx,new,2026-02-03T01:02:03,vm-2\n"
    found = document(*rows, **{MACHINES: info, SNAPSHOTS: taken})
    web, db = found.of_domain(0), found.of_domain(1)
    assert (web.configuration.tracked, db.configuration.tracked) == (False, True)
    assert (web.configuration.hardware_version, db.configuration.hardware_version) == (20, 19)
    assert web.sidecars.snapshots == Snapshots(0)
    assert document(*rows).sidecars.snapshots is None
    snapshots = db.sidecars.snapshots
    assert snapshots is not None
    assert (snapshots.count, snapshots.newest) == (2, "new")
    assert snapshots.taken == datetime(2026, 2, 3, 1, 2, 3, tzinfo=UTC)
    assert (snapshots.days or 0) >= 0


def test_a_raw_device_mapping_is_told_by_its_mode() -> None:
    row = ROW.replace("False", "True").replace(",noSharing,", ",noSharing,physicalMode")
    assert document(row).sidecars.images[0].is_physical_rdm
    assert not document(row.replace("physicalMode", "virtualMode")).sidecars.images[0].is_physical_rdm
    assert document(ROW).sidecars.images[0].create_type is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1024", 1024),
        ("1,024", 1024),
        ("1.048.576", 1048576),
        ("1'024", 1024),
        ("1\u00a0024", 1024),
        ("1024.0", 1024),
        ("", None),
        ("much", None),
        ("inf", None),
    ],
)
def test_numbers_are_read_however_thousands_are_parted(text: str, number: int | None) -> None:
    assert TableRow({"n": 0}, [text], 1).number("n") == number


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026/06/20 08:00:00", datetime(2026, 6, 20, 8, tzinfo=UTC)),
        ("20.06.2026 18:30:01", datetime(2026, 6, 20, 18, 30, 1, tzinfo=UTC)),
        ("6/20/2026 8:00:00 PM", datetime(2026, 6, 20, 20, tzinfo=UTC)),
        ("20/06/2026 12:00:00 AM", datetime(2026, 6, 20, tzinfo=UTC)),
        ("6/6/2026", datetime(2026, 6, 6, tzinfo=UTC)),
        ("5/6/2026 08:00", None),  # nobody knows whether in May or in June
        ("31.02.2026", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_is_read_where_day_and_month_can_be_told_apart(text: str, moment: datetime | None) -> None:
    assert TableRow({"d": 0}, [text], 1).moment("d") == moment


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_and_delimiters_of_windows(delimiter: str, codec: str) -> None:
    data = "VM,Disk Mode\r\nb\u00fcro,persistent\r\n".replace(",", delimiter).encode(codec)
    assert is_export(data)
    assert RvtoolsDocument.of_csvs(data, {}).domain_names == ("b\u00fcro",)


def test_a_cell_of_several_lines_counts_as_many() -> None:
    found = document('"a\nb",persistent', "c,persistent", head="VM,Disk Mode")
    assert found.of_domain(1).configuration.disk_lines == ((3,),)


@pytest.mark.parametrize(
    "text",
    [
        "VM,Disk Mode\n",
        "VM,Powerstate\nx,y\n",
        "VM,Disk Mode\n" + '"' + "x" * 200_000 + '",persistent\n',
        ",".join(f"c{number}" for number in range(MOST_COLUMNS + 1)) + ",VM,Disk Mode\nx\n",
    ],
    ids=["no rows", "no column", "a long cell", "many columns"],
)
def test_what_is_no_such_table_is_told(text: str) -> None:
    with pytest.raises(FormatError):
        RvtoolsDocument.of_csvs(text.encode(), {})


@given(st.binary(max_size=300))
def test_no_bytes_do_worse_than_a_sentence(data: bytes) -> None:
    for text in (data, b"VM,Disk Mode,Unit #,Label,Capacity MiB\n" + data):
        try:
            found = RvtoolsDocument.of_csvs(text, {MACHINES: text, SNAPSHOTS: text})
        except FormatError:
            continue
        for place in range(len(found.domain_names)):
            one_machine = found.of_domain(place)
            assert len(one_machine.configuration.disks) == len(one_machine.sidecars.images)


def test_names_of_columns_are_compared_without_blanks_signs_and_case() -> None:
    assert plain(" Disk  Mode ") == plain("disk_mode") == "diskmode"
    assert plain("Unit #") == "unit#"


@pytest.mark.parametrize(
    ("said", "found"), [("True", ["consolidation-needed"]), ("False", []), ("", []), (None, [])]
)
def test_consolidation_is_needed_where_vcenter_says_so_and_no_clone_is_taken_for_it(
    said: str | None, found: list[str]
) -> None:
    info = "VM,VM ID\nweb,vm-1\n" if said is None else f"VM,Consolidation Needed,VM ID\nweb,{said},vm-1\n"
    beside = {MACHINES: info, SNAPSHOTS: "VM,Name,VM ID\n"}
    clone = document(ROW.replace("web.vmdk", "web-000001.vmdk"), **beside)
    known = clone.configuration.with_sidecars(clone.sidecars)
    rules = [one.rule for one in findings(known, Hypervisor.ESXI)]
    assert [one for one in rules if one == "consolidation-needed"] == found
    assert "is-delta" in rules
