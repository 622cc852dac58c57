"""Judging one file: as the other faces judge it, and never raising."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.helpers import SAMPLES, domain, vmx
from tui.fleet.judge_file import is_domain_xml, judge
from tui.fleet.judged import JudgedMachine, Result, Unread
from tui.fleet.walk import Candidate, walk
from tui.machine import SeveralDomainsError, machine_in, with_sidecars
from tui.rules import Hypervisor


def judged(path: Path, *, asked: bool = False) -> list[Result]:
    return judge(Candidate(str(path), asked))


def trouble(path: Path) -> str:
    (result,) = judged(path)
    assert isinstance(result, Unread)
    return result.kind


@pytest.mark.parametrize("path", sorted(SAMPLES.rglob("*.vmx")) + sorted(SAMPLES.rglob("*.xml")), ids=str)
def test_every_sample_is_judged_as_the_other_faces_judge_it(path: Path) -> None:
    results = judged(path)
    try:
        machine = with_sidecars(machine_in(path.read_bytes(), str(path)))
    except SeveralDomainsError as error:
        assert len(results) == len(error.names)
        machine = with_sidecars(machine_in(path.read_bytes(), str(path), "1"))
    first = results[0]
    assert isinstance(first, JudgedMachine)
    assert first.findings == machine.findings
    assert first.configuration == machine.configuration
    assert first.hypervisor is machine.hypervisor


def test_a_chosen_hypervisor_counts(tmp_path: Path) -> None:
    (result,) = judge(Candidate(str(vmx(tmp_path))), Hypervisor.ESXI)
    assert isinstance(result, JudgedMachine)
    assert result.hypervisor is Hypervisor.ESXI


def test_each_domain_of_a_file_is_a_machine_of_its_own() -> None:
    results = judged(SAMPLES / "several-domains.xml")
    assert [one.domain for one in results if isinstance(one, JudgedMachine)] == list(
        range(1, len(results) + 1)
    )
    assert len(results) > 1


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"<domain type='kvm'>", True),
        (
            b"<?xml version='1.0'?>\n<!-- WARNING: THIS IS\n<network> AN AUTO-GENERATED FILE -->\n<domain>",
            True,
        ),
        (b"\xef\xbb\xbf  <domstatus state='running'>", True),
        (b"<domainsnapshot>", True),
        (b"<node>", True),
        ("<domain>".encode("utf-16"), True),
        (b"<domainset>", False),
        (b"<network><domain/></network>", False),
        (b"<!-- <domain> -->\n<pool>", False),
        (b"", False),
        (b"<Foundry>", False),
    ],
)
def test_a_domain_xml_is_told_by_its_first_element(head: bytes, expected: bool) -> None:
    assert is_domain_xml(head) is expected


def test_an_xml_about_something_else_is_no_error_unless_it_was_named(tmp_path: Path) -> None:
    path = tmp_path / "default.xml"
    path.write_text("<network><name>default</name></network>")
    assert judged(path) == []
    (result,) = judged(path, asked=True)
    assert isinstance(result, Unread)
    assert result.kind == "broken-xml"


def test_the_reason_a_file_is_not_judged_has_a_word_for_programs(tmp_path: Path) -> None:
    (tmp_path / "gone.vmx").symlink_to("nowhere")
    (tmp_path / "round.vmx").symlink_to("round.vmx")
    os.mkfifo(tmp_path / "pipe.vmx")
    (tmp_path / "folder.vmx").mkdir()
    (tmp_path / "empty.vmx").touch()
    (tmp_path / "huge.vmx").touch()
    os.truncate(tmp_path / "huge.vmx", 1 << 30)
    (tmp_path / "lfs.vmx").write_text("version https://git-lfs.github.com/spec/v1\n")
    (tmp_path / "bad.xml").write_text("<domain><devices></domain>")
    kinds = {path.name: trouble(path) for path in sorted(tmp_path.iterdir())}
    assert kinds == {
        "bad.xml": "broken-xml",
        "empty.vmx": "empty",
        "folder.vmx": "not-a-file",
        "gone.vmx": "missing",
        "huge.vmx": "too-large",
        "lfs.vmx": "not-a-machine",
        "pipe.vmx": "not-a-file",
        "round.vmx": "link-loop",
    }


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = vmx(tmp_path)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert trouble(path) == "no-permission"


def test_a_device_is_never_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr(os, "open", lambda *args: opened.append(args))
    assert trouble(Path("/dev/null")) == "not-a-file"
    assert not opened


def test_a_name_with_a_nul_in_it_is_told() -> None:
    (result,) = judge(Candidate("a\0.vmx"))
    assert isinstance(result, Unread)


def test_a_link_to_a_machine_is_judged_with_what_lies_beside_the_machine(tmp_path: Path) -> None:
    (tmp_path / "link.vmx").symlink_to(SAMPLES / "delta-snapshots/delta-snapshots.vmx")
    (through,) = judged(tmp_path / "link.vmx")
    (direct,) = judged(SAMPLES / "delta-snapshots/delta-snapshots.vmx")
    assert isinstance(through, JudgedMachine)
    assert isinstance(direct, JudgedMachine)
    assert replace(through, path="") == replace(direct, path="")
    assert through.configuration.sidecars.snapshots is not None


def test_what_the_walk_could_not_list_goes_through(tmp_path: Path) -> None:
    unread = Unread("a", "no-folder-permission", "what", "remedy")
    assert judge(unread) == [unread]
    assert [judge(one) for one in walk([str(domain(tmp_path))])]
