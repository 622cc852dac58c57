"""Table, CSV and Markdown: they fit, they add up, and nothing in them acts on whoever opens them."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from pathlib import Path

import pytest

from tests.cli.helpers import run, vmx
from tests.reports.conftest import ACCEPT, STALE, written
from tui.columns import cells
from tui.fleet.accept import read_acceptances
from tui.reports import FORMATS, WITHOUT_SUMMARY, report_named
from tui.reports.markdown import Markdown, code
from tui.reports.spreadsheet import COLUMNS, Csv, cell
from tui.reports.starter import Starter
from tui.reports.table import Table, wrapped
from tui.visible import visible

RVTOOLS = ("VM", "Disk", "Capacity MiB", "Raw", "Disk Mode", "Sharing mode", "Controller", "Unit #")


@pytest.mark.parametrize("width", [80, 132])
def test_the_table_fits(samples: Path, tree: Path, width: int) -> None:
    lines = written(Table(width), samples, tree, accept=STALE).splitlines()
    assert max(map(cells, lines)) <= width
    assert not [line for line in lines if "\x1b" in line]


def test_the_table_tells_findings_first_and_totals_last(tree: Path) -> None:
    text = written(Table(), tree / "web.vmx", accept=STALE)
    order = [
        "web  ESXi, 2 disks",
        "accepted: =ours",
        "scsi0:0 ",
        "broken-xml: line 7",
        "accept-unused",
        "1 machine",
    ]
    assert [text.index(one) for one in order] == sorted(text.index(one) for one in order)
    assert "1 accepted finding" in text


def test_the_table_tells_one_thing_once_for_all_disks_it_is_wrong_with(samples: Path) -> None:
    text = written(Table(), samples / "bad-modes.vmx")
    assert "i scsi1:0, scsi2:0 controller-absent: " in text


@pytest.mark.parametrize("kind", ["table", "markdown"])
@pytest.mark.parametrize("topic", ["backup", "hygiene"])
def test_the_disks_that_totals_count_are_listed_whatever_is_found_on_them(
    kind: str, topic: str, tmp_path: Path
) -> None:
    (tmp_path / "kvm.xml").write_text(
        "<domain type='kvm'><name>kvm</name><devices>"
        "<disk type='file' snapshot='no'><source file='/a'/><target dev='vda'/></disk>"
        "<disk type='file'><transient/><source file='/b'/><target dev='vdb'/></disk>"
        "</devices></domain>"
    )
    text = run("audit", tmp_path, "--format", kind, "--topic", topic).text
    assert "1 disk not in snapshots; 1 losing writes" in text
    assert "vda" in text
    assert "vdb" in text


def test_a_machine_compared_with_the_others_is_not_told_twice(tmp_path: Path) -> None:
    disk = "<disk type='file'><source file='/a'/><target dev='vda'/></disk>"
    for name in ("web", "db"):
        text = f"<domain type='kvm'><name>{name}</name><devices>{disk}</devices></domain>"
        (tmp_path / f"{name}.xml").write_text(text)
    lines = run("audit", tmp_path).text.splitlines()
    headings = [line for line in lines if line.startswith(("web ", "web,"))]
    assert headings[0].startswith("web  QEMU/KVM, 1 disk")
    assert headings[1].startswith("web, compared with the other machines")
    assert len(headings) == 2


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("  a bb ccc", ["  a bb", "    ccc"]),
        ("abcdefghijkl", ["abcdefgh", "    ijkl"]),
        ("\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d", ["\u4e2d\u4e2d\u4e2d\u4e2d", "    \u4e2d"]),
    ],
)
def test_lines_break_at_blanks(text: str, lines: list[str]) -> None:
    assert wrapped(text, 8, "    ") == lines


def test_csv_has_rvtools_columns_and_words(samples: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(written(Csv(), samples))))
    assert tuple(rows[0])[: len(RVTOOLS)] == RVTOOLS
    assert tuple(rows[0]) == COLUMNS
    (quorum,) = (row for row in rows if row["VM"] == "SQL cluster node A" and row["Disk"] == "scsi1:0")
    assert quorum["Disk Mode"] == "independent_persistent"
    assert quorum["Sharing mode"] == "sharingMultiWriter"
    assert quorum["Shared Bus"] == "physicalSharing"
    assert (quorum["Controller"], quorum["Unit #"]) == ("SCSI controller 1", "0")
    raw = [row for row in rows if row["Raw"] == "True" and "physical-rdm" in row["Findings"]]
    assert len(raw) == 2
    assert all(row["VM"] for row in raw)


def test_no_cell_of_a_csv_is_a_formula(tree: Path) -> None:
    text = written(Csv(), tree, accept=ACCEPT)
    cells_ = [one for row in csv.reader(io.StringIO(text)) for one in row if one]
    assert not [one for one in cells_ if one.lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert "\x1b" not in text
    assert any(one.startswith("'=") for one in cells_)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1", "'=1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        (" =1", "' =1"),
        ("\uff1d1", "'\uff1d1"),
        ("\t=1", "\\t=1"),
        ("a=1", "a=1"),
        (-1, "-1"),
        (None, ""),
    ],
)
def test_a_formula_becomes_text(value: object, shown: str) -> None:
    assert cell(value) == shown


def test_markdown_keeps_every_cell_in_its_place(tree: Path) -> None:
    text = written(Markdown(), tree, accept=ACCEPT)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {8}
    assert "<script>" not in live(text)
    assert "\x1b" not in text
    assert "\n## Totals\n" in text


def live(text: str) -> str:
    """A Markdown text without its code spans."""
    return re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", text)


def test_markdown_makes_no_links_and_calls_nobody(tmp_path: Path) -> None:
    acting = "https://evil.example www.evil.example [a](b) @admin a@b.example #7 `x` ``` <b> |7C x"
    vmx(tmp_path, 'scsi0:1.mode = "@who https://x.example"', display=acting)
    accept = b'[[accept]]\nrule = "@who-*"\nreason = "www.x.example #3"\n'
    text = written(Markdown(), tmp_path, accept=accept)
    assert "@admin" in text
    assert "https://evil.example" in text
    for word in ("@", "http", "www", "#7", "#3", "<b>", "]("):
        assert word not in live(text)


@pytest.mark.parametrize("text", ["`", "``x", "x`", "a`b``c", "a|b", "  ", "\\", "a\nb"])
def test_a_code_span_holds_its_text_whole(text: str) -> None:
    span = code(text)
    assert live(span) == ""
    assert "\n" not in span
    assert visible(text).strip() in span.replace("\\|", "|")


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in WITHOUT_SUMMARY])
def test_a_summary_has_the_totals_alone(name: str, samples: Path) -> None:
    whole = written(report_named(name, width=80), samples)
    short = written(report_named(name, width=80, summary=True), samples)
    assert len(short) < len(whole) / 2
    assert "not-in-snapshots" in short
    assert "esxi8-web01" not in short


def test_the_start_of_an_accept_file_accepts_nothing_until_a_person_decides(
    samples: Path, tree: Path
) -> None:
    text = written(Starter(), samples, tree)
    assert read_acceptances(text.encode()) == ()
    decided = "\n".join(
        line.removeprefix("# ").replace('reason = ""', 'reason = "known"')
        for line in text.splitlines()
        if not line.startswith(("# error", "# warning", "# info", "# Findings", "# vm,"))
    )
    assert len(tomllib.loads(decided)["accept"]) > 50
    whole = written(Table(), samples, tree, accept=decided.encode())
    assert not [line for line in whole.splitlines() if line.startswith(("✗", "!", "i"))]
