"""Inputs that once broke the program, most of them found by tests/benchmarks/fuzz.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helpers import run, vmx
from tui.convert import to_vmx
from tui.disks.snapshot import Memory
from tui.formats.domain_xml import DomainDocument
from tui.formats.domainsnapshot import MemoryWanted, SnapshotDocument
from tui.machine import machine_in
from tui.planning import Planning

UNSAYABLE = ("\x0c", "\x1b", "\x00", "\x7f", "\ufffe", "\uffff", "\udcff", "\ud800")


@pytest.mark.parametrize("name", ["a|0Cb", "a|1B[2J", "|01"])
def test_a_machine_named_by_a_control_character_can_be_planned(name: str, tmp_path: Path) -> None:
    path = vmx(tmp_path, display=name)
    planning = Planning(machine_in(path.read_bytes()), memory=Memory.EXTERNAL)
    assert planning.plan
    (line,) = (line for line in planning.document.text_lines if "<memory" in line)
    assert "\ufffd" in line
    assert run("plan", path).status in (0, 1, 3)


@pytest.mark.parametrize("text", UNSAYABLE)
def test_a_snapshots_name_that_xml_cannot_hold_is_written_with_a_replacement(text: str) -> None:
    document = SnapshotDocument().with_wanted(
        name=f"a{text}b", memory=MemoryWanted(Memory.EXTERNAL, f"/m/{text}")
    )
    held = "\x7f" if text == "\x7f" else "\ufffd"
    assert document.value.name == f"a{held}b"
    assert document.value.memory_file == f"/m/{held}"


def test_tabs_and_line_ends_in_a_memory_file_come_back_as_they_were() -> None:
    file = "/m/a\tb\nc\rd"
    document = SnapshotDocument().with_wanted(memory=MemoryWanted(Memory.EXTERNAL, file))
    assert document.value.memory_file == file


def test_what_lxml_says_of_too_long_a_text_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "web.xml"
    path.write_bytes(b"<domain><name>" + b"a" * 11_000_000 + b"</name></domain>")
    outcome = run("show", path)
    assert outcome.status == 2
    assert "\\n" not in outcome.err
    assert outcome.err.count("\n") == 1


def test_each_of_a_thousand_attributes_is_reported_as_lost() -> None:
    attributes = "".join(f" a{number}='v{number}'" for number in range(990))
    losses = to_vmx(DomainDocument(f"<domain{attributes}><devices/></domain>".encode())).losses
    lost = {(loss.key, loss.value) for loss in losses if loss.key.startswith("/@a")}
    assert len(lost) == 990, [loss.key for loss in losses][:3]
    assert ("/@a7", "v7") in lost
