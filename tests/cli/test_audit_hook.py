"""The audit as git's hook: what is named and is no machine is passed over, and a machine is judged."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.helpers import ROOT, domain, run, vmx

HOOK = (ROOT / ".pre-commit-hooks.yaml").read_text()


def _of_hook(key: str) -> str:
    match = re.search(rf"^  {key}: (.*)$", HOOK, re.MULTILINE)
    assert match is not None
    return match[1]


def test_xml_that_is_no_machine_is_passed_over_by_the_hook(tmp_path: Path) -> None:
    pom, network = tmp_path / "pom.xml", tmp_path / "net.xml"
    pom.write_text("<project/>\n")
    network.write_text("<network><name>default</name></network>\n")
    name, *words = shlex.split(_of_hook("entry"))
    assert name == "diskmode"
    outcome = run(*words, pom, network, domain(tmp_path), vmx(tmp_path))
    assert outcome.status == 0, outcome.err
    assert "2 machines" in outcome.text
    assert run(*words[:1], pom).status == 2


def test_a_machine_is_judged_by_the_hook_and_broken_xml_of_one_told(tmp_path: Path) -> None:
    path = tmp_path / "bad.xml"
    path.write_text("<domain>")
    words = shlex.split(_of_hook("entry"))[1:]
    assert run(*words, path).status == 2
    assert run(*words, vmx(tmp_path, 'scsi0:1.mode = "no-mode"')).status == 1


@pytest.mark.parametrize("name", ["a.vmx", "b.vmtx", "etc/web.xml"])
def test_the_hook_is_given_machines(name: str) -> None:
    assert re.search(_of_hook("files"), name)
    assert not re.search(_of_hook("files"), f"{name}.txt")
