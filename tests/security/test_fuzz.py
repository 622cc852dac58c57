"""A few seconds of the fuzzer, always the same; and that it finds what there is to find."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tests.benchmarks.fuzz import LONGEST, Target, main, mutated, seeds
from tests.security import pipeline


@pytest.mark.parametrize("seed", range(4))
def test_mutated_samples_break_no_promise(seed: int, tmp_path: Path) -> None:
    source, stock, target = random.Random(seed), list(seeds()), Target(tmp_path)
    for _ in range(400):
        target.run(mutated(source, stock))
    told = "\n".join(path.read_text() for path in tmp_path.glob("*.txt"))
    assert not target.tally.findings, told
    assert 0.2 < target.tally.taken / target.tally.inputs < 0.95


def test_every_seed_is_taken_or_refused_and_most_are_taken(tmp_path: Path) -> None:
    target = Target(tmp_path)
    every = list(seeds())
    for data in every:
        assert len(data) <= LONGEST
        target.run(data)
    assert not target.tally.findings
    assert target.tally.taken > len(every) * 0.7


def test_an_error_that_is_not_our_own_is_kept_with_its_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(data: bytes) -> bool:
        raise KeyError(data)

    monkeypatch.setattr(pipeline, "exercise_neighbour", broken)
    assert main(["--worker", "blind", "--seconds", "5", "--runs", "400", "--findings", str(tmp_path)]) == 0
    tally = json.loads((tmp_path / "tally.json").read_text())
    assert tally["inputs"] == 400
    assert len(tally["findings"]) == 1
    (kept,) = (path for path in tmp_path.glob("*.bin") if path.name != "slowest.bin")
    assert int.from_bytes(kept.read_bytes()[:2], "big") & 15 == 14
    assert "KeyError" in kept.with_suffix(".txt").read_text()
