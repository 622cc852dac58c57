"""``diskmode compare``: two descriptions of one VM, or two audits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.helpers import SAMPLES, run, vmx

LEFT_OUT = 'scsi0:1.mode = "independent-persistent"'


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    path = vmx(tmp_path, LEFT_OUT)
    other = tmp_path / "web.xml"
    assert run("convert", path, "--to", "xml", "-o", other).status == 0
    return path, other


def test_a_vmx_and_its_xml_are_the_same(pair: tuple[Path, Path]) -> None:
    outcome = run("compare", *pair)
    assert (outcome.status, outcome.text) == (0, "no difference\n")


def test_a_policy_that_drifted_is_told(pair: tuple[Path, Path]) -> None:
    path, other = pair
    assert run("set", path, "sdb", "--snapshot").status == 0
    outcome = run("compare", path, other)
    assert outcome.status == 1
    assert "web, scsi0:1 (sdb): snapshot yes -> no" in outcome.text
    report = json.loads(run("compare", path, other, "--json").text)
    assert report["schema"] == "diskmode.compare/1"
    assert report["differences"][0]["fields"] == [{"name": "snapshot", "before": "yes", "after": "no"}]


def test_standard_input_is_one_of_the_two(pair: tuple[Path, Path]) -> None:
    path, other = pair
    assert run("compare", path, "-", data=other.read_bytes()).status == 0
    assert run("compare", "-", "-").status == 2


@pytest.mark.parametrize("kind", ["json", "jsonl"])
def test_two_audits_tell_what_changed_between_them(tmp_path: Path, kind: str) -> None:
    path = vmx(tmp_path)
    before, now = tmp_path / f"1.{kind}", tmp_path / f"2.{kind}"
    run("audit", path, "-o", before)
    vmx(tmp_path, LEFT_OUT)
    run("audit", path, "-o", now)
    assert run("compare", before, before).status == 0
    outcome = run("compare", before, now)
    assert outcome.status == 1
    assert "mode persistent -> independent-persistent" in outcome.text
    assert "findings none -> not-in-snapshots" in outcome.text


def test_an_audit_and_a_machine_cannot_be_compared(tmp_path: Path) -> None:
    run("audit", vmx(tmp_path), "-o", tmp_path / "a.json")
    outcome = run("compare", tmp_path / "a.json", tmp_path / "web.vmx")
    assert outcome.status == 2
    assert "is an audit" in outcome.err


def test_bad_input_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    assert run("compare", tmp_path / "x.json", tmp_path / "x.json").status == 2
    assert run("compare", tmp_path / "gone", tmp_path / "x.json").status == 2


def test_one_domain_of_several_is_named(tmp_path: Path) -> None:
    several = SAMPLES / "several-domains.xml"
    assert run("compare", several, several).status == 2
    assert run("compare", several, several, "--domain", "1").status == 0
