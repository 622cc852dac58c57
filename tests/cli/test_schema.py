"""``diskmode schema``, and the JSON of every command over every sample against it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import jsonschema
import pytest

from tests.cli.helpers import ROOT, SAMPLES, domain, run, vmx
from tests.schemas import hold, valid
from tui.cli.schema import SCHEMAS, schema_of

MACHINES = sorted(
    path
    for path in SAMPLES.rglob("*")
    if path.suffix in {".vmx", ".xml"} and path.name not in {"several-domains.xml", "domainsnapshot.xml"}
)


def held(*words: str | Path) -> int:
    """How many documents a command wrote, on either stream, that are as their schemas say."""
    outcome = run(*words)
    return hold(outcome.out) + hold(outcome.err.encode())


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_is_a_json_schema_and_is_printed_as_it_lies_there(name: str) -> None:
    text = run("schema", name).out
    assert text == schema_of(name)
    schema = json.loads(text)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)
    assert run("schema", f"diskmode.{name}/1").out == text


def test_without_a_name_all_are_listed() -> None:
    lines = run("schema").text.splitlines()
    assert [line.split()[0] for line in lines] == list(SCHEMAS)


def test_every_schema_that_is_written_is_told() -> None:
    modules = (ROOT / "tui").rglob("*.py")
    named = {
        name
        for path in modules
        if "history" not in path.parts  # what lies in the state folder is ours alone
        for name in re.findall(r'^SCHEMA = "diskmode\.(\w+)/1"', path.read_text(), re.MULTILINE)
    }
    assert named == set(SCHEMAS)
    assert {path.stem for path in (ROOT / "tui/cli/schemas").iterdir()} == set(SCHEMAS)


def test_an_unknown_name_is_bad_input_and_near_ones_are_told() -> None:
    outcome = run("schema", "adit")
    assert outcome.status == 2
    assert "did you mean audit?" in outcome.err
    assert "there are audit, compare" in run("schema", "zzz").err


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.name)
def test_show_and_plan_and_convert(path: Path) -> None:
    assert held("show", path, "--json") == 1
    for words in ((), ("--running", "--disk-only"), ("--backup",), ("--checkpoint", "--backup", "--running")):
        outcome = run("plan", path, "--json", *words)
        assert hold(outcome.out) == (0 if outcome.status == 2 else 1)
    target = "xml" if path.suffix == ".vmx" else "vmx"
    outcome = run("convert", path, "--to", target, "--report", "json", "-o", "-")
    start = outcome.err.find("{\n")
    assert hold(outcome.err[max(start, 0) :].encode()) == (1 if start >= 0 else 0)
    assert start >= 0 or outcome.status in (2, 3)


@pytest.mark.parametrize("kind", ["json", "jsonl"])
def test_every_audit_keeps_its_schema(kind: str, tmp_path: Path) -> None:
    tree = tmp_path / "vms"
    shutil.copytree(SAMPLES, tree)
    (tree / "bad.xml").write_text("<domain>")
    accept = tmp_path / "accept.toml"
    accept.write_text(
        '[[accept]]\nrule = "not-in-snapshots"\nreason = "x"\n[[accept]]\nrule = "no"\nreason = "y"\n'
    )
    then = tmp_path / f"then.{kind}"
    assert run("audit", tree, "--accept", accept, "-o", then).status == 2
    assert hold(then.read_bytes()) == (1 if kind == "json" else then.read_bytes().count(b"\n"))
    (tree / "esxi8-web01.vmx").write_text((tree / "esxi8-web01.vmx").read_text().replace("independent-", ""))
    assert held("audit", tree, "--changed-since", then, "--format", kind) >= 1
    assert held("audit", tree, "--summary", "--format", kind) == 1


def test_compare_history_and_rules(tmp_path: Path) -> None:
    one, other = vmx(tmp_path), vmx(tmp_path, 'scsi0:1.mode = "independent-persistent"', name="b.vmx")
    assert held("compare", one, other, "--json") == 1
    assert run("set", one, "scsi0:0", "--no-snapshot").status == 0
    assert run("set", domain(tmp_path), "vda", "--no-snapshot").status == 0
    assert held("history", "--json") == 1
    assert json.loads(run("history", "--json").text)["changes"]
    assert held("rules", "--json") == held("rules", "in-use", "--format", "json") == 1


def test_a_key_that_is_not_told_is_found() -> None:
    document = json.loads(run("show", SAMPLES / "kvm-app01.xml", "--json").text)
    document["disks"][0]["extra"] = 1
    with pytest.raises(jsonschema.ValidationError):
        valid(document)
    jsonschema.Draft202012Validator(json.loads(schema_of("show"))).validate(document)
