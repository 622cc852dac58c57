"""RVTools exports on the command line: looked at by show, audit and compare, and never changed."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.cli.helpers import SAMPLES, run, vmx
from tests.schemas import hold
from tui import workbook
from tui.formats.errors import FormatError
from tui.workbook import sheets_of

EXPORT = SAMPLES / "rvtools"
DISKS, BOOK = EXPORT / "RVTools_tabvDisk.csv", EXPORT / "as-workbook.xlsx"


@pytest.fixture
def reader() -> None:
    """What reads workbooks, an extra."""
    try:
        import python_calamine  # noqa: F401, PLC0415
    except ImportError:
        assert not os.environ.get("CI"), "in CI python-calamine must be installed"
        pytest.skip("python-calamine is not installed")


def audited(*words: str | Path) -> dict[str, Any]:
    outcome = run("audit", *words, "--format", "json", "--fail-on", "never")
    assert outcome.status == 0, outcome.err
    hold(outcome.out)
    return json.loads(outcome.text)  # type: ignore[no-any-return]


def without_place(report: dict[str, Any]) -> Any:
    text = re.sub(r'"(file|line)": ("[^"]*"|\d+)', r'"\1": 0', json.dumps(report["results"]))
    return json.loads(text)


def test_every_machine_of_an_export_is_judged_with_what_lies_beside() -> None:
    report = audited(DISKS)
    found = {
        (one["vm"], disk["address"], finding["rule"])
        for one in report["results"]
        for disk in [*one["disks"], {"address": None, "findings": one["findings"]}]
        for finding in disk["findings"]
    }
    assert found >= {
        ("web01", "scsi0:1", "not-in-snapshots"),
        ("web01", "scsi0:1", "cbt-on-independent"),
        ("db01", "scsi1:0", "writes-discarded"),
        ("db01", "scsi0:2", "physical-rdm"),
        ("node1", "scsi0:1", "shared-disk"),
        ("node1", None, "bus-sharing"),
        ("app01", None, "has-snapshots"),
        ("app01", "sata0:0", "is-delta"),
        ("old01", "ide0:0", "legacy-mode"),
    }
    assert {one["format"] for one in report["results"]} == {"rvtools"}
    assert {one["hypervisor"] for one in report["results"]} == {"esxi"}
    assert [one["domain"] for one in report["results"]] == [1, 2, 3, 4, 5, 6]


def test_a_workbook_tells_the_same_as_the_csvs(reader: None) -> None:
    assert without_place(audited(BOOK)) == without_place(audited(DISKS))


def test_nothing_is_told_that_the_export_cannot_tell(tmp_path: Path) -> None:
    shutil.copy(DISKS, tmp_path)
    (web, *_) = audited(tmp_path)["results"]
    rules = {one["rule"] for disk in web["disks"] for one in disk["findings"]}
    assert rules == {"not-in-snapshots"}
    assert web["snapshots"] is None
    assert not {"disk-missing", "beside-unknown", "in-use"} & {one["rule"] for one in web["findings"]}


def test_in_a_folder_the_table_of_disks_is_found_and_machines_are_not_taken_for_others(
    tmp_path: Path,
) -> None:
    shutil.copytree(EXPORT, tmp_path / "monday")
    shutil.copytree(EXPORT, tmp_path / "tuesday")
    report = audited(tmp_path)
    assert {Path(one["file"]).name for one in report["results"]} == {"RVTools_tabvDisk.csv"}
    assert report["totals"]["machines"] == 12
    assert "in-two-machines" not in json.dumps(report)


def test_another_table_is_told_for_what_it_is() -> None:
    outcome = run("audit", EXPORT / "RVTools_tabvInfo.csv")
    assert outcome.status == 2
    assert "another table of an RVTools export" in outcome.text


def test_one_machine_is_shown_by_name_or_number() -> None:
    outcome = run("show", DISKS, "--domain", "db01")
    assert outcome.status == 0
    assert outcome.text.startswith("db01: RVTools export in")
    assert "Read-only: this is an export: change the machine itself." in outcome.text
    assert run("show", DISKS, "--domain", "2").text == outcome.text
    shown = run("show", DISKS, "--domain", "web01", "--json")
    assert hold(shown.out) == 1
    assert json.loads(shown.text)["disks"][1]["editable"] is False


def test_of_several_one_must_be_named_and_a_near_name_is_told() -> None:
    outcome = run("show", DISKS)
    assert outcome.status == 2
    assert "say which with --domain" in outcome.err
    assert "the file holds web01" in run("show", DISKS, "--domain", "wbe01").err
    assert "there is no domain 9" in run("show", DISKS, "--domain", "9").err


def test_of_thousands_few_are_named(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("VM,Disk Mode\n" + "".join(f"vm{number},persistent\n" for number in range(2_000)))
    assert "and 1,980 more" in run("show", path).err


def test_two_machines_of_one_name_are_told_by_number(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("VM,Disk Mode,VM ID\nweb,persistent,a\nweb,append,b\n")
    assert "2 machines are called web; give a number: 1, 2" in run("show", path, "--domain", "web").err
    assert "append" in run("show", path, "--domain", "2").text


@pytest.mark.parametrize(
    "words",
    [
        ("set", DISKS, "all", "--no-snapshot"),
        ("convert", DISKS, "--to", "xml"),
        ("plan", DISKS),
        (DISKS,),
    ],
    ids=["set", "convert", "plan", "editor"],
)
def test_an_export_is_only_looked_at(words: tuple[str | Path, ...]) -> None:
    outcome = run(*words)
    assert outcome.status == 2
    assert "this is an export, which only tells of machines" in outcome.err
    assert "open the machine itself" in outcome.err


def test_a_bulk_change_leaves_every_machine_of_it(tmp_path: Path) -> None:
    shutil.copytree(EXPORT, tmp_path / "export")
    outcome = run("set", "--each", tmp_path, "--where", "vm:web01", "--snapshot", "--yes")
    assert outcome.status == 3
    assert "this is an export: change the machine itself" in outcome.err + outcome.text
    path = tmp_path / "export/RVTools_tabvDisk.csv"
    assert path.read_bytes() == DISKS.read_bytes()


def test_two_exports_are_compared_machine_by_machine_in_any_order(tmp_path: Path) -> None:
    other = tmp_path / "RVTools_tabvDisk.csv"
    head, *rows = DISKS.read_bytes().splitlines(keepends=True)
    text = head + b"".join(rows)
    other.write_bytes(text.replace(b"independent_persistent,sharingNone", b"persistent,sharingNone"))
    outcome = run("compare", DISKS, other, "--json")
    assert outcome.status == 1
    (drift,) = json.loads(outcome.text)["differences"]
    assert (drift["vm"], drift["disk"], drift["what"]) == ("web01", "scsi0:1", "changed")
    moved = [rows[-1], *rows[:-1]]
    other.write_bytes(head + b"".join(moved))
    assert run("compare", DISKS, other).status == 0


def test_a_machine_is_compared_with_what_an_export_tells_of_it(tmp_path: Path) -> None:
    path = vmx(tmp_path, display="web01")
    outcome = run("compare", path, DISKS)
    assert outcome.status == 1
    assert "snapshot yes -> no" in outcome.text
    vmx(tmp_path, 'scsi0:1.mode = "independent-persistent"', display="other")
    assert run("compare", DISKS, path, "--domain", "web01").status == 0
    assert "tells of no machine other" in run("compare", path, DISKS).err


def test_a_formula_and_control_characters_do_nothing(tmp_path: Path) -> None:
    path = tmp_path / "RVTools_tabvDisk.csv"
    path.write_text("VM,Disk Mode,Disk Path\n=1+1\x1b[2J\x07,persistent,@x\n")
    for kind in ("table", "csv", "markdown"):
        text = run("audit", path, "--format", kind).text
        assert "\x1b" not in text
        assert "\x07" not in text
    rows = run("audit", path, "--format", "csv").text.splitlines()
    assert rows[1].startswith("'=1+1")
    assert "'@x" in rows[1]


# Workbooks


def test_without_the_reader_a_sentence_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    outcome = run("show", BOOK)
    assert outcome.status == 2
    assert "pip install 'diskmode[rvtools]'" in outcome.err


def sheets(**changed: bytes) -> bytes:
    """The sample's workbook with other bytes in some sheets."""
    made = io.BytesIO()
    with zipfile.ZipFile(BOOK) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            stem = Path(part.filename).stem
            new.writestr(part.filename, changed.get(stem, old.read(part)))
    return made.getvalue()


