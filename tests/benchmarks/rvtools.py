"""How fast an RVTools export is audited: beside an audit of as many VMX files, in the same run.

Run by ``python -m tests.benchmarks.rvtools [--count 10000] [--rounds 3]``. The aim: COUNT rows in the time of
COUNT machines, or less. Ratios hold from machine to machine, seconds do not.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from xml.sax.saxutils import escape

from tests.benchmarks.audit import measured
from tests.benchmarks.tree import make_tree

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_vms/rvtools"
TABLES = ("vDisk", "vInfo", "vSnapshot")
_EACH = 2  # disks of a machine


def rows_of(table: str, count: int) -> list[list[str]]:
    """The sample's header, and its rows again and again, each machine under a name and an ID of its own."""
    text = (SAMPLE / f"RVTools_tab{table}.csv").read_text(encoding="utf-8-sig")
    head, *given = csv.reader(io.StringIO(text, newline=""))
    names, ids = head.index("VM"), head.index("VM ID")
    rows = []
    for number in range(count):
        row = list(given[number % len(given)])
        machine = number // _EACH if table == "vDisk" else number
        row[names], row[ids] = f"vm{machine:05}", f"vm-{machine}"
        if table == "vDisk":
            row[head.index("Unit #")] = str(number % _EACH)
        rows.append(row)
    return [head, *rows]


def make_csvs(folder: Path, count: int) -> None:
    """An export as RVTools writes CSVs."""
    for table in TABLES:
        many = count if table == "vDisk" else count // _EACH
        with (folder / f"RVTools_tab{table}.csv").open("w", newline="", encoding="utf-8-sig") as file:
            csv.writer(file).writerows(rows_of(table, many))


def make_workbook(path: Path, count: int) -> None:
    """The same as a workbook: the sample's, with other rows."""
    sheets = {"vInfo": "sheet1", "vDisk": "sheet2", "vSnapshot": "sheet3"}
    with (
        zipfile.ZipFile(SAMPLE / "as-workbook.xlsx") as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        made = {f"xl/worksheets/{name}.xml": table for table, name in sheets.items()}
        for part in old.namelist():
            table = made.get(part)
            many = count if table == "vDisk" else count // _EACH
            new.writestr(part, old.read(part) if table is None else _sheet(rows_of(table, many)))


def _sheet(rows: Sequence[Sequence[str]]) -> str:
    lines = (
        f'<row r="{number}">'
        + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in cells)
        + "</row>"
        for number, cells in enumerate(rows, 1)
    )
    start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return f"{start}{''.join(lines)}</sheetData></worksheet>"


def main() -> None:
    """Make both, audit both, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        tree, export = Path(made, "tree"), Path(made, "export")
        tree.mkdir()
        export.mkdir()
        make_tree(tree, asked.count)
        make_csvs(export, asked.count)
        audit = (sys.executable, "-m", "tui", "audit", "--format", "jsonl", "--fail-on", "never")
        commands: dict[str, Sequence[str]] = {
            f"{asked.count:,} VMX files": (*audit, str(tree)),
            f"{asked.count:,} rows, CSV": (*audit, str(export / "RVTools_tabvDisk.csv")),
        }
        if find_spec("python_calamine") is not None:
            make_workbook(export / "RVTools.xlsx", asked.count)
            commands[f"{asked.count:,} rows, workbook"] = (*audit, str(export / "RVTools.xlsx"))
        taken = measured(commands, asked.rounds)
        base = median(next(iter(taken.values())).wall)
        print(f"medians of {asked.rounds} runs in turn, {os.cpu_count()} cores; aim: 1.0x the VMX files")
        for name, one in taken.items():
            wall = median(one.wall)
            print(
                f"{name:24} {wall:6.2f} s  {wall / base:4.2f}x  {asked.count / wall:7,.0f} a second"
                f"  {median(one.processor):6.2f} s processor  {one.memory:4.0f} MB"
            )


if __name__ == "__main__":
    main()
