"""Every rule has an example on the page of rules, and the example raises it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.helpers import run
from tui.machine import Machine, machine_in, with_sidecars
from tui.rules.all_rules import BY_ID
from tui.rules.examples import EXAMPLES


def _laid_out(folder: Path, rule: str) -> Path:
    example = EXAMPLES[rule]
    for name, text in ((example.name, example.text), *example.beside):
        (folder / name).write_text(text.replace("FOLDER", str(folder)), encoding="utf-8")
    return folder / example.name


def _machine(path: Path, rule: str) -> Machine:
    machine = with_sidecars(machine_in(path.read_bytes(), str(path)))
    return replace(machine, chosen=next(iter(BY_ID[rule].severity)))


def test_every_rule_has_an_example() -> None:
    assert list(EXAMPLES.keys() ^ BY_ID.keys()) == []


@pytest.mark.parametrize("rule", EXAMPLES)
def test_an_example_raises_its_rule(rule: str, tmp_path: Path) -> None:
    path, example = _laid_out(tmp_path, rule), EXAMPLES[rule]
    if example.change:
        assert BY_ID[rule].is_transition
        assert "from now on" in run("set", path, *example.change.split()).err
    elif rule == "in-two-machines":
        assert rule in run("audit", tmp_path).text
    else:
        assert rule in {one.rule for one in _machine(path, rule).findings}