def sheet(rows: bytes) -> bytes:
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return start + rows + b"</sheetData></worksheet>"


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1"><c r="XFD1048576"><v>1</v></c></row>',
        b"<row r='1'><c r = 'A1048576'><v>1</v></c></row>",
        b'<row r="1048576"><c><v>1</v></c></row>',
        b'<row r="1"><c r="AMJ400000"><v>1</v></c></row>',
        b'<x:row xmlns:x="y" r="99999999999"/>',
    ],
)
def test_a_cell_far_away_makes_no_sheet_of_millions(reader: None, rows: bytes) -> None:
    with pytest.raises(FormatError, match="reaches to row"):
        sheets_of(sheets(sheet2=sheet(rows)), ("vDisk",))


def test_a_zip_bomb_is_not_unpacked(reader: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "RVTools_bomb.xlsx"
    path.write_bytes(sheets(sheet2=sheet(b" " * 30_000_000)))
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(workbook, "MOST_BYTES", 20_000_000)
    outcome = run("audit", tmp_path)
    assert outcome.status == 2
    assert "unpacked, the workbook is larger than" in " ".join(outcome.text.split())


def test_a_part_larger_than_it_says_is_told(reader: None) -> None:
    data = bytearray(sheets(sheet2=sheet(b" " * 1_000_000)))
    place = data.rindex(b"xl/worksheets/sheet2.xml") - 46
    data[place + 24 : place + 28] = (100).to_bytes(4, "little")
    with pytest.raises(FormatError):
        sheets_of(bytes(data), ("vDisk",))


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500, BOOK.read_bytes()[:3000]])
def test_what_is_no_workbook_is_told(reader: None, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(data)
    outcome = run("show", path)
    assert outcome.status == 2
    assert "no workbook that can be read" in outcome.err


def test_a_workbook_of_something_else_is_told(reader: None, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = zipfile.ZipFile(BOOK).read("xl/workbook.xml").replace(b"vDisk", b"Sheet2")
    path.write_bytes(sheets(workbook=book))
    assert "the workbook has no sheet vDisk" in run("show", path).err


def test_what_an_audit_wrote_as_csv_is_read_as_an_export(tmp_path: Path) -> None:
    (tmp_path / "vms").mkdir()
    vmx(tmp_path / "vms", 'scsi0:1.mode = "independent_persistent"', display="web")
    vmx(tmp_path / "vms", name="b.vmx", display="empty").write_text('displayName = "empty"\n')
    (tmp_path / "vms/bad.xml").write_text("<domain>")
    path = tmp_path / "disks.csv"
    run("audit", tmp_path / "vms", "-o", path)
    (one,) = audited(path)["results"]
    assert (one["vm"], one["format"]) == ("web", "rvtools")
    assert [(disk["address"], disk["mode"]) for disk in one["disks"]] == [
        ("scsi0:0", "persistent"),
        ("scsi0:1", "independent-persistent"),
    ]
