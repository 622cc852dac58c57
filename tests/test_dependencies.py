"""What diskmode needs has a lowest and a highest version, and the ones tried are within them."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = [line for lines in PROJECT["optional-dependencies"].values() for line in lines]
_BOUNDS = re.compile(r"(?P<name>[\w.-]+)>=(?P<lowest>[\d.]+),<(?P<below>[\d.]+)")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def _bounds(line: str) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    match = _BOUNDS.fullmatch(line)
    assert match is not None, f"{line}: no lowest and no highest version"
    return match["name"], _numbers(match["lowest"]), _numbers(match["below"])


@pytest.mark.parametrize("line", PROJECT["dependencies"])
def test_a_dependency_has_both_bounds_and_the_version_tried_is_within_them(line: str) -> None:
    name, lowest, below = _bounds(line)
    assert lowest <= _numbers(version(name)) < below


@pytest.mark.parametrize("line", [line for line in EXTRAS if not line.startswith("types-")])
def test_what_the_tests_need_has_both_bounds(line: str) -> None:
    _, lowest, below = _bounds(line)
    assert lowest < below


def test_ci_tries_the_lowest_versions_that_are_allowed() -> None:
    done = subprocess.run([ROOT / ".ci/bounds", "--print"], capture_output=True, text=True, check=True)
    named = [line.replace(">=", "==").split(",")[0] for line in PROJECT["dependencies"]]
    assert done.stdout.split() == named


def test_the_python_that_runs_is_one_that_is_allowed() -> None:
    assert sys.version_info[:2] >= _numbers(PROJECT["requires-python"])
